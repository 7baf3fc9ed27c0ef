#include "core/chat.h"

#include "core/crowd.h"
#include "core/expire.h"
#include "core/voucher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What finds users, rooms and sessions: by the name or number in them. */

static const void *key_of_nick(const void *value, size_t *ret_len)
{
	const struct user *u = value;
	*ret_len = strlen(user_key(u));
	return user_key(u);
}

static const void *key_of_skeleton(const void *value, size_t *ret_len)
{
	const struct user *u = value;
	*ret_len = strlen(u->extras->skeleton);
	return u->extras->skeleton;
}

static const void *key_of_user(const void *value, size_t *ret_len)
{
	const struct user *u = value;
	*ret_len = sizeof(u->id);
	return &u->id;
}

static const void *key_of_room(const void *value, size_t *ret_len)
{
	const struct room *r = value;
	*ret_len = strlen(r->key);
	return r->key;
}

static const void *key_of_session(const void *value, size_t *ret_len)
{
	const struct session *s = value;
	*ret_len = sizeof(s->conn);
	return &s->conn;
}

struct chat *chat_new(const struct chat_config *config, const struct chat_ports *ports,
		      const unsigned char secret[TABLE_SECRET_BYTES])
{
	struct chat *chat = xcalloc(1, sizeof(*chat));
	chat->config = *config;
	chat->ports = *ports;
	chat->next_user_id = 1;
	chat->whowas = whowas_new(config->whowas);
	monitor_init(&chat->monitor, secret);
	table_init(&chat->nicks, secret, key_of_nick);
	table_init(&chat->skeletons, secret, key_of_skeleton);
	table_init(&chat->users, secret, key_of_user);
	table_init(&chat->rooms_by_key, secret, key_of_room);
	table_init(&chat->sessions, secret, key_of_session);
	accounts_init(chat, secret);
	return chat;
}

void chat_free(struct chat *chat)
{
	if (!chat)
		return;
	for (size_t i = 0; i < chat->room_slots; i++)
		if (chat->rooms[i]) {
			chat->rooms[i]->crowd.counting = false;
			room_free(chat, chat->rooms[i]);
		}
	struct table *tables[] = { &chat->nicks, &chat->skeletons, &chat->users,
				   &chat->rooms_by_key, &chat->sessions };
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		table_done(tables[i]);
	accounts_done(chat);
	vouchers_done(chat);
	whowas_free(chat->whowas);
	monitor_done(&chat->monitor);
	free(chat->rooms);
	free(chat->free_slots);
	free(chat);
}

void chat_add_room(struct chat *chat, const struct stored_room *stored)
{
	const char *name = stored->name;
	char key[NAME_KEY_SIZE];
	if (!room_key(name, strlen(name), ROOM_BYTES_MAX, chat->config.casemapping, key) ||
	    table_find(&chat->rooms_by_key, key, strlen(key)))
		return;
	struct room *r = room_new(chat, name, key);
	r->stored = true;
	r->sealed_seq = stored->sealed_seq;
	room_set_topic(r, stored->topic, stored->topic_by, stored->topic_ms);
	if (stored->metadata)
		metadata_change(&r->metadata, stored->metadata);
}

void chat_resume(struct chat *chat, uint64_t run, uint64_t last_event_id)
{
	chat->next_user_id = chat->passing = run << 32 | 1;
	chat->applied_id = last_event_id;
}

void session_open(struct session *s, struct chat *chat, const struct session_ops *ops, conn_id conn,
		  const char *host)
{
	assert(strlen(host) < HOST_SIZE);
	*s = (struct session){ .chat = chat, .ops = ops, .conn = conn, .host = xstrdup(host) };
	table_add(&chat->sessions, s);
}

const char *session_host(const struct session *s)
{
	if (s->user)
		return s->user->host;
	return s->host ? s->host : "";
}

void session_close(struct session *s)
{
	assert(!s->user);
	chat_let_go(s->chat, s);
	monitor_clear(s);
	table_remove(&s->chat->sessions, s);
	account_point(&s->account, NULL);
	free(s->host);
}

