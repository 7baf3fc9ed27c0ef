/* marks.h: up to where somebody has read, in each room and each private conversation.
 *
 * A mark is a time and only ever rises. They belong to an account, and then they are stored and all
 * of its sessions know of them; those of a guest end with him. Nobody else is told.
 * https://ircv3.net/specs/extensions/read-marker. Core thread. */
#ifndef TEAHOUSE_CORE_MARKS_H
#define TEAHOUSE_CORE_MARKS_H

#include "core/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chat;
struct session;

struct mark {
	char *target;    /* the key of a room or a nick: see nick.h */
	int64_t time_ms; /* Unix time */
};

/* { 0 } is none. */
struct marks {
	struct mark *items; /* in the order of their targets */
	size_t count;
};

void marks_done(struct marks *m);

/* -1: nothing was marked there. */
int64_t marks_get(const struct marks *m, const char *target);
/* A new target would be one more than MARKS_MAX. */
bool marks_are_full(const struct marks *m, const char *target);
/* Copies target. false: it was there already, or later, or there is no room for it. */
bool marks_raise(struct marks *m, const char *target, int64_t time_ms);

/* ---- of s's user, who has entered; decided as chat.h says. name: of a room or a nick ---- */

/* false: it could not be the name of either. */
bool chat_can_mark(const struct session *s, const char *name);
/* -1: nothing was marked there. */
int64_t chat_marked(const struct session *s, const char *name);
/* Raises it, if it is not there already: all sessions of his account are told by an EVENT_MARK.
 * REFUSED_LIST_FULL: MARKS_MAX. */
MUST_USE enum refusal chat_mark(struct session *s, const char *name, int64_t time_ms);

/* One as it was stored; account: its name. */
void chat_add_mark(struct chat *chat, const char *account, const char *target, int64_t time_ms);

/* For apply.c: an EVENT_MARK is on disk, or needs no disk. */
void mark_apply(struct chat *chat, struct event *e);

#endif
