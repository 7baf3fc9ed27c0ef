#include "server/outbox.h"

#include "server/io.h"

#include <stdlib.h>
#include <string.h>

void outbox_init(struct outbox *o, struct io *io)
{
	*o = (struct outbox){ .io = io };
}

void outbox_done(struct outbox *o)
{
	for (size_t i = 0; i < o->over_count; i++)
		to_io_drop(&o->over[o->over_first + i]);
	free(o->over);
}

static void outbox_keep(struct outbox *o, const struct to_io *item)
{
	if (o->over_first + o->over_count == o->over_size && o->over_first > 0) {
		memmove(o->over, o->over + o->over_first, o->over_count * sizeof(*o->over));
		o->over_first = 0;
	}
	if (o->over_count == o->over_size) {
		o->over_size = o->over_size ? o->over_size * 2 : 64;
		o->over = xrealloc(o->over, o->over_size, sizeof(*o->over));
	}
	o->over[o->over_first + o->over_count++] = *item;
	/* Whoever empties the queue sees this, and wakes us. */
	atomic_store(&o->io->core_waits, true);
}

void outbox_put(struct outbox *o, const struct to_io *item)
{
	o->pushed = true;
	if (o->over_count > 0 || !queue_push(&o->io->from_core, item))
		outbox_keep(o, item);
}

void outbox_push(struct outbox *o)
{
	while (o->over_count > 0 && queue_push(&o->io->from_core, &o->over[o->over_first])) {
		o->over_first++;
		o->over_count--;
		o->pushed = true;
	}
	if (o->over_count > 0) {
		atomic_store(&o->io->core_waits, true);
		return;
	}
	/* A burst is rare: its memory is not kept. */
	free(o->over);
	o->over = NULL;
	o->over_first = o->over_size = 0;
}

bool outbox_is_overflowing(const struct outbox *o)
{
	return o->over_count > 0;
}

bool outbox_is_full(const struct outbox *o)
{
	return o->over_count >= OVERFLOW_MAX;
}

void outbox_wake(struct outbox *o)
{
	if (o->pushed)
		loop_wake(o->io->loop);
	o->pushed = false;
}
