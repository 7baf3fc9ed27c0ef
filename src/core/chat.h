/* chat.h: the chat: who is here, in which rooms, and what may be done.
 *
 * The functions below decide: they check a request against the state and either refuse it, propose
 * an event to the log, or (for what is not stored) let it happen at once. chat_apply() alone changes
 * who is where and what is said. The same calls in the same order give the same events and the same
 * state: time comes in with chat_tick(), randomness with chat_new(). Core thread. */
#ifndef TEAHOUSE_CORE_CHAT_H
#define TEAHOUSE_CORE_CHAT_H

#include "base/table.h"
#include "core/account.h"
#include "core/monitor.h"
#include "core/ports.h"
#include "core/room.h"
#include "core/session.h"
#include "core/user.h"
#include "core/whowas.h"

struct chat_config {
	const char *name;  /* of the server; lives as long as the chat, as does lobby */
	const char *lobby; /* "" for none */
	size_t replay;
	size_t rooms_max;
	size_t nick_bytes, room_bytes, user_bytes;
	size_t whowas;  /* how many who left are remembered */
	size_t monitor; /* nicks that a session may watch */
	enum casemapping casemapping;
	struct account_rules accounts;
};

/* What was redacted of late, for reads that began before: how many in all, and the last of them. */
struct redactions {
	uint64_t ids[REDACTIONS_KEPT];
	uint64_t count;
};

struct chat {
	struct chat_config config;
	struct chat_ports ports;
	int64_t now_ms; /* Unix time of this turn */
	uint64_t next_user_id;
	uint64_t passing;    /* numbers what is not stored, differently in each run */
	uint64_t applied_id; /* of the last stored event that was applied */
	struct redactions redactions;
	bool stalled;       /* nobody waits for what is in flight */
	bool waits_for_log; /* somebody does, because it is full */
	uint64_t moves;     /* counts up when whoever had to wait may ask again */
	/* While something done in its place waits, this presence stores nothing; for whom it waits. */
	uint64_t held_user;
	conn_id held_by;
	struct table nicks, skeletons, users, rooms_by_key, sessions;
	struct user *first_user, *last_user; /* in the order of entering */
	size_t user_count, user_count_max, invisible_count, operator_count;
	struct whowas *whowas;
	struct monitor monitor;
	/* By slot; NULL where a room was forgotten. */
	struct room **rooms;
	size_t room_slots, room_slots_size, room_count, waking_rooms;
	size_t open_rooms; /* somebody is in them */
	uint32_t *free_slots;
	size_t free_slot_count;
	struct room *crowded;
	size_t seals_due;  /* rooms whose seal_due is set */
	int64_t expire_ms; /* when expire_tick() has something to do; 0: never */
	struct table accounts, account_skeletons, account_certs, account_ids;
	struct account **account_list; /* in no order */
	size_t account_count, account_size;
	struct voucher *vouchers; /* oldest first */
	size_t voucher_count;
};

/* secret is random. */
struct chat *chat_new(const struct chat_config *config, const struct chat_ports *ports,
		      const unsigned char secret[TABLE_SECRET_BYTES]);
/* All sessions are closed by then. NULL is fine. */
void chat_free(struct chat *chat);

/* A room as it was stored. */
struct stored_room {
	const char *name, *topic, *topic_by;
	int64_t topic_ms;
	uint64_t sealed_seq;  /* see EVENT_SEAL */
	const char *metadata; /* the change that makes it all; NULL: none */
};

/* Adds it, asleep. One whose name is no longer valid is passed over. */
void chat_add_room(struct chat *chat, const struct stored_room *stored);

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
	const struct user *user; /* likewise */
	struct room *entering;   /* it joins this one, which must be awake */
	const struct user *as; /* it acts in his place: waits as he would, and he stores no more */
	bool message;          /* it says something: may follow other messages in flight */
	bool stores;           /* it needs room in the log */
};

/* true: not now; ask again when chat->moves has changed. */
bool chat_must_wait(struct chat *chat, const struct session *s, const struct chat_need *need);

/* s acts in nobody's place any longer (see chat_need, as), if it was about to: that one may speak. */
void chat_let_go(struct chat *chat, const struct session *s);

/* ---- decide. REFUSED_NOT: it happened, or it will: s->ops tells. ---- */

/* May s have this nick? One that its account's user has already, it shares. */
enum refusal chat_nick_refusal(const struct session *s, const char *nick, size_t len);
/* Takes nick; how->via: see struct user. If the user of that nick is logged in to the same account, s
 * becomes one more of his sessions, and how says nothing: chat_show_rooms() is next. */
MUST_USE enum refusal chat_enter(struct session *s, const char *nick, size_t len,
				 const struct introduction *how);
/* That s's user enters r, at this moment, whether it is so or not: for telling s. */
struct event *chat_join_event(struct session *s, struct room *r);
/* Tells s of each room that its user is in (ops->entered()), and puts it there. */
void chat_show_rooms(struct session *s);
/* The same for one room; joined is the event. */
void chat_show_room(struct session *s, struct room *r, struct event *joined);
/* s is logged in to account, which is there and not suspended, or out of any (NULL), and so is its user if it has entered, with all his
 * sessions. */
