/* reading.h: one answer from the history: what is on disk, and what is shown already but not on disk
 * yet, as happens with relaxed durability.
 *
 * Made and finished on the core's thread; between the two its job runs on the reader's. */
#ifndef TEAHOUSE_EVENTLOG_READING_H
#define TEAHOUSE_EVENTLOG_READING_H

#include "base/worker.h"
#include "core/event.h"
#include "eventlog/place.h"
#include "store/history.h"

/* One span of one place, or of all conversations of an account. */
struct reading_part {
	uint64_t room_number; /* 0: nothing was ever stored there, or it has a key */
	char *key; /* of a private conversation, which the reader finds; NULL: it is none */
	uint64_t account_id; /* 0: nobody's */
	struct event_span span;
	/* Not on disk when it was asked; in order. What is redacted among them is shown to nobody. */
	struct event **unwritten;
	size_t unwritten_count, unwritten_size;
};

struct reading {
	struct job job;
	struct history_reader *reader;
	void *cookie; /* of whoever asked; malloc()ed */
	struct reading_part *parts;
	size_t part_count;
	/* The answer: those of the first part, oldest first, those of the second … */
	struct event **events;
	size_t count, size;
	enum read_end end;
	struct err err; /* READ_FAILED: why */
};

/* Copies parts. Give r->job to the reader's thread; end it with reading_free(). */
struct reading *reading_new(struct history_reader *reader, const struct places *places,
			    const struct event_part *parts, size_t count, void *cookie);
/* Before the job runs, in order: e is not on disk. */
void reading_note(struct reading *r, struct event *e);
/* Not the cookie. */
void reading_free(struct reading *r);

#endif
