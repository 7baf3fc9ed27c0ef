#include "core/user.h"

#include "base/text.h"
#include "core/account.h"
#include "core/chat.h"
#include "core/ignore.h"
#include "core/invite.h"
#include "core/session.h"
#include "core/talk.h"
#include "core/whowas.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *put(char *at, char **ret, const char *text, size_t len)
{
	*ret = at;
	memcpy(at, text, len);
	at[len] = '\0';
	return at + len + 1;
}

/* What he is called; any of them may be what it was. */
struct names {
	const char *nick, *key, *user, *host, *real;
};

static struct names user_names(const struct user *u)
{
	return (struct names){ u->nick, user_key(u), u->user, u->host, u->real };
}

static void user_set_names(struct user *u, const struct names *n)
{
	size_t nick_len = strlen(n->nick), user_len = strlen(n->user), host_len = strlen(n->host);
	size_t key_len = strcmp(n->nick, n->key) == 0 ? 0 : strlen(n->key);
	size_t real_len = utf8_cut(n->real, strlen(n->real), REAL_BYTES_MAX);
	char *names = xcalloc(nick_len + key_len + user_len + host_len + real_len + 5, 1);
	char *before = u->nick;
	char *at = put(names, &u->nick, n->nick, nick_len);
	at = put(at, &u->user, n->user, user_len);
	at = put(at, &u->host, n->host, host_len);
	at = put(at, &u->real, n->real, real_len);
	u->key_at = 0;
	if (key_len > 0) {
		memcpy(at, n->key, key_len + 1);
		u->key_at = (uint16_t)(at - names);
	}
	free(before);
}

/* names->key is not set yet. */
static void user_take_nick(struct chat *chat, struct user *u, struct names *names)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
	bool valid = nick_key(names->nick, strlen(names->nick), chat->config.nick_bytes,
			      chat->config.casemapping, key);
	assert(valid);
	(void)valid;
	nick_skeleton(names->nick, chat->config.casemapping, skeleton);
	names->key = key;
	user_set_names(u, names);
	table_add(&chat->nicks, u);
	if (strcmp(skeleton, key) == 0)
		return;
	user_extras(u)->skeleton = xstrdup(skeleton);
	table_add(&chat->skeletons, u);
}

static void user_drop_nick(struct chat *chat, struct user *u)
{
	table_remove(&chat->nicks, u);
	if (!u->extras || !u->extras->skeleton)
		return;
	table_remove(&chat->skeletons, u);
	free(u->extras->skeleton);
	u->extras->skeleton = NULL;
}

static void list_add(struct chat *chat, struct user *u)
{
	u->prev = chat->last_user;
	*(chat->last_user ? &chat->last_user->next : &chat->first_user) = u;
	chat->last_user = u;
	if (++chat->user_count > chat->user_count_max)
		chat->user_count_max = chat->user_count;
}

static void list_remove(struct chat *chat, struct user *u)
{
	*(u->prev ? &u->prev->next : &chat->first_user) = u->next;
	*(u->next ? &u->next->prev : &chat->last_user) = u->prev;
	chat->user_count--;
}

const char *user_key(const struct user *u)
{
	return u->nick + u->key_at;
}

struct user_extras *user_extras(struct user *u)
{
	if (!u->extras)
		u->extras = xcalloc(1, sizeof(*u->extras));
	return u->extras;
}

struct user *user_new(struct chat *chat, struct session *session, const char *nick,
		      const struct introduction *how)
{
	struct user *u = xcalloc(1, sizeof(*u));
	char user[USER_BYTES_MAX + 1] = "";
	memcpy(user, how->user, utf8_cut(how->user, strlen(how->user), chat->config.user_bytes));
	struct names names = { .nick = nick,
			       .user = user,
			       .host = session->host,
			       .real = how->real ? how->real : nick };
	u->id = chat->next_user_id++;
	user_set_account(u, session->account);
	u->via = how->via ? how->via : "";
	u->since_ms = u->spoke_ms = chat->now_ms;
	user_take_nick(chat, u, &names);
	user_add_session(u, session);
	table_add(&chat->users, u);
	list_add(chat, u);
	user_set_flags(chat, u, how->flags);
	user_set_away(u, how->away ? how->away : "");
	return u;
}

void user_free(struct chat *chat, struct user *u)
{
	assert(!u->first_room);
	whowas_add(chat->whowas, u, chat->now_ms);
	talk_leave_all(chat, u);
	invite_drop_all(u);
	user_set_flags(chat, u, 0);
	user_drop_nick(chat, u);
	table_remove(&chat->users, u);
	list_remove(chat, u);
	while (u->first_session)
		user_remove_session(u, u->first_session);
	user_set_away(u, "");
	user_set_account(u, NULL);
	if (u->extras) {
		marks_done(&u->extras->marks);
		ignoring_free(u->extras->ignoring);
		metadata_done(&u->extras->metadata);
	}
	free(u->extras);
	free(u->nick);
	free(u);
}

