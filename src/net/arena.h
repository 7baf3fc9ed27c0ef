/* arena.h: bytes that many connections are about to send, kept once.
 *
 * A chunk fills from the front and is never written again where it is full, so any number of
 * connections may point into it. It is counted without atomics: a chunk, its pool and everything
 * that points into it belong to one thread. */
#ifndef TEAHOUSE_NET_ARENA_H
#define TEAHOUSE_NET_ARENA_H

#include "base/limits.h"

#include <stddef.h>
#include <stdint.h>

struct chunk {
	union {
		struct chunk *next_free;
		size_t refs;
	};
	size_t used;
	char bytes[ARENA_BYTES];
};

/* Chunks that nobody points into, ready to be filled again: a few, so that a busy thread does not
 * ask malloc for each. */
struct arena_pool {
	struct chunk *free;
	size_t free_count;
};

/* Part of a chunk. */
struct range {
	struct chunk *chunk;
	uint32_t from, to;
};

/* All chunks have been given back. */
void arena_pool_done(struct arena_pool *pool);

/* Back into the pool with the last reference. */
void chunk_unref(struct arena_pool *pool, struct chunk *c);

/* Copies as much of bytes as fits into *chunk, which is replaced by a new one when it is full (or
 * NULL). Says in *ret where it lies and returns how much that is: at least one byte if len is not 0.
 * *chunk holds one reference; *ret holds none of its own. */
size_t arena_add(struct arena_pool *pool, struct chunk **chunk, const char *bytes, size_t len,
		 struct range *ret);

#endif
