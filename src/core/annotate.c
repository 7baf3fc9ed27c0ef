#include "core/annotate.h"

#include "core/account.h"
#include "core/apply.h"
#include "core/decide.h"
#include "core/enrol.h"
#include "core/monitor.h"

#include <stdlib.h>
#include <string.h>

/* ---- what there is ---- */

const struct metadata *user_metadata(const struct user *u)
{
	static const struct metadata none;
	if (u->account)
		return &u->account->metadata;
	return u->extras ? &u->extras->metadata : &none;
}

const struct metadata *annotated_metadata(const struct annotated *what)
{
	return what->room ? &what->room->metadata : user_metadata(what->user);
}

void user_metadata_latest(const struct user *u, struct metadata *ret)
{
	struct buf all = { 0 };
	*ret = (struct metadata){ 0 };
	if (u->account) {
		metadata_change(ret, account_latest(u->account)->metadata);
		return;
	}
	buf_add_text(&all, "");
	metadata_write(user_metadata(u), &all);
	metadata_change(ret, all.bytes);
	buf_done(&all);
}

enum refusal chat_metadata_refusal(const struct session *s, const struct annotated *what)
{
	const struct room *r = what->room;
	if (!r || room_member(r, s->user) || (s->user->flags & USER_OPERATOR))
		return REFUSED_NOT;
	if (may(s, r, ACTION_SEE) != REFUSED_NOT)
		return REFUSED_NO_SUCH_ROOM;
	return rules_are_closed(&r->rules) ? REFUSED_NOT_IN_ROOM : REFUSED_NOT;
}

/* ---- deciding ---- */

/* A bucket of tokens, kept as the time at which it would be full again. */
static int64_t ahead_ms(const struct session *s)
{
	const struct user_extras *extras = s->user->extras;
	int64_t ahead = extras ? extras->annotated_ms - s->chat->now_ms : 0;
	/* The clock may be set back. */
	return ahead < 0 || ahead > (METADATA_BURST + 1) * 1000 ? 0 : ahead;
}

int chat_metadata_wait(const struct session *s)
{
	int64_t wait = ahead_ms(s) - (METADATA_BURST - 1) * 1000;
	return wait > 0 ? (int)((wait + 999) / 1000) : 0;
}

/* A secret room is none to who stands outside. */
static enum refusal right_refusal(const struct session *s, const struct annotated *what)
{
	if (what->room && may(s, what->room, ACTION_SEE) != REFUSED_NOT)
		return REFUSED_NO_SUCH_ROOM;
	if (what->room)
		return may(s, what->room, ACTION_SET_METADATA);
	return what->user == s->user || (s->user->flags & USER_OPERATOR) ? REFUSED_NOT
									 : REFUSED_NOT_OPERATOR;
}

static struct event *about_event(const struct user *u, const struct sender *from,
				 const char *change)
{
	const struct event_draft draft = {
		.kind = EVENT_ABOUT,
		.from = *from,
		.to_nick = u->nick,
		.text = change,
		.text_len = strlen(change),
		.named = &u->id,
		.named_count = 1,
	};
	return event_new(&draft);
}

static enum refusal say_of_guest(struct session *s, const struct user *u, const char *change)
{
	const struct sender from = user_sender(s->user);
	struct event *e = about_event(u, &from, change);
	e->user_id = s->user->id;
	e->origin = s->conn;
	return chat_do(s->chat, e);
}

