#include "core/room.h"

#include "core/chat.h"
#include "core/invite.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const unsigned room_next[] = {
	[ROOM_ASLEEP] = BIT(ROOM_WAKING) | BIT(ROOM_AWAKE),
	[ROOM_WAKING] = BIT(ROOM_AWAKE),
	[ROOM_AWAKE] = BIT(ROOM_ASLEEP),
};

static void room_enter_state(struct room *r, enum room_state next)
{
	assert(room_next[r->state] & BIT(next));
	r->state = next;
}

/* The lowest free slot would need a search: the last one freed will do. */
static uint32_t room_take_slot(struct chat *chat)
{
	if (chat->free_slot_count > 0)
		return chat->free_slots[--chat->free_slot_count];
	if (chat->room_slots == chat->room_slots_size) {
		chat->room_slots_size = chat->room_slots_size ? chat->room_slots_size * 2 : 16;
		chat->rooms = xrealloc(chat->rooms, chat->room_slots_size, sizeof(struct room *));
		chat->free_slots = xrealloc(chat->free_slots, chat->room_slots_size,
					    sizeof(uint32_t));
	}
	return (uint32_t)chat->room_slots++;
}

bool room_is_lobby_key(const struct chat *chat, const char *key)
{
	char lobby[NAME_KEY_SIZE];
	const char *name = chat->config.lobby;
	return room_key(name, strlen(name), ROOM_BYTES_MAX, chat->config.casemapping, lobby) &&
	       strcmp(key, lobby) == 0;
}

struct room *room_new(struct chat *chat, const char *name, const char *key)
{
	struct room *r = xcalloc(1, sizeof(*r));
	r->name = xstrdup(name);
	r->key = xstrdup(key);
	r->state = ROOM_ASLEEP;
	r->slot = room_take_slot(chat);
	r->is_lobby = room_is_lobby_key(chat, key);
	chat->rooms[r->slot] = r;
	chat->room_count++;
	table_add(&chat->rooms_by_key, r);
	return r;
}

static void room_drop_replay(struct chat *chat, struct room *r)
{
	for (size_t i = 0; i < r->replay_count; i++)
		event_unref(room_replay(chat, r, i));
	free(r->replay);
	r->replay = NULL;
	r->replay_first = r->replay_count = 0;
}

void room_free(struct chat *chat, struct room *r)
{
	assert(!r->first && !r->crowd.counting);
	room_drop_replay(chat, r);
	table_remove(&chat->rooms_by_key, r);
	chat->rooms[r->slot] = NULL;
	chat->free_slots[chat->free_slot_count++] = r->slot;
	chat->room_count--;
	free(r->name);
	free(r->key);
	free(r->topic);
	free(r->topic_by);
	metadata_done(&r->metadata);
	invite_drop_room(r);
	rules_done(&r->rules);
	free(r);
}

void room_rename(struct chat *chat, struct room *r, const char *name, const char *key)
{
	table_remove(&chat->rooms_by_key, r);
	free(r->name);
	free(r->key);
	r->name = xstrdup(name);
	r->key = xstrdup(key);
	r->is_lobby = room_is_lobby_key(chat, key);
	table_add(&chat->rooms_by_key, r);
	for (size_t i = 0; i < r->replay_count; i++) {
		struct event *said = event_in_room(r->replay[i], r->key, r->name);
		event_unref(r->replay[i]);
		r->replay[i] = said;
	}
}

struct room *room_find(const struct chat *chat, const char *name, size_t len)
{
	char key[NAME_KEY_SIZE];
	if (!room_key(name, len, chat->config.room_bytes, chat->config.casemapping, key))
		return NULL;
	return table_find(&chat->rooms_by_key, key, strlen(key));
}

struct room *room_forward(const struct chat *chat, const struct room *r)
{
	const char *name = r->rules.forward;
	struct room *to = name ? room_find(chat, name, strlen(name)) : NULL;
	return to && to->first && to != r ? to : NULL;
}

void room_set_topic(struct room *r, const char *topic, const char *by, int64_t time_ms)
{
	free(r->topic);
	free(r->topic_by);
	r->topic = *topic ? xstrdup(topic) : NULL;
	r->topic_by = *topic ? xstrdup(by) : NULL;
	r->topic_ms = time_ms;
}

