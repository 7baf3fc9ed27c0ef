/* enrolment.h: accounts, invitations and read markers in the database: what EVENT_ACCOUNT, EVENT_VOUCHER
 * and EVENT_MARK say is their whole state, so it takes the place of what was there, and nothing old is
 * kept.
 *
 * Part of the writer, and inside its transactions. */
#ifndef TEAHOUSE_STORE_ENROLMENT_H
#define TEAHOUSE_STORE_ENROLMENT_H

#include "base/err.h"
#include "core/event.h"
#include "store/history.h"

#include <sqlite3.h>

struct enrolments;

/* db outlives it. NULL: reason in err. */
struct enrolments *enrolments_new(sqlite3 *db, struct err *err);
/* NULL is fine. */
void enrolments_free(struct enrolments *n);

/* Stores e, for which event_is_enrolment(). false: SQLite's error is db's. */
MUST_USE bool enrolment_append(struct enrolments *n, const struct event *e);

/* As history_accounts(), history_vouchers() and history_marks(). */
MUST_USE bool enrolment_accounts(sqlite3 *db, history_each_account *each, void *ctx,
				 struct err *err);
MUST_USE bool enrolment_vouchers(sqlite3 *db, history_each_voucher *each, void *ctx,
				 struct err *err);
MUST_USE bool enrolment_marks(sqlite3 *db, history_each_mark *each, void *ctx, struct err *err);

#endif
