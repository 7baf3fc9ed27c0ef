#include "core/event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Strings and rooms lie behind the struct in the same allocation. */
struct filler {
	char *at;
};

static const char *fill(struct filler *f, const char *bytes, size_t len)
{
	char *copy = f->at;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	f->at += len + 1;
	return copy;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

struct event *event_new(const struct event_draft *d)
{
	const char *in[] = {
		or_empty(d->room_key),     or_empty(d->room_name), or_empty(d->to_nick),
		or_empty(d->from.nick),    or_empty(d->from.user), or_empty(d->from.host),
		or_empty(d->from.account), or_empty(d->tags),      or_empty(d->to_key),
	};
	const char *out[ARRAY_LEN(in)];
	size_t named_size = d->named_count * sizeof(*d->named);
	size_t rooms_size = d->room_count * sizeof(*d->rooms);
	size_t joints_size = d->joint_count * sizeof(*d->joints);
	size_t size = sizeof(struct event) + named_size + rooms_size + joints_size + d->text_len +
		      1;
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		size += strlen(in[i]) + 1;

	struct event *e = xcalloc(1, size);
	atomic_init(&e->refs, 1);
	e->kind = d->kind;
	e->room_number = d->room_number;
	e->named = (uint64_t *)(void *)(e + 1);
	e->named_count = d->named_count;
	e->about_id = d->about_id;
	e->to_account_id = d->to_account_id;
	if (named_size)
		memcpy(e->named, d->named, named_size);
	e->rooms = (struct event_room *)(void *)(e->named + d->named_count);
	e->room_count = d->room_count;
	if (rooms_size)
		memcpy(e->rooms, d->rooms, rooms_size);

	uint16_t *joints = (uint16_t *)(void *)(e->rooms + d->room_count);
	e->joints = joints;
	e->joint_count = d->joint_count;
	if (joints_size)
		memcpy(joints, d->joints, joints_size);

	struct filler f = { .at = (char *)(joints + d->joint_count) };
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		out[i] = fill(&f, in[i], strlen(in[i]));
	e->room_key = out[0];
	e->room_name = out[1];
	e->to_nick = out[2];
	e->from = (struct sender){ out[3], out[4], out[5], out[6] };
	e->from_bot = d->from_bot;
	e->from_operator = d->from_operator;
	e->tags = out[7];
	e->to_key = out[8];
	e->text = fill(&f, or_empty(d->text), d->text ? d->text_len : 0);
	e->text_len = d->text ? d->text_len : 0;
	return e;
}

struct event *event_in_room(const struct event *e, const char *room_key, const char *room_name)
{
	const struct event_draft draft = {
		.kind = e->kind,
		.from = e->from,
		.from_bot = e->from_bot,
		.from_operator = e->from_operator,
		.room_number = e->room_number,
		.room_key = room_key,
		.room_name = room_name,
		.to_nick = e->to_nick,
		.rooms = e->rooms,
		.room_count = e->room_count,
		.text = e->text,
		.text_len = e->text_len,
		.tags = e->tags,
		.joints = e->joints,
		.joint_count = e->joint_count,
		.named = e->named,
		.named_count = e->named_count,
	};
	struct event *copy = event_new(&draft);
	copy->id = e->id;
	copy->seq = e->seq;
	copy->time_ms = e->time_ms;
	copy->user_id = e->user_id;
	copy->account_id = e->account_id;
	return copy;
}

struct event *event_ref(struct event *e)
{
	atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
	return e;
}

void event_unref(struct event *e)
{
	if (!e)
		return;
	/* Release what this thread read and wrote; the last one acquires it all before freeing. */
	unsigned before = atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel);
	assert(before > 0);
	if (before == 1)
		free(e);
}

bool event_is_message(enum event_kind kind)
{
	return kind == EVENT_MESSAGE || kind == EVENT_ACTION || kind == EVENT_NOTICE;
}

bool event_is_said(enum event_kind kind)
{
	return event_is_message(kind) || kind == EVENT_REACTION;
}

bool event_is_stored(enum event_kind kind)
{
	return kind < EVENT_JOIN;
}

bool event_is_change(enum event_kind kind)
{
	return event_is_stored(kind) && !event_is_said(kind);
}

bool event_is_enrolment(enum event_kind kind)
{
	return kind == EVENT_ACCOUNT || kind == EVENT_VOUCHER || kind == EVENT_MARK;
}

bool event_is_private(const struct event *e)
{
	return e->to_nick[0] != '\0' && e->room_name[0] == '\0';
}

char event_rank(const struct event *e)
{
	return e->room_name[0] == '#' ? '\0' : e->room_name[0];
}

/* Above 0: e comes after bound, which there is; 0: it is what bound names; below 0: before it. */
static int event_compare(const struct event *e, const struct event_bound *bound)
{
	if (bound->by == BOUND_ID)
		return (e->id > bound->id) - (e->id < bound->id);
	return (e->time_ms > bound->time_ms) - (e->time_ms < bound->time_ms);
}

static bool is_after(const struct event *e, const struct event_bound *bound)
{
	return event_compare(e, bound) > (bound->with_it ? -1 : 0);
}

static bool is_before(const struct event *e, const struct event_bound *bound)
{
	return event_compare(e, bound) < (bound->with_it ? 1 : 0);
}

static bool is_between(const struct event *e, const struct event_bound *after,
		       const struct event_bound *before)
{
	return (after->by == BOUND_NONE || is_after(e, after)) &&
	       (before->by == BOUND_NONE || is_before(e, before));
}

bool event_is_in(const struct event *e, const struct event_span *span)
{
	uint64_t kinds = span->kinds ? span->kinds : EVENT_WORDS;
	return event_is_stored(e->kind) && (kinds & BIT64(e->kind)) && e->seq > span->after_seq &&
	       (span->last_id == 0 || e->id <= span->last_id) &&
	       (is_between(e, &span->after, &span->before) ||
		(span->either_way && is_between(e, &span->before, &span->after)));
}
