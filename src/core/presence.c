/* presence: people come and go, and say of themselves what holds wherever they are. Nothing of it is
 * stored. Whose event has no origin was made to do it: see force.h. */
#include "core/annotate.h"
#include "core/apply.h"
#include "core/host.h"
#include "core/invite.h"
#include "core/talk.h"

#include <string.h>

static void hide_from(struct chat *chat, const struct user *u, const struct room *r)
{
	for (const struct session *s = u->first_session; s; s = s->next)
		chat->ports.remove_member(chat->ports.ctx, r->slot, s->conn);
}

void apply_take_out(struct chat *chat, struct member *m)
{
	struct room *r = m->room;
	hide_from(chat, m->user, r);
	room_remove(chat, m);
	room_settle(chat, r);
}

void apply_put_out(const struct user *u, const struct event *e, const struct session *but)
{
	for (struct session *s = u->first_session; s; s = s->next)
		if (s != but && s->ops->put_out)
			s->ops->put_out(s, e);
}

/* What all see who share a room with u, or watch him; his own sessions see it though he is in none. */
static void tell_of_user(struct chat *chat, const struct user *u, struct event *e)
{
	if (e->kind != EVENT_NICK)
		monitor_tell_of(chat, u, e);
	if (e->room_count > 0)
		chat->ports.deliver(chat->ports.ctx, e);
	else
		user_tell(u, e);
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

static void apply_join(struct chat *chat, struct user *u, struct event *e)
{
	struct room *r = chat->rooms[e->rooms[0].slot];
	struct session *s = event_origin(chat, e);
	room_add(chat, r, u);
	invite_use(r, u);
	if (s)
		chat->ports.put_member(chat->ports.ctx, r->slot, s->conn, s->ops->variant(s, r));
	chat->ports.deliver(chat->ports.ctx, e);
	if (user_away(u))
		tell_away(chat, e, u);
	annotate_entered(chat, r, u);
	if (s)
		s->ops->happened(s, e);
	for (struct session *other = u->first_session; other; other = other->next)
		if (other != s)
			chat_show_room(other, r, e);
}

static void apply_part(struct chat *chat, struct user *u, struct event *e)
{
	struct session *s = event_origin(chat, e);
	chat->ports.deliver(chat->ports.ctx, e);
	apply_take_out(chat, room_member(chat->rooms[e->rooms[0].slot], u));
	apply_answer(chat, e);
	apply_put_out(u, e, s);
}

/* He himself is not told by his rooms: he is answered, or put out, which has words of its own. */
static void apply_quit(struct chat *chat, struct user *u, struct event *e)
{
	struct session *s = event_origin(chat, e);
	for (const struct member *m = u->first_room; m; m = m->next_room)
		hide_from(chat, u, m->room);
	chat->ports.deliver(chat->ports.ctx, e);
	while (u->first_room) {
		struct room *r = u->first_room->room;
		room_remove(chat, u->first_room);
		room_settle(chat, r);
	}
	monitor_tell(chat, u, false);
	user_free(chat, u);
	if (s)
		s->ops->happened(s, e);
}

static void apply_nick(struct chat *chat, struct user *u, struct event *e)
{
	char key[NAME_KEY_SIZE];
	const struct chat_config *c = &chat->config;
	bool same = nick_key(e->text, e->text_len, c->nick_bytes, c->casemapping, key) &&
		    strcmp(key, user_key(u)) == 0;
	if (!same)
		monitor_tell(chat, u, false);
	user_rename(chat, u, e->text);
	room_forget_bans(u);
	tell_of_user(chat, u, e);
	apply_answer(chat, e);
	if (!same)
		monitor_tell(chat, u, true);
}

static void apply_away(struct chat *chat, struct user *u, struct event *e)
{
	const char *before = user_away(u);
	bool same = strcmp(before ? before : "", e->text) == 0;
	user_set_away(u, e->text);
	if (!same) /* to others it is no news */
		tell_of_user(chat, u, e);
	apply_answer(chat, e);
}

static void apply_name(struct chat *chat, struct user *u, struct event *e)
{
	user_set_real(u, e->text);
	room_forget_bans(u);
	tell_of_user(chat, u, e);
	apply_answer(chat, e);
}

static void apply_login(struct chat *chat, struct user *u, struct event *e)
{
	talk_leave_all(chat, u);
	user_set_account(u, u->first_session->account);
	room_forget_bans(u);
	tell_of_user(chat, u, e);
	for (struct session *s = u->first_session; s; s = s->next)
		if (s->conn != e->origin && s->ops->logged_in)
			s->ops->logged_in(s, e);
	apply_answer(chat, e);
}

void apply_presence(struct chat *chat, struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	switch (e->kind) {
	case EVENT_JOIN:
		apply_join(chat, u, e);
		return;
	case EVENT_PART:
		apply_part(chat, u, e);
		return;
	case EVENT_QUIT:
		apply_quit(chat, u, e);
		return;
	case EVENT_NICK:
		apply_nick(chat, u, e);
		return;
	case EVENT_AWAY:
		apply_away(chat, u, e);
		return;
	case EVENT_NAME:
		apply_name(chat, u, e);
		return;
	case EVENT_HOST:
		host_apply(chat, e);
		monitor_tell_of(chat, u, e);
		apply_answer(chat, e);
		return;
	case EVENT_LOGIN:
		apply_login(chat, u, e);
		return;
	default: /* none of a presence */
		return;
	}
}
