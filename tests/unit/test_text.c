#include "base/text.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy with nothing behind it, so that AddressSanitizer sees a look beyond the end. */
static char *exact(const char *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);
	CHECK(copy);
	memcpy(copy, bytes, len);
	return copy;
}

/* Every row of Unicode's table 3-7 at its edges, and one beyond. */
TEST(utf8_valid_is_what_table_3_7_has)
{
	static const struct {
		const char *bytes;
		bool valid;
	} cases[] = {
		{ "", true },
		{ "\x7f", true },
		{ "\x80", false },
		{ "\xbf", false },
		{ "\xc0\x80", false },
		{ "\xc1\xbf", false },
		{ "\xc2\x7f", false },
		{ "\xc2\x80", true },
		{ "\xdf\xbf", true },
		{ "\xdf\xc0", false },
		{ "\xe0\x9f\xbf", false },
		{ "\xe0\xa0\x80", true },
		{ "\xe0\xbf\xbf", true },
		{ "\xe0\xc0\x80", false },
		{ "\xe1\x7f\x80", false },
		{ "\xe1\x80\x80", true },
		{ "\xe1\x80\x7f", false },
		{ "\xe1\x80\xc0", false },
		{ "\xec\xbf\xbf", true },
		{ "\xed\x7f\x80", false },
		{ "\xed\x80\x80", true },
		{ "\xed\x9f\xbf", true },
		{ "\xed\xa0\x80", false }, /* a surrogate */
		{ "\xed\xbf\xbf", false },
		{ "\xee\x80\x80", true },
		{ "\xef\xbf\xbf", true },
		{ "\xf0\x8f\xbf\xbf", false },
		{ "\xf0\x90\x80\x80", true },
		{ "\xf0\xbf\xbf\xbf", true },
		{ "\xf1\x80\x80\x80", true },
		{ "\xf3\xbf\xbf\xbf", true },
		{ "\xf3\xbf\xbf\xc0", false },
		{ "\xf4\x80\x80\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\xf4\x90\x80\x80", false }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", false },
		{ "\xf8\x88\x80\x80\x80", false },
		{ "\xfe", false },
		{ "\xff", false },
		/* unfinished */
		{ "\xc2", false },
		{ "\xe1\x80", false },
		{ "\xf1\x80\x80", false },
		{ "\xe1\200a", false },
	};
	char text[32];

	/* Alone, behind a word of ASCII, before one and in the middle of two: whole words are quick. */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static const char *const around[][2] = {
			{ "", "" },
			{ "12345678", "" },
			{ "", "12345678" },
			{ "1234567", "12345678" },
		};
		for (size_t j = 0; j < ARRAY_LEN(around); j++) {
			int len = snprintf(text, sizeof(text), "%s%s%s", around[j][0],
					   cases[i].bytes, around[j][1]);
			char *copy = exact(text, (size_t)len);
			CHECK_EQ(utf8_valid(copy, (size_t)len), cases[i].valid, text);
			free(copy);
		}
	}
	CHECK(utf8_valid("\0\0", 2));
}

TEST(utf8_unfinished_counts_what_waits_for_more)
{
	static const struct {
		const char *bytes;
		size_t unfinished;
	} cases[] = {
		{ "", 0 },
		{ "a", 0 },
		{ "茶", 0 },
		{ "\xc2", 1 },
		{ "a\xe8", 1 },
		{ "a\xe8\x8c", 2 },
		{ "茶\xe8\x8c", 2 },
		{ "\xf0", 1 },
		{ "\xf0\x9f", 2 },
		{ "\xf0\x9f\x8d", 3 },
		{ "\xf0\x9f\x8d\xb5", 0 },
		/* what can become nothing is not waited for */
		{ "\x80", 0 },
		{ "\xff", 0 },
		{ "\xe0\x80", 0 },
		{ "\xed\xa0", 0 },
		{ "\xf4\x90\x80", 0 },
		{ "\x80\x80\x80\x80", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].bytes);
		char *copy = exact(cases[i].bytes, len);
		CHECK_EQ(utf8_unfinished(copy, len), cases[i].unfinished, cases[i].bytes);
		free(copy);
	}
}

TEST(utf8_cut_ends_between_two_characters)
{
	static const struct {
		const char *bytes;
		size_t max, cut;
	} cases[] = {
		{ "", 0, 0 },
		{ "", 5, 0 },
		{ "tea", 0, 0 },
		{ "tea", 2, 2 },
		{ "tea", 3, 3 },
		{ "tea", 4, 3 },
		{ "a茶b", 1, 1 },
		{ "a茶b", 2, 1 },
		{ "a茶b", 3, 1 },
		{ "a茶b", 4, 4 },
		{ "a茶b", 5, 5 },
		{ "a\xf0\x9f\x8d\xb5", 4, 1 },
		{ "a\xf0\x9f\x8d\xb5", 5, 5 },
		/* no whole character fits, or there is none: go on all the same */
		{ "茶", 1, 1 },
		{ "茶", 2, 2 },
		{ "\x80\x80\x80\x80\x80\x80\x80\x80", 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].bytes);
		char *copy = exact(cases[i].bytes, len);
		CHECK_EQ(utf8_cut(copy, len, cases[i].max), cases[i].cut, cases[i].bytes);
		free(copy);
	}
}

