/* The half of history.h that reads. */
#include "store/history.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { BEGIN, END, TALK, TALKS, LAST_SEQ, SEQ_OF, MS_AT, NEWEST, OLDEST, STATEMENTS };

#define EVENTS_SQL                                                                                 \
	"SELECT m.kind, m.id, m.seq, m.ms, r.key, r.name, m.to_nick, "                             \
	"s.nick, s.user, s.host, s.account, m.body, m.tags, m.author, m.about "                    \
	"FROM msg m JOIN room r ON r.number = m.room JOIN sender s ON s.id = m.sender "            \
	"WHERE m.room = ? AND m.seq >= ? AND m.seq < ? ORDER BY m.seq "

static const char *const reader_sql[STATEMENTS] = {
	[BEGIN] = "BEGIN",
	[END] = "ROLLBACK",
	[TALK] = "SELECT number FROM room WHERE kind = 1 AND key = ?",
	[TALKS] = "SELECT room FROM talk WHERE account = ? ORDER BY room DESC LIMIT ?",
	[LAST_SEQ] = "SELECT max(seq) FROM msg WHERE room = ?",
	[SEQ_OF] = "SELECT seq FROM msg WHERE id = ?2 AND room = ?1",
	[MS_AT] = "SELECT ms FROM msg WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1",
	[NEWEST] = EVENTS_SQL "DESC",
	[OLDEST] = EVENTS_SQL "ASC",
};

struct history_reader {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
};

struct history_reader *history_reader_open(const char *dir, struct err *err)
{
	struct history_reader *r = xcalloc(1, sizeof(*r));

	r->db = database_open(dir, DATABASE_READ, err);
	if (r->db && statements_prepare(r->db, r->statements, reader_sql, STATEMENTS, err))
		return r;
	history_reader_close(r);
	return NULL;
}

void history_reader_close(struct history_reader *r)
{
	if (!r)
		return;
	statements_finalize(r->statements, STATEMENTS);
	database_close(r->db);
	free(r);
}

/* The seqs of what a bound names: from first on, and before end. Nothing may be: then they are equal. */
struct reader_place {
	int64_t first, end;
};

static bool reader_find_id(struct history_reader *r, uint64_t room, const struct event_span *span,
			   uint64_t id, struct reader_place *ret, struct err *err)
{
	int64_t seq;

	statement_bind_uint(r->statements[SEQ_OF], 1, room);
	statement_bind_uint(r->statements[SEQ_OF], 2, id);
	if (!statement_number(r->statements[SEQ_OF], 0, &seq))
		return database_err(err, r->db, "cannot read messages in");
	if (seq <= 0 || (uint64_t)seq <= span->after_seq || (span->last_id && id > span->last_id))
		return err_set(err, ERR_INVALID, "nothing there has this id");
	*ret = (struct reader_place){ seq, seq + 1 };
	return true;
}

/* The first seq of room at a time or after it (past: only after it), or one past the last. Times rise
 * with seq but have no index, so this halves the room until it is found: some twenty look-ups. */
static bool reader_find_time(struct history_reader *r, uint64_t room, int64_t time_ms, bool past,
			     int64_t *ret_seq)
{
	int64_t low = 1, high;

	statement_bind_uint(r->statements[LAST_SEQ], 1, room);
	if (!statement_number(r->statements[LAST_SEQ], 0, &high))
		return false;
	high++;
	/* Mostly it is the newest page that is wanted. */
	for (int64_t middle = high - 1; low < high; middle = low + (high - low) / 2) {
		int64_t found;
		statement_bind_uint(r->statements[MS_AT], 1, room);
		sqlite3_bind_int64(r->statements[MS_AT], 2, middle);
		if (!statement_number(r->statements[MS_AT], 0, &found))
			return false;
		if (found < time_ms || (past && found == time_ms))
			low = middle + 1;
		else
			high = middle;
	}
	*ret_seq = low;
	return true;
}

static bool reader_find(struct history_reader *r, uint64_t room, const struct event_span *span,
			const struct event_bound *bound, struct reader_place *ret, struct err *err)
{
	if (bound->by == BOUND_ID)
		return reader_find_id(r, room, span, bound->id, ret, err);
	return (reader_find_time(r, room, bound->time_ms, false, &ret->first) &&
		reader_find_time(r, room, bound->time_ms, true, &ret->end)) ||
	       database_err(err, r->db, "cannot read messages in");
}

/* Where the events of span are: from *ret_first on, and before *ret_end. */
static bool reader_find_span(struct history_reader *r, uint64_t room, struct event_span *span,
			     int64_t *ret_first, int64_t *ret_end, struct err *err)
{
	struct reader_place after = { 0, 0 }, before = { INT64_MAX, INT64_MAX };

	if (span->before.by != BOUND_NONE &&
	    !reader_find(r, room, span, &span->before, &before, err))
		return false;
	if (span->after.by != BOUND_NONE && !reader_find(r, room, span, &span->after, &after, err))
		return false;
	if (span->either_way && before.first < after.first) {
		const struct event_bound bound = span->after;
		const struct reader_place place = after;
		span->after = span->before;
		span->before = bound;
		span->oldest = false;
		after = before;
		before = place;
	}
	span->either_way = false;
	*ret_first = span->after_seq < INT64_MAX ? (int64_t)span->after_seq + 1 : INT64_MAX;
	int64_t from = span->after.with_it ? after.first : after.end;
	if (from > *ret_first)
		*ret_first = from;
	*ret_end = span->before.with_it ? before.end : before.first;
	return true;
}

