/* editor.h: the line being written: keys in, text out. Knows no terminal.
 *
 * The keys are readline's (https://tiswww.case.edu/php/chet/readline/rluserman.html, "Bindable
 * Readline Commands"), as far as they make sense for a line of chat; words are letters, digits,
 * marks and "_". The text is UTF-8 without controls, at most MESSAGE_BYTES_MAX bytes. A paste or
 * Alt-Enter may put '\n' into it. The cursor is a place in bytes, always between two clusters
 * (width.h): what an insertion joins to the cluster behind it takes the cursor along. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_EDITOR_H
#define TEAHOUSE_CLIENT_TERMINAL_EDITOR_H

#include "client/terminal/keys.h"

#include "base/base.h"
#include "base/limits.h"

#include <stdbool.h>

enum editor_result {
	EDITOR_UNCHANGED,
	EDITOR_CHANGED,   /* the text or the cursor: draw it */
	EDITOR_FULL,      /* as EDITOR_CHANGED, but not everything fitted: ring the bell */
	EDITOR_SEND,      /* Enter: editor_take() it */
	EDITOR_EOF,       /* Ctrl-D, and there is no text */
	EDITOR_INTERRUPT, /* Ctrl-C; the text is left as it is */
	EDITOR_SUSPEND,   /* Ctrl-Z */
	EDITOR_REDRAW,    /* Ctrl-L */
	EDITOR_COMPLETE,  /* Tab: whoever knows names may editor_replace() something */
};

struct editor;

/* End with editor_free(). */
struct editor *editor_new(void);
/* NULL is fine. */
void editor_free(struct editor *e);

MUST_USE enum editor_result editor_key(struct editor *e, const struct key *key);

/* The text, with a NUL behind it, until the next change. */
const char *editor_text(const struct editor *e);
size_t editor_len(const struct editor *e);    /* bytes of it */
size_t editor_cursor(const struct editor *e); /* bytes before the cursor */

/* Copies the text without the newlines at its end, with a NUL, remembers it among the lines sent,
 * and begins an empty one. Returns its bytes: at least 1 after EDITOR_SEND. */
size_t editor_take(struct editor *e, char ret_text[MESSAGE_BYTES_MAX + 1]);

/* Puts text in place of the bytes from, inclusive, to to, and the cursor behind it. Both are
 * between two characters; text is UTF-8 without controls other than '\n'. editor_replace(e, 0,
 * editor_len(e), "", 0) forgets the line. false: it would be too long, and nothing happened. */
bool editor_replace(struct editor *e, size_t from, size_t to, const char *text, size_t len);

#endif
