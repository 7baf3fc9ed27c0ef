/* marking: who has read how far: see marks.h for what a mark is. */
#include "core/account.h"
#include "core/decide.h"
#include "core/marks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where these events happen: a place that is no room. */
#define MARKS_PLACE "$marks"

static bool target_key(const struct chat *chat, const char *name, char key[NAME_KEY_SIZE])
{
	const struct chat_config *c = &chat->config;
	size_t len = strlen(name);
	return name[0] == '#' ? room_key(name, len, c->room_bytes, c->casemapping, key)
			      : nick_key(name, len, c->nick_bytes, c->casemapping, key);
}

/* NULL: none yet. */
static struct marks *marks_of(struct user *u)
{
	if (u->account)
		return &u->account->marks;
	return u->extras ? &u->extras->marks : NULL;
}

bool chat_can_mark(const struct session *s, const char *name)
{
	char key[NAME_KEY_SIZE];
	return target_key(s->chat, name, key);
}

int64_t chat_marked(const struct session *s, const char *name)
{
	char key[NAME_KEY_SIZE];
	const struct marks *m = marks_of(s->user);
	return m && target_key(s->chat, name, key) ? marks_get(m, key) : -1;
}

enum refusal chat_mark(struct session *s, const char *name, int64_t time_ms)
{
	char key[NAME_KEY_SIZE], text[32];
	const struct marks *m = marks_of(s->user);
	struct event_draft draft = {
		.kind = EVENT_MARK,
		.room_key = MARKS_PLACE,
		.to_nick = name,
		.to_key = key,
		.text = text,
	};
	if (!target_key(s->chat, name, key))
		return REFUSED_ROOM_INVALID;
	if (m && marks_are_full(m, key))
		return REFUSED_LIST_FULL;
	int len = snprintf(text, sizeof(text), "%" PRId64, time_ms);
	draft.text_len = (size_t)len;
	struct event *e = new_event(s, &draft);
	if (s->user->account)
		return chat_do(s->chat, e);
	/* A guest's ends with him: it is not worth a disk. */
	e->time_ms = s->chat->now_ms;
	chat_apply(s->chat, e);
	event_unref(e);
	return REFUSED_NOT;
}

void chat_add_mark(struct chat *chat, const char *account, const char *target, int64_t time_ms)
{
	struct account *a = account_find(chat, account, strlen(account));
	if (a)
		marks_raise(&a->marks, target, time_ms);
}

static void tell_all(struct account *a, struct event *e)
{
	for (size_t i = 0; i < a->user_count; i++)
		user_tell(a->users[i], e);
}

void mark_apply(struct chat *chat, struct event *e)
{
	const char *account = e->from.account;
	struct account *a = account_find(chat, account, strlen(account));
	struct user *u = user_find_id(chat, e->user_id);
	int64_t time_ms = strtoll(e->text, NULL, 10);
	if (a && marks_raise(&a->marks, e->to_key, time_ms))
		tell_all(a, e);
	else if (!a && u && marks_raise(&user_extras(u)->marks, e->to_key, time_ms))
		user_tell(u, e);
}
