#include "core/crowd.h"

#include "core/chat.h"

bool crowd_count(struct chat *chat, struct room *r, enum event_kind kind)
{
	struct crowd *c = &r->crowd;
	if (!c->counting) {
		*c = (struct crowd){ .since_ms = chat->now_ms, .counting = true };
		c->next = chat->crowded;
		chat->crowded = r;
	}
	uint32_t count = kind == EVENT_JOIN ? ++c->entered : ++c->left;
	return count > CROWD_SHOWN;
}

static uint32_t unseen(uint32_t count)
{
	return count > CROWD_SHOWN ? count - CROWD_SHOWN : 0;
}

static void crowd_tell(struct chat *chat, struct room *r)
{
	const struct event_room where = { .slot = r->slot };
	const struct event_draft draft = {
		.kind = EVENT_CROWD,
		.room_key = r->key,
		.room_name = r->name,
		.rooms = &where,
		.room_count = 1,
	};
	uint32_t entered = unseen(r->crowd.entered), left = unseen(r->crowd.left);
	if (entered + left == 0)
		return;
	struct event *e = event_new(&draft);
	e->time_ms = chat->now_ms;
	e->entered = entered;
	e->left = left;
	chat->ports.deliver(chat->ports.ctx, e);
	event_unref(e);
}

void crowd_tick(struct chat *chat)
{
	struct room **at = &chat->crowded;
	while (*at) {
		struct room *r = *at;
		if (chat->now_ms - r->crowd.since_ms < CROWD_WINDOW_MS) {
			at = &r->crowd.next;
			continue;
		}
		*at = r->crowd.next;
		crowd_tell(chat, r);
		r->crowd.counting = false;
		room_settle(chat, r);
	}
}
