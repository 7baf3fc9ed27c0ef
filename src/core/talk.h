/* talk.h: a private conversation between two presences.
 *
 * Its key is made of their ids, so whoever has one of the nicks later sees nothing of it. It ends
 * with either of them: then its place in the log is forgotten, though what was said stays stored. */
#ifndef TEAHOUSE_CORE_TALK_H
#define TEAHOUSE_CORE_TALK_H

#include "core/user.h"

#define TALK_KEY_SIZE 40

/* Writes the key of what a and b say to each other. */
void talk_key(const struct user *a, const struct user *b, char key[TALK_KEY_SIZE]);

/* They talk: whoever of them leaves ends it. Twice is once. */
void talk_begin(struct user *a, struct user *b);

/* Walks whom u talks with, the latest begun first: after is NULL for the first. NULL: no more. */
const struct talk_seat *talk_next(const struct user *u, const struct talk_seat *after);
struct user *talk_other(const struct talk_seat *seat);

/* u leaves: its talks end. */
void talk_leave_all(struct chat *chat, struct user *u);

#endif
