/* apply: what happened changes the state, and those concerned are told. The world may have moved
 * since it was decided: rooms and users are looked up again. See chat.h. */
#include "core/chat.h"

#include <assert.h>
#include <string.h>

/* Where e takes place; NULL: in private, or everywhere its user is. */
static struct room *event_place(const struct chat *chat, const struct event *e)
{
	return e->room_key[0] && e->room_count > 0 ? chat->rooms[e->rooms[0].slot] : NULL;
}

/* NULL: nobody is left to be answered. */
static struct session *event_origin(const struct chat *chat, const struct event *e)
{
	return table_find(&chat->sessions, &e->origin, sizeof(e->origin));
}

static void answer(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	if (s && s->user)
		s->ops->happened(s, e);
}

/* e is no longer in flight. Its room stays, even if it is empty, until room_settle(). */
static void land(struct chat *chat, const struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	struct room *r = event_place(chat, e);
	bool change = event_is_change(e->kind);
	if (u)
		*(change ? &u->changes_in_flight : &u->messages_in_flight) -= 1;
	if (r) {
		r->in_flight--;
		r->changes_in_flight -= change;
	}
}

static void apply_private(struct chat *chat, struct event *e)
{
	struct user *to = user_find_id(chat, e->named[0]);
	if (to && to->session && to->id != e->user_id)
		to->session->ops->received(to->session, e);
}

static void apply_stored(struct chat *chat, struct event *e)
{
	struct room *r = event_place(chat, e);
	land(chat, e);
	chat->applied_id = e->id;
	if (!r) {
		apply_private(chat, e);
		answer(chat, e);
		return;
	}
	r->stored = true;
	if (e->kind == EVENT_TOPIC)
		room_set_topic(r, e->text, e->from.nick, e->time_ms);
	if (event_is_message(e->kind))
		room_remember(chat, r, e);
	chat->ports.deliver(chat->ports.ctx, e);
	answer(chat, e);
}

static void apply_join(struct chat *chat, struct event *e)
{
	struct room *r = event_place(chat, e);
	struct session *s = event_origin(chat, e);
	room_add(r, s->user);
	chat->ports.put_member(chat->ports.ctx, r->slot, s->conn, s->ops->variant(s, r));
	chat->ports.deliver(chat->ports.ctx, e);
	s->ops->happened(s, e);
}

static void take_out(struct chat *chat, struct member *m)
{
	struct room *r = m->room;
	chat->ports.remove_member(chat->ports.ctx, r->slot, m->user->session->conn);
	room_remove(chat, m);
	room_settle(chat, r);
}

static void apply_part(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	chat->ports.deliver(chat->ports.ctx, e);
	take_out(chat, room_member(event_place(chat, e), s->user));
	s->ops->happened(s, e);
}

static void apply_quit(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	struct user *u = s->user;
	chat->ports.deliver(chat->ports.ctx, e);
	while (u->first_room)
		take_out(chat, u->first_room);
	s->user = NULL;
	user_free(chat, u);
	s->ops->happened(s, e);
}

static void apply_nick(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	user_rename(chat, s->user, e->text);
	chat->ports.deliver(chat->ports.ctx, e);
	s->ops->happened(s, e);
}

void chat_apply(struct chat *chat, struct event *e)
{
	chat->moves++;
	switch (e->kind) {
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
	case EVENT_TOPIC:
		apply_stored(chat, e);
		return;
	case EVENT_JOIN:
		apply_join(chat, e);
		return;
	case EVENT_PART:
		apply_part(chat, e);
		return;
	case EVENT_QUIT:
		apply_quit(chat, e);
		return;
	case EVENT_NICK:
		apply_nick(chat, e);
		return;
	case EVENT_CROWD: /* crowd.c tells of it by itself */
	case EVENT_KICK:
	case EVENT_MODE:
	case EVENT_SEAL:
	case EVENT_AWAY:
	case EVENT_NAME:
	case EVENT_INVITE:
	case EVENT_TAGS:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
		return;
	}
}

void chat_refuse(struct chat *chat, struct event *e, enum refusal why)
{
	struct session *s = event_origin(chat, e);
	struct room *r = event_place(chat, e);
	chat->moves++;
	land(chat, e);
	if (s && s->user)
		s->ops->refused(s, e, why);
	if (r)
		room_settle(chat, r);
}
