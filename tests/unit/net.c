#include "tests/unit/net.h"

#include "base/clock.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static size_t free_chunks(const struct arena_pool *pool)
{
	size_t count = 0;
	for (const struct chunk *c = pool->free; c; c = c->next_free)
		count++;
	return count;
}

void net_close(struct net *n)
{
	conn_set_flush(&n->set, n->now_ms);
	CHECK_EQ(n->set.own, NULL, "nobody points into the conns' own chunk any longer");
	CHECK_EQ(n->set.pool.free_count, free_chunks(&n->set.pool),
		 "chunks given back are counted");
	conn_set_done(&n->set);
	loop_free(n->loop);
}

void net_turn(struct net *n)
{
	loop_wait(n->loop, 0);
	conn_set_timers(&n->set, n->now_ms);
	conn_set_flush(&n->set, n->now_ms);
}

void net_after(struct net *n, int64_t ms)
{
	n->now_ms += ms;
	net_turn(n);
}

void net_until(struct net *n, const size_t *count)
{
	for (int turns = 0; turns < 1000 && *count == 0; turns++) {
		loop_wait(n->loop, conn_set_wait(&n->set, n->now_ms, 10000));
		conn_set_timers(&n->set, n->now_ms);
		conn_set_flush(&n->set, n->now_ms);
	}
	CHECK(*count > 0);
}

static void on_bytes(struct conn *c, const char *bytes, size_t len)
{
	struct peer *p = c->owner;
	buf_add(&p->said, bytes, len);
	if (p->pauses)
		conn_pause(c);
	if (p->finishes)
		conn_finish(c);
}

static void on_greeted(struct conn *c)
{
	struct peer *p = c->owner;
	p->greeted++;
}

static void on_end(struct conn *c)
{
	((struct peer *)c->owner)->ends++;
}

static void on_slow(struct conn *c, size_t queued_bytes)
{
	struct peer *p = c->owner;
	p->slows++;
	p->slow_bytes = queued_bytes;
	conn_drop(c, TOO_SLOW, strlen(TOO_SLOW));
}

static void on_gone(struct conn *c)
{
	((struct peer *)c->owner)->gones++;
}

static const struct conn_ops ops = {
	.bytes = on_bytes,
	.greeted = on_greeted,
	.end = on_end,
	.slow = on_slow,
	.gone = on_gone,
};

void net_open(struct net *n, size_t output_max)
{
	struct err err;
	n->loop = loop_new(&err);
	must(n->loop != NULL, "loop_new");
	conn_set_init(&n->set, n->loop, &ops, output_max);
	/* The loop brings the true time along, so it must not be far from that. */
	n->now_ms = n->set.now_ms = clock_monotonic_ms();
}

static void open_tcp(int ends[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	must(listener >= 0 && bind(listener, (struct sockaddr *)&at, len) == 0 &&
		     listen(listener, 1) == 0 &&
		     getsockname(listener, (struct sockaddr *)&at, &len) == 0,
	     "listen");
	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	must(connect(ends[1], (struct sockaddr *)&at, len) == 0, "connect");
	ends[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	must(ends[0] >= 0, "accept4");
	close(listener);
}

void peer_open(struct net *n, struct peer *p, enum peer_kind kind)
{
	int ends[2], type = kind == PEER_PACKETS ? SOCK_SEQPACKET : SOCK_STREAM;
	struct err err;

	*p = (struct peer){ 0 };
	if (kind == PEER_TCP)
		open_tcp(ends);
	else
		must(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends) == 0, "socketpair");
	if (kind == PEER_STREAM)
		must(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &(int){ 8192 }, sizeof(int)) == 0,
		     "SO_SNDBUF");
	p->fd = ends[1];
	p->conn = conn_new(&n->set, ends[0], p, &err);
	must(p->conn != NULL, "conn_new");
}

void peer_open_pair(struct net *n, struct peer *a, struct peer *b)
{
	struct err err;
	peer_open(n, a, PEER_STREAM);
	*b = (struct peer){ .fd = -1 };
	must(setsockopt(a->fd, SOL_SOCKET, SO_SNDBUF, &(int){ 8192 }, sizeof(int)) == 0,
	     "SO_SNDBUF");
	b->conn = conn_new(&n->set, a->fd, b, &err);
	must(b->conn != NULL, "conn_new");
	a->fd = -1;
}

void peer_close(struct peer *p)
{
	conn_free(p->conn);
	p->conn = NULL;
	buf_done(&p->said);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void peer_says(struct peer *p, const char *text)
{
	size_t len = strlen(text);
	must(send(p->fd, text, len, MSG_NOSIGNAL) == (ssize_t)len, "send");
}

const char *peer_reads(struct peer *p)
{
	ssize_t n = recv(p->fd, p->received, sizeof(p->received) - 1, MSG_DONTWAIT);
	if (n > 0) {
		p->received[n] = '\0';
		return p->received;
	}
	if (n == 0)
		return END;
	return errno == EAGAIN ? NOTHING : RESET;
}

bool peer_reads_all(struct peer *p, struct buf *b)
{
	char bytes[4096];
	ssize_t n;
	while ((n = recv(p->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		buf_add(b, bytes, (size_t)n);
	return n == 0;
}

void peer_resets(struct peer *p)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct pollfd broken = { .fd = p->conn->fd };
	must(setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0, "SO_LINGER");
	close(p->fd);
	p->fd = -1;
	must(poll(&broken, 1, 10000) == 1 && (broken.revents & POLLHUP), "a reset");
}

void say(struct peer *p, const char *text)
{
	conn_send(p->conn, text, strlen(text));
}
