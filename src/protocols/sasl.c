#include "protocols/sasl.h"

#include "base/limits.h"
#include "base/text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BASE64 sodium_base64_VARIANT_ORIGINAL

static enum sasl_taken decode(struct buf *text)
{
	size_t size = text->len / 4 * 3, len = 0;
	struct buf message = { 0 };
	char *bytes = xcalloc(size + 1, 1);
	bool ok = sodium_base642bin((unsigned char *)bytes, size, text->bytes, text->len, NULL,
				    &len, NULL, BASE64) == 0;
	if (ok)
		buf_add(&message, bytes, len);
	sodium_memzero(bytes, size);
	free(bytes);
	sodium_memzero(text->bytes, text->len);
	buf_done(text);
	*text = message;
	return ok ? SASL_WHOLE : SASL_BROKEN;
}

enum sasl_taken sasl_take(struct buf *text, const char *chunk)
{
	size_t len = strlen(chunk);
	if (len > SASL_CHUNK_BYTES)
		return SASL_CHUNK_LONG;
	if (strcmp(chunk, "+") == 0)
		chunk = "", len = 0;
	if (text->len + len > SASL_BYTES_MAX)
		return SASL_LONG;
	buf_add(text, chunk, len);
	return len == SASL_CHUNK_BYTES ? SASL_MORE : decode(text);
}

void sasl_say(const char *message, size_t len, void (*say)(void *ctx, const char *chunk), void *ctx)
{
	size_t size = sodium_base64_encoded_len(len, BASE64);
	char *text = xcalloc(size, 1), chunk[SASL_CHUNK_BYTES + 1];
	sodium_bin2base64(text, size, (const unsigned char *)message, len, BASE64);
	size_t at = 0, part;
	do {
		part = strnlen(text + at, SASL_CHUNK_BYTES);
		memcpy(chunk, text + at, part);
		chunk[part] = '\0';
		say(ctx, part > 0 ? chunk : "+");
		at += part;
	} while (part == SASL_CHUNK_BYTES);
	free(text);
}

bool sasl_plain_parse(const char *message, size_t len, struct sasl_plain *ret)
{
	const char *end = message + len;
	if (!utf8_valid(message, len))
		return false;
	const char *account = memchr(message, '\0', len);
	const char *password = account ? memchr(account + 1, '\0', (size_t)(end - account - 1))
				       : NULL;
	if (!password)
		return false;
	*ret = (struct sasl_plain){ message, account + 1, password + 1 };
	return ret->account[0] && ret->password[0] &&
	       strlen(ret->password) == (size_t)(end - ret->password);
}
