#include "tests/unit/check.h"

#include "eventlog/place.h"

#include <stdlib.h>

static const unsigned char secret[TABLE_SECRET_BYTES] = "sixteen bytes..";

TEST(a_place_keeps_its_number_for_good)
{
	struct places p;
	places_init(&p, secret, 8);
	place_add(&p, "#lobby", 3, 41, 1000);
	CHECK_EQ(place_for(&p, "#lobby")->number, 3, "as it was stored");
	CHECK_EQ(place_for(&p, "#lobby")->last_seq, 41, "goes on from there");
	CHECK_EQ(place_for(&p, "#new")->number, 8, "the first that was never given");
	CHECK_EQ(place_for(&p, "#newer")->number, 9, "and the next");
	CHECK_EQ(place_for(&p, "#new")->number, 8, "found again");
	CHECK_EQ(place_find(&p, "#none"), NULL, "looking makes nothing");
	places_done(&p);
}

TEST(a_forgotten_place_stays_while_something_is_on_its_way_there)
{
	struct places p;
	places_init(&p, secret, 1);
	struct place *a = place_for(&p, "1-2");
	place_for(&p, "1-3");
	place_departs(a);
	place_forget(&p, "1-2");
	CHECK_EQ(place_find(&p, "1-2"), a, "its event is still in flight");
	place_lands(&p, a);
	CHECK_EQ(place_find(&p, "1-2"), NULL, "now it is gone");
	place_forget(&p, "1-3");
	place_forget(&p, "1-4");
	CHECK_EQ(p.count, 0, "nothing is left");
	places_done(&p);
}

TEST(a_renamed_place_keeps_its_number)
{
	struct places p;
	places_init(&p, secret, 1);
	struct place *a = place_for(&p, "#old");
	a->last_seq = 7;
	place_rename(&p, a, "#new");
	CHECK_EQ(place_find(&p, "#new"), a, "by the new key");
	CHECK_EQ(place_find(&p, "#old"), NULL, "and not by the old one");
	CHECK_EQ(place_for(&p, "#old")->number, 2, "which is another place now");
	CHECK_EQ(a->last_seq, 7, "it goes on");
	places_done(&p);
}

TEST(times_in_a_place_never_go_back_and_differ_while_they_may)
{
	static const struct {
		int64_t last_ms, now_ms, expected;
		const char *why;
	} cases[] = {
		{ 1000, 1001, 1001, "the clock went on" },
		{ 1000, 1000, 1001, "within the same millisecond" },
		{ 1999, 1000, 2000, "a second ahead of the clock" },
		{ 2000, 1000, 2000, "no further ahead: it repeats" },
		{ 9000, 1000, 9000, "the clock was set back" },
	};
	struct place *place = xcalloc(1, sizeof(*place) + 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		place->last_ms = cases[i].last_ms;
		CHECK_EQ(place_next_ms(place, cases[i].now_ms), cases[i].expected, cases[i].why);
	}
	free(place);
}
