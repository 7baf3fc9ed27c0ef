/* eventlog.h: gives stored events their order and makes them durable.
 *
 * eventlog_propose() gives an event its id, its seq and its time; a writer thread commits whatever
 * has gathered as soon as it is done with the commit before; then sink->apply() is called for each
 * event, in order. Nobody outside this folder knows whether the order is this process's own
 * (local.c) or that of a stream shared with others.
 *
 *   READY ──a commit failed──▶ DEGRADED ──a probe went through──▶ READY
 *
 * DEGRADED refuses what would be stored, at once. Besides, the log is stalled while a commit has had
 * no answer for STALL_MS: it refuses too, and what is in flight keeps waiting.
 *
 * With DURABILITY_RELAXED events are applied at the end of the turn they were proposed in, and
 * committed afterwards; numbers that were shown are never used again, in this run or a later one.
 * With DURABILITY_NONE it is the same, but for the commit.
 *
 * Everything here is called on, and calls back on, the core's thread. */
#ifndef TEAHOUSE_EVENTLOG_EVENTLOG_H
#define TEAHOUSE_EVENTLOG_EVENTLOG_H

#include "base/table.h"
#include "core/event.h"
#include "store/history.h"

struct eventlog;

struct eventlog_sink {
	void *ctx;
	/* A stored room, at start. */
	history_each_room *room;
	/* Stored accounts, invitations and read markers, at start, after the rooms. NULL: passed over. */
	history_each_account *account;
	history_each_voucher *voucher;
	history_each_mark *mark;
	/* Neither takes a reference; both come only out of eventlog_turn(). */
	void (*apply)(void *ctx, struct event *e);
	void (*refuse)(void *ctx, struct event *e, enum refusal why);
	/* The answer to eventlog_read(). The events are the callee's to ref. */
	void (*read)(void *ctx, void *cookie, struct event *const *events, size_t count,
		     enum read_end end);
	/* Called on any thread: eventlog_turn() has something to do. */
	void (*wake)(void *ctx);
};

/* Opens the history in dir and hands its rooms to sink->room(). NULL: reason in err. */
struct eventlog *eventlog_open(const char *dir, enum durability durability,
			       const unsigned char secret[TABLE_SECRET_BYTES],
			       const struct eventlog_sink *sink, struct err *err);

/* Commits what was proposed, waits for it, frees log; nobody is told any more. NULL is fine. */
void eventlog_close(struct eventlog *log);

/* Counts the starts of a server on this history: see history_run(). */
uint64_t eventlog_run(const struct eventlog *log);

/* Takes the caller's reference if the answer is REFUSED_NOT. */
MUST_USE enum refusal eventlog_propose(struct eventlog *log, struct event *e);
/* eventlog_propose() would answer REFUSED_FULL. */
bool eventlog_is_full(const struct eventlog *log);

/* The id of the last event that was ever given one. */
uint64_t eventlog_last_id(const struct eventlog *log);

/* Reads what parts mean, of which there is one at least; the answer has those of the first, oldest
 * first, then those of the second, and so on. false: too many reads are under way. cookie comes back
 * with the answer; it is malloc()ed, and freed when the log closes before. */
MUST_USE bool eventlog_read(struct eventlog *log, const struct event_part *parts, size_t count,
			    void *cookie);

/* A private conversation that has ended. */
void eventlog_forget(struct eventlog *log, const char *room_key);

/* Once a turn: what came back from the disk is applied or refused, what gathered is handed over.
 * monotonic_ms measures the disk, wall_ms stamps what is proposed until the next turn. */
void eventlog_turn(struct eventlog *log, int64_t monotonic_ms, int64_t wall_ms);
/* Milliseconds until eventlog_turn() has something to do by itself; -1: nothing. */
int eventlog_wait(const struct eventlog *log, int64_t monotonic_ms);

/* A commit has had no answer for STALL_MS. */
bool eventlog_is_stalled(const struct eventlog *log);
/* A commit failed, and none has gone through since. */
bool eventlog_is_degraded(const struct eventlog *log);
/* Nothing is in flight, nothing waits for the disk. */
bool eventlog_is_settled(const struct eventlog *log);
/* The writer is in the middle of something: eventlog_close() would wait for it. */
bool eventlog_is_writing(const struct eventlog *log);
/* The end is near: a degraded log tries the disk in the next turn. */
void eventlog_hurry(struct eventlog *log);

#endif
