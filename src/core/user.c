#include "core/user.h"

#include "core/chat.h"
#include "core/session.h"
#include "core/talk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void user_take_nick(struct chat *chat, struct user *u, const char *nick)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
	size_t len = strlen(nick);
	bool valid = nick_key(nick, len, chat->config.nick_bytes, chat->config.casemapping, key);
	assert(valid);
	(void)valid;
	nick_skeleton(nick, chat->config.casemapping, skeleton);
	memcpy(u->nick, nick, len + 1);
	u->key = xstrdup(key);
	u->skeleton = xstrdup(skeleton);
	table_add(&chat->nicks, u->key, strlen(u->key), u);
	table_add(&chat->skeletons, u->skeleton, strlen(u->skeleton), u);
}

static void user_drop_nick(struct chat *chat, struct user *u)
{
	table_remove(&chat->nicks, u->key, strlen(u->key));
	table_remove(&chat->skeletons, u->skeleton, strlen(u->skeleton));
	free(u->key);
	free(u->skeleton);
}

struct user *user_new(struct chat *chat, struct session *session, const char *nick,
		      const char *name)
{
	struct user *u = xcalloc(1, sizeof(*u));
	u->id = chat->next_user_id++;
	u->session = session;
	u->name = name;
	user_take_nick(chat, u, nick);
	table_add(&chat->users, &u->id, sizeof(u->id), u);
	chat->user_count++;
	return u;
}

void user_free(struct chat *chat, struct user *u)
{
	assert(!u->first_room);
	talk_leave_all(chat, u);
	user_drop_nick(chat, u);
	table_remove(&chat->users, &u->id, sizeof(u->id));
	chat->user_count--;
	free(u);
}

void user_rename(struct chat *chat, struct user *u, const char *nick)
{
	user_drop_nick(chat, u);
	user_take_nick(chat, u, nick);
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
	const struct user *alike = table_find(&chat->skeletons, skeleton, strlen(skeleton));
	bool taken = (same && same != asker) || (alike && alike != asker);
	return taken ? REFUSED_NICK_TAKEN : REFUSED_NOT;
}

struct sender user_sender(const struct user *u)
{
	return (struct sender){ u->nick, u->name, u->session->host, "" };
}
