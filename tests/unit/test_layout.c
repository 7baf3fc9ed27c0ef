#include "client/terminal/layout.h"

#include "client/terminal/width.h"

#include "tests/unit/check.h"

#include <string.h>

/* caret is where "|" stands in text and in rows. */
static const struct {
	unsigned cols;
	const char *text, *rows;
	size_t row;
	unsigned col;
	const char *why;
} cases[] = {
	{ 4, "|", "|", 0, 0, "nothing" },
	{ 4, "tea|", "tea|", 0, 3, "one row" },
	{ 4, "t|ea", "t|ea", 0, 1, "the caret within it" },
	{ 3, "tea|", "tea\n|", 1, 0, "a full row, and the caret on the next" },
	{ 3, "te|a", "te|a", 0, 2, "a full row with the caret in it" },
	{ 3, "teas|", "tea\ns|", 1, 1, "wrapped" },
	{ 3, "tea|s", "tea\n|s", 1, 0, "the caret stands where what follows stands" },
	{ 4, "喝茶|", "喝茶\n|", 1, 0, "wide ones" },
	{ 3, "喝|茶", "喝\n|茶", 1, 0, "no half of a wide one" },
	{ 5, "> 喝茶|", "> 喝\n茶|", 1, 2, "after a prompt" },
	{ 2, "e\u0301|x", "e\u0301|x", 0, 1, "an accent needs no room" },
	{ 1, "e\u0301x|", "e\u0301\nx\n|", 2, 0, "nor in one column" },
	{ 1, "茶|", "?\n|", 1, 0, "what is wider than a row" },
	{ 1, "|茶", "|?", 0, 0, "the same, before it" },
	{ 4, "a\nb|", "a\nb|", 1, 1, "two lines" },
	{ 4, "a|\nb", "a|\nb", 0, 1, "the caret at the end of the first" },
	{ 4, "\n\n|", "\n\n|", 2, 0, "empty ones" },
	{ 2, "ab|\n", "ab\n|\n", 1, 0, "a full one, and the caret behind it" },
	{ 4, "🇨🇳🇩🇪|", "🇨🇳🇩🇪\n|", 1, 0, "flags" },
};

TEST(rows_hold_what_fits)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text = { 0 };
		struct layout l = { 0 };
		size_t caret = strcspn(cases[i].text, "|");
		buf_add(&text, cases[i].text, caret);
		buf_add_text(&text, cases[i].text + caret + 1);
		layout_make(&l, text.bytes, text.len, caret, cases[i].cols);
		CHECK_EQ(l.caret, strcspn(cases[i].rows, "|"), cases[i].why);
		CHECK_EQ(l.caret_row, cases[i].row, cases[i].why);
		CHECK_EQ(l.caret_col, cases[i].col, cases[i].why);

		struct buf rows = { 0 };
		buf_add(&rows, l.bytes.bytes, l.caret);
		buf_add_text(&rows, "|");
		buf_add(&rows, l.bytes.bytes + l.caret, l.bytes.len - l.caret);
		CHECK_STR(rows.bytes, cases[i].rows);
		buf_done(&rows);
		buf_done(&text);
		layout_done(&l);
	}
}

TEST(a_layout_laid_out_again_is_the_same)
{
	static const char text[] = "> 一二三 e\u0301👨‍👩‍👧‍👦🇨🇳x\n四";
	for (unsigned cols = 1; cols < 20; cols++) {
		struct layout once = { 0 }, twice = { 0 };
		layout_make(&once, text, strlen(text), 5, cols);
		layout_make(&twice, once.bytes.bytes, once.bytes.len, once.caret, cols);
		CHECK_EQ(twice.bytes.len, once.bytes.len, "its rows fit");
		CHECK_EQ(twice.rows, once.rows, "as many");
		CHECK_EQ(twice.caret_row, once.caret_row, "the caret stays");
		layout_done(&once);
		layout_done(&twice);
	}
}
