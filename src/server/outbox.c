#include "server/outbox.h"

#include "server/io.h"

void outbox_init(struct outbox *o, struct io *io)
{
	*o = (struct outbox){ .io = io };
	fifo_init(&o->over, sizeof(struct to_io));
}

void outbox_done(struct outbox *o)
{
	for (struct to_io *item; (item = fifo_first(&o->over)); fifo_drop(&o->over))
		to_io_drop(item);
}

void outbox_put(struct outbox *o, const struct to_io *item)
{
	if (o->stopped) {
		struct to_io dropped = *item;
		to_io_drop(&dropped);
		return;
	}
	o->pushed = true;
	if (o->over.count == 0 && queue_push(&o->io->from_core, item))
		return;
	fifo_put(&o->over, item);
}

/* What came behind it would fill the queue of a thread that has ended, and the core, which takes nothing
 * while something is left over, would never hear that the others have. */
void outbox_stop(struct outbox *o)
{
	static const struct to_io stop = { .kind = TO_IO_STOP };
	outbox_put(o, &stop);
	o->stopped = true;
}

void outbox_push(struct outbox *o)
{
	const struct to_io *item;
	while ((item = fifo_first(&o->over)) && queue_push(&o->io->from_core, item)) {
		fifo_drop(&o->over);
		o->pushed = true;
	}
}

bool outbox_is_overflowing(const struct outbox *o)
{
	return o->over.count > 0;
}

bool outbox_is_full(const struct outbox *o)
{
	return o->over.count >= OVERFLOW_MAX;
}

void outbox_wake(struct outbox *o)
{
	/* Whoever empties the queue from now on sees that we wait; what he emptied before, we see. */
	if (o->over.count > 0) {
		atomic_store(&o->io->core_waits, true);
		atomic_thread_fence(memory_order_seq_cst);
		outbox_push(o);
	}
	if (o->pushed)
		loop_wake(o->io->loop);
	o->pushed = false;
}
