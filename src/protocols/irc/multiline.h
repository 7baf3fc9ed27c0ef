/* multiline.h: the lines of a batch become one message: https://ircv3.net/specs/extensions/multiline
 *
 * Lines are joined by "\n", or, where one goes on with the line before it, by nothing; where that was is
 * kept, so that others may get it in the same pieces. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_MULTILINE_H
#define TEAHOUSE_PROTOCOLS_IRC_MULTILINE_H

#include "base/buf.h"
#include "base/limits.h"
#include "core/event.h"

/* Why it cannot become a message. */
enum multiline_fault {
	MULTILINE_FINE,
	MULTILINE_OTHER_TARGET,
	MULTILINE_OTHER_COMMAND,
	MULTILINE_MIXED,
	MULTILINE_NO_TEXT,
	MULTILINE_BLANK_JOINED,
	MULTILINE_CONTROL, /* "\x01", but for that of an action */
	MULTILINE_LINES,
	MULTILINE_BYTES,
	MULTILINE_BLANK,
};

/* { 0 } has no lines. */
struct multiline {
	struct buf text;
	uint16_t joints[MESSAGE_LINES_MAX]; /* see struct event */
	size_t joint_count, line_count;
	size_t bytes; /* of what was sent: more than text, if it is an action */
	bool notice, action;
};

void multiline_done(struct multiline *m);

/* A line that is part of the batch. text: NULL if it has none; joined: it goes on with the line before. */
struct multiline_line {
	const char *verb, *target, *text;
	bool joined;
};

/* Adds it to a batch for target. A fault leaves m as it was. */
MUST_USE enum multiline_fault multiline_add(struct multiline *m, const char *target,
					    const struct multiline_line *line);
/* Whether what there is may be said. */
MUST_USE enum multiline_fault multiline_end(const struct multiline *m);
enum event_kind multiline_kind(const struct multiline *m);

#endif
