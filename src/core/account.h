/* account.h: a registered name, which belongs to whoever can prove that it is his. Core thread. */
#ifndef TEAHOUSE_CORE_ACCOUNT_H
#define TEAHOUSE_CORE_ACCOUNT_H

#include <stdint.h>

struct account {
	uint64_t id; /* never used again */
	char *name;  /* as it is shown */
};

#endif
