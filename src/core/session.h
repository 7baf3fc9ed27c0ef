/* session.h: one logged-in client on a connection, as the chat sees it.
 *
 * A protocol puts a struct session into a struct of its own and gives it the calls below. The chat
 * answers what was asked through them, in the order it was asked. Core thread. */
#ifndef TEAHOUSE_CORE_SESSION_H
#define TEAHOUSE_CORE_SESSION_H

#include "base/limits.h"
#include "core/event.h"
#include "core/ports.h"

struct chat;
struct room;
struct session;
struct user;

struct session_ops {
	/* What this session asked for has happened, and all others have been told. */
	void (*happened)(struct session *s, struct event *e);
	/* Something that is for its user alone: private talk, an invitation. */
	void (*received)(struct session *s, struct event *e);
	/* Its user was kicked out of e's room, as he could read there. */
	void (*kicked)(struct session *s, const struct event *e);
	/* What it asked for, and was in flight, cannot be stored; or could be, but had come too late when
	 * it was: REFUSED_NOT_THERE. */
	void (*refused)(struct session *s, const struct event *e, enum refusal why);
	/* What was said, oldest first, as asked with chat_history(). ok is false: it cannot be read. */
	void (*history)(struct session *s, struct event *const *events, size_t count, bool ok);
	/* Which rendering of a room's events it gets: a number its codec understands. */
	unsigned (*variant)(const struct session *s, const struct room *r);
};

#define HOST_SIZE (HOST_BYTES_MAX + 1)

struct session {
	struct chat *chat;
	const struct session_ops *ops;
	conn_id conn;
	struct user *user; /* NULL until it entered, and again when it left */
	char *host;        /* shown to others: never an address */
};

#endif
