#include "client/link.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_bytes(struct conn *c, const char *bytes, size_t len)
{
	struct link *l = c->owner;
	l->ops.bytes(l->ops.ctx, bytes, len);
}

static void on_end(struct conn *c)
{
	struct link *l = c->owner;
	err_set(&l->why, ERR_CLOSED, "closed by the other end");
	conn_finish(c);
}

static void on_slow(struct conn *c, size_t queued)
{
	struct link *l = c->owner;
	(void)queued;
	err_set(&l->why, ERR_LIMIT, "it takes nothing");
	conn_drop(c, "", 0);
}

static void on_low(struct conn *c)
{
	(void)c;
}

static void on_gone(struct conn *c)
{
	struct link *l = c->owner;
	if (l->why.code == ERR_NONE)
		err_set(&l->why, ERR_CLOSED, c->broken ? "connection reset" : "closed");
	l->over = true;
}

static const struct conn_ops conn_ops = {
	.bytes = on_bytes,
	.end = on_end,
	.slow = on_slow,
	.low = on_low,
	.gone = on_gone,
};

/* ---- connecting ---- */

static void stop_connecting(struct link *l)
{
	if (l->fd < 0)
		return;
	loop_del(l->loop, l->fd);
	close(l->fd);
	l->fd = -1;
}

static void try_next(struct link *l, int64_t now_ms);

static void adopt(struct link *l)
{
	int fd = l->fd;
	loop_del(l->loop, fd);
	l->fd = -1;
	l->conn = conn_new(&l->set, fd, l, &l->why);
	if (l->conn)
		l->ops.opened(l->ops.ctx);
	else
		l->over = true;
}

static void on_ready(struct watch *w, unsigned events)
{
	struct link *l = CONTAINER_OF(w, struct link, connecting);
	int error = 0;
	socklen_t size = sizeof(error);
	(void)events;
	if (l->fd < 0)
		return;
	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
		adopt(l);
		return;
	}
	err_set(&l->why, ERR_IO, "%s", strerror(error));
	stop_connecting(l);
	try_next(l, loop_now(l->loop));
}

static bool start(struct link *l, const struct addrinfo *a)
{
	const int on = 1;
	l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return err_errno(&l->why, "no socket");
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(l->fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS) {
		err_set(&l->why, ERR_IO, "%s", strerror(errno));
	} else if (loop_add(l->loop, l->fd, LOOP_WRITE, &l->connecting, &l->why)) {
		return true;
	}
	close(l->fd);
	l->fd = -1;
	return false;
}

static void try_next(struct link *l, int64_t now_ms)
{
	while (l->next) {
		const struct addrinfo *a = l->next;
		l->next = a->ai_next;
		l->until_ms = now_ms + CONNECT_MS;
		if (start(l, a))
			return;
	}
	l->over = true;
}

void link_open(struct link *l, const char *host, const char *port, int64_t now_ms)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	assert(!l->conn && l->fd < 0);
	if (l->found)
		freeaddrinfo(l->found);
	l->found = l->next = NULL;
	l->why = (struct err){ 0 };
	int gai = getaddrinfo(host, port, &hints, &l->found);
	if (gai != 0) {
		err_set(&l->why, ERR_IO, "%s", gai_strerror(gai));
		l->over = true;
		return;
	}
	l->next = l->found;
	try_next(l, now_ms);
}

/* ---- open ---- */

void link_send(struct link *l, const char *bytes, size_t len)
{
	if (l->conn)
		conn_send(l->conn, bytes, len);
}

void link_finish(struct link *l, const char *why)
{
	err_set(&l->why, ERR_CLOSED, "%s", why);
	stop_connecting(l);
	if (l->conn)
		conn_finish(l->conn);
	else
		l->over = true;
}

void link_turn(struct link *l, int64_t now_ms)
{
	if (l->fd >= 0 && now_ms >= l->until_ms) {
		err_set(&l->why, ERR_IO, "no answer");
		stop_connecting(l);
		try_next(l, now_ms);
	}
	conn_set_timers(&l->set, now_ms);
	conn_set_flush(&l->set, now_ms);
	if (!l->over)
		return;
	l->over = false;
	conn_free(l->conn);
	l->conn = NULL;
	l->ops.closed(l->ops.ctx, l->why.text);
}

int link_wait(const struct link *l, int64_t now_ms, int wait_ms)
{
	if (l->over)
		return 0;
	wait_ms = conn_set_wait(&l->set, now_ms, wait_ms);
	if (l->fd < 0)
		return wait_ms;
	int64_t left = l->until_ms > now_ms ? l->until_ms - now_ms : 0;
	return wait_ms < 0 || left < wait_ms ? (int)left : wait_ms;
}

void link_init(struct link *l, struct loop *loop, const struct link_ops *ops)
{
	*l = (struct link){ .ops = *ops, .loop = loop, .fd = -1 };
	l->connecting.ready = on_ready;
	conn_set_init(&l->set, loop, &conn_ops, OUTPUT_BYTES_MAX);
}

void link_done(struct link *l)
{
	stop_connecting(l);
	conn_free(l->conn);
	l->conn = NULL;
	if (l->found)
		freeaddrinfo(l->found);
	conn_set_flush(&l->set, 0);
	conn_set_done(&l->set);
}
