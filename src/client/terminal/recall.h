/* recall.h: lines sent before, to look back at: what the arrow up brings back. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_RECALL_H
#define TEAHOUSE_CLIENT_TERMINAL_RECALL_H

#include "base/limits.h"

#include <stddef.h>

struct recall {
	char *lines[EDITOR_HISTORY_MAX]; /* a ring */
	size_t next, count;              /* where the next one goes; how many there are */
	size_t back;                     /* how many lines back one looks; 0: at the unsent one */
	char *unsent;                    /* a copy, while one looks back; else NULL */
};

/* { 0 } is empty too. */
void recall_done(struct recall *r);

/* Keeps a copy of a line that was sent, unless it is the last one again, and stops looking back.
 * The oldest of EDITOR_HISTORY_MAX goes. */
void recall_add(struct recall *r, const char *line);

/* The line before the one looked at, which is current (what is being written) to begin with; NULL:
 * there is none. What is returned stays r's, and may change with the next call. */
const char *recall_older(struct recall *r, const char *current);

/* The line after it, in the end the unsent one; NULL: one was not looking back. */
const char *recall_newer(struct recall *r);

#endif
