#include "protocols/sasl.h"

#include "base/limits.h"
#include "tests/unit/check.h"

#include <string.h>

static enum sasl_taken take_of(struct buf *text, char letter, size_t len)
{
	char chunk[1024] = "";
	memset(chunk, letter, len);
	return sasl_take(text, chunk);
}

TEST(sasl_message_is_what_its_chunks_say)
{
	struct buf text = { 0 };
	CHECK_EQ(sasl_take(&text, "amlsbGVzAGppbGxlcwBzZXNhbWU="), SASL_WHOLE, "one chunk");
	CHECK_EQ(text.len, 20, "decoded");
	CHECK(memcmp(text.bytes, "jilles\0jilles\0sesame", 20) == 0);
	buf_done(&text);

	CHECK_EQ(take_of(&text, 'A', 400), SASL_MORE, "a whole chunk may have more behind it");
	CHECK_EQ(sasl_take(&text, "QQ=="), SASL_WHOLE, "a shorter one is the last");
	CHECK_EQ(text.len, 301, "both");
	CHECK_EQ(text.bytes[300], 'A', "in their order");
	buf_done(&text);

	CHECK_EQ(take_of(&text, 'A', 400), SASL_MORE, "a whole chunk");
	CHECK_EQ(sasl_take(&text, "+"), SASL_WHOLE, "that had nothing behind it");
	CHECK_EQ(text.len, 300, "all of it");
	buf_done(&text);

	CHECK_EQ(sasl_take(&text, "+"), SASL_WHOLE, "nothing at all");
	CHECK_EQ(text.len, 0, "nothing");
	buf_done(&text);
}

TEST(sasl_message_is_refused_when_it_is_none)
{
	struct buf text = { 0 };
	static const char *const broken[] = { "=",        "A",    "AA",   "AAA",  "AAAA=",
					      "AAA=AAAA", "AA*A", "茶壶", "A A=", "QR==" };
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		CHECK_EQ(sasl_take(&text, broken[i]), SASL_BROKEN, broken[i]);
		buf_done(&text);
	}
	CHECK_EQ(take_of(&text, 'A', 401), SASL_CHUNK_LONG, "one byte too many");
	for (size_t i = 0; i < SASL_BYTES_MAX / SASL_CHUNK_BYTES; i++)
		CHECK_EQ(take_of(&text, 'A', 400), SASL_MORE, "up to the limit");
	CHECK_EQ(take_of(&text, 'A', SASL_BYTES_MAX % SASL_CHUNK_BYTES + 1), SASL_LONG,
		 "and beyond");
	CHECK_EQ(take_of(&text, 'A', SASL_BYTES_MAX % SASL_CHUNK_BYTES), SASL_WHOLE, "just so");
	CHECK_EQ(text.len, SASL_BYTES_MAX / 4 * 3, "all of it");
	buf_done(&text);
}

static void note(void *ctx, const char *chunk)
{
	buf_printf(ctx, "%zu:%.4s ", strlen(chunk), chunk);
}

TEST(sasl_says_chunks_that_end)
{
	static const struct {
		size_t len;
		const char *said;
	} cases[] = {
		{ 0, "1:+ " },
		{ 1, "4:eA== " },
		{ 3, "4:eHh4 " },
		{ 299, "400:eHh4 1:+ " },
		{ 300, "400:eHh4 1:+ " },
		{ 301, "400:eHh4 4:eA== " },
		{ 600, "400:eHh4 400:eHh4 1:+ " },
	};
	char message[1024];
	memset(message, 'x', sizeof(message));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf said = { 0 };
		sasl_say(message, cases[i].len, note, &said);
		CHECK_STR(said.bytes, cases[i].said);
		buf_done(&said);
	}
}

TEST(sasl_plain_has_three_parts)
{
	static const struct {
		const char *message;
		size_t len;
		bool valid;
		const char *why;
	} cases[] = {
		{ "\0me\0secret", 10, true, "as himself" },
		{ "me\0me\0secret", 12, true, "and says so" },
		{ "\0老李\0密 码", 15, true, "in any script" },
		{ "", 0, false, "nothing" },
		{ "me", 2, false, "one part" },
		{ "\0me", 3, false, "two" },
		{ "\0me\0", 4, false, "no password" },
		{ "\0\0secret", 8, false, "nobody" },
		{ "\0me\0secret\0", 11, false, "four" },
		{ "\0me\0sec\0ret", 11, false, "a NUL in the password" },
		{ "\0me\0\xff", 5, false, "no UTF-8" },
	};
	struct sasl_plain p;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sasl_plain_parse(cases[i].message, cases[i].len, &p), cases[i].valid,
			 cases[i].why);
	CHECK(sasl_plain_parse("a\0b\0c d", 7, &p));
	CHECK_STR(p.acts_as, "a");
	CHECK_STR(p.account, "b");
	CHECK_STR(p.password, "c d");
}
