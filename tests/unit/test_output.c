#include "net/output.h"

#include "base/buf.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static struct arena_pool pool;

/* Adds text at the end of *chunk, to o as well. */
static void put(struct output *o, struct chunk **chunk, const char *text)
{
	for (size_t at = 0, len = strlen(text); at < len;) {
		struct range r;
		at += arena_add(&pool, chunk, text + at, len - at, &r);
		output_add(o, &pool, r);
	}
}

/* Fills room in a chunk that o does not get, so that the next range begins anew. */
static void skip(struct chunk **chunk)
{
	struct range r;
	arena_add(&pool, chunk, "|", 1, &r);
}

static const char *all_of(const struct output *o)
{
	static struct buf b;
	struct iovec pieces[1000];
	size_t count = output_pieces(o, pieces, ARRAY_LEN(pieces), SIZE_MAX);
	buf_done(&b);
	buf_add_text(&b, "");
	for (size_t i = 0; i < count; i++)
		buf_add(&b, pieces[i].iov_base, pieces[i].iov_len);
	CHECK_EQ(b.len, o->bytes, "bytes counts what is there");
	return b.bytes;
}

static size_t held(const struct output *o)
{
	return o->count - o->first;
}

/* Everybody has let go of them: nobody but the test holds *chunks. */
static void give_back(struct chunk **chunks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(chunks[i]->refs, 1, "every range gave its reference back");
		chunk_unref(&pool, chunks[i]);
		chunks[i] = NULL;
	}
	arena_pool_done(&pool);
}

TEST(output_extends_a_range_that_goes_on)
{
	struct output o = { 0 };
	struct chunk *c = NULL;
	struct buf all = { 0 };

	for (int i = 0; i < 1000; i++) {
		char line[20];
		snprintf(line, sizeof(line), "line %d\n", i);
		buf_add_text(&all, line);
		put(&o, &c, line);
	}
	CHECK_EQ(held(&o), 1, "a thousand lines, one range");
	CHECK_EQ(c->refs, 2, "and one reference");
	CHECK_EQ(o.more, NULL, "no memory of its own");
	CHECK_STR(all_of(&o), all.bytes);
	output_clear(&o, &pool);
	CHECK_EQ(o.bytes, 0, "empty");
	buf_done(&all);
	give_back(&c, 1);
}

TEST(output_begins_a_new_range_where_something_was_left_out)
{
	struct output all = { 0 }, some = { 0 };
	struct chunk *c = NULL;
	struct range r;

	arena_add(&pool, &c, "one ", 4, &r);
	output_add(&all, &pool, r);
	output_add(&some, &pool, r);
	arena_add(&pool, &c, "two ", 4, &r);
	output_add(&all, &pool, r); /* some said it himself */
	arena_add(&pool, &c, "three ", 6, &r);
	output_add(&all, &pool, r);
	output_add(&some, &pool, r);
	CHECK_EQ(held(&all), 1, "nothing is missing");
	CHECK_EQ(held(&some), 2, "something is");
	CHECK_EQ(c->refs, 4, "ours, one and two");
	CHECK_STR(all_of(&all), "one two three ");
	CHECK_STR(all_of(&some), "one three ");
	output_clear(&all, &pool);
	output_clear(&some, &pool);
	give_back(&c, 1);
}

TEST(output_takes_nothing_for_nothing)
{
	struct output o = { 0 };
	struct chunk *c = NULL;
	struct range r;

	arena_add(&pool, &c, "", 0, &r);
	output_add(&o, &pool, r);
	CHECK_EQ(held(&o), 0, "an empty range is none");
	output_sent(&o, &pool, 0);
	CHECK_EQ(output_keep_line(&o, &pool), false, "there is no line");
	output_clear(&o, &pool);
	output_clear(&o, &pool);
	give_back(&c, 1);
}

TEST(output_owns_memory_only_for_a_third_range)
{
	struct output o = { 0 };
	struct chunk *c = NULL;

	put(&o, &c, "one ");
	skip(&c);
	put(&o, &c, "two ");
	CHECK_EQ(o.more, NULL, "two fit inside");
	skip(&c);
	put(&o, &c, "three ");
	CHECK(o.more);
	CHECK_EQ(held(&o), OUTPUT_INLINE + 1, "three ranges");
	CHECK_STR(all_of(&o), "one two three ");
	output_sent(&o, &pool, strlen("one two three "));
	CHECK_EQ(o.more, NULL, "nothing is left, and no memory is kept");
	give_back(&c, 1);
}

