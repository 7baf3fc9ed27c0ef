#include "server/throttle.h"

#include "base/limits.h"
#include "tests/unit/check.h"

TEST(throttle_counts_and_drains)
{
	struct throttle *t = throttle_new(5, 60000);
	for (size_t i = 0; i < 5; i++) {
		CHECK_EQ(throttle_level(t, 7, 0), i, "so far");
		throttle_add(t, 7, 0);
	}
	CHECK_EQ(throttle_level(t, 7, 0), 5, "all of them");
	CHECK_EQ(throttle_level(t, 8, 0), 0, "of another");
	CHECK_EQ(throttle_level(t, 7, 11999), 5, "one is draining");
	CHECK_EQ(throttle_level(t, 7, 12000), 4, "one has");
	CHECK_EQ(throttle_level(t, 7, 60000), 0, "all have");
	throttle_add(t, 7, 90000);
	CHECK_EQ(throttle_level(t, 7, 90000), 1, "from the beginning");
	throttle_free(t);
}

TEST(throttle_of_rate_0_counts_nothing)
{
	struct throttle *t = throttle_new(0, 60000);
	throttle_add(t, 7, 0);
	CHECK_EQ(throttle_level(t, 7, 0), 0, "off");
	throttle_free(t);
	throttle_free(NULL);
}

TEST(throttle_remembers_the_last)
{
	struct throttle *t = throttle_new(5, 60000);
	for (uint64_t key = 1; key <= THROTTLES_KEPT; key++)
		throttle_add(t, key, 0);
	CHECK_EQ(throttle_level(t, 1, 0), 1, "the first is there");
	throttle_add(t, 1, 0); /* and is the last now */
	throttle_add(t, THROTTLES_KEPT + 1, 0);
	CHECK_EQ(throttle_level(t, 1, 0), 2, "still");
	CHECK_EQ(throttle_level(t, 2, 0), 0, "the oldest is forgotten");
	CHECK_EQ(throttle_level(t, 3, 0), 1, "and no other");
	throttle_free(t);
}
