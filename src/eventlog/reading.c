#include "eventlog/reading.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* How many events of the answer a part has got so far, which are the last of them. */
struct collector {
	struct reading *reading;
	const struct event_span *span;
	size_t count;
};

static void reading_add(struct reading *r, struct event *e)
{
	if (r->count == r->size) {
		r->size = r->size ? r->size * 2 : 64;
		r->events = xrealloc(r->events, r->size, sizeof(*r->events));
	}
	r->events[r->count++] = event_ref(e);
}

/* By what is not on disk yet. */
static bool part_redacts(const struct reading_part *part, uint64_t id)
{
	for (size_t i = 0; i < part->unwritten_count; i++)
		if (part->unwritten[i]->kind == EVENT_REDACT && part->unwritten[i]->about_id == id)
			return true;
	return false;
}

static void part_drop_redacted(const struct reading_part *part, struct reading *r, size_t first)
{
	size_t kept = first;
	for (size_t i = first; i < r->count; i++)
		if (part_redacts(part, r->events[i]->id))
			event_unref(r->events[i]);
		else
			r->events[kept++] = r->events[i];
	r->count = kept;
}

static bool reading_keep(void *ctx, struct event *e)
{
	struct collector *c = ctx;
	reading_add(c->reading, e);
	return ++c->count < c->span->limit;
}

/* Behind what is there already, if e is newer and what is there is not all that is wanted. */
static void reading_add_unwritten(struct collector *c, struct event *e)
{
	struct reading *r = c->reading;
	bool newer = c->count == 0 || e->id > r->events[r->count - 1]->id;
	bool full = c->count == c->span->limit;
	if (!event_is_in(e, c->span) || !newer || (full && (c->span->oldest || c->count == 0)))
		return;
	if (full) {
		struct event **first = r->events + r->count - c->count;
		event_unref(*first);
		memmove(first, first + 1, --c->count * sizeof(*first));
		r->count--;
	}
	reading_add(r, e);
	c->count++;
}

static bool span_names_ids(const struct event_span *span)
{
	return span->after.by == BOUND_ID || span->before.by == BOUND_ID;
}

static bool reading_fails(struct reading *r)
{
	r->end = r->err.code == ERR_INVALID ? READ_NO_SUCH_ID : READ_FAILED;
	return false;
}

static bool reading_read_place(struct reading *r, struct reading_part *part)
{
	struct collector c = { .reading = r, .span = &part->span };
	size_t first = r->count;
	if (part->room_number &&
	    !history_read(r->reader, part->room_number, &part->span, reading_keep, &c, &r->err))
		return reading_fails(r);
	/* Nobody can have seen what has this id, unless it is not on disk yet. */
	if (!part->room_number && span_names_ids(&part->span)) {
		r->end = READ_NO_SUCH_ID;
		return false;
	}
	for (size_t i = 0; i < part->unwritten_count; i++)
		reading_add_unwritten(&c, part->unwritten[i]);
	if (part->unwritten_count > 0)
		part_drop_redacted(part, r, first);
	return true;
}

static bool reading_read_talks(struct reading *r, const struct reading_part *part)
{
	uint64_t *numbers = xcalloc(TARGETS_MAX, sizeof(*numbers));
	size_t count = 0;
	bool ok = history_list_talks(r->reader, part->account_id, numbers, TARGETS_MAX, &count,
				     &r->err);
	for (size_t i = 0; i < count && ok; i++) {
		struct event_span span = part->span;
		struct collector c = { .reading = r, .span = &span };
		ok = history_read(r->reader, numbers[i], &span, reading_keep, &c, &r->err);
	}
	free(numbers);
	return ok || reading_fails(r);
}

static bool reading_read(struct reading *r, struct reading_part *part)
{
	if (part->account_id)
		return reading_read_talks(r, part);
	if (part->key && !history_find_talk(r->reader, part->key, &part->room_number, &r->err))
		return reading_fails(r);
	return reading_read_place(r, part);
}

static void reading_run(struct job *job)
{
	struct reading *r = CONTAINER_OF(job, struct reading, job);
	for (size_t i = 0; i < r->part_count && reading_read(r, &r->parts[i]); i++)
		;
}

static void part_init(struct reading_part *part, const struct places *places,
		      const struct event_part *asked)
{
	part->span = asked->span;
	part->account_id = asked->account_id;
	if (!asked->room_key)
		return;
	if (asked->room_key[0] != '#') {
		part->key = xstrdup(asked->room_key);
		return;
	}
	const struct place *place = place_find(places, asked->room_key);
	part->room_number = place ? place->number : 0;
}

struct reading *reading_new(struct history_reader *reader, const struct places *places,
			    const struct event_part *parts, size_t count, void *cookie)
{
	struct reading *r = xcalloc(1, sizeof(*r));
	r->job.run = reading_run;
	r->reader = reader;
	r->cookie = cookie;
	r->part_count = count;
	r->parts = xcalloc(count, sizeof(*r->parts));
	for (size_t i = 0; i < count; i++)
		part_init(&r->parts[i], places, &parts[i]);
	return r;
}

/* What the disk does not know by its id, it finds by its time. */
static void bound_note(struct event_bound *bound, const struct event *e)
{
	if (bound->by != BOUND_ID || bound->id != e->id)
		return;
	bound->by = BOUND_TIME;
	bound->time_ms = e->time_ms;
}

static bool part_is_of(const struct reading_part *part, const struct event *e)
{
	return part->key ? strcmp(part->key, e->room_key) == 0
			 : e->room_number == part->room_number;
}

void reading_note(struct reading *r, struct event *e)
{
	for (size_t i = 0; i < r->part_count; i++) {
		struct reading_part *part = &r->parts[i];
		if (!part_is_of(part, e))
			continue;
		bound_note(&part->span.after, e);
		bound_note(&part->span.before, e);
		if (part->unwritten_count == part->unwritten_size) {
			part->unwritten_size = part->unwritten_size ? part->unwritten_size * 2 : 16;
			part->unwritten = xrealloc(part->unwritten, part->unwritten_size,
						   sizeof(*part->unwritten));
		}
		part->unwritten[part->unwritten_count++] = event_ref(e);
	}
}

void reading_free(struct reading *r)
{
	for (size_t i = 0; i < r->count; i++)
		event_unref(r->events[i]);
	for (size_t i = 0; i < r->part_count; i++) {
		for (size_t j = 0; j < r->parts[i].unwritten_count; j++)
			event_unref(r->parts[i].unwritten[j]);
		free(r->parts[i].unwritten);
		free(r->parts[i].key);
	}
	free(r->events);
	free(r->parts);
	free(r);
}
