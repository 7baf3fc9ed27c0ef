#include "store/database.h"

#include "store/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* SQLite would create it readable for everybody. Only a new file may be opened here: closing any
 * descriptor of a database drops all locks that this process has on it. */
static bool database_create(const char *path, struct err *err)
{
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST || err_errno(err, "cannot create %s", path);
	close(fd);
	return true;
}

static bool database_set_up(sqlite3 *db, enum database_use use, struct err *err)
{
	/* Names and triggers in a file that somebody else made may not call functions. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	sqlite3_wal_autocheckpoint(db, 0);
	sqlite3_busy_timeout(db, use == DATABASE_CHECKPOINT ? DATABASE_CHECKPOINT_BUSY_MS
							    : DATABASE_OPEN_BUSY_MS);
	/* A temporary file would lie outside the data folder. The look at the schema is the first at
	 * the file: is it a database at all? */
	/* What is deleted or replaced is overwritten: the hash of an old password is nobody's business. */
	return database_run(db, "PRAGMA temp_store = MEMORY", "cannot open", err) &&
	       database_run(db, "PRAGMA secure_delete = ON", "cannot open", err) &&
	       database_run(db, "SELECT 1 FROM sqlite_schema", "cannot open", err) &&
	       (use != DATABASE_READ ||
		database_run(db, "PRAGMA query_only = ON", "cannot open", err));
}

/* Sticks to the file, so that only the first open pays for it. */
static bool database_write_ahead(sqlite3 *db, struct err *err)
{
	sqlite3_stmt *st = NULL;
	bool ok = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &st, NULL) == SQLITE_OK &&
		  sqlite3_step(st) == SQLITE_ROW;
	if (!ok)
		database_err(err, db, "cannot open");
	else if (strcmp(statement_text(st, 0), "wal") != 0)
		ok = err_set(err, ERR_IO,
			     "%s: this file system cannot keep a write-ahead log; "
			     "choose a data folder on a local disk",
			     sqlite3_db_filename(db, "main"));
	sqlite3_finalize(st);
	return ok;
}

sqlite3 *database_open(const char *dir, enum database_use use, struct err *err)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;

	int len = snprintf(path, sizeof(path), "%s/history.db", dir);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		err_set(err, ERR_INVALID, "the name of the data folder is too long");
		return NULL;
	}
	if (use == DATABASE_WRITE && !database_create(path, err))
		return NULL;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		if (db)
			database_err(err, db, "cannot open");
		else
			err_set(err, ERR_IO, "cannot open %s: out of memory", path);
		goto out;
	}
	wipe_install(db);
	if (database_set_up(db, use, err) &&
	    (use != DATABASE_WRITE || database_write_ahead(db, err)))
		return db;
out:
	database_close(db);
	return NULL;
}

void database_close(sqlite3 *db)
{
	sqlite3_close(db);
}

/* SQLite notes errno when a statement fails, but not when a commit does: then the log's file knows. */
static int database_errno(sqlite3 *db)
{
	int number = sqlite3_system_errno(db);
	sqlite3_file *wal = NULL;

	if (number == 0 &&
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK &&
	    wal && wal->pMethods)
		wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &number);
	return number;
}

bool database_err(struct err *err, sqlite3 *db, const char *what)
{
	int code = sqlite3_extended_errcode(db);
	int number = database_errno(db);
	const char *path = sqlite3_db_filename(db, "main");
	const char *why = sqlite3_errmsg(db);
	bool system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;

	if (!path)
		path = "the database";
	if (code == SQLITE_FULL || (system && (number == ENOSPC || number == EDQUOT)))
		return err_set(err, ERR_IO, "%s %s: the disk is full (%s)", what, path, why);
	if (system && number == EFBIG)
		return err_set(err, ERR_IO, "%s %s: the disk is full: %s (%s)", what, path,
			       strerror(number), why);
	if ((code & 0xff) == SQLITE_BUSY)
		return err_set(err, ERR_IO, "%s %s: another program holds it (%s)", what, path,
			       why);
	if (system && number != 0)
		return err_set(err, ERR_IO, "%s %s: %s (%s)", what, path, strerror(number), why);
	return err_set(err, ERR_IO, "%s %s: %s", what, path, why);
}

bool database_run(sqlite3 *db, const char *sql, const char *what, struct err *err)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || database_err(err, db, what);
}

bool statements_prepare(sqlite3 *db, sqlite3_stmt *out[], const char *const sql[], size_t count,
			struct err *err)
{
	for (size_t i = 0; i < count; i++)
		out[i] = NULL;
	for (size_t i = 0; i < count; i++)
		if (sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &out[i], NULL) !=
		    SQLITE_OK) {
			database_err(err, db, "cannot use");
			statements_finalize(out, count);
			return false;
		}
	return true;
}

void statements_finalize(sqlite3_stmt *statements[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sqlite3_finalize(statements[i]);
		statements[i] = NULL;
	}
}

void statement_bind_text(sqlite3_stmt *st, int column, const char *text, size_t len)
{
	sqlite3_bind_text64(st, column, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

void statement_bind_uint(sqlite3_stmt *st, int column, uint64_t value)
{
	sqlite3_bind_int64(st, column, value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value);
}

bool statement_run(sqlite3_stmt *st)
{
	sqlite3_step(st);
	return sqlite3_reset(st) == SQLITE_OK; /* the step's error, if it had one */
}

bool statement_number(sqlite3_stmt *st, int64_t missing, int64_t *ret_number)
{
	*ret_number = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : missing;
	return sqlite3_reset(st) == SQLITE_OK;
}

const char *statement_text(sqlite3_stmt *st, int column)
{
	const unsigned char *text = sqlite3_column_text(st, column);
	return text ? (const char *)text : "";
}
