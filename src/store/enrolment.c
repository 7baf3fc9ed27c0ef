#include "store/enrolment.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { PUT_ACCOUNT, DROP_ACCOUNT, DROP_MARKS, PUT_VOUCHER, USE_VOUCHER, PUT_MARK, STATEMENTS };

static const char *const enrolment_sql[STATEMENTS] = {
	[PUT_ACCOUNT] = "INSERT INTO account (number, name, record) VALUES (?, ?, ?) "
			"ON CONFLICT (name) DO UPDATE SET record = excluded.record",
	[DROP_ACCOUNT] = "DELETE FROM account WHERE name = ?",
	[DROP_MARKS] = "DELETE FROM mark WHERE account = ?",
	[PUT_VOUCHER] = "INSERT INTO invitation (hash, expires_ms) VALUES (?, ?) "
			"ON CONFLICT (hash) DO UPDATE SET expires_ms = excluded.expires_ms",
	[USE_VOUCHER] = "DELETE FROM invitation WHERE hash = ?",
	[PUT_MARK] = "INSERT INTO mark (account, target, ms) VALUES (?, ?, ?) "
		     "ON CONFLICT (account, target) DO UPDATE SET ms = max(ms, excluded.ms)",
};

struct enrolments {
	sqlite3_stmt *statements[STATEMENTS];
};

struct enrolments *enrolments_new(sqlite3 *db, struct err *err)
{
	struct enrolments *n = xcalloc(1, sizeof(*n));
	if (statements_prepare(db, n->statements, enrolment_sql, STATEMENTS, err))
		return n;
	free(n);
	return NULL;
}

void enrolments_free(struct enrolments *n)
{
	if (!n)
		return;
	statements_finalize(n->statements, STATEMENTS);
	free(n);
}

static bool run_with(sqlite3_stmt *st, const char *text)
{
	statement_bind_text(st, 1, text, strlen(text));
	return statement_run(st);
}

/* The number of the event that makes an account is the account's. */
static bool append_account(struct enrolments *n, const struct event *e)
{
	sqlite3_stmt *st = n->statements[PUT_ACCOUNT];
	if (e->text_len == 0)
		return run_with(n->statements[DROP_ACCOUNT], e->to_nick) &&
		       run_with(n->statements[DROP_MARKS], e->to_nick);
	statement_bind_uint(st, 1, e->id);
	statement_bind_text(st, 2, e->to_nick, strlen(e->to_nick));
	statement_bind_text(st, 3, e->text, e->text_len);
	return statement_run(st) && (!e->tags[0] || run_with(n->statements[USE_VOUCHER], e->tags));
}

static bool append_voucher(struct enrolments *n, const struct event *e)
{
	sqlite3_stmt *st = n->statements[PUT_VOUCHER];
	statement_bind_text(st, 1, e->to_nick, strlen(e->to_nick));
	sqlite3_bind_int64(st, 2, strtoll(e->text, NULL, 10));
	return statement_run(st);
}

static bool append_mark(struct enrolments *n, const struct event *e)
{
	sqlite3_stmt *st = n->statements[PUT_MARK];
	statement_bind_text(st, 1, e->from.account, strlen(e->from.account));
	statement_bind_text(st, 2, e->to_key, strlen(e->to_key));
	sqlite3_bind_int64(st, 3, strtoll(e->text, NULL, 10));
	return statement_run(st);
}

bool enrolment_append(struct enrolments *n, const struct event *e)
{
	if (e->kind == EVENT_MARK)
		return append_mark(n, e);
	return e->kind == EVENT_ACCOUNT ? append_account(n, e) : append_voucher(n, e);
}

/* Hands each row of sql to row(), until that returns false. */
static bool each_row(sqlite3 *db, const char *sql, bool (*row)(void *ctx, sqlite3_stmt *st),
		     void *ctx, struct err *err)
{
	sqlite3_stmt *st = NULL;
	int step = SQLITE_ROW;
	if (!statements_prepare(db, &st, &sql, 1, err))
		return false;
	while ((step = sqlite3_step(st)) == SQLITE_ROW && row(ctx, st))
		;
	bool ok = step == SQLITE_ROW || step == SQLITE_DONE ||
		  database_err(err, db, "cannot read the accounts in");
	sqlite3_finalize(st);
	return ok;
}

struct account_walk {
	history_each_account *each;
	void *ctx;
};

static bool account_row(void *ctx, sqlite3_stmt *st)
{
	const struct account_walk *walk = ctx;
	const struct history_account account = {
		.number = (uint64_t)sqlite3_column_int64(st, 0),
		.name = statement_text(st, 1),
		.record = statement_text(st, 2),
		.record_len = (size_t)sqlite3_column_bytes(st, 2),
	};
	return walk->each(walk->ctx, &account);
}

bool enrolment_accounts(sqlite3 *db, history_each_account *each, void *ctx, struct err *err)
{
	struct account_walk walk = { each, ctx };
	return each_row(db, "SELECT number, name, record FROM account ORDER BY number", account_row,
			&walk, err);
}

struct voucher_walk {
	history_each_voucher *each;
	void *ctx;
};

static bool voucher_row(void *ctx, sqlite3_stmt *st)
{
	const struct voucher_walk *walk = ctx;
	return walk->each(walk->ctx, statement_text(st, 0), sqlite3_column_int64(st, 1));
}

bool enrolment_vouchers(sqlite3 *db, history_each_voucher *each, void *ctx, struct err *err)
{
	struct voucher_walk walk = { each, ctx };
	return each_row(db, "SELECT hash, expires_ms FROM invitation ORDER BY expires_ms",
			voucher_row, &walk, err);
}

struct mark_walk {
	history_each_mark *each;
	void *ctx;
};

static bool mark_row(void *ctx, sqlite3_stmt *st)
{
	const struct mark_walk *walk = ctx;
	return walk->each(walk->ctx, statement_text(st, 0), statement_text(st, 1),
			  sqlite3_column_int64(st, 2));
}

bool enrolment_marks(sqlite3 *db, history_each_mark *each, void *ctx, struct err *err)
{
	struct mark_walk walk = { each, ctx };
	return each_row(db, "SELECT account, target, ms FROM mark", mark_row, &walk, err);
}
