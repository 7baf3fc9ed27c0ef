#include "bench/relay_queue.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_SIZE_MIN 16

static struct block *spare; /* the last one used first: it may still be in a cache */

struct block *block_take(void)
{
	struct block *b = spare;
	if (b) {
		spare = b->next;
	} else {
		b = aligned_alloc(BLOCK_BYTES, BLOCK_BYTES);
		if (!b)
			abort();
	}
	b->next = NULL;
	b->refs = 1;
	b->used = 0;
	return b;
}

void block_unref(struct block *b)
{
	if (--b->refs > 0)
		return;
	b->next = spare;
	spare = b;
}

void blocks_done(void)
{
	while (spare) {
		struct block *next = spare->next;
		free(spare);
		spare = next;
	}
}

char *block_space(struct block **b, size_t len)
{
	if ((*b)->used + len > BLOCK_ROOM) {
		block_unref(*b);
		*b = block_take();
	}
	char *space = (*b)->bytes + (*b)->used;
	(*b)->used += (uint32_t)len;
	return space;
}

static struct block *block_of(const void *bytes)
{
	return (struct block *)((uintptr_t)bytes & ~(uintptr_t)(BLOCK_BYTES - 1));
}

void queue_done(struct queue *q)
{
	for (uint32_t i = 0; i < q->count; i++)
		block_unref(block_of(q->pieces[q->head + i].iov_base));
	free(q->pieces);
	*q = (struct queue){ 0 };
}

static void queue_make_room(struct queue *q)
{
	if (q->head > q->size / 2) {
		memmove(q->pieces, q->pieces + q->head, q->count * sizeof(*q->pieces));
		q->head = 0;
		return;
	}
	q->size = q->size ? 2 * q->size : QUEUE_SIZE_MIN;
	q->pieces = xrealloc(q->pieces, q->size, sizeof(*q->pieces));
}

void queue_add(struct queue *q, const char *bytes, size_t len)
{
	if (q->head + q->count == q->size)
		queue_make_room(q);
	q->pieces[q->head + q->count++] = (struct iovec){ (char *)bytes, len };
	q->bytes += (uint32_t)len;
	block_of(bytes)->refs++;
}

static void queue_drop(struct queue *q, size_t len)
{
	struct iovec *piece = q->pieces + q->head;
	const struct iovec *first = piece;
	q->bytes -= (uint32_t)len;
	for (; len > 0 && piece->iov_len <= len; piece++) {
		len -= piece->iov_len;
		block_unref(block_of(piece->iov_base));
	}
	if (len > 0) {
		piece->iov_base = (char *)piece->iov_base + len;
		piece->iov_len -= len;
	}
	uint32_t dropped = (uint32_t)(piece - first);
	q->count -= dropped;
	q->head = q->count > 0 ? q->head + dropped : 0;
}

bool queue_send(struct queue *q, int fd)
{
	while (q->count > 0) {
		uint32_t bytes = q->bytes;
		int count = (int)(q->count < IOV_MAX ? q->count : IOV_MAX);
		ssize_t sent = writev(fd, q->pieces + q->head, count);
		if (sent < 0)
			return errno == EAGAIN;
		queue_drop(q, (size_t)sent);
		if (count < IOV_MAX && (size_t)sent < bytes)
			return true; /* the socket is full */
	}
	return true;
}
