/* local: the log of a server on its own. The order is the order of proposing, which is the core's;
 * durability is a SQLite commit. See eventlog.h.
 *
 * One commit is under way at a time. What is proposed meanwhile waits in a list; when the answer
 * comes, the whole list (at most COMMIT_ROWS_MAX of it) is the next commit. So a quiet chat commits
 * each message by itself within a fraction of a millisecond, and a busy one shares a sync among
 * hundreds, without a timer. It also makes failure simple: the rolled back commit is the oldest in
 * flight, so it and all that waits behind it are refused, and the numbers go back to its first. */
#include "eventlog/eventlog.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/worker.h"
#include "eventlog/place.h"
#include "eventlog/reading.h"
#include "store/checkpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RESERVE_IDS 1000000 /* ids promised to the disk at a time, when relaxed */

enum log_state { LOG_READY, LOG_DEGRADED };

struct event_list {
	struct event *first, *last;
	size_t count;
};

/* What the writer's thread does, one at a time. */
struct write_job {
	struct job job;
	enum { WRITE_COMMIT, WRITE_PROBE, WRITE_RESERVE } what;
	struct history *history;
	struct checkpoint *checkpoint;
	struct event *events[COMMIT_ROWS_MAX];
	size_t count;
	uint64_t reserve;
	bool ok;
	struct err err;
};

struct eventlog {
	struct eventlog_sink sink;
	enum durability durability;
	enum log_state state;
	bool stalled;
	struct places places;
	uint64_t next_id, reserved_id;
	int64_t monotonic_ms, wall_ms, write_since_ms, probe_ms;

	struct event_list waiting; /* proposed, not handed to the writer yet */
	struct event_list shown;   /* not full: to be applied in this turn */
	struct write_job *write;
	bool writing;
	size_t reads;

	struct history *history;
	struct history_reader *reader;
	struct checkpoint *checkpoint;
	struct worker *writer_thread, *reader_thread;
};

static void event_list_add(struct event_list *list, struct event *e)
{
	e->next = NULL;
	*(list->last ? &list->last->next : &list->first) = e;
	list->last = e;
	list->count++;
}

static struct event *event_list_take(struct event_list *list)
{
	struct event *e = list->first;
	if (!e)
		return NULL;
	list->first = e->next;
	if (!list->first)
		list->last = NULL;
	list->count--;
	e->next = NULL;
	return e;
}

/* ---- on the threads that block ---- */

static void write_run(struct job *job)
{
	struct write_job *w = CONTAINER_OF(job, struct write_job, job);
	checkpoint_before_commit(w->checkpoint);
	switch (w->what) {
	case WRITE_COMMIT:
		w->ok = history_append(w->history, w->events, w->count, &w->err);
		break;
	case WRITE_PROBE:
		w->ok = history_probe(w->history, &w->err);
		break;
	case WRITE_RESERVE:
		w->ok = history_reserve(w->history, w->reserve, &w->err);
		break;
	}
	checkpoint_hint(w->checkpoint, history_wal_bytes(w->history));
}

/* ---- proposing ---- */

bool eventlog_is_full(const struct eventlog *log)
{
	if (log->state == LOG_DEGRADED || log->stalled)
		return false; /* refused for a better reason, at once */
	return log->waiting.count >= LOG_WAITING_MAX ||
	       (log->durability != DURABILITY_FULL && log->next_id >= log->reserved_id);
}

enum refusal eventlog_propose(struct eventlog *log, struct event *e)
{
	if (log->state == LOG_DEGRADED)
		return REFUSED_DEGRADED;
	if (log->stalled)
		return REFUSED_STALLED;
	if (eventlog_is_full(log))
		return REFUSED_FULL;
	struct place *place = place_for(&log->places, e->room_key);
	e->room_number = place->number;
	e->id = log->next_id++;
	e->seq = ++place->last_seq;
	e->time_ms = place->last_ms = place_next_ms(place, log->wall_ms);
	e->place = place;
	place_departs(place);
	event_list_add(log->durability == DURABILITY_FULL ? &log->waiting : &log->shown, e);
	return REFUSED_NOT;
}

