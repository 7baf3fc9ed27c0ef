#include "core/talk.h"

#include "core/chat.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One end of a talk, in the list of its user. */
struct talk_seat {
	struct talk_seat *prev, *next;
	struct talk_seat *other; /* the other end */
	struct user *user;
};

void talk_key(const struct user *a, const struct user *b, char key[TALK_KEY_SIZE])
{
	uint64_t low = a->id < b->id ? a->id : b->id;
	uint64_t high = a->id < b->id ? b->id : a->id;
	snprintf(key, TALK_KEY_SIZE, "%" PRIx64 "-%" PRIx64, low, high);
}

static void seat_add(struct talk_seat *s, struct user *u)
{
	s->user = u;
	s->next = user_extras(u)->talks;
	if (s->next)
		s->next->prev = s;
	u->extras->talks = s;
}

static void seat_free(struct talk_seat *s)
{
	*(s->prev ? &s->prev->next : &s->user->extras->talks) = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

void talk_begin(struct user *a, struct user *b)
{
	const struct talk_seat *s = a->extras ? a->extras->talks : NULL;
	while (s && s->other->user != b)
		s = s->next;
	if (s)
		return;
	struct talk_seat *mine = xcalloc(1, sizeof(*mine));
	struct talk_seat *yours = a == b ? mine : xcalloc(1, sizeof(*yours));
	mine->other = yours;
	yours->other = mine;
	seat_add(mine, a);
	if (yours != mine)
		seat_add(yours, b);
}

const struct talk_seat *talk_next(const struct user *u, const struct talk_seat *after)
{
	if (after)
		return after->next;
	return u->extras ? u->extras->talks : NULL;
}

struct user *talk_other(const struct talk_seat *seat)
{
	return seat->other->user;
}

void talk_leave_all(struct chat *chat, struct user *u)
{
	while (u->extras && u->extras->talks) {
		struct talk_seat *mine = u->extras->talks, *yours = mine->other;
		char key[TALK_KEY_SIZE];
		talk_key(u, yours->user, key);
		chat->ports.forget(chat->ports.ctx, key);
		if (yours != mine)
			seat_free(yours);
		seat_free(mine);
	}
}
