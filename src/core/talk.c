#include "core/talk.h"

#include "core/account.h"
#include "core/chat.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One end of a talk, in the list of its user. */
struct talk_seat {
	struct talk_seat *prev, *next;
	struct talk_seat *other; /* the other end */
	struct user *user;
};

struct partner partner_of(struct user *u)
{
	return (struct partner){ u, u->account };
}

struct partner partner_find(const struct chat *chat, const char *name)
{
	struct user *u = user_find(chat, name, strlen(name));
	if (u)
		return partner_of(u);
	struct account *a = account_find(chat, name, strlen(name));
	/* He may be here under another nick. */
	return (struct partner){ a && a->user_count > 0 ? a->users[0] : NULL, a };
}

bool partner_exists(const struct partner *p)
{
	return p->user || p->account;
}

const char *partner_name(const struct partner *p)
{
	return p->user ? p->user->nick : p->account->name;
}

/* One of the two in a key. Accounts come before presences, and smaller numbers first. */
struct party {
	bool has_account;
	uint64_t id;
};

static struct party party_of(const struct user *u, const struct account *a)
{
	return a ? (struct party){ true, a->id } : (struct party){ false, u->id };
}

static bool party_is(const struct party *a, const struct party *b)
{
	return a->has_account == b->has_account && a->id == b->id;
}

static bool party_comes_first(const struct party *a, const struct party *b)
{
	return a->has_account == b->has_account ? a->id < b->id : a->has_account;
}

static void party_text(const struct party *p, char text[TALK_KEY_SIZE / 2])
{
	snprintf(text, TALK_KEY_SIZE / 2, p->has_account ? "a%" PRIu64 : "p%" PRIx64, p->id);
}

/* Moves *at behind it. */
static bool party_parse(const char **at, struct party *ret)
{
	char *end;
	ret->has_account = **at == 'a';
	if (!ret->has_account && **at != 'p')
		return false;
	ret->id = strtoull(*at + 1, &end, ret->has_account ? 10 : 16);
	*at = end;
	return true;
}

void talk_key(const struct user *u, const struct partner *p, char key[TALK_KEY_SIZE])
{
	const struct party mine = party_of(u, u->account), his = party_of(p->user, p->account);
	bool is_first = party_comes_first(&mine, &his);
	char first[TALK_KEY_SIZE / 2], second[TALK_KEY_SIZE / 2];
	party_text(is_first ? &mine : &his, first);
	party_text(is_first ? &his : &mine, second);
	snprintf(key, TALK_KEY_SIZE, "%s-%s", first, second);
}

static struct partner partner_by(const struct chat *chat, const struct party *p)
{
	struct partner found = { 0 };
	if (p->has_account) {
		found.account = account_find_id(chat, p->id);
		if (found.account && found.account->user_count > 0)
			found.user = found.account->users[0];
	} else {
		/* Who has logged in since then is another in all keys. */
		found.user = user_find_id(chat, p->id);
		if (found.user && found.user->account)
			found.user = NULL;
	}
	return found;
}

struct partner talk_partner(const struct chat *chat, const char *key, const struct user *u)
{
	const struct party mine = party_of(u, u->account);
	struct party first, second;
	if (!party_parse(&key, &first) || *key++ != '-' || !party_parse(&key, &second))
		return (struct partner){ 0 };
	if (party_is(&first, &mine))
		return partner_by(chat, &second);
	return party_is(&second, &mine) ? partner_by(chat, &first) : (struct partner){ 0 };
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
		const struct partner other = partner_of(yours->user);
		char key[TALK_KEY_SIZE];
		talk_key(u, &other, key);
		chat->ports.forget(chat->ports.ctx, key);
		if (yours != mine)
			seat_free(yours);
		seat_free(mine);
	}
}