/* ---- what comes back ---- */

static void log_degrade(struct eventlog *log, const struct err *err)
{
	if (log->state == LOG_READY)
		log_error("log-degraded", "reason=\"%s\"", err->text);
	log->state = LOG_DEGRADED;
	log->probe_ms = log->monotonic_ms + PROBE_MS;
}

static void log_refuse_one(struct eventlog *log, struct event *e)
{
	place_lands(&log->places, e->place);
	log->sink.refuse(log->sink.ctx, e, REFUSED_DEGRADED);
	event_unref(e);
}

/* Nobody has seen the numbers of what is in flight: they are given again. Times stay. */
static void log_put_numbers_back(struct eventlog *log, const struct event *e)
{
	struct place *place = e->place;
	if (e->seq <= place->last_seq)
		place->last_seq = e->seq - 1;
	if (e->id < log->next_id)
		log->next_id = e->id;
}

static void log_refuse_all(struct eventlog *log)
{
	struct write_job *w = log->write;
	struct event_list behind = log->waiting;
	log->waiting = (struct event_list){ 0 };
	for (size_t i = 0; i < w->count; i++)
		log_put_numbers_back(log, w->events[i]);
	for (const struct event *e = behind.first; e; e = e->next)
		log_put_numbers_back(log, e);
	for (size_t i = 0; i < w->count; i++)
		log_refuse_one(log, w->events[i]);
	for (struct event *e; (e = event_list_take(&behind));)
		log_refuse_one(log, e);
}

/* Relaxed: all of it was shown already, so it waits, in order, until there is room on the disk. */
static void log_keep_all(struct eventlog *log)
{
	struct write_job *w = log->write;
	struct event_list behind = log->waiting;
	log->waiting = (struct event_list){ 0 };
	for (size_t i = 0; i < w->count; i++)
		event_list_add(&log->waiting, w->events[i]);
	for (struct event *e; (e = event_list_take(&behind));)
		event_list_add(&log->waiting, e);
}

static void log_apply(struct eventlog *log, struct event *e)
{
	if (e->kind == EVENT_RENAME && strcmp(e->room_key, e->to_key) != 0)
		place_rename(&log->places, e->place, e->to_key);
	place_lands(&log->places, e->place);
	log->sink.apply(log->sink.ctx, e);
}

static void log_committed(struct eventlog *log)
{
	struct write_job *w = log->write;
	for (size_t i = 0; i < w->count; i++) {
		if (log->durability == DURABILITY_FULL)
			log_apply(log, w->events[i]);
		event_unref(w->events[i]);
	}
}

static void log_written(struct eventlog *log)
{
	struct write_job *w = log->write;
	log->writing = false;
	if (log->stalled)
		log_info("log-moves", "after_ms=%" PRId64, log->monotonic_ms - log->write_since_ms);
	log->stalled = false;
	switch (w->what) {
	case WRITE_COMMIT:
		if (w->ok)
			log_committed(log);
		else if (log->durability == DURABILITY_FULL)
			log_refuse_all(log);
		else
			log_keep_all(log);
		break;
	case WRITE_PROBE:
		if (w->ok) {
			log->state = LOG_READY;
			log_info("log-ready", "%s", "");
		}
		break;
	case WRITE_RESERVE:
		if (w->ok)
			log->reserved_id = w->reserve;
		break;
	}
	w->count = 0;
	if (!w->ok)
		log_degrade(log, &w->err);
}

static void log_read(struct eventlog *log, struct reading *r)
{
	log->reads--;
	if (r->end == READ_FAILED)
		log_warn("history-unreadable", "reason=\"%s\"", r->err.text);
	log->sink.read(log->sink.ctx, r->cookie, r->events, r->end == READ_DONE ? r->count : 0,
		       r->end);
	reading_free(r);
}

/* ---- handing over ---- */

static void log_write(struct eventlog *log)
{
	log->writing = true;
	log->write_since_ms = log->monotonic_ms;
	worker_give(log->writer_thread, &log->write->job);
}

