/* visit: coming and going: who may enter, under which name, and into which room. */
#include "core/decide.h"
#include "core/enrol.h"
#include "core/invite.h"

#include <assert.h>
#include <string.h>

enum refusal room_for_joining(struct chat *chat, const char *name, size_t len, struct room **ret)
{
	char key[NAME_KEY_SIZE], text[ROOM_BYTES_MAX + 1];
	if (!room_key(name, len, chat->config.room_bytes, chat->config.casemapping, key))
		return REFUSED_ROOM_INVALID;
	struct room *r = table_find(&chat->rooms_by_key, key, strlen(key));
	if (!r) {
		memcpy(text, name, len);
		text[len] = '\0';
		r = room_new(chat, text, key);
	}
	*ret = r;
	if (r->reserved) /* the disk does not answer, or he would have waited */
		return REFUSED_STALLED;
	/* Everyone has to be somewhere: the lobby can always be made. */
	if (chat->room_count > chat->config.rooms_max && !r->stored && !r->first && !r->is_lobby) {
		room_settle(chat, r);
		return REFUSED_NO_ROOM_FOR_ROOMS;
	}
	return REFUSED_NOT;
}

/* Who is kept out, whatever he knows. */
static enum refusal person_refusal(const struct room *r, const struct user *u)
{
	unsigned flags = r->rules.flags;
	const struct person p = person_of(u);
	const struct invite *invite = invite_find(r, u);
	bool strong = invite && invite->strong;
	if (!strong && rules_ban(&r->rules, &p, BAN_ENTER))
		return REFUSED_BANNED;
	if (!strong && (flags & ROOM_ACCOUNTS_ENTER) && !u->account)
		return REFUSED_NO_ACCOUNT;
	if ((flags & ROOM_SECURE) && !(u->flags & USER_SECURE))
		return REFUSED_INSECURE;
	if ((flags & ROOM_INVITE_ONLY) && !invite &&
	    !mask_list_means(&r->rules.lists[RULES_INVITED], &p, BAN_ENTER))
		return REFUSED_INVITE_ONLY;
	return REFUSED_NOT;
}

/* An empty room has no rules left. */
static enum refusal door_refusal(const struct room *r, const struct user *u, const char *key)
{
	if (!r->first || (u->flags & USER_OPERATOR))
		return REFUSED_NOT;
	enum refusal why = person_refusal(r, u);
	if (why != REFUSED_NOT)
		return why;
	if (r->rules.key[0] && strcmp(r->rules.key, key) != 0)
		return REFUSED_KEY;
	if (r->rules.limit && r->member_count >= r->rules.limit)
		return REFUSED_CROWDED;
	return REFUSED_NOT;
}

struct room *chat_forward(const struct session *s, const char *room, size_t len, enum refusal why)
{
	const struct room *r = room_find(s->chat, room, len);
	struct room *to = r ? room_forward(s->chat, r) : NULL;
	bool leads = why == REFUSED_BANNED || why == REFUSED_INVITE_ONLY || why == REFUSED_KEY ||
		     why == REFUSED_CROWDED || why == REFUSED_NO_ACCOUNT;
	if (!to || !leads || room_member(to, s->user) ||
	    door_refusal(to, s->user, "") != REFUSED_NOT)
		return NULL;
	return to;
}

enum refusal chat_join(struct session *s, const char *room, size_t len, const char *key)
{
	struct room *r = NULL;
	struct event_draft draft = { .kind = EVENT_JOIN,
				     .text = s->user->real,
				     .text_len = strlen(s->user->real) };
	if (s->user->room_count >= ROOMS_PER_USER_MAX)
		return REFUSED_TOO_MANY_ROOMS;
	enum refusal why = room_for_joining(s->chat, room, len, &r);
	if (why != REFUSED_NOT)
		return why;
	if (room_member(r, s->user))
		return REFUSED_NOT;
	why = door_refusal(r, s->user, key);
	return why == REFUSED_NOT ? chat_do(s->chat, new_room_event(s, r, &draft)) : why;
}

/* Who has that nick and is this session's user, too: both are logged in to one account. */
static struct user *chat_self(const struct session *s, const char *nick, size_t len)
{
	struct user *u = s->account ? user_find(s->chat, nick, len) : NULL;
	size_t sessions = 0;
	if (!u || u->account != s->account)
		return NULL;
	for (const struct session *each = u->first_session; each; each = each->next)
		sessions++;
	return sessions < SESSIONS_PER_USER_MAX ? u : NULL;
}

enum refusal chat_nick_refusal(const struct session *s, const char *nick, size_t len)
{
	return !s->user && chat_self(s, nick, len)
		       ? REFUSED_NOT
		       : user_nick_refusal(s->chat, s->user, s->account, nick, len);
}

void chat_show_room(struct session *s, struct room *r, struct event *joined)
{
	const struct chat_ports *ports = &s->chat->ports;
	ports->put_member(ports->ctx, r->slot, s->conn, s->ops->variant(s, r));
	s->ops->entered(s, joined);
}

struct event *chat_join_event(struct session *s, struct room *r)
{
	const struct event_room where = { .slot = r->slot };
	struct event_draft draft = {
		.kind = EVENT_JOIN,
		.text = s->user->real,
		.text_len = strlen(s->user->real),
		.room_key = r->key,
		.room_name = r->name,
		.rooms = &where,
		.room_count = 1,
	};
	struct event *e = new_event(s, &draft);
	e->time_ms = s->chat->now_ms;
	return e;
}

