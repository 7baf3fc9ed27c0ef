#include "core/marks.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

void marks_done(struct marks *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->items[i].target);
	free(m->items);
	*m = (struct marks){ 0 };
}

/* Where target is, or would be. */
static size_t marks_place(const struct marks *m, const char *target)
{
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(m->items[middle].target, target) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct mark *marks_find(const struct marks *m, const char *target)
{
	size_t at = marks_place(m, target);
	return at < m->count && strcmp(m->items[at].target, target) == 0 ? &m->items[at] : NULL;
}

int64_t marks_get(const struct marks *m, const char *target)
{
	const struct mark *mark = marks_find(m, target);
	return mark ? mark->time_ms : -1;
}

bool marks_are_full(const struct marks *m, const char *target)
{
	return m->count >= MARKS_MAX && !marks_find(m, target);
}

bool marks_raise(struct marks *m, const char *target, int64_t time_ms)
{
	struct mark *mark = marks_find(m, target);
	if (mark) {
		bool later = time_ms > mark->time_ms;
		if (later)
			mark->time_ms = time_ms;
		return later;
	}
	if (m->count >= MARKS_MAX)
		return false;
	size_t at = marks_place(m, target);
	m->items = xrealloc(m->items, m->count + 1, sizeof(*m->items));
	memmove(&m->items[at + 1], &m->items[at], (m->count - at) * sizeof(*m->items));
	m->items[at] = (struct mark){ xstrdup(target), time_ms };
	m->count++;
	return true;
}