TEST(output_uses_the_room_of_what_was_sent)
{
	struct output o = { 0 };
	struct chunk *c = NULL;

	put(&o, &c, "0123");
	for (int i = 0; i < 100; i++) {
		char text[16];
		skip(&c);
		snprintf(text, sizeof(text), "%04d", i);
		put(&o, &c, text);
		CHECK_EQ(held(&o), 2, "one goes, one comes");
		CHECK_EQ(o.more, NULL, "in the same room");
		output_sent(&o, &pool, 4);
		CHECK_STR(all_of(&o), text);
		CHECK_EQ(c->refs, 2, "the sent one let go");
	}
	output_clear(&o, &pool);
	give_back(&c, 1);
}

TEST(output_pieces_stop_at_either_ceiling)
{
	static const struct {
		size_t max, bytes_max;
		const char *pieces; /* with a '|' behind each */
	} cases[] = {
		{ 10, 100, "one|three|five|" },
		{ 3, 12, "one|three|five|" },
		{ 2, 100, "one|three|" },
		{ 1, 100, "one|" },
		{ 0, 100, "" },
		{ 10, 0, "" },
		{ 10, 1, "o|" },
		{ 10, 3, "one|" },
		{ 10, 4, "one|t|" },
		{ 10, 11, "one|three|fiv|" },
		{ 1, 4, "one|" },
	};
	struct output o = { 0 };
	struct chunk *c = NULL;

	put(&o, &c, "one");
	skip(&c);
	put(&o, &c, "three");
	skip(&c);
	put(&o, &c, "five");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct iovec pieces[10];
		struct buf got = { 0 };
		size_t n = output_pieces(&o, pieces, cases[i].max, cases[i].bytes_max);
		buf_add_text(&got, "");
		for (size_t p = 0; p < n; p++) {
			buf_add(&got, pieces[p].iov_base, pieces[p].iov_len);
			buf_add_text(&got, "|");
		}
		CHECK_STR(got.bytes, cases[i].pieces);
		buf_done(&got);
	}
	output_clear(&o, &pool);
	give_back(&c, 1);
}

/* Ranges of many lengths in two chunks, sent in steps of every size. */
TEST(output_is_sent_in_any_steps)
{
	for (size_t step = 1; step < 200; step++) {
		struct output o = { 0 };
		struct chunk *chunks[2] = { NULL, NULL };
		struct buf all = { 0 };

		for (size_t i = 0; i < 40; i++) {
			char text[16] = "";
			for (size_t n = 0; n <= i * 7 % 11; n++)
				text[n] = (char)('a' + i % 26);
			skip(&chunks[i % 2]);
			buf_add_text(&all, text);
			put(&o, &chunks[i % 2], text);
		}
		for (size_t sent = 0; sent < all.len;) {
			size_t n = all.len - sent < step ? all.len - sent : step;
			output_sent(&o, &pool, n);
			sent += n;
			CHECK_STR(all_of(&o), all.bytes + sent);
		}
		CHECK_EQ(held(&o), 0, "all of it is sent");
		buf_done(&all);
		give_back(chunks, 2);
	}
}

/* So many ranges, each in a chunk of its own, as a reader has it who is slow in many rooms. */
static void put_ranges(struct output *o, struct chunk **chunks, size_t count, size_t len,
		       struct buf *all)
{
	static char text[ARENA_BYTES];
	for (size_t i = 0; i < count; i++) {
		struct range r;
		snprintf(text, sizeof(text), "range %zu", i);
		memset(text + strlen(text), 'a' + (int)(i % 26), len);
		arena_add(&pool, &chunks[i], text, len, &r);
		CHECK_EQ(r.to - r.from, len, "in one piece");
		buf_add(all, text, len);
		output_add(o, &pool, r);
	}
}

static size_t distinct_chunks(const struct output *o)
{
	const struct range *ranges = o->more ? o->more : o->inside;
	size_t count = 0;
	for (uint32_t i = o->first; i < o->count; i++) {
		bool before = false;
		for (uint32_t j = o->first; j < i; j++)
			before = before || ranges[j].chunk == ranges[i].chunk;
		count += !before;
	}
	return count;
}

TEST(output_beyond_its_ranges_is_copied_together)
{
	static struct chunk *chunks[OUTPUT_RANGES_MAX + 1];
	struct output o = { 0 };
	struct buf all = { 0 };
	size_t max = OUTPUT_RANGES_MAX;

	put_ranges(&o, chunks, max, 100, &all);
	CHECK_EQ(held(&o), OUTPUT_RANGES_MAX, "at the edge they stay as they are");
	CHECK_EQ(chunks[0]->refs, 2, "and point into everybody's chunks");
	put_ranges(&o, chunks + max, 1, 100, &all);
	CHECK_EQ(distinct_chunks(&o), 2, "25700 bytes fit into two chunks");
	CHECK_EQ(held(&o), 2, "one range each");
	CHECK_STR(all_of(&o), all.bytes);
	for (size_t i = 0; i <= max; i++)
		CHECK_EQ(chunks[i]->refs, 1, "the old chunks are free");
	put(&o, &chunks[0], "and it goes on");
	buf_add_text(&all, "and it goes on");
	CHECK_STR(all_of(&o), all.bytes);
	output_clear(&o, &pool);
	CHECK_EQ(pool.free_count, 2, "its own chunks, too");
	buf_done(&all);
	give_back(chunks, max + 1);
}

