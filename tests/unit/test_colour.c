#include "client/terminal/colour.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_nick(struct buf *out, enum colour_depth depth, const char *nick)
{
	out->len = 0;
	colour_add_nick(out, depth, nick, strlen(nick));
}

TEST(a_nick_keeps_its_colour)
{
	struct buf once = { 0 }, again = { 0 };
	add_nick(&once, COLOUR_256, "老李");
	add_nick(&again, COLOUR_256, "ana");
	CHECK(strcmp(once.bytes, again.bytes) != 0);
	add_nick(&again, COLOUR_256, "老李");
	CHECK_STR(again.bytes, once.bytes);
	buf_done(&once);
	buf_done(&again);
}

TEST(a_colour_ends_with_what_it_colours)
{
	struct buf out = { 0 };
	add_nick(&out, COLOUR_NONE, "老李");
	CHECK_STR(out.bytes, "老李");
	add_nick(&out, COLOUR_16, "老李");
	CHECK(strncmp(out.bytes, "\x1b[3", 3) == 0);
	CHECK(strstr(out.bytes, "m老李\x1b[m"));
	out.len = 0;
	colour_add_faint(&out, COLOUR_16, "09:12", 5);
	colour_add_strong(&out, COLOUR_NONE, "!", 1);
	CHECK_STR(out.bytes, "\x1b[2m09:12\x1b[m!");
	buf_done(&out);
}

TEST(colours_are_for_those_who_want_them)
{
	int ends[2]; /* no terminal */
	CHECK_EQ(pipe(ends), 0, "there are pipes");
	setenv("TERM", "xterm-256color", 1);
	unsetenv("COLORTERM");
	unsetenv("NO_COLOR");
	CHECK_EQ(colour_depth(COLOUR_AUTO, ends[1]), COLOUR_NONE, "no terminal");
	CHECK_EQ(colour_depth(COLOUR_ALWAYS, ends[1]), COLOUR_256, "wanted all the same");
	CHECK_EQ(colour_depth(COLOUR_NEVER, ends[1]), COLOUR_NONE, "not wanted");
	setenv("NO_COLOR", "1", 1);
	CHECK_EQ(colour_depth(COLOUR_ALWAYS, ends[1]), COLOUR_256,
		 "an option is more than a variable");
	setenv("TERM", "linux", 1);
	CHECK_EQ(colour_depth(COLOUR_ALWAYS, ends[1]), COLOUR_16, "all that the console has");
	close(ends[0]);
	close(ends[1]);
}
