#include "store/history.h"

#include "base/limits.h"
#include "store/database.h"
#include "store/enrolment.h"
#include "store/room_metadata.h"
#include "store/schema.sql.h" /* by the build */
#include "store/sender.h"
#include "store/talk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_VERSION 5
#define ROOMS_KEPT 1024
#define TIDY_BYTES_MAX (4 * 1024 * 1024) /* of the write-ahead log, moved when it closes */

/* A page in the write-ahead log, https://www.sqlite.org/fileformat2.html#walformat */
#define WAL_HEADER_BYTES 32
#define WAL_FRAME_HEADER_BYTES 24

/* Room numbers that are surely in the database: each has one place, number modulo ROOMS_KEPT. */
struct known_rooms {
	uint64_t numbers[ROOMS_KEPT]; /* 0: none; the core counts from 1 */
};

enum {
	BEGIN,
	COMMIT,
	ROLLBACK,
	META_GET,
	META_SET,
	PROBE,
	ADD_ROOM,
	SET_TOPIC,
	SET_CLOSED,
	SEAL,
	RENAME,
	REDACT,
	ADD_EVENT,
	STATEMENTS,
};

static const char *const history_sql[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[META_GET] = "SELECT v FROM meta WHERE k = ?",
	[META_SET] = "UPDATE meta SET v = ?2 WHERE k = ?1",
	/* SQLite would not write the same number again. */
	[PROBE] = "UPDATE meta SET v = v + 1 WHERE k = 'probe'",
	[ADD_ROOM] = "INSERT INTO room (number, kind, key, name) VALUES (?, 0, ?, ?) "
		     "ON CONFLICT (number) DO NOTHING",
	[SET_TOPIC] = "UPDATE room SET topic = ?2, topic_by = ?3, topic_ms = ?4 WHERE number = ?1",
	[SET_CLOSED] = "UPDATE room SET closed = ?2 WHERE number = ?1",
	[SEAL] = "UPDATE room SET sealed = ?2, closed = 0, topic = '' WHERE number = ?1",
	[RENAME] = "UPDATE room SET key = ?2, name = ?3 WHERE number = ?1",
	[REDACT] = "UPDATE msg SET kind = 0, body = '', tags = '' WHERE id = ?2 AND room = ?1",
	[ADD_EVENT] =
		"INSERT INTO msg (room, seq, id, ms, sender, kind, to_nick, body, tags, author, "
		"about) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

/* What makes a database of each version, the index, into one of the next; each sets user_version. */
static const char *const upgrade_sql[SCHEMA_VERSION] = {
	[1] = "ALTER TABLE room ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;"
	      "ALTER TABLE room ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;"
	      "ALTER TABLE msg ADD COLUMN tags TEXT NOT NULL DEFAULT '';"
	      "PRAGMA user_version = 2",
	[2] = "CREATE TABLE account (number INTEGER PRIMARY KEY AUTOINCREMENT, "
	      "name TEXT NOT NULL UNIQUE, record TEXT NOT NULL);"
	      "CREATE TABLE invitation (hash TEXT NOT NULL PRIMARY KEY, "
	      "expires_ms INTEGER NOT NULL) WITHOUT ROWID;"
	      "CREATE TABLE mark (account TEXT NOT NULL, target TEXT NOT NULL, "
	      "ms INTEGER NOT NULL, PRIMARY KEY (account, target)) WITHOUT ROWID;"
	      "PRAGMA user_version = 3",
	[3] = "CREATE TABLE room_metadata (room INTEGER NOT NULL REFERENCES room (number),"
	      "key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (room, key));"
	      "PRAGMA user_version = 4",
	[4] = "ALTER TABLE msg ADD COLUMN author INTEGER NOT NULL DEFAULT 0;"
	      "ALTER TABLE msg ADD COLUMN about INTEGER NOT NULL DEFAULT 0;"
	      "CREATE TABLE talk (account INTEGER NOT NULL, room INTEGER NOT NULL "
	      "REFERENCES room (number), PRIMARY KEY (account, room)) WITHOUT ROWID;"
	      "PRAGMA user_version = 5",
};

/* A start. Where a room was closed, its mode is among its events, so there is a last one. */
static const char start_sql[] =
	"BEGIN IMMEDIATE;"
	"DELETE FROM room_metadata WHERE room IN (SELECT number FROM room WHERE closed = 1);"
	"UPDATE room SET sealed = (SELECT max(seq) FROM msg WHERE room = number), closed = 0, "
	"topic = '' WHERE closed = 1;"
	"DELETE FROM invitation WHERE expires_ms <= strftime('%s', 'now') * 1000;"
	"UPDATE meta SET v = v + 1 WHERE k = 'run';"
	"COMMIT";

struct history {
	sqlite3 *db;
	enum durability durability;
	uint64_t run, next_id, next_room; /* as the database was found */
	uint64_t wal_bytes;
	sqlite3_stmt *statements[STATEMENTS];
	struct sender_cache *senders;
	struct talks *talks;
	struct enrolments *enrolments;
	struct room_metadata *metadata;
	struct known_rooms rooms;
};

static int on_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
	struct history *h = ctx;
	(void)db;
	(void)name;
	h->wal_bytes = WAL_HEADER_BYTES + (uint64_t)pages * (WAL_FRAME_HEADER_BYTES + 4096);
	return SQLITE_OK;
}

