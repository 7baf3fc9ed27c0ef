#include "base/scram.h"

#include "base/text.h"

#include <assert.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEME "SCRAM-SHA-256$"
#define SCRAM_ITERATIONS_MAX 1000000
#define BASE64 sodium_base64_VARIANT_ORIGINAL
#define HASH_TEXT_SIZE sodium_base64_ENCODED_LEN(SCRAM_HASH_BYTES, BASE64)
#define SALT_TEXT_SIZE sodium_base64_ENCODED_LEN(SCRAM_SALT_BYTES, BASE64)

static_assert(SCRAM_HASH_BYTES == crypto_auth_hmacsha256_BYTES, "HMAC's result");
static_assert(SCRAM_HASH_BYTES == crypto_hash_sha256_BYTES, "the hash's");

/* HMAC(key, str), as RFC 5802 has it; libsodium's own takes keys of one length. */
static void hmac(unsigned char out[SCRAM_HASH_BYTES], const void *key, size_t key_len,
		 const void *text, size_t len)
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, text, len);
	crypto_auth_hmacsha256_final(&state, out);
}

static void xor_into(unsigned char *into, const unsigned char *with)
{
	for (size_t i = 0; i < SCRAM_HASH_BYTES; i++)
		into[i] ^= with[i];
}

/* ---- verifiers ---- */

/* Hi(): PBKDF2 with one block of output. OpenSSL's is several times as fast as libsodium's HMAC, and what
 * is faster for us is as fast for whoever guesses: so there can be more iterations. */
static void salted(const struct scram_verifier *v, const char *password, size_t len,
		   unsigned char out[SCRAM_HASH_BYTES])
{
	int ok = PKCS5_PBKDF2_HMAC(password, (int)len, v->salt, sizeof(v->salt), (int)v->iterations,
				   EVP_sha256(), SCRAM_HASH_BYTES, out);
	assert(ok);
	(void)ok;
}

void scram_derive(struct scram_verifier *verifier, const char *password, size_t len)
{
	unsigned char secret[SCRAM_HASH_BYTES], client_key[SCRAM_HASH_BYTES];
	salted(verifier, password, len, secret);
	hmac(client_key, secret, sizeof(secret), "Client Key", strlen("Client Key"));
	crypto_hash_sha256(verifier->stored_key, client_key, sizeof(client_key));
	hmac(verifier->server_key, secret, sizeof(secret), "Server Key", strlen("Server Key"));
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(client_key, sizeof(client_key));
}

/* The hash of a client's key is never what a keyed hash gave, so no proof fits. */
void scram_pretend(struct scram_verifier *verifier, const unsigned char key[SCRAM_HASH_BYTES],
		   const char *name, unsigned iterations)
{
	unsigned char salt[SCRAM_HASH_BYTES];
	hmac(salt, key, SCRAM_HASH_BYTES, name, strlen(name));
	verifier->iterations = iterations;
	memcpy(verifier->salt, salt, sizeof(verifier->salt));
	hmac(verifier->stored_key, key, SCRAM_HASH_BYTES, salt, sizeof(salt));
	hmac(verifier->server_key, key, SCRAM_HASH_BYTES, verifier->stored_key,
	     sizeof(verifier->stored_key));
}

void scram_text(const struct scram_verifier *v, char text[SCRAM_TEXT_SIZE])
{
	char salt[SALT_TEXT_SIZE], stored[HASH_TEXT_SIZE], server[HASH_TEXT_SIZE];
	sodium_bin2base64(salt, sizeof(salt), v->salt, sizeof(v->salt), BASE64);
	sodium_bin2base64(stored, sizeof(stored), v->stored_key, sizeof(v->stored_key), BASE64);
	sodium_bin2base64(server, sizeof(server), v->server_key, sizeof(v->server_key), BASE64);
	int len = snprintf(text, SCRAM_TEXT_SIZE, SCHEME "%u:%s$%s:%s", v->iterations, salt, stored,
			   server);
	assert(len > 0 && len < SCRAM_TEXT_SIZE);
	(void)len;
}

