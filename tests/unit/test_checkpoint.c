#include "store/checkpoint.h"

#include "base/limits.h"
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct err err;

static void wait_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

/* Appends until the log holds more than bytes. */
static void fill_log(struct history *h, uint64_t bytes)
{
	static char text[MESSAGE_BYTES_MAX];
	struct event *batch[64];
	static uint64_t id;

	memset(text, 'x', sizeof(text) - 1);
	for (id = 0; history_wal_bytes(h) <= bytes;) {
		for (size_t i = 0; i < ARRAY_LEN(batch); i++)
			batch[i] = event_said(++id, text);
		CHECK(history_append(h, batch, ARRAY_LEN(batch), &err));
		for (size_t i = 0; i < ARRAY_LEN(batch); i++)
			event_unref(batch[i]);
	}
}

TEST(checkpoint_empties_the_log_when_idle)
{
	char *dir = folder_new();
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	struct checkpoint *c = checkpoint_start(dir, &err);
	CHECK(h && c);

	CHECK(append_one(h, event_said(1, "hello"), &err));
	CHECK(folder_file_bytes(dir, "history.db-wal") > 0);
	checkpoint_hint(c, history_wal_bytes(h));
	while (folder_file_bytes(dir, "history.db-wal") > 0)
		wait_a_little(); /* the runner's patience is the limit */

	/* And again, from asleep. */
	CHECK(append_one(h, event_said(2, "again"), &err));
	checkpoint_hint(c, history_wal_bytes(h));
	while (folder_file_bytes(dir, "history.db-wal") > 0)
		wait_a_little();
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "hello|again|");
	checkpoint_stop(c);
	history_close(h);
	folder_remove(dir);
}

TEST(checkpoint_moves_a_long_log_while_busy)
{
	char *dir = folder_new();
	struct history *h = history_open(dir, DURABILITY_RELAXED, &err);
	struct checkpoint *c = checkpoint_start(dir, &err);
	CHECK(h && c);

	fill_log(h, CHECKPOINT_BYTES);
	CHECK(folder_file_bytes(dir, "history.db") < 1024 * 1024);
	do {
		checkpoint_hint(c, history_wal_bytes(h)); /* so it is never idle */
		wait_a_little();
	} while (folder_file_bytes(dir, "history.db") < CHECKPOINT_BYTES / 2);
	CHECK(folder_file_bytes(dir, "history.db-wal") > CHECKPOINT_BYTES);
	checkpoint_stop(c);
	history_close(h);
	folder_remove(dir);
}

/* Somebody else, in the middle of reading. */
static sqlite3 *reading(const char *dir)
{
	char path[PATH_MAX];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/history.db", dir);
	CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK, path);
	CHECK_EQ(sqlite3_exec(db, "BEGIN; SELECT * FROM msg", NULL, NULL, NULL), SQLITE_OK,
		 "it has begun to read");
	return db;
}

TEST(checkpoint_keeps_the_writer_from_outrunning_it)
{
	char *dir = folder_new();
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	struct checkpoint *c = checkpoint_start(dir, &err);
	CHECK(h && c);

	checkpoint_before_commit(c); /* nothing to wait for */
	CHECK(append_one(h, event_said(1, "one"), &err));
	checkpoint_hint(c, WAL_BYTES_MAX); /* a lie, to have no need of so much */
	checkpoint_before_commit(c);
	checkpoint_hint(c, WAL_BYTES_MAX + 1);
	checkpoint_before_commit(c);
	CHECK_EQ(folder_file_bytes(dir, "history.db-wal"), 0, "emptied before the commit");

	/* Somebody who reads keeps the log from being emptied, and the writer goes on. */
	CHECK(append_one(h, event_said(2, "two"), &err));
	sqlite3 *db = reading(dir);
	checkpoint_hint(c, WAL_BYTES_MAX + 1);
	checkpoint_before_commit(c);
	CHECK(folder_file_bytes(dir, "history.db-wal") > 0);
	CHECK(append_one(h, event_said(3, "three"), &err));
	sqlite3_close(db);
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|two|three|");
	checkpoint_stop(c);
	history_close(h);
	folder_remove(dir);
}

/* The next of many commits, as the log's writer makes them. */
static void commit_busily(struct history *h, struct checkpoint *c)
{
	static uint64_t id = 1000000;

	checkpoint_before_commit(c);
	CHECK(append_one(h, event_said(++id, "busy"), &err));
	checkpoint_hint(c, history_wal_bytes(h));
}

TEST(checkpoint_begins_a_long_log_anew_while_busy)
{
	char *dir = folder_new();
	struct history *h = history_open(dir, DURABILITY_RELAXED, &err);
	struct checkpoint *c = checkpoint_start(dir, &err);
	CHECK(h && c);

	fill_log(h, CHECKPOINT_BYTES);
	while (history_wal_bytes(h) > CHECKPOINT_BYTES)
		commit_busily(h, c);
	CHECK(history_wal_bytes(h) < CHECKPOINT_BYTES / 4);
	CHECK(folder_file_bytes(dir, "history.db-wal") > CHECKPOINT_BYTES); /* written over */

	/* Somebody who reads keeps it from that, and the writer goes on. */
	sqlite3 *db = reading(dir);
	while (history_wal_bytes(h) < 2 * CHECKPOINT_BYTES)
		commit_busily(h, c);
	sqlite3_close(db);
	checkpoint_stop(c);
	history_close(h);
	folder_remove(dir);
}

TEST(checkpoint_stops_when_asked)
{
	char *dir = folder_new();
	CHECK(!checkpoint_start(dir, &err));
	CHECK(strstr(err.text, "No such file"));

	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	struct checkpoint *c = checkpoint_start(dir, &err);
	CHECK(h && c);
	checkpoint_stop(c); /* asleep */

	c = checkpoint_start(dir, &err);
	checkpoint_hint(c, 1000);
	checkpoint_stop(c); /* waiting for idleness */

	c = checkpoint_start(dir, &err);
	checkpoint_hint(c, WAL_BYTES_MAX + 1);
	checkpoint_stop(c); /* at work */
	checkpoint_stop(NULL);
	history_close(h);
	folder_remove(dir);
}
