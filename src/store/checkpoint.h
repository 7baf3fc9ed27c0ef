/* checkpoint.h: moves what the write-ahead log holds into the database, beside the writer.
 *
 * A connection and a thread of its own: TRUNCATE when nothing was committed for a second, RESTART
 * whenever the log has grown by CHECKPOINT_BYTES (base/limits.h). SQLite begins a log anew only when
 * all of it is in the database, which never happens beside a writer that never rests. So most of it
 * is moved beside him (PASSIVE), and then he is held for the little that came meanwhile. RESTART keeps
 * the file as it is: writing over what is there costs a sync half of what making a file longer does.
 * Above WAL_BYTES_MAX, when the disk cannot keep up, he is held for all of it. */
#ifndef TEAHOUSE_STORE_CHECKPOINT_H
#define TEAHOUSE_STORE_CHECKPOINT_H

#include "base/err.h"

struct checkpoint;

/* Starts the thread for the database in dir. End with checkpoint_stop(). NULL: reason in err. */
struct checkpoint *checkpoint_start(const char *dir, struct err *err);

/* Breaks off a checkpoint under way (but waits for the disk), ends the thread, frees c; NULL is fine.
 * The writer has ended. What is left in the log is the next start's. */
void checkpoint_stop(struct checkpoint *c);

/* The writer's hint after a commit: the log now holds so many bytes. Any thread; never waits. */
void checkpoint_hint(struct checkpoint *c, uint64_t wal_bytes);

/* The writer's, before a commit: at once, unless he is held: then when the log begins anew or cannot. */
void checkpoint_before_commit(struct checkpoint *c);

#endif
