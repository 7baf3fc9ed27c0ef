/* The half of history.h that reads. */
#include "store/history.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { BEGIN, END, LAST_SEQ, ID_AT, MS_AT, NEWEST, OLDEST, STATEMENTS };

#define EVENTS_SQL                                                                                 \
	"SELECT m.kind, m.id, m.seq, m.ms, r.key, r.name, m.to_nick, "                             \
	"s.nick, s.user, s.host, s.account, m.body, m.tags "                                       \
	"FROM msg m JOIN room r ON r.number = m.room JOIN sender s ON s.id = m.sender "            \
	"WHERE m.room = ? AND m.seq >= ? AND m.seq < ? ORDER BY m.seq "

static const char *const reader_sql[STATEMENTS] = {
	[BEGIN] = "BEGIN",
	[END] = "ROLLBACK",
	[LAST_SEQ] = "SELECT max(seq) FROM msg WHERE room = ?",
	[ID_AT] = "SELECT id FROM msg WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1",
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

/* The first seq of room at bound or after it (past: only after it), or one past the last. Ids and
 * times rise with seq but have no index per room, so this halves the room until it is found: some
 * twenty look-ups. */
static bool reader_find_seq(struct history_reader *r, uint64_t room,
			    const struct event_bound *bound, bool past, int64_t *ret_seq)
{
	sqlite3_stmt *st = r->statements[bound->by == BOUND_ID ? ID_AT : MS_AT];
	int64_t id = bound->id < INT64_MAX ? (int64_t)bound->id : INT64_MAX;
	int64_t wanted = bound->by == BOUND_ID ? id : bound->time_ms;
	int64_t low = 1, high;

	statement_bind_uint(r->statements[LAST_SEQ], 1, room);
	if (!statement_number(r->statements[LAST_SEQ], 0, &high))
		return false;
	high++;
	/* Mostly it is the newest page that is wanted. */
	for (int64_t middle = high - 1; low < high; middle = low + (high - low) / 2) {
		int64_t found;
		statement_bind_uint(st, 1, room);
		sqlite3_bind_int64(st, 2, middle);
		if (!statement_number(st, 0, &found))
			return false;
		if (found < wanted || (past && found == wanted))
			low = middle + 1;
		else
			high = middle;
	}
	*ret_seq = low;
	return true;
}

/* Where the messages of span are: from *ret_first on, and before *ret_end. */
static bool reader_find_span(struct history_reader *r, uint64_t room, const struct event_span *span,
			     int64_t *ret_first, int64_t *ret_end)
{
	int64_t after = 0;

	*ret_first = span->after_seq < INT64_MAX ? (int64_t)span->after_seq + 1 : INT64_MAX;
	*ret_end = INT64_MAX;
	if (span->before.by != BOUND_NONE &&
	    !reader_find_seq(r, room, &span->before, false, ret_end))
		return false;
	if (span->after.by != BOUND_NONE && !reader_find_seq(r, room, &span->after, true, &after))
		return false;
	if (after > *ret_first)
		*ret_first = after;
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
	};
	struct event *e = event_new(&draft);
	e->id = (uint64_t)sqlite3_column_int64(st, 1);
	e->seq = (uint64_t)sqlite3_column_int64(st, 2);
	e->time_ms = sqlite3_column_int64(st, 3);
	return e;
}

/* Oldest first, from whichever end it is read. */
static bool reader_collect(struct history_reader *r, uint64_t room, const struct event_span *span,
			   struct event **list)
{
	sqlite3_stmt *st = r->statements[span->oldest ? OLDEST : NEWEST];
	size_t limit = span->limit;
	int64_t first, end;

	if (!reader_find_span(r, room, span, &first, &end))
		return false;
	statement_bind_uint(st, 1, room);
	sqlite3_bind_int64(st, 2, first);
	sqlite3_bind_int64(st, 3, end);
	while (limit > 0 && sqlite3_step(st) == SQLITE_ROW) {
		if (!event_is_message((enum event_kind)sqlite3_column_int(st, 0)))
			continue;
		struct event *e = reader_event(st, room);
		e->next = *list;
		*list = e;
		if (span->oldest)
			list = &e->next;
		limit--;
	}
	return sqlite3_reset(st) == SQLITE_OK;
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

bool history_read(struct history_reader *r, uint64_t room_number, const struct event_span *span,
		  history_each_event *each, void *ctx, struct err *err)
{
	struct event *list = NULL;

	/* All look-ups see the same moment, which is over before each() takes its time. */
	bool ok = statement_run(r->statements[BEGIN]) &&
		  reader_collect(r, room_number, span, &list);
	if (!ok)
		database_err(err, r->db, "cannot read messages in");
	if (!sqlite3_get_autocommit(r->db) && !statement_run(r->statements[END]) && ok)
		ok = database_err(err, r->db, "cannot read messages in");
	reader_hand_out(list, ok ? each : NULL, ctx);
	return ok;
}
