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
	free(r->forward);
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
		if (mask_same(list->items[i].mask, mask))
			return &list->items[i];
	return NULL;
}

bool mask_list_means(const struct mask_list *list, const struct person *p, enum ban_purpose what)
{
	for (size_t i = 0; i < list->count; i++)
		if (ban_means(list->items[i].mask, p, what))
			return true;
	return false;
}

bool rules_ban(const struct rules *r, const struct person *p, enum ban_purpose what)
{
	return mask_list_means(&r->lists[RULES_BANS], p, what) &&
	       !mask_list_means(&r->lists[RULES_EXCEPTIONS], p, what);
}

bool rules_are_closed(const struct rules *r)
{
	return (r->flags & (ROOM_INVITE_ONLY | ROOM_SECRET)) || r->key[0];
}

/* A mode that is a number: what it is, or "" for none. */
static const char *number_text(unsigned number, char text[16])
{
	snprintf(text, 16, "%u", number);
	return number ? text : "";
}

bool rules_have(struct rules *r, const struct mode_change *change)
{
	char text[16];
	const char *arg = change->on ? change->arg : "";
	switch (change->mode->kind) {
	case MODE_FLAG:
		return ((r->flags & change->mode->bit) != 0) == change->on;
	case MODE_KEY:
		return strcmp(r->key, arg) == 0;
	case MODE_LIMIT:
		return strcmp(number_text(r->limit, text), arg) == 0;
	case MODE_FORWARD:
		return strcmp(r->forward ? r->forward : "", arg) == 0;
	case MODE_SLOW:
		return strcmp(number_text(r->slow, text), arg) == 0;
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
	int64_t lasts_ms = (int64_t)ban_minutes(mask) * 60000;
	*item = (struct rule_mask){ .by = xstrdup(by),
				    .time_ms = time_ms,
				    .ends_ms = lasts_ms ? time_ms + lasts_ms : 0 };
	memcpy(item->mask, mask, strlen(mask) + 1);
}

static void mask_list_remove(struct mask_list *list, const struct rule_mask *item)
{
	size_t at = (size_t)(item - list->items);
	free(item->by);
	memmove(&list->items[at], &list->items[at + 1],
		(--list->count - at) * sizeof(*list->items));
}

static int64_t first_end(const struct rules *r)
{
	int64_t first = 0;
	for (size_t i = 0; i < RULES_LISTS; i++)
		for (size_t j = 0; j < r->lists[i].count; j++) {
			int64_t ends_ms = r->lists[i].items[j].ends_ms;
			if (ends_ms != 0 && (first == 0 || ends_ms < first))
				first = ends_ms;
		}
	return first;
}

static void set_number(unsigned *number, const struct mode_change *change, unsigned max)
{
	if (!change->on)
		*number = 0;
	else if (!mode_number_parse(change->arg, max, number))
		return; /* another version of the server wrote it */
}

void rules_apply(struct rules *r, const struct mode_change *change, const char *by, int64_t time_ms)
{
	const struct mode *mode = change->mode;
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
		set_number(&r->limit, change, MEMBER_LIMIT_MAX);
		return;
	case MODE_SLOW:
		set_number(&r->slow, change, SLOW_SECONDS_MAX);
		return;
	case MODE_FORWARD:
		free(r->forward);
		r->forward = change->on ? xstrdup(change->arg) : NULL;
		return;
	case MODE_LIST: {
		struct mask_list *list = rules_list(r, mode->letter);
		if (change->on)
			mask_list_add(list, change->arg, by, time_ms);
		else
			mask_list_remove(list, mask_list_find(list, change->arg));
		r->ends_ms = first_end(r);
		r->stamp++;
		return;
	}
	case MODE_RANK:
		return;
	}
}

static bool is_set(const struct rules *r, const struct mode *m)
{
	switch (m->kind) {
	case MODE_FLAG:
		return r->flags & m->bit;
	case MODE_KEY:
		return r->key[0];
	case MODE_LIMIT:
		return r->limit;
	case MODE_FORWARD:
		return r->forward;
	case MODE_SLOW:
		return r->slow;
	case MODE_RANK:
	case MODE_LIST:
		break;
	}
	return false;
}

void rules_text(const struct rules *r, bool with_args, struct buf *out)
{
	buf_add(out, "+", 1);
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (is_set(r, &modes[i]))
			buf_add(out, &modes[i].letter, 1);
	if (!with_args)
		return;
	if (r->key[0])
		buf_printf(out, " %s", r->key);
	if (r->limit)
		buf_printf(out, " %u", r->limit);
	if (r->forward)
		buf_printf(out, " %s", r->forward);
	if (r->slow)
		buf_printf(out, " %u", r->slow);
}
