/* apply: what happened changes the state, and those concerned are told. The world may have moved
 * since it was decided: rooms and users are looked up again. See chat.h. */
#include "core/apply.h"
#include "core/annotate.h"
#include "core/enrol.h"
#include "core/expire.h"
#include "core/ignore.h"
#include "core/redact.h"
#include "core/voucher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Where e takes place; NULL: in private, or everywhere its user is. */
static struct room *event_place(const struct chat *chat, const struct event *e)
{
	return e->room_key[0] && e->room_count > 0 ? chat->rooms[e->rooms[0].slot] : NULL;
}

struct session *event_origin(const struct chat *chat, const struct event *e)
{
	return table_find(&chat->sessions, &e->origin, sizeof(e->origin));
}

void apply_answer(struct chat *chat, struct event *e)
{
	struct session *s = event_origin(chat, e);
	if (s && (s->user || event_is_enrolment(e->kind)))
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

/* The other sessions of whoever did it, where a session knows what to do with that. */
static void tell_himself(const struct user *u, struct event *e)
{
	for (struct session *s = u->first_session; s; s = s->next)
		if (s->conn != e->origin && s->ops->said_elsewhere)
			s->ops->said_elsewhere(s, e);
}

/* Whom it is said to, and the other sessions of whoever said it: each once. */
static void apply_private(struct chat *chat, struct event *e)
{
	const struct user *from = user_find_id(chat, e->user_id);
	const struct user *to = e->named_count > 0 ? user_find_id(chat, e->named[0]) : NULL;
	bool hears = !from || e->kind != EVENT_INVITE || (to && !ignore_is_silenced(to, from));
	if (to && hears)
		user_tell(to, e);
	if (!from || from == to)
		return;
	tell_himself(from, e);
}

/* Said to members of a rank and above, each of whom is told by himself: no group has only these. */
static void tell_rank(struct chat *chat, const struct room *r, struct event *e)
{
	const struct user *from = user_find_id(chat, e->user_id);
	enum standing least = standing_of(mode_rank_of(event_rank(e)));
	bool told = false;
	for (const struct member *m = r->first; m; m = m->next) {
		if (standing_of(m->ranks) < least)
			continue;
		user_tell(m->user, e);
		told = told || m->user == from;
	}
	if (from && !told)
		tell_himself(from, e);
}

static void apply_said(struct chat *chat, struct room *r, struct event *e)
{
	if (event_rank(e)) {
		tell_rank(chat, r, e);
		return;
	}
	if (event_is_message(e->kind))
		room_remember(chat, r, e);
	chat->ports.deliver(chat->ports.ctx, e);
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
	apply_take_out(chat, m);
	r->in_flight--;
	apply_put_out(who, e, NULL);
	return true;
}

static void apply_rank(struct chat *chat, struct room *r, const struct mode_change *change,
		       uint64_t user_id)
{
	struct user *u = user_find_id(chat, user_id);
	struct member *m = u ? room_member(r, u) : NULL;
	if (m)
		m->ranks = (change->on ? m->ranks | change->mode->bit
				       : m->ranks & ~change->mode->bit) &
			   (BIT(RANK_COUNT) - 1);
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
	expire_note(chat, r);
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
	case EVENT_METADATA:
		annotate_apply_room(chat, r, e);
		return true;
	case EVENT_SEAL:
		apply_seal(r, e);
		return true;
	case EVENT_REDACT:
		redactions_note(chat, r, e);
		chat->ports.deliver(chat->ports.ctx, e);
		return true;
	default: /* something said */
		apply_said(chat, r, e);
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
		if (e->kind == EVENT_REDACT)
			redactions_note(chat, NULL, e);
		apply_private(chat, e);
		apply_answer(chat, e);
		return;
	}
	r->stored = r->stored || (e->id && !event_rank(e));
	r->in_flight++; /* it must outlive its last member */
	if (apply_in_room(chat, r, e))
		apply_answer(chat, e);
	else
		answer_too_late(chat, e);
	r->in_flight--;
	room_settle(chat, r);
}