/* Takes so many bytes in base64 off *at, and the character behind them. */
static bool take_bytes(const char **at, unsigned char *bytes, size_t size, char behind)
{
	size_t len = 0, text_len = strcspn(*at, "$:");
	const char *end = *at + text_len;
	if (*end != behind ||
	    sodium_base642bin(bytes, size, *at, text_len, NULL, &len, NULL, BASE64) || len != size)
		return false;
	*at = end + (behind != '\0');
	return true;
}

bool scram_parse(struct scram_verifier *v, const char *text)
{
	char *end;
	if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
		return false;
	const char *at = text + strlen(SCHEME);
	unsigned long iterations = *at >= '1' && *at <= '9' ? strtoul(at, &end, 10) : 0;
	if (iterations == 0 || iterations > SCRAM_ITERATIONS_MAX || *end != ':')
		return false;
	v->iterations = (unsigned)iterations;
	at = end + 1;
	return take_bytes(&at, v->salt, sizeof(v->salt), '$') &&
	       take_bytes(&at, v->stored_key, sizeof(v->stored_key), ':') &&
	       take_bytes(&at, v->server_key, sizeof(v->server_key), '\0');
}

/* ---- parts of a message ---- */

static char *copy(const char *text, size_t len)
{
	char *made = xcalloc(len + 1, 1);
	memcpy(made, text, len);
	return made;
}

/* Takes "x=value" off *at, up to a comma or the end, which stay. false: another attribute is there. */
static bool take_attribute(const char **at, char name, const char **ret_value, size_t *ret_len)
{
	if ((*at)[0] != name || (*at)[1] != '=')
		return false;
	*ret_value = *at + 2;
	*ret_len = strcspn(*ret_value, ",");
	*at = *ret_value + *ret_len;
	return true;
}

static bool take_comma(const char **at)
{
	if (**at != ',')
		return false;
	*at += 1;
	return true;
}

/* A saslname: "=2C" is a comma, "=3D" an equals sign, which is nowhere else. NULL: it is none. */
static char *name_of(const char *text, size_t len)
{
	char *name = copy(text, len), *to = name;
	for (const char *at = text, *end = text + len; at < end; at++) {
		if (*at != '=') {
			*to++ = *at;
			continue;
		}
		bool is_comma = strncmp(at, "=2C", 3) == 0;
		if (!is_comma && strncmp(at, "=3D", 3) != 0) {
			free(name);
			return NULL;
		}
		*to++ = is_comma ? ',' : '=';
		at += 2;
	}
	*to = '\0';
	return name;
}

/* Extensions that need not be known: ",x=value" as often as they like, up to the end or to stop. 'm' is
 * one that must be. */
static bool pass_extensions(const char **at, char stop)
{
	while (take_comma(at)) {
		bool is_letter = ((*at)[0] | 0x20) >= 'a' && ((*at)[0] | 0x20) <= 'z';
		if (!is_letter || (*at)[0] == 'm' || (*at)[1] != '=')
			return false;
		if ((*at)[0] == stop) {
			*at -= 1;
			return true;
		}
		*at += strcspn(*at, ",");
	}
	return **at == '\0' && stop == '\0';
}

static bool is_nonce(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x21 || text[i] > 0x7E)
			return false;
	return len > 0;
}

/* ---- an exchange ---- */

void scram_done(struct scram *s)
{
	free(s->user);
	free(s->acts_as);
	free(s->header);
	free(s->nonce);
	buf_done(&s->signs);
	sodium_memzero(&s->verifier, sizeof(s->verifier));
	*s = (struct scram){ 0 };
}

/* "n,a=somebody," or "y,,"; 'p' would be channel binding. */
static bool take_header(struct scram *s, const char *message, const char **at)
{
	const char *name;
	size_t len;
	if (**at != 'n' && **at != 'y')
		return false;
	*at += 1;
	if (!take_comma(at))
		return false;
	if (take_attribute(at, 'a', &name, &len))
		s->acts_as = len > 0 ? name_of(name, len) : NULL;
	else
		s->acts_as = xstrdup("");
	if (!s->acts_as || !take_comma(at))
		return false;
	s->header = copy(message, (size_t)(*at - message));
	return true;
}

