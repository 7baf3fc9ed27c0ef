/* crowd.h: many IRC clients on one thread, who register, enter a room each, and answer PINGs.
 *
 * Clients are numbered from 0, and those of one room follow each other: client n is in room
 * n / room_size. They use nothing that RFC 2812 does not have unless they are told to, so any server
 * will do, as long as it is on this machine. Anything that a server refuses, and anyone it lets go,
 * is a fault. */
#ifndef TEAHOUSE_BENCH_CROWD_H
#define TEAHOUSE_BENCH_CROWD_H

#include "base/url.h"
#include "bench/heard.h"
#include "net/conn.h"

#define CROWD_ROOM_NAME 65 /* "#bench12345" or the one that was asked for, and its NUL */

struct crowd;

enum client_state { CLIENT_NEW, CLIENT_CONNECTED, CLIENT_JOINED, CLIENT_GONE };

struct client {
	struct conn *conn; /* NULL: before it connects, and when it is gone */
	struct crowd *crowd;
	struct buf part;    /* of a line whose end has not come yet */
	struct timer again; /* until it asks once more for a nick that was taken */
	unsigned number;
	enum client_state state;
	bool settling; /* waits for a PONG of crowd_settle() */
	bool stopped;  /* reads nothing: see crowd_stop() */
	/* The owner's, to be set before it comes in: */
	const char *caps;     /* IRCv3 capabilities that it asks for; NULL: none */
	const char *password; /* logs in with it, to the account of its nick; NULL: it does not */
	bool roomless;        /* enters no room */
	bool expendable;      /* to be let go is its own affair, and no fault */
};

struct crowd_ops {
	/* A PRIVMSG came: to whom, and its text. All lies in the input. */
	void (*text)(void *ctx, struct client *c, const struct heard *h, struct piece to,
		     struct piece text);
	/* A PONG to a PING that crowd_settle() did not send. NULL: nobody sends such. */
	void (*pong)(void *ctx, struct client *c, struct piece token);
	/* A BATCH begins or ends. NULL: nobody asks for what comes in batches. */
	void (*batch)(void *ctx, struct client *c, struct piece args);
};

struct crowd_options {
	const struct url *url; /* of a numeric loopback address */
	const char *room;      /* NULL: rooms #bench0, #bench1 ... */
	const char *nick;      /* what all nicks begin with; NULL: b */
	unsigned clients;      /* at most */
	unsigned room_size;
	unsigned at_once;            /* clients that are registering or joining at the same time */
	unsigned patience;           /* seconds without any progress after which it is given up */
	bool silent;                 /* shows no progress: another crowd does */
	const struct crowd_ops *ops; /* NULL: what is said is nobody's business */
	void *ctx;
};

/* NULL: reason in err. */
struct crowd *crowd_new(const struct crowd_options *options, struct err *err);
/* Resets all connections. NULL is fine. */
void crowd_free(struct crowd *crowd);

struct client *crowd_client(struct crowd *crowd, unsigned number);
void crowd_room_name(const struct crowd *crowd, unsigned room, char name[CROWD_ROOM_NAME]);

/* Brings clients in until there are count, all of them joined. */
MUST_USE bool crowd_enter(struct crowd *crowd, unsigned count, struct err *err);

/* Resets all connections at once. Who enters from now on may find its nick taken for a moment, and
 * asks again; crowd_retries() says how often that was. */
void crowd_cut(struct crowd *crowd);
unsigned crowd_retries(const struct crowd *crowd);

/* Says text in the client's own room, at the end of the turn. */
void crowd_say(struct client *c, const char *text, size_t len);
/* Asks for anything else: a line without its end. */
void crowd_ask(struct client *c, const char *line);

/* From now on the client reads nothing, until crowd_start(). */
void crowd_stop(struct client *c);
void crowd_start(struct client *c);

/* Waits until something can be read or written, or until_ns has come, or for 10 ms; does all of
 * that. The clock is probe_now_ns(). */
void crowd_turn(struct crowd *crowd, int64_t until_ns);

/* Returns when each client that reads has been answered a PING that was sent now: what the server had
 * for it before has come by then. */
MUST_USE bool crowd_settle(struct crowd *crowd, struct err *err);

/* When the input came that the owner is being told of; ns as probe_now_ns(). */
int64_t crowd_now_ns(const struct crowd *crowd);
/* What is being done, for who watches the terminal: a word or two. */
void crowd_phase(struct crowd *crowd, const char *phase);

/* The first complaint makes the crowd unwhole. */
void crowd_complain(struct crowd *crowd, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* false: somebody was let go or refused something, or there was a complaint; err has the first. */
bool crowd_is_whole(const struct crowd *crowd, struct err *err);

#endif
