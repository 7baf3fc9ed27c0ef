#include "base/buf.h"

#include "tests/unit/check.h"

#include <string.h>

TEST(buf_is_empty_until_something_is_added)
{
	struct buf b = { 0 };

	CHECK_EQ(b.bytes, NULL, "no memory for nothing");
	buf_add(&b, NULL, 0);
	CHECK_EQ(b.len, 0, "nothing was added");
	CHECK_STR(b.bytes, "");
	buf_done(&b);
	CHECK_EQ(b.bytes, NULL, "empty again, and may be used again");
	CHECK_EQ(b.size, 0, "empty again");
	buf_done(&b);
}

TEST(buf_keeps_everything_in_order)
{
	struct buf b = { 0 };

	buf_add(&b, "a\0b", 3);
	buf_add_text(&b, "茶");
	buf_printf(&b, " %d of %s", 7, "seven");
	CHECK_EQ(b.len, 3 + strlen("茶 7 of seven"), "a NUL counts as any byte");
	CHECK_EQ(memcmp(b.bytes, "a\0b茶 7 of seven", b.len + 1), 0, "with a NUL behind the last");
	buf_done(&b);
}

/* Every length at which it may have to grow, one byte at a time and at once. */
TEST(buf_grows_at_any_length)
{
	char text[300];

	for (size_t len = 0; len < sizeof(text); len++) {
		struct buf one = { 0 }, whole = { 0 }, printed = { 0 };
		for (size_t i = 0; i < len; i++) {
			text[i] = (char)('a' + i % 26);
			buf_add(&one, text + i, 1);
		}
		text[len] = '\0';
		buf_add(&whole, text, len);
		buf_printf(&printed, "%s", text);
		CHECK_EQ(one.len, len, "byte by byte");
		CHECK_STR(len ? one.bytes : "", text);
		CHECK_STR(whole.bytes, text);
		CHECK_STR(printed.bytes, text);
		CHECK_EQ(printed.len, len, "printed");
		buf_done(&one);
		buf_done(&whole);
		buf_done(&printed);
	}
}

TEST(buf_drops_from_the_front)
{
	struct buf b = { 0 };

	buf_drop(&b, 0);
	CHECK_EQ(b.bytes, NULL, "nothing of nothing");
	buf_add_text(&b, "one two three");
	buf_drop(&b, 0);
	CHECK_STR(b.bytes, "one two three");
	buf_drop(&b, 4);
	CHECK_STR(b.bytes, "two three");
	CHECK_EQ(b.len, 9, "what is left");
	buf_drop(&b, 9);
	CHECK_EQ(b.len, 0, "all of it");
	CHECK_STR(b.bytes, "");
	buf_add_text(&b, "four");
	CHECK_STR(b.bytes, "four");
	buf_done(&b);
}
