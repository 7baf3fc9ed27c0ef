/* The modes of a room as they are, and what a change does to them. */
#include "core/rules.h"

#include "base/limits.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static struct rules rules;

/* Makes one change: "+k green", at time_ms by 老李. */
static void change_at(const char *text, int64_t time_ms)
{
	struct mode_change change;
	char copy[512];
	snprintf(copy, sizeof(copy), "%s", text);
	CHECK_EQ(mode_parse(copy, &change, 1), 1, text);
	rules_apply(&rules, &change, "老李", time_ms);
}

static void change(const char *text)
{
	change_at(text, 1000);
}

static bool have(const char *text)
{
	struct mode_change change;
	char copy[512];
	snprintf(copy, sizeof(copy), "%s", text);
	CHECK_EQ(mode_parse(copy, &change, 1), 1, text);
	return rules_have(&rules, &change);
}

static const char *text_of_rules(bool with_args)
{
	static char text[128];
	struct buf out = { 0 };
	rules_text(&rules, with_args, &out);
	snprintf(text, sizeof(text), "%s", out.bytes);
	buf_done(&out);
	return text;
}

TEST(rules_change_one_by_one)
{
	static const struct {
		const char *change, *text;
	} steps[] = {
		{ "+t", "+t" },
		{ "+n", "+nt" },
		{ "+t", "+nt" },
		{ "+k green", "+knt green" },
		{ "+k 黑茶", "+knt 黑茶" },
		{ "+l 12", "+klnt 黑茶 12" },
		{ "+l 7", "+klnt 黑茶 7" },
		{ "+ims", "+klint 黑茶 7" },
		{ "-t", "+klin 黑茶 7" },
		{ "-k anything", "+lin 7" },
		{ "-l", "+in" },
		{ "-k *", "+in" },
		{ "+f #tea", "+fin #tea" },
		{ "+d 30", "+fdin #tea 30" },
		{ "+d 3600", "+fdin #tea 3600" },
		{ "+d 3601", "+fdin #tea 3600" },
		{ "+l 9", "+lfdin 9 #tea 3600" },
		{ "+z", "+lfdinz 9 #tea 3600" },
		{ "+C", "+lfdCinz 9 #tea 3600" },
		{ "-l", "+fdCinz #tea 3600" },
		{ "-f", "+dCinz 3600" },
		{ "-d", "+Cinz" },
	};
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		change(steps[i].change);
		CHECK_STR(text_of_rules(true), steps[i].text);
	}
	rules_done(&rules);
}

TEST(rules_show_their_arguments_only_inside)
{
	CHECK_STR(text_of_rules(true), "+");
	change("+k green");
	change("+l 3");
	change("+s");
	CHECK_STR(text_of_rules(false), "+kls");
	rules_done(&rules);
	CHECK_STR(text_of_rules(true), "+");
}

TEST(rules_know_what_would_change_nothing)
{
	static const struct {
		const char *change;
		bool before, after; /* they are +ikl green 3 with a ban */
	} cases[] = {
		{ "+i", false, true },        { "-i", true, false },
		{ "+k green", false, true },  { "+k black", false, false },
		{ "-k *", true, false },      { "+l 3", false, true },
		{ "+l 4", false, false },     { "-l", true, false },
		{ "+b a!*@*", false, true },  { "-b a!*@*", true, false },
		{ "+e a!*@*", false, false }, { "-I a!*@*", true, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(have(cases[i].change), cases[i].before, cases[i].change);
	change("+i");
	change("+k green");
	change("+l 3");
	change("+b a!*@*");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(have(cases[i].change), cases[i].after, cases[i].change);
	rules_done(&rules);
}

TEST(rules_are_closed_by_three_of_them)
{
	static const char *const closing[] = { "+i", "+k green", "+s" };
	static const char *const others[] = { "+m",    "+n",   "+t", "+l 3", "+b a!*@*",
					      "+f #a", "+d 5", "+R", "+z",   "+M" };
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		change(others[i]);
	CHECK(!rules_are_closed(&rules));
	for (size_t i = 0; i < ARRAY_LEN(closing); i++) {
		change(closing[i]);
		CHECK_EQ(rules_are_closed(&rules), true, closing[i]);
		rules_done(&rules);
	}
}

TEST(rules_keep_each_list_apart_and_in_order)
{
	change_at("+b b!*@*", 10);
	change_at("+b a!*@*", 20);
	change_at("+b b!*@*", 30); /* there already: it stays as it was set */
	change_at("+e c!*@*", 40);
	const struct mask_list *bans = rules_list(&rules, 'b');
	CHECK_EQ(bans->count, 2, "no mask twice");
	CHECK_STR(bans->items[0].mask, "b!*@*");
	CHECK_STR(bans->items[0].by, "老李");
	CHECK_EQ(bans->items[0].time_ms, 10, "the first time counts");
	CHECK_STR(bans->items[1].mask, "a!*@*");
	CHECK_STR(rules_list(&rules, 'e')->items[0].mask, "c!*@*");
	CHECK_EQ(rules_list(&rules, 'I')->count, 0, "none");

	change("-b b!*@*");
	CHECK_EQ(bans->count, 1, "one is off");
	CHECK_STR(bans->items[0].mask, "a!*@*");
	change("-b B!*@*"); /* spelled otherwise: not there */
	CHECK_EQ(bans->count, 1, "nothing happened");
	rules_done(&rules);
}

TEST(rules_ban_unless_there_is_an_exception)
{
	change("+b *!*@bad");
	CHECK(rules_ban(&rules, &(struct person){ .source = "cup!u@bad", .account = "" },
			BAN_ENTER));
	CHECK(!rules_ban(&rules, &(struct person){ .source = "cup!u@good", .account = "" },
			 BAN_ENTER));
	change("+e cup!*@*");
	CHECK(!rules_ban(&rules, &(struct person){ .source = "cup!u@bad", .account = "" },
			 BAN_ENTER));
	CHECK(rules_ban(&rules, &(struct person){ .source = "pot!u@bad", .account = "" },
			BAN_ENTER));
	change("+I pot!*@*"); /* an invitation is none */
	CHECK(rules_ban(&rules, &(struct person){ .source = "pot!u@bad", .account = "" },
			BAN_ENTER));
	change("-e cup!*@*");
	CHECK(rules_ban(&rules, &(struct person){ .source = "cup!u@bad", .account = "" },
			BAN_ENTER));
	rules_done(&rules);
}

TEST(rules_lists_have_so_many_masks_and_no_more)
{
	char text[32];
	for (int i = 0; i <= ROOM_MASKS_MAX; i++) {
		snprintf(text, sizeof(text), "+b n%d!*@*", i);
		change(text);
	}
	CHECK_EQ(rules_list(&rules, 'b')->count, ROOM_MASKS_MAX, "one was let go");
	CHECK(!mask_list_find(rules_list(&rules, 'b'), text + 3));
	rules_done(&rules);
}

TEST(rules_stamp_is_new_with_each_change_of_a_list)
{
	uint32_t before = rules.stamp;
	change("+b a!*@*");
	CHECK(rules.stamp != before);
	before = rules.stamp;
	change("+b a!*@*");
	change("+i");
	CHECK_EQ(rules.stamp, before, "no list has changed");
	change("-b a!*@*");
	CHECK(rules.stamp != before);
	before = rules.stamp;
	rules_done(&rules);
	CHECK(rules.stamp != before);
}
