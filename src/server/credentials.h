/* credentials.h: the passwords that the server checks, and what it keeps of new ones, on threads of their
 * own; the one-time code with which its first operator begins, and those who were added while it ran.
 *
 * Two threads ("credentials") hash, which takes about 30 ms each, and write the files of the code
 * (code.h) and of the operators (oper_file.h). What is asked waits here in a list: first for its turn,
 * and before that, if there were many failures of late for that account or from that address, for a time
 * that doubles with each. The core thread calls everything. */
#ifndef TEAHOUSE_SERVER_CREDENTIALS_H
#define TEAHOUSE_SERVER_CREDENTIALS_H

#include "protocols/passwords.h"
#include "server/config.h"
#include "server/secret.h"

struct credentials;

/* Who asks. */
struct credential_asker {
	uint64_t cookie;  /* comes back with the answer */
	uint64_t address; /* of secret_address(); 0: exempt, or nobody's: nothing is counted */
};

typedef void credential_answer(void *ctx, uint64_t cookie, const struct password_answer *answer);

/* Reads the files and starts the threads, which call wake(ctx) after each check. config and secret live
 * as long as this does. End with credentials_close(). NULL: reason in err. */
struct credentials *credentials_open(const struct config *config,
				     const unsigned char secret[SECRET_BYTES],
				     void (*wake)(void *ctx), void *ctx, struct err *err);
/* Waits for the checks that run; the others are given up, unanswered. NULL is fine. */
void credentials_close(struct credentials *c);

/* On the first start, when there is no file of the code: makes both. Before the first check. Only a
 * server that will show the code calls this: it is shown once and never again. */
MUST_USE bool credentials_make_code(struct credentials *c, struct err *err);
/* What credentials_make_code() made, for "OPER admin CODE"; NULL: nothing. */
const char *credentials_first_code(const struct credentials *c);

/* Starts; answered by credentials_turn(). false: too many are under way (CHECKS_MAX). Copies all. */
MUST_USE bool credentials_check(struct credentials *c, const struct password_question *question,
				const struct credential_asker *asker, int64_t now_ms);
/* Whoever asked with cookie is gone: what has not begun is given up, unanswered, so that nobody can fill
 * the list by coming and going. */
void credentials_forget(struct credentials *c, uint64_t cookie);
/* Once a turn, now_ms being of the monotonic clock: hands out the answers. */
void credentials_turn(struct credentials *c, int64_t now_ms, credential_answer *answer, void *ctx);
/* Milliseconds until credentials_turn() has something to do by itself; -1: nothing. */
int credentials_wait(const struct credentials *c, int64_t now_ms);

/* One more account from address, which is counted; false: limits.register_rate are made already. */
bool credentials_may_register(struct credentials *c, uint64_t address, int64_t now_ms);

/* Everyone must give one; without it every check of PASSWORD_OF_SERVER succeeds. */
bool credentials_server_has_password(const struct credentials *c);

/* An invitation's keyed hash in hex, as core/voucher.h has it. */
void credentials_hash_code(const struct credentials *c, const char *code,
			   char hash[PASSWORD_CODE_HASH_SIZE]);

#endif
