/* named.h: keys of sections that have a name, such as [oper alice]: "oper alice.password" as the file
 * has it, or "oper.alice.password". */
#ifndef TEAHOUSE_SERVER_NAMED_H
#define TEAHOUSE_SERVER_NAMED_H

#include "base/err.h"
#include "base/limits.h"

/* Points into the key. */
struct named_key {
	const char *name;
	size_t name_len;
	const char *what; /* "password" */
};

/* key is of such a section. */
bool named_is_of(const char *section, const char *key);
/* whats: the keys there are, with a NULL behind them. The name is one word of IRC. */
MUST_USE bool named_parse(const char *section, const char *key, const char *const whats[],
			  struct named_key *ret, struct err *err);

#endif
