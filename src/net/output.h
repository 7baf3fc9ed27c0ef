/* output.h: what one connection still has to send: a list of ranges in shared chunks.
 *
 * A range that continues the last one just extends it, so a member of one busy room has one range
 * however much was said. Two ranges fit inside; an empty output owns no memory. */
#ifndef TEAHOUSE_NET_OUTPUT_H
#define TEAHOUSE_NET_OUTPUT_H

#include "net/arena.h"

#include <stdbool.h>
#include <sys/uio.h>

#define OUTPUT_INLINE 2

struct output {
	struct range *more; /* NULL: inside[] is enough */
	struct range inside[OUTPUT_INLINE];
	uint32_t bytes;
	uint32_t first, count, size; /* ranges sent, held, and room in more */
};

/* Drops what is queued. { 0 } is an empty output. */
void output_clear(struct output *o, struct arena_pool *pool);

/* Adds a piece of a chunk, taking a reference where needed. Beyond OUTPUT_RANGES_MAX ranges
 * everything is copied into chunks of its own, so that a slow reader pins what it has queued and
 * not the chunks of a hundred rooms. */
void output_add(struct output *o, struct arena_pool *pool, struct range r);

/* The first pieces, at most max and at most bytes_max bytes, for writev(). Returns their number. */
size_t output_pieces(const struct output *o, struct iovec *pieces, size_t max, size_t bytes_max);

/* The first len bytes are sent. */
void output_sent(struct output *o, struct arena_pool *pool, size_t len);

/* Keeps what is left of the line whose beginning was sent, and drops the rest. false: that line has
 * no end yet. */
bool output_keep_line(struct output *o, struct arena_pool *pool);

#endif