/* A user is in few rooms, a room may hold many users. */
struct member *room_member(const struct room *r, const struct user *u)
{
	struct member *m = u->first_room;
	while (m && m->room != r)
		m = m->next_room;
	return m;
}

/* New rooms are +nt; in the lobby, where nobody is an operator, everybody may set the topic. */
static void room_set_up(struct chat *chat, struct room *r, struct member *first)
{
	r->since_ms = chat->now_ms;
	r->rules.flags = ROOM_NO_OUTSIDE | (r->is_lobby ? 0u : (unsigned)ROOM_TOPIC_LOCKED);
	first->ranks = r->is_lobby ? 0 : RANK_OPERATOR;
}

struct member *room_add(struct chat *chat, struct room *r, struct user *u)
{
	struct member *m = xcalloc(1, sizeof(*m));
	m->user = u;
	if (!r->first) {
		chat->open_rooms++;
		room_set_up(chat, r, m);
	}
	m->room = r;
	m->prev = r->last;
	*(r->last ? &r->last->next : &r->first) = m;
	r->last = m;
	m->prev_room = u->last_room;
	*(u->last_room ? &u->last_room->next_room : &u->first_room) = m;
	u->last_room = m;
	r->member_count++;
	u->room_count++;
	if (r->state == ROOM_ASLEEP)
		room_enter_state(r, ROOM_AWAKE);
	return m;
}

void room_remove(struct chat *chat, struct member *m)
{
	struct room *r = m->room;
	struct user *u = m->user;
	*(m->prev ? &m->prev->next : &r->first) = m->next;
	*(m->next ? &m->next->prev : &r->last) = m->prev;
	*(m->prev_room ? &m->prev_room->next_room : &u->first_room) = m->next_room;
	*(m->next_room ? &m->next_room->prev_room : &u->last_room) = m->prev_room;
	free(m);
	u->room_count--;
	if (--r->member_count > 0)
		return;
	chat->open_rooms--;
	room_drop_replay(chat, r);
	room_enter_state(r, ROOM_ASLEEP);
	if (rules_are_closed(&r->rules) && r->stored)
		chat_seal(chat, r);
	rules_done(&r->rules);
	invite_drop_room(r);
}

#define STAMP_BITS 26

static bool member_is_banned(const struct room *r, struct member *m)
{
	uint32_t stamp = (r->rules.stamp + 1) & (BIT(STAMP_BITS) - 1);
	if (m->ban_stamp == stamp && stamp != 0)
		return m->banned;
	const struct person p = person_of(m->user);
	m->banned = rules_ban(&r->rules, &p, BAN_SPEAK);
	m->ban_stamp = stamp;
	return m->banned;
}

bool room_is_closed(const struct room *r)
{
	const struct rules *rules = &r->rules;
	return (rules->flags & ROOM_INVITE_ONLY) || rules->key[0] ||
	       (rules->limit && r->member_count >= rules->limit);
}

enum standing room_rank(const struct room *r, const struct user *u)
{
	const struct member *m = room_member(r, u);
	if (u->flags & USER_OPERATOR)
		return STANDING_SERVER_OPERATOR;
	if (!m)
		return STANDING_OUTSIDER;
	return standing_of(m->ranks);
}

enum standing room_standing(const struct room *r, const struct user *u)
{
	enum standing rank = room_rank(r, u);
	if (rank > STANDING_MEMBER || r->rules.lists[RULES_BANS].count == 0)
		return rank;
	if (rank == STANDING_MEMBER)
		return member_is_banned(r, room_member(r, u)) ? STANDING_BANNED : rank;
	const struct person p = person_of(u);
	return rules_ban(&r->rules, &p, BAN_SPEAK) ? STANDING_BANNED : rank;
}

void room_forget_bans(struct user *u)
{
	for (struct member *m = u->first_room; m; m = m->next_room)
		m->ban_stamp = 0;
}

static uint32_t tenths(int64_t time_ms)
{
	uint32_t ds = (uint32_t)(time_ms / 100);
	return ds ? ds : 1;
}

