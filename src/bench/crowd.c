#include "bench/crowd.h"

#include "base/clock.h"
#include "bench/login.h"
#include "bench/probe.h"
#include "bench/progress.h"
#include "bench/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LINE_MAX_BYTES (64 * 1024) /* a server that sends no newline for so long speaks no IRC */
#define OUTPUT_MAX_BYTES (64 * 1024 * 1024) /* that a server leaves unread of one client */
#define TURN_MS 10
#define RETRY_MS 50 /* before asking again for a nick that was taken */
#define NICK_SIZE 32
#define SETTLE "settle"

struct crowd {
	struct crowd_options options;
	struct target target;
	struct loop *loop;
	struct conn_set set;
	struct watch alarm; /* alarm_fd, for ends of a wait that need more than milliseconds */
	int alarm_fd;
	int64_t alarm_ns;
	struct timer_list retry_timers;
	struct client *clients;
	unsigned begun, joined, gone; /* clients */
	unsigned pongs;               /* awaited */
	unsigned retries;
	bool cut;
	int64_t now_ns;
	uint64_t texts; /* heard */
	struct progress progress;
	char complaint[256]; /* the first one; "": none */
};

void crowd_complain(struct crowd *crowd, const char *fmt, ...)
{
	va_list args;
	if (crowd->complaint[0])
		return;
	va_start(args, fmt);
	vsnprintf(crowd->complaint, sizeof(crowd->complaint), fmt, args);
	va_end(args);
}

/* ---- what a client says ---- */

void crowd_ask(struct client *c, const char *line)
{
	if (!c->conn)
		return;
	conn_send(c->conn, line, strlen(line));
	conn_send(c->conn, "\r\n", 2);
}

static void client_nick(const struct client *c, char nick[NICK_SIZE])
{
	const char *start = c->crowd->options.nick;
	snprintf(nick, NICK_SIZE, "%s%u", start ? start : "b", c->number);
}

static void client_ask_nick(struct client *c)
{
	char nick[NICK_SIZE], line[NICK_SIZE + 8];
	client_nick(c, nick);
	snprintf(line, sizeof(line), "NICK %s", nick);
	crowd_ask(c, line);
}

static void client_hello(struct client *c)
{
	char line[128];
	if (c->caps || c->password) {
		snprintf(line, sizeof(line), "CAP REQ :%s%s%s", c->caps ? c->caps : "",
			 c->caps && c->password ? " " : "", c->password ? LOGIN_CAP : "");
		crowd_ask(c, line);
	}
	client_ask_nick(c);
	crowd_ask(c, "USER bench 0 * :bench");
	if (c->password)
		login_begin(c);
	else if (c->caps)
		crowd_ask(c, "CAP END");
}

static void client_is_in(struct client *c)
{
	if (c->state == CLIENT_CONNECTED) {
		c->state = CLIENT_JOINED;
		c->crowd->joined++;
	}
}

static void client_join(struct client *c)
{
	char name[CROWD_ROOM_NAME], line[CROWD_ROOM_NAME + 8];
	if (c->roomless) {
		client_is_in(c);
		return;
	}
	crowd_room_name(c->crowd, c->number / c->crowd->options.room_size, name);
	snprintf(line, sizeof(line), "JOIN %s", name);
	crowd_ask(c, line);
}

/* ---- what a server says ---- */

static void client_refused(struct client *c, const char *line, size_t len)
{
	if (!c->expendable)
		crowd_complain(c->crowd, "the server said: %.*s", (int)len, line);
}

static void client_numeric(struct client *c, int numeric, const char *line, size_t len)
{
	switch (numeric) {
	case 1: /* RPL_WELCOME */
		client_join(c);
		break;
	case 366: /* RPL_ENDOFNAMES */
		client_is_in(c);
		break;
	case 422: /* ERR_NOMOTD is no refusal */
	case LOGGED_IN:
		break;
	case LOGIN_SUCCESS:
		crowd_ask(c, "CAP END");
		break;
	case 433: /* ERR_NICKNAMEINUSE */
		if (c->crowd->cut) {
			timer_start(&c->crowd->retry_timers, &c->again, loop_now(c->crowd->loop));
			break;
		}
		client_refused(c, line, len);
		break;
	default:
		if (numeric >= 400)
			client_refused(c, line, len);
	}
}

