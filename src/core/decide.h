/* decide.h: what the files that decide share: decide.c (talk), visit.c (coming and going),
 * govern.c (topic, kick, invitations, modes), whose functions are in chat.h, and force.c. */
#ifndef TEAHOUSE_CORE_DECIDE_H
#define TEAHOUSE_CORE_DECIDE_H

#include "core/chat.h"

/* Takes e: lets it happen, or proposes it. */
enum refusal chat_do(struct chat *chat, struct event *e);

/* Both make an event, of s's user unless draft says of whom: all but its place, and its place. The first
 * also if it has none. */
struct event *new_event(struct session *s, struct event_draft *draft);
struct event *new_room_event(struct session *s, struct room *r, struct event_draft *draft);
/* What all his rooms see: each of them once. */
struct event *new_user_event(struct session *s, struct event_draft *draft);

/* Finds the room that somebody is about to enter, or makes it if it may be. */
enum refusal room_for_joining(struct chat *chat, const char *name, size_t len, struct room **ret);

/* REFUSED_NOT, or why s's user may not do that, which is not speaking, in r. */
enum refusal may(const struct session *s, const struct room *r, enum action action);

#endif
