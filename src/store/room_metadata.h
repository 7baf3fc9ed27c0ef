/* room_metadata.h: what programs say of rooms (core/metadata.h): the latest, a row for each key. The
 * changes themselves lie among the events. */
#ifndef TEAHOUSE_STORE_ROOM_METADATA_H
#define TEAHOUSE_STORE_ROOM_METADATA_H

#include "base/err.h"
#include "core/event.h"

#include <sqlite3.h>

struct room_metadata;

/* Prepares its statements on db. NULL: reason in err. */
struct room_metadata *room_metadata_new(sqlite3 *db, struct err *err);
/* Before db is closed. NULL is fine. */
void room_metadata_free(struct room_metadata *m);

/* Makes the change of an EVENT_METADATA. false: the database has the reason. */
MUST_USE bool room_metadata_append(struct room_metadata *m, const struct event *e);
/* Forgets all of a room's. */
MUST_USE bool room_metadata_clear(struct room_metadata *m, uint64_t room_number);

#endif
