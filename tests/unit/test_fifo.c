#include "base/fifo.h"

#include "tests/unit/check.h"

TEST(fifo_keeps_the_order_however_it_fills_and_empties)
{
	struct fifo f;
	uint32_t random = 5;
	size_t put = 0, dropped = 0;

	fifo_init(&f, sizeof(size_t));
	CHECK_EQ(fifo_first(&f), NULL, "empty");
	for (int turn = 0; turn < 2000; turn++) {
		random = random * 1664525 + 1013904223;
		size_t more = (random >> 24) % 50, fewer = (random >> 16) % 52;
		for (size_t i = 0; i < more; i++, put++)
			fifo_put(&f, &put);
		CHECK_EQ(f.count, put - dropped, "all are there");
		for (size_t i = 0; i < fewer && f.count > 0; i++, dropped++) {
			CHECK_EQ(*(size_t *)fifo_first(&f), dropped, "first in, first out");
			CHECK_EQ(*(size_t *)fifo_first(&f), dropped, "looking takes nothing");
			fifo_drop(&f);
		}
	}
	CHECK(put > 40000);
	fifo_done(&f);
}

TEST(fifo_that_is_empty_owns_no_memory)
{
	struct fifo f;
	struct item {
		char name[13];
	} tea = { "茶" };

	fifo_init(&f, sizeof(tea));
	CHECK_EQ(f.items, NULL, "nothing was put");
	fifo_put(&f, &tea);
	tea.name[0] = 'x';
	CHECK_STR(((struct item *)fifo_first(&f))->name, "茶");
	fifo_drop(&f);
	CHECK_EQ(f.items, NULL, "nothing is left");
	CHECK_EQ(fifo_first(&f), NULL, "nothing is left");
	fifo_put(&f, &tea);
	fifo_done(&f);
	CHECK_EQ(f.items, NULL, "nothing is left");
}

/* As long as as much is taken as is put, it needs no more room. */
TEST(fifo_stays_small_while_things_come_and_go)
{
	struct fifo f;

	fifo_init(&f, sizeof(size_t));
	for (size_t i = 0; i < 7; i++)
		fifo_put(&f, &i);
	for (size_t i = 7; i < 100000; i++) {
		fifo_put(&f, &i);
		CHECK_EQ(*(size_t *)fifo_first(&f), i - 7, "eight at a time");
		fifo_drop(&f);
	}
	CHECK_EQ(f.size, 16, "the first room is enough");
	fifo_done(&f);
}
