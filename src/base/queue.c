#include "base/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void queue_init(struct queue *q, size_t slots, size_t item_size)
{
	assert(slots > 0 && item_size > 0);
	q->items = xcalloc(slots, item_size);
	q->item_size = item_size;
	q->slots = slots;
	atomic_init(&q->head, 0);
	atomic_init(&q->tail, 0);
}

void queue_done(struct queue *q)
{
	free(q->items);
	q->items = NULL;
}

static char *queue_slot(struct queue *q, size_t count)
{
	return q->items + count % q->slots * q->item_size;
}

bool queue_push(struct queue *q, const void *item)
{
	size_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
	/* Acquire: the popper has read the slot before we write it again. */
	size_t head = atomic_load_explicit(&q->head, memory_order_acquire);
	if (tail - head == q->slots)
		return false;
	memcpy(queue_slot(q, tail), item, q->item_size);
	atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
	return true;
}

bool queue_pop(struct queue *q, void *ret_item)
{
	size_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
	size_t tail = atomic_load_explicit(&q->tail, memory_order_acquire);
	if (head == tail)
		return false;
	memcpy(ret_item, queue_slot(q, head), q->item_size);
	atomic_store_explicit(&q->head, head + 1, memory_order_release);
	return true;
}

bool queue_is_empty(const struct queue *q)
{
	return atomic_load_explicit(&q->head, memory_order_acquire) ==
	       atomic_load_explicit(&q->tail, memory_order_acquire);
}
