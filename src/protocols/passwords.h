/* passwords.h: what takes its time, or needs a secret or chance: passwords are checked, and what is kept
 * of new ones is made. The server has it done elsewhere (server/credentials.h), a test does it by hand.
 *
 * Whoever fails often waits before his answer: limits.login_rate. */
#ifndef TEAHOUSE_PROTOCOLS_PASSWORDS_H
#define TEAHOUSE_PROTOCOLS_PASSWORDS_H

#include "core/ports.h"

#include <stdbool.h>

enum password_job {
	PASSWORD_OF_SERVER, /* everyone must give it */
	PASSWORD_OF_OPER,
	PASSWORD_OF_GATEWAY, /* see struct gateways */
	PASSWORD_OF_ACCOUNT,
	PASSWORD_PROVED,   /* nothing is left to be checked, but failing counts: SCRAM */
	PASSWORD_MAKE,     /* what is kept of a new one; password_valid() it is */
	PASSWORD_ADD_OPER, /* of a new operator, who is added */
};

/* All strings are copied; NULL or "" where there is none. */
struct password_question {
	enum password_job job;
	const char *name; /* of the operator, gateway or account, by which failures are counted */
	const char *password; /* as it was given */
	const char *hash; /* of the account; "": there is no such account, which takes as long */
	bool ok;          /* PASSWORD_PROVED: it was right */
	/* PASSWORD_OF_ACCOUNT: its second factor, see base/totp.h, what was given as its code, and the last
	 * step whose code was used. */
	const char *totp, *code;
	uint64_t totp_step;
};

/* Strings live until the callback returns. */
struct password_answer {
	enum password_job job;
	bool ok;            /* it is right; or it was made, or added */
	const char *host;   /* PASSWORD_OF_OPER: to be shown to others; "": as before */
	const char *hash;   /* PASSWORD_MAKE: argon2id */
	const char *scram;  /* likewise: base/scram.h */
	uint64_t totp_step; /* of the code that was right now; 0: none was asked for */
	const char *reason; /* PASSWORD_MAKE, PASSWORD_ADD_OPER: why it was not */
};

#define PASSWORD_CODE_SIZE 20 /* of an invitation: "abcd-efgh-jkmn-pqrs" */
#define PASSWORD_CODE_HASH_SIZE 65

struct passwords {
	void *ctx;
	bool server_has_one;
	/* protocol->checked() answers, after this call has returned. false: too many are under way. */
	bool (*check)(void *ctx, conn_id asker, const struct password_question *question);
	/* One more account from where asker is, which is counted; false: there were too many in an hour. */
	bool (*may_register)(void *ctx, conn_id asker);
	/* Bytes that nobody can guess. */
	void (*draw)(void *ctx, void *bytes, size_t len);
	/* A new code, for an invitation. */
	void (*draw_code)(void *ctx, char code[PASSWORD_CODE_SIZE]);
	/* Its keyed hash, in hex, as a voucher has it: see core/voucher.h. code need not be one. */
	void (*hash_code)(void *ctx, const char *code, char hash[PASSWORD_CODE_HASH_SIZE]);
};

#endif
