#include "core/mask.h"

#include "tests/unit/check.h"

#include <string.h>

TEST(mask_match_knows_stars_and_question_marks)
{
	static const struct {
		const char *mask, *text;
		bool matches;
		const char *why;
	} cases[] = {
		{ "", "", true, "nothing is nothing" },
		{ "", "a", false, "nothing is not something" },
		{ "a", "", false, "something is not nothing" },
		{ "*", "", true, "a star takes nothing" },
		{ "***", "", true, "so do three" },
		{ "*", "li!tea@house", true, "a star takes all" },
		{ "?", "", false, "a question mark takes one" },
		{ "?", "a", true, "a question mark takes one" },
		{ "?", "ab", false, "a question mark takes one only" },
		{ "??", "ab", true, "two take two" },
		{ "*?", "", false, "one at least" },
		{ "?*?", "a", false, "two at least" },
		{ "?*?", "ab", true, "two" },
		{ "?*?", "abc", true, "three" },
		{ "li", "li", true, "itself" },
		{ "li", "lin", false, "the whole of it" },
		{ "li", "ali", false, "from its beginning" },
		{ "*@10.0.0.7", "li!tea@10.0.0.7", true, "by host" },
		{ "*@10.0.0.7", "li!tea@10.0.0.70", false, "another host" },
		{ "*@10.0.0.7", "li!tea@110.0.0.7", false, "another host's end" },
		{ "li*@*", "lilac!tea@house", true, "by the beginning of a nick" },
		{ "li*@*", "mali!tea@house", false, "not by its end" },
		{ "li!*@*", "li!tea@house", true, "by nick" },
		{ "li!*@*", "lin!tea@house", false, "another nick" },
		{ "li!?tea@*", "li!~tea@house", true, "a character before" },
		{ "li!?tea@*", "li!tea@house", false, "no character before" },
		{ "li!t?*@*", "li!te@house", true, "one behind, and no more" },
		{ "li!t?*@*", "li!tea@house", true, "one behind, and more" },
		{ "li!t?*@*", "li!t@house", false, "none behind; there is one \"@\"" },
		{ "li[tea]!*@*", "li[tea]!a@house", true, "brackets are characters" },
		{ "li[tea]!*@*", "lit!a@house", false, "brackets are no set" },
		{ "li[!*@*", "li[!a@house", true, "an open bracket is one too" },
		{ "li\\*", "li\\tea", true, "so is a backslash" },
		{ "li\\*", "li*", false, "it saves no star" },
		{ "*ab*ab", "abxab", true, "the second may be the last" },
		{ "*ab*ab", "abab", true, "they may touch" },
		{ "*ab*ab", "aab", false, "they may not overlap" },
		{ "*aab", "aaab", true, "a beginning that came too early" },
		{ "a*b*c", "a-bb-c-c", true, "the last star goes on" },
		{ "a*b*c", "a-c-b", false, "the order counts" },
		{ "*.example", "a.example.example", true, "the last of two" },
		{ "*", "*", true, "a star in the text" },
		{ "a", "*", false, "it means nothing there" },
		{ "a", "?", false, "nor does a question mark" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(mask_match(cases[i].mask, cases[i].text), cases[i].matches, cases[i].why);
}

TEST(mask_match_compares_characters_in_any_case)
{
	CHECK_EQ(mask_match("LI!*@*.Example", "li!tea@House.eXAMPLE"), true, "ASCII");
	CHECK_EQ(mask_match("ЧАЙ!*", "чай!tea@house"), true, "Cyrillic");
	CHECK_EQ(mask_match("élan", "ÉLAN"), true, "Latin with accents");
	CHECK_EQ(mask_match("чай", "чая"), false, "another letter");
	CHECK_EQ(mask_match("[]\\^", "{}|~"), false, "signs have no case");
	CHECK_EQ(mask_match("老?!*", "老李!tea@house"), true, "one character, three bytes");
	CHECK_EQ(mask_match("老???", "老李"), false, "three characters");
	CHECK_EQ(mask_match("?!*", "\xf0\x9f\x8d\xb5!tea@house"), true, "four bytes");
	CHECK_EQ(mask_match("*李!*", "老李李!tea@house"), true, "a star ends between characters");
	CHECK_EQ(mask_match("K", "\xe2\x84\xaa"), true, "the Kelvin sign: one byte and three");
}

/* Trying every star again would not end in the lifetime of the test. */
TEST(mask_match_is_quick_whatever_the_mask)
{
	enum { STARS = 500, LETTERS = 5000 };
	char mask[STARS * 2 + 2], text[LETTERS + 1];
	for (size_t i = 0; i < STARS; i++)
		memcpy(mask + i * 2, "*a", 2);
	memcpy(mask + STARS * 2, "b", 2);
	memset(text, 'a', LETTERS);
	text[LETTERS] = '\0';
	CHECK_EQ(mask_match(mask, text), false, "there is no b");
	text[LETTERS - 1] = 'b';
	CHECK_EQ(mask_match(mask, text), true, "there is one");
}

static const char *completed(const char *mask)
{
	static char out[MASK_SIZE];
	return mask_complete(mask, out) ? out : NULL;
}

TEST(mask_complete_adds_what_is_missing)
{
	static const struct {
		const char *mask, *complete;
	} cases[] = {
		{ "li", "li!*@*" },
		{ "老李", "老李!*@*" },
		{ "li!tea", "li!tea@*" },
		{ "tea@house", "*!tea@house" },
		{ "li!tea@house", "li!tea@house" },
		{ "*", "*!*@*" },
		{ "li*", "li*!*@*" },
		{ "*!*@10.0.0.?", "*!*@10.0.0.?" },
		{ "@house", "*!*@house" },
		{ "tea@", "*!tea@*" },
		{ "!tea", "*!tea@*" },
		{ "li!", "li!*@*" },
		{ "li!@house", "li!*@house" },
		{ "!@", "*!*@*" },
		{ "**!****@***", "*!*@*" },
		{ "a**b***!*?**@*", "a*b*!*?*@*" },
		{ "*@*", "*!*@*" },
		/* A sign that comes again is a character of its part. */
		{ "li!tea!pot@house", "li!tea!pot@house" },
		{ "tea@house@home", "*!tea@house@home" },
		{ "a@b!c", "a@b!c@*" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(completed(cases[i].mask), cases[i].complete);
		CHECK_STR(completed(cases[i].complete), cases[i].complete);
	}
}

TEST(mask_complete_refuses_what_is_no_word)
{
	static const struct {
		const char *mask, *why;
	} cases[] = {
		{ "", "nothing" },
		{ " ", "a space" },
		{ "li tea", "a space within" },
		{ "li ", "a space behind" },
		{ "li\ttea", "a tab" },
		{ "li\x02", "bold" },
		{ "li\x7f", "DEL" },
		{ "li\xc2\x85", "C1" },
		{ "li\xe3\x80\x80", "an ideographic space" },
		{ "li\xe2\x80\xa8", "a line separator" },
		{ ":li", "a colon in front" },
		{ "::1", "an address that begins with one" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[MASK_SIZE] = "as it was";
		CHECK_EQ(mask_complete(cases[i].mask, out), false, cases[i].why);
		CHECK_STR(out, "as it was");
	}
	CHECK_STR(completed("*@::1"), "*!*@::1");
}

TEST(mask_complete_fits_or_refuses)
{
	char mask[3 * MASK_BYTES_MAX] = { 0 }, out[MASK_SIZE] = "as it was";
	memset(mask, 'a', MASK_BYTES_MAX - strlen("!*@*"));
	CHECK(mask_complete(mask, out));
	CHECK_EQ(strlen(out), MASK_BYTES_MAX, "at the edge");
	CHECK_STR(out + MASK_BYTES_MAX - 5, "a!*@*");

	memcpy(out, "as it was", 10);
	mask[strlen(mask)] = 'a';
	CHECK_EQ(mask_complete(mask, out), false, "one beyond");
	CHECK_STR(out, "as it was");
	memset(mask, 'a', sizeof(mask) - 1);
	CHECK_EQ(mask_complete(mask, out), false, "far beyond");

	memset(mask, '*', sizeof(mask) - 1);
	CHECK_STR(completed(mask), "*!*@*");
}

TEST(mask_same_minds_no_case_and_knows_no_wildcards)
{
	CHECK_EQ(mask_same("Li!*@TEA", "li!*@tea"), true, "ASCII");
	CHECK_EQ(mask_same("É!*@*", "é!*@*"), true, "any script");
	CHECK_EQ(mask_same("l?", "li"), false, "a question mark is one");
	CHECK_EQ(mask_same("li", "lin"), false, "longer");
	CHECK_EQ(mask_same("lin", "li"), false, "shorter");
	CHECK_EQ(mask_same("", ""), true, "nothing");
}
