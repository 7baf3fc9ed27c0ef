/* talk.h: a private conversation.
 *
 * Its key names the two: "a12-a34" is of accounts, who find it again whenever they come back;
 * "a12-p1000000f3" and "p…-p…" are of presences, so whoever has one of the nicks later sees nothing of
 * it. The log forgets its place when one of them leaves, or becomes somebody else by logging in;
 * what was said stays stored, and is found by the key. */
#ifndef TEAHOUSE_CORE_TALK_H
#define TEAHOUSE_CORE_TALK_H

#include "core/user.h"

#define TALK_KEY_SIZE 48

/* Whom somebody talks with: one who is here, or an account whose owner is not. Nobody: both NULL. */
struct partner {
	struct user *user;
	struct account *account; /* the user's, if he has one */
};

struct partner partner_of(struct user *u);
/* By his nick, or else his account's name. name need not be valid. */
struct partner partner_find(const struct chat *chat, const char *name);
bool partner_exists(const struct partner *p);
/* What he is called now. There is one. */
const char *partner_name(const struct partner *p);

/* Writes the key of what u and p say to each other. */
void talk_key(const struct user *u, const struct partner *p, char key[TALK_KEY_SIZE]);
/* Who else is in the talk of this key, which may be of anything: nobody, if it is not u's, or he is gone. */
struct partner talk_partner(const struct chat *chat, const char *key, const struct user *u);

/* They talk: whoever of them leaves ends it. Twice is once. */
void talk_begin(struct user *a, struct user *b);

/* Walks whom u talks with, the latest begun first: after is NULL for the first. NULL: no more. */
const struct talk_seat *talk_next(const struct user *u, const struct talk_seat *after);
struct user *talk_other(const struct talk_seat *seat);

/* u leaves, or is about to be of another account: its talks end. */
void talk_leave_all(struct chat *chat, struct user *u);

#endif