static void client_ask_again(struct timer *t)
{
	struct client *c = CONTAINER_OF(t, struct client, again);
	c->crowd->retries++;
	client_ask_nick(c);
}

static void client_settled(struct client *c)
{
	c->crowd->pongs -= c->settling;
	c->settling = false;
}

static void client_pong(struct client *c, struct piece args)
{
	struct crowd *crowd = c->crowd;
	struct piece token = { "", 0 };
	while (args.len > 0)
		token = heard_next(&args);
	if (piece_is(token, SETTLE))
		client_settled(c);
	else if (crowd->options.ops && crowd->options.ops->pong)
		crowd->options.ops->pong(crowd->options.ctx, c, token);
}

static void client_ping(struct client *c, struct piece token)
{
	conn_send(c->conn, "PONG ", 5);
	conn_send(c->conn, token.at, token.len);
	conn_send(c->conn, "\r\n", 2);
}

static void client_text(struct client *c, const struct heard *h)
{
	const struct crowd_options *o = &c->crowd->options;
	struct piece args = h->args;
	struct piece to = heard_next(&args);
	c->crowd->texts++;
	if (o->ops)
		o->ops->text(o->ctx, c, h, to, heard_next(&args));
}

static void client_cap(struct client *c, struct piece args, const char *line, size_t len)
{
	heard_next(&args); /* our nick, or "*" */
	if (piece_is(heard_next(&args), "NAK"))
		client_refused(c, line, len);
}

static void client_challenge(struct client *c)
{
	char nick[NICK_SIZE];
	client_nick(c, nick);
	if (c->password)
		login_prove(c, nick);
}

static void client_line(struct client *c, const char *line, size_t len)
{
	const struct crowd_options *o = &c->crowd->options;
	struct heard h;
	if (!heard_parse(&h, line, len))
		return;
	int numeric = heard_numeric(&h);
	if (piece_is(h.verb, "PRIVMSG"))
		client_text(c, &h);
	else if (numeric > 0)
		client_numeric(c, numeric, line, len);
	else if (piece_is(h.verb, "PING"))
		client_ping(c, h.args);
	else if (piece_is(h.verb, "PONG"))
		client_pong(c, h.args);
	else if (piece_is(h.verb, "BATCH") && o->ops && o->ops->batch)
		o->ops->batch(o->ctx, c, h.args);
	else if (piece_is(h.verb, "AUTHENTICATE"))
		client_challenge(c);
	else if (piece_is(h.verb, "CAP"))
		client_cap(c, h.args, line, len);
	else if (piece_is(h.verb, "ERROR") || piece_is(h.verb, "FAIL"))
		client_refused(c, line, len);
}

/* ---- its connection ---- */

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
		crowd_complain(c->crowd, "the server sent a line without an end");
		conn_finish(conn);
	}
}

static void on_end(struct conn *conn)
{
	conn_finish(conn);
}

static void on_slow(struct conn *conn, size_t queued_bytes)
{
	struct client *c = conn->owner;
	crowd_complain(c->crowd, "the server left %zu bytes of a client unread", queued_bytes);
	conn_drop(conn, "", 0);
}

static void on_low(struct conn *conn)
{
	(void)conn;
}

static void on_gone(struct conn *conn)
{
	struct client *c = conn->owner;
	timer_stop(&c->again);
	client_settled(c);
	if (conn_tls_error(conn))
		crowd_complain(c->crowd, "TLS: %s", conn_tls_error(conn));
	c->state = CLIENT_GONE;
	c->conn = NULL;
	c->crowd->gone += !c->expendable;
	conn_free(conn);
}

