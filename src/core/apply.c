/* apply: what happened changes the state, and those concerned are told. The world may have moved
 * since it was decided: rooms and users are looked up again. See chat.h. */
#include "core/chat.h"
#include "core/host.h"
#include "core/invite.h"

#include <assert.h>
#include <stdlib.h>
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

static void answer_too_late(struct chat *chat, const struct event *e)
{
	struct session *s = event_origin(chat, e);
	if (s && s->user)
		s->ops->refused(s, e, REFUSED_NOT_THERE);
}

/* e is no longer in flight: what depart() in decide.c did is undone. Its room stays, even if it is
 * empty, until room_settle(). */
static void land(struct chat *chat, const struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	struct room *r = event_place(chat, e);
	bool change = event_is_change(e->kind);
	if (u)
		*(change ? &u->changes_in_flight : &u->messages_in_flight) -= 1;
	for (size_t i = 0; change && i < e->named_count; i++) {
		struct user *named = user_find_id(chat, e->named[i]);
		if (named)
			named->named_in_flight--;
	}
	if (r) {
		r->in_flight--;
		r->changes_in_flight -= change;
	}
}

/* Whom it is said to, and the other sessions of whoever said it: each once. */
static void apply_private(struct chat *chat, struct event *e)
{
	const struct user *from = user_find_id(chat, e->user_id);
	const struct user *to = e->named_count > 0 ? user_find_id(chat, e->named[0]) : NULL;
	if (to)
		user_tell(to, e);
	if (!from || from == to)
		return;
	for (struct session *s = from->first_session; s; s = s->next)
		if (s->conn != e->origin && s->ops->said_elsewhere)
			s->ops->said_elsewhere(s, e);
}

/* What all see who share a room with u; his own sessions see it though he is in none. */
static void tell_of_user(struct chat *chat, const struct user *u, struct event *e)
{
	if (e->room_count > 0)
		chat->ports.deliver(chat->ports.ctx, e);
	else
		user_tell(u, e);
}

static void take_out(struct chat *chat, struct member *m)
{
	struct room *r = m->room;
	for (const struct session *s = m->user->first_session; s; s = s->next)
		chat->ports.remove_member(chat->ports.ctx, r->slot, s->conn);
	room_remove(chat, m);
	room_settle(chat, r);
}

/* All his sessions but one, which may be none. */
static void tell_put_out(const struct user *u, const struct event *e, const struct session *but)
{
	for (struct session *s = u->first_session; s; s = s->next)
		if (s != but && s->ops->put_out)
			s->ops->put_out(s, e);
}

/* false: he was not there any longer. */
static bool apply_kick(struct chat *chat, struct event *e)
{
	struct user *who = user_find_id(chat, e->named[0]);
	struct room *r = event_place(chat, e);
	struct member *m = who ? room_member(r, who) : NULL;
	if (!m)
		return false;
	chat->ports.deliver(chat->ports.ctx, e);
	r->in_flight++; /* it must outlive its last member */
	take_out(chat, m);
	r->in_flight--;
	tell_put_out(who, e, NULL);
	return true;
}

static void apply_rank(struct chat *chat, struct room *r, const struct mode_change *change,
		       uint64_t user_id)
{
	struct user *u = user_find_id(chat, user_id);
	struct member *m = u ? room_member(r, u) : NULL;
	if (m)
		m->ranks = (uint8_t)(change->on ? m->ranks | change->mode->bit
						: m->ranks & ~change->mode->bit);
}

/* false: the room has emptied meanwhile, and has no modes, or is another's. */
static bool apply_modes(struct chat *chat, struct room *r, struct event *e)
{
	struct mode_change changes[MODE_CHANGES_MAX];
	if (!r->first && e->closed)
		chat_seal(chat, r);
	if (!r->first || r->since_ms > e->time_ms)
		return false;
	char *text = xstrdup(e->text);
	size_t count = mode_parse(text, changes, MODE_CHANGES_MAX), named = 0;
	for (size_t i = 0; i < count; i++) {
		if (changes[i].mode->kind != MODE_RANK)
			rules_apply(&r->rules, &changes[i], e->from.nick, e->time_ms);
		else if (named < e->named_count)
			apply_rank(chat, r, &changes[i], e->named[named++]);
	}
	free(text);
	chat->ports.deliver(chat->ports.ctx, e);
	return true;
}