/* Of somebody from outside it counts what he said anywhere: nothing is remembered of him here. */
unsigned room_slow_left(const struct chat *chat, const struct room *r, const struct user *u)
{
	const struct member *m = r->rules.slow ? room_member(r, u) : NULL;
	uint32_t spoke = m ? m->spoke_ds : tenths(u->spoke_ms), slow = r->rules.slow * 10;
	if (slow == 0 || spoke == 0)
		return 0;
	/* Years, if the clock was set back. */
	uint32_t passed = tenths(chat->now_ms) - spoke;
	return passed < slow ? (slow - passed + 9) / 10 : 0;
}

void room_note_speech(const struct chat *chat, const struct room *r, const struct user *u)
{
	struct member *m = r->rules.slow ? room_member(r, u) : NULL;
	if (m)
		m->spoke_ds = tenths(chat->now_ms);
}

void room_settle(struct chat *chat, struct room *r)
{
	if (!r->first && !r->stored && r->in_flight == 0 && !r->crowd.counting &&
	    r->state == ROOM_ASLEEP)
		room_free(chat, r);
}

bool room_is_ready(struct chat *chat, struct room *r)
{
	if (r->state == ROOM_AWAKE || !r->stored || chat->config.replay == 0)
		return true;
	if (r->state == ROOM_WAKING)
		return false;
	const struct event_part part = {
		.room_key = r->key,
		.span = { .after_seq = r->sealed_seq, .limit = chat->config.replay },
	};
	const struct chat_read read = { .what = READ_WAKE,
					.parts = &part,
					.part_count = 1,
					.room_slot = r->slot,
					.redactions = chat->redactions.count };
	if (!chat->ports.read(chat->ports.ctx, &read))
		return false;
	r->waking_since_ms = chat->now_ms;
	room_enter_state(r, ROOM_WAKING);
	chat->waking_rooms++;
	return false;
}

/* What was said while it was read is in the ring already, and what was committed but not applied
 * when it was read is too new: both are told by the id. The room may have been sealed meanwhile. */
void room_wake(struct chat *chat, struct room *r, struct event *const *events, size_t count)
{
	if (r->state != ROOM_WAKING)
		return; /* it took too long, and was opened without */
	chat->waking_rooms--;
	room_enter_state(r, ROOM_AWAKE);
	size_t live = r->replay_count;
	struct event **said = xcalloc(live, sizeof(*said));
	uint64_t next = live ? room_replay(chat, r, 0)->id : chat->applied_id + 1;
	for (size_t i = 0; i < live; i++)
		said[i] = event_ref(room_replay(chat, r, i));
	room_drop_replay(chat, r);
	for (size_t i = 0; i < count; i++)
		if (events[i]->id < next && events[i]->seq > r->sealed_seq)
			room_remember(chat, r, events[i]);
	for (size_t i = 0; i < live; i++) {
		room_remember(chat, r, said[i]);
		event_unref(said[i]);
	}
	free(said);
}

void room_remember(struct chat *chat, struct room *r, struct event *e)
{
	size_t max = chat->config.replay;
	if (max == 0 || r->state == ROOM_ASLEEP)
		return;
	if (!r->replay)
		r->replay = xcalloc(max, sizeof(struct event *));
	if (r->replay_count == max) {
		event_unref(r->replay[r->replay_first]);
		r->replay[r->replay_first] = event_ref(e);
		r->replay_first = (r->replay_first + 1) % max;
		return;
	}
	r->replay[(r->replay_first + r->replay_count++) % max] = event_ref(e);
}

struct event *room_replay(const struct chat *chat, const struct room *r, size_t index)
{
	assert(index < r->replay_count);
	return r->replay[(r->replay_first + index) % chat->config.replay];
}

void room_forget(struct chat *chat, struct room *r, uint64_t id)
{
	size_t max = chat->config.replay, at = 0;
	while (at < r->replay_count && room_replay(chat, r, at)->id != id)
		at++;
	if (at == r->replay_count)
		return;
	event_unref(room_replay(chat, r, at));
	r->replay_count--;
	for (; at < r->replay_count; at++)
		r->replay[(r->replay_first + at) % max] =
			r->replay[(r->replay_first + at + 1) % max];
}
