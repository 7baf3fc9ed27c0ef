/* outbox.h: what the core thread has for one I/O thread: its queue, and what does not fit there.
 *
 * The core never waits for an I/O thread, which may be slow but always empties its queue. While
 * something is left over, the core takes no more requests: so what is left over is bounded by what
 * was in flight. Core thread. */
#ifndef TEAHOUSE_SERVER_OUTBOX_H
#define TEAHOUSE_SERVER_OUTBOX_H

#include "base/fifo.h"
#include "server/mail.h"

struct io;

struct outbox {
	struct io *io;
	size_t conns;     /* connections given to it and not released yet */
	struct fifo over; /* of struct to_io: what does not fit */
	bool pushed;      /* in this turn */
	bool stopped;     /* its thread is told to end, and takes no more */
};

/* io outlives it. */
void outbox_init(struct outbox *o, struct io *io);
/* Frees what is left over, too. */
void outbox_done(struct outbox *o);

/* Puts item into the queue, or behind what is left over; drops it after outbox_stop(). */
void outbox_put(struct outbox *o, const struct to_io *item);
/* The thread says goodbye to all its connections and ends, when it has taken all from before. */
void outbox_stop(struct outbox *o);

/* Moves what is left over into the queue, as far as it fits. */
void outbox_push(struct outbox *o);
/* Something is left over. */
bool outbox_is_overflowing(const struct outbox *o);
/* OVERFLOW_MAX is reached: even what is on disk waits to be applied. */
bool outbox_is_full(const struct outbox *o);

/* At the turn's end: wakes the I/O thread if there is something for it, and sees to it that the core
 * is woken when there is room for what is left over. */
void outbox_wake(struct outbox *o);

#endif
