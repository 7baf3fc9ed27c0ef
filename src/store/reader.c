/* The half of history.h that reads. */
#include "store/history.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { BEGIN, END, LAST_SEQ, ID_FROM_SEQ, EVENTS, STATEMENTS };

static const char *const reader_sql[STATEMENTS] = {
	[BEGIN] = "BEGIN",
	[END] = "ROLLBACK",
	[LAST_SEQ] = "SELECT max(seq) FROM msg WHERE room = ?",
	[ID_FROM_SEQ] = "SELECT id FROM msg WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1",
	[EVENTS] = "SELECT m.kind, m.id, m.seq, m.ms, r.key, r.name, m.to_nick, "
		   "s.nick, s.user, s.host, s.account, m.body "
		   "FROM msg m JOIN room r ON r.number = m.room JOIN sender s ON s.id = m.sender "
		   "WHERE m.room = ? AND m.seq < ? ORDER BY m.seq DESC",
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

/* The first seq of room whose id is not below before_id, or one past the last. Ids rise with seq but
 * have no index per room, so this halves the room until it is found: some twenty look-ups. */
static bool reader_find_seq(struct history_reader *r, uint64_t room, int64_t before_id,
			    int64_t *ret_seq)
{
	int64_t low = 1, high;

	statement_bind_uint(r->statements[LAST_SEQ], 1, room);
	if (!statement_number(r->statements[LAST_SEQ], 0, &high))
		return false;
	high++;
	/* Mostly it is the newest page that is wanted. */
	for (int64_t middle = high - 1; low < high; middle = low + (high - low) / 2) {
		sqlite3_stmt *st = r->statements[ID_FROM_SEQ];
		int64_t id;
		statement_bind_uint(st, 1, room);
		sqlite3_bind_int64(st, 2, middle);
		if (!statement_number(st, 0, &id))
			return false;
		if (id < before_id)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_seq = low;
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
	};
	struct event *e = event_new(&draft);
	e->id = (uint64_t)sqlite3_column_int64(st, 1);
	e->seq = (uint64_t)sqlite3_column_int64(st, 2);
	e->time_ms = sqlite3_column_int64(st, 3);
	return e;
}

/* Walks back from seq; what comes last goes to the list's head, so it ends up oldest first. */
static bool reader_collect(struct history_reader *r, uint64_t room, int64_t seq, size_t limit,
			   struct event **list)
{
	sqlite3_stmt *st = r->statements[EVENTS];

	statement_bind_uint(st, 1, room);
	sqlite3_bind_int64(st, 2, seq);
	while (limit > 0 && sqlite3_step(st) == SQLITE_ROW) {
		if (!event_is_message((enum event_kind)sqlite3_column_int(st, 0)))
			continue;
		struct event *e = reader_event(st, room);
		e->next = *list;
		*list = e;
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

bool history_before(struct history_reader *r, uint64_t room_number, uint64_t before_id,
		    size_t limit, history_each_event *each, void *ctx, struct err *err)
{
	int64_t before = before_id > INT64_MAX ? INT64_MAX : (int64_t)before_id;
	struct event *list = NULL;
	int64_t seq;

	/* Both look-ups see the same moment, which is over before each() takes its time. */
	bool ok = statement_run(r->statements[BEGIN]) &&
		  reader_find_seq(r, room_number, before, &seq) &&
		  reader_collect(r, room_number, seq, limit, &list);
	if (!ok)
		database_err(err, r->db, "cannot read messages in");
	if (!sqlite3_get_autocommit(r->db) && !statement_run(r->statements[END]) && ok)
		ok = database_err(err, r->db, "cannot read messages in");
	reader_hand_out(list, ok ? each : NULL, ctx);
	return ok;
}
