#include "base/table.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static const unsigned char secret[TABLE_SECRET_BYTES] = "a secret of 16 b";

struct thing {
	char key[24];
	size_t len;
	bool there;
};

static const void *thing_key(const void *value, size_t *ret_len)
{
	const struct thing *t = value;
	*ret_len = t->len;
	return t->key;
}

static void thing_name(struct thing *t, size_t number)
{
	t->len = (size_t)snprintf(t->key, sizeof(t->key), "茶%zu", number);
}

TEST(table_finds_what_was_added)
{
	struct table t;
	struct thing tea = { "tea", 3, true }, te = { "te", 2, true };
	struct thing nul = { "te\0", 3, true }, nothing = { "", 0, true };

	table_init(&t, secret, thing_key);
	CHECK_EQ(table_find(&t, "tea", 3), NULL, "an empty table owns nothing");
	table_remove(&t, &tea);
	table_add(&t, &tea);
	table_add(&t, &te);
	table_add(&t, &nul);
	table_add(&t, &nothing);
	CHECK_EQ(table_find(&t, "tea", 3), &tea, "by its key");
	CHECK_EQ(table_find(&t, "teapot", 3), &tea, "the length ends the key, not a NUL");
	CHECK_EQ(table_find(&t, "te", 2), &te, "the beginning of another key");
	CHECK_EQ(table_find(&t, "te\0", 3), &nul, "a NUL is a byte");
	CHECK_EQ(table_find(&t, "", 0), &nothing, "no bytes are a key too");
	CHECK_EQ(table_find(&t, "Tea", 3), NULL, "bytes, not letters");
	table_done(&t);
	CHECK_EQ(table_find(&t, "tea", 3), NULL, "everything is forgotten");
	table_add(&t, &tea);
	CHECK_EQ(table_find(&t, "tea", 3), &tea, "and may be added again");
	table_done(&t);
}

TEST(table_forgets_what_is_removed)
{
	struct table t;
	struct thing tea = { "tea", 3, true }, cup = { "cup", 3, true };
	struct thing more = { "tea", 3, true };

	table_init(&t, secret, thing_key);
	table_add(&t, &tea);
	table_add(&t, &cup);
	table_remove(&t, &tea);
	CHECK_EQ(table_find(&t, "tea", 3), NULL, "gone");
	table_remove(&t, &tea);
	CHECK_EQ(t.dead, 1, "only once: a grave");
	CHECK_EQ(table_find(&t, "cup", 3), &cup, "the other one stays");
	table_add(&t, &more);
	CHECK_EQ(table_find(&t, "tea", 3), &more, "the key is free again");
	CHECK_EQ(t.dead, 0, "and its grave was used");
	table_done(&t);
}

/* Adds and removes in an order that looks random, and compares with the plain truth all the time. */
TEST(table_is_right_however_it_was_filled)
{
	static struct thing things[3000];
	struct table t;
	uint32_t random = 1;
	size_t there = 0;

	table_init(&t, secret, thing_key);
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		thing_name(&things[i], i);
	for (size_t turn = 0; turn < 60000; turn++) {
		random = random * 1664525 + 1013904223;
		struct thing *one = &things[(random >> 8) % ARRAY_LEN(things)];
		CHECK_EQ(table_find(&t, one->key, one->len), one->there ? one : NULL, one->key);
		if (one->there)
			table_remove(&t, one);
		else
			table_add(&t, one);
		one->there = !one->there;
		there += one->there ? 1 : (size_t)-1;
		CHECK_EQ(t.used, there, "what it holds is counted");
	}
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		CHECK_EQ(table_find(&t, things[i].key, things[i].len),
			 things[i].there ? &things[i] : NULL, things[i].key);
	table_done(&t);
}

/* Graves are used again and go when it grows: people who come and go cost no memory. */
TEST(table_stays_small_while_things_come_and_go)
{
	struct table t;
	struct thing guest, regulars[8];

	table_init(&t, secret, thing_key);
	for (size_t i = 0; i < ARRAY_LEN(regulars); i++) {
		thing_name(&regulars[i], i);
		table_add(&t, &regulars[i]);
	}
	for (size_t i = 100; i < 50000; i++) {
		thing_name(&guest, i);
		table_add(&t, &guest);
		table_remove(&t, &guest);
		CHECK_EQ(table_find(&t, guest.key, guest.len), NULL, guest.key);
		CHECK((t.used + t.dead) * 3 <= t.size * 2);
	}
	CHECK_EQ(t.size, 32, "nine at a time were never more than a third");
	for (size_t i = 0; i < ARRAY_LEN(regulars); i++)
		CHECK_EQ(table_find(&t, regulars[i].key, regulars[i].len), &regulars[i],
			 "still here");
	table_done(&t);
}
