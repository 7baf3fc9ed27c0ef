/* room.h: a place to talk, who is in it, and the last words said there.
 *
 *   ASLEEP ──someone wants in──▶ WAKING ──its last words are read──▶ AWAKE
 *      ▲───────────────────── the last member left ─────────────────────┘
 *
 * A room that nobody ever said anything in needs no waking, and is forgotten when it empties. All
 * others stay in memory, asleep, without their words. Core thread. */
#ifndef TEAHOUSE_CORE_ROOM_H
#define TEAHOUSE_CORE_ROOM_H

#include "core/event.h"
#include "core/permission.h"
#include "core/rules.h"
#include "core/user.h"

enum room_state { ROOM_ASLEEP, ROOM_WAKING, ROOM_AWAKE };

/* A user in a room: in the room's list and in the user's, both in the order of joining. */
struct member {
	struct user *user;
	struct room *room;
	/* When he last said something, in tenths of a second of a clock that wraps; 0: never. */
	uint32_t spoke_ds;
	/* Whether a ban meets him, as it was when the room's lists had this stamp; 0: look. */
	uint32_t ban_stamp : 26;
	uint32_t banned : 1;
	uint32_t ranks : RANK_COUNT;          /* of enum rank */
	struct member *prev, *next;           /* in the room */
	struct member *prev_room, *next_room; /* of the user */
};

/* How many came and went in this second; see crowd.h. */
struct crowd {
	int64_t since_ms;
	uint32_t entered, left;
	struct room *next;
	bool counting;
};

struct room {
	uint32_t slot; /* its place in chat->rooms, used again when it is forgotten */
	char *name, *key;
	char *topic, *topic_by; /* NULL: none */
	int64_t topic_ms;
	struct metadata metadata;
	int64_t since_ms;   /* the first of those who are in it came */
	int64_t renamed_ms; /* how far it is ahead with other names: see govern.c */
	bool is_lobby;
	bool reserved;      /* no room yet: another is about to have this name */
	struct rules rules; /* its modes, while somebody is in it */
	struct invite *invites;
	struct member *first, *last;
	size_t member_count;
	enum room_state state; /* only room_enter_state() writes it */
	int64_t waking_since_ms;
	bool stored;   /* something of it is on disk */
	bool seal_due; /* its past is to be sealed, and the log would not */
	unsigned seals_in_flight;
	uint64_t sealed_seq; /* nobody sees what has this seq or a smaller one */
	unsigned in_flight, changes_in_flight;
	struct event **replay; /* a ring of the last config.replay messages, oldest at replay_first */
	size_t replay_first, replay_count;
	struct crowd crowd;
};

/* A room as it was stored; asleep. key is what room_key() makes of name. */
struct room *room_new(struct chat *chat, const char *name, const char *key);
/* Nobody is in it, and nothing on its way there. */
void room_free(struct chat *chat, struct room *r);

/* It is the lobby's, where nobody becomes an operator. */
bool room_is_lobby_key(const struct chat *chat, const char *key);
/* Another name; no room but r has its key. What is remembered of it was said under the new name. */
void room_rename(struct chat *chat, struct room *r, const char *name, const char *key);

/* NULL: there is none. name need not be valid. */
struct room *room_find(const struct chat *chat, const char *name, size_t len);

/* The room that its +f names, if somebody is there; NULL: none. */
struct room *room_forward(const struct chat *chat, const struct room *r);

/* Copies both; an empty topic removes it. */
void room_set_topic(struct room *r, const char *topic, const char *by, int64_t time_ms);

/* NULL: u is not in r. */
struct member *room_member(const struct room *r, const struct user *u);
/* u is not in r yet. A sleeping room without a past wakes up. Whoever is the first sets it up, and is
 * its operator unless it is the lobby. */
struct member *room_add(struct chat *chat, struct room *r, struct user *u);
/* Also sends the room to sleep when it was the last one: its modes are gone, and if it was closed, so
 * is its past (see chat_seal()). */
void room_remove(struct chat *chat, struct member *m);

/* Forgets r if nobody is in it, nothing of it is on disk and nothing on its way there. */
void room_settle(struct chat *chat, struct room *r);

/* Somebody may be kept out of r though no ban means him: +i, +k, or as many as +l lets in. */
bool room_is_closed(const struct room *r);

/* What u is there: see core/permission.h. */
enum standing room_standing(const struct room *r, const struct user *u);
/* As if there were no bans: for what does not disturb others. */
enum standing room_rank(const struct room *r, const struct user *u);
/* u has another nick, host, real name or account: he is looked at anew. */
void room_forget_bans(struct user *u);

/* Seconds until the room's slow mode lets u say something, whatever his rank; 0: now. */
unsigned room_slow_left(const struct chat *chat, const struct room *r, const struct user *u);
/* u says something there, now. */
void room_note_speech(const struct chat *chat, const struct room *r, const struct user *u);

/* true: members may come in. false: its last words are being read, which is started if need be. */
bool room_is_ready(struct chat *chat, struct room *r);
/* What was read, oldest first; NULL and 0 if it could not be. */
void room_wake(struct chat *chat, struct room *r, struct event *const *events, size_t count);

/* Keeps e, a message that was just applied, for those who come. */
void room_remember(struct chat *chat, struct room *r, struct event *e);
/* It was redacted: who comes is not shown it. */
void room_forget(struct chat *chat, struct room *r, uint64_t id);
/* The index-th of replay_count last messages, the oldest first. */
struct event *room_replay(const struct chat *chat, const struct room *r, size_t index);

#endif
