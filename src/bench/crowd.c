#include "bench/crowd.h"

#include "base/clock.h"
#include "bench/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE_MAX_BYTES (64 * 1024) /* a server that sends no newline for so long speaks no IRC */

struct crowd {
	struct crowd_options options;
	struct loop *loop;
	struct conn_set set;
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} address;
	socklen_t address_len;
	struct client *clients;
	unsigned begun, joined, gone; /* clients */
	unsigned pongs;               /* awaited */
	int64_t now_ns;
	char complaint[256]; /* the first one; "": none */
};

/* ---- what a server says ---- */

static void crowd_complain(struct crowd *crowd, const char *line, size_t len)
{
	if (!crowd->complaint[0])
		snprintf(crowd->complaint, sizeof(crowd->complaint), "%.*s", (int)len, line);
}

static void client_join(struct client *c)
{
	char name[CROWD_ROOM_NAME], line[64];
	crowd_room_name(c->number / c->crowd->options.room_size, name);
	int len = snprintf(line, sizeof(line), "JOIN %s\r\n", name);
	conn_send(c->conn, line, (size_t)len);
}

static void client_numeric(struct client *c, int numeric, const char *line, size_t len)
{
	switch (numeric) {
	case 1: /* RPL_WELCOME */
		client_join(c);
		break;
	case 366: /* RPL_ENDOFNAMES */
		if (c->state == CLIENT_CONNECTED) {
			c->state = CLIENT_JOINED;
			c->crowd->joined++;
		}
		break;
	case 422: /* ERR_NOMOTD is no refusal */
		break;
	default:
		if (numeric >= 400)
			crowd_complain(c->crowd, line, len);
	}
}

static void client_pong(struct client *c, const char *token, size_t len)
{
	conn_send(c->conn, "PONG ", 5);
	conn_send(c->conn, token, len);
	conn_send(c->conn, "\r\n", 2);
}

/* verb is what stands behind the line's source, if it has one. */
static void client_other(struct client *c, const char *line, size_t len, const char *verb)
{
	size_t left = (size_t)(line + len - verb);
	if (left > 4 && memcmp(verb, "JOIN", 4) == 0)
		return;
	if (left > 5 && memcmp(verb, "PING ", 5) == 0)
		client_pong(c, verb + 5, left - 5);
	else if (left > 5 && memcmp(verb, "PONG ", 5) == 0)
		c->crowd->pongs -= c->crowd->pongs > 0;
	else if (left > 5 && memcmp(verb, "ERROR", 5) == 0)
		crowd_complain(c->crowd, line, len);
	else if (left > 4 && verb[3] == ' ' && strspn(verb, "0123456789") == 3)
		client_numeric(c, (int)strtol(verb, NULL, 10), line, len);
}

/* "room :text" */
static void client_text(struct client *c, const char *args, size_t len)
{
	const char *space = memchr(args, ' ', len);
	if (!space || c->crowd->options.on_text == NULL)
		return;
	const char *text = space + 1;
	size_t text_len = (size_t)(args + len - text);
	if (text_len > 0 && *text == ':') {
		text++;
		text_len--;
	}
	c->crowd->options.on_text(c->crowd->options.ctx, c, args, (size_t)(space - args), text,
				  text_len);
}

static void client_line(struct client *c, const char *line, size_t len)
{
	const char *verb = line;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len > 0 && line[0] == ':') {
		verb = memchr(line, ' ', len);
		if (!verb)
			return;
		verb++;
	}
	size_t left = (size_t)(line + len - verb);
	if (left > 8 && memcmp(verb, "PRIVMSG ", 8) == 0)
		client_text(c, verb + 8, left - 8);
	else
		client_other(c, line, len, verb);
}