TEST(utf8_cut_of_any_bytes_goes_on)
{
	char bytes[12];

	for (size_t first = 0; first < 256; first++)
		for (size_t max = 1; max < sizeof(bytes); max++) {
			memset(bytes, 0x80, sizeof(bytes));
			bytes[0] = (char)first;
			size_t cut = utf8_cut(bytes, sizeof(bytes), max);
			CHECK(cut > 0 && cut <= max);
		}
}

static const char *shown(const char *text, size_t len)
{
	static struct buf b;
	char *copy = exact(text, len);
	buf_done(&b);
	buf_add_text(&b, ">");
	text_add_shown(&b, copy, len);
	free(copy);
	return b.bytes + 1;
}

TEST(text_shown_keeps_the_words_alone)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ "喝茶, tea & \xf0\x9f\x8d\xb5", "喝茶, tea & \xf0\x9f\x8d\xb5" },
		{ "a\tb", "a b" },
		{ "a\nb\rc", "abc" },
		{ "\x1b[31mred\x1b[0m", "[31mred[0m" },
		{ "a\x7f", "a" },
		{ "\xc2\x80\xc2\x9b\xc2\x9f|\xc2\xa0",
		  "|\xc2\xa0" }, /* C1, and a space that stays */
		/* bidirectional marks, embeddings, overrides, isolates; line and paragraph separators */
		{ "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f|", "|" },
		{ "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae|", "|" },
		{ "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9|", "|" },
		{ "\xe2\x80\xa8\xe2\x80\xa9|", "|" },
		/* their neighbours stay */
		{ "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa",
		  "\xe2\x80\x8d\xe2\x80\x90\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa" },
		/* IRC: bold, italics, underline, strikethrough, monospace, reverse, reset */
		{ "\002b\035i\037u\036s\021m\026r\017", "biusmr" },
		/* colours: one or two digits, and a comma only when digits follow it */
		{ "\x03", "" },
		{ "\x03red", "red" },
		{ "\0034red", "red" },
		{ "\00304red", "red" },
		{ "\003041 of", "1 of" },
		{ "\0034,12red", "red" },
		{ "\0034,red", ",red" },
		{ "\0034,", "," },
		{ "\x03,5", ",5" },
		{ "\0034,123", "3" },
		/* hexadecimal ones: six digits each, no fewer */
		{ "\004FF0000red", "red" },
		{ "\004ff0000,00FF00red", "red" },
		{ "\004ff0000,00FFred", ",00FFred" },
		{ "\004bad cafe", "bad cafe" },
		{ "\004FF000", "FF000" },
		{ "\x04", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(shown(cases[i].text, strlen(cases[i].text)), cases[i].shown);
	CHECK_STR(shown("a\0b", 3), "ab");
}

TEST(text_shown_is_free_of_every_control)
{
	for (unsigned c = 0; c < 0xa0; c++) {
		char text[3] = { (char)c, 0, 0 };
		size_t len = 1;
		if (c >= 0x80) {
			text[0] = (char)(0xc0 | c >> 6);
			text[1] = (char)(0x80 | (c & 0x3f));
			len = 2;
		}
		bool is_control = c < 0x20 || c >= 0x7f;
		CHECK_STR(shown(text, len), c == '\t' ? " " : is_control ? "" : text);
	}
}

/* What would be the rest of a colour or a character is not looked at behind the end. */
TEST(text_shown_ends_where_it_ends)
{
	static const struct {
		const char *text;
		size_t len;
		const char *shown;
	} cases[] = {
		{ "\0034,12", 3, "," }, { "\0034,12", 2, "" },        { "\00341", 2, "" },
		{ "\0034", 1, "" },     { "\004ff0000", 6, "ff000" }, { "a茶", 2, "a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(shown(cases[i].text, cases[i].len), cases[i].shown);
}

TEST(text_is_formatted_by_what_irc_formats_with)
{
	static const char codes[] = "\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f";
	for (int c = 1; c < 0x80; c++) {
		char text[] = { 'a', (char)c, 'b', '\0' };
		CHECK_EQ(text_is_formatted(text, 3), strchr(codes, c) != NULL, "each byte");
		CHECK_EQ(text_is_formatted(text, 1), false, "only so much of it");
	}
	CHECK(!text_is_formatted("a\0b", 3));
	CHECK(!text_is_formatted("茶", 3));
	CHECK(!text_is_formatted("", 0));
}
