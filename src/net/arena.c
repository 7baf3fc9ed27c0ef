#include "net/arena.h"

#include "base/base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FREE_CHUNKS_MAX 64

void arena_pool_done(struct arena_pool *pool)
{
	while (pool->free) {
		struct chunk *c = pool->free;
		pool->free = c->next_free;
		free(c);
	}
	pool->free_count = 0;
}

static struct chunk *chunk_new(struct arena_pool *pool)
{
	struct chunk *c = pool->free;
	if (c) {
		pool->free = c->next_free;
		pool->free_count--;
	} else {
		c = xrealloc(NULL, 1, sizeof(*c));
	}
	c->refs = 1;
	c->used = 0;
	return c;
}

void chunk_unref(struct arena_pool *pool, struct chunk *c)
{
	assert(c->refs > 0);
	if (--c->refs > 0)
		return;
	if (pool->free_count >= FREE_CHUNKS_MAX) {
		free(c);
		return;
	}
	c->next_free = pool->free;
	pool->free = c;
	pool->free_count++;
}

size_t arena_add(struct arena_pool *pool, struct chunk **chunk, const char *bytes, size_t len,
		 struct range *ret)
{
	struct chunk *c = *chunk;
	/* A line stays in one piece if a chunk can hold it: pieces cost more than a little room. */
	size_t room = c ? ARENA_BYTES - c->used : 0;
	if (room == 0 || (room < len && len <= ARENA_BYTES / 4)) {
		if (c)
			chunk_unref(pool, c);
		*chunk = c = chunk_new(pool);
		room = ARENA_BYTES;
	}
	size_t n = len < room ? len : room;
	memcpy(c->bytes + c->used, bytes, n);
	*ret = (struct range){ c, (uint32_t)c->used, (uint32_t)(c->used + n) };
	c->used += n;
	return n;
}