static void on_bytes(struct conn *conn, const char *bytes, size_t len)
{
	struct client *c = conn->owner;
	const char *end = bytes + len;
	c->crowd->now_ns = probe_now_ns();
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t piece = (size_t)((newline ? newline : end) - bytes);
		if (c->part.len == 0 && newline) {
			client_line(c, bytes, piece);
		} else {
			buf_add(&c->part, bytes, piece);
			if (newline) {
				client_line(c, c->part.bytes, c->part.len);
				c->part.len = 0;
			}
		}
		bytes += piece + (newline != NULL);
	}
	if (c->part.len > LINE_MAX_BYTES) {
		crowd_complain(c->crowd, "(a line without an end)", 23);
		conn_finish(conn);
	}
}

static void on_end(struct conn *conn)
{
	conn_finish(conn);
}

static void on_slow(struct conn *conn, size_t queued_bytes)
{
	(void)queued_bytes;
	conn_drop(conn, "", 0);
}

static void on_low(struct conn *conn)
{
	(void)conn;
}

static void on_gone(struct conn *conn)
{
	struct client *c = conn->owner;
	c->state = CLIENT_GONE;
	c->conn = NULL;
	c->crowd->gone++;
	conn_free(conn);
}

static const struct conn_ops client_ops = { on_bytes, on_end, on_slow, on_low, on_gone };

/* ---- coming in ---- */

/* The address a server under load may have: one of this machine that nobody else can reach. */
static bool crowd_set_address(struct crowd *crowd, const struct url *url, struct err *err)
{
	uint16_t port = htons((uint16_t)strtol(url->port, NULL, 10));
	if (inet_pton(AF_INET, url->host, &crowd->address.ipv4.sin_addr) == 1 &&
	    ntohl(crowd->address.ipv4.sin_addr.s_addr) >> 24 == 127) {
		crowd->address.ipv4.sin_family = AF_INET;
		crowd->address.ipv4.sin_port = port;
		crowd->address_len = sizeof(crowd->address.ipv4);
	} else if (inet_pton(AF_INET6, url->host, &crowd->address.ipv6.sin6_addr) == 1 &&
		   IN6_IS_ADDR_LOOPBACK(&crowd->address.ipv6.sin6_addr)) {
		crowd->address.ipv6.sin6_family = AF_INET6;
		crowd->address.ipv6.sin6_port = port;
		crowd->address_len = sizeof(crowd->address.ipv6);
	} else {
		return err_set(err, ERR_DENIED,
			       "%s is not a loopback address: this makes load, and only at home",
			       url->host);
	}
	return port != 0 || err_set(err, ERR_INVALID, "the address names no port");
}

static int crowd_connect(struct crowd *crowd, struct err *err)
{
	int fd = socket(crowd->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);
	/* Ended by a reset: ten thousand ports in TIME_WAIT would be missing in the next run. */
	const struct linger reset = { .l_onoff = 1 };
	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) < 0)
		goto fail;
	if (connect(fd, &crowd->address.any, crowd->address_len) == 0 || errno == EINPROGRESS)
		return fd;
fail:
	err_errno(err, "cannot connect client %u", crowd->begun);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool crowd_begin_one(struct crowd *crowd, struct err *err)
{
	struct client *c = &crowd->clients[crowd->begun];
	char hello[96];
	int fd = crowd_connect(crowd, err);
	if (fd < 0)
		return false;
	c->conn = conn_new(&crowd->set, fd, &client_ops, c, err);
	if (!c->conn)
		return false;
	c->state = CLIENT_CONNECTED;
	int len = snprintf(hello, sizeof(hello), "NICK b%u\r\nUSER bench 0 * :bench\r\n",
			   c->number);
	conn_send(c->conn, hello, (size_t)len);
	crowd->begun++;
	return true;
}

