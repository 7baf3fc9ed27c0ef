/* outbox.h: what was said and has not been seen to arrive: kept until it has, over any number of
 * connections. In the order of saying. */
#ifndef TEAHOUSE_CLIENT_OUTBOX_H
#define TEAHOUSE_CLIENT_OUTBOX_H

#include "base/base.h"

#include <stdbool.h>

#define OUTBOX_MAX 1000     /* lines; more is refused */
#define OUTBOX_ID_SIZE 24   /* of a line: nothing else has it */
#define OUTBOX_IN_FLIGHT 32 /* lines sent and not seen to arrive yet */

struct out_line {
	struct out_line *next;
	char id[OUTBOX_ID_SIZE];
	char *target, *text;
	bool action;
	bool sent;     /* on this connection, or on one that broke */
	bool doubtful; /* on one that broke: it may have arrived */
};

/* { 0 } is empty. */
struct outbox {
	struct out_line *first, *last;
	size_t count, in_flight;
};

void outbox_done(struct outbox *o);

/* Copies; NULL: OUTBOX_MAX lines are there. */
struct out_line *outbox_add(struct outbox *o, const char *id, const char *target, const char *text,
			    bool action);
/* NULL: none. */
struct out_line *outbox_find(const struct outbox *o, const char *id);
/* The oldest that has arrived nowhere and says that. */
struct out_line *outbox_find_text(const struct outbox *o, const char *target, const char *text);
/* The next to be sent, unless OUTBOX_IN_FLIGHT are; NULL: none. */
struct out_line *outbox_next(const struct outbox *o);
/* line was handed to the connection. */
void outbox_sent(struct outbox *o, struct out_line *line);
/* It has arrived, or never will. */
void outbox_drop(struct outbox *o, struct out_line *line);
/* The connection broke: what was sent may or may not have arrived. */
void outbox_doubt(struct outbox *o);
/* What is doubtful and meant for target has not arrived: it is sent again. */
void outbox_resend(struct outbox *o, const char *target);

#endif
