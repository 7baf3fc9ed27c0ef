/* sender.h: gives who speaks a number, so that a message need not repeat nick, user, host, account.
 *
 * Part of the writer, and inside its transactions. The last ones are kept in memory. */
#ifndef TEAHOUSE_STORE_SENDER_H
#define TEAHOUSE_STORE_SENDER_H

#include "base/err.h"
#include "core/event.h"

#include <sqlite3.h>

/* How many are kept in memory; some 100 bytes each. The others cost a look-up in the database. */
#define SENDERS_KEPT 4096

struct sender_cache;

/* db outlives it. NULL: reason in err. */
struct sender_cache *sender_cache_new(sqlite3 *db, struct err *err);
/* NULL is fine. */
void sender_cache_free(struct sender_cache *c);

/* The number of who, given now if he has none. false: SQLite's error is db's. */
MUST_USE bool sender_number(struct sender_cache *c, const struct sender *who, int64_t *ret_number);

/* After a rollback: numbers given in that transaction are nobody's. */
void sender_cache_forget(struct sender_cache *c);

#endif
