#include "client/terminal/recall.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

static void stop_looking(struct recall *r)
{
	r->back = 0;
	free(r->unsent);
	r->unsent = NULL;
}

void recall_done(struct recall *r)
{
	for (size_t i = 0; i < ARRAY_LEN(r->lines); i++)
		free(r->lines[i]);
	stop_looking(r);
	*r = (struct recall){ 0 };
}

/* back: 1 for the newest, up to count. */
static char **line_at(struct recall *r, size_t back)
{
	return &r->lines[(r->next + ARRAY_LEN(r->lines) - back) % ARRAY_LEN(r->lines)];
}

void recall_add(struct recall *r, const char *line)
{
	stop_looking(r);
	if (r->count > 0 && strcmp(*line_at(r, 1), line) == 0)
		return;
	free(r->lines[r->next]);
	r->lines[r->next] = xstrdup(line);
	r->next = (r->next + 1) % ARRAY_LEN(r->lines);
	if (r->count < ARRAY_LEN(r->lines))
		r->count++;
}

const char *recall_older(struct recall *r, const char *current)
{
	if (r->back == r->count)
		return NULL;
	if (r->back == 0) {
		free(r->unsent);
		r->unsent = xstrdup(current);
	}
	return *line_at(r, ++r->back);
}

const char *recall_newer(struct recall *r)
{
	if (r->back == 0)
		return NULL;
	return --r->back == 0 ? r->unsent : *line_at(r, r->back);
}
