#include "core/past.h"

#include "core/account.h"
#include "core/redact.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking ---- */

static bool may_name(const struct chat *chat, const struct event_bound *bound)
{
	return bound->by != BOUND_ID || (bound->id > 0 && bound->id <= chat->applied_id);
}

static enum refusal read_for(struct session *s, struct chat_read *read)
{
	read->asker = s->conn;
	read->redactions = s->chat->redactions.count;
	return s->chat->ports.read(s->chat->ports.ctx, read) ? REFUSED_NOT : REFUSED_FULL;
}

enum refusal past_read(struct session *s, const char *key, uint64_t after_seq,
		       const struct event_span *spans, size_t count)
{
	struct event_part parts[PAST_SPANS_MAX];
	struct chat_read read = { .what = READ_PAST, .parts = parts, .part_count = count };
	size_t left = HISTORY_MAX;
	assert(count > 0 && count <= PAST_SPANS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct event_span *span = &parts[i].span;
		parts[i] = (struct event_part){ .room_key = key, .span = spans[i] };
		if (!may_name(s->chat, &span->after) || !may_name(s->chat, &span->before))
			return REFUSED_NO_SUCH_MESSAGE;
		span->after_seq = after_seq;
		span->last_id = s->chat->applied_id;
		if (span->limit > left)
			span->limit = left;
		left -= span->limit;
	}
	return read_for(s, &read);
}

static enum refusal may_read(const struct session *s, const struct room *r)
{
	if (!room_member(r, s->user))
		return REFUSED_NOT_IN_ROOM;
	return permission_given(ACTION_READ_HISTORY, room_standing(r, s->user), r->rules.flags)
		       ? REFUSED_NOT
		       : REFUSED_BANNED;
}

enum refusal chat_history(struct session *s, const struct room *r, const struct event_span *spans,
			  size_t count)
{
	enum refusal why = may_read(s, r);
	return why == REFUSED_NOT ? past_read(s, r->key, r->sealed_seq, spans, count) : why;
}

enum refusal chat_history_with(struct session *s, const struct partner *with,
			       const struct event_span *spans, size_t count)
{
	char key[TALK_KEY_SIZE];
	talk_key(s->user, with, key);
	return past_read(s, key, 0, spans, count);
}

/* ---- targets ---- */

/* The places whose last words are asked for, and the keys of those that are conversations. */
struct places_asked {
	struct event_part *parts;
	char (*keys)[TALK_KEY_SIZE];
	size_t count, max;
};

static void ask_place(struct places_asked *asked, const char *key, uint64_t after_seq,
		      uint64_t last_id)
{
	if (asked->count < asked->max)
		asked->parts[asked->count++] = (struct event_part){
			.room_key = key,
			.span = { .after_seq = after_seq, .last_id = last_id, .limit = 1 }
		};
}

static void ask_account(struct places_asked *asked, const struct account *a, uint64_t last_id)
{
	ask_place(asked, NULL, 0, last_id);
	asked->parts[asked->count - 1].account_id = a->id;
}

enum refusal chat_targets(struct session *s, const struct event_span *window)
{
	const struct user *u = s->user;
	struct places_asked asked = { .max = TARGETS_MAX + 1 };
	struct chat_read read = { .what = READ_TARGETS, .window = *window };
	asked.parts = xcalloc(asked.max, sizeof(*asked.parts));
	asked.keys = xcalloc(asked.max, sizeof(*asked.keys));
	for (const struct member *m = u->first_room; m; m = m->next_room)
		if (may_read(s, m->room) == REFUSED_NOT)
			ask_place(&asked, m->room->key, m->room->sealed_seq, s->chat->applied_id);
	if (u->account)
		ask_account(&asked, u->account, s->chat->applied_id);
	const struct talk_seat *seat = NULL;
	while ((seat = talk_next(u, seat)) && asked.count < asked.max) {
		const struct partner with = partner_of(talk_other(seat));
		char *key = asked.keys[asked.count];
		talk_key(u, &with, key);
		ask_place(&asked, key, 0, s->chat->applied_id);
	}
	if (read.window.limit > HISTORY_MAX)
		read.window.limit = HISTORY_MAX;
	read.parts = asked.parts;
	read.part_count = asked.count;
	enum refusal why = read_for(s, &read);
	free(asked.parts);
	free(asked.keys);
	return why;
}

/* What the place of e is called by him; NULL: it is no longer his. */
static const char *target_name(const struct session *s, const struct event *e)
{
	if (e->room_key[0] == '#') {
		const struct room *r = table_find(&s->chat->rooms_by_key, e->room_key,
						  strlen(e->room_key));
		return r && may_read(s, r) == REFUSED_NOT ? r->name : NULL;
	}
	const struct partner with = talk_partner(s->chat, e->room_key, s->user);
	return partner_exists(&with) ? partner_name(&with) : NULL;
}

static int compare_targets(const void *a, const void *b)
{
	const struct chat_target *x = a, *y = b;
	int by_time = (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
	return by_time ? by_time : (x->id > y->id) - (x->id < y->id);
}

/* A conversation of two accounts that are both here was asked for in two ways. */
static size_t drop_doubles(struct chat_target *targets, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || targets[kept - 1].id != targets[i].id)
			targets[kept++] = targets[i];
	return kept;
}

static void tell_targets(struct session *s, const struct event_span *window,
			 struct event *const *events, size_t count, enum read_end end)
{
	struct chat_target *targets = xcalloc(count, sizeof(*targets));
	size_t found = 0, first = 0;
	for (size_t i = 0; i < count; i++) {
		const char *name = event_is_in(events[i], window) ? target_name(s, events[i])
								  : NULL;
		if (name)
			targets[found++] = (struct chat_target){ name, events[i]->time_ms,
								 events[i]->id };
	}
	if (found > 0)
		qsort(targets, found, sizeof(*targets), compare_targets);
	found = drop_doubles(targets, found);
	if (found > window->limit) {
		first = window->oldest ? 0 : found - window->limit;
		found = window->limit;
	}
	s->ops->targets(s, targets + first, found, end);
	free(targets);
}

/* ---- what comes back ---- */

static void tell_past(struct session *s, const struct chat_read *read, struct event *const *events,
		      size_t count, enum read_end end)
{
	if (read->what == READ_TARGETS)
		tell_targets(s, &read->window, events, count, end);
	else
		s->ops->history(s, events, count, end);
}

static void tell_read(struct chat *chat, const struct chat_read *read, struct event *const *events,
		      size_t count, enum read_end end)
{
	if (read->what == READ_WAKE) {
		struct room *r = chat->rooms[read->room_slot];
		if (r)
			room_wake(chat, r, events, count);
		return;
	}
	struct session *s = table_find(&chat->sessions, &read->asker, sizeof(read->asker));
	if (s && s->user)
		tell_past(s, read, events, count, end);
}

void chat_read_done(struct chat *chat, const struct chat_read *read, struct event *const *events,
		    size_t count, enum read_end end)
{
	chat->moves++;
	if (read->redactions == chat->redactions.count) {
		tell_read(chat, read, events, count, end);
		return;
	}
	/* Some of it may have been redacted since it was read. */
	bool ok;
	struct event **left = xcalloc(count, sizeof(struct event *));
	if (count > 0)
		memcpy(left, events, count * sizeof(*left));
	count = redactions_drop(chat, read->redactions, left, count, &ok);
	tell_read(chat, read, left, count, ok ? end : READ_FAILED);
	free(left);
}
