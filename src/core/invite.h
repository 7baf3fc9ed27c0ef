/* invite.h: who may enter a room though it is closed (+i), because somebody there asked him to.
 *
 * An invitation is used up by entering, and ends with either the user or the room's emptying. */
#ifndef TEAHOUSE_CORE_INVITE_H
#define TEAHOUSE_CORE_INVITE_H

#include "base/base.h"

#include <stdbool.h>

struct room;
struct user;

struct invite {
	struct user *user;
	struct room *room;
	struct invite *prev, *next;           /* of the room */
	struct invite *prev_user, *next_user; /* of the user, the newest first */
	bool strong; /* of somebody who looks after the room: it passes a ban, and +R, too */
};

/* Twice is once. Beyond INVITES_PER_USER_MAX the oldest of u ends. */
void invite_add(struct room *r, struct user *u, bool strong);
/* The newest of u; NULL: none. */
struct invite *invite_first(const struct user *u);
/* NULL: he has none. */
const struct invite *invite_find(const struct room *r, const struct user *u);
/* None is there: fine. */
void invite_use(struct room *r, struct user *u);

void invite_drop_all(struct user *u);
void invite_drop_room(struct room *r);

#endif
