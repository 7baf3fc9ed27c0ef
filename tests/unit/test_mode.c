#include "core/mode.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

#define CHANGE(is_on, of, with)                                                                    \
	{                                                                                          \
		.on = (is_on), .mode = mode_find(of), .arg = (with)                                \
	}

TEST(mode_find_knows_each_letter_once)
{
	char letters[MODE_COUNT + 1] = "";
	for (size_t i = 0; i < MODE_COUNT; i++) {
		CHECK(mode_find(modes[i].letter) == &modes[i]);
		letters[i] = modes[i].letter;
	}
	CHECK_STR(letters, "qaohvbeIklfdCMNRTcimnrstz");
	static const char unknown[] = "AHOQVBEKLSDFZgjpuwxy+-? 1\x80";
	for (const char *at = unknown; *at; at++)
		CHECK(!mode_find(*at));
	CHECK(!mode_find('\0'));
}

TEST(mode_table_has_a_bit_for_each_flag_and_rank)
{
	unsigned flags = 0, ranks = 0, rank_before = ~0u;
	for (size_t i = 0; i < MODE_COUNT; i++) {
		const struct mode *m = &modes[i];
		CHECK_EQ(m->prefix != 0, m->kind == MODE_RANK, "a rank is seen");
		switch (m->kind) {
		case MODE_RANK:
			CHECK_EQ(ranks & m->bit, 0, "a bit of its own");
			CHECK(m->bit < rank_before);
			rank_before = m->bit;
			ranks |= m->bit;
			break;
		case MODE_FLAG:
			CHECK_EQ(flags & m->bit, 0, "a bit of its own");
			flags |= m->bit;
			break;
		case MODE_LIST:
		case MODE_KEY:
		case MODE_LIMIT:
		case MODE_FORWARD:
		case MODE_SLOW:
			CHECK_EQ(m->bit, 0, "no flag");
			break;
		}
	}
	CHECK_EQ(ranks, BIT(RANK_COUNT) - 1, "all ranks");
	CHECK_EQ(flags, ROOM_FLAGS_ALL, "all flags");
}

static const char *text_of(const struct mode_change *changes, size_t count)
{
	static char text[1024];
	struct buf out = { 0 };
	mode_text(changes, count, &out);
	snprintf(text, sizeof(text), "%s", out.len ? out.bytes : "");
	buf_done(&out);
	return text;
}

TEST(mode_text_groups_letters_under_signs)
{
	const struct mode_change changes[] = {
		CHANGE(true, 'o', "老李"), CHANGE(true, 'v', "小王"), CHANGE(false, 'k', "*"),
		CHANGE(false, 'l', ""),    CHANGE(true, 'l', "12"),   CHANGE(true, 'm', ""),
	};
	CHECK_STR(text_of(changes, 0), "");
	CHECK_STR(text_of(changes, 1), "+o 老李");
	CHECK_STR(text_of(changes, 3), "+ov-k 老李 小王 *");
	CHECK_STR(text_of(changes, 6), "+ov-kl+lm 老李 小王 * 12");
	CHECK_STR(text_of(changes + 3, 1), "-l");
}

TEST(mode_text_adds_to_what_is_there)
{
	const struct mode_change changes[] = { CHANGE(true, 's', ""), CHANGE(true, 'k', "tea") };
	struct buf out = { 0 };
	buf_add_text(&out, "MODE #tea ");
	mode_text(changes, ARRAY_LEN(changes), &out);
	CHECK_STR(out.bytes, "MODE #tea +sk tea");
	buf_done(&out);
}

/* What text reads as, written again. */
static const char *reread(const char *text, size_t max)
{
	char copy[1024];
	struct mode_change changes[MODE_CHANGES_MAX];
	snprintf(copy, sizeof(copy), "%s", text);
	size_t count = mode_parse(copy, changes, max);
	CHECK(count <= max);
	return text_of(changes, count);
}

