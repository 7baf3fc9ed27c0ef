#include "core/whowas.h"

#include <stdlib.h>

struct whowas {
	struct whowas_entry *entries;
	size_t max, next, count; /* next: where the next one goes */
};

struct whowas *whowas_new(size_t max)
{
	struct whowas *w = xcalloc(1, sizeof(*w));
	w->max = max;
	w->entries = xcalloc(max, sizeof(*w->entries));
	return w;
}

static void entry_done(struct whowas_entry *e)
{
	free(e->key);
	free(e->nick);
	free(e->user);
	free(e->host);
	free(e->real);
}

void whowas_free(struct whowas *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		entry_done(&w->entries[i]);
	free(w->entries);
	free(w);
}

void whowas_add(struct whowas *w, const struct user *u, int64_t now_ms)
{
	if (w->max == 0)
		return;
	struct whowas_entry *e = &w->entries[w->next];
	if (w->count == w->max)
		entry_done(e);
	else
		w->count++;
	*e = (struct whowas_entry){
		.key = xstrdup(user_key(u)),
		.nick = xstrdup(u->nick),
		.user = xstrdup(u->user),
		.host = xstrdup(u->host),
		.real = xstrdup(u->real),
		.left_ms = now_ms,
	};
	w->next = (w->next + 1) % w->max;
}

const struct whowas_entry *whowas_at(const struct whowas *w, size_t index)
{
	if (index >= w->count)
		return NULL;
	return &w->entries[(w->next + w->max - 1 - index) % w->max];
}
