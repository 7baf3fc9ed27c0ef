/* io.h: an I/O thread: its connections, their codecs, the rooms' members among them.
 *
 * It turns bytes into requests for the core, and what the core says into bytes; it decides nothing.
 * It never waits for the core: when the queue to it is full, it parses and reads no more and goes on
 * emptying the other one. With server.threads=0 there is no thread, and the core's loop calls
 * io_turn() itself. */
#ifndef TEAHOUSE_SERVER_IO_H
#define TEAHOUSE_SERVER_IO_H

#include "base/fifo.h"
#include "base/queue.h"
#include "net/conn.h"
#include "server/delivery.h"
#include "server/mail.h"

#include <pthread.h>

struct peer;

struct io_config {
	enum lang lang;
	int64_t register_timeout_ms;
	int64_t ping_interval_ms, ping_timeout_ms;
	unsigned line_rate; /* requests a second; 0: no limit */
	size_t output_max;
	size_t queue_slots;
	struct loop *core_loop; /* to be woken */
};

struct io {
	struct io_config config;
	struct loop *loop;
	struct conn_set conns;
	struct tls_config *tls; /* of new connections; NULL: nobody listens with TLS */
	struct queue from_core, to_core;
	/* The core could not push everything: it is woken when there is room again. And the reverse. */
	atomic_bool core_waits, io_waits;

	struct peer **by_slot;
	size_t by_slot_size;
	struct delivery delivery; /* to the rooms' members here */

	/* What the core is to be told once there is room: what cannot be held back, that is the end
	 * of a connection's input, that little is queued for it, and that it is gone. A few each. */
	struct fifo stuck; /* of struct to_core */
	struct peer *held; /* have unparsed input, and may try again */

	struct timer_list quiets, unnamed, rates, pings, pongs;
	struct buf rendered;
	int64_t now_ms;
	bool pushed; /* in this turn */
	bool stopping, stopped;
	int64_t stopping_since_ms;

	pthread_t thread;
	bool has_thread, owns_loop;
};

/* loop is NULL: it gets a loop and, with io_start(), a thread of its own. */
MUST_USE bool io_init(struct io *io, const struct io_config *config, struct loop *loop,
		      struct err *err);
/* After io_init() with no loop. */
MUST_USE bool io_start(struct io *io, struct err *err);
/* Waits for the thread, which ends after TO_IO_STOP. */
void io_done(struct io *io);

/* For a loop that has no thread of its own: once a turn, after the core's. */
void io_turn(struct io *io, int64_t now_ms);
/* How long the loop may wait before io_turn(), at most wait_ms (below 0: for ever). */
int io_wait(const struct io *io, int64_t now_ms, int wait_ms);

/* For peer.c: says something to the core, in order. */
void io_push(struct io *io, const struct to_core *item);
/* The core takes more: nothing is stuck. */
bool io_core_has_room(const struct io *io);

/* Frees what an item that will not be handled brought along. */
void to_io_drop(struct to_io *item);

#endif