TEST(mode_parse_reads_what_mode_text_wrote)
{
	static const char *const texts[] = {
		"+ov-k 老李 小王 *",
		"+b-b+e-I *!*@house li!*@* 老?!*@* *!tea@*",
		"-l+l 12",
		"+imnst-imnst",
		"+k-v+l-o tea li 5 老李",
		"",
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK_STR(reread(texts[i], MODE_CHANGES_MAX), texts[i]);
}

TEST(mode_parse_passes_over_what_it_does_not_know)
{
	CHECK_STR(reread("+oXm li", MODE_CHANGES_MAX), "+om li");
	CHECK_STR(reread("+茶m", MODE_CHANGES_MAX), "+m");
	CHECK_STR(reread("m", MODE_CHANGES_MAX), "+m");
	CHECK_STR(reread("+-+-m+", MODE_CHANGES_MAX), "-m");
	CHECK_STR(reread("+ovb li", MODE_CHANGES_MAX), "+o li");
	CHECK_STR(reread("+m li tea", MODE_CHANGES_MAX), "+m");
	CHECK_STR(reread("  +o  li ", MODE_CHANGES_MAX), "+o li");
	CHECK_STR(reread("   ", MODE_CHANGES_MAX), "");
}

TEST(mode_parse_stops_where_it_is_full)
{
	CHECK_STR(reread("+imnst", 0), "");
	CHECK_STR(reread("+imnst", 2), "+im");
	char text[1024] = "+", expected[1024] = "+";
	memset(text + 1, 'm', 100);
	memset(expected + 1, 'm', MODE_CHANGES_MAX);
	CHECK_STR(reread(text, MODE_CHANGES_MAX), expected);

	/* As many with arguments, and one more. */
	memset(text + 1, 'v', MODE_CHANGES_MAX + 1);
	text[MODE_CHANGES_MAX + 2] = '\0';
	memset(expected + 1, 'v', MODE_CHANGES_MAX);
	for (size_t i = 0; i <= MODE_CHANGES_MAX; i++)
		strncat(text, " li", sizeof(text) - strlen(text) - 1);
	for (size_t i = 0; i < MODE_CHANGES_MAX; i++)
		strncat(expected, " li", sizeof(expected) - strlen(expected) - 1);
	CHECK_STR(reread(text, MODE_CHANGES_MAX), expected);

	struct mode_change changes[2 * MODE_CHANGES_MAX];
	char flags[] = "+mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";
	CHECK_EQ(mode_parse(flags, changes, ARRAY_LEN(changes)), MODE_CHANGES_MAX, "however many");
}

/* Reads all of a request into a line: "+o li" a change, "b?" a list, "X!" unknown, "k..." missing. */
static const char *reading(const char *letters, const char *const *args, size_t arg_count)
{
	static char line[2048];
	struct mode_reader r = { letters, args, arg_count, true };
	struct mode_change c;
	char letter;
	size_t len = 0;
	line[0] = '\0';
	for (enum mode_read what; (what = mode_read(&r, &c, &letter)) != MODE_READ_END;) {
		static const char *const marks[] = {
			[MODE_READ_CHANGE] = " ",
			[MODE_READ_LIST] = "?",
			[MODE_READ_UNKNOWN] = "!",
			[MODE_READ_MISSING] = "...",
		};
		CHECK_EQ(!c.mode, what == MODE_READ_UNKNOWN, "a mode unless it is unknown");
		CHECK(!c.mode || c.mode->letter == letter);
		CHECK_EQ(*c.arg && what != MODE_READ_CHANGE, false,
			 "only a change has an argument");
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%c%c%s%s",
					len ? ", " : "", c.on ? '+' : '-', letter, marks[what],
					c.arg);
	}
	CHECK_EQ(mode_read(&r, &c, &letter), MODE_READ_END, "the end stays the end");
	return line;
}

#define READING(letters, ...)                                                                      \
	reading((letters), (const char *const[]){ __VA_ARGS__ },                                   \
		ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })))

TEST(mode_read_walks_letters_and_arguments)
{
	CHECK_STR(reading("", NULL, 0), "");
	CHECK_STR(reading("+-", NULL, 0), "");
	CHECK_STR(reading("m", NULL, 0), "+m ");
	CHECK_STR(reading("+m-st+n", NULL, 0), "+m , -s , -t , +n ");
	CHECK_STR(READING("+o-v", "li", "老李"), "+o li, -v 老李");
	CHECK_STR(READING("+mlk-l", "5", "tea"), "+m , +l 5, +k tea, -l ");
	CHECK_STR(READING("-b+eI", "a", "b", "c"), "-b a, +e b, +I c");
	CHECK_STR(READING("+m", "left", "over"), "+m ");
}

