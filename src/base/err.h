/* err.h: why something failed: a code to branch on and a sentence for a person. */
#ifndef TEAHOUSE_BASE_ERR_H
#define TEAHOUSE_BASE_ERR_H

#include "base/base.h"

#include <stdbool.h>

enum err_code {
	ERR_NONE,
	ERR_AGAIN,   /* not now; the same call may work later */
	ERR_CLOSED,  /* the other side is gone */
	ERR_INVALID, /* what was asked makes no sense */
	ERR_DENIED,  /* not allowed, or held by somebody else */
	ERR_LIMIT,   /* a ceiling of limits.h */
	ERR_IO,      /* the system refused; text says what it said */
};

struct err {
	enum err_code code;
	char text[320]; /* one UTF-8 sentence, no newline */
};

/* Both fill err (NULL: nobody asked) and return false, so a refusal is one line:
 * return err_set(err, ERR_LIMIT, "room %s already has %zu members", name, max); */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* ERR_IO, and ": " with strerror(errno) behind the sentence. */
bool err_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
