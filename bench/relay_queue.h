/* relay_queue.h: what a connection of the relay has still to be sent: references to lines held once.
 *
 * Lines lie in blocks, aligned to their own size, so that a reference is a plain struct iovec: the
 * kernel takes a queue as it is, and the block is found from the address of the bytes. A block
 * counts the references to it and is used again when there are none. One thread. */
#ifndef TEAHOUSE_BENCH_RELAY_QUEUE_H
#define TEAHOUSE_BENCH_RELAY_QUEUE_H

#include "base/base.h"

#include <stdbool.h>
#include <sys/uio.h>

#define BLOCK_BYTES ((size_t)64 * 1024)
#define QUEUE_BYTES_MAX ((size_t)1024 * 1024) /* unsent after a flush: too slow, closed */

struct block {
	struct block *next; /* while it is spare */
	uint32_t refs, used;
	char bytes[];
};

#define BLOCK_ROOM (BLOCK_BYTES - sizeof(struct block))

/* With one reference, the caller's, and nothing in it. */
struct block *block_take(void);
void block_unref(struct block *b);
/* Frees the spare ones. */
void blocks_done(void);

/* Space for len bytes (up to BLOCK_ROOM) at the end of *b, which is exchanged if it has too little. */
char *block_space(struct block **b, size_t len);

/* { 0 } is empty, and takes no memory until something is added. */
struct queue {
	struct iovec *pieces;
	uint32_t head, count, size; /* pieces[head] is the oldest */
	uint32_t bytes;
};

void queue_done(struct queue *q);
/* bytes lie in a block. */
void queue_add(struct queue *q, const char *bytes, size_t len);
/* Sends what the socket takes. false: the peer is gone. */
MUST_USE bool queue_send(struct queue *q, int fd);

#endif
