#include "client/past.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
	return xstrdup(text ? text : "");
}

void kept_lines_add(struct kept_lines *k, const char *id, const struct shown *what)
{
	if (k->count == k->size) {
		k->size = k->size ? k->size * 2 : 16;
		k->items = xrealloc(k->items, k->size, sizeof(*k->items));
	}
	k->items[k->count++] = (struct kept_line){
		.id = copy(id),
		.nick = copy(what->nick),
		.text = copy(what->text),
		.kind = what->kind,
		.time_ms = what->time_ms,
		.own = what->own,
	};
}

static void kept_line_done(struct kept_line *line)
{
	free(line->id);
	free(line->nick);
	free(line->text);
}

void kept_lines_done(struct kept_lines *k)
{
	for (size_t i = 0; i < k->count; i++)
		kept_line_done(&k->items[i]);
	free(k->items);
	*k = (struct kept_lines){ 0 };
}

void past_begin(struct model *m, struct model_room *r)
{
	(void)m;
	kept_lines_done(&r->past);
	kept_lines_done(&r->held);
	r->pages = 0;
	r->catching_up = true;
}

bool past_hold(struct model_room *r, const char *id, const struct shown *what)
{
	if (!r->catching_up || r->held.count >= MODEL_HELD_MAX)
		return false;
	kept_lines_add(&r->held, id, what);
	return true;
}

/* Puts page in front of what came before, which is newer. */
static void prepend(struct kept_lines *all, struct kept_lines *page)
{
	size_t count = page->count + all->count;
	page->items = xrealloc(page->items, count ? count : 1, sizeof(*page->items));
	if (all->count)
		memcpy(page->items + page->count, all->items, all->count * sizeof(*all->items));
	free(all->items);
	*all = (struct kept_lines){ page->items, count, count };
	*page = (struct kept_lines){ 0 };
}

/* Everything up to and with the last message that was shown before is old news. */
static size_t first_new(const struct model_room *r, const struct kept_lines *k)
{
	for (size_t i = k->count; i > 0 && r->last_id; i--)
		if (strcmp(k->items[i - 1].id, r->last_id) == 0)
			return i;
	return 0;
}

static void show_line(struct model *m, struct model_room *r, const struct kept_line *line, bool old)
{
	const struct shown what = {
		.kind = line->kind,
		.time_ms = line->time_ms,
		.room = r->name,
		.nick = line->nick,
		.text = line->text,
		.own = line->own,
		.old = old,
	};
	model_show(m, &what);
}

static void remember(struct model_room *r, const struct kept_line *line)
{
	if (!line->id[0])
		return;
	free(r->last_id);
	r->last_id = copy(line->id);
	r->last_ms = line->time_ms;
}

/* What was said while the past was on its way may be in it already. A message that was cut into
 * several lines has its id on the first of them only, so those behind one that is known go too. */
static void show_held(struct model *m, struct model_room *r)
{
	struct kept_lines held = r->held;
	r->held = (struct kept_lines){ 0 };
	r->catching_up = false;
	bool known = false;
	for (size_t i = 0; i < held.count; i++) {
		const struct kept_line *line = &held.items[i];
		if (line->id[0]) {
			known = false;
			for (size_t j = r->past.count; j > 0 && !known; j--)
				known = strcmp(r->past.items[j - 1].id, line->id) == 0;
		}
		if (known)
			continue;
		show_line(m, r, line, false);
		remember(r, line);
	}
	kept_lines_done(&held);
}

static void show_all(struct model *m, struct model_room *r)
{
	size_t first = first_new(r, &r->past);
	for (size_t i = first; i < r->past.count; i++) {
		show_line(m, r, &r->past.items[i], true);
		remember(r, &r->past.items[i]);
	}
	show_held(m, r);
	kept_lines_done(&r->past);
}

bool past_page(struct model *m, struct model_room *r, struct kept_lines *page, size_t asked,
	       const char **ret_before)
{
	bool whole = page->count < asked || first_new(r, page) > 0 || !r->last_id;
	prepend(&r->past, page);
	if (!whole && ++r->pages < MODEL_PAGES_MAX && r->past.count > 0) {
		*ret_before = r->past.items[0].id;
		return true;
	}
	if (!whole)
		model_tell(m, SHOWN_INFO, r, WORDS_MORE_PAST, r->name);
	show_all(m, r);
	return false;
}

void past_give_up(struct model *m, struct model_room *r)
{
	if (r->catching_up)
		show_all(m, r);
}
