/* screen.h: a conversation that scrolls, and below it the line being written.
 *
 * Lines are printed as any program prints them, so that the terminal's scrolling back, searching
 * and copying work. Only the last rows are drawn again and again: the prompt and the edited line,
 * in as many rows as it needs, up to half of the screen; a longer one shows the part around the
 * cursor. The real cursor always stands where the next character goes, since that is where an input
 * method draws.
 *
 *     screen_print(...); screen_print(...);  a turn of the loop: everything that came
 *     screen_draw(s, editor);                the edited line, below it
 *     screen_flush(s, err);                  one write()
 *
 * Printing takes the edited line off the screen, and screen_draw() puts it back. Output is kept
 * until screen_flush(), but no more than SCREEN_OUTPUT_BYTES: then it is written at once. Writing
 * waits for a terminal that is slow or stopped: nothing is dropped, it is the user's own. What is
 * shown is UTF-8 and was cleaned of controls (text_add_shown()); only colour.h may have added to
 * it. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_SCREEN_H
#define TEAHOUSE_CLIENT_TERMINAL_SCREEN_H

#include "client/terminal/editor.h"

#include "base/err.h"

struct screen;

/* fd stays the caller's and open; cols and rows are at least 1. The cursor is taken to be at the
 * start of a row. End with screen_free(). */
struct screen *screen_new(int fd, unsigned cols, unsigned rows);
/* Writes nothing: screen_hide() and screen_flush() first. NULL is fine. */
void screen_free(struct screen *s);

/* A line above the edited one, without its end. */
void screen_print(struct screen *s, const char *line, size_t len);

/* What stands before the edited line from the next screen_draw() on; a copy is kept. No more of it
 * is shown than fits into half of a row. */
void screen_set_prompt(struct screen *s, const char *text, size_t len);

/* The edited line and the cursor as they are now; nothing if they are shown like that already. */
void screen_draw(struct screen *s, const struct editor *e);

/* Takes the edited line off: before leaving, or before somebody else writes. */
void screen_hide(struct screen *s);

/* The edited line is not on the screen any more, and the cursor at the start of a row: after being
 * stopped (TERMINAL_CONTINUED). */
void screen_forget(struct screen *s);

/* The terminal has another size now. Draw afterwards. */
void screen_resize(struct screen *s, unsigned cols, unsigned rows);

/* An empty screen; what was on it can be scrolled back to. Draw afterwards. */
void screen_clear(struct screen *s);

void screen_bell(struct screen *s);

/* Writes all that is kept, and waits until it is written. false: the terminal is gone; from then on
 * nothing is kept. */
MUST_USE bool screen_flush(struct screen *s, struct err *err);

#endif