static void log_hand_over(struct eventlog *log)
{
	struct write_job *w = log->write;
	if (log->state == LOG_DEGRADED) {
		if (log->monotonic_ms < log->probe_ms)
			return;
		w->what = WRITE_PROBE;
	} else if (log->durability != DURABILITY_FULL &&
		   log->next_id + RESERVE_IDS / 2 > log->reserved_id) {
		w->what = WRITE_RESERVE;
		w->reserve = log->next_id + RESERVE_IDS;
	} else if (log->waiting.first) {
		w->what = WRITE_COMMIT;
		while (w->count < COMMIT_ROWS_MAX && log->waiting.first)
			w->events[w->count++] = event_list_take(&log->waiting);
	} else {
		return;
	}
	log_write(log);
}

static void log_show(struct eventlog *log)
{
	struct event *e;
	while ((e = event_list_take(&log->shown))) {
		log_apply(log, e);
		if (log->durability == DURABILITY_NONE)
			event_unref(e);
		else
			event_list_add(&log->waiting, e);
	}
}

void eventlog_turn(struct eventlog *log, int64_t monotonic_ms, int64_t wall_ms)
{
	struct job *job;
	log->monotonic_ms = monotonic_ms;
	log->wall_ms = wall_ms;
	while ((job = worker_take(log->writer_thread)))
		log_written(log);
	while ((job = worker_take(log->reader_thread)))
		log_read(log, CONTAINER_OF(job, struct reading, job));
	log_show(log);
	if (!log->writing)
		log_hand_over(log);
	else if (!log->stalled && monotonic_ms - log->write_since_ms >= STALL_MS) {
		log->stalled = true;
		log_error("log-stalled", "waiting_ms=%d", STALL_MS);
	}
}

int eventlog_wait(const struct eventlog *log, int64_t monotonic_ms)
{
	int64_t until;
	if (log->shown.first)
		return 0;
	if (log->writing && !log->stalled)
		until = log->write_since_ms + STALL_MS;
	else if (!log->writing && log->state == LOG_DEGRADED)
		until = log->probe_ms;
	else
		return -1;
	return until > monotonic_ms ? (int)(until - monotonic_ms) : 0;
}

uint64_t eventlog_last_id(const struct eventlog *log)
{
	return log->next_id - 1;
}

bool eventlog_is_degraded(const struct eventlog *log)
{
	return log->state == LOG_DEGRADED;
}

bool eventlog_is_stalled(const struct eventlog *log)
{
	return log->stalled;
}

bool eventlog_is_settled(const struct eventlog *log)
{
	return !log->writing && !log->waiting.first && !log->shown.first;
}

bool eventlog_is_writing(const struct eventlog *log)
{
	return log->writing;
}

void eventlog_hurry(struct eventlog *log)
{
	log->probe_ms = 0;
}

/* ---- reading ---- */

/* Noted when it is asked, since by the time of the answer a commit may have taken it from the lists,
 * too late for the reader's snapshot. */
static void log_note_unwritten(const struct eventlog *log, struct reading *r)
{
	const struct write_job *w = log->write;
	for (size_t i = 0; i < w->count; i++)
		reading_note(r, w->events[i]);
	for (struct event *e = log->waiting.first; e; e = e->next)
		reading_note(r, e);
	for (struct event *e = log->shown.first; e; e = e->next)
		reading_note(r, e);
}

bool eventlog_read(struct eventlog *log, const struct event_part *parts, size_t count, void *cookie)
{
	if (log->reads >= READS_MAX)
		return false;
	struct reading *r = reading_new(log->reader, &log->places, parts, count, cookie);
	if (log->durability != DURABILITY_FULL)
		log_note_unwritten(log, r);
	log->reads++;
	worker_give(log->reader_thread, &r->job);
	return true;
}

void eventlog_forget(struct eventlog *log, const char *room_key)
{
	place_forget(&log->places, room_key);
}

uint64_t eventlog_run(const struct eventlog *log)
{
	return history_run(log->history);
}

/* ---- opening and closing ---- */

