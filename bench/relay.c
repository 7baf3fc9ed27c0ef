/* relay.c: teahouse-relay, which passes on what is said and does nothing else: how fast a chat server
 * could be on this machine. It understands of IRC what the load generator says.
 *
 *     send     one send() per delivery, at once: what a server pays that gathers nothing
 *     writev   one writev() per connection and turn, of references to lines that are held once; each
 *              line is a piece of its own, also where neighbours could be merged
 *     room     one buffer per room and turn, one send() of all of it per member; whoever spoke gets
 *              what lies between his own lines
 *
 * A turn reads what is there, READ_BYTES of each connection at most, and then sends. Nothing of
 * src/net/ is in it: a yardstick must not depend on what it measures. */
#include "bench/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 1024
#define CONNS_MAX (1 << 20)

static const char *const mode_names[] = { "send", "writev", "room" };

/* ---- connections ---- */

/* Keeps what is no whole line yet until the rest comes. false: it is too long. */
static bool conn_keep(struct conn *c, const char *bytes, size_t len)
{
	if (len > PART_MAX)
		return false;
	if (len > 0) {
		c->part = xrealloc(c->part, len, 1);
		memcpy(c->part, bytes, len);
	} else if (c->part) {
		free(c->part);
		c->part = NULL;
	}
	c->part_len = (uint16_t)len;
	return true;
}

static void conn_read(struct relay *r, struct conn *c)
{
	if (c->part)
		memcpy(r->input, c->part, c->part_len);
	ssize_t n = recv(c->fd, r->input + c->part_len, READ_BYTES, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		conn_leave(r, c);
		return;
	}
	const char *at = r->input, *end = at + c->part_len + n, *newline;
	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		conn_line(r, c, at, (size_t)(newline - at));
		at = newline + 1;
	}
	if (!conn_keep(c, at, (size_t)(end - at)))
		conn_leave(r, c);
}

static void conn_free(struct conn *c)
{
	room_remove(c);
	queue_done(&c->queue);
	free(c->part);
	close(c->fd);
	free(c);
}

static bool listener_watch(struct relay *r, int how)
{
	struct epoll_event event = { .events = EPOLLIN }; /* ptr NULL: the listener */
	r->is_resting = how == EPOLL_CTL_DEL;
	return epoll_ctl(r->epoll_fd, how, r->listen_fd, &event) == 0;
}

