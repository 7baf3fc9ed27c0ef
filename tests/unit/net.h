/* net.h: what the tests of src/net/ share: the conns of one thread, the other ends of their sockets,
 * and a clock that only the test moves. */
#ifndef TEAHOUSE_TESTS_NET_H
#define TEAHOUSE_TESTS_NET_H

#include "net/conn.h"

struct net {
	struct loop *loop;
	struct conn_set set;
	int64_t now_ms;
};

void net_open(struct net *n, size_t output_max);
/* All peers are closed by then. Checks that every chunk came back. */
void net_close(struct net *n);

/* One turn of an I/O thread: what is ready, what is due, one flush. */
void net_turn(struct net *n);
/* The same, ms later. */
void net_after(struct net *n, int64_t ms);
/* Turns until *count is not 0; gives up after 10 s without any event. */
void net_until(struct net *n, const size_t *count);

enum peer_kind {
	PEER_PACKETS, /* each write of the conn is read by itself */
	PEER_STREAM,  /* with little room in the kernel */
	PEER_TCP,     /* which can be reset */
};

/* A conn, what it was told, and the other end of its socket. */
struct peer {
	struct conn *conn;
	int fd;
	struct buf said; /* what the conn read */
	size_t greeted, ends, slows, gones;
	size_t slow_bytes; /* queued when it was told so */
	bool pauses;       /* stops reading whenever it has read something */
	bool finishes;     /* and this one ends then */
	char received[CHUNK_WRITE_BYTES * 2];
};

/* What peer_reads() answers when there are no bytes. */
#define NOTHING "(nothing)"
#define END "(end)"
#define RESET "(reset)"

/* Words for those who were too slow. */
#define TOO_SLOW "too slow\n"

void peer_open(struct net *n, struct peer *p, enum peer_kind kind);
/* Two conns at the ends of one socket, with little room in the kernel; neither has an fd here. */
void peer_open_pair(struct net *n, struct peer *a, struct peer *b);
void peer_close(struct peer *p);

void peer_says(struct peer *p, const char *text);
/* What one recv() gets, as a string that lasts until the next call. */
const char *peer_reads(struct peer *p);
/* Adds all that has come to b. true: that was the end. */
bool peer_reads_all(struct peer *p, struct buf *b);
/* Closes its end without a goodbye; the conn's socket is broken when this returns. PEER_TCP only. */
void peer_resets(struct peer *p);

/* conn_send() of a string. */
void say(struct peer *p, const char *text);

#endif
