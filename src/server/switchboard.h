/* switchboard.h: which connection is on which I/O thread, and what the core has to say to it.
 *
 * A connection is named by a slot and a generation. Its slot is used again only after its dialog has
 * ended and its I/O thread was told so; whatever is still said to an old generation is dropped there.
 * Core thread. */
#ifndef TEAHOUSE_SERVER_SWITCHBOARD_H
#define TEAHOUSE_SERVER_SWITCHBOARD_H

#include "server/io.h"
#include "server/outbox.h"

struct switchboard_conn {
	union {
		struct dialog *dialog; /* NULL: not yet */
		uint32_t next_free;
	};
	uint32_t generation; /* of the present connection here, or the next */
	uint16_t io;
	bool free;
};

#define SLOT_NONE UINT32_MAX

struct switchboard {
	struct io *ios;
	struct outbox *outboxes; /* one for each of ios */
	size_t io_count;
	struct switchboard_conn *conns;
	size_t conn_slots, conn_slots_size;
	uint32_t first_free; /* SLOT_NONE: all are in use */
};

/* Makes the I/O threads' state: threads of them with loops of their own, or, for 0, one in core_loop.
 * switchboard_done() is due even after a failure. */
MUST_USE bool switchboard_init(struct switchboard *s, size_t threads,
			       const struct io_config *config, struct err *err);
/* Starts the threads. */
MUST_USE bool switchboard_start(struct switchboard *s, struct err *err);
/* Ends the dialogs that are left, waits for the threads (which were told to stop), frees all. */
void switchboard_done(struct switchboard *s);

/* A new connection fd: takes a slot on the thread with the fewest, whose dialog is the caller's to set
 * in switchboard_conn() before the turn ends. */
conn_id switchboard_connect(struct switchboard *s, const struct protocol *p, int fd, bool exempt);
/* NULL: it has ended. */
struct switchboard_conn *switchboard_conn(struct switchboard *s, conn_id conn);

/* What is said through these arrives in the order of the calls; ctx is the switchboard. */
struct outlet switchboard_outlet(struct switchboard *s);
/* As chat_ports have them. */
void switchboard_deliver(struct switchboard *s, struct event *e);
void switchboard_put_member(struct switchboard *s, uint32_t room_slot, conn_id conn,
			    unsigned variant);
void switchboard_remove_member(struct switchboard *s, uint32_t room_slot, conn_id conn);

/* From now on, new connections with TLS have config; NULL: nothing changes. */
void switchboard_set_tls(struct switchboard *s, struct tls_config *config);

/* What the server says of itself has changed: each dialog is told how it was. */
void switchboard_tell_about(struct switchboard *s, const struct about *before);

/* All threads say goodbye and end. */
void switchboard_stop(struct switchboard *s);

/* Something did not fit into a queue: the core asks for no more. And OVERFLOW_MAX is reached. */
bool switchboard_is_overflowing(const struct switchboard *s);
bool switchboard_is_full(const struct switchboard *s);

/* At a turn's beginning: what was left over goes first. At its end: wakes whom it has something for. */
void switchboard_push(struct switchboard *s);
void switchboard_wake(struct switchboard *s);

#endif
