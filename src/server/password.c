#include "server/password.h"

#include "base/text.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define HASH_PASSES 2
#define HASH_BYTES (19 * 1024 * 1024)

static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for a hash and its NUL");

bool password_valid(const char *text, size_t len, struct err *err)
{
	if (len == 0)
		return err_set(err, ERR_INVALID, "a password has at least one byte");
	if (len > PASSWORD_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a password has at most %d bytes",
			       PASSWORD_BYTES_MAX);
	if (memchr(text, '\0', len) || !utf8_valid(text, len))
		return err_set(err, ERR_INVALID, "a password is UTF-8 text");
	return true;
}

bool password_set(struct password *p, const char *name, const char *text, struct err *err)
{
	size_t len = strlen(text);
	struct err why;
	if (len > 0 && !password_valid(text, len, &why))
		return err_set(err, why.code, "%s: %s", name, why.text);
	*p = (struct password){ 0 };
	memcpy(p->text, text, len);
	return true;
}

bool password_set_hash(struct password *p, const char *name, const char *hash, struct err *err)
{
	struct password set = { 0 };
	int len = snprintf(set.hash, sizeof(set.hash), "%s", hash);
	bool is_argon2id = strncmp(hash, crypto_pwhash_STRPREFIX,
				   strlen(crypto_pwhash_STRPREFIX)) == 0;
	/* libsodium parses all of it to say how costly it is; what it cannot parse is below 0. */
	if (len > 0 && (!is_argon2id || (size_t)len >= sizeof(set.hash) ||
			crypto_pwhash_str_needs_rehash(set.hash, HASH_PASSES, HASH_BYTES) < 0))
		return err_set(
			err, ERR_INVALID,
			"%s must be what teahouse passwd prints, $argon2id$… (a shell wants it "
			"in single quotes)",
			name);
	*p = set;
	return true;
}

bool password_is_set(const struct password *p)
{
	return p->text[0] || p->hash[0];
}

bool password_hash(const char *text, char hash[PASSWORD_HASH_SIZE], struct err *err)
{
	return crypto_pwhash_str(hash, text, strlen(text), HASH_PASSES, HASH_BYTES) == 0 ||
	       err_set(err, ERR_IO, "there is not enough memory to hash a password: %d MiB",
		       HASH_BYTES / 1024 / 1024);
}

static bool is_same(const unsigned char key[SECRET_BYTES], const char *a, const char *b)
{
	unsigned char hash_a[crypto_generichash_BYTES], hash_b[crypto_generichash_BYTES];
	crypto_generichash(hash_a, sizeof(hash_a), (const unsigned char *)a, strlen(a), key,
			   SECRET_BYTES);
	crypto_generichash(hash_b, sizeof(hash_b), (const unsigned char *)b, strlen(b), key,
			   SECRET_BYTES);
	return sodium_memcmp(hash_a, hash_b, sizeof(hash_a)) == 0;
}

bool password_fits(const char *hash, const char *text)
{
	return crypto_pwhash_str_verify(hash, text, strlen(text)) == 0;
}

bool password_is(const struct password *p, const unsigned char key[SECRET_BYTES], const char *text)
{
	if (!text[0] || !password_is_set(p))
		return false;
	if (p->hash[0])
		return password_fits(p->hash, text);
	return is_same(key, p->text, text);
}

void password_waste(const char *text)
{
	/* The hash of a password that was thrown away. */
	static const char hash[crypto_pwhash_STRBYTES] =
		"$argon2id$v=19$m=19456,t=2,p=1$7vSf+oKoFck9NGOzFCZCHA"
		"$F5bKgdNG6uPq/Ruvo+rFPe2iTabBLN7S+v7a6cbfOfk";
	int ignored = crypto_pwhash_str_verify(hash, text, strlen(text));
	(void)ignored;
}
