/* history.h: what was said in each room, kept in SQLite.
 *
 * struct history is the one connection that writes; struct history_reader is a connection that only
 * reads, beside it. Each stays on the thread that uses it (opening on one thread and then handing it
 * over for good is fine). The schema is schema.sql: messages are clustered by (room, seq), so that a
 * quiet room opens with few page reads; id is the global commit order. */
#ifndef TEAHOUSE_STORE_HISTORY_H
#define TEAHOUSE_STORE_HISTORY_H

#include "base/err.h"
#include "core/event.h"

struct history;
struct history_reader;

enum durability {
	DURABILITY_FULL,    /* a commit is on the disk when it returns: synchronous=FULL */
	DURABILITY_RELAXED, /* a power cut may take the last seconds: synchronous=NORMAL */
	DURABILITY_NONE,    /* nothing is stored: for measuring what the rest costs */
};

/* A room as it was when the server stopped. Strings live until the callback returns. */
struct history_room {
	uint64_t number;
	const char *key, *name, *topic, *topic_by;
	int64_t topic_ms;
	uint64_t last_seq;
	int64_t last_ms;      /* time of the last event in it */
	uint64_t sealed_seq;  /* nobody is shown what has this seq or a smaller one; 0: nothing */
	const char *metadata; /* the change that makes it all: core/metadata.h; "": none */
};

/* An account; record: see core/account_record.h. */
struct history_account {
	uint64_t number;
	const char *name, *record;
	size_t record_len;
};

typedef bool history_each_account(void *ctx, const struct history_account *account);
/* An invitation to register one. */
typedef bool history_each_voucher(void *ctx, const char *hash, int64_t expires_ms);
/* Up to where an account has read: see core/marks.h. */
typedef bool history_each_mark(void *ctx, const char *account, const char *target, int64_t time_ms);
typedef bool history_each_room(void *ctx, const struct history_room *room);
/* The event is the callee's to ref; the caller unrefs it afterwards. false ends the walk: no error. */
typedef bool history_each_event(void *ctx, struct event *e);

/* Opens dir/history.db for writing, creating it if needed. A database of an older schema is made into
 * one of ours; one of a newer schema is refused with a sentence that says so. A start also means that
 * every room has emptied: those that were closed are sealed up to their last event, and closed no
 * longer. End the result with history_close(). NULL: reason in err. */
struct history *history_open(const char *dir, enum durability durability, struct err *err);

/* Ends h; NULL is fine. */
void history_close(struct history *h);

/* Rises by one with each history_open() of this database: makes presences of different runs differ. */
uint64_t history_run(const struct history *h);

/* The first event id that was never given to anyone, and likewise for room numbers: as found by
 * history_open(). From there on the caller counts. */
uint64_t history_next_id(const struct history *h);
/* The first number that no room has. */
uint64_t history_next_room(const struct history *h);

/* Promises that ids below upto may have been shown, so that no later run gives them again. On disk
 * (even if relaxed) when it returns true. Only relaxed durability needs it. */
MUST_USE bool history_reserve(struct history *h, uint64_t upto, struct err *err);

/* Hands every room (no private conversations) to each(), in the order of their numbers. */
MUST_USE bool history_rooms(struct history *h, history_each_room *each, void *ctx, struct err *err);

/* Hands every account to each(), in the order of their numbers; every invitation that is not too old; and
 * every read marker. */
MUST_USE bool history_accounts(struct history *h, history_each_account *each, void *ctx,
			       struct err *err);
MUST_USE bool history_vouchers(struct history *h, history_each_voucher *each, void *ctx,
			       struct err *err);
MUST_USE bool history_marks(struct history *h, history_each_mark *each, void *ctx, struct err *err);

/* Stores count stored events with their ids, seqs and times in one transaction: all or none. Rooms,
 * conversations and senders that are not known yet are added; a topic, a mode, a new name, metadata
 * and a seal change their room too, and of what is redacted nothing but its place is left. After a
 * failure (ERR_IO) h is as before: once the disk takes something again, the same
 * call works. */
MUST_USE bool history_append(struct history *h, struct event *const events[], size_t count,
			     struct err *err);

/* Tries a small durable write: is the disk taking anything? */
MUST_USE bool history_probe(struct history *h, struct err *err);

/* Bytes in the write-ahead log after the last commit. */
uint64_t history_wal_bytes(const struct history *h);

/* After history_open() of the same dir. NULL: reason in err. */
struct history_reader *history_reader_open(const char *dir, struct err *err);
/* NULL is fine. */
void history_reader_close(struct history_reader *r);

/* The number of a private conversation, by its key; 0: nothing was ever said there. */
MUST_USE bool history_find_talk(struct history_reader *r, const char *key, uint64_t *ret_number,
				struct err *err);
/* Writes the numbers of the conversations that an account has with others, at most max of them: those
 * that were begun last. */
MUST_USE bool history_list_talks(struct history_reader *r, uint64_t account, uint64_t *numbers,
				 size_t max, size_t *ret_count, struct err *err);

/* Hands each() the events of a room that span means, oldest first. They have no rooms[] and no origin.
 * If span goes either way, its bounds are put in their order. ERR_INVALID: a bound's id is none of
 * this room's, or beyond what may be seen. */
MUST_USE bool history_read(struct history_reader *r, uint64_t room_number, struct event_span *span,
			   history_each_event *each, void *ctx, struct err *err);

#endif
