/* peer.h: a connection on its I/O thread, with its codec: how fast it may ask, what of its input has
 * to wait, how long it may take to give a nick, and how long it may be silent.
 *
 * A peer may have REQUEST_WINDOW requests that the core has not answered, and ask line_rate of them a
 * second. Beyond either, or while the core has no room, it is not parsed and not read; nothing is
 * lost. It lives until the core releases it, some time after its socket is closed.
 *
 * It has to give a nick in time, and time that it waits for answers does not count. From then on, if its protocol has pings, it is asked after some silence
 * whether it is still there, and let go unless it says something. */
#ifndef TEAHOUSE_SERVER_PEER_H
#define TEAHOUSE_SERVER_PEER_H

#include "server/io.h"

/* An idle connection pays for all of it (see switchboard.c), so what excludes each other shares a
 * timer. */
struct peer {
	struct io *io;
	conn_id id;
	struct conn *conn; /* NULL: it never could be watched */
	struct buf kept;   /* input not parsed yet: at most one read */
	struct timer
		alive; /* in io->unnamed until it has a nick; then io->pings, once asked io->pongs */
	struct timer pause; /* in io->quiets while nothing is kept; in io->rates while something is */
	int64_t rate_us;    /* when the next request would be due if it kept exactly to its rate */
	struct peer *next_held;
	/* How long something was owed, while its time for a nick ran; minus the present time, modulo 2^32, while
	 * something is. */
	uint32_t stood_ms;
	uint16_t window; /* requests that may still be asked */
	uint16_t owed;   /* asked while its time for a nick ran, and not answered */
	uint8_t why;     /* it is gone, or will be: TEXT_WHY_* of enum text */
	bool named;      /* has a nick */
	bool overdue;    /* its time for one is over */
	bool held;       /* in io->held */
	bool exempt;     /* from the rate */
};

/* The codec's half of it, in the same allocation. */
static inline struct wire *peer_wire(struct peer *p)
{
	return (struct wire *)(void *)(p + 1);
}

/* Of the conns, whose owners peers are. */
extern const struct conn_ops peer_conn_ops;

/* For item, a TO_IO_CONN, whose descriptor it takes. If that cannot be watched, the core is told that
 * the connection is gone. */
struct peer *peer_new(struct io *io, const struct to_io *item);
/* Closes it if it is open. */
void peer_free(struct peer *p);

/* Parses what was kept, if it may; reads on when nothing of it is left. */
void peer_feed(struct peer *p);

/* The core has answered count of its requests. */
void peer_credit(struct peer *p, size_t count);
/* The core has given it a nick, or answered a request without. */
void peer_entered(struct peer *p);
void peer_unnamed(struct peer *p);
/* The server stops. */
void peer_say_goodbye(struct peer *p);

/* What io's timer lists fire: its peers' pauses, their time for a nick, their rates, and the silences
 * before and after a ping. */
void peer_on_quiet(struct timer *t);
void peer_on_unnamed(struct timer *t);
void peer_on_rate(struct timer *t);
void peer_on_ping(struct timer *t);
void peer_on_pong(struct timer *t);

#endif
