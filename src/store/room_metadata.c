#include "store/room_metadata.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { SET, REMOVE, CLEAR, STATEMENTS };

/* A key keeps its place when its value changes. */
static const char *const room_metadata_sql[STATEMENTS] = {
	[SET] = ("INSERT INTO room_metadata (room, key, value) VALUES (?1, ?2, ?3) "
		 "ON CONFLICT (room, key) DO UPDATE SET value = ?3"),
	[REMOVE] = "DELETE FROM room_metadata WHERE room = ?1 AND key = ?2",
	[CLEAR] = "DELETE FROM room_metadata WHERE room = ?1",
};

struct room_metadata {
	sqlite3_stmt *statements[STATEMENTS];
};

struct room_metadata *room_metadata_new(sqlite3 *db, struct err *err)
{
	struct room_metadata *m = xcalloc(1, sizeof(*m));
	if (statements_prepare(db, m->statements, room_metadata_sql, STATEMENTS, err))
		return m;
	free(m);
	return NULL;
}

void room_metadata_free(struct room_metadata *m)
{
	if (!m)
		return;
	statements_finalize(m->statements, STATEMENTS);
	free(m);
}

/* line: "key value", or "key". */
static bool append_line(struct room_metadata *m, uint64_t room, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	size_t key_len = space ? (size_t)(space - line) : len;
	sqlite3_stmt *st = m->statements[space ? SET : REMOVE];
	statement_bind_uint(st, 1, room);
	statement_bind_text(st, 2, line, key_len);
	if (space)
		statement_bind_text(st, 3, space + 1, len - key_len - 1);
	return statement_run(st);
}

bool room_metadata_append(struct room_metadata *m, const struct event *e)
{
	for (const char *at = e->text; *at;) {
		size_t len = strcspn(at, "\n");
		if (!append_line(m, e->room_number, at, len))
			return false;
		at += len + (at[len] == '\n');
	}
	return true;
}

bool room_metadata_clear(struct room_metadata *m, uint64_t room_number)
{
	statement_bind_uint(m->statements[CLEAR], 1, room_number);
	return statement_run(m->statements[CLEAR]);
}
