#include "base/fifo.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void fifo_init(struct fifo *f, size_t item_size)
{
	*f = (struct fifo){ .item_size = item_size };
}

void fifo_done(struct fifo *f)
{
	free(f->items);
	fifo_init(f, f->item_size);
}

static char *fifo_at(const struct fifo *f, size_t index)
{
	return f->items + (f->first + index) * f->item_size;
}

void fifo_put(struct fifo *f, const void *item)
{
	if (f->first + f->count == f->size && f->first > f->size / 2) {
		memmove(f->items, fifo_at(f, 0), f->count * f->item_size);
		f->first = 0;
	}
	if (f->first + f->count == f->size) {
		f->size = f->size ? f->size * 2 : 16;
		f->items = xrealloc(f->items, f->size, f->item_size);
	}
	memcpy(fifo_at(f, f->count++), item, f->item_size);
}

void *fifo_first(const struct fifo *f)
{
	return f->count > 0 ? fifo_at(f, 0) : NULL;
}

void fifo_drop(struct fifo *f)
{
	assert(f->count > 0);
	f->first++;
	if (--f->count == 0)
		fifo_done(f);
}
