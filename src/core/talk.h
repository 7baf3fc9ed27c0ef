/* talk.h: a private conversation between two presences.
 *
 * Its key is made of their ids, so whoever has one of the nicks later sees nothing of it. It ends
 * with either of them: then its place in the log is forgotten, though what was said stays stored. */
#ifndef TEAHOUSE_CORE_TALK_H
#define TEAHOUSE_CORE_TALK_H

#include "core/user.h"

#define TALK_KEY_SIZE 40

/* Writes the key of what a and b say to each other, and remembers that they do. */
void talk_key(struct user *a, struct user *b, char key[TALK_KEY_SIZE]);

/* u leaves: its talks end. */
void talk_leave_all(struct chat *chat, struct user *u);

#endif
