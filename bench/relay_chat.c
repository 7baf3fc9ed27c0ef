#include "bench/relay.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ANSWER_SIZE 256

/* ---- sending ---- */

static void conn_touch(struct relay *r, struct conn *c)
{
	if (c->touched)
		return;
	c->touched = true;
	c->next_touched = r->touched;
	r->touched = c;
}

void conn_leave(struct relay *r, struct conn *c)
{
	c->gone = true;
	conn_touch(r, c);
}

void conn_watch(struct relay *r, struct conn *c, int how, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = c };
	if (epoll_ctl(r->epoll_fd, how, c->fd, &event) < 0)
		conn_leave(r, c);
}

void conn_flush(struct relay *r, struct conn *c)
{
	if (!queue_send(&c->queue, c->fd) || c->queue.bytes > QUEUE_BYTES_MAX) {
		conn_leave(r, c);
		return;
	}
	bool wait = c->queue.count > 0;
	if (wait != c->waiting)
		conn_watch(r, c, EPOLL_CTL_MOD, EPOLLIN | (wait ? EPOLLOUT : 0));
	c->waiting = wait;
}

/* For the end of the turn. bytes lie in a block, as in conn_send(). */
static void conn_queue(struct relay *r, struct conn *c, const char *bytes, size_t len)
{
	queue_add(&c->queue, bytes, len);
	conn_touch(r, c);
	if (c->queue.count >= IOV_MAX && !c->waiting)
		conn_flush(r, c);
	else if (c->waiting && c->queue.bytes > QUEUE_BYTES_MAX)
		conn_leave(r, c);
}

/* Now, unless something has to go first. */
static void conn_send(struct relay *r, struct conn *c, const char *bytes, size_t len)
{
	size_t sent = 0;
	if (c->gone)
		return;
	if (c->queue.count == 0) {
		ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL);
		if (n == (ssize_t)len)
			return;
		if (n < 0 && errno != EAGAIN) {
			conn_leave(r, c);
			return;
		}
		sent = n > 0 ? (size_t)n : 0;
	}
	conn_queue(r, c, bytes + sent, len - sent);
}

/* ---- rooms ---- */

/* The parts of the buffer that c did not say himself. */
static void room_send_others(struct relay *r, const struct room *room, struct conn *c)
{
	uint32_t from = 0, end = 0;
	for (uint32_t i = 0; i < room->said_count; i++) {
		const struct said *said = &room->said[i];
		if (said->by == c) {
			if (end > from)
				conn_queue(r, c, room->talk->bytes + from, end - from);
			from = said->end;
		}
		end = said->end;
	}
	if (end > from)
		conn_queue(r, c, room->talk->bytes + from, end - from);
	c->spoke = false;
}

void room_flush(struct relay *r, struct room *room)
{
	if (!room->talk)
		return;
	for (uint32_t i = 0; i < room->count; i++) {
		struct conn *c = room->members[i];
		if (c->spoke)
			room_send_others(r, room, c);
		else
			conn_send(r, c, room->talk->bytes, room->talk->used);
	}
	block_unref(room->talk);
	room->talk = NULL;
	room->said_count = 0;
}

/* Space in the room's buffer for a line by c. */
static char *room_space(struct relay *r, struct room *room, struct conn *c, size_t len)
{
	const struct conn *by = c->echo ? NULL : c;
	if (room->said_count == SAID_MAX || (room->talk && room->talk->used + len > BLOCK_ROOM))
		room_flush(r, room);
	if (!room->talk)
		room->talk = block_take();
	if (!room->said)
		room->said = xcalloc(SAID_MAX, sizeof(*room->said));
	if (!room->is_talking) {
		room->is_talking = true;
		room->next_talking = r->talking;
		r->talking = room;
	}
	if (room->said_count == 0 || room->said[room->said_count - 1].by != by)
		room->said[room->said_count++].by = by;
	room->said[room->said_count - 1].end = room->talk->used + (uint32_t)len;
	c->spoke = c->spoke || by;
	return block_space(&room->talk, len);
}

void room_remove(struct conn *c)
{
	struct room *room = c->room;
	if (!room)
		return;
	struct conn *last = room->members[--room->count];
	room->members[c->place] = last;
	last->place = c->place;
	c->room = NULL;
}

static void room_add(struct room *room, struct conn *c)
{
	if (room->count == room->size) {
		room->size = room->size ? 2 * room->size : 16;
		room->members = xrealloc(room->members, room->size, sizeof(struct conn *));
	}
	c->room = room;
	c->place = room->count;
	room->members[room->count++] = c;
}

/* NULL: no such name, or too many rooms. */
static struct room *room_find(struct relay *r, const char *name, size_t len)
{
	struct room *room = table_find(&r->room_by_name, name, len);
	if (room || len == 0 || len >= ROOM_NAME_SIZE || r->room_count == ROOMS_MAX)
		return room;
	room = xcalloc(1, sizeof(*room));
	memcpy(room->name, name, len);
	room->next = r->rooms;
	r->rooms = room;
	r->room_count++;
	table_add(&r->room_by_name, room);
	return room;
}

