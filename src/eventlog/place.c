#include "eventlog/place.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define APART_MS 1000 /* a busy room's times may run ahead of the clock by this much */

static const void *place_key(const void *value, size_t *ret_len)
{
	const struct place *place = value;
	*ret_len = strlen(place->key);
	return place->key;
}

void places_init(struct places *p, const unsigned char secret[TABLE_SECRET_BYTES],
		 uint64_t next_number)
{
	*p = (struct places){ .next_number = next_number };
	table_init(&p->by_key, secret, place_key);
}

static void place_free(struct place *place)
{
	free(place->key);
	free(place);
}

void places_done(struct places *p)
{
	for (size_t i = 0; i < p->count; i++)
		place_free(p->list[i]);
	free(p->list);
	table_done(&p->by_key);
}

struct place *place_find(const struct places *p, const char *key)
{
	return table_find(&p->by_key, key, strlen(key));
}

static struct place *place_new(struct places *p, const char *key, uint64_t number)
{
	struct place *place = xcalloc(1, sizeof(*place));
	place->number = number;
	place->key = xstrdup(key);
	table_add(&p->by_key, place);
	if (p->count == p->size) {
		p->size = p->size ? p->size * 2 : 16;
		p->list = xrealloc(p->list, p->size, sizeof(struct place *));
	}
	place->at = p->count++;
	p->list[place->at] = place;
	return place;
}

struct place *place_for(struct places *p, const char *key)
{
	struct place *place = place_find(p, key);
	return place ? place : place_new(p, key, p->next_number++);
}

void place_add(struct places *p, const char *key, uint64_t number, uint64_t last_seq,
	       int64_t last_ms)
{
	if (place_find(p, key))
		return;
	struct place *place = place_new(p, key, number);
	place->last_seq = last_seq;
	place->last_ms = last_ms;
}

static void place_drop(struct places *p, struct place *place)
{
	table_remove(&p->by_key, place);
	p->list[place->at] = p->list[--p->count];
	p->list[place->at]->at = place->at;
	place_free(place);
}

void place_rename(struct places *p, struct place *place, const char *key)
{
	assert(!place_find(p, key));
	table_remove(&p->by_key, place);
	free(place->key);
	place->key = xstrdup(key);
	table_add(&p->by_key, place);
}

void place_forget(struct places *p, const char *key)
{
	struct place *place = place_find(p, key);
	if (!place)
		return;
	place->forgotten = true;
	if (place->in_flight == 0)
		place_drop(p, place);
}

int64_t place_next_ms(const struct place *place, int64_t now_ms)
{
	if (now_ms > place->last_ms)
		return now_ms;
	return place->last_ms - now_ms < APART_MS ? place->last_ms + 1 : place->last_ms;
}

void place_departs(struct place *place)
{
	place->in_flight++;
}

void place_lands(struct places *p, struct place *place)
{
	assert(place->in_flight > 0);
	if (--place->in_flight == 0 && place->forgotten)
		place_drop(p, place);
}
