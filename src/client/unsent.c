#include "client/unsent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void line_free(struct out_line *line)
{
	free(line->target);
	free(line->text);
	free(line->nick);
	free(line);
}

void unsent_done(struct unsent *o)
{
	while (o->first)
		unsent_drop(o, o->first);
}

struct out_line *unsent_add(struct unsent *o, const char *id, const char *target, const char *text,
			    bool action)
{
	if (o->count == UNSENT_MAX)
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

struct out_line *unsent_find(const struct unsent *o, const char *id)
{
	struct out_line *line = o->first;
	while (line && strcmp(line->id, id) != 0)
		line = line->next;
	return line;
}

struct out_line *unsent_find_text(const struct unsent *o, const char *target, const char *text)
{
	struct out_line *line = o->first;
	while (line && !(line->sent && strcmp(line->text, text) == 0 &&
			 strcasecmp(line->target, target) == 0))
		line = line->next;
	return line;
}

struct out_line *unsent_next(const struct unsent *o)
{
	struct out_line *line = o->first;
	if (o->in_flight >= UNSENT_IN_FLIGHT)
		return NULL;
	while (line && line->sent)
		line = line->next;
	return line;
}

void unsent_sent(struct unsent *o, struct out_line *line, const char *nick)
{
	free(line->nick);
	line->nick = xstrdup(nick);
	line->sent = true;
	o->in_flight++;
}

void unsent_drop(struct unsent *o, struct out_line *line)
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

void unsent_doubt(struct unsent *o)
{
	for (struct out_line *line = o->first; line; line = line->next)
		line->doubtful = line->sent;
	o->in_flight = 0;
}

void unsent_resend(struct unsent *o, const char *target)
{
	for (struct out_line *line = o->first; line; line = line->next)
		if (line->doubtful && strcasecmp(line->target, target) == 0)
			line->sent = line->doubtful = false;
}