bool crowd_enter(struct crowd *crowd, unsigned count, struct err *err)
{
	int64_t patience_ns = (int64_t)crowd->options.patience * 1000000000;
	int64_t progress_ns = probe_now_ns();
	while (crowd->joined < count) {
		unsigned before = crowd->joined;
		while (crowd->begun < count &&
		       crowd->begun - crowd->joined < crowd->options.at_once)
			if (!crowd_begin_one(crowd, err))
				return false;
		crowd_turn(crowd, 10);
		if (!crowd_is_whole(crowd, err))
			return false;
		int64_t now = probe_now_ns();
		if (crowd->joined != before)
			progress_ns = now;
		if (now - progress_ns > patience_ns)
			return err_set(err, ERR_AGAIN, "only %u of %u clients came in",
				       crowd->joined, count);
	}
	return true;
}

/* ---- the crowd ---- */

struct crowd *crowd_new(const struct crowd_options *options, struct err *err)
{
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	crowd->options = *options;
	crowd->clients = xcalloc(options->clients, sizeof(*crowd->clients));
	for (unsigned i = 0; i < options->clients; i++) {
		crowd->clients[i].crowd = crowd;
		crowd->clients[i].number = i;
	}
	crowd->loop = loop_new(err);
	conn_set_init(&crowd->set, crowd->loop, OUTPUT_BYTES_MAX);
	if (crowd->loop && crowd_set_address(crowd, options->url, err))
		return crowd;
	crowd_free(crowd);
	return NULL;
}

void crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	conn_set_flush(&crowd->set, clock_monotonic_ms());
	for (unsigned i = 0; i < crowd->options.clients; i++) {
		conn_free(crowd->clients[i].conn);
		buf_done(&crowd->clients[i].part);
	}
	conn_set_done(&crowd->set);
	loop_free(crowd->loop);
	free(crowd->clients);
	free(crowd);
}

struct client *crowd_client(struct crowd *crowd, unsigned number)
{
	return &crowd->clients[number];
}

void crowd_room_name(unsigned room, char name[CROWD_ROOM_NAME])
{
	snprintf(name, CROWD_ROOM_NAME, "#bench%u", room % 100000);
}

void crowd_say(struct client *c, const char *text, size_t len)
{
	char start[64], name[CROWD_ROOM_NAME];
	if (!c->conn)
		return;
	crowd_room_name(c->number / c->crowd->options.room_size, name);
	int start_len = snprintf(start, sizeof(start), "PRIVMSG %s :", name);
	conn_send(c->conn, start, (size_t)start_len);
	conn_send(c->conn, text, len);
	conn_send(c->conn, "\r\n", 2);
}

void crowd_turn(struct crowd *crowd, int wait_ms)
{
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
	loop_wait(crowd->loop, conn_set_wait(&crowd->set, loop_now(crowd->loop), wait_ms));
	conn_set_timers(&crowd->set, loop_now(crowd->loop));
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
}

bool crowd_settle(struct crowd *crowd, struct err *err)
{
	int64_t patience_ns = (int64_t)crowd->options.patience * 1000000000;
	int64_t deadline = probe_now_ns() + patience_ns;
	crowd->pongs = 0;
	for (unsigned i = 0; i < crowd->begun; i++)
		if (crowd->clients[i].conn) {
			conn_send(crowd->clients[i].conn, "PING :settle\r\n", 14);
			crowd->pongs++;
		}
	while (crowd->pongs > 0 && crowd->gone == 0) {
		unsigned before = crowd->pongs;
		crowd_turn(crowd, 10);
		int64_t now = probe_now_ns();
		if (crowd->pongs != before)
			deadline = now + patience_ns;
		if (now > deadline)
			return err_set(err, ERR_AGAIN, "%u clients got no answer to a PING",
				       crowd->pongs);
	}
	return true;
}

int64_t crowd_now_ns(const struct crowd *crowd)
{
	return crowd->now_ns;
}

bool crowd_is_whole(const struct crowd *crowd, struct err *err)
{
	if (crowd->complaint[0])
		return err_set(err, ERR_DENIED, "the server said: %s", crowd->complaint);
	if (crowd->gone > 0)
		return err_set(err, ERR_CLOSED, "%u clients were let go", crowd->gone);
	return true;
}
