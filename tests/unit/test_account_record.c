/* What is kept of an account, as text and back: nothing is lost, and garbage is none. */
#include "core/account_record.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool reads(const char *text)
{
	struct account_record r;
	bool ok = account_record_read(&r, text, strlen(text));
	account_record_done(&r);
	return ok;
}

static void fingerprint(unsigned n, char text[FINGERPRINT_SIZE])
{
	snprintf(text, FINGERPRINT_SIZE, "%064x", n);
}

TEST(account_record_says_what_was_written)
{
	struct account_record r, again;
	struct buf text = { 0 };
	account_record_init(&r, "老李");
	account_record_set(&r.hash, "$argon2id$v=19$x");
	account_record_set(&r.scram, "SCRAM-SHA-256$4096:a$b:c");
	account_record_set(&r.email, "li@example.org");
	account_record_set(&r.suspended, "two\nlines, a \\ and \\n");
	account_record_set(&r.settings, " leading and trailing ");
	CHECK(account_record_add_cert(&r, CERT));
	r.created_ms = 1700000000123;
	r.seen_ms = 1800000000456;
	account_record_write(&r, &text);
	CHECK(account_record_read(&again, text.bytes, text.len));
	CHECK_STR(again.name, "老李");
	CHECK_STR(again.hash, r.hash);
	CHECK_STR(again.scram, r.scram);
	CHECK_STR(again.email, r.email);
	CHECK_STR(again.totp, "");
	CHECK_STR(again.suspended, r.suspended);
	CHECK_STR(again.settings, r.settings);
	CHECK_EQ(again.cert_count, 1, "a certificate");
	CHECK(account_record_has_cert(&again, CERT));
	CHECK(again.created_ms == r.created_ms && again.seen_ms == r.seen_ms);
	account_record_done(&r);
	account_record_done(&again);
	buf_done(&text);
}

TEST(account_record_takes_ten_certificates)
{
	struct account_record r, copy;
	char cert[FINGERPRINT_SIZE];
	account_record_init(&r, "tea");
	for (unsigned i = 0; i < ACCOUNT_CERTS_MAX; i++) {
		fingerprint(i, cert);
		CHECK(account_record_add_cert(&r, cert));
	}
	CHECK(account_record_add_cert(&r, cert)); /* it is there: no more than before */
	fingerprint(99, cert);
	CHECK(!account_record_add_cert(&r, cert));
	CHECK(!account_record_remove_cert(&r, cert));
	account_record_copy(&copy, &r);
	fingerprint(0, cert);
	CHECK(account_record_remove_cert(&r, cert));
	CHECK(!account_record_has_cert(&r, cert));
	CHECK_EQ(r.cert_count, ACCOUNT_CERTS_MAX - 1, "one fewer");
	fingerprint(9, cert);
	CHECK(account_record_has_cert(&r, cert));
	CHECK_EQ(copy.cert_count, ACCOUNT_CERTS_MAX, "the copy has its own");
	account_record_done(&r);
	account_record_done(&copy);
}

TEST(account_record_is_not_made_of_garbage)
{
	static const struct {
		const char *text, *why;
		bool ok;
	} cases[] = {
		{ "name a\n", "the least", true },
		{ "name a\nfuture x y\n", "a key of a later teahouse", true },
		{ "name a\nhash \n", "an empty value", true },
		{ "", "nothing", false },
		{ "hash x\n", "no name", false },
		{ "name \n", "an empty name", false },
		{ "name a", "no end", false },
		{ "name a\n\n", "an empty line", false },
		{ "name a\nhash\n", "no value", false },
		{ "name a\\\n", "a backslash at the end", false },
		{ "name a\\x\n", "a backslash before something else", false },
		{ "name a\ncreated x\n", "no number", false },
		{ "name a\ncreated 12x\n", "not all of it a number", false },
		{ "name a\ncreated -1\n", "below 0", false },
		{ "name a\nseen 9999999999999999999\n", "too large a number", false },
		{ "name a\ncert 00\n", "no fingerprint", false },
		{ "name a\nemail \xe8\x8c\n", "half a character", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(reads(cases[i].text), cases[i].ok, cases[i].why);
	struct account_record r;
	CHECK(!account_record_read(&r, "name a\0b\n", 9));
}

/* Whatever is cut off or changed in a record: it is read or refused, and nothing else happens. */
TEST(account_record_survives_any_change)
{
	static const char whole[] = "name tea\nhash $argon2id$x\nsuspended a\\nb\\\\c\ncert " CERT
				    "\ncreated 17\nseen 18\n";
	char text[sizeof(whole)];
	for (size_t at = 0; at < strlen(whole); at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			struct account_record r;
			memcpy(text, whole, sizeof(whole));
			text[at] = (char)byte;
			if (account_record_read(&r, text, strlen(whole)))
				account_record_done(&r);
			if (account_record_read(&r, text, at))
				account_record_done(&r);
		}
}

TEST(account_record_takes_no_more_certificates_than_ten_from_text)
{
	struct buf text = { 0 };
	buf_add_text(&text, "name tea\n");
	for (unsigned i = 0; i < ACCOUNT_CERTS_MAX; i++)
		buf_printf(&text, "cert %064x\n", i);
	CHECK(reads(text.bytes));
	buf_printf(&text, "cert %064x\n", 77u);
	CHECK(!reads(text.bytes));
	buf_done(&text);
}
