/* queue.h: a bounded queue from one thread to one other, of small items by value.
 *
 * No locks: the pusher alone moves tail, the popper alone moves head. Waking the other side is not
 * its business: push a whole turn's work, then wake once. */
#ifndef TEAHOUSE_BASE_QUEUE_H
#define TEAHOUSE_BASE_QUEUE_H

#include "base/base.h"

#include <stdatomic.h>
#include <stdbool.h>

struct queue {
	char *items;
	size_t item_size, slots;
	/* Both count up for ever; on cache lines of their own, since each has one writer. */
	_Alignas(64) atomic_size_t head;
	_Alignas(64) atomic_size_t tail;
};

/* slots: at least 1. */
void queue_init(struct queue *q, size_t slots, size_t item_size);
/* Both threads are done with it. What it still holds is the caller's to pop before. */
void queue_done(struct queue *q);

/* Pusher's thread. false: full, nothing happened. */
MUST_USE bool queue_push(struct queue *q, const void *item);

/* Popper's thread. false: empty. */
MUST_USE bool queue_pop(struct queue *q, void *ret_item);

/* Either thread; the other one may be changing it. */
bool queue_is_empty(const struct queue *q);

#endif