void chat_let_go(struct chat *chat, const struct session *s)
{
	if (!chat->held_by || chat->held_by != s->conn)
		return;
	chat->held_by = chat->held_user = 0;
	chat->moves++;
}

/* Or a user who goes on talking could never be stopped. */
static bool must_wait_for(struct chat *chat, const struct session *s, const struct user *as)
{
	if (as->messages_in_flight + as->changes_in_flight + as->named_in_flight == 0)
		return false;
	chat->held_user = as->id;
	chat->held_by = s->conn;
	return true;
}

bool chat_must_wait(struct chat *chat, const struct session *s, const struct chat_need *need)
{
	if (need->entering && !room_is_ready(chat, need->entering))
		return true;
	if (need->stores && chat->ports.log_is_full(chat->ports.ctx)) {
		chat->waits_for_log = true;
		return true;
	}
	if (chat->stalled)
		return false;
	const struct user *u = s->user;
	if (need->as && must_wait_for(chat, s, need->as))
		return true;
	if (u && need->stores && chat->held_user == u->id && chat->held_by != s->conn)
		return true;
	if (u && (u->changes_in_flight > 0 || (u->messages_in_flight > 0 && !need->message)))
		return true;
	/* He may be out, or somebody else, by the time he says it. */
	if ((u && u->named_in_flight > 0) || (need->user && need->user->named_in_flight > 0))
		return true;
	/* Who is not let in may be sent on. */
	const struct room *next = need->entering ? room_forward(chat, need->entering) : NULL;
	return (need->room && need->room->changes_in_flight > 0) ||
	       (next && next->changes_in_flight > 0);
}

/* A disk that does not answer keeps nobody out: the room opens without its last words. */
static void wake_overdue(struct chat *chat)
{
	for (size_t i = 0; i < chat->room_slots; i++) {
		struct room *r = chat->rooms[i];
		if (r && r->waking_since_ms > chat->now_ms)
			r->waking_since_ms = chat->now_ms; /* the clock was set back */
		if (r && r->state == ROOM_WAKING && chat->now_ms - r->waking_since_ms >= STALL_MS) {
			room_wake(chat, r, NULL, 0);
			chat->moves++;
		}
	}
}

#define EXPIRE_LOOK_MS 60000 /* the wall clock may be set: nobody waits for it longer */

void chat_tick(struct chat *chat, int64_t now_ms, bool stalled)
{
	/* The wall clock may be set back; what was counted against it starts anew then. */
	if (now_ms < chat->now_ms)
		for (struct room *r = chat->crowded; r; r = r->crowd.next)
			r->crowd.since_ms = now_ms;
	chat->now_ms = now_ms;
	chat->moves += chat->stalled != stalled;
	chat->stalled = stalled;
	/* When it stores what was shown already, nothing is applied that would tell. */
	if (chat->waits_for_log && !chat->ports.log_is_full(chat->ports.ctx)) {
		chat->waits_for_log = false;
		chat->moves++;
	}
	if (chat->crowded)
		crowd_tick(chat);
	if (chat->seals_due > 0)
		chat_seal_again(chat);
	if (chat->waking_rooms > 0)
		wake_overdue(chat);
	if (chat->expire_ms != 0 && chat->expire_ms <= now_ms)
		expire_tick(chat);
}

int chat_wait(const struct chat *chat)
{
	bool soon = chat->crowded || chat->waking_rooms > 0 || chat->seals_due > 0;
	int wait_ms = soon ? CROWD_WINDOW_MS / 10 : -1;
	if (chat->expire_ms == 0)
		return wait_ms;
	int64_t left_ms = chat->expire_ms > chat->now_ms ? chat->expire_ms - chat->now_ms : 1;
	if (left_ms > EXPIRE_LOOK_MS)
		left_ms = EXPIRE_LOOK_MS;
	return wait_ms < 0 || left_ms < wait_ms ? (int)left_ms : wait_ms;
}
