#include "core/rules.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void mask_list_done(struct mask_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].by);
	free(list->items);
	*list = (struct mask_list){ 0 };
}

void rules_done(struct rules *r)
{
	uint32_t stamp = r->stamp;
	for (size_t i = 0; i < RULES_LISTS; i++)
		mask_list_done(&r->lists[i]);
	*r = (struct rules){ .stamp = stamp + 1 };
}

struct mask_list *rules_list(struct rules *r, char letter)
{
	enum rule_list which = letter == 'b'   ? RULES_BANS
			       : letter == 'e' ? RULES_EXCEPTIONS
					       : RULES_INVITED;
	return &r->lists[which];
}

const struct rule_mask *mask_list_find(const struct mask_list *list, const char *mask)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].mask, mask) == 0)
			return &list->items[i];
	return NULL;
}

bool mask_list_match(const struct mask_list *list, const char *source)
{
	for (size_t i = 0; i < list->count; i++)
		if (mask_match(list->items[i].mask, source))
			return true;
	return false;
}

bool rules_ban(const struct rules *r, const char *source)
{
	return mask_list_match(&r->lists[RULES_BANS], source) &&
	       !mask_list_match(&r->lists[RULES_EXCEPTIONS], source);
}

bool rules_are_closed(const struct rules *r)
{
	return (r->flags & (ROOM_INVITE_ONLY | ROOM_SECRET)) || r->key[0];
}

bool rules_have(struct rules *r, const struct mode_change *change)
{
	char limit[16];
	switch (change->mode->kind) {
	case MODE_FLAG:
		return ((r->flags & change->mode->bit) != 0) == change->on;
	case MODE_KEY:
		return change->on ? strcmp(r->key, change->arg) == 0 : !r->key[0];
	case MODE_LIMIT:
		snprintf(limit, sizeof(limit), "%u", r->limit);
		return change->on ? strcmp(limit, change->arg) == 0 : r->limit == 0;
	case MODE_LIST:
		return (mask_list_find(rules_list(r, change->mode->letter), change->arg) != NULL) ==
		       change->on;
	case MODE_RANK:
		break;
	}
	return false;
}

static void mask_list_add(struct mask_list *list, const char *mask, const char *by, int64_t time_ms)
{
	if (list->count == ROOM_MASKS_MAX || strlen(mask) >= MASK_SIZE)
		return;
	list->items = xrealloc(list->items, list->count + 1, sizeof(*list->items));
	struct rule_mask *item = &list->items[list->count++];
	*item = (struct rule_mask){ .by = xstrdup(by), .time_ms = time_ms };
	memcpy(item->mask, mask, strlen(mask) + 1);
}

static void mask_list_remove(struct mask_list *list, const struct rule_mask *item)
{
	size_t at = (size_t)(item - list->items);
	free(item->by);
	memmove(&list->items[at], &list->items[at + 1],
		(--list->count - at) * sizeof(*list->items));
}

void rules_apply(struct rules *r, const struct mode_change *change, const char *by, int64_t time_ms)
{
	const struct mode *mode = change->mode;
	unsigned limit = 0;
	if (rules_have(r, change))
		return;
	switch (mode->kind) {
	case MODE_FLAG:
		r->flags = change->on ? r->flags | mode->bit : r->flags & ~mode->bit;
		return;
	case MODE_KEY:
		snprintf(r->key, sizeof(r->key), "%s", change->on ? change->arg : "");
		return;
	case MODE_LIMIT:
		if (change->on && !mode_limit_parse(change->arg, &limit))
			return;
		r->limit = limit;
		return;
	case MODE_LIST: {
		struct mask_list *list = rules_list(r, mode->letter);
		if (change->on)
			mask_list_add(list, change->arg, by, time_ms);
		else
			mask_list_remove(list, mask_list_find(list, change->arg));
		r->stamp++;
		return;
	}
	case MODE_RANK:
		return;
	}
}

void rules_text(const struct rules *r, bool with_args, struct buf *out)
{
	buf_add(out, "+", 1);
	for (size_t i = 0; i < MODE_COUNT; i++) {
		const struct mode *m = &modes[i];
		bool set = (m->kind == MODE_FLAG && (r->flags & m->bit)) ||
			   (m->kind == MODE_KEY && r->key[0]) ||
			   (m->kind == MODE_LIMIT && r->limit);
		if (set)
			buf_add(out, &m->letter, 1);
	}
	if (with_args && r->key[0])
		buf_printf(out, " %s", r->key);
	if (with_args && r->limit)
		buf_printf(out, " %u", r->limit);
}
