/* opers.h: the server's operators, as the configuration names them: [oper NAME]. */
#ifndef TEAHOUSE_SERVER_OPERS_H
#define TEAHOUSE_SERVER_OPERS_H

#include "server/password.h"

struct oper {
	char name[SECTION_NAME_BYTES_MAX + 1];
	struct password password;
	char host[HOST_SIZE]; /* shown to others; "": as everybody's */
};

struct opers {
	struct oper all[OPERS_MAX];
	size_t count;
};

/* key is of an operator: "oper NAME.key", as the file has it, or "oper.NAME.key". */
bool opers_has_key(const char *key);
/* Sets it; the first key of a name makes the operator. */
MUST_USE bool opers_set(struct opers *o, const char *key, const char *value, struct err *err);
/* After the last: every operator has a password. */
MUST_USE bool opers_check(const struct opers *o, struct err *err);

/* NULL: there is none. */
const struct oper *opers_find(const struct opers *o, const char *name);

#endif
