/* check.h: one question about a password, and how it is answered, on a thread where that may take its time.
 *
 * What several of them share is the keyring: it has a lock of its own. */
#ifndef TEAHOUSE_SERVER_CHECK_H
#define TEAHOUSE_SERVER_CHECK_H

#include "base/scram.h"
#include "protocols/passwords.h"
#include "server/code.h"
#include "server/config.h"

#include <pthread.h>

struct keyring {
	const struct config *config;
	const unsigned char *secret;
	pthread_mutex_t mutex; /* of what follows */
	struct oper_code code;
	struct opers added;
};

/* Reads the files in config->data; config and secret outlive it. keyring_done() is due even after a
 * failure. */
MUST_USE bool keyring_init(struct keyring *k, const struct config *config,
			   const unsigned char secret[SECRET_BYTES], struct err *err);
void keyring_done(struct keyring *k);
/* Everyone must give one. */
bool keyring_has_server_password(const struct keyring *k);

struct check {
	struct keyring *keys;
	enum password_job what;
	const char *name, *password, *hash, *totp, *code; /* in strings */
	uint64_t totp_step;
	/* The answer. */
	bool ok;
	char host[HOST_SIZE], made_hash[PASSWORD_HASH_SIZE], made_scram[SCRAM_TEXT_SIZE];
	struct err err;
	char *strings; /* its own; check_done() wipes them */
	size_t size;
};

/* Copies the question. End with check_done(). */
void check_init(struct check *check, struct keyring *keys, const struct password_question *q);
void check_done(struct check *check);

/* Answers it. Takes long, and may wait for the disk; on any thread. */
void check_do(struct check *check);

#endif
