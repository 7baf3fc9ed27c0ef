/* Metadata by itself: its keys, its changes as text and back. */
#include "core/metadata.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static struct metadata m;

static void check_all(const char *expected)
{
	struct buf text = { 0 };
	buf_add_text(&text, "");
	metadata_write(&m, &text);
	CHECK_STR(text.bytes, expected);
	buf_done(&text);
}

TEST(metadata_key_valid_takes_what_the_specification_does)
{
	static const struct {
		const char *key;
		bool valid;
	} cases[] = {
		{ "display-name", true },
		{ "soju.im/muted_0", true },
		{ "", false },
		{ "Avatar", false },
		{ "a b", false },
		{ "a\n", false },
		{ "头像", false },
		{ "$url$", false },
	};
	char key[METADATA_KEY_BYTES_MAX + 2];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(metadata_key_valid(cases[i].key), cases[i].valid, cases[i].key);
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	CHECK(!metadata_key_valid(key));
	CHECK(metadata_key_valid(key + 1));
}

TEST(metadata_keeps_the_order_in_which_keys_came)
{
	metadata_set(&m, "one", "1");
	metadata_set(&m, "two", "");
	metadata_set(&m, "three", "a b  c ");
	metadata_set(&m, "one", "eins");
	metadata_set(&m, "none", NULL);
	CHECK_STR(metadata_find(&m, "one"), "eins");
	CHECK_STR(metadata_find(&m, "two"), "");
	CHECK(!metadata_find(&m, "none"));
	check_all("one eins\ntwo \nthree a b  c ");
	metadata_set(&m, "two", NULL);
	check_all("one eins\nthree a b  c ");
	metadata_done(&m);
	check_all("");
}

TEST(metadata_changes_by_text)
{
	metadata_change(&m, "");
	metadata_change(&m, "one 1\ntwo \nthree a b");
	check_all("one 1\ntwo \nthree a b");
	metadata_change(&m, "two\nfour 4\nnone\nBad key\none  1");
	check_all("one  1\nthree a b\nfour 4");
	struct buf clear = { 0 };
	metadata_write_clear(&m, &clear);
	CHECK_STR(clear.bytes, "one\nthree\nfour");
	metadata_change(&m, clear.bytes);
	CHECK_EQ(m.count, 0, "nothing is left");
	CHECK(!m.items);
	buf_done(&clear);
}