void chat_set_account(struct session *s, struct account *account);
/* Nobody asked for it: u is logged out, with all his sessions. */
void chat_log_out(struct user *u);
/* The room that lets s's user have no other nick (+N); NULL: none does. */
const struct room *chat_nick_holder(const struct session *s);
/* For a user who has entered, as all that follow. All rooms he is in see it. */
MUST_USE enum refusal chat_rename(struct session *s, const char *nick, size_t len);
/* Makes the room if there is none; in it already: nothing happens. It must be awake: see chat_need.
 * key: what he says it is, or "". */
MUST_USE enum refusal chat_join(struct session *s, const char *room, size_t len, const char *key);
/* Where whoever was refused to enter room, for this reason, may go instead (+f); NULL: nowhere. From
 * there nothing leads on. */
struct room *chat_forward(const struct session *s, const char *room, size_t len, enum refusal why);
/* r may be forgotten when it returns. */
MUST_USE enum refusal chat_part(struct session *s, struct room *r, const char *why);
/* Out of all rooms; the nick is free. If its user has other sessions, only this one ends. Fine if it
 * never entered. */
void chat_leave(struct session *s, const char *why);
/* "": back again. */
void chat_set_away(struct session *s, const char *why);
MUST_USE enum refusal chat_set_real(struct session *s, const char *real);

/* What is said, with client-only tags ("" for none); copied. */
struct words {
	const char *text;
	size_t len; /* bytes */
	const char *tags;
	const uint16_t *joints; /* see struct event; NULL: it came in whole lines */
	size_t joint_count;
};

/* Says it in r: kind is a message, tags, or a CTCP. */
MUST_USE enum refusal chat_say(struct session *s, struct room *r, enum event_kind kind,
			       const struct words *words);
/* Says it to those members of r alone who have the rank of this prefix ('@') or a higher one. */
MUST_USE enum refusal chat_say_to_rank(struct session *s, struct room *r, char prefix,
				       enum event_kind kind, const struct words *words);
/* Says it to one user in private, as part of the talk of these two presences. */
MUST_USE enum refusal chat_say_to(struct session *s, struct user *to, enum event_kind kind,
				  const struct words *words);
/* To everybody who wants to hear what operators say. */
void chat_tell_all(struct session *s, const char *text);
/* An empty text removes it. */
MUST_USE enum refusal chat_set_topic(struct session *s, struct room *r, const char *text,
				     size_t len);
/* Another name for r, whose members it is told by ops->renamed(); REFUSED_ALREADY_THERE: another room
 * has it. REFUSED_TOO_OFTEN: RENAMES_BURST. */
MUST_USE enum refusal chat_rename_room(struct session *s, struct room *r, const char *name,
				       size_t len, const char *reason);
MUST_USE enum refusal chat_kick(struct session *s, struct room *r, struct user *who,
				const char *reason);
MUST_USE enum refusal chat_invite(struct session *s, struct room *r, struct user *who);

/* Asks those who may invite into r for an invitation. */
MUST_USE enum refusal chat_knock(struct session *s, struct room *r, const char *why);

/* Changes of a room's modes that are to be made together. { 0 } is none. */
struct mode_set {
	struct mode_change changes[MODE_CHANGES_MAX];
	char args[MODE_CHANGES_MAX][MASK_SIZE];
	uint64_t ids[MODE_CHANGES_MAX]; /* whose rank; 0: it is none */
	size_t count;
	bool by_server; /* to everybody it looks as if the server did it */
};

/* Adds a change in its canonical form, in place of an earlier one that it undoes or repeats, and unless
 * it would change nothing; if s's user may make it. */
MUST_USE enum refusal mode_set_try(struct session *s, struct room *r,
				   const struct mode_change *change, struct mode_set *set);
/* Makes what was added, just now and for the same user. */
MUST_USE enum refusal chat_set_modes(struct session *s, struct room *r, const struct mode_set *set);

/* Others see u at host, shorter than HOST_SIZE. asker: which of his sessions asked for it; NULL: none. */
void chat_set_host(struct user *u, const char *host, const struct session *asker);

/* For room.c: r emptied, and was closed: what was said there is for nobody any longer. */
void chat_seal(struct chat *chat, struct room *r);
/* The log would not: chat_tick() tries again. */
void chat_seal_later(struct chat *chat, struct room *r);

/* ---- what comes back ---- */

/* The log's: e has its place in the order (and is on disk). */
void chat_apply(struct chat *chat, struct event *e);
/* The log's: e will never be. */
void chat_refuse(struct chat *chat, struct event *e, enum refusal why);
/* The answer to a read of ports: what its parts were found to mean, one after the other. */
void chat_read_done(struct chat *chat, const struct chat_read *read, struct event *const *events,
		    size_t count, enum read_end end);

/* The time of this turn, and whether the log is stalled; once at its beginning. */
void chat_tick(struct chat *chat, int64_t now_ms, bool stalled);
/* chat_tick()'s: tries again to seal what the log would not. */
void chat_seal_again(struct chat *chat);
/* Milliseconds until chat_tick() has something to do; -1: nothing. */
int chat_wait(const struct chat *chat);

#endif
