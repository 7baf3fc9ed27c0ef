/* crowd.h: many IRC clients on one thread, who register, enter a room each, and answer PINGs.
 *
 * Clients are numbered from 0, and those of one room follow each other: client n is in room
 * n / room_size. They use nothing that RFC 2812 does not have, so any server will do, as long as it
 * is on this machine. Anything that a server refuses, and anyone it lets go, is a fault. */
#ifndef TEAHOUSE_BENCH_CROWD_H
#define TEAHOUSE_BENCH_CROWD_H

#include "base/url.h"
#include "net/conn.h"

#define CROWD_ROOM_NAME 16 /* "#bench12345" and its NUL */

struct crowd;

enum client_state { CLIENT_NEW, CLIENT_CONNECTED, CLIENT_JOINED, CLIENT_GONE };

struct client {
	struct conn *conn; /* NULL: before it connects, and when it is gone */
	struct crowd *crowd;
	struct buf part; /* of a line whose end has not come yet */
	unsigned number;
	enum client_state state;
};

/* A PRIVMSG came: to whom, and its text. Both lie in the input, without a NUL. */
typedef void crowd_text(void *ctx, struct client *c, const char *to, size_t to_len,
			const char *text, size_t text_len);

struct crowd_options {
	const struct url *url; /* of a numeric loopback address */
	unsigned clients;      /* at most */
	unsigned room_size;
	unsigned at_once;  /* clients that are registering or joining at the same time */
	unsigned patience; /* seconds without any progress after which it is given up */
	crowd_text *on_text;
	void *ctx;
};

/* NULL: reason in err. */
struct crowd *crowd_new(const struct crowd_options *options, struct err *err);
/* Resets all connections. NULL is fine. */
void crowd_free(struct crowd *crowd);

struct client *crowd_client(struct crowd *crowd, unsigned number);
void crowd_room_name(unsigned room, char name[CROWD_ROOM_NAME]);

/* Brings clients in until there are count, all of them joined. */
MUST_USE bool crowd_enter(struct crowd *crowd, unsigned count, struct err *err);

/* Says text in the client's own room, at the end of the turn. */
void crowd_say(struct client *c, const char *text, size_t len);

/* Waits for at most wait_ms until something can be read or written, and does all of that. */
void crowd_turn(struct crowd *crowd, int wait_ms);

/* Returns when each client has been answered a PING that was sent now: what the server had for it
 * before has come by then. */
MUST_USE bool crowd_settle(struct crowd *crowd, struct err *err);

/* When the input came that on_text() is being told of; ns as probe_now_ns(). */
int64_t crowd_now_ns(const struct crowd *crowd);

/* false: somebody was let go or refused something; err says what the server said first. */
bool crowd_is_whole(const struct crowd *crowd, struct err *err);

#endif