/* The last one counts, if the room was closed again while this one was written. */
static void apply_seal(struct room *r, const struct event *e)
{
	r->seals_in_flight--;
	if (r->seals_in_flight == 0 && !r->seal_due)
		r->sealed_seq = e->seq;
}

static void apply_topic(struct chat *chat, struct room *r, struct event *e)
{
	room_set_topic(r, e->text, e->from.nick, e->time_ms);
	chat->ports.deliver(chat->ports.ctx, e);
}

/* What held the new name for r until now; see govern.c. */
static void release_name(struct chat *chat, const struct event *e)
{
	struct room *held = table_find(&chat->rooms_by_key, e->to_key, strlen(e->to_key));
	if (held && held->reserved)
		room_free(chat, held);
}

static void apply_rename(struct chat *chat, struct room *r, struct event *e)
{
	release_name(chat, e);
	room_rename(chat, r, e->to_nick, e->to_key);
	for (const struct member *m = r->first; m; m = m->next)
		for (struct session *s = m->user->first_session; s; s = s->next)
			if (s->conn != e->origin && s->ops->renamed)
				s->ops->renamed(s, e);
}

/* false: it came too late, and nothing has happened. */
static bool apply_in_room(struct chat *chat, struct room *r, struct event *e)
{
	switch (e->kind) {
	case EVENT_TOPIC:
		apply_topic(chat, r, e);
		return true;
	case EVENT_KICK:
		return apply_kick(chat, e);
	case EVENT_MODE:
		return apply_modes(chat, r, e);
	case EVENT_RENAME:
		apply_rename(chat, r, e);
		return true;
	case EVENT_SEAL:
		apply_seal(r, e);
		return true;
	default: /* something said */
		room_remember(chat, r, e);
		chat->ports.deliver(chat->ports.ctx, e);
		return true;
	}
}

/* A kick or a change of modes may come without an id, when the log takes nothing. */
static void apply_stored(struct chat *chat, struct event *e)
{
	struct room *r = event_place(chat, e);
	if (e->id) {
		land(chat, e);
		chat->applied_id = e->id;
	}
	if (!r) {
		apply_private(chat, e);
		answer(chat, e);
		return;
	}
	r->stored = r->stored || e->id;
	r->in_flight++; /* it must outlive its last member */
	if (apply_in_room(chat, r, e))
		answer(chat, e);
	else
		answer_too_late(chat, e);
	r->in_flight--;
	room_settle(chat, r);
}

/* Seen by those who are there, and by nobody later. */
static void apply_passing(struct chat *chat, struct event *e)
{
	if (e->room_count > 0)
		chat->ports.deliver(chat->ports.ctx, e);
	else
		apply_private(chat, e);
	answer(chat, e);
}

/* What he says of himself: seen wherever he is. */
static void apply_of_user(struct chat *chat, struct event *e)
{
	tell_of_user(chat, event_origin(chat, e)->user, e);
	answer(chat, e);
}

/* IRCv3 away-notify: whoever is away when he comes is said to be. */
static void tell_away(struct chat *chat, const struct event *joined, const struct user *u)
{
	const struct event_draft draft = {
		.kind = EVENT_AWAY,
		.from = joined->from,
		.from_bot = joined->from_bot,
		.from_operator = joined->from_operator,
		.rooms = joined->rooms,
		.room_count = 1,
		.text = user_away(u),
		.text_len = strlen(user_away(u)),
	};
	struct event *e = event_new(&draft);
	e->time_ms = joined->time_ms;
	e->origin = joined->origin;
	chat->ports.deliver(chat->ports.ctx, e);
	event_unref(e);
}

