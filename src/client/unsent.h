/* unsent.h: what was said and has not been seen to arrive: kept until it has, over any number of
 * connections. In the order of saying. */
#ifndef TEAHOUSE_CLIENT_UNSENT_H
#define TEAHOUSE_CLIENT_UNSENT_H

#include "base/base.h"

#include <stdbool.h>

#define UNSENT_MAX 1000     /* lines; more is refused */
#define UNSENT_ID_SIZE 24   /* of a line: nothing else has it */
#define UNSENT_IN_FLIGHT 32 /* lines sent and not seen to arrive yet */

struct out_line {
	struct out_line *next;
	char id[UNSENT_ID_SIZE];
	char *target, *text;
	char *nick; /* who said it, when it was sent; NULL: not yet */
	bool action;
	bool quiet;    /* a command: not shown when it is sent */
	bool sent;     /* on this connection, or on one that broke */
	bool doubtful; /* on one that broke: it may have arrived */
};

/* { 0 } is empty. */
struct unsent {
	struct out_line *first, *last;
	size_t count, in_flight;
};

void unsent_done(struct unsent *o);

/* Copies; NULL: UNSENT_MAX lines are there. */
struct out_line *unsent_add(struct unsent *o, const char *id, const char *target, const char *text,
			    bool action);
/* NULL: none. */
struct out_line *unsent_find(const struct unsent *o, const char *id);
/* The oldest that has arrived nowhere and says that. */
struct out_line *unsent_find_text(const struct unsent *o, const char *target, const char *text);
/* The next to be sent, unless UNSENT_IN_FLIGHT are; NULL: none. */
struct out_line *unsent_next(const struct unsent *o);
/* line was handed to the connection, as nick's words. */
void unsent_sent(struct unsent *o, struct out_line *line, const char *nick);
/* It has arrived, or never will. */
void unsent_drop(struct unsent *o, struct out_line *line);
/* The connection broke: what was sent may or may not have arrived. */
void unsent_doubt(struct unsent *o);
/* What is doubtful and meant for target has not arrived: it is sent again. */
void unsent_resend(struct unsent *o, const char *target);

#endif