/* "n=user,r=nonce", and extensions. */
static bool take_user(struct scram *s, const char *at)
{
	const char *value;
	size_t len;
	buf_add_text(&s->signs, at);
	if (!take_attribute(&at, 'n', &value, &len) || len == 0)
		return false;
	s->user = name_of(value, len);
	if (!s->user || !take_comma(&at) || !take_attribute(&at, 'r', &value, &len) ||
	    !is_nonce(value, len))
		return false;
	s->nonce = copy(value, len);
	return pass_extensions(&at, '\0');
}

bool scram_take_first(struct scram *s, const char *message, size_t len)
{
	char *text;
	if (memchr(message, '\0', len) || !utf8_valid(message, len))
		return false;
	text = copy(message, len);
	const char *at = text;
	bool ok = take_header(s, text, &at) && take_user(s, at);
	free(text);
	return ok;
}

void scram_challenge(struct scram *s, const struct scram_verifier *verifier, const char *nonce,
		     struct buf *out)
{
	char salt[SALT_TEXT_SIZE];
	struct buf both = { 0 }, said = { 0 };
	s->verifier = *verifier;
	buf_printf(&both, "%s%s", s->nonce, nonce);
	free(s->nonce);
	s->nonce = both.bytes;
	sodium_bin2base64(salt, sizeof(salt), verifier->salt, sizeof(verifier->salt), BASE64);
	buf_printf(&said, "r=%s,s=%s,i=%u", s->nonce, salt, verifier->iterations);
	buf_printf(&s->signs, ",%s", said.bytes);
	buf_add(out, said.bytes, said.len);
	buf_done(&said);
}

/* ClientProof shows the client's key to whoever has its hash, the stored key. */
static bool is_proved(struct scram *s, const unsigned char proof[SCRAM_HASH_BYTES])
{
	unsigned char key[SCRAM_HASH_BYTES], hash[SCRAM_HASH_BYTES];
	hmac(key, s->verifier.stored_key, sizeof(s->verifier.stored_key), s->signs.bytes,
	     s->signs.len);
	xor_into(key, proof);
	crypto_hash_sha256(hash, key, sizeof(key));
	bool ok = sodium_memcmp(hash, s->verifier.stored_key, sizeof(hash)) == 0;
	sodium_memzero(key, sizeof(key));
	return ok;
}

/* "c=" has the header of the first message again, in base64. */
static bool is_same_header(const struct scram *s, const char *value, size_t len)
{
	size_t size = strlen(s->header), made = 0;
	unsigned char *header = xcalloc(size + 1, 1);
	bool ok = sodium_base642bin(header, size, value, len, NULL, &made, NULL, BASE64) == 0 &&
		  made == size && memcmp(header, s->header, size) == 0;
	free(header);
	return ok;
}

static bool take_proof(struct scram *s, const char *text, unsigned char proof[SCRAM_HASH_BYTES])
{
	const char *at = text, *value;
	size_t len, made = 0;
	if (!take_attribute(&at, 'c', &value, &len) || !is_same_header(s, value, len) ||
	    !take_comma(&at) || !take_attribute(&at, 'r', &value, &len) ||
	    len != strlen(s->nonce) || memcmp(value, s->nonce, len) != 0 ||
	    !pass_extensions(&at, 'p'))
		return false;
	buf_printf(&s->signs, ",%.*s", (int)(at - text), text);
	return take_comma(&at) && take_attribute(&at, 'p', &value, &len) && *at == '\0' &&
	       sodium_base642bin(proof, SCRAM_HASH_BYTES, value, len, NULL, &made, NULL, BASE64) ==
		       0 &&
	       made == SCRAM_HASH_BYTES;
}

bool scram_take_final(struct scram *s, const char *message, size_t len, struct buf *out)
{
	unsigned char proof[SCRAM_HASH_BYTES], signature[SCRAM_HASH_BYTES];
	char signature_text[HASH_TEXT_SIZE];
	if (memchr(message, '\0', len) || !utf8_valid(message, len))
		return false;
	char *text = copy(message, len);
	bool ok = take_proof(s, text, proof) && is_proved(s, proof);
	free(text);
	if (!ok)
		return false;
	hmac(signature, s->verifier.server_key, sizeof(s->verifier.server_key), s->signs.bytes,
	     s->signs.len);
	sodium_bin2base64(signature_text, sizeof(signature_text), signature, sizeof(signature),
			  BASE64);
	buf_printf(out, "v=%s", signature_text);
	return true;
}
