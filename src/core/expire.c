#include "core/expire.h"

#include "core/decide.h"

#include <string.h>

#define AGAIN_MS 1000 /* what is in flight, or the log had no room for, is looked at again */

static void add_ended(const struct chat *chat, const struct mask_list *list, char letter,
		      struct mode_change *changes, size_t *count)
{
	for (size_t i = 0; i < list->count && *count < MODE_ARGS_MAX; i++) {
		const struct rule_mask *m = &list->items[i];
		if (m->ends_ms != 0 && m->ends_ms <= chat->now_ms)
			changes[(*count)++] = (struct mode_change){ .mode = mode_find(letter),
								    .arg = m->mask };
	}
}

static void expire(struct chat *chat, struct room *r)
{
	struct mode_change changes[MODE_ARGS_MAX];
	struct buf text = { 0 };
	size_t count = 0;
	for (const char *letter = "beI"; *letter; letter++)
		add_ended(chat, rules_list(&r->rules, *letter), *letter, changes, &count);
	mode_text(changes, count, &text);
	const struct event_room where = { .slot = r->slot };
	const struct event_draft draft = {
		.kind = EVENT_MODE,
		.from = { .nick = chat->config.name },
		.room_key = r->key,
		.room_name = r->name,
		.rooms = &where,
		.room_count = 1,
		.text = text.bytes,
		.text_len = text.len,
	};
	struct event *e = event_new(&draft);
	e->closed = rules_are_closed(&r->rules);
	buf_done(&text);
	/* Whatever comes of it: what is still there is looked at again. */
	chat_do(chat, e);
}

void expire_note(struct chat *chat, const struct room *r)
{
	int64_t ends_ms = r->rules.ends_ms;
	if (ends_ms != 0 && (chat->expire_ms == 0 || ends_ms < chat->expire_ms))
		chat->expire_ms = ends_ms;
}

void expire_tick(struct chat *chat)
{
	int64_t next_ms = 0;
	chat->expire_ms = 0;
	for (size_t i = 0; i < chat->room_slots; i++) {
		struct room *r = chat->rooms[i];
		if (!r || r->rules.ends_ms == 0)
			continue;
		if (r->rules.ends_ms <= chat->now_ms && r->changes_in_flight == 0)
			expire(chat, r);
		int64_t ends_ms = r->rules.ends_ms;
		if (ends_ms != 0 && ends_ms <= chat->now_ms)
			ends_ms = chat->now_ms + AGAIN_MS;
		if (ends_ms != 0 && (next_ms == 0 || ends_ms < next_ms))
			next_ms = ends_ms;
	}
	if (next_ms != 0)
		chat->expire_ms = next_ms;
}
