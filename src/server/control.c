#include "server/control.h"

#include "server/control_client.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 16
#define CONN_SLOT UINT32_MAX /* of conn_ids: no connection of the switchboard has it */

/* ---- answering ---- */

static void client_end(struct client *c)
{
	if (c->state == CLIENT_FREE)
		return;
	loop_del(c->all->loop, c->fd);
	close(c->fd);
	session_close(&c->session);
	sodium_memzero(c->line, sizeof(c->line));
	sodium_memzero(c->code, sizeof(c->code));
	c->state = CLIENT_FREE;
}

/* It is the first that is ever sent there, so the kernel has room for it. */
void client_answer(struct client *c, bool ok, const char *fmt, ...)
{
	char line[CONTROL_LINE_BYTES_MAX];
	va_list args;
	int head = snprintf(line, sizeof(line), "%s ", ok ? "ok" : "no");
	va_start(args, fmt);
	vsnprintf(line + head, sizeof(line) - (size_t)head - 1, fmt, args);
	va_end(args);
	size_t len = strlen(line);
	line[len++] = '\n';
	ssize_t ignored = send(c->fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	client_end(c);
}

/* ---- a line ---- */

static void client_read(struct client *c)
{
	ssize_t n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_end(c);
		return;
	}
	c->len += (size_t)n;
	if (memchr(c->line, '\n', c->len))
		c->state = CLIENT_ASKING;
	else if (c->len == sizeof(c->line))
		client_answer(c, false, "a request has at most %d bytes", CONTROL_LINE_BYTES_MAX);
}

/* What it asked is done all the same. */
static void client_watch_end(struct client *c)
{
	char more;
	ssize_t n = recv(c->fd, &more, 1, MSG_DONTWAIT);
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		client_end(c);
}

static void on_client(struct watch *w, unsigned events)
{
	struct client *c = CONTAINER_OF(w, struct client, watch);
	(void)events;
	switch (c->state) {
	case CLIENT_FREE: /* in the same wait */
		return;
	case CLIENT_READING:
		client_read(c);
		return;
	case CLIENT_ASKING:
	case CLIENT_WORKING:
		client_watch_end(c);
		return;
	}
}

/* ---- coming ---- */

static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static struct client *free_client(struct control_socket *all)
{
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++)
		if (all->clients[i].state == CLIENT_FREE)
			return &all->clients[i];
	return NULL;
}

static void client_begin(struct control_socket *all, struct client *c, int fd)
{
	conn_id conn = (conn_id)all->next_generation++ << 32 | CONN_SLOT;
	*c = (struct client){ .watch.ready = on_client, .all = all, .fd = fd };
	if (!loop_add(all->loop, fd, LOOP_READ, &c->watch, NULL)) {
		close(fd);
		return;
	}
	session_open(&c->session, all->chat, &control_session_ops, conn, "");
	c->state = CLIENT_READING;
	c->until_ms = loop_now(all->loop) + CONTROL_LINE_MS;
}

/* Or the loop would find it ready again at once, for as long as there is no descriptor. */
static void rest(struct control_socket *all, int64_t until_ms)
{
	all->rests_until_ms = until_ms;
	loop_mod(all->loop, all->fd, until_ms ? 0 : LOOP_READ, &all->watch);
}

static void on_connection(struct watch *w, unsigned events)
{
	static const char busy[] = "no the server is busy, please try again\n";
	struct control_socket *all = CONTAINER_OF(w, struct control_socket, watch);
	int fd = accept4(all->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	(void)events;
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			rest(all, loop_now(all->loop) + ACCEPT_RETRY_MS);
		return;
	}
	struct client *c = may_ask(fd) ? free_client(all) : NULL;
	if (c) {
		client_begin(all, c, fd);
		return;
	}
	ssize_t ignored = send(fd, busy, strlen(busy), MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	close(fd);
}

void control_turn(struct control_socket *all, int64_t now_ms)
{
	if (all->rests_until_ms && now_ms >= all->rests_until_ms)
		rest(all, 0);
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		struct client *c = &all->clients[i];
		if (c->state == CLIENT_READING && now_ms >= c->until_ms)
			client_end(c);
		if (c->state == CLIENT_ASKING)
			client_run(c);
	}
}

int control_wait(const struct control_socket *all, int64_t now_ms)
{
	int64_t until_ms = all->rests_until_ms;
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		const struct client *c = &all->clients[i];
		if (c->state == CLIENT_READING && (!until_ms || c->until_ms < until_ms))
			until_ms = c->until_ms;
	}
	if (!until_ms)
		return -1;
	return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

bool control_has(conn_id cookie)
{
	return (uint32_t)cookie == CONN_SLOT;
}

/* ---- making and ending ---- */

/* For this user alone from the moment it is there. */
static bool control_bind(struct control_socket *all, const char *dir, struct err *err)
{
	struct control_address address;
	if (!control_address(dir, &address, err))
		return false;
	mode_t before = umask(0177);
	bool ok = (unlink(all->path) == 0 || errno == ENOENT) &&
		  bind(all->fd, (const struct sockaddr *)&address.un, sizeof(address.un)) == 0 &&
		  listen(all->fd, BACKLOG) == 0;
	if (!ok)
		err_errno(err, "cannot listen on %s", all->path);
	umask(before);
	control_address_done(&address);
	return ok;
}

struct control_socket *control_open(const char *dir, struct loop *loop, struct chat *chat,
				    struct credentials *credentials, struct err *err)
{
	struct control_socket *all = xcalloc(1, sizeof(*all));
	all->watch.ready = on_connection;
	all->loop = loop;
	all->chat = chat;
	all->credentials = credentials;
	all->next_generation = 1;
	snprintf(all->path, sizeof(all->path), "%s/control.sock", dir);
	all->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (all->fd < 0)
		err_errno(err, "cannot make a socket");
	else if (control_bind(all, dir, err) &&
		 loop_add(loop, all->fd, LOOP_READ, &all->watch, err))
		return all;
	if (all->fd >= 0)
		close(all->fd);
	free(all);
	return NULL;
}

void control_close(struct control_socket *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++)
		client_end(&all->clients[i]);
	loop_del(all->loop, all->fd);
	close(all->fd);
	unlink(all->path);
	free(all);
}
