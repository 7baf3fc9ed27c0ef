/* fifo.h: items by value, first in, first out, as many as come: for what does not fit into a queue
 * (queue.h), whose owner sees to it that there are few. One thread. */
#ifndef TEAHOUSE_BASE_FIFO_H
#define TEAHOUSE_BASE_FIFO_H

#include "base/base.h"

struct fifo {
	char *items;
	size_t item_size;
	size_t first, count, size; /* in items */
};

/* Empty; item_size in bytes. */
void fifo_init(struct fifo *f, size_t item_size);
/* What is in it is the caller's to see to before. */
void fifo_done(struct fifo *f);

/* Copies item behind all others. */
void fifo_put(struct fifo *f, const void *item);
/* The oldest, until the next call; NULL: empty. */
void *fifo_first(const struct fifo *f);
/* Takes the oldest away. An empty fifo owns no memory. */
void fifo_drop(struct fifo *f);

#endif
