#include "protocols/irc/split.h"

#include "base/text.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

/* The pieces of text with "|" between them; a copy with nothing behind it is cut. */
static const char *pieces(const char *text, size_t max)
{
	static char shown[1024];
	struct buf b = { 0 };
	size_t len = strlen(text), at = 0;
	char *copy = malloc(len);
	CHECK(copy);
	memcpy(copy, text, len);
	while (at < len) {
		size_t n = irc_split(copy + at, len - at, max);
		CHECK(n > 0 && n <= len - at);
		buf_printf(&b, "%s%.*s", at > 0 ? "|" : "", (int)n, copy + at);
		at += n;
		if (at < len && copy[at] == ' ')
			at++;
	}
	free(copy);
	CHECK(b.len < sizeof(shown));
	memcpy(shown, b.bytes, b.len + 1);
	buf_done(&b);
	return shown;
}

struct split_case {
	const char *text;
	size_t max;
	const char *pieces;
};

static void check_pieces(const struct split_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CHECK_STR(pieces(cases[i].text, cases[i].max), cases[i].pieces);
}

TEST(split_takes_all_that_fits)
{
	static const struct split_case cases[] = {
		{ "a", 1, "a" },
		{ "tea house", 9, "tea house" },
		{ "tea house", 99, "tea house" },
		{ "茶馆", 6, "茶馆" },
		{ "茶 ", 4, "茶 " },
		{ " ", 1, " " },
	};
	check_pieces(cases, ARRAY_LEN(cases));
	CHECK_EQ(irc_split("", 0, 0), 0, "nothing has no piece");
	CHECK_EQ(irc_split("tea", 2, 2), 2, "what is behind the text is not looked at");
}

TEST(split_prefers_a_space)
{
	static const struct split_case cases[] = {
		{ "one two three", 8, "one two|three" },
		{ "one two three", 7, "one two|three" }, /* right behind a full piece */
		{ "one two three", 6, "one|two|three" },
		{ "one two three", 5, "one|two|three" },
		{ "aaaa bbbb", 4, "aaaa|bbbb" },
		{ "茶 馆 茶", 7, "茶 馆|茶" },
		/* no less than half a piece */
		{ "abcd efghij", 8, "abcd|efghij" },
		{ "abc efghijk", 8, "abc efgh|ijk" },
		{ "a bcdefghij", 8, "a bcdefg|hij" },
		{ "abc efgh", 7, "abc efg|h" },
		{ "abcd fgh", 7, "abcd|fgh" },
		{ " abcdefgh", 4, " abc|defg|h" },
		/* one is lost, and no more */
		{ "aaaa  bbbb", 4, "aaaa| bbb|b" },
		{ "aaaa  bbbb", 5, "aaaa |bbbb" },
		{ "aaaa ", 4, "aaaa" },
		{ "aaaa   ", 4, "aaaa|  " },
		{ "      ", 2, "  |  " },
		{ "aaa\tb", 4, "aaa\t|b" },
	};
	check_pieces(cases, ARRAY_LEN(cases));
}

TEST(split_cuts_no_cluster)
{
	static const struct split_case cases[] = {
		{ "早上好老李今天喝什么茶", 12, "早上好老|李今天喝|什么茶" },
		{ "早上好老李", 11, "早上好|老李" },
		{ "早上好老李", 10, "早上好|老李" },
		{ "a早上", 4, "a早|上" },
		/* combining marks: e with acute, twice */
		{ "e\u0301e\u0301", 3, "e\u0301|e\u0301" },
		{ "e\u0301e\u0301", 5, "e\u0301|e\u0301" },
		{ "abe\u0301", 3, "ab|e\u0301" },
		/* a flag is two letters; two flags are not three */
		{ "🇨🇳🇫🇷🇯🇵", 8, "🇨🇳|🇫🇷|🇯🇵" },
		{ "🇨🇳🇫🇷🇯🇵", 12, "🇨🇳|🇫🇷|🇯🇵" },
		{ "🇨🇳🇫🇷🇯🇵", 16, "🇨🇳🇫🇷|🇯🇵" },
		{ "a🇨🇳🇫🇷", 13, "a🇨🇳|🇫🇷" },
		/* a family of three, a skin, a heart's variation selector */
		{ "👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 18, "👨\u200d👩\u200d👧|👨\u200d👩\u200d👧" },
		{ "👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 35, "👨\u200d👩\u200d👧|👨\u200d👩\u200d👧" },
		{ "ab👨\u200d👩\u200d👧", 18, "ab|👨\u200d👩\u200d👧" },
		{ "ab👍🏽👍🏽", 13, "ab👍🏽|👍🏽" },
		{ "ab❤\ufe0f", 6, "ab|❤\ufe0f" },
		/* Hangul made of its parts, and Devanagari's vowel signs */
		{ "\u1112\u1161\u11ab\u1100\u1173\u11af", 12,
		  "\u1112\u1161\u11ab|\u1100\u1173\u11af" },
		{ "\u0928\u093f\u0928\u093f", 9, "\u0928\u093f|\u0928\u093f" },
		/* a space is a space, whatever stands on it */
		{ "abc \u0301def", 5, "abc|\u0301def" },
	};
	check_pieces(cases, ARRAY_LEN(cases));
}

TEST(split_cuts_a_cluster_that_fits_nowhere)
{
	static const struct split_case cases[] = {
		{ "👨\u200d👩\u200d👧", 7, "👨\u200d|👩\u200d|👧" },
		{ "👨\u200d👩\u200d👧", 12, "👨\u200d👩|\u200d👧" },
		{ "e\u0301\u0301\u0301", 4, "e\u0301|\u0301\u0301" },
		{ "abe\u0301\u0301\u0301", 4, "ab|e\u0301|\u0301\u0301" },
		/* and a character is never cut */
		{ "茶馆", 2, "茶|馆" },
		{ "茶馆", 0, "茶|馆" },
		{ "a👍", 1, "a|👍" },
		{ "ab", 0, "a|b" },
	};
	check_pieces(cases, ARRAY_LEN(cases));
}

/* A message as long as one may be comes back whole, with full pieces, whatever fits into one. */
TEST(split_loses_nothing_of_a_long_text)
{
	struct buf text = { 0 };
	for (int i = 0; i < 250; i++)
		buf_add_text(&text, "茶👨\u200d👩\u200d👧🇨🇳e\u0301");
	for (size_t max = 30; max <= 500; max++) {
		size_t at = 0;
		while (at < text.len) {
			size_t n = irc_split(text.bytes + at, text.len - at, max);
			CHECK(n <= max);
			CHECK(n > max - 18 || at + n == text.len);
			CHECK(utf8_valid(text.bytes + at, n));
			at += n;
		}
		CHECK_EQ(at, text.len, "all of it");
	}
	buf_done(&text);
}
