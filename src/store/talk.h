/* talk.h: private conversations in the store, which are found by their key: the core forgets their
 * numbers, and counts from 1 again when it meets them next.
 *
 * Part of the writer, and inside its transactions. */
#ifndef TEAHOUSE_STORE_TALK_H
#define TEAHOUSE_STORE_TALK_H

#include "base/err.h"
#include "core/event.h"

#include <sqlite3.h>

struct talks;

/* db outlives it. NULL: reason in err. */
struct talks *talks_new(sqlite3 *db, struct err *err);
/* NULL is fine. */
void talks_free(struct talks *t);

/* Where e, which is private, goes: the number of its conversation, which is e's own if it is new, and the
 * next seq there. false: SQLite's error is db's. */
MUST_USE bool talk_place(struct talks *t, const struct event *e, uint64_t *ret_room,
			 uint64_t *ret_seq);

#endif