static bool history_number(sqlite3 *db, const char *sql, int64_t *ret_number, struct err *err)
{
	sqlite3_stmt *st = NULL;
	bool ok = statements_prepare(db, &st, &sql, 1, err) &&
		  (statement_number(st, 0, ret_number) || database_err(err, db, "cannot read"));
	sqlite3_finalize(st);
	return ok;
}

/* Within a transaction. A new database, which has version 0, needs no steps. */
static bool history_take_steps(sqlite3 *db, int64_t version, struct err *err)
{
	if (version < 1)
		return database_run(db, schema_sql, "cannot set up", err);
	for (; version < SCHEMA_VERSION; version++)
		if (!database_run(db, upgrade_sql[version], "cannot upgrade", err))
			return false;
	return true;
}

/* Makes a new database, or one of an older schema, into one of ours. */
static bool history_upgrade(sqlite3 *db, struct err *err)
{
	int64_t version = 0;

	if (!history_number(db, "PRAGMA user_version", &version, err))
		return false;
	if (version > SCHEMA_VERSION)
		return err_set(err, ERR_INVALID,
			       "%s has schema %d, and this teahouse knows schemas up to %d; start "
			       "the teahouse that wrote it, or choose another folder with --data",
			       sqlite3_db_filename(db, "main"), (int)version, SCHEMA_VERSION);
	if (version == SCHEMA_VERSION)
		return true;
	if (database_run(db, "BEGIN IMMEDIATE", "cannot write", err) &&
	    history_take_steps(db, version, err) && database_run(db, "COMMIT", "cannot write", err))
		return true;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* may have happened already */
	return false;
}

/* One statement, on the disk when this returns true, whatever the durability of the rest. */
static bool history_run_durably(struct history *h, sqlite3_stmt *st, struct err *err)
{
	bool relaxed = h->durability != DURABILITY_FULL;

	if (relaxed && !database_run(h->db, "PRAGMA synchronous = FULL", "cannot use", err))
		return false;
	bool ok = statement_run(st) || database_err(err, h->db, "cannot write to");
	if (relaxed && !database_run(h->db, "PRAGMA synchronous = NORMAL", "cannot use", NULL))
		ok = err_set(err, ERR_IO, "cannot go back to relaxed durability");
	return ok;
}

static bool history_meta_set(struct history *h, const char *key, uint64_t value, struct err *err)
{
	sqlite3_stmt *st = h->statements[META_SET];
	statement_bind_text(st, 1, key, strlen(key));
	statement_bind_uint(st, 2, value);
	return history_run_durably(h, st, err);
}

static bool history_meta_get(struct history *h, const char *key, int64_t *ret_value,
			     struct err *err)
{
	sqlite3_stmt *st = h->statements[META_GET];
	statement_bind_text(st, 1, key, strlen(key));
	return statement_number(st, 0, ret_value) || database_err(err, h->db, "cannot read");
}

static bool history_load(struct history *h, struct err *err)
{
	int64_t id = 0, account = 0, room = 0, reserved = 0, run = 0;

	if (!history_number(h->db, "SELECT max(id) FROM msg", &id, err) ||
	    !history_number(h->db, "SELECT max(seq) FROM sqlite_sequence", &account, err) ||
	    !history_number(h->db, "SELECT max(number) FROM room", &room, err) ||
	    !history_meta_get(h, "reserved", &reserved, err) ||
	    !history_meta_get(h, "run", &run, err))
		return false;
	id = account > id ? account : id;
	h->next_id = (uint64_t)(id + 1 > reserved ? id + 1 : reserved);
	h->next_room = (uint64_t)room + 1;
	h->run = (uint64_t)run + 1;
	return true;
}

/* On the disk when this returns true; from there on commits of a relaxed history do not wait. What
 * fails is rolled back when the caller closes the database. */
static bool history_start(struct history *h, struct err *err)
{
	return database_run(h->db, start_sql, "cannot write to", err) &&
	       (h->durability == DURABILITY_FULL ||
		database_run(h->db, "PRAGMA synchronous = NORMAL", "cannot use", err));
}

struct history *history_open(const char *dir, enum durability durability, struct err *err)
{
	struct history *h = xcalloc(1, sizeof(*h));

