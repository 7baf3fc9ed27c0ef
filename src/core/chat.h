/* chat.h: the chat: who is here, in which rooms, and what may be done.
 *
 * The functions below decide: they check a request against the state and either refuse it, propose
 * an event to the log, or (for what is not stored) let it happen at once. chat_apply() alone changes
 * who is where and what is said. The same calls in the same order give the same events and the same
 * state: time comes in with chat_tick(), randomness with chat_new(). Core thread. */
#ifndef TEAHOUSE_CORE_CHAT_H
#define TEAHOUSE_CORE_CHAT_H

#include "base/table.h"
#include "core/ports.h"
#include "core/room.h"
#include "core/session.h"
#include "core/user.h"

struct chat_config {
	const char *lobby; /* "" for none; lives as long as the chat */
	size_t replay;
	size_t rooms_max;
	size_t nick_bytes, room_bytes;
	enum casemapping casemapping;
};

struct chat {
	struct chat_config config;
	struct chat_ports ports;
	int64_t now_ms; /* Unix time of this turn */
	uint64_t next_user_id;
	uint64_t applied_id; /* of the last stored event that was applied */
	bool stalled;        /* nobody waits for what is in flight */
	uint64_t moves;      /* counts up when whoever had to wait may ask again */
	struct table nicks, skeletons, users, rooms_by_key, sessions;
	size_t user_count;
	/* By slot; NULL where a room was forgotten. */
	struct room **rooms;
	size_t room_slots, room_slots_size, room_count, waking_rooms;
	uint32_t *free_slots;
	size_t free_slot_count;
	struct room *crowded;
};

/* secret is random. */
struct chat *chat_new(const struct chat_config *config, const struct chat_ports *ports,
		      const unsigned char secret[TABLE_SECRET_BYTES]);
/* All sessions are closed by then. NULL is fine. */
void chat_free(struct chat *chat);

/* A room from the store, asleep. One whose name is no longer valid is passed over. */
void chat_add_room(struct chat *chat, const char *name, const char *topic, const char *topic_by,
		   int64_t topic_ms);

/* Before the first session: the how-manieth run of the server on its history this is, so that no
 * presence has the id of an earlier one, and the last id that was given to an event. */
void chat_resume(struct chat *chat, uint64_t run, uint64_t last_event_id);

/* A connection and its session; s stays the caller's. */
void session_open(struct session *s, struct chat *chat, const struct session_ops *ops, conn_id conn,
		  const char *host);
/* Its user has left by then. */
void session_close(struct session *s);

/* What a request would touch, to know whether it has to wait for what is in flight. */
struct chat_need {
	const struct room *room; /* the one it names, if it exists */
	struct room *entering;   /* it joins this one, which must be awake */
	bool message;            /* it says something: may follow other messages in flight */
	bool stores;             /* it needs room in the log */
};

/* true: not now; ask again when chat->moves has changed. */
bool chat_must_wait(struct chat *chat, const struct session *s, const struct chat_need *need);

/* ---- decide. REFUSED_NOT: it happened, or it will: s->ops tells. ---- */

/* Takes nick and enters the lobby, if there is one. name: see struct user. */
MUST_USE enum refusal chat_enter(struct session *s, const char *nick, size_t len, const char *name);
/* For a user who has entered, as all that follow. All rooms he is in see it. */
MUST_USE enum refusal chat_rename(struct session *s, const char *nick, size_t len);
/* Makes the room if there is none; in it already: nothing happens. It must be awake: see chat_need. */
MUST_USE enum refusal chat_join(struct session *s, const char *room, size_t len);
/* r may be forgotten when it returns. */
MUST_USE enum refusal chat_part(struct session *s, struct room *r);
/* Says text in r: kind is a message. */
MUST_USE enum refusal chat_say(struct session *s, struct room *r, enum event_kind kind,
			       const char *text, size_t len);
/* Says it to one user in private, as part of the talk of these two presences. */
MUST_USE enum refusal chat_say_to(struct session *s, const char *nick, size_t nick_len,
				  enum event_kind kind, const char *text, size_t len);
/* An empty text removes it. */
MUST_USE enum refusal chat_set_topic(struct session *s, struct room *r, const char *text,
				     size_t len);
/* Reads the last limit messages of r; s->ops->history() answers. */
MUST_USE enum refusal chat_history(struct session *s, const struct room *r, size_t limit);
/* Out of all rooms; the nick is free. Fine if it never entered. */
void chat_leave(struct session *s);

/* ---- what comes back ---- */

/* The log's: e has its place in the order (and is on disk). */
void chat_apply(struct chat *chat, struct event *e);
/* The log's: e will never be. */
void chat_refuse(struct chat *chat, struct event *e, enum refusal why);
/* The answer to a read of ports. */
void chat_read_done(struct chat *chat, const struct chat_read *read, struct event *const *events,
		    size_t count, bool ok);

/* The time of this turn, and whether the log is stalled; once at its beginning. */
void chat_tick(struct chat *chat, int64_t now_ms, bool stalled);
/* Milliseconds until chat_tick() has something to do; -1: nothing. */
int chat_wait(const struct chat *chat);

#endif
