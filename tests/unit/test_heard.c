#include "bench/heard.h"

#include "base/base.h"
#include "tests/unit/check.h"

#include <string.h>

static bool parse(struct heard *h, const char *line)
{
	return heard_parse(h, line, strlen(line));
}

TEST(heard_line_is_taken_apart)
{
	struct heard h;
	CHECK(parse(&h, "@time=12:00;batch=b1 :n!u@h PRIVMSG #r :a b\r"));
	CHECK(piece_is(h.verb, "PRIVMSG"));
	CHECK(piece_is(heard_tag(&h, "time"), "12:00"));
	CHECK(piece_is(heard_tag(&h, "batch"), "b1"));
	CHECK(piece_is(heard_next(&h.args), "#r"));
	CHECK(piece_is(heard_next(&h.args), "a b"));
	CHECK_EQ(h.args.len, 0, "nothing is left");
	CHECK_EQ(heard_next(&h.args).len, 0, "and goes on being nothing");
}

TEST(heard_line_needs_only_a_verb)
{
	struct heard h;
	CHECK(parse(&h, "PING x"));
	CHECK(piece_is(h.verb, "PING"));
	CHECK(piece_is(h.args, "x"));
	CHECK_EQ(heard_tag(&h, "time").len, 0, "it has no tags");
	CHECK(parse(&h, "QUIT"));
	CHECK_EQ(h.args.len, 0, "nor arguments");
}

TEST(heard_line_without_a_verb_is_none)
{
	static const char *const lines[] = { "", "\r", ":source", "@tags", "@tags :source", ":a " };
	struct heard h;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK_EQ(parse(&h, lines[i]), false, lines[i]);
}

TEST(heard_numerics_have_three_digits)
{
	static const struct {
		const char *line;
		int numeric;
	} cases[] = {
		{ ":s 001 n :hi", 1 }, { "433", 433 }, { ":s 43 n", 0 },
		{ ":s 4330 n", 0 },    { "43a", 0 },   { "PING", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heard h;
		CHECK(parse(&h, cases[i].line));
		CHECK_EQ(heard_numeric(&h), cases[i].numeric, cases[i].line);
	}
}

TEST(heard_tags_are_found_by_their_whole_key)
{
	struct heard h;
	CHECK(parse(&h, "@+time=1;timer=2;time=3;empty=;flag A"));
	CHECK(piece_is(heard_tag(&h, "time"), "3"));
	CHECK_EQ(heard_tag(&h, "empty").len, 0, "it has no value");
	CHECK_EQ(heard_tag(&h, "flag").len, 0, "nor has this");
	CHECK_EQ(heard_tag(&h, "tim").len, 0, "half a key is none");
}