static const struct conn_ops client_ops = {
	.bytes = on_bytes,
	.end = on_end,
	.slow = on_slow,
	.low = on_low,
	.gone = on_gone,
};

/* ---- coming in ---- */

static bool crowd_begin_one(struct crowd *crowd, struct err *err)
{
	struct client *c = &crowd->clients[crowd->begun];
	int fd = target_connect(&crowd->target, err);
	if (fd < 0)
		return false;
	c->conn = conn_new(&crowd->set, fd, c, err);
	if (!c->conn)
		return false;
	if (crowd->target.tls && !conn_set_tls(c->conn, crowd->target.tls, err))
		return false;
	c->state = CLIENT_CONNECTED;
	client_hello(c);
	crowd->begun++;
	return true;
}

bool crowd_enter(struct crowd *crowd, unsigned count, struct err *err)
{
	int64_t patience_ns = (int64_t)crowd->options.patience * 1000000000;
	int64_t progress_ns = probe_now_ns();
	/* Tells the set the time, from which handshakes that begin now are late. */
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
	while (crowd->joined < count) {
		unsigned before = crowd->joined;
		while (crowd->begun < count &&
		       crowd->begun - crowd->joined < crowd->options.at_once)
			if (!crowd_begin_one(crowd, err))
				return false;
		crowd_turn(crowd, INT64_MAX);
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

void crowd_cut(struct crowd *crowd)
{
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
	for (unsigned i = 0; i < crowd->begun; i++) {
		struct client *c = &crowd->clients[i];
		timer_stop(&c->again);
		conn_free(c->conn);
		c->conn = NULL;
		c->part.len = 0;
		c->state = CLIENT_NEW;
	}
	crowd->begun = crowd->joined = 0;
	crowd->cut = true;
}

unsigned crowd_retries(const struct crowd *crowd)
{
	return crowd->retries;
}

/* ---- the crowd ---- */

static void on_alarm(struct watch *w, unsigned events)
{
	struct crowd *crowd = CONTAINER_OF(w, struct crowd, alarm);
	uint64_t times;
	(void)events;
	if (read(crowd->alarm_fd, &times, sizeof(times)) == sizeof(times))
		crowd->alarm_ns = 0;
}

static bool crowd_open(struct crowd *crowd, struct err *err)
{
	crowd->alarm.ready = on_alarm;
	crowd->alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (crowd->alarm_fd < 0)
		return err_errno(err, "cannot make a timer");
	return crowd->loop && target_set(&crowd->target, crowd->options.url, err) &&
	       loop_add(crowd->loop, crowd->alarm_fd, LOOP_READ, &crowd->alarm, err);
}

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
	conn_set_init(&crowd->set, crowd->loop, &client_ops, OUTPUT_MAX_BYTES);
	timer_list_init(&crowd->retry_timers, RETRY_MS, client_ask_again);
	progress_begin(&crowd->progress, !options->silent, probe_now_ns());
	if (crowd_open(crowd, err))
		return crowd;
	crowd_free(crowd);
	return NULL;
}

void crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	progress_end(&crowd->progress);
	conn_set_flush(&crowd->set, clock_monotonic_ms());
	for (unsigned i = 0; i < crowd->options.clients; i++) {
		timer_stop(&crowd->clients[i].again);
		conn_free(crowd->clients[i].conn);
		buf_done(&crowd->clients[i].part);
	}
	conn_set_done(&crowd->set);
	loop_free(crowd->loop);
	target_done(&crowd->target);
	if (crowd->alarm_fd >= 0)
		close(crowd->alarm_fd);
	free(crowd->clients);
	free(crowd);
}

struct client *crowd_client(struct crowd *crowd, unsigned number)
{
	return &crowd->clients[number];
}

