#include "base/totp.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DRIFT_STEPS 1 /* RFC 6238, 5.2 */

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static_assert(TOTP_TEXT_SIZE == TOTP_SECRET_BYTES * 8 / 5 + 1, "without padding");

void totp_text(const unsigned char bytes[TOTP_SECRET_BYTES], char text[TOTP_TEXT_SIZE])
{
	for (size_t i = 0; i < TOTP_TEXT_SIZE - 1; i++) {
		size_t bit = i * 5, at = bit / 8;
		unsigned pair = (unsigned)bytes[at] << 8;
		if (at + 1 < TOTP_SECRET_BYTES)
			pair |= bytes[at + 1];
		text[i] = base32[pair >> (11 - bit % 8) & 31];
	}
	text[TOTP_TEXT_SIZE - 1] = '\0';
}

static bool totp_parse(const char *text, unsigned char bytes[TOTP_SECRET_BYTES])
{
	if (strlen(text) != TOTP_TEXT_SIZE - 1)
		return false;
	memset(bytes, 0, TOTP_SECRET_BYTES);
	for (size_t i = 0; i < TOTP_TEXT_SIZE - 1; i++) {
		const char *letter = strchr(base32, text[i]);
		if (!letter)
			return false;
		for (size_t bit = 0; bit < 5; bit++)
			if ((letter - base32) >> (4 - bit) & 1)
				bytes[(i * 5 + bit) / 8] |= (unsigned char)(0x80u >>
									    (i * 5 + bit) % 8);
	}
	return true;
}

bool totp_code(const char *text, uint64_t step, char code[7])
{
	unsigned char secret[TOTP_SECRET_BYTES], counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned mac_len = 0;
	if (!totp_parse(text, secret))
		return false;
	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = (unsigned char)(step >> (56 - 8 * i));
	bool ok = HMAC(EVP_sha1(), secret, sizeof(secret), counter, sizeof(counter), mac, &mac_len);
	sodium_memzero(secret, sizeof(secret));
	if (!ok)
		return false;
	/* RFC 4226, 5.3: dynamic truncation */
	const unsigned char *at = mac + (mac[mac_len - 1] & 15);
	uint32_t number = (uint32_t)(at[0] & 0x7F) << 24 | (uint32_t)at[1] << 16 |
			  (uint32_t)at[2] << 8 | at[3];
	snprintf(code, 7, "%06u", (unsigned)(number % 1000000));
	return true;
}

/* What people type: "123 456". false: it cannot be a code. */
static bool read_code(const char *text, char code[7])
{
	size_t len = 0;
	for (; *text; text++) {
		if (*text == ' ')
			continue;
		if (len == 6 || *text < '0' || *text > '9')
			return false;
		code[len++] = *text;
	}
	code[len] = '\0';
	return len == 6;
}

bool totp_is(const char *text, const char *code, int64_t now_s, uint64_t *last_step)
{
	char given[7], wanted[7];
	uint64_t now_step = now_s > 0 ? (uint64_t)now_s / TOTP_STEP_S : 0;
	uint64_t first = now_step > DRIFT_STEPS ? now_step - DRIFT_STEPS : 0;
	if (!read_code(code, given))
		return false;
	for (uint64_t step = first; step <= now_step + DRIFT_STEPS; step++) {
		if (step <= *last_step || !totp_code(text, step, wanted) ||
		    sodium_memcmp(given, wanted, sizeof(wanted)) != 0)
			continue;
		*last_step = step;
		return true;
	}
	return false;
}
