/* decide: may this be done, as things are now? What is stored is proposed and seen only after it
 * is on disk; the rest goes straight to chat_apply(). See chat.h. Here: talk. */
#include "core/decide.h"

#include "base/text.h"
#include "core/account.h"
#include "core/crowd.h"
#include "core/ignore.h"
#include "core/talk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The world waits for what is in flight as long as these say so; land() in apply.c undoes it. */
static void depart(struct chat *chat, const struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	bool change = event_is_change(e->kind);
	if (u)
		*(change ? &u->changes_in_flight : &u->messages_in_flight) += 1;
	for (size_t i = 0; change && i < e->named_count; i++) {
		struct user *named = user_find_id(chat, e->named[i]);
		if (named)
			named->named_in_flight++;
	}
	if (e->room_count > 0) {
		struct room *r = chat->rooms[e->rooms[0].slot];
		r->in_flight++;
		r->changes_in_flight += change;
	}
}

/* A room can be governed, and read, though nothing can be stored. */
static bool goes_unstored(enum event_kind kind, enum refusal why)
{
	return (kind == EVENT_KICK || kind == EVENT_MODE || kind == EVENT_MARK) &&
	       (why == REFUSED_DEGRADED || why == REFUSED_STALLED);
}

enum refusal chat_do(struct chat *chat, struct event *e)
{
	enum refusal why = REFUSED_NOT;
	e->time_ms = chat->now_ms;
	if (event_is_stored(e->kind)) {
		why = chat->ports.propose(chat->ports.ctx, e);
		if (why == REFUSED_NOT) {
			depart(chat, e);
			return why;
		}
	}
	if (!event_is_stored(e->kind) || goes_unstored(e->kind, why)) {
		e->seq = chat->passing++;
		chat_apply(chat, e);
		why = REFUSED_NOT;
	}
	event_unref(e);
	return why;
}

/* Of whoever has not entered yet, or never will. */
static struct event *new_event_of_nobody(struct session *s, struct event_draft *draft)
{
	draft->from = (struct sender){ .account = s->account ? s->account->name : "" };
	struct event *e = event_new(draft);
	e->origin = s->conn;
	return e;
}

struct event *new_event(struct session *s, struct event_draft *draft)
{
	if (!s->user)
		return new_event_of_nobody(s, draft);
	if (!draft->from.nick) {
		draft->from = user_sender(s->user);
		draft->from_bot = s->user->flags & USER_BOT;
		draft->from_operator = s->user->flags & USER_OPERATOR;
	}
	struct event *e = event_new(draft);
	e->user_id = s->user->id;
	e->account_id = s->user->account ? s->user->account->id : 0;
	e->origin = s->conn;
	return e;
}

struct event *new_room_event(struct session *s, struct room *r, struct event_draft *draft)
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

struct event *new_user_event(struct session *s, struct event_draft *draft)
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

enum refusal may(const struct session *s, const struct room *r, enum action action)
{
	enum standing standing = room_rank(r, s->user);
	if (permission_given(action, standing, r->rules.flags))
		return REFUSED_NOT;
	return standing == STANDING_OUTSIDER ? REFUSED_NOT_IN_ROOM : REFUSED_NOT_OPERATOR;
}

/* ---- saying ---- */

static enum refusal words_refusal(const struct words *words)
{
	return words->len > MESSAGE_BYTES_MAX || strlen(words->tags) > TAGS_BYTES_MAX
		       ? REFUSED_TOO_LONG
		       : REFUSED_NOT;
}

static bool is_ctcp(enum event_kind kind)
{
	return kind == EVENT_CTCP || kind == EVENT_CTCP_REPLY;
}