/* ---- sessions ---- */

void user_add_session(struct user *u, struct session *s)
{
	struct session **at = &u->first_session;
	while (*at)
		at = &(*at)->next;
	*at = s;
	s->next = NULL;
	s->user = u;
	free(s->host);
	s->host = NULL;
}

void user_remove_session(struct user *u, struct session *s)
{
	struct session **at = &u->first_session;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->next = NULL;
	s->user = NULL;
}

void user_tell(const struct user *u, struct event *e)
{
	for (struct session *s = u->first_session; s; s = s->next)
		if (s->conn != e->origin)
			s->ops->received(s, e);
}

/* ---- what changes ---- */

void user_rename(struct chat *chat, struct user *u, const char *nick)
{
	struct names names = user_names(u);
	whowas_add(chat->whowas, u, chat->now_ms);
	user_drop_nick(chat, u);
	names.nick = nick;
	user_take_nick(chat, u, &names);
}

void user_set_real(struct user *u, const char *real)
{
	struct names names = user_names(u);
	names.real = real;
	user_set_names(u, &names);
}

void user_set_host(struct user *u, const char *host)
{
	struct names names = user_names(u);
	names.host = host;
	user_set_names(u, &names);
}

const char *user_away(const struct user *u)
{
	return u->extras ? u->extras->away : NULL;
}

const char *user_account(const struct user *u)
{
	return u->account ? u->account->name : "";
}

void user_set_away(struct user *u, const char *why)
{
	size_t len = utf8_cut(why, strlen(why), AWAY_BYTES_MAX);
	if (u->extras) {
		free(u->extras->away);
		u->extras->away = NULL;
	}
	if (len == 0)
		return;
	char *away = user_extras(u)->away = xcalloc(len + 1, 1);
	memcpy(away, why, len);
}

void user_set_flags(struct chat *chat, struct user *u, unsigned flags)
{
	chat->invisible_count -= (u->flags & USER_INVISIBLE) != 0;
	chat->operator_count -= (u->flags & USER_OPERATOR) != 0;
	u->flags = flags;
	chat->invisible_count += (flags & USER_INVISIBLE) != 0;
	chat->operator_count += (flags & USER_OPERATOR) != 0;
}

void user_set_account(struct user *u, struct account *account)
{
	if (u->account)
		account_remove_user(u->account, u);
	account_point(&u->account, account);
	if (account)
		account_add_user(account, u);
}

struct user *user_find(const struct chat *chat, const char *nick, size_t len)
{
	char key[NAME_KEY_SIZE];
	if (!nick_key(nick, len, chat->config.nick_bytes, chat->config.casemapping, key))
		return NULL;
	return table_find(&chat->nicks, key, strlen(key));
}

struct user *user_find_id(const struct chat *chat, uint64_t id)
{
	return table_find(&chat->users, &id, sizeof(id));
}

/* One that is his own account's, or like it, or nobody's. */
static bool nick_is_free(const struct chat *chat, const struct account *account, const char *nick)
{
	const struct account *owner = account_like(chat, nick);
	return (!owner || owner == account) && !account_is_service(chat, nick);
}

enum refusal user_nick_refusal(const struct chat *chat, const struct user *asker,
			       const struct account *account, const char *nick, size_t len)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE], text[NICK_BYTES_MAX + 1];
	if (!nick_key(nick, len, chat->config.nick_bytes, chat->config.casemapping, key))
		return REFUSED_NICK_INVALID;
	memcpy(text, nick, len);
	text[len] = '\0';
	nick_skeleton(text, chat->config.casemapping, skeleton);
	const struct user *same = table_find(&chat->nicks, key, strlen(key));
	/* Whose skeleton is his key is found by that. */
	const struct user *alike = table_find(&chat->skeletons, skeleton, strlen(skeleton));
	const struct user *bare = table_find(&chat->nicks, skeleton, strlen(skeleton));
	bool taken = (same && same != asker) || (alike && alike != asker) ||
		     (bare && bare != asker);
	if (taken)
		return REFUSED_NICK_TAKEN;
	/* What he has already he keeps, in any spelling, though somebody registered it. */
	return same || nick_is_free(chat, account, text) ? REFUSED_NOT : REFUSED_NICK_RESERVED;
}

struct sender user_sender(const struct user *u)
{
	return (struct sender){ u->nick, u->user, u->host, user_account(u) };
}

void user_source(const struct user *u, char source[USER_SOURCE_SIZE])
{
	snprintf(source, USER_SOURCE_SIZE, "%s!%s@%s", u->nick, u->user, u->host);
}

bool user_shares_room(const struct user *a, const struct user *b)
{
	for (const struct member *m = a->first_room; m; m = m->next_room)
		if (room_member(m->room, b))
			return true;
	return false;
}
