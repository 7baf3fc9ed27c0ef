#include "core/invite.h"

#include "core/room.h"

#include <stdlib.h>

struct invite *invite_first(const struct user *u)
{
	return u->extras ? u->extras->invites : NULL;
}

static struct invite *find(const struct room *r, const struct user *u)
{
	struct invite *i = invite_first(u);
	while (i && i->room != r)
		i = i->next_user;
	return i;
}

static void invite_drop(struct invite *i)
{
	*(i->prev ? &i->prev->next : &i->room->invites) = i->next;
	if (i->next)
		i->next->prev = i->prev;
	*(i->prev_user ? &i->prev_user->next_user : &i->user->extras->invites) = i->next_user;
	if (i->next_user)
		i->next_user->prev_user = i->prev_user;
	free(i);
}

static void invite_drop_oldest(struct user *u)
{
	struct invite *last = invite_first(u);
	size_t count = last ? 1 : 0;
	for (; last && last->next_user; last = last->next_user)
		count++;
	if (count >= INVITES_PER_USER_MAX)
		invite_drop(last);
}

void invite_add(struct room *r, struct user *u, bool strong)
{
	struct invite *i = find(r, u);
	if (i) {
		i->strong = i->strong || strong;
		return;
	}
	invite_drop_oldest(u);
	i = xcalloc(1, sizeof(*i));
	i->strong = strong;
	i->user = u;
	i->room = r;
	i->next = r->invites;
	if (i->next)
		i->next->prev = i;
	r->invites = i;
	i->next_user = invite_first(u);
	if (i->next_user)
		i->next_user->prev_user = i;
	user_extras(u)->invites = i;
}

const struct invite *invite_find(const struct room *r, const struct user *u)
{
	return find(r, u);
}

void invite_use(struct room *r, struct user *u)
{
	struct invite *i = find(r, u);
	if (i)
		invite_drop(i);
}

void invite_drop_all(struct user *u)
{
	while (invite_first(u))
		invite_drop(invite_first(u));
}

void invite_drop_room(struct room *r)
{
	while (r->invites)
		invite_drop(r->invites);
}
