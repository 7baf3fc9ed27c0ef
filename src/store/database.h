/* database.h: SQLite the way teahouse wants it: opening, statements, and its errors as sentences.
 *
 * For the files of store/ only. A connection stays on the thread that uses it. */
#ifndef TEAHOUSE_STORE_DATABASE_H
#define TEAHOUSE_STORE_DATABASE_H

#include "base/err.h"

#include <sqlite3.h>

/* How long to wait for somebody else's lock. At the start a person is waiting, too; later it is the
 * same as a disk that does not answer, and the log has its rule for that. */
#define DATABASE_OPEN_BUSY_MS 1000
#define DATABASE_WRITE_BUSY_MS 60000
#define DATABASE_CHECKPOINT_BUSY_MS 20

enum database_use {
	DATABASE_WRITE,      /* creates the file, 0600, and makes it write ahead */
	DATABASE_READ,       /* cannot change anything; the file must be there */
	DATABASE_CHECKPOINT, /* only moves the log into the database */
};

/* Opens dir/history.db; end with database_close(). NULL: reason in err. No connection checkpoints
 * by itself, neither after a commit nor on closing. */
sqlite3 *database_open(const char *dir, enum database_use use, struct err *err);

/* All statements are finalized by now. NULL is fine. */
void database_close(sqlite3 *db);

/* Fills err with "what: why": SQLite's words and, where the system is to blame, the system's.
 * Always ERR_IO; false. */
bool database_err(struct err *err, sqlite3 *db, const char *what);

/* Runs statements that return nothing. */
MUST_USE bool database_run(sqlite3 *db, const char *sql, const char *what, struct err *err);

/* Prepares count statements, for keeps. false: none of them is. */
MUST_USE bool statements_prepare(sqlite3 *db, sqlite3_stmt *out[], const char *const sql[],
				 size_t count, struct err *err);
void statements_finalize(sqlite3_stmt *statements[], size_t count);

/* Text is not copied: it lives until the statement is reset. */
void statement_bind_text(sqlite3_stmt *st, int column, const char *text, size_t len);
void statement_bind_uint(sqlite3_stmt *st, int column, uint64_t value);

/* Steps once and resets. true: done, with or without a row. */
MUST_USE bool statement_run(sqlite3_stmt *st);

/* Steps once and resets: the number in the first column, or missing when there is no row. */
MUST_USE bool statement_number(sqlite3_stmt *st, int64_t missing, int64_t *ret_number);

/* The text in a column, never NULL, until the next step. */
const char *statement_text(sqlite3_stmt *st, int column);

#endif