/* Also when it could not be stored: it is known until the server stops. */
static void apply_mark(struct chat *chat, struct event *e)
{
	if (e->id) {
		land(chat, e);
		chat->applied_id = e->id;
	}
	mark_apply(chat, e);
	apply_answer(chat, e);
}

static void apply_enrolment(struct chat *chat, struct event *e)
{
	land(chat, e);
	chat->applied_id = e->id;
	if (e->kind == EVENT_ACCOUNT)
		account_apply(chat, e);
	else
		voucher_apply(chat, e, true);
	apply_answer(chat, e);
}

/* Seen by those who are there, and by nobody later. */
static void apply_passing(struct chat *chat, struct event *e)
{
	if (e->room_count > 0)
		apply_said(chat, chat->rooms[e->rooms[0].slot], e);
	else
		apply_private(chat, e);
	apply_answer(chat, e);
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

static void apply_knock(struct chat *chat, struct event *e)
{
	const struct room *r = event_place(chat, e);
	for (const struct member *m = r->first; m; m = m->next)
		if (permission_given(ACTION_HEAR_KNOCKS, standing_of(m->ranks), r->rules.flags))
			user_tell(m->user, e);
	apply_answer(chat, e);
}

void chat_apply(struct chat *chat, struct event *e)
{
	chat->moves++;
	switch (e->kind) {
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
	case EVENT_REACTION:
	case EVENT_REDACT:
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_MODE:
	case EVENT_RENAME:
	case EVENT_METADATA:
	case EVENT_SEAL:
		apply_stored(chat, e);
		return;
	case EVENT_MARK:
		apply_mark(chat, e);
		return;
	case EVENT_ACCOUNT:
	case EVENT_VOUCHER:
		apply_enrolment(chat, e);
		return;
	case EVENT_JOIN:
	case EVENT_PART:
	case EVENT_QUIT:
	case EVENT_NICK:
	case EVENT_AWAY:
	case EVENT_NAME:
	case EVENT_HOST:
	case EVENT_LOGIN:
		apply_presence(chat, e);
		return;
	case EVENT_INVITE:
		apply_invite(chat, e);
		return;
	case EVENT_KNOCK:
		apply_knock(chat, e);
		return;
	case EVENT_ABOUT:
		annotate_apply_user(chat, e);
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
	case EVENT_SERVER_NOTICE:
	case EVENT_CALLER:
	case EVENT_KILL:
		return;
	}
}

/* What was not said keeps nobody from saying it again. */
static void forget_speech(const struct chat *chat, const struct room *r, const struct event *e)
{
	const struct user *u = user_find_id(chat, e->user_id);
	struct member *m = u ? room_member(r, u) : NULL;
	if (m)
		m->spoke_ds = 0;
}

void chat_refuse(struct chat *chat, struct event *e, enum refusal why)
{
	struct session *s = event_origin(chat, e);
	struct room *r = event_place(chat, e);
	chat->moves++;
	land(chat, e);
	if (e->kind == EVENT_MARK) {
		mark_apply(chat, e);
		apply_answer(chat, e);
		return;
	}
	if (e->kind == EVENT_RENAME)
		release_name(chat, e);
	if (e->kind == EVENT_ACCOUNT)
		account_refuse(chat, e);
	if (e->kind == EVENT_VOUCHER)
		voucher_apply(chat, e, false);
	if (r && event_is_message(e->kind))
		forget_speech(chat, r, e);
	if (s && (s->user || event_is_enrolment(e->kind)))
		s->ops->refused(s, e, why);
	if (r && e->kind == EVENT_SEAL) {
		r->seals_in_flight--;
		chat_seal_later(chat, r);
	}
	if (r)
		room_settle(chat, r);
}
