/* decide: may this be done, as things are now? What is stored is proposed and seen only after it
 * is on disk; the rest goes straight to chat_apply(). See chat.h. */
#include "core/chat.h"

#include "core/crowd.h"
#include "core/talk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The event and its origin are known: what happens with it depends on its kind alone. */
static enum refusal chat_do(struct chat *chat, struct event *e)
{
	e->time_ms = chat->now_ms;
	if (!event_is_stored(e->kind)) {
		chat_apply(chat, e);
		event_unref(e);
		return REFUSED_NOT;
	}
	enum refusal why = chat->ports.propose(chat->ports.ctx, e);
	if (why != REFUSED_NOT) {
		event_unref(e);
		return why;
	}
	struct user *u = user_find_id(chat, e->user_id);
	bool change = event_is_change(e->kind);
	*(change ? &u->changes_in_flight : &u->messages_in_flight) += 1;
	if (e->room_count > 0) {
		struct room *r = chat->rooms[e->rooms[0].slot];
		r->in_flight++;
		r->changes_in_flight += change;
	}
	return REFUSED_NOT;
}

static struct event *new_event(struct session *s, struct event_draft *draft)
{
	draft->from = user_sender(s->user);
	struct event *e = event_new(draft);
	e->user_id = s->user->id;
	e->origin = s->conn;
	return e;
}

static struct event *new_room_event(struct session *s, struct room *r, struct event_draft *draft)
{
	const struct event_room where = {
		.slot = r->slot,
		.crowded = (draft->kind == EVENT_JOIN || draft->kind == EVENT_PART) &&
			   crowd_count(s->chat, r, draft->kind),
	};
	draft->room_key = r->key;
	draft->room_name = r->name;
	draft->rooms = &where;
	draft->room_count = 1;
	return new_event(s, draft);
}

/* What all his rooms see: each of them once. */
static struct event *new_user_event(struct session *s, struct event_draft *draft)
{
	struct event_room *rooms = xcalloc(s->user->room_count, sizeof(*rooms));
	for (struct member *m = s->user->first_room; m; m = m->next_room) {
		bool crowded = draft->kind == EVENT_QUIT &&
			       crowd_count(s->chat, m->room, draft->kind);
		rooms[draft->room_count++] = (struct event_room){ m->room->slot, crowded };
	}
	draft->rooms = rooms;
	struct event *e = new_event(s, draft);
	free(rooms);
	return e;
}

/* ---- coming and going ---- */

static bool is_lobby(const struct chat *chat, const char *key)
{
	char lobby[NAME_KEY_SIZE];
	const char *name = chat->config.lobby;
	return room_key(name, strlen(name), ROOM_BYTES_MAX, chat->config.casemapping, lobby) &&
	       strcmp(key, lobby) == 0;
}

/* Makes the room if it must. */
static enum refusal room_for_joining(struct chat *chat, const char *name, size_t len,
				     struct room **ret)
{
	char key[NAME_KEY_SIZE], text[ROOM_BYTES_MAX + 1];
	if (!room_key(name, len, chat->config.room_bytes, chat->config.casemapping, key))
		return REFUSED_ROOM_INVALID;
	struct room *r = table_find(&chat->rooms_by_key, key, strlen(key));
	/* Everyone has to be somewhere: the lobby can always be made. */
	if (!r && chat->room_count >= chat->config.rooms_max && !is_lobby(chat, key))
		return REFUSED_NO_ROOM_FOR_ROOMS;
	if (!r) {
		memcpy(text, name, len);
		text[len] = '\0';
		r = room_new(chat, text, key);
	}
	*ret = r;
	return REFUSED_NOT;
}

enum refusal chat_join(struct session *s, const char *room, size_t len)
{
	struct room *r = NULL;
	struct event_draft draft = { .kind = EVENT_JOIN };
	if (s->user->room_count >= ROOMS_PER_USER_MAX)
		return REFUSED_TOO_MANY_ROOMS;
	enum refusal why = room_for_joining(s->chat, room, len, &r);
	if (why != REFUSED_NOT)
		return why;
	if (room_member(r, s->user))
		return REFUSED_NOT;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

enum refusal chat_enter(struct session *s, const char *nick, size_t len, const char *name)
{
	char text[NICK_BYTES_MAX + 1];
	const char *lobby = s->chat->config.lobby;
	assert(!s->user);
	enum refusal why = user_nick_refusal(s->chat, NULL, nick, len);
	if (why != REFUSED_NOT)
		return why;
	memcpy(text, nick, len);
	text[len] = '\0';
	s->user = user_new(s->chat, s, text, name);
	return *lobby ? chat_join(s, lobby, strlen(lobby)) : REFUSED_NOT;
}

enum refusal chat_rename(struct session *s, const char *nick, size_t len)
{
	struct event_draft draft = { .kind = EVENT_NICK, .text = nick, .text_len = len };
	enum refusal why = user_nick_refusal(s->chat, s->user, nick, len);
	if (why != REFUSED_NOT)
		return why;
	return chat_do(s->chat, new_user_event(s, &draft));
}

enum refusal chat_part(struct session *s, struct room *r)
{
	struct event_draft draft = { .kind = EVENT_PART };
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

void chat_leave(struct session *s)
{
	struct event_draft draft = { .kind = EVENT_QUIT };
	if (!s->user)
		return;
	enum refusal why = chat_do(s->chat, new_user_event(s, &draft));
	assert(why == REFUSED_NOT);
	(void)why;
}

/* ---- saying ---- */

enum refusal chat_say(struct session *s, struct room *r, enum event_kind kind, const char *text,
		      size_t len)
{
	struct event_draft draft = { .kind = kind, .text = text, .text_len = len };
	assert(event_is_message(kind));
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	if (len > MESSAGE_BYTES_MAX)
		return REFUSED_TOO_LONG;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

enum refusal chat_say_to(struct session *s, const char *nick, size_t nick_len, enum event_kind kind,
			 const char *text, size_t len)
{
	char key[TALK_KEY_SIZE];
	assert(event_is_message(kind));
	struct user *to = user_find(s->chat, nick, nick_len);
	if (!to)
		return REFUSED_NO_SUCH_NICK;
	if (len > MESSAGE_BYTES_MAX)
		return REFUSED_TOO_LONG;
	talk_key(s->user, to, key);
	const uint64_t named[] = { to->id };
	struct event_draft draft = {
		.kind = kind,
		.room_key = key,
		.to_nick = to->nick,
		.text = text,
		.text_len = len,
		.named = named,
		.named_count = 1,
	};
	return chat_do(s->chat, new_event(s, &draft));
}

enum refusal chat_set_topic(struct session *s, struct room *r, const char *text, size_t len)
{
	struct event_draft draft = { .kind = EVENT_TOPIC, .text = text, .text_len = len };
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	if (len > TOPIC_BYTES_MAX)
		return REFUSED_TOO_LONG;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

enum refusal chat_history(struct session *s, const struct room *r, size_t limit)
{
	const struct chat_read read = {
		.room_key = r->key,
		.before_id = s->chat->applied_id + 1,
		.limit = limit < HISTORY_MAX ? limit : HISTORY_MAX,
		.asker = s->conn,
		.room_slot = r->slot,
	};
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	if (!s->chat->ports.read(s->chat->ports.ctx, &read))
		return REFUSED_FULL;
	return REFUSED_NOT;
}