static void relay_accept(struct relay *r)
{
	int fd;
	while ((fd = accept4(r->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if ((size_t)fd >= r->conns_size) {
			close(fd);
			continue;
		}
		struct conn *c = xcalloc(1, sizeof(*c));
		c->fd = fd;
		r->conns[fd] = c;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		conn_watch(r, c, EPOLL_CTL_ADD, EPOLLIN);
	}
	if (errno == EMFILE || errno == ENFILE)
		listener_watch(r, EPOLL_CTL_DEL);
}

/* ---- the turn ---- */

static void relay_flush(struct relay *r)
{
	while (r->talking) {
		struct room *room = r->talking;
		r->talking = room->next_talking;
		room->is_talking = false;
		room_flush(r, room);
	}
	while (r->touched) {
		struct conn *c = r->touched;
		if (!c->gone && !c->waiting)
			conn_flush(r, c);
		r->touched = c->next_touched; /* it is the first still: it was touched before */
		c->touched = false;
		if (!c->gone)
			continue;
		r->conns[c->fd] = NULL;
		conn_free(c);
		if (r->is_resting)
			listener_watch(r, EPOLL_CTL_ADD);
	}
}

static void relay_turn(struct relay *r, const sigset_t *mask)
{
	struct epoll_event events[EVENTS_MAX];
	if (r->block->refs == 1)
		r->block->used = 0;
	int count = epoll_pwait(r->epoll_fd, events, EVENTS_MAX, -1, mask);
	for (int i = 0; i < count; i++) {
		struct conn *c = events[i].data.ptr;
		if (!c) {
			relay_accept(r);
			continue;
		}
		if (events[i].events & EPOLLOUT && !c->gone)
			conn_flush(r, c);
		if (events[i].events & ~(uint32_t)EPOLLOUT && !c->gone)
			conn_read(r, c);
	}
	relay_flush(r);
}

/* ---- from start to end ---- */

static volatile sig_atomic_t has_to_end;

static void on_signal(int number)
{
	(void)number;
	has_to_end = 1;
}

/* Signals come only while it waits: *ret_mask is the mask of that. */
static void signals_set(sigset_t *ret_mask)
{
	sigset_t blocked;
	const struct sigaction action = { .sa_handler = on_signal };
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, ret_mask);
	sigdelset(ret_mask, SIGTERM);
	sigdelset(ret_mask, SIGINT);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool relay_listen(struct relay *r, unsigned port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (r->epoll_fd < 0 || r->listen_fd < 0 ||
	    setsockopt(r->listen_fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0 ||
	    bind(r->listen_fd, (struct sockaddr *)&address, len) < 0 ||
	    listen(r->listen_fd, ACCEPT_BACKLOG) < 0 || !listener_watch(r, EPOLL_CTL_ADD) ||
	    getsockname(r->listen_fd, (struct sockaddr *)&address, &len) < 0) {
		fprintf(stderr, "teahouse-relay: cannot listen on port %u: %s\n", port,
			strerror(errno));
		return false;
	}
	printf("listening on 127.0.0.1:%u\nready\n", ntohs(address.sin_port));
	fflush(stdout);
	return true;
}

static const void *room_key(const void *value, size_t *ret_len)
{
	const struct room *room = value;
	*ret_len = strlen(room->name);
	return room->name;
}

static void relay_init(struct relay *r)
{
	unsigned char secret[TABLE_SECRET_BYTES];
	struct rlimit files = { 0 };
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	r->conns_size = files.rlim_cur < CONNS_MAX ? files.rlim_cur : CONNS_MAX;
	r->conns = xcalloc(r->conns_size, sizeof(*r->conns));
	randombytes_buf(secret, sizeof(secret));
	table_init(&r->room_by_name, secret, room_key);
	r->block = block_take();
}

static void relay_done(struct relay *r)
{
	for (size_t i = 0; i < r->conns_size; i++)
		if (r->conns[i])
			conn_free(r->conns[i]);
	for (struct room *next, *room = r->rooms; room; room = next) {
		next = room->next;
		free(room->members);
		free(room->said);
		free(room);
	}
	table_done(&r->room_by_name);
	free(r->conns);
	block_unref(r->block);
	blocks_done();
	if (r->listen_fd >= 0)
		close(r->listen_fd);
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
}

static bool options_read(int argc, char **argv, enum mode *ret_mode, unsigned *ret_port)
{
	bool has_mode = false, has_port = false;
	for (int i = 1; i + 1 < argc; i += 2) {
		char *end = argv[i + 1];
		if (strcmp(argv[i], "--listen") == 0) {
			unsigned long port = strtoul(argv[i + 1], &end, 10);
			has_port = end != argv[i + 1] && *end == '\0' && port <= UINT16_MAX;
			*ret_port = (unsigned)port;
		}
		for (size_t m = 0; strcmp(argv[i], "--mode") == 0 && m < ARRAY_LEN(mode_names); m++)
			if (strcmp(argv[i + 1], mode_names[m]) == 0) {
				*ret_mode = (enum mode)m;
				has_mode = true;
			}
	}
	return argc == 5 && has_mode && has_port;
}

int main(int argc, char **argv)
{
	static struct relay relay = { .epoll_fd = -1, .listen_fd = -1 };
	unsigned port = 0;
	sigset_t mask;
	if (!options_read(argc, argv, &relay.mode, &port)) {
		fputs("usage: teahouse-relay --mode send|writev|room --listen PORT\n", stderr);
		return 2;
	}
	signals_set(&mask);
	relay_init(&relay);
	bool ok = relay_listen(&relay, port);
	while (ok && !has_to_end)
		relay_turn(&relay, &mask);
	relay_done(&relay);
	return ok ? 0 : 1;
}
