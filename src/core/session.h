/* session.h: one client on a connection, as the chat sees it.
 *
 * A user may be seen through several of them, all logged in to his account: what happens to him, or in
 * his rooms, is told to each. A protocol puts a struct session into a struct of its own and gives it the calls below. The chat
 * answers what was asked through them, in the order it was asked. Core thread. */
#ifndef TEAHOUSE_CORE_SESSION_H
#define TEAHOUSE_CORE_SESSION_H

#include "base/limits.h"
#include "core/event.h"
#include "core/ports.h"

struct account;
struct chat;
struct room;
struct session;
struct user;

/* A room or somebody, and when the last word was said there. */
struct chat_target {
	const char *name;
	int64_t time_ms;
	uint64_t id;
};

struct session_ops {
	/* What this session asked for has happened, and all others have been told. */
	void (*happened)(struct session *s, struct event *e);
	/* Something that is for its user alone: private talk, an invitation, or what he did through
	 * another session and no room shows. */
	void (*received)(struct session *s, struct event *e);
	/* Its user said this in private, through another session. NULL: it is not shown. */
	void (*said_elsewhere)(struct session *s, struct event *e);
	/* Its user entered e's room through another session; or this session came later than he. */
	void (*entered)(struct session *s, struct event *e);
	/* Its user was kicked out of e's room, or left it through another session, as could be read
	 * there. NULL: it has nothing to do then. */
	void (*put_out)(struct session *s, const struct event *e);
	/* A room that its user is in has another name: e tells both. NULL: it is not shown. */
	void (*renamed)(struct session *s, struct event *e);
	/* Its user is logged in, or out, as e says, and this session has not asked for it; it comes after
	 * what others are told. NULL: it is not shown. */
	void (*logged_in)(struct session *s, const struct event *e);
	/* Its user was put out of the server, with it, which has no user any longer. quit says why. */
	void (*expelled)(struct session *s, const struct event *quit);
	/* Somebody it watches (see monitor.h) has come; or goes, and is still as he was. NULL: it
	 * watches nobody. */
	void (*watched)(struct session *s, const struct user *who, bool here);
	/* Somebody it watches, and sees in no room, says e of himself. NULL: likewise. */
	void (*observed)(struct session *s, struct event *e);
	/* Whether it wants to hear of this metadata: EVENT_METADATA or EVENT_ABOUT; and that it has changed,
	 * or has come to be of concern. NULL: it never does. */
	bool (*follows)(const struct session *s, const struct event *e);
	void (*annotated)(struct session *s, struct event *e);
	/* What it asked for, and was in flight, cannot be stored; or could be, but had come too late when
	 * it was: REFUSED_NOT_THERE. */
	void (*refused)(struct session *s, const struct event *e, enum refusal why);
	/* What was said, oldest first, as asked with chat_history(). */
	void (*history)(struct session *s, struct event *const *events, size_t count,
			enum read_end end);
	/* Where something was said, the latest last, as asked with chat_targets(). NULL: it never asks. */
	void (*targets)(struct session *s, const struct chat_target *targets, size_t count,
			enum read_end end);
	/* Which rendering of a room's events it gets: a number its codec understands. */
	unsigned (*variant)(const struct session *s, const struct room *r);
};

#define HOST_SIZE (HOST_BYTES_MAX + 1)

struct session {
	struct chat *chat;
	const struct session_ops *ops;
	conn_id conn;
	struct user *user;       /* NULL until it entered, and again when it left */
	struct session *next;    /* of the same user */
	struct account *account; /* logged in to; NULL: a guest's */
	char *host; /* to be shown to others, never an address; NULL once its user has it */
};

/* The host that others see, or would; "": its user has left. */
const char *session_host(const struct session *s);

#endif