static void apply_join(struct chat *chat, struct event *e)
{
	struct room *r = event_place(chat, e);
	struct session *s = event_origin(chat, e);
	room_add(chat, r, s->user);
	invite_use(r, s->user);
	chat->ports.put_member(chat->ports.ctx, r->slot, s->conn, s->ops->variant(s, r));
	chat->ports.deliver(chat->ports.ctx, e);
	if (user_away(s->user))
		tell_away(chat, e, s->user);
	s->ops->happened(s, e);
	for (struct session *other = s->user->first_session; other; other = other->next)
		if (other != s)
			chat_show_room(other, r, e);
}

static void apply_part(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	chat->ports.deliver(chat->ports.ctx, e);
	take_out(chat, room_member(event_place(chat, e), s->user));
	s->ops->happened(s, e);
	tell_put_out(s->user, e, s);
}

static void apply_quit(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	struct user *u = s->user;
	chat->ports.deliver(chat->ports.ctx, e);
	while (u->first_room)
		take_out(chat, u->first_room);
	user_free(chat, u);
	s->ops->happened(s, e);
}

static void apply_nick(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	user_rename(chat, s->user, e->text);
	room_forget_bans(s->user);
	tell_of_user(chat, s->user, e);
	s->ops->happened(s, e);
}

static void apply_away(struct chat *chat, struct event *e)
{
	struct user *u = event_origin(chat, e)->user;
	const char *before = user_away(u);
	bool same = strcmp(before ? before : "", e->text) == 0;
	user_set_away(u, e->text);
	if (same)
		answer(chat, e); /* to others it is no news */
	else
		apply_of_user(chat, e);
}

static void apply_name(struct chat *chat, struct event *e)
{
	user_set_real(event_origin(chat, e)->user, e->text);
	apply_of_user(chat, e);
}

/* Members are told that somebody was invited: https://ircv3.net/specs/extensions/invite-notify */
static void tell_invited(struct chat *chat, const struct event *invitation)
{
	const struct room *r = table_find(&chat->rooms_by_key, invitation->room_key,
					  strlen(invitation->room_key));
	const struct event_room where = { .slot = r->slot };
	const struct event_draft draft = {
		.kind = EVENT_INVITED,
		.from = invitation->from,
		.from_bot = invitation->from_bot,
		.from_operator = invitation->from_operator,
		.room_name = invitation->room_name,
		.to_nick = invitation->to_nick,
		.rooms = &where,
		.room_count = 1,
	};
	struct event *e = event_new(&draft);
	e->time_ms = invitation->time_ms;
	e->origin = invitation->origin;
	chat->ports.deliver(chat->ports.ctx, e);
	event_unref(e);
}

static void apply_invite(struct chat *chat, struct event *e)
{
	tell_invited(chat, e);
	apply_passing(chat, e);
}

static void apply_login(struct chat *chat, struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	u->account = u->first_session->account;
	room_forget_bans(u);
	tell_of_user(chat, u, e);
	answer(chat, e);
}

void chat_apply(struct chat *chat, struct event *e)
{
	chat->moves++;
	switch (e->kind) {
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_MODE:
	case EVENT_RENAME:
	case EVENT_SEAL:
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
	case EVENT_AWAY:
		apply_away(chat, e);
		return;
	case EVENT_NAME:
		apply_name(chat, e);
		return;
	case EVENT_HOST:
		host_apply(chat, e);
		answer(chat, e);
		return;
	case EVENT_LOGIN:
		apply_login(chat, e);
		return;
	case EVENT_INVITE:
		apply_invite(chat, e);
		return;
	case EVENT_TAGS:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
		apply_passing(chat, e);
		return;
	case EVENT_CROWD: /* whoever makes these tells of them himself */
	case EVENT_WALLOPS:
	case EVENT_INVITED:
	case EVENT_RETURN:
		return;
	}
}

void chat_refuse(struct chat *chat, struct event *e, enum refusal why)
{
	struct session *s = event_origin(chat, e);
	struct room *r = event_place(chat, e);
	chat->moves++;
	land(chat, e);
	if (e->kind == EVENT_RENAME)
		release_name(chat, e);
	if (s && s->user)
		s->ops->refused(s, e, why);
	if (r && e->kind == EVENT_SEAL) {
		r->seals_in_flight--;
		chat_seal_later(chat, r);
	}
	if (r)
		room_settle(chat, r);
}
