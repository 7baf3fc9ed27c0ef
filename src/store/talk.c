#include "store/talk.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { FIND, LAST_SEQ, ADD, ADD_ACCOUNT, STATEMENTS };

static const char *const talk_sql[STATEMENTS] = {
	[FIND] = "SELECT number FROM room WHERE kind = 1 AND key = ?",
	[LAST_SEQ] = "SELECT max(seq) FROM msg WHERE room = ?",
	[ADD] = "INSERT INTO room (number, kind, key, name) VALUES (?, 1, ?, '')",
	[ADD_ACCOUNT] = "INSERT INTO talk (account, room) VALUES (?, ?) ON CONFLICT DO NOTHING",
};

struct talks {
	sqlite3_stmt *statements[STATEMENTS];
};

struct talks *talks_new(sqlite3 *db, struct err *err)
{
	struct talks *t = xcalloc(1, sizeof(*t));
	if (statements_prepare(db, t->statements, talk_sql, STATEMENTS, err))
		return t;
	free(t);
	return NULL;
}

void talks_free(struct talks *t)
{
	if (!t)
		return;
	statements_finalize(t->statements, STATEMENTS);
	free(t);
}

static bool talk_add_account(struct talks *t, uint64_t account, uint64_t room)
{
	sqlite3_stmt *st = t->statements[ADD_ACCOUNT];
	statement_bind_uint(st, 1, account);
	statement_bind_uint(st, 2, room);
	return statement_run(st);
}

/* Who has an account finds what he said to others who have one; see core/talk.h. */
static bool talk_add(struct talks *t, const struct event *e)
{
	sqlite3_stmt *st = t->statements[ADD];
	statement_bind_uint(st, 1, e->room_number);
	statement_bind_text(st, 2, e->room_key, strlen(e->room_key));
	if (!statement_run(st))
		return false;
	if (!e->account_id || !e->to_account_id)
		return true;
	return talk_add_account(t, e->account_id, e->room_number) &&
	       talk_add_account(t, e->to_account_id, e->room_number);
}

bool talk_place(struct talks *t, const struct event *e, uint64_t *ret_room, uint64_t *ret_seq)
{
	int64_t number, seq;
	statement_bind_text(t->statements[FIND], 1, e->room_key, strlen(e->room_key));
	if (!statement_number(t->statements[FIND], 0, &number))
		return false;
	if (number == 0 && !talk_add(t, e))
		return false;
	*ret_room = number ? (uint64_t)number : e->room_number;
	statement_bind_uint(t->statements[LAST_SEQ], 1, *ret_room);
	if (!statement_number(t->statements[LAST_SEQ], 0, &seq))
		return false;
	*ret_seq = (uint64_t)seq + 1;
	return true;
}
