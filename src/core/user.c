#include "core/user.h"

#include "base/text.h"
#include "core/chat.h"
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

/* Any of them may be what it was. */
static void user_set_names(struct user *u, const char *nick, const char *key, const char *user,
			   const char *real)
{
	size_t nick_len = strlen(nick), user_len = strlen(user);
	size_t key_len = strcmp(nick, key) == 0 ? 0 : strlen(key);
	size_t real_len = utf8_cut(real, strlen(real), REAL_BYTES_MAX);
	char *names = xcalloc(nick_len + key_len + user_len + real_len + 4, 1);
	char *before = u->nick;
	char *at = put(names, &u->nick, nick, nick_len);
	at = put(at, &u->user, user, user_len);
	at = put(at, &u->real, real, real_len);
	if (key_len > 0)
		put(at, &u->key, key, key_len);
	else
		u->key = u->nick;
	free(before);
}

static void user_take_nick(struct chat *chat, struct user *u, const char *nick, const char *user,
			   const char *real)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
	size_t len = strlen(nick);
	bool valid = nick_key(nick, len, chat->config.nick_bytes, chat->config.casemapping, key);
	assert(valid);
	(void)valid;
	nick_skeleton(nick, chat->config.casemapping, skeleton);
	user_set_names(u, nick, key, user, real);
	table_add(&chat->nicks, u);
	if (strcmp(skeleton, key) == 0)
		return;
	u->skeleton = xstrdup(skeleton);
	table_add(&chat->skeletons, u);
}

static void user_drop_nick(struct chat *chat, struct user *u)
{
	table_remove(&chat->nicks, u);
	if (u->skeleton)
		table_remove(&chat->skeletons, u);
	free(u->skeleton);
	u->skeleton = NULL;
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

struct user *user_new(struct chat *chat, struct session *session, const char *nick,
		      const struct introduction *how)
{
	struct user *u = xcalloc(1, sizeof(*u));
	char user[USER_BYTES_MAX + 1] = "";
	memcpy(user, how->user, utf8_cut(how->user, strlen(how->user), chat->config.user_bytes));
	u->id = chat->next_user_id++;
	u->session = session;
	u->via = how->via ? how->via : "";
	u->since_ms = u->spoke_ms = chat->now_ms;
	user_take_nick(chat, u, nick, user, how->real ? how->real : nick);
	table_add(&chat->users, u);
	list_add(chat, u);
	user_set_flags(chat, u, how->flags);
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
	free(u->away);
	free(u->nick);
	free(u);
}

void user_rename(struct chat *chat, struct user *u, const char *nick)
{
	whowas_add(chat->whowas, u, chat->now_ms);
	user_drop_nick(chat, u);
	user_take_nick(chat, u, nick, u->user, u->real);
}

void user_set_real(struct user *u, const char *real)
{
	user_set_names(u, u->nick, u->key, u->user, real);
}

void user_set_away(struct user *u, const char *why)
{
	size_t len = utf8_cut(why, strlen(why), AWAY_BYTES_MAX);
	free(u->away);
	u->away = NULL;
	if (len == 0)
		return;
	u->away = xcalloc(len + 1, 1);
	memcpy(u->away, why, len);
}

void user_set_flags(struct chat *chat, struct user *u, unsigned flags)
{
	chat->invisible_count -= (u->flags & USER_INVISIBLE) != 0;
	chat->operator_count -= (u->flags & USER_OPERATOR) != 0;
	u->flags = flags;
	chat->invisible_count += (flags & USER_INVISIBLE) != 0;
	chat->operator_count += (flags & USER_OPERATOR) != 0;
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

enum refusal user_nick_refusal(const struct chat *chat, const struct user *asker, const char *nick,
			       size_t len)
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
	return taken ? REFUSED_NICK_TAKEN : REFUSED_NOT;
}

struct sender user_sender(const struct user *u)
{
	return (struct sender){ u->nick, u->user, u->session->host, "" };
}

void user_source(const struct user *u, char source[USER_SOURCE_SIZE])
{
	snprintf(source, USER_SOURCE_SIZE, "%s!%s@%s", u->nick, u->user, u->session->host);
}

bool user_shares_room(const struct user *a, const struct user *b)
{
	for (const struct member *m = a->first_room; m; m = m->next_room)
		if (room_member(m->room, b))
			return true;
	return false;
}
