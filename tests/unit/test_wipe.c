#include "store/wipe.h"

#include "base/base.h"
#include "tests/unit/check.h"

#include <string.h>

/* A page of 64 bytes with two cells at 50 and 56, and 'x' wherever nothing else is. */
static void page_make(unsigned char page[64], unsigned char type, size_t head)
{
	const unsigned char begin[] = { type, 0, 0, 0, 2, 0, 50, 0 };
	const unsigned char pointers[] = { 0, 56, 0, 50 };
	memset(page, 'x', 64);
	memcpy(page + head, begin, sizeof(begin));
	memcpy(page + head + (type == 2 || type == 5 ? 12 : 8), pointers, sizeof(pointers));
}

TEST(wipe_empties_the_gap_and_nothing_else)
{
	static const struct {
		unsigned char type;
		size_t head, gap;
	} cases[] = { { 2, 0, 16 }, { 5, 0, 16 }, { 10, 0, 12 }, { 13, 0, 12 }, { 10, 20, 32 } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned char page[64], before[64];
		page_make(page, cases[i].type, cases[i].head);
		memcpy(before, page, 64);
		CHECK(wipe_page(page, 64, cases[i].head));
		CHECK(memcmp(page, before, cases[i].gap) == 0);
		for (size_t at = cases[i].gap; at < 50; at++)
			CHECK_EQ(page[at], 0, "the gap");
		CHECK(memcmp(page + 50, before + 50, 14) == 0);
	}
}

TEST(wipe_leaves_alone_what_is_no_page_with_cells)
{
	static const struct {
		size_t at;
		unsigned char byte;
		const char *why;
	} cases[] = {
		{ 0, 0, "a page of what did not fit into another" },
		{ 0, 1, "no kind of page" },
		{ 3, 9, "more cells than there is room for" },
		{ 6, 11, "cells that begin in the list of them" },
		{ 6, 65, "or behind the page" },
		{ 9, 49, "a cell in the gap" },
		{ 9, 64, "a cell behind the page" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned char page[64], before[64];
		page_make(page, 10, 0);
		page[cases[i].at] = cases[i].byte;
		memcpy(before, page, 64);
		CHECK_EQ(wipe_page(page, 64, 0), false, cases[i].why);
		CHECK_EQ(memcmp(page, before, 64), 0, cases[i].why);
	}
}