static struct event *reader_event(sqlite3_stmt *st, uint64_t room)
{
	const struct event_draft draft = {
		.kind = (enum event_kind)sqlite3_column_int(st, 0),
		.room_number = room,
		.room_key = statement_text(st, 4),
		.room_name = statement_text(st, 5),
		.to_nick = statement_text(st, 6),
		.from = { statement_text(st, 7), statement_text(st, 8), statement_text(st, 9),
			  statement_text(st, 10) },
		.text = statement_text(st, 11),
		.text_len = (size_t)sqlite3_column_bytes(st, 11),
		.tags = statement_text(st, 12),
		.about_id = (uint64_t)sqlite3_column_int64(st, 14),
	};
	int64_t author = sqlite3_column_int64(st, 13);
	struct event *e = event_new(&draft);
	e->id = (uint64_t)sqlite3_column_int64(st, 1);
	e->seq = (uint64_t)sqlite3_column_int64(st, 2);
	e->time_ms = sqlite3_column_int64(st, 3);
	e->account_id = author > 0 ? (uint64_t)author : 0;
	e->user_id = author < 0 ? (uint64_t)-author : 0;
	return e;
}

/* Oldest first, from whichever end it is read. */
static bool reader_collect(struct history_reader *r, uint64_t room, struct event_span *span,
			   struct event **list, struct err *err)
{
	uint64_t kinds = span->kinds ? span->kinds : EVENT_WORDS;
	uint64_t last_id = span->last_id ? span->last_id : UINT64_MAX;
	size_t limit = span->limit;
	int64_t first, end;

	if (!reader_find_span(r, room, span, &first, &end, err))
		return false;
	sqlite3_stmt *st = r->statements[span->oldest ? OLDEST : NEWEST];
	statement_bind_uint(st, 1, room);
	sqlite3_bind_int64(st, 2, first);
	sqlite3_bind_int64(st, 3, end);
	while (limit > 0 && sqlite3_step(st) == SQLITE_ROW) {
		int kind = sqlite3_column_int(st, 0);
		bool wanted = kind >= 0 && kind < EVENT_JOIN && (kinds & BIT64(kind));
		if (!wanted || (uint64_t)sqlite3_column_int64(st, 1) > last_id)
			continue;
		struct event *e = reader_event(st, room);
		e->next = *list;
		*list = e;
		if (span->oldest)
			list = &e->next;
		limit--;
	}
	return sqlite3_reset(st) == SQLITE_OK ||
	       database_err(err, r->db, "cannot read messages in");
}

/* Empties the list; each NULL: nobody wants it. */
static void reader_hand_out(struct event *list, history_each_event *each, void *ctx)
{
	bool more = each != NULL;

	while (list) {
		struct event *e = list;
		list = e->next;
		e->next = NULL; /* from here on it may be shared */
		more = more && each(ctx, e);
		event_unref(e);
	}
}

bool history_read(struct history_reader *r, uint64_t room_number, struct event_span *span,
		  history_each_event *each, void *ctx, struct err *err)
{
	struct event *list = NULL;

	/* All look-ups see the same moment, which is over before each() takes its time. */
	bool ok = statement_run(r->statements[BEGIN])
			  ? reader_collect(r, room_number, span, &list, err)
			  : database_err(err, r->db, "cannot read messages in");
	if (!sqlite3_get_autocommit(r->db) && !statement_run(r->statements[END]) && ok)
		ok = database_err(err, r->db, "cannot read messages in");
	reader_hand_out(list, ok ? each : NULL, ctx);
	return ok;
}

bool history_find_talk(struct history_reader *r, const char *key, uint64_t *ret_number,
		       struct err *err)
{
	int64_t number;
	statement_bind_text(r->statements[TALK], 1, key, strlen(key));
	if (!statement_number(r->statements[TALK], 0, &number))
		return database_err(err, r->db, "cannot find a conversation in");
	*ret_number = (uint64_t)number;
	return true;
}

bool history_list_talks(struct history_reader *r, uint64_t account, uint64_t *numbers, size_t max,
			size_t *ret_count, struct err *err)
{
	sqlite3_stmt *st = r->statements[TALKS];
	size_t count = 0;

	statement_bind_uint(st, 1, account);
	statement_bind_uint(st, 2, max);
	while (count < max && sqlite3_step(st) == SQLITE_ROW)
		numbers[count++] = (uint64_t)sqlite3_column_int64(st, 0);
	*ret_count = count;
	return sqlite3_reset(st) == SQLITE_OK ||
	       database_err(err, r->db, "cannot list the conversations in");
}
