/* password.h: a password, and its hash: argon2id as libsodium writes it, "$argon2id$v=19$m=19456,…".
 *
 * A hash costs two passes over 19 MiB, about 30 ms: the least that OWASP recommends
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html), and far too
 * much for the core thread. */
#ifndef TEAHOUSE_SERVER_PASSWORD_H
#define TEAHOUSE_SERVER_PASSWORD_H

#include "base/err.h"
#include "base/limits.h"
#include "server/secret.h"

#define PASSWORD_HASH_SIZE 128

/* As the configuration has it: as it is, or its hash, or none (both are ""). */
struct password {
	char text[PASSWORD_BYTES_MAX + 1];
	char hash[PASSWORD_HASH_SIZE];
};

/* Whichever is set last counts; "": none. name is what it is called in the sentence of err, which
 * never has the value. */
MUST_USE bool password_set(struct password *p, const char *name, const char *text, struct err *err);
MUST_USE bool password_set_hash(struct password *p, const char *name, const char *hash,
				struct err *err);
bool password_is_set(const struct password *p);

/* 1 to PASSWORD_BYTES_MAX bytes of UTF-8. */
MUST_USE bool password_valid(const char *text, size_t len, struct err *err);

/* false: there is no memory for it. */
MUST_USE bool password_hash(const char *text, char hash[PASSWORD_HASH_SIZE], struct err *err);

/* Whether text is p, which may be none: then nothing is. What is not hashed is compared in constant
 * time, by way of the key, which nobody else knows. Only a hash takes long. */
bool password_is(const struct password *p, const unsigned char key[SECRET_BYTES], const char *text);
/* Whether text, which is not "", is what hash was made of. Takes long. */
bool password_fits(const char *hash, const char *text);
/* Takes as long as password_is() with a hash does. */
void password_waste(const char *text);

#endif