void crowd_room_name(const struct crowd *crowd, unsigned room, char name[CROWD_ROOM_NAME])
{
	if (crowd->options.room)
		snprintf(name, CROWD_ROOM_NAME, "%s", crowd->options.room);
	else
		snprintf(name, CROWD_ROOM_NAME, "#bench%u", room);
}

void crowd_say(struct client *c, const char *text, size_t len)
{
	char start[CROWD_ROOM_NAME + 16], name[CROWD_ROOM_NAME];
	if (!c->conn)
		return;
	crowd_room_name(c->crowd, c->number / c->crowd->options.room_size, name);
	int start_len = snprintf(start, sizeof(start), "PRIVMSG %s :", name);
	conn_send(c->conn, start, (size_t)start_len);
	conn_send(c->conn, text, len);
	conn_send(c->conn, "\r\n", 2);
}

void crowd_stop(struct client *c)
{
	c->stopped = true;
	if (c->conn)
		conn_pause(c->conn);
}

void crowd_start(struct client *c)
{
	c->stopped = false;
	if (c->conn)
		conn_resume(c->conn);
}

/* How long to wait, in ms. An end that is nearer than that is left to the alarm, which is exact. */
static int crowd_wait(struct crowd *crowd, int64_t until_ns)
{
	int64_t now_ns = probe_now_ns();
	if (until_ns <= now_ns)
		return 0;
	if (until_ns - now_ns < TURN_MS * 1000000ll && crowd->alarm_ns != until_ns) {
		const struct itimerspec at = {
			.it_value = { until_ns / 1000000000, until_ns % 1000000000 },
		};
		timerfd_settime(crowd->alarm_fd, TFD_TIMER_ABSTIME, &at, NULL);
		crowd->alarm_ns = until_ns;
	}
	return TURN_MS;
}

void crowd_turn(struct crowd *crowd, int64_t until_ns)
{
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
	int wait_ms = crowd_wait(crowd, until_ns);
	wait_ms = timer_list_wait(&crowd->retry_timers, loop_now(crowd->loop), wait_ms);
	loop_wait(crowd->loop, conn_set_wait(&crowd->set, loop_now(crowd->loop), wait_ms));
	conn_set_timers(&crowd->set, loop_now(crowd->loop));
	timer_list_run(&crowd->retry_timers, loop_now(crowd->loop));
	conn_set_flush(&crowd->set, loop_now(crowd->loop));
	progress_tick(&crowd->progress, probe_now_ns(), crowd->texts, crowd->joined);
}

bool crowd_settle(struct crowd *crowd, struct err *err)
{
	int64_t patience_ns = (int64_t)crowd->options.patience * 1000000000;
	int64_t deadline = probe_now_ns() + patience_ns;
	crowd->pongs = 0;
	for (unsigned i = 0; i < crowd->begun; i++) {
		struct client *c = &crowd->clients[i];
		if (!c->conn || c->stopped)
			continue;
		crowd_ask(c, "PING :" SETTLE);
		c->settling = true;
		crowd->pongs++;
	}
	while (crowd->pongs > 0 && crowd->gone == 0) {
		unsigned before = crowd->pongs;
		crowd_turn(crowd, INT64_MAX);
		int64_t now = probe_now_ns();
		if (crowd->pongs != before)
			deadline = now + patience_ns;
		if (now > deadline)
			return err_set(err, ERR_AGAIN, "%u clients got no answer to a PING",
				       crowd->pongs);
	}
	return crowd_is_whole(crowd, err);
}

int64_t crowd_now_ns(const struct crowd *crowd)
{
	return crowd->now_ns;
}

void crowd_phase(struct crowd *crowd, const char *phase)
{
	crowd->progress.phase = phase;
}

bool crowd_is_whole(const struct crowd *crowd, struct err *err)
{
	if (crowd->complaint[0])
		return err_set(err, ERR_DENIED, "%s", crowd->complaint);
	if (crowd->gone > 0)
		return err_set(err, ERR_CLOSED, "%u clients were let go", crowd->gone);
	return true;
}
