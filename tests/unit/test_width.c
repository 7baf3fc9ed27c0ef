#include "client/terminal/width.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	size_t first; /* bytes of its first cluster */
	unsigned columns;
	const char *why;
} cases[] = {
	{ "", 0, 0, "nothing" },
	{ "tea", 1, 3, "ASCII" },
	{ "茶", 3, 2, "Han is wide" },
	{ "茶馆 teahouse", 3, 13, "mixed" },
	{ "喝茶。", 3, 6, "full-width punctuation" },
	{ "ﾊﾝｶｸ", 3, 4, "half-width kana" },
	{ "한국", 3, 4, "hangul" },
	{ "\u1112\u1161\u11ab", 9, 2, "hangul in parts" },
	{ "é", 2, 1, "one character" },
	{ "e\u0301", 3, 1, "a letter and its accent" },
	{ "e\u0301\u0323x", 5, 2, "two accents" },
	{ "\u0301", 2, 0, "an accent alone" },
	{ "กำ", 6, 2, "a vowel with a column of its own" },
	{ "नि", 6, 1, "a vowel without" },
	{ "👍", 4, 2, "an emoji" },
	{ "👍🏽", 8, 2, "with a skin colour" },
	{ "👨‍👩‍👧‍👦", 25, 2, "a family" },
	{ "👩‍💻x", 11, 3, "a profession" },
	{ "❤", 3, 1, "a heart as text" },
	{ "❤\uFE0F", 6, 2, "as an emoji" },
	{ "☎\uFE0E", 6, 1, "a telephone as text" },
	{ "⛹‍♂", 9, 2, "narrow pictures, joined" },
	{ "a\uFE0F", 4, 1, "a letter is no emoji" },
	{ "1\uFE0F\u20E3", 7, 2, "a keycap" },
	{ "1\u20E3", 4, 1, "not quite a keycap" },
	{ "🇨🇳", 8, 2, "a flag" },
	{ "🇨🇳🇩🇪", 8, 4, "two flags" },
	{ "🇨", 4, 1, "half a flag" },
	{ "🇨🇳🇩", 8, 3, "one and a half" },
	{ "\U0001FAE8", 4, 2, "from Unicode 15" },
	{ "\U0001FAF9", 4, 2, "not yet assigned, among emoji" },
	{ "\U0003FFF0", 4, 2, "not yet assigned, among Han" },
	{ "\n", 1, 0, "a control" },
	{ "\r\n", 2, 0, "two of them" },
	{ "a\tb", 1, 2, "between letters" },
	{ "\u200B", 3, 0, "no width by name" },
	{ "\x8c", 1, 0, "not UTF-8" },
	{ "a\xe8\x8c", 1, 1, "half a character" },
	{ "\xe8\x8c\xb6\xff\xe8\x8c\xb6", 3, 4, "between others" },
};

TEST(clusters_are_what_people_count)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].text);
		CHECK_EQ(text_next_cluster(cases[i].text, len), cases[i].first, cases[i].why);
	}
}

TEST(columns_are_what_terminals_draw)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].text);
		CHECK_EQ(text_columns(cases[i].text, len), cases[i].columns, cases[i].why);
	}
}

TEST(nothing_is_read_behind_the_end)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].text);
		for (size_t cut = 0; cut <= len; cut++) {
			char *exact = malloc(cut ? cut : 1);
			CHECK(exact);
			memcpy(exact, cases[i].text, cut);
			text_columns(exact, cut);
			free(exact);
		}
	}
}

TEST(a_cluster_is_plain_where_terminals_agree)
{
	static const struct {
		const char *cluster;
		bool plain;
		const char *why;
	} kinds[] = {
		{ "a", true, "ASCII" },
		{ "茶", true, "Han" },
		{ "か", true, "kana" },
		{ "국", true, "hangul" },
		{ "é", false, "may be drawn wide in Asia" },
		{ "“", false, "is drawn wide by some" },
		{ "e\u0301", false, "an accent" },
		{ "👍", false, "emoji" },
		{ "🇨🇳", false, "a flag" },
		{ "", false, "nothing" },
	};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_EQ(text_is_plain(kinds[i].cluster, strlen(kinds[i].cluster)), kinds[i].plain,
			 kinds[i].why);
}
