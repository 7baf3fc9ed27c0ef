#include "tests/unit/check.h"

#include "base/limits.h"
#include "core/marks.h"

#include <stdio.h>

TEST(a_mark_only_rises)
{
	struct marks m = { 0 };
	CHECK_EQ(marks_get(&m, "#a"), -1, "nothing was read");
	CHECK(marks_raise(&m, "#a", 100));
	CHECK(!marks_raise(&m, "#a", 100));
	CHECK(!marks_raise(&m, "#a", 99));
	CHECK_EQ(marks_get(&m, "#a"), 100, "as it was");
	CHECK(marks_raise(&m, "#a", 101));
	CHECK_EQ(marks_get(&m, "#a"), 101, "later");
	marks_done(&m);
}

TEST(each_target_has_its_own_mark)
{
	static const char *const targets[] = { "#c", "#a", "bo", "#b", "an", "#茶" };
	struct marks m = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		CHECK(marks_raise(&m, targets[i], (int64_t)i + 1));
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		CHECK_EQ(marks_get(&m, targets[i]), (int64_t)i + 1, "its own");
	CHECK_EQ(marks_get(&m, "#d"), -1, "no other");
	marks_done(&m);
}

TEST(there_is_a_ceiling_for_new_targets_only)
{
	struct marks m = { 0 };
	char target[32];
	for (int i = 0; i < MARKS_MAX; i++) {
		snprintf(target, sizeof(target), "#%d", i);
		CHECK(!marks_are_full(&m, target) && marks_raise(&m, target, 1));
	}
	CHECK(marks_are_full(&m, "#one more") && !marks_raise(&m, "#one more", 1));
	CHECK(!marks_are_full(&m, "#0") && marks_raise(&m, "#0", 2));
	marks_done(&m);
}