static enum refusal speech_refusal(const struct session *s, const struct room *r,
				   enum event_kind kind, const struct words *words)
{
	enum standing standing = room_standing(r, s->user);
	bool notice = kind == EVENT_NOTICE || kind == EVENT_CTCP_REPLY;
	bool counts = event_is_message(kind) || is_ctcp(kind);
	/* Every byte of every message, which few rooms ask for. */
	bool coloured = (r->rules.flags & ROOM_NO_COLOURS) &&
			text_is_formatted(words->text, words->len);
	const struct {
		bool asked;
		enum action action;
		enum refusal why;
	} needs[] = {
		{ true, ACTION_SPEAK, REFUSED_SPEECH },
		{ !s->user->account, ACTION_SPEAK_AS_GUEST, REFUSED_GUEST },
		{ notice, ACTION_NOTICE, REFUSED_NOTICE },
		{ is_ctcp(kind), ACTION_CTCP, REFUSED_CTCP },
		{ coloured, ACTION_COLOUR, REFUSED_COLOURS },
		{ counts && room_slow_left(s->chat, r, s->user) > 0, ACTION_PASS_SLOW_MODE,
		  REFUSED_SLOW },
	};
	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (needs[i].asked && !permission_given(needs[i].action, standing, r->rules.flags))
			return needs[i].why;
	return REFUSED_NOT;
}

static struct event_draft draft_of(enum event_kind kind, const struct words *words)
{
	return (struct event_draft){ .kind = kind,
				     .text = words->text,
				     .text_len = words->len,
				     .tags = words->tags,
				     .joints = words->joints,
				     .joint_count = words->joint_count };
}

/* e takes place in r and is said there, by whom speech_refusal() let speak. */
static enum refusal say(struct session *s, struct room *r, struct event *e)
{
	enum event_kind kind = e->kind;
	enum refusal why = chat_do(s->chat, e);
	if (event_is_message(kind))
		s->user->spoke_ms = s->chat->now_ms;
	if (why == REFUSED_NOT && (event_is_message(kind) || is_ctcp(kind)))
		room_note_speech(s->chat, r, s->user);
	return why;
}

enum refusal chat_say(struct session *s, struct room *r, enum event_kind kind,
		      const struct words *words)
{
	struct event_draft draft = draft_of(kind, words);
	enum refusal why = speech_refusal(s, r, kind, words);
	if (why == REFUSED_NOT)
		why = words_refusal(words);
	return why == REFUSED_NOT ? say(s, r, new_room_event(s, r, &draft)) : why;
}

enum refusal chat_say_to_rank(struct session *s, struct room *r, char prefix, enum event_kind kind,
			      const struct words *words)
{
	char key[NAME_KEY_SIZE + 1], name[ROOM_BYTES_MAX + 2];
	const struct event_room where = { .slot = r->slot };
	struct event_draft draft = draft_of(kind, words);
	enum refusal why = speech_refusal(s, r, kind, words);
	if (why == REFUSED_NOT)
		why = words_refusal(words);
	if (why == REFUSED_NOT && may(s, r, ACTION_SPEAK_TO_RANK) != REFUSED_NOT)
		why = REFUSED_NOT_OPERATOR;
	if (why != REFUSED_NOT)
		return why;
	snprintf(key, sizeof(key), "%c%s", prefix, r->key);
	snprintf(name, sizeof(name), "%c%s", prefix, r->name);
	draft.room_key = key;
	draft.room_name = name;
	draft.rooms = &where;
	draft.room_count = 1;
	return say(s, r, new_event(s, &draft));
}

enum refusal chat_say_to(struct session *s, struct user *to, enum event_kind kind,
			 const struct words *words)
{
	const struct partner with = partner_of(to);
	char key[TALK_KEY_SIZE] = "";
	enum refusal why = words_refusal(words);
	if (why == REFUSED_NOT)
		why = ignore_refusal(s, to, kind);
	if (why != REFUSED_NOT)
		return why;
	if (event_is_stored(kind)) {
		talk_key(s->user, &with, key);
		talk_begin(s->user, to);
	}
	if (event_is_message(kind))
		s->user->spoke_ms = s->chat->now_ms;
	if (kind == EVENT_MESSAGE || kind == EVENT_ACTION)
		ignore_await_answer(s->chat, s->user, to);
	struct event_draft draft = draft_of(kind, words);
	draft.room_key = key;
	draft.to_nick = to->nick;
	draft.to_account_id = to->account ? to->account->id : 0;
	draft.named = &to->id;
	draft.named_count = 1;
	return chat_do(s->chat, new_event(s, &draft));
}