TEST(mode_read_tells_what_is_missing)
{
	CHECK_STR(reading("+ov-ov", NULL, 0), "+o..., +v..., -o..., -v...");
	CHECK_STR(reading("+klfd-lfd", NULL, 0), "+k..., +l..., +f..., +d..., -l , -f , -d ");
	CHECK_STR(reading("beI-b", NULL, 0), "+b?, +e?, +I?, -b?");
	CHECK_STR(READING("+oo", "li"), "+o li, +o...");
	/* "MODE #tea +k :" has one, and it says nothing. */
	CHECK_STR(READING("+ko", "", "li"), "+k..., +o li");
	CHECK_STR(READING("+b", ""), "+b?");
}

TEST(mode_read_needs_no_key_to_take_one_off)
{
	CHECK_STR(reading("-k", NULL, 0), "-k *");
	CHECK_STR(READING("-ko", "wrong key", "li"), "-k *, -o li");
	CHECK_STR(READING("-k", ""), "-k *");
}

TEST(mode_read_names_unknown_letters_so_that_they_can_be_sent)
{
	CHECK_STR(READING("+Xo", "li"), "+X!, +o li");
	CHECK_STR(reading("-茶m", NULL, 0), "-?!, -m ");
	CHECK_STR(reading("\xf0\x9f\x8d\xb5", NULL, 0), "+?!");
	CHECK_STR(reading(": \x01\x7f", NULL, 0), "+?!, +?!, +?!, +?!");
	/* Not well-formed: nobody hands it in, and nothing happens. */
	CHECK_STR(reading("\x80m\xe8", NULL, 0), "+?!, +m , +?!");
}

TEST(mode_read_walks_any_number_of_letters)
{
	char letters[101] = "";
	memset(letters, 'o', 100);
	const char *arg = "li";
	struct mode_reader r = { letters, &arg, 1, true };
	struct mode_change c;
	char letter;
	CHECK_EQ(mode_read(&r, &c, &letter), MODE_READ_CHANGE, "the first has an argument");
	for (size_t i = 1; i < 100; i++)
		CHECK_EQ(mode_read(&r, &c, &letter), MODE_READ_MISSING, "the others have none");
	CHECK_EQ(mode_read(&r, &c, &letter), MODE_READ_END, "that was all");
}

TEST(mode_key_valid_takes_what_join_can_carry)
{
	static const struct {
		const char *key;
		bool valid;
		const char *why;
	} cases[] = {
		{ "tea", true, "letters" },
		{ "茶", true, "any script" },
		{ "*", true, "a star" },
		{ "a:b", true, "a colon within" },
		{ "12345678901234567890123", true, "23 bytes" },
		{ "123456789012345678901234", false, "24 bytes" },
		{ "茶茶茶茶茶茶茶", true, "21 bytes" },
		{ "茶茶茶茶茶茶茶茶", false, "8 characters, 24 bytes" },
		{ "", false, "nothing" },
		{ " ", false, "a space" },
		{ "a b", false, "a space within" },
		{ "a,b", false, "a comma is between two keys" },
		{ ":a", false, "a colon in front begins the last argument" },
		{ "a\t", false, "a tab" },
		{ "a\x02", false, "bold" },
		{ "a\x7f", false, "DEL" },
		{ "a\xc2\x80", false, "the first of C1" },
		{ "a\xc2\x9f", false, "the last of C1" },
		{ "a\xc2\xa1", true, "behind C1" },
		{ "\xe8\x8c", false, "half a character" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(mode_key_valid(cases[i].key), cases[i].valid, cases[i].why);
}

TEST(mode_number_parse_takes_numbers_that_make_sense)
{
	static const struct {
		const char *text;
		unsigned limit; /* 0: none */
	} cases[] = {
		{ "1", 1 },
		{ "12", 12 },
		{ "007", 7 },
		{ "1000000", MEMBER_LIMIT_MAX },
		{ "1000001", 0 },
		{ "4294967297", 0 }, /* 1, were it cut to 32 bits */
		{ "99999999999999999999999999999999", 0 },
		{ "", 0 },
		{ "0", 0 },
		{ "000", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ " 1", 0 },
		{ "1 ", 0 },
		{ "1a", 0 },
		{ "0x10", 0 },
		{ "1.5", 0 },
		{ "five", 0 },
		{ "五", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned limit = 77;
		CHECK_EQ(mode_number_parse(cases[i].text, MEMBER_LIMIT_MAX, &limit),
			 cases[i].limit != 0, cases[i].text);
		CHECK_EQ(limit, cases[i].limit ? cases[i].limit : 77, cases[i].text);
	}
}
