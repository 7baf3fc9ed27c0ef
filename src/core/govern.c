/* govern: what operators do, and what others may do too where a room's modes let them: topic, kick,
 * invitations, modes. */
#include "core/decide.h"
#include "core/ignore.h"
#include "core/invite.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum refusal chat_set_topic(struct session *s, struct room *r, const char *text, size_t len)
{
	struct event_draft draft = { .kind = EVENT_TOPIC, .text = text, .text_len = len };
	enum refusal why = may(s, r, ACTION_SET_TOPIC);
	if (why != REFUSED_NOT)
		return why;
	if (len > TOPIC_BYTES_MAX)
		return REFUSED_TOO_LONG;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

/* Until the new name is on disk nobody can have it: whoever would enter a room of that name waits. */
static void reserve_name(struct chat *chat, const char *name, const char *key)
{
	struct room *r = room_new(chat, name, key);
	r->reserved = true;
	r->in_flight = r->changes_in_flight = 1;
}

/* A bucket of tokens, kept as the time at which it would be full again: each member who does not know of
 * renaming is told of all members. */
static int64_t renames_ahead_ms(const struct chat *chat, const struct room *r)
{
	int64_t ahead = r->renamed_ms - chat->now_ms;
	/* The clock may be set back. */
	return ahead < 0 || ahead > RENAMES_BURST * RENAME_MS ? 0 : ahead;
}

/* https://ircv3.net/specs/extensions/channel-rename */
enum refusal chat_rename_room(struct session *s, struct room *r, const char *name, size_t len,
			      const char *reason)
{
	const struct chat_config *c = &s->chat->config;
	char key[NAME_KEY_SIZE], text[ROOM_BYTES_MAX + 1];
	enum refusal why = may(s, r, ACTION_RENAME);
	if (why != REFUSED_NOT)
		return why;
	if (!room_key(name, len, c->room_bytes, c->casemapping, key) || r->is_lobby ||
	    room_is_lobby_key(s->chat, key))
		return REFUSED_ROOM_INVALID;
	const struct room *other = table_find(&s->chat->rooms_by_key, key, strlen(key));
	if (other && other != r)
		return REFUSED_ALREADY_THERE;
	bool counts = !(s->user->flags & USER_OPERATOR);
	int64_t ahead_ms = renames_ahead_ms(s->chat, r);
	if (counts && ahead_ms > (RENAMES_BURST - 1) * RENAME_MS)
		return REFUSED_TOO_OFTEN;
	memcpy(text, name, len);
	text[len] = '\0';
	struct event_draft draft = {
		.kind = EVENT_RENAME,
		.to_nick = text,
		.to_key = key,
		.text = reason,
		.text_len = strlen(reason),
	};
	why = chat_do(s->chat, new_room_event(s, r, &draft));
	if (why == REFUSED_NOT && counts)
		r->renamed_ms = s->chat->now_ms + ahead_ms + RENAME_MS;
	if (why == REFUSED_NOT && !other)
		reserve_name(s->chat, text, key);
	return why;
}

enum refusal chat_kick(struct session *s, struct room *r, struct user *who, const char *reason)
{
	struct event_draft draft = {
		.kind = EVENT_KICK,
		.to_nick = who->nick,
		.text = reason,
		.text_len = strlen(reason),
		.named = &who->id,
		.named_count = 1,
	};
	const struct member *m = room_member(r, who);
	enum refusal why = may(s, r, ACTION_KICK);
	if (why == REFUSED_NOT && !m)
		return REFUSED_NOT_THERE;
	if (why == REFUSED_NOT)
		why = may(s, r, permission_to_kick(m->ranks));
	if (why != REFUSED_NOT)
		return why;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

enum refusal chat_invite(struct session *s, struct room *r, struct user *who)
{
	struct event_draft draft = {
		.kind = EVENT_INVITE,
		.room_key = r->key,
		.room_name = r->name,
		.to_nick = who->nick,
		.named = &who->id,
		.named_count = 1,
	};
	enum refusal why = may(s, r, ACTION_INVITE);
	if (why != REFUSED_NOT)
		return why;
	if (room_member(r, who))
		return REFUSED_ALREADY_THERE;
	/* As if it were +i: it is to count when it will be. */
	bool strong = permission_given(ACTION_INVITE, room_rank(r, s->user),
				       r->rules.flags | ROOM_INVITE_ONLY);
	/* Nor is the oldest of his to go for one of somebody he does not hear. */
	if (!ignore_is_silenced(who, s->user))
		invite_add(r, who, strong);
	return chat_do(s->chat, new_event(s, &draft));
}

enum refusal chat_knock(struct session *s, struct room *r, const char *why)
{
	struct event_draft draft = { .kind = EVENT_KNOCK, .text = why, .text_len = strlen(why) };
	const struct person p = person_of(s->user);
	enum standing standing = rules_ban(&r->rules, &p, BAN_ENTER) ? STANDING_BANNED
								     : STANDING_OUTSIDER;
	int64_t *knocked_ms = &user_extras(s->user)->knocked_ms, now_ms = s->chat->now_ms;
	if (room_member(r, s->user))
		return REFUSED_ALREADY_THERE;
	if (!permission_given(ACTION_KNOCK, standing, r->rules.flags))
		return REFUSED_SPEECH;
	if (!room_is_closed(r))
		return REFUSED_OPEN;
	if (*knocked_ms != 0 && *knocked_ms <= now_ms && now_ms - *knocked_ms < KNOCK_MS)
		return REFUSED_KNOCKS;
	*knocked_ms = now_ms;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

/* ---- modes ---- */

static void mode_set_remove(struct mode_set *set, size_t at)
{
	set->count--;
	for (size_t i = at; i < set->count; i++) {
		memcpy(set->args[i], set->args[i + 1], sizeof(set->args[i]));
		set->changes[i] = set->changes[i + 1];
		set->changes[i].arg = set->args[i];
		set->ids[i] = set->ids[i + 1];
	}
}

/* What comes later counts: "+i-i" asks for a room that is not +i. */
static void mode_set_forget(struct mode_set *set, const struct mode_change *change, const char *arg)
{
	enum mode_kind kind = change->mode->kind;
	bool by_arg = kind == MODE_RANK || kind == MODE_LIST;
	for (size_t i = 0; i < set->count; i++)
		if (set->changes[i].mode == change->mode &&
		    (!by_arg || strcmp(set->args[i], arg) == 0)) {
			mode_set_remove(set, i);
			return;
		}
}

static enum refusal mode_set_add(struct mode_set *set, const struct mode_change *change,
				 const char *arg, uint64_t id)
{
	if (set->count == MODE_CHANGES_MAX)
		return REFUSED_TOO_LONG;
	set->changes[set->count] = *change;
	snprintf(set->args[set->count], sizeof(set->args[0]), "%s", arg);
	set->changes[set->count].arg = set->args[set->count];
	set->ids[set->count] = id;
	set->count++;
	return REFUSED_NOT;
}

/* Anybody may give up a rank of his own, and nobody takes one from somebody above him. */
static enum refusal rank_refusal(const struct session *s, const struct room *r,
				 const struct mode_change *change, const struct user *whose)
{
	bool gives_up = !change->on && whose == s->user;
	const struct member *m = whose ? room_member(r, whose) : NULL;
	enum refusal why = gives_up ? REFUSED_NOT : may(s, r, permission_to_change(change->mode));
	if (why != REFUSED_NOT)
		return why;
	if (!m)
		return whose ? REFUSED_NOT_THERE : REFUSED_NO_SUCH_NICK;
	return change->on || gives_up ? REFUSED_NOT : may(s, r, permission_to_kick(m->ranks));
}

static enum refusal add_rank(struct session *s, struct room *r, const struct mode_change *change,
			     struct mode_set *set)
{
	const struct user *u = user_find(s->chat, change->arg, strlen(change->arg));
	enum refusal why = rank_refusal(s, r, change, u);
	if (why != REFUSED_NOT)
		return why;
	const struct member *m = room_member(r, u);
	mode_set_forget(set, change, u->nick);
	if (((m->ranks & change->mode->bit) != 0) == change->on)
		return REFUSED_NOT;
	return mode_set_add(set, change, u->nick, u->id);
}

/* How many masks it adds to a list. */
static size_t mode_set_masks(const struct mode_set *set, const struct mode *list)
{
	size_t count = 0;
	for (size_t i = 0; i < set->count; i++)
		count += set->changes[i].on && set->changes[i].mode == list;
	return count;
}

static enum refusal add_mask(struct room *r, const struct mode_change *change, struct mode_set *set)
{
	char mask[MASK_SIZE];
	struct mode_change complete = *change;
	const struct mask_list *list = rules_list(&r->rules, change->mode->letter);
	if (!ban_complete(change->arg, mask))
		return REFUSED_MODE_ARGUMENT;
	/* It is taken off as it was spelled, which is how clients find it in their lists. */
	const struct rule_mask *there = mask_list_find(list, mask);
	if (there)
		memcpy(mask, there->mask, sizeof(mask));
	complete.arg = mask;
	mode_set_forget(set, &complete, mask);
	if (rules_have(&r->rules, &complete))
		return REFUSED_NOT;
	if (change->on && list->count + mode_set_masks(set, change->mode) >= ROOM_MASKS_MAX)
		return REFUSED_LIST_FULL;
	return mode_set_add(set, &complete, mask, 0);
}

/* Everybody in it is connected in TLS. */
static bool is_secure(const struct room *r)
{
	for (const struct member *m = r->first; m; m = m->next)
		if (!(m->user->flags & USER_SECURE))
			return false;
	return true;
}

static enum refusal flag_refusal(const struct room *r, const struct mode_change *change)
{
	if (change->mode->bit == ROOM_REGISTERED)
		return REFUSED_SERVER_ONLY;
	if (change->mode->bit == ROOM_SECURE && change->on && !is_secure(r))
		return REFUSED_INSECURE_MEMBER;
	return REFUSED_NOT;
}

/* Whoever sends people to another room looks after that one, too. *name is its name as it is. */
static enum refusal forward_refusal(const struct session *s, const struct room *r, const char *arg,
				    const char **name)
{
	const struct room *to = room_find(s->chat, arg, strlen(arg));
	if (!to || !to->first || to == r)
		return REFUSED_MODE_ARGUMENT;
	*name = to->name;
	return may(s, to, ACTION_SET_MODES) == REFUSED_NOT ? REFUSED_NOT : REFUSED_FORWARD;
}

/* change takes a canonical argument, which lies in text or lives as long as the room it names. */
static enum refusal make_canonical(const struct session *s, const struct room *r,
				   struct mode_change *change, char text[16])
{
	unsigned max = change->mode->kind == MODE_LIMIT ? MEMBER_LIMIT_MAX : SLOW_SECONDS_MAX, n;
	switch (change->mode->kind) {
	case MODE_KEY:
		if (!change->on)
			change->arg = "*";
		return mode_key_valid(change->arg) ? REFUSED_NOT : REFUSED_MODE_ARGUMENT;
	case MODE_LIMIT:
	case MODE_SLOW:
		if (!change->on)
			break;
		if (!mode_number_parse(change->arg, max, &n))
			return REFUSED_MODE_ARGUMENT;
		snprintf(text, 16, "%u", n);
		change->arg = text;
		return REFUSED_NOT;
	case MODE_FORWARD:
		if (!change->on)
			break;
		return forward_refusal(s, r, change->arg, &change->arg);
	case MODE_FLAG:
		return flag_refusal(r, change);
	case MODE_RANK:
	case MODE_LIST: /* these have functions of their own */
		break;
	}
	change->arg = "";
	return REFUSED_NOT;
}

enum refusal mode_set_try(struct session *s, struct room *r, const struct mode_change *change,
			  struct mode_set *set)
{
	struct mode_change canonical = *change;
	char text[16];
	if (change->mode->kind == MODE_RANK)
		return add_rank(s, r, change, set);
	enum refusal why = may(s, r, permission_to_change(change->mode));
	if (why != REFUSED_NOT)
		return why;
	if (change->mode->kind == MODE_LIST)
		return add_mask(r, change, set);
	why = make_canonical(s, r, &canonical, text);
	if (why != REFUSED_NOT)
		return why;
	mode_set_forget(set, &canonical, canonical.arg);
	if (rules_have(&r->rules, &canonical))
		return REFUSED_NOT;
	return mode_set_add(set, &canonical, canonical.arg, 0);
}

/* Whether the room will be open to everybody once the changes are made. */
static bool will_be_closed(const struct room *r, const struct mode_set *set)
{
	struct rules rules = { .flags = r->rules.flags };
	snprintf(rules.key, sizeof(rules.key), "%s", r->rules.key);
	for (size_t i = 0; i < set->count; i++)
		if (set->changes[i].mode->kind == MODE_FLAG ||
		    set->changes[i].mode->kind == MODE_KEY)
			rules_apply(&rules, &set->changes[i], "", 0);
	return rules_are_closed(&rules);
}

enum refusal chat_set_modes(struct session *s, struct room *r, const struct mode_set *set)
{
	struct buf text = { 0 };
	uint64_t named[MODE_CHANGES_MAX];
	size_t named_count = 0;
	for (size_t i = 0; i < set->count; i++)
		if (set->ids[i])
			named[named_count++] = set->ids[i];
	if (set->count == 0)
		return REFUSED_NOT;
	mode_text(set->changes, set->count, &text);
	struct event_draft draft = {
		.kind = EVENT_MODE,
		.text = text.bytes,
		.text_len = text.len,
		.named = named,
		.named_count = named_count,
	};
	if (set->by_server)
		draft.from.nick = s->chat->config.name;
	struct event *e = new_room_event(s, r, &draft);
	e->closed = will_be_closed(r, set);
	buf_done(&text);
	return chat_do(s->chat, e);
}

/* ---- rooms whose past is nobody's any longer ---- */

void chat_seal(struct chat *chat, struct room *r)
{
	const struct event_room where = { .slot = r->slot };
	const struct event_draft draft = {
		.kind = EVENT_SEAL,
		.room_key = r->key,
		.room_name = r->name,
		.rooms = &where,
		.room_count = 1,
	};
	room_set_topic(r, "", "", 0); /* it tells what was talked of */
	metadata_done(&r->metadata);  /* likewise */
	if (r->seal_due)
		chat->seals_due--;
	r->seal_due = false;
	/* Until it has its place in the order, nothing at all is read from the room. */
	r->sealed_seq = UINT64_MAX;
	if (chat_do(chat, event_new(&draft)) == REFUSED_NOT)
		r->seals_in_flight++;
	else
		chat_seal_later(chat, r);
}

void chat_seal_later(struct chat *chat, struct room *r)
{
	chat->seals_due += !r->seal_due;
	r->seal_due = true;
}

void chat_seal_again(struct chat *chat)
{
	for (size_t i = 0; i < chat->room_slots; i++)
		if (chat->rooms[i] && chat->rooms[i]->seal_due)
			chat_seal(chat, chat->rooms[i]);
}