TEST(output_that_is_partly_sent_is_copied_as_it_is)
{
	static struct chunk *chunks[OUTPUT_RANGES_MAX + 3];
	struct output o = { 0 };
	struct buf all = { 0 };

	put_ranges(&o, chunks, 10, 100, &all);
	output_sent(&o, &pool, 250);
	CHECK_EQ(held(&o), 8, "two are sent, and half of the third");
	put_ranges(&o, chunks + 10, OUTPUT_RANGES_MAX - 8, 100, &all);
	CHECK_EQ(held(&o), OUTPUT_RANGES_MAX, "what was sent does not count");
	put_ranges(&o, chunks + OUTPUT_RANGES_MAX + 2, 1, 100, &all);
	CHECK_EQ(held(&o), 2, "copied together");
	CHECK_STR(all_of(&o), all.bytes + 250);
	output_sent(&o, &pool, o.bytes);
	buf_done(&all);
	give_back(chunks, OUTPUT_RANGES_MAX + 3);
}

TEST(output_of_long_ranges_is_left_alone)
{
	static struct chunk *chunks[OUTPUT_RANGES_MAX + 1];
	static const struct {
		size_t len;
		bool is_copied;
	} cases[] = { { ARENA_BYTES / 2, false }, { ARENA_BYTES / 2 - 1, true } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct output o = { 0 };
		struct buf all = { 0 };
		put_ranges(&o, chunks, OUTPUT_RANGES_MAX + 1, cases[i].len, &all);
		CHECK_EQ(held(&o) < OUTPUT_RANGES_MAX, cases[i].is_copied,
			 "half full chunks are not worth a copy");
		CHECK_STR(all_of(&o), all.bytes);
		output_clear(&o, &pool);
		buf_done(&all);
		give_back(chunks, OUTPUT_RANGES_MAX + 1);
	}
}

/* Long ranges went beyond the number; when short ones follow it is worth it after all. What was sent
 * before is not copied. */
TEST(output_is_copied_together_later)
{
	static struct chunk *chunks[OUTPUT_RANGES_MAX + 100];
	struct output o = { 0 };
	struct buf all = { 0 };
	size_t sent = 30 * (ARENA_BYTES / 2), count = OUTPUT_RANGES_MAX + 40;

	put_ranges(&o, chunks, count, ARENA_BYTES / 2, &all);
	CHECK_EQ(held(&o), count, "long ones");
	output_sent(&o, &pool, sent);
	CHECK(o.first > 0);
	put_ranges(&o, chunks + count, 1, 10, &all);
	CHECK(held(&o) < OUTPUT_RANGES_MAX);
	CHECK_STR(all_of(&o), all.bytes + sent);
	output_clear(&o, &pool);
	buf_done(&all);
	give_back(chunks, count + 1);
}

TEST(output_keeps_the_line_under_way)
{
	static const struct {
		const char *ranges[4], *kept;
		bool ends;
	} cases[] = {
		{ { NULL }, "", false },
		{ { "rest\n" }, "rest\n", true },
		{ { "rest\nnext\n" }, "rest\n", true },
		{ { "re", "st\nnext", "\nlast\n" }, "rest\n", true },
		{ { "re", "s", "t", "\n" }, "rest\n", true },
		{ { "\n", "next\n" }, "\n", true },
		{ { "rest\n", "next\n", "last\n" }, "rest\n", true },
		{ { "no ", "end" }, "no end", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct output o = { 0 };
		struct chunk *chunks[4] = { NULL, NULL, NULL, NULL };
		for (size_t j = 0; j < ARRAY_LEN(chunks); j++) {
			skip(&chunks[j]);
			if (cases[i].ranges[j])
				put(&o, &chunks[j], cases[i].ranges[j]);
		}
		CHECK_EQ(output_keep_line(&o, &pool), cases[i].ends, cases[i].kept);
		CHECK_STR(all_of(&o), cases[i].kept);
		put(&o, &chunks[0], "bye\n");
		output_sent(&o, &pool, strlen(cases[i].kept));
		CHECK_STR(all_of(&o), "bye\n");
		output_sent(&o, &pool, 4);
		give_back(chunks, 4);
	}
}
