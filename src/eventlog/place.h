/* place.h: where events happen, as the log numbers them: rooms and private conversations, each with
 * a number for good and a seq and a time that only rise. Core thread. */
#ifndef TEAHOUSE_EVENTLOG_PLACE_H
#define TEAHOUSE_EVENTLOG_PLACE_H

#include "base/table.h"

#include <stdint.h>

struct place {
	uint64_t number;
	uint64_t last_seq;
	int64_t last_ms;
	unsigned in_flight;
	size_t at;      /* in places->list */
	bool forgotten; /* to be dropped when nothing is in flight */
	char *key;      /* "#lobby", or the key of a private conversation, which has no "#" */
};

struct places {
	struct table by_key;
	struct place *
		*list; /* to free them by; in the order of their coming, gaps filled from behind */
	size_t count, size;
	uint64_t next_number;
};

/* next_number: the first that was never given to a place. */
void places_init(struct places *p, const unsigned char secret[TABLE_SECRET_BYTES],
		 uint64_t next_number);
/* Nothing is in flight. */
void places_done(struct places *p);

/* NULL: nothing was stored there yet. */
struct place *place_find(const struct places *p, const char *key);
/* Finds it, or makes it with the next number. */
struct place *place_for(struct places *p, const char *key);
/* One that the store knows. */
void place_add(struct places *p, const char *key, uint64_t number, uint64_t last_seq,
	       int64_t last_ms);
/* A room has another name. No place has that key. */
void place_rename(struct places *p, struct place *place, const char *key);
/* It is never spoken in again. */
void place_forget(struct places *p, const char *key);

/* The time of the next event there: never before the last one's, and another than the last one's as
 * long as that keeps it within a second of the clock. */
int64_t place_next_ms(const struct place *place, int64_t now_ms);

/* An event is on its way to the disk, or has arrived or been refused. */
void place_departs(struct place *place);
/* place may be gone when it returns. */
void place_lands(struct places *p, struct place *place);

#endif
