/* link.h: the client's connection: finds the server, connects, and says why it could not.
 *
 * Every address that the host's name has is tried, each for CONNECT_MS at most. Finding them waits for
 * the resolver; nothing else waits. One thread. */
#ifndef TEAHOUSE_CLIENT_LINK_H
#define TEAHOUSE_CLIENT_LINK_H

#include "net/conn.h"

#define CONNECT_MS 10000

struct addrinfo;

struct link_ops {
	void *ctx;
	void (*opened)(void *ctx);
	void (*bytes)(void *ctx, const char *bytes, size_t len);
	/* It is closed, or never was open; why is a sentence. The last call. */
	void (*closed)(void *ctx, const char *why);
};

struct link {
	struct link_ops ops;
	struct loop *loop;
	struct conn_set set;
	struct conn *conn;             /* NULL: not open */
	struct addrinfo *found, *next; /* addresses, and those not tried yet */
	struct watch connecting;
	int fd; /* being connected; -1: none */
	int64_t until_ms;
	struct err why; /* of the last address that failed */
	bool over;      /* closed() is due */
};

void link_init(struct link *l, struct loop *loop, const struct link_ops *ops);
void link_done(struct link *l);

/* Starts; opened() or closed() follows, not within the call. It is closed by now. */
void link_open(struct link *l, const char *host, const char *port, int64_t now_ms);
/* Nothing unless it is open. */
void link_send(struct link *l, const char *bytes, size_t len);
/* Ends it after what was sent; closed() is told why. */
void link_finish(struct link *l, const char *why);

/* Once a turn, behind loop_wait(). */
void link_turn(struct link *l, int64_t now_ms);
/* How long the loop may wait, at most wait_ms (below 0: for ever). */
int link_wait(const struct link *l, int64_t now_ms, int wait_ms);

#endif
