/* conn.h: one TCP connection and its buffers, and all those of one I/O thread.
 *
 * It may speak TLS, which looks the same from above: what is sent waits for the handshake, a part of
 * OPEN that has TLS_HANDSHAKE_MS. Few steps of that are done in one turn, so that a thousand
 * newcomers do not hold up those who talk.
 *
 * A conn knows bytes and nothing of what they mean; its owner embeds nothing and is told through
 * conn_ops. Everything belongs to the thread of its conn_set.
 *
 *   OPEN ──conn_finish(), conn_drop()──▶ FINISHING ──all sent──▶ LINGERING ──EOF, 2 s──▶ CLOSED
 *     └────────────────────────────── reset, write error ──────────────────────────────────▲
 *
 * FINISHING sends what is queued and reads nothing; LINGERING has said its own end and discards what
 * still comes, so that the peer gets our last words instead of a reset; CLOSED has no socket, tells
 * gone() once, outside any walk, and waits for conn_free(). */
#ifndef TEAHOUSE_NET_CONN_H
#define TEAHOUSE_NET_CONN_H

#include "base/buf.h"
#include "base/err.h"
#include "net/arena.h"
#include "net/loop.h"
#include "net/output.h"
#include "net/timer.h"
#include "net/tls.h"

struct conn;
struct conn_set;

struct conn_ops {
	/* It speaks TLS, and the handshake is done: before any bytes. NULL: nobody asks. */
	void (*greeted)(struct conn *c);
	/* Bytes came; they are the scratch buffer's and gone after the call. */
	void (*bytes)(struct conn *c, const char *bytes, size_t len);
	/* The peer's end of input; it may still read. */
	void (*end)(struct conn *c);
	/* More than the ceiling is queued: the owner ends it with conn_drop(). */
	void (*slow)(struct conn *c, size_t queued_bytes);
	/* conn_when_low()'s answer. */
	void (*low)(struct conn *c);
	/* The socket is closed; c->broken tells whether it was reset, conn_tls_error() whether TLS
	 * failed. The last call; conn_free() is the owner's. */
	void (*gone)(struct conn *c);
};

/* A member's place in a group, so that leaving needs no search. See group.h. */
struct seat {
	struct group *group;
	size_t at;
};

enum conn_state { CONN_OPEN, CONN_FINISHING, CONN_LINGERING, CONN_CLOSED };

/* A connection that wants pauses between its writes, as the seed's client does. */
struct pace {
	struct timer timer;
	struct conn *conn;
	bool holding;
	size_t before_hold; /* bytes that still go before the next hold; 0: none is asked for */
};

/* An idle connection pays for all of it: see server/switchboard.c. */
struct conn {
	struct watch watch;
	struct conn_set *set;
	void *owner;
	struct tls *tls; /* NULL: plain */
	/* Of the handshake; then of the goodbye: when FINISHING or LINGERING, or broken. */
	struct timer timer;
	struct output output;
	struct pace *pace; /* NULL: written as fast as it reads */
	union {
		struct seat seat;   /* seat_size is 1, as for most: the only one */
		struct seat *seats; /* it is more */
	};
	struct conn *next; /* in its set's list dirty or closed */
	int fd;
	uint32_t stamp; /* of the last event, so that nobody gets it twice; see group.h */
	uint16_t seat_count, seat_size;
	uint8_t state;   /* enum conn_state; only conn_enter() writes it */
	uint8_t watched; /* loop events asked for */
	bool dirty, paused, ended;
	bool mid_line;   /* the last byte sent did not end a line */
	bool slow;       /* its ceiling is passed, or it was told so already */
	bool broken;     /* takes nothing any longer; what it sent before is still read */
	bool unwatched;  /* broken and paused: not in the loop, which would not let go of it */
	bool want_write; /* the kernel's buffer is full */
	bool ask_low;    /* conn_when_low() was called */
	bool greeting;   /* TLS: the handshake is under way */
};

struct conn_set {
	const struct conn_ops *ops;
	struct loop *loop;
	struct arena_pool pool;
	struct chunk *own; /* what goes to single connections */
	struct timer_list handshakes, goodbyes, holds, gaps;
	struct conn *dirty;  /* to be looked at in the next flush */
	struct conn *closed; /* to be told gone() */
	struct group *touched;
	struct buf rendered; /* group.c's, kept so that it allocates nothing per event */
	int64_t now_ms;
	size_t output_max; /* bytes queued for one conn */
	uint32_t stamp;
	unsigned handshake_steps; /* that may still be done in this turn */
	char scratch[READ_BYTES];
	char record[TLS_RECORD_BYTES]; /* being gathered, while somebody may still read scratch */
};

/* ops: what its owners are told. output_max: bytes that may be queued for one connection. */
void conn_set_init(struct conn_set *set, struct loop *loop, const struct conn_ops *ops,
		   size_t output_max);
/* All its conns are freed by then. */
void conn_set_done(struct conn_set *set);

/* Takes fd (non-blocking) and reads from it. NULL: fd is closed, reason in err. */
struct conn *conn_new(struct conn_set *set, int fd, void *owner, struct err *err);
/* Closes without a goodbye if it must; NULL is fine. Not inside a call from the conn or its loop. */
void conn_free(struct conn *c);

/* Right after conn_new(), before anything is said: it speaks TLS, as server or client. On failure it
 * stays as it was. */
MUST_USE bool conn_set_tls(struct conn *c, struct tls_config *config, struct err *err);
/* Why TLS failed, for the log; NULL: it did not, or is not spoken. */
const char *conn_tls_error(const struct conn *c);

/* Once greeted(): see tls_peer_fingerprint(). false: it showed no certificate. */
bool conn_fingerprint(const struct conn *c, char text[TLS_PEER_FINGERPRINT_SIZE]);

/* It is open, not broken, and not too slow: what is sent to it is kept. */
bool conn_takes(const struct conn *c);

/* Queues bytes, sent at the turn's end. Silently nothing unless conn_takes(). */
void conn_send(struct conn *c, const char *bytes, size_t len);
/* The same for a range of a chunk of this set: what group.c does for each member. */
void conn_send_range(struct conn *c, struct range r);

/* Something of what was sent is still here. */
bool conn_has_output(const struct conn *c);

/* Calls ops->low() once, in a flush, when no more than a quarter of the ceiling is queued. */
void conn_when_low(struct conn *c);

/* Stops reading, and goes on. */
void conn_pause(struct conn *c);
/* What came meanwhile is read in the next turn. */
void conn_resume(struct conn *c);

/* From now on: writes of at most CHUNK_WRITE_BYTES, ending between two characters, CHUNK_GAP_MS
 * apart. */
void conn_set_pace(struct conn *c);
/* What is queued by now may go; what comes later waits CHUNK_HOLD_MS. Only for those with a pace. */
void conn_hold(struct conn *c);

/* Ends it after what is queued. */
void conn_finish(struct conn *c);
/* Ends it now: the rest of the line under way, last_words (may be empty), nothing else. */
void conn_drop(struct conn *c, const char *last_words, size_t len);

/* One write for every conn that has something to send, then gone() for those that closed. Once a
 * turn, outside loop_wait(). */
void conn_set_flush(struct conn_set *set, int64_t now_ms);

/* Runs what is due; then says how long loop_wait() may take, at most wait_ms (below 0: for ever). */
void conn_set_timers(struct conn_set *set, int64_t now_ms);
int conn_set_wait(const struct conn_set *set, int64_t now_ms, int wait_ms);

#endif
