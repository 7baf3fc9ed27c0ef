#include "core/account_record.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The strings of a record, and their keys. */
static const struct text_field {
	const char *key;
	size_t offset;
} text_fields[] = {
	{ "name", offsetof(struct account_record, name) },
	{ "hash", offsetof(struct account_record, hash) },
	{ "scram", offsetof(struct account_record, scram) },
	{ "email", offsetof(struct account_record, email) },
	{ "totp", offsetof(struct account_record, totp) },
	{ "suspended", offsetof(struct account_record, suspended) },
	{ "settings", offsetof(struct account_record, settings) },
	{ "metadata", offsetof(struct account_record, metadata) },
};

static char **text_of(const struct account_record *r, const struct text_field *f)
{
	return (char **)(uintptr_t)((const char *)r + f->offset);
}

void account_record_init(struct account_record *r, const char *name)
{
	*r = (struct account_record){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++)
		*text_of(r, &text_fields[i]) = xstrdup("");
	account_record_set(&r->name, name);
}

void account_record_done(struct account_record *r)
{
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++)
		free(*text_of(r, &text_fields[i]));
	free(r->certs);
	*r = (struct account_record){ 0 };
}

void account_record_copy(struct account_record *to, const struct account_record *from)
{
	*to = *from;
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++)
		*text_of(to, &text_fields[i]) = xstrdup(*text_of(from, &text_fields[i]));
	to->certs = NULL;
	if (from->cert_count == 0)
		return;
	to->certs = xcalloc(from->cert_count, FINGERPRINT_SIZE);
	memcpy(to->certs, from->certs, from->cert_count * FINGERPRINT_SIZE);
}

void account_record_set(char **at, const char *text)
{
	char *before = *at;
	*at = xstrdup(text);
	free(before);
}

/* ---- certificates ---- */

static size_t cert_place(const struct account_record *r, const char *fingerprint)
{
	size_t at = 0;
	while (at < r->cert_count && strcmp(r->certs[at], fingerprint) != 0)
		at++;
	return at;
}

bool account_record_has_cert(const struct account_record *r, const char *fingerprint)
{
	return cert_place(r, fingerprint) < r->cert_count;
}

bool account_record_add_cert(struct account_record *r, const char *fingerprint)
{
	if (account_record_has_cert(r, fingerprint))
		return true;
	if (r->cert_count == ACCOUNT_CERTS_MAX)
		return false;
	r->certs = xrealloc(r->certs, r->cert_count + 1, FINGERPRINT_SIZE);
	memcpy(r->certs[r->cert_count++], fingerprint, FINGERPRINT_SIZE);
	return true;
}

bool account_record_remove_cert(struct account_record *r, const char *fingerprint)
{
	size_t at = cert_place(r, fingerprint);
	if (at == r->cert_count)
		return false;
	r->cert_count--;
	memmove(r->certs[at], r->certs[at] + FINGERPRINT_SIZE,
		(r->cert_count - at) * FINGERPRINT_SIZE);
	return true;
}

bool fingerprint_valid(const char *text)
{
	return strlen(text) == FINGERPRINT_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == FINGERPRINT_SIZE - 1;
}

/* ---- as text ---- */

static void write_text(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "%s ", key);
	for (size_t len; *text; text += len) {
		len = strcspn(text, "\\\n");
		buf_add(out, text, len);
		if (!text[len])
			continue;
		buf_add_text(out, text[len] == '\n' ? "\\n" : "\\\\");
		len++;
	}
	buf_add_text(out, "\n");
}

void account_record_write(const struct account_record *r, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++) {
		const char *text = *text_of(r, &text_fields[i]);
		if (text[0])
			write_text(out, text_fields[i].key, text);
	}
	for (size_t i = 0; i < r->cert_count; i++)
		write_text(out, "cert", r->certs[i]);
	buf_printf(out, "created %" PRId64 "\nseen %" PRId64 "\n", r->created_ms, r->seen_ms);
}

/* In its place, where it never becomes longer. false: a backslash is followed by something else. */
static bool unescape(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++) {
		char c = *from;
		if (c == '\\') {
			c = *++from;
			if (c != '\\' && c != 'n')
				return false;
			c = c == 'n' ? '\n' : c;
		}
		*to++ = c;
	}
	*to = '\0';
	return true;
}

static bool read_ms(const char *text, int64_t *ret_ms)
{
	char *end;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 18)
		return false;
	*ret_ms = strtoll(text, &end, 10);
	return *end == '\0';
}

static bool read_field(struct account_record *r, const char *key, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(text_fields); i++)
		if (strcmp(key, text_fields[i].key) == 0) {
			account_record_set(text_of(r, &text_fields[i]), value);
			return true;
		}
	if (strcmp(key, "cert") == 0)
		return fingerprint_valid(value) && account_record_add_cert(r, value);
	if (strcmp(key, "created") == 0)
		return read_ms(value, &r->created_ms);
	return strcmp(key, "seen") != 0 || read_ms(value, &r->seen_ms);
}

/* line is the caller's, to be changed. */
static bool read_line(struct account_record *r, char *line)
{
	char *value = strchr(line, ' ');
	if (!value)
		return false;
	*value++ = '\0';
	return unescape(value) && read_field(r, line, value);
}

static bool read_lines(struct account_record *r, char *text)
{
	for (char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return false;
		*end = '\0';
		if (!read_line(r, line))
			return false;
	}
	return r->name[0] != '\0';
}

bool account_record_read(struct account_record *r, const char *text, size_t len)
{
	*r = (struct account_record){ 0 };
	if (memchr(text, '\0', len) || !utf8_valid(text, len))
		return false;
	char *copy = xcalloc(len + 1, 1);
	memcpy(copy, text, len);
	account_record_init(r, "");
	bool ok = read_lines(r, copy);
	free(copy);
	if (!ok)
		account_record_done(r);
	return ok;
}
