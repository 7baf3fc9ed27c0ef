/* layout.h: a text in rows of a given width, and where its caret is. Pure. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_LAYOUT_H
#define TEAHOUSE_CLIENT_TERMINAL_LAYOUT_H

#include "base/buf.h"

/* { 0 } to begin with; layout_make() may fill it again and again. End with layout_done(). */
struct layout {
	struct buf bytes; /* the rows, '\n' between them; what is wider than a row is "?" there */
	size_t caret;     /* in bytes */
	size_t rows;      /* at least 1 */
	size_t caret_row; /* counted from 0 */
	unsigned caret_col;
};

/* Lays out text, UTF-8 without controls other than '\n', in rows of cols columns (at least 1).
 * caret is a place in text, in bytes. It gets a column of its own, on another row if need be. */
void layout_make(struct layout *l, const char *text, size_t len, size_t caret, unsigned cols);

void layout_done(struct layout *l);

#endif
