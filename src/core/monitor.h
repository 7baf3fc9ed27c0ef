/* monitor.h: who wants to know when somebody comes or goes: https://ircv3.net/specs/extensions/monitor
 *
 * Nicks are found by their keys (nick.h), so that coming and going cost one look-up however many are
 * watched. Sessions watch, not users: what one of his clients asks for is no other's. Core thread. */
#ifndef TEAHOUSE_CORE_MONITOR_H
#define TEAHOUSE_CORE_MONITOR_H

#include "base/table.h"
#include "core/event.h"

struct chat;
struct session;
struct user;
struct watched;
struct watcher;

/* A nick that a session watches. */
struct monitoring {
	struct watched *of;
	struct watcher *by;
	struct monitoring *prev, *next;         /* of the nick */
	struct monitoring *prev_own, *next_own; /* of the session, in the order of adding */
	char nick[];                            /* as it was spelled */
};

/* { 0 } after monitor_init() is: nobody watches anybody. */
struct monitor {
	struct table nicks, sessions;
	size_t watcher_count;
};

void monitor_init(struct monitor *m, const unsigned char secret[TABLE_SECRET_BYTES]);
/* All sessions are closed by then. */
void monitor_done(struct monitor *m);

enum monitor_added {
	MONITOR_ADDED,   /* or it was there already */
	MONITOR_INVALID, /* it can be nobody's nick: a mask, say */
	MONITOR_FULL,    /* config.monitor nicks are there */
};
enum monitor_added monitor_add(struct session *s, const char *nick);
/* Not there: fine. */
void monitor_remove(struct session *s, const char *nick);
/* Of all; s is about to be closed, or asks for it. */
void monitor_clear(struct session *s);
/* The first that s watches, and so on by next_own; NULL: nobody. */
const struct monitoring *monitor_first(const struct session *s);

/* u has come, or is about to go: all who watch his nick are told (ops->watched()). */
void monitor_tell(struct chat *chat, const struct user *u, bool here);
/* What u says of himself (e): ops->observed() of those who watch him and share no room with him. */
void monitor_tell_of(struct chat *chat, const struct user *u, struct event *e);

#endif