	h->durability = durability;
	h->db = database_open(dir, DATABASE_WRITE, err);
	if (!h->db)
		goto failed;
	sqlite3_wal_hook(h->db, on_commit, h);
	/* Nothing is left of what is redacted, or of what stood where something else stands now. */
	if (!database_run(h->db, "PRAGMA secure_delete = ON", "cannot open", err) ||
	    !database_run(h->db, "PRAGMA synchronous = FULL", "cannot open", err) ||
	    !history_upgrade(h->db, err) ||
	    !statements_prepare(h->db, h->statements, history_sql, STATEMENTS, err))
		goto failed;
	h->senders = sender_cache_new(h->db, err);
	h->enrolments = enrolments_new(h->db, err);
	h->metadata = room_metadata_new(h->db, err);
	h->talks = talks_new(h->db, err);
	if (!h->senders || !h->enrolments || !h->metadata || !h->talks || !history_load(h, err) ||
	    !history_start(h, err))
		goto failed;
	sqlite3_busy_timeout(h->db, DATABASE_WRITE_BUSY_MS);
	return h;
failed:
	history_close(h);
	return NULL;
}

void history_close(struct history *h)
{
	if (!h)
		return;
	sender_cache_free(h->senders);
	talks_free(h->talks);
	enrolments_free(h->enrolments);
	room_metadata_free(h->metadata);
	statements_finalize(h->statements, STATEMENTS);
	/* Tidy up if it is quick; the next start reads the log otherwise. */
	if (h->wal_bytes > 0 && h->wal_bytes < TIDY_BYTES_MAX) {
		sqlite3_busy_timeout(h->db, 0);
		sqlite3_wal_checkpoint_v2(h->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	}
	database_close(h->db);
	free(h);
}

uint64_t history_run(const struct history *h)
{
	return h->run;
}

uint64_t history_next_id(const struct history *h)
{
	return h->next_id;
}

uint64_t history_next_room(const struct history *h)
{
	return h->next_room;
}

uint64_t history_wal_bytes(const struct history *h)
{
	return h->wal_bytes;
}

bool history_reserve(struct history *h, uint64_t upto, struct err *err)
{
	return history_meta_set(h, "reserved", upto, err);
}

bool history_probe(struct history *h, struct err *err)
{
	return history_run_durably(h, h->statements[PROBE], err);
}

/* One look at the end of each room's part of msg, so it costs the same however much was said. */
static const char *const rooms_sql =
	"SELECT r.number, r.key, r.name, r.topic, r.topic_by, r.topic_ms, m.seq, m.ms, r.sealed, "
	"(SELECT group_concat(line, char(10)) FROM (SELECT d.key || ' ' || d.value AS line "
	"FROM room_metadata d WHERE d.room = r.number ORDER BY d.rowid)) "
	"FROM room r LEFT JOIN msg m ON m.room = r.number AND "
	"m.seq = (SELECT max(seq) FROM msg WHERE room = r.number) "
	"WHERE r.kind = 0 ORDER BY r.number";

bool history_rooms(struct history *h, history_each_room *each, void *ctx, struct err *err)
{
	sqlite3_stmt *st = NULL;
	int step = SQLITE_ROW;
	bool more = true;

	if (!statements_prepare(h->db, &st, &rooms_sql, 1, err))
		return false;
	while (more && (step = sqlite3_step(st)) == SQLITE_ROW) {
		const struct history_room room = {
			.number = (uint64_t)sqlite3_column_int64(st, 0),
			.key = statement_text(st, 1),
			.name = statement_text(st, 2),
			.topic = statement_text(st, 3),
			.topic_by = statement_text(st, 4),
			.topic_ms = sqlite3_column_int64(st, 5),
			.last_seq = (uint64_t)sqlite3_column_int64(st, 6),
			.last_ms = sqlite3_column_int64(st, 7),
			.sealed_seq = (uint64_t)sqlite3_column_int64(st, 8),
			.metadata = statement_text(st, 9),
		};
		more = each(ctx, &room);
	}
	bool ok = step == SQLITE_ROW || step == SQLITE_DONE ||
		  database_err(err, h->db, "cannot read the rooms in");
	sqlite3_finalize(st);
	return ok;
}

bool history_accounts(struct history *h, history_each_account *each, void *ctx, struct err *err)
{
	return enrolment_accounts(h->db, each, ctx, err);
}

bool history_vouchers(struct history *h, history_each_voucher *each, void *ctx, struct err *err)
{
	return enrolment_vouchers(h->db, each, ctx, err);
}

bool history_marks(struct history *h, history_each_mark *each, void *ctx, struct err *err)
{
	return enrolment_marks(h->db, each, ctx, err);
}

static bool append_room(struct history *h, const struct event *e)
{
	uint64_t *known = &h->rooms.numbers[e->room_number % ROOMS_KEPT];
	sqlite3_stmt *st = h->statements[ADD_ROOM];

	if (*known == e->room_number)
		return true;
	statement_bind_uint(st, 1, e->room_number);
	statement_bind_text(st, 2, e->room_key, strlen(e->room_key));
	statement_bind_text(st, 3, e->room_name, strlen(e->room_name));
	if (!statement_run(st))
		return false;
	*known = e->room_number;
	return true;
}

/* In which room, and at which place of it. */
static bool append_place(struct history *h, const struct event *e, uint64_t *ret_room,
			 uint64_t *ret_seq)
{
	if (event_is_private(e))
		return talk_place(h->talks, e, ret_room, ret_seq);
	*ret_room = e->room_number;
	*ret_seq = e->seq;
	return append_room(h, e);
}

static bool append_topic(struct history *h, const struct event *e)
{
	sqlite3_stmt *st = h->statements[SET_TOPIC];

	statement_bind_uint(st, 1, e->room_number);
	statement_bind_text(st, 2, e->text, e->text_len);
	statement_bind_text(st, 3, e->from.nick, strlen(e->from.nick));
	sqlite3_bind_int64(st, 4, e->time_ms);
	return statement_run(st);
}

static bool append_rename(struct history *h, const struct event *e)
{
	sqlite3_stmt *st = h->statements[RENAME];

	statement_bind_uint(st, 1, e->room_number);
	statement_bind_text(st, 2, e->to_key, strlen(e->to_key));
	statement_bind_text(st, 3, e->to_nick, strlen(e->to_nick));
	return statement_run(st);
}

static bool append_number(sqlite3_stmt *st, uint64_t room, uint64_t number)
{
	statement_bind_uint(st, 1, room);
	statement_bind_uint(st, 2, number);
	return statement_run(st);
}

/* What e changes of its room, which has this number. */
static bool append_change(struct history *h, const struct event *e, uint64_t room)
{
	if (e->kind == EVENT_TOPIC)
		return append_topic(h, e);
	if (e->kind == EVENT_RENAME)
		return append_rename(h, e);
	if (e->kind == EVENT_MODE)
		return append_number(h->statements[SET_CLOSED], e->room_number, e->closed);
	if (e->kind == EVENT_METADATA)
		return room_metadata_append(h->metadata, e);
	if (e->kind == EVENT_SEAL)
		return append_number(h->statements[SEAL], e->room_number, e->seq) &&
		       room_metadata_clear(h->metadata, e->room_number);
	if (e->kind == EVENT_REDACT)
		return append_number(h->statements[REDACT], room, e->about_id);
	return true;
}

static int64_t author_of(const struct event *e)
{
	return e->account_id ? (int64_t)e->account_id : -(int64_t)e->user_id;
}

static bool append_event(struct history *h, const struct event *e)
{
	sqlite3_stmt *st = h->statements[ADD_EVENT];
	uint64_t room, seq;
	int64_t sender;

	assert(event_is_stored(e->kind) && e->id && e->seq && e->room_number);
	if (event_is_enrolment(e->kind))
		return enrolment_append(h->enrolments, e);
	if (!append_place(h, e, &room, &seq) || !sender_number(h->senders, &e->from, &sender) ||
	    !append_change(h, e, room))
		return false;
	statement_bind_uint(st, 1, room);
	statement_bind_uint(st, 2, seq);
	statement_bind_uint(st, 3, e->id);
	sqlite3_bind_int64(st, 4, e->time_ms);
	sqlite3_bind_int64(st, 5, sender);
	sqlite3_bind_int(st, 6, (int)e->kind);
	statement_bind_text(st, 7, e->to_nick, strlen(e->to_nick));
	statement_bind_text(st, 8, e->text, e->text_len);
	statement_bind_text(st, 9, e->tags, strlen(e->tags));
	sqlite3_bind_int64(st, 10, author_of(e));
	statement_bind_uint(st, 11, e->about_id);
	return statement_run(st);
}

/* SQLite has rolled back by itself after some errors, but not after all of them. */
static void append_undo(struct history *h)
{
	if (!sqlite3_get_autocommit(h->db) && !statement_run(h->statements[ROLLBACK]))
		assert(sqlite3_get_autocommit(h->db));
	sender_cache_forget(h->senders);
	memset(&h->rooms, 0, sizeof(h->rooms));
}

bool history_append(struct history *h, struct event *const events[], size_t count, struct err *err)
{
	bool ok = statement_run(h->statements[BEGIN]);

	for (size_t i = 0; ok && i < count; i++)
		ok = append_event(h, events[i]);
	if (ok && statement_run(h->statements[COMMIT]))
		return true;
	database_err(err, h->db, "cannot store messages in"); /* before undoing changes it */
	append_undo(h);
	return false;
}
