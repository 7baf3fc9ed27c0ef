#include "net/arena.h"

#include "base/base.h"
#include "tests/unit/check.h"

#include <string.h>

static struct arena_pool pool;

static char bytes[ARENA_BYTES * 2 + 2];

static void fill_bytes(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)('a' + i % 23);
}

TEST(arena_fills_a_chunk_from_the_front)
{
	struct chunk *c = NULL;
	struct range r;

	CHECK_EQ(arena_add(&pool, &c, "one", 3, &r), 3, "all of it");
	CHECK(c && r.chunk == c);
	CHECK_EQ(r.from, 0, "at the front");
	CHECK_EQ(r.to, 3, "at the front");
	CHECK_EQ(c->refs, 1, "the caller's; a range holds none of its own");
	struct chunk *before = c;
	CHECK_EQ(arena_add(&pool, &c, "four", 4, &r), 4, "all of it");
	CHECK_EQ(c, before, "the same chunk");
	CHECK_EQ(r.from, 3, "behind the first");
	CHECK_EQ(r.to, 7, "behind the first");
	CHECK_EQ(memcmp(c->bytes, "onefour", 7), 0, "the bytes");
	chunk_unref(&pool, c);
	arena_pool_done(&pool);
}

/* Where a piece lies when so much of the chunk is used: room is for a line as a whole if it is at
 * most a quarter of a chunk; what is longer is cut where the chunk ends. */
TEST(arena_keeps_a_line_in_one_piece)
{
	static const struct {
		size_t used, len, taken;
		bool is_new;
	} cases[] = {
		{ 0, ARENA_BYTES, ARENA_BYTES, false },
		{ 0, ARENA_BYTES + 1, ARENA_BYTES, false },
		{ ARENA_BYTES - 1, 1, 1, false },
		{ ARENA_BYTES, 1, 1, true },
		{ ARENA_BYTES - 1, 2, 2, true },
		{ ARENA_BYTES - 100, 100, 100, false },
		{ ARENA_BYTES - 100, 101, 101, true },
		{ ARENA_BYTES - 100, ARENA_BYTES / 4, ARENA_BYTES / 4, true },
		{ ARENA_BYTES - 100, ARENA_BYTES / 4 + 1, 100, false },
		{ ARENA_BYTES - 1, ARENA_BYTES, 1, false },
		{ ARENA_BYTES, ARENA_BYTES * 2, ARENA_BYTES, true },
	};

	fill_bytes();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chunk *c = NULL;
		struct range r;
		arena_add(&pool, &c, bytes, cases[i].used ? cases[i].used : 1, &r);
		c->used = cases[i].used;
		c->refs++; /* somebody points into it, so that it cannot be filled again */
		struct chunk *before = c;
		CHECK_EQ(arena_add(&pool, &c, bytes, cases[i].len, &r), cases[i].taken, "taken");
		CHECK_EQ(c != before, cases[i].is_new, "a new chunk");
		CHECK_EQ(r.chunk, c, "where it lies");
		CHECK_EQ(r.from, cases[i].is_new ? 0 : cases[i].used, "where it lies");
		CHECK_EQ(r.to - r.from, cases[i].taken, "where it lies");
		CHECK_EQ(memcmp(c->bytes + r.from, bytes, cases[i].taken), 0, "the bytes");
		CHECK_EQ(before->refs, cases[i].is_new ? 1 : 2,
			 "the caller's goes with the old one");
		chunk_unref(&pool, before);
		chunk_unref(&pool, c);
		arena_pool_done(&pool);
	}
}

TEST(arena_uses_a_chunk_again_when_nobody_points_into_it)
{
	struct chunk *c = NULL;
	struct range r;

	fill_bytes();
	arena_add(&pool, &c, bytes, ARENA_BYTES, &r);
	struct chunk *before = c;
	arena_add(&pool, &c, "next", 4, &r);
	CHECK_EQ(c, before, "nobody did");
	CHECK_EQ(r.from, 0, "from the front again");
	CHECK_EQ(c->refs, 1, "the caller's");
	c->refs++;
	chunk_unref(&pool, c);
	CHECK_EQ(pool.free_count, 0, "one is left");
	chunk_unref(&pool, c);
	CHECK_EQ(pool.free_count, 1, "none is left");
	arena_pool_done(&pool);
	CHECK_EQ(pool.free_count, 0, "the pool is empty");
	CHECK_EQ(pool.free, NULL, "the pool is empty");
}

TEST(arena_pool_keeps_a_few_chunks)
{
	struct chunk *chunks[70];

	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		struct range r;
		chunks[i] = NULL;
		arena_add(&pool, &chunks[i], "x", 1, &r);
	}
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++)
		chunk_unref(&pool, chunks[i]);
	CHECK_EQ(pool.free_count, 64, "1 MiB for a thread; the others are freed");
	arena_pool_done(&pool);
}