static enum refusal say_of_room(struct session *s, struct room *r, const char *change)
{
	struct event_draft draft = { .kind = EVENT_METADATA,
				     .text = change,
				     .text_len = strlen(change) };
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

static enum refusal annotate(struct session *s, const struct annotated *what, const char *change)
{
	struct user_extras *extras = user_extras(s->user);
	if (chat_metadata_wait(s) > 0)
		return REFUSED_TOO_OFTEN;
	extras->annotated_ms = s->chat->now_ms + ahead_ms(s) + 1000;
	if (what->room)
		return say_of_room(s, what->room, change);
	if (what->user->account)
		return chat_account_annotate(s, what->user->account, change, true);
	return say_of_guest(s, what->user, change);
}

static enum refusal set_refusal(struct session *s, const struct annotated *what, const char *key,
				const char *value)
{
	const struct metadata *m = annotated_metadata(what);
	enum refusal why = right_refusal(s, what);
	if (why != REFUSED_NOT)
		return why;
	if (!value)
		return metadata_find(m, key) ? REFUSED_NOT : REFUSED_NOT_THERE;
	if (strlen(value) > METADATA_VALUE_BYTES_MAX)
		return REFUSED_TOO_LONG;
	return m->count >= METADATA_KEYS_MAX && !metadata_find(m, key) ? REFUSED_LIST_FULL
								       : REFUSED_NOT;
}

enum refusal chat_set_metadata(struct session *s, const struct annotated *what, const char *key,
			       const char *value)
{
	struct buf change = { 0 };
	enum refusal why = set_refusal(s, what, key, value);
	if (why != REFUSED_NOT)
		return why;
	metadata_add_change(&change, key, value);
	why = annotate(s, what, change.bytes);
	buf_done(&change);
	return why;
}

enum refusal chat_clear_metadata(struct session *s, const struct annotated *what)
{
	struct buf change = { 0 };
	enum refusal why = right_refusal(s, what);
	if (why != REFUSED_NOT)
		return why;
	metadata_write_clear(annotated_metadata(what), &change);
	why = change.len > 0 ? annotate(s, what, change.bytes) : REFUSED_NOT_THERE;
	buf_done(&change);
	return why;
}

/* ---- telling ---- */

static void tell(const struct user *u, struct event *e)
{
	for (struct session *s = u->first_session; s; s = s->next)
		if (s->conn != e->origin && s->ops->follows && s->ops->follows(s, e))
			s->ops->annotated(s, e);
}

/* In a room of u's before the one that m is in. */
static bool is_told(const struct user *u, const struct member *m, const struct user *other)
{
	for (const struct member *before = u->first_room; before != m; before = before->next_room)
		if (room_member(before->room, other))
			return true;
	return false;
}

static bool follows(const struct user *u, const struct event *e)
{
	for (const struct session *s = u->first_session; s; s = s->next)
		if (s->ops->follows && s->ops->follows(s, e))
			return true;
	return false;
}

/* He himself, each who shares a room with him, once, and who watches him from elsewhere. */
static void tell_around(struct chat *chat, const struct user *u, struct event *e)
{
	tell(u, e);
	for (const struct member *mine = u->first_room; mine; mine = mine->next_room)
		for (const struct member *m = mine->room->first; m; m = m->next)
			if (m->user != u && follows(m->user, e) && !is_told(u, mine, m->user))
				tell(m->user, e);
	monitor_tell_of(chat, u, e);
}

void annotate_entered(struct chat *chat, const struct room *r, const struct user *u)
{
	const struct sender from = user_sender(u);
	struct buf all = { 0 };
	metadata_write(user_metadata(u), &all);
	if (all.len == 0)
		return;
	struct event *e = about_event(u, &from, all.bytes);
	e->time_ms = chat->now_ms;
	for (const struct member *m = r->first; m; m = m->next)
		if (m->user != u)
			tell(m->user, e);
	event_unref(e);
	buf_done(&all);
}

/* ---- brought ---- */

/* He is in no room yet, but somebody may watch him. */
static void bring_of_guest(struct session *s, const char *change)
{
	const struct sender from = user_sender(s->user);
	struct event *e = about_event(s->user, &from, change);
	e->time_ms = s->chat->now_ms;
	e->origin = s->conn;
	metadata_change(&user_extras(s->user)->metadata, change);
	tell_around(s->chat, s->user, e);
	event_unref(e);
}

void chat_bring_metadata(struct session *s, const struct metadata *m)
{
	struct metadata all;
	struct buf change = { 0 };
	user_metadata_latest(s->user, &all);
	for (size_t i = 0; i < m->count; i++) {
		const struct metadata_item *item = &m->items[i];
		if (all.count >= METADATA_KEYS_MAX && !metadata_find(&all, item->key))
			continue;
		metadata_set(&all, item->key, item->value);
		metadata_add_change(&change, item->key, item->value);
	}
	metadata_done(&all);
	if (change.len > 0 && s->account) {
		enum refusal ignored = chat_account_annotate(s, s->account, change.bytes, false);
		(void)ignored;
	} else if (change.len > 0) {
		bring_of_guest(s, change.bytes);
	}
	buf_done(&change);
}

/* ---- applying ---- */

/* What was said before a seal tells of what nobody is to know any longer. */
void annotate_apply_room(struct chat *chat, struct room *r, struct event *e)
{
	(void)chat;
	if (r->seals_in_flight > 0 || r->seal_due)
		return;
	metadata_change(&r->metadata, e->text);
	for (const struct member *m = r->first; m; m = m->next)
		tell(m->user, e);
}

void annotate_apply_user(struct chat *chat, struct event *e)
{
	struct user *u = user_find_id(chat, e->named[0]);
	metadata_change(&user_extras(u)->metadata, e->text);
	tell_around(chat, u, e);
	apply_answer(chat, e);
}

void annotate_apply_account(struct chat *chat, const struct account *a, const struct event *e)
{
	for (size_t i = 0; i < a->user_count; i++) {
		struct event *about = about_event(a->users[i], &e->from, e->to_key);
		about->time_ms = chat->now_ms;
		about->origin = e->origin;
		tell_around(chat, a->users[i], about);
		event_unref(about);
	}
}
