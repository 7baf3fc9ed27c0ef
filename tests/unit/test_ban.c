#include "core/ban.h"

#include "tests/unit/check.h"

#include <string.h>
#include <time.h>

static const char *completed(const char *mask)
{
	static char out[MASK_SIZE];
	return ban_complete(mask, out) ? out : NULL;
}

TEST(ban_complete_has_one_form_for_each)
{
	static const struct {
		const char *mask, *complete;
	} cases[] = {
		{ "bob", "bob!*@*" },
		{ "*@house", "*!*@house" },
		{ "~tea@house", "*!~tea@house" },
		{ "*!~a@house", "*!~a@house" },
		{ "~tea@::1", "*!~tea@::1" },
		{ "~tea", "~tea!*@*" },
		{ "~a:bob", "~a:bob" },
		{ "~account:bob", "~a:bob" },
		{ "~a:*", "~a:*" },
		{ "~a:老李", "~a:老李" },
		{ "~r:*spam?bot*", "~r:*spam?bot*" },
		{ "~r::)", "~r::)" },
		{ "~m:bob", "~m:bob!*@*" },
		{ "~m:~a:bob", "~m:~a:bob" },
		{ "~m:~account:bob", "~m:~a:bob" },
		{ "~m:~r:x", "~m:~r:x" },
		{ "~t:60:bob", "~t:60:bob!*@*" },
		{ "~t:060:bob", "~t:60:bob!*@*" },
		{ "~t:525600:bob", "~t:525600:bob!*@*" },
		{ "~t:1:~a:bob", "~t:1:~a:bob" },
		{ "~t:60:~m:~a:bob", "~t:60:~m:~a:bob" },
		{ "~t:60:~m:~r:*", "~t:60:~m:~r:*" },
		{ "~t:60:~m:*@house", "~t:60:~m:*!*@house" },
		/* What an account is called is not looked into: it has no "~". */
		{ "~a:~m:x", "~a:~m:x" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(completed(cases[i].mask), cases[i].complete);
		CHECK_STR(completed(cases[i].complete), cases[i].complete);
	}
}

TEST(ban_complete_refuses_what_means_nothing)
{
	static const char *const cases[] = {
		"",
		":",
		"a b",
		"~a:",
		"~account:",
		"~r:",
		"~m:",
		"~t:",
		"~t:60",
		"~t:60:",
		"~t::bob",
		"~t:0:bob",
		"~t:-1:bob",
		"~t:525601:bob",
		"~t:1x:bob",
		"~t: 1:bob",
		"~t:99999999999999999999:bob",
		"~m:~m:bob",
		"~t:1:~t:1:bob",
		"~m:~t:1:bob",
		"~x:bob",
		"~accounts:bob",
		"~A:bob",
		"~m:~x:bob",
		"~:bob",
		"~t:1:~m:",
		"~r:a b",
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[MASK_SIZE] = "as it was";
		CHECK_EQ(ban_complete(cases[i], out), false, cases[i]);
		CHECK_STR(out, "as it was");
	}
}

TEST(ban_complete_fits_or_refuses)
{
	char mask[MASK_BYTES_MAX + 2] = "~r:", out[MASK_SIZE];
	memset(mask + 3, 'a', MASK_BYTES_MAX - 3);
	CHECK(ban_complete(mask, out));
	CHECK_EQ(strlen(out), MASK_BYTES_MAX, "at the edge");
	mask[MASK_BYTES_MAX] = 'a';
	CHECK(!ban_complete(mask, out));
	/* It is its one form that has to fit. */
	memcpy(mask, "~m:", 3);
	mask[MASK_BYTES_MAX - 4] = '\0';
	CHECK(ban_complete(mask, out));
	CHECK_EQ(strlen(out), MASK_BYTES_MAX, "with its !*@*");
	mask[MASK_BYTES_MAX - 4] = 'a';
	mask[MASK_BYTES_MAX - 3] = '\0';
	CHECK(!ban_complete(mask, out));
}

static const struct person bob = { "bobby!bob@house", "Bob_of_the_Tea_House", "bob" };
static const struct person guest = { "guest!g@elsewhere", "a_guest", "" };

TEST(ban_means_whom_it_says)
{
	static const struct {
		const char *mask;
		bool bob, guest; /* whether it keeps them from speaking */
		bool doors;      /* from entering, too */
	} cases[] = {
		{ "bobby!*@*", true, false, true },
		{ "*!*@*", true, true, true },
		{ "~a:bob", true, false, true },
		{ "~a:BOB", true, false, true },
		{ "~a:bobby", false, false, true },
		{ "~a:b?b", true, false, true },
		{ "~a:*", true, false, true },
		{ "~a:guest", false, false, true },
		{ "~r:*tea*", true, false, true },
		{ "~r:bob_of_*", true, false, true },
		{ "~r:bob", false, false, true },
		{ "~r:a?guest", false, true, true },
		{ "~m:bobby!*@*", true, false, false },
		{ "~m:~a:bob", true, false, false },
		{ "~m:*!*@*", true, true, false },
		{ "~t:5:guest!*@*", false, true, true },
		{ "~t:5:~a:bob", true, false, true },
		{ "~t:5:~m:~r:*guest*", false, true, false },
		/* Of another version: nobody. */
		{ "~x:bob", false, false, true },
		{ "~t:0:*!*@*", false, false, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *mask = cases[i].mask;
		bool doors = cases[i].doors;
		CHECK_EQ(ban_means(mask, &bob, BAN_SPEAK), cases[i].bob, mask);
		CHECK_EQ(ban_means(mask, &guest, BAN_SPEAK), cases[i].guest, mask);
		CHECK_EQ(ban_means(mask, &bob, BAN_ENTER), cases[i].bob && doors, mask);
		CHECK_EQ(ban_means(mask, &guest, BAN_ENTER), cases[i].guest && doors, mask);
	}
}

TEST(ban_minutes_is_of_timed_ones)
{
	CHECK_EQ(ban_minutes("~t:60:bob!*@*"), 60, "an hour");
	CHECK_EQ(ban_minutes("~t:525600:~a:bob"), 525600, "a year");
	CHECK_EQ(ban_minutes("bob!*@*"), 0, "for good");
	CHECK_EQ(ban_minutes("~m:bob!*@*"), 0, "for good, too");
	CHECK_EQ(ban_minutes("~a:~t:60:"), 0, "an account's name");
	CHECK_EQ(ban_minutes("~t:x"), 0, "nothing");
}

/* A room's lists at their worst, 300 of the dearest masks, must not take long enough to be felt. */
TEST(ban_means_is_quick)
{
	char mask[MASK_SIZE] = "*", dear[MASK_SIZE] = "*";
	struct person p = { .account = "" };
	memset(p.source, 'a', sizeof(p.source) - 1);
	memset(mask + 1, 'a', 60);
	memcpy(mask + 61, "b", 2);
	for (size_t i = 0; i < 60; i += 2)
		memcpy(dear + 1 + i, "\xc3\xa9", 3); /* é */
	clock_t began = clock();
	for (int i = 0; i < 150; i++) {
		CHECK(!ban_means(mask, &p, BAN_SPEAK));
		CHECK(!ban_means(dear, &p, BAN_SPEAK));
	}
	double ms = (double)(clock() - began) * 1000 / CLOCKS_PER_SEC;
	CHECK(ms < 50);
}