static bool log_add_room(void *ctx, const struct history_room *room)
{
	struct eventlog *log = ctx;
	place_add(&log->places, room->key, room->number, room->last_seq, room->last_ms);
	return log->sink.room(log->sink.ctx, room);
}

static bool log_add_enrolments(struct eventlog *log, struct err *err)
{
	const struct eventlog_sink *sink = &log->sink;
	return (!sink->account || history_accounts(log->history, sink->account, sink->ctx, err)) &&
	       (!sink->voucher || history_vouchers(log->history, sink->voucher, sink->ctx, err)) &&
	       (!sink->mark || history_marks(log->history, sink->mark, sink->ctx, err));
}

static void log_reader_wake(void *ctx)
{
	struct eventlog *log = ctx;
	log->sink.wake(log->sink.ctx);
}

struct eventlog *eventlog_open(const char *dir, enum durability durability,
			       const unsigned char secret[TABLE_SECRET_BYTES],
			       const struct eventlog_sink *sink, struct err *err)
{
	struct eventlog *log = xcalloc(1, sizeof(*log));
	log->sink = *sink;
	log->durability = durability;
	log->write = xcalloc(1, sizeof(*log->write));
	places_init(&log->places, secret, 1);
	log->history = history_open(dir, durability, err);
	if (!log->history)
		goto fail;
	log->places.next_number = history_next_room(log->history);
	log->next_id = history_next_id(log->history);
	if (durability != DURABILITY_FULL) {
		log->reserved_id = log->next_id + RESERVE_IDS;
		if (!history_reserve(log->history, log->reserved_id, err))
			goto fail;
	}
	if (!history_rooms(log->history, log_add_room, log, err) || !log_add_enrolments(log, err))
		goto fail;
	log->reader = history_reader_open(dir, err);
	if (!log->reader || !(log->checkpoint = checkpoint_start(dir, err)))
		goto fail;
	log->writer_thread = worker_start("writer", log_reader_wake, log, err);
	log->reader_thread = worker_start("reader", log_reader_wake, log, err);
	if (!log->writer_thread || !log->reader_thread)
		goto fail;
	log->write->job.run = write_run;
	log->write->history = log->history;
	log->write->checkpoint = log->checkpoint;
	return log;
fail:
	eventlog_close(log);
	return NULL;
}

static void write_the_rest(struct eventlog *log)
{
	struct event *e;
	while (log->waiting.first) {
		struct write_job *w = log->write;
		w->count = 0;
		while (w->count < COMMIT_ROWS_MAX && (e = event_list_take(&log->waiting)))
			w->events[w->count++] = e;
		if (!history_append(log->history, w->events, w->count, &w->err))
			log_error("history-lost", "messages=%zu reason=\"%s\"", w->count,
				  w->err.text);
		for (size_t i = 0; i < w->count; i++)
			event_unref(w->events[i]);
	}
}

static void log_end_reader(struct eventlog *log)
{
	struct job *job;
	worker_stop(log->reader_thread);
	while (log->reader_thread && (job = worker_take(log->reader_thread))) {
		struct reading *r = CONTAINER_OF(job, struct reading, job);
		free(r->cookie);
		reading_free(r);
	}
}

/* What is relaxed was shown and must be stored if it can be; the rest nobody has seen, but whoever
 * said it has not been refused either. */
static void log_end_writer(struct eventlog *log)
{
	struct write_job *w = log->write;
	worker_stop(log->writer_thread);
	if (log->writing && w->what == WRITE_COMMIT && w->ok) {
		for (size_t i = 0; i < w->count; i++)
			event_unref(w->events[i]);
		w->count = 0;
	}
	log_keep_all(log);
	for (struct event *e; (e = event_list_take(&log->shown));)
		event_list_add(&log->waiting, e);
	write_the_rest(log);
}

void eventlog_close(struct eventlog *log)
{
	if (!log)
		return;
	log_end_reader(log);
	log_end_writer(log);
	worker_free(log->reader_thread);
	worker_free(log->writer_thread);
	checkpoint_stop(log->checkpoint);
	history_reader_close(log->reader);
	history_close(log->history);
	places_done(&log->places);
	free(log->write);
	free(log);
}
