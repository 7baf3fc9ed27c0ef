/* prompt.h: a password is read, as safely as can be: at a terminal twice and unseen, otherwise as one
 * line; never from the command line, which everybody on the machine can read. */
#ifndef TEAHOUSE_SERVER_PROMPT_H
#define TEAHOUSE_SERVER_PROMPT_H

#include "base/err.h"
#include "base/limits.h"

#include <stddef.h>

#define PROMPT_SIZE (PASSWORD_BYTES_MAX + 2)

/* From standard input; file: from there instead, NULL or "-": not. password is a password (password_valid())
 * and ends with a NUL; the caller wipes it. ERR_IO: it cannot be read. */
MUST_USE bool prompt_password(const char *file, char password[PROMPT_SIZE], struct err *err);

#endif