/* ---- requests ---- */

static void conn_answer(struct relay *r, struct conn *c, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Behind all that was said before the question. */
static void conn_answer(struct relay *r, struct conn *c, const char *fmt, ...)
{
	char text[ANSWER_SIZE];
	va_list args;
	va_start(args, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	if (c->room)
		room_flush(r, c->room);
	char *bytes = block_space(&r->block, (size_t)len);
	memcpy(bytes, text, (size_t)len);
	conn_send(r, c, bytes, (size_t)len);
}

/* Puts the line that tells of args, "room :text", into out. NULL: how many bytes it takes. */
static size_t render(const struct conn *c, const char *args, size_t len, char *out)
{
	static const char middle[] = "!bench@127.0.0.1 PRIVMSG ";
	size_t nick_len = strlen(c->nick);
	if (out) {
		*out++ = ':';
		out = (char *)memcpy(out, c->nick, nick_len) + nick_len;
		out = (char *)memcpy(out, middle, sizeof(middle) - 1) + sizeof(middle) - 1;
		out = (char *)memcpy(out, args, len) + len;
		memcpy(out, "\r\n", 2);
	}
	return 1 + nick_len + sizeof(middle) - 1 + len + 2;
}

static void cmd_privmsg(struct relay *r, struct conn *c, const char *args, size_t len)
{
	struct room *room = c->room;
	size_t name_len = room ? strlen(room->name) : 0;
	if (!room || len <= name_len || args[name_len] != ' ' ||
	    memcmp(args, room->name, name_len) != 0) {
		conn_answer(r, c, ":relay 403 %s * :you are in another room\r\n", c->nick);
		return;
	}
	size_t bytes = render(c, args, len, NULL);
	if (r->mode == MODE_ROOM) {
		render(c, args, len, room_space(r, room, c, bytes));
		return;
	}
	char *line = block_space(&r->block, bytes);
	render(c, args, len, line);
	for (uint32_t i = 0; i < room->count; i++) {
		struct conn *member = room->members[i];
		if (member == c && !c->echo)
			continue;
		if (r->mode == MODE_SEND)
			conn_send(r, member, line, bytes);
		else
			conn_queue(r, member, line, bytes);
	}
}

static void conn_welcome(struct relay *r, struct conn *c)
{
	if (c->welcomed || !c->has_user || !c->nick[0])
		return;
	c->welcomed = true;
	conn_answer(r, c, ":relay 001 %s :welcome\r\n", c->nick);
}

static void cmd_nick(struct relay *r, struct conn *c, const char *args, size_t len)
{
	if (len >= NICK_SIZE) {
		conn_answer(r, c, ":relay 432 * * :a nick has at most %d bytes\r\n", NICK_SIZE - 1);
		return;
	}
	memcpy(c->nick, args, len);
	c->nick[len] = '\0';
	conn_welcome(r, c);
}

static void cmd_user(struct relay *r, struct conn *c, const char *args, size_t len)
{
	(void)args;
	(void)len;
	c->has_user = true;
	conn_welcome(r, c);
}

static void cmd_join(struct relay *r, struct conn *c, const char *args, size_t len)
{
	struct room *room = room_find(r, args, len);
	if (!room) {
		conn_answer(r, c, ":relay 403 %s * :there is no such room\r\n", c->nick);
		return;
	}
	room_flush(r, room);
	if (c->room)
		room_flush(r, c->room);
	room_remove(c);
	room_add(room, c);
	conn_answer(r, c, ":%s!bench@127.0.0.1 JOIN %s\r\n:relay 366 %s %s :end\r\n", c->nick,
		    room->name, c->nick, room->name);
}

static void cmd_ping(struct relay *r, struct conn *c, const char *args, size_t len)
{
	conn_answer(r, c, ":relay PONG relay %.*s\r\n", (int)len, args);
}

static void cmd_cap(struct relay *r, struct conn *c, const char *args, size_t len)
{
	static const char wanted[] = "REQ :echo-message";
	if (len != sizeof(wanted) - 1 || memcmp(args, wanted, len) != 0)
		return;
	c->echo = true;
	conn_answer(r, c, ":relay CAP * ACK :echo-message\r\n");
}

static const struct command {
	const char *verb;
	void (*run)(struct relay *r, struct conn *c, const char *args, size_t len);
} commands[] = {
	/* the frequent ones first */
	{ "PRIVMSG ", cmd_privmsg }, { "PING ", cmd_ping }, { "JOIN ", cmd_join },
	{ "NICK ", cmd_nick },       { "USER ", cmd_user }, { "CAP ", cmd_cap },
};

void conn_line(struct relay *r, struct conn *c, const char *line, size_t len)
{
	if (len > 0 && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		size_t verb = strlen(commands[i].verb);
		if (len > verb && memcmp(line, commands[i].verb, verb) == 0) {
			commands[i].run(r, c, line + verb, len - verb);
			return;
		}
	}
}
