#include "client/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void line_free(struct out_line *line)
{
	free(line->target);
	free(line->text);
	free(line);
}

void outbox_done(struct outbox *o)
{
	while (o->first)
		outbox_drop(o, o->first);
}

struct out_line *outbox_add(struct outbox *o, const char *id, const char *target, const char *text,
			    bool action)
{
	if (o->count == OUTBOX_MAX)
		return NULL;
	struct out_line *line = xcalloc(1, sizeof(*line));
	snprintf(line->id, sizeof(line->id), "%s", id);
	line->target = xstrdup(target);
	line->text = xstrdup(text);
	line->action = action;
	*(o->last ? &o->last->next : &o->first) = line;
	o->last = line;
	o->count++;
	return line;
}

struct out_line *outbox_find(const struct outbox *o, const char *id)
{
	struct out_line *line = o->first;
	while (line && strcmp(line->id, id) != 0)
		line = line->next;
	return line;
}

struct out_line *outbox_find_text(const struct outbox *o, const char *target, const char *text)
{
	struct out_line *line = o->first;
	while (line && !(line->sent && strcmp(line->text, text) == 0 &&
			 strcasecmp(line->target, target) == 0))
		line = line->next;
	return line;
}

struct out_line *outbox_next(const struct outbox *o)
{
	struct out_line *line = o->first;
	if (o->in_flight >= OUTBOX_IN_FLIGHT)
		return NULL;
	while (line && line->sent)
		line = line->next;
	return line;
}

void outbox_sent(struct outbox *o, struct out_line *line)
{
	line->sent = true;
	o->in_flight++;
}

void outbox_drop(struct outbox *o, struct out_line *line)
{
	struct out_line **at = &o->first, *before = NULL;
	while (*at != line) {
		before = *at;
		at = &(*at)->next;
	}
	*at = line->next;
	if (o->last == line)
		o->last = before;
	o->count--;
	if (line->sent && !line->doubtful)
		o->in_flight--;
	line_free(line);
}

void outbox_doubt(struct outbox *o)
{
	for (struct out_line *line = o->first; line; line = line->next)
		line->doubtful = line->sent;
	o->in_flight = 0;
}

void outbox_resend(struct outbox *o, const char *target)
{
	for (struct out_line *line = o->first; line; line = line->next)
		if (line->doubtful && strcasecmp(line->target, target) == 0)
			line->sent = line->doubtful = false;
}