void chat_show_rooms(struct session *s)
{
	for (struct member *m = s->user->first_room; m; m = m->next_room) {
		struct event *e = chat_join_event(s, m->room);
		chat_show_room(s, m->room, e);
		event_unref(e);
	}
}

/* origin: the connection that is answered; 0: none. */
static void set_away(struct user *u, const char *why, conn_id origin)
{
	struct event_draft draft = { .kind = EVENT_AWAY, .text = why, .text_len = strlen(why) };
	struct chat *chat = u->first_session->chat;
	struct event *e = new_user_event(u->first_session, &draft);
	e->origin = origin;
	enum refusal refusal = chat_do(chat, e);
	assert(refusal == REFUSED_NOT);
	(void)refusal;
}

/* One more session of a user. He is secure while all of them are, and in a room that wants him to be he
 * has no other. */
static enum refusal attach(struct user *u, struct session *s, const struct introduction *how)
{
	bool secure = how->flags & USER_SECURE;
	for (const struct member *m = u->first_room; m && !secure; m = m->next_room)
		if (m->room->rules.flags & ROOM_SECURE)
			return REFUSED_NICK_TAKEN;
	if (!secure)
		user_set_flags(s->chat, u, u->flags & ~(unsigned)USER_SECURE);
	user_add_session(u, s);
	if (how->away && strcmp(how->away, "*") != 0)
		set_away(u, how->away, 0);
	return REFUSED_NOT;
}

enum refusal chat_enter(struct session *s, const char *nick, size_t len,
			const struct introduction *how)
{
	char text[NICK_BYTES_MAX + 1];
	assert(!s->user);
	/* It was dropped while he was on his way in. */
	if (s->account && (s->account->state == ACCOUNT_GONE || s->account->record.suspended[0]))
		account_point(&s->account, NULL);
	if (s->chat->config.accounts.needs_login && !s->account)
		return REFUSED_LOGIN;
	struct user *self = chat_self(s, nick, len);
	if (self)
		return attach(self, s, how);
	enum refusal why = user_nick_refusal(s->chat, NULL, s->account, nick, len);
	if (why != REFUSED_NOT)
		return why;
	memcpy(text, nick, len);
	text[len] = '\0';
	s->user = user_new(s->chat, s, text, how);
	monitor_tell(s->chat, s->user, true);
	return REFUSED_NOT;
}

static void tell_login(struct session *s, struct account *account, bool asked)
{
	struct event_draft draft = { .kind = EVENT_LOGIN };
	draft.text = account ? account->name : "";
	draft.text_len = strlen(draft.text);
	struct event *e = new_user_event(s, &draft);
	if (!asked)
		e->origin = 0;
	for (struct session *each = s->user->first_session; each; each = each->next)
		account_point(&each->account, account);
	enum refusal refusal = chat_do(s->chat, e);
	assert(refusal == REFUSED_NOT);
	(void)refusal;
}

void chat_set_account(struct session *s, struct account *account)
{
	if (s->account == account)
		return;
	if (s->user)
		tell_login(s, account, true);
	else
		account_point(&s->account, account);
	if (account)
		chat_account_saw(s, account);
}

void chat_log_out(struct user *u)
{
	tell_login(u->first_session, NULL, false);
}

const struct room *chat_nick_holder(const struct session *s)
{
	for (const struct member *m = s->user->first_room; m; m = m->next_room)
		if (may(s, m->room, ACTION_CHANGE_NICK) != REFUSED_NOT)
			return m->room;
	return NULL;
}

enum refusal chat_rename(struct session *s, const char *nick, size_t len)
{
	struct event_draft draft = { .kind = EVENT_NICK, .text = nick, .text_len = len };
	enum refusal why = chat_nick_refusal(s, nick, len);
	if (why != REFUSED_NOT)
		return why;
	if (chat_nick_holder(s))
		return REFUSED_NICK_HELD;
	return chat_do(s->chat, new_user_event(s, &draft));
}

enum refusal chat_part(struct session *s, struct room *r, const char *why)
{
	struct event_draft draft = { .kind = EVENT_PART, .text = why, .text_len = strlen(why) };
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

/* His other sessions stay, and so does he. */
static void chat_detach(struct session *s)
{
	const struct chat_ports *ports = &s->chat->ports;
	for (const struct member *m = s->user->first_room; m; m = m->next_room)
		ports->remove_member(ports->ctx, m->room->slot, s->conn);
	user_remove_session(s->user, s);
}

void chat_leave(struct session *s, const char *why)
{
	struct event_draft draft = { .kind = EVENT_QUIT, .text = why, .text_len = strlen(why) };
	if (!s->user)
		return;
	if (s->user->first_session->next) {
		chat_detach(s);
		return;
	}
	enum refusal refusal = chat_do(s->chat, new_user_event(s, &draft));
	assert(refusal == REFUSED_NOT);
	(void)refusal;
}

void chat_set_away(struct session *s, const char *why)
{
	set_away(s->user, why, s->conn);
}

enum refusal chat_set_real(struct session *s, const char *real)
{
	struct event_draft draft = { .kind = EVENT_NAME, .text = real, .text_len = strlen(real) };
	if (draft.text_len > REAL_BYTES_MAX)
		return REFUSED_TOO_LONG;
	return chat_do(s->chat, new_user_event(s, &draft));
}
