/* credentials.h: the passwords that the server checks, on a thread of its own, and the one-time code
 * with which its first operator begins.
 *
 * The thread ("credentials") hashes, which takes about 30 ms each, one at a time, and writes the file
 * of the code, data/oper-code: a keyed hash of the code while it is good, empty once it was used. The
 * core thread calls everything. */
#ifndef TEAHOUSE_SERVER_CREDENTIALS_H
#define TEAHOUSE_SERVER_CREDENTIALS_H

#include "server/config.h"
#include "server/secret.h"

struct credentials;

/* What is checked: the password of everyone, or the one of an operator, or of a gateway. */
enum credential { CREDENTIAL_SERVER, CREDENTIAL_OPER, CREDENTIAL_GATEWAY };

/* Reads the code's file and starts the thread, which calls wake(ctx) after each check. config and
 * secret live as long as this does. End with credentials_close(). NULL: reason in err. */
struct credentials *credentials_open(const struct config *config,
				     const unsigned char secret[SECRET_BYTES],
				     void (*wake)(void *ctx), void *ctx, struct err *err);
/* Waits for the check that runs; the others are given up, unanswered. NULL is fine. */
void credentials_close(struct credentials *c);

/* On the first start, when there is no file of the code: makes both. Before the first check. Only a
 * server that will show the code calls this: it is shown once and never again. */
MUST_USE bool credentials_make_code(struct credentials *c, struct err *err);
/* What credentials_make_code() made, for "OPER admin CODE"; NULL: nothing. */
const char *credentials_first_code(const struct credentials *c);

/* Starts checking; answered by credentials_turn(). false: too many are under way (CHECKS_MAX). Copies
 * name, which is an operator's or a gateway's, and password. */
MUST_USE bool credentials_check(struct credentials *c, enum credential what, const char *name,
				const char *password, uint64_t cookie);
/* Once a turn: hands out the answers, in the order of the checks. host: of an operator, to be shown to
 * others, "" if none is set; it lives as long as config. */
void credentials_turn(struct credentials *c,
		      void (*answer)(void *ctx, uint64_t cookie, bool ok, const char *host),
		      void *ctx);

/* Everyone must give one; without it every check of CREDENTIAL_SERVER succeeds. */
bool credentials_server_has_password(const struct credentials *c);

#endif
