#include "client/terminal/screen.h"

#include "client/terminal/layout.h"
#include "client/terminal/width.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct screen {
	int fd;
	unsigned cols, rows;
	int error; /* errno of the write that failed; 0: none did */
	struct buf output, prompt;
	struct buf edited;    /* the prompt and the edited line in one; kept for its memory */
	struct layout layout; /* of that, all its rows */
	size_t top;           /* the first of its rows that is shown */

	/* The rows on the screen now, '\n' between them. */
	bool is_shown, is_resized; /* since they were drawn */
	struct buf shown;
	size_t shown_caret; /* in bytes of shown */
	size_t caret_row;   /* the cursor is so many rows below the first of them */
};

struct screen *screen_new(int fd, unsigned cols, unsigned rows)
{
	struct screen *s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	s->cols = cols;
	s->rows = rows;
	return s;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	buf_done(&s->output);
	buf_done(&s->prompt);
	buf_done(&s->edited);
	buf_done(&s->shown);
	layout_done(&s->layout);
	free(s);
}

/* Output */

/* The fd may not block, if whoever shares it wants that. */
static bool write_some(struct screen *s, const char *bytes, size_t len, size_t *ret_len)
{
	ssize_t n = write(s->fd, bytes, len);
	*ret_len = n > 0 ? (size_t)n : 0;
	if (n >= 0 || errno == EINTR)
		return true;
	struct pollfd out = { .fd = s->fd, .events = POLLOUT };
	return errno == EAGAIN && (poll(&out, 1, -1) >= 0 || errno == EINTR);
}

static void write_all(struct screen *s)
{
	for (size_t at = 0, n; at < s->output.len && s->error == 0; at += n)
		if (!write_some(s, s->output.bytes + at, s->output.len - at, &n))
			s->error = errno;
	s->output.len = 0;
}

bool screen_flush(struct screen *s, struct err *err)
{
	write_all(s);
	errno = s->error;
	return s->error == 0 || err_errno(err, "cannot write to the terminal");
}

static void up(struct screen *s, size_t rows)
{
	if (rows > 0)
		buf_printf(&s->output, "\x1b[%zuA", rows);
}

void screen_bell(struct screen *s)
{
	buf_add_text(&s->output, "\a");
}

/* The first row is erased by itself: tmux takes "erase to the end" from the first cell of the
 * screen for a new screen, and keeps the old one among what can be scrolled back to. */
void screen_hide(struct screen *s)
{
	if (!s->is_shown)
		return;
	buf_add_text(&s->output, "\r");
	up(s, s->caret_row);
	buf_add_text(&s->output, "\x1b[K");
	if (s->rows > 1)
		buf_add_text(&s->output, "\0337\033[B\033[J\0338"); /* octal, for digits follow */
	s->is_shown = false;
}

void screen_forget(struct screen *s)
{
	s->is_shown = false;
}

void screen_print(struct screen *s, const char *line, size_t len)
{
	screen_hide(s);
	buf_add(&s->output, line, len);
	buf_add_text(&s->output, "\r\n");
	if (s->output.len >= SCREEN_OUTPUT_BYTES)
		write_all(s);
}

void screen_clear(struct screen *s)
{
	screen_hide(s);
	for (unsigned row = 1; row < s->rows; row++)
		buf_add_text(&s->output, "\r\n");
	buf_add_text(&s->output, "\x1b[H");
}

/* The edited line */

void screen_set_prompt(struct screen *s, const char *text, size_t len)
{
	s->prompt.len = 0;
	buf_add(&s->prompt, text, len);
}

/* As much of the prompt as leaves at least half of a row. */
static void add_prompt(struct screen *s)
{
	size_t at = 0;
	for (unsigned cols = 0; at < s->prompt.len;) {
		size_t n = text_next_cluster(s->prompt.bytes + at, s->prompt.len - at);
		cols += text_columns(s->prompt.bytes + at, n);
		if (cols > s->cols / 2)
			break;
		at += n;
	}
	buf_add(&s->edited, s->prompt.bytes, at);
}

/* Somebody may type an override of direction, too. */
static void add_lines(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	for (const char *newline; (newline = memchr(text, '\n', (size_t)(end - text)));) {
		text_add_shown(out, text, (size_t)(newline - text));
		buf_add_text(out, "\n");
		text = newline + 1;
	}
	text_add_shown(out, text, (size_t)(end - text));
}

static void lay_out(struct screen *s, const struct editor *e)
{
	size_t cursor = editor_cursor(e);
	s->edited.len = 0;
	add_prompt(s);
	add_lines(&s->edited, editor_text(e), cursor);
	size_t caret = s->edited.len;
	add_lines(&s->edited, editor_text(e) + cursor, editor_len(e) - cursor);
	layout_make(&s->layout, s->edited.bytes, s->edited.len, caret, s->cols);
}

/* How many rows to show. Moves top no further than the cursor and the last row make it. */
static size_t choose_rows(struct screen *s)
{
	const struct layout *l = &s->layout;
	size_t most = s->rows > 1 ? s->rows / 2 : 1;
	size_t count = l->rows < most ? l->rows : most;
	if (s->top > l->rows - count)
		s->top = l->rows - count;
	if (s->top > l->caret_row)
		s->top = l->caret_row;
	if (s->top + count <= l->caret_row)
		s->top = l->caret_row - count + 1;
	return count;
}

/* Where a row begins in the layout's bytes; one behind the last: where it would. */
static size_t row_start(const struct layout *l, size_t row)
{
	size_t at = 0;
	for (; row > 0 && at <= l->bytes.len; row--) {
		const char *newline = memchr(l->bytes.bytes + at, '\n', l->bytes.len - at);
		at = newline ? (size_t)(newline + 1 - l->bytes.bytes) : l->bytes.len + 1;
	}
	return at;
}

/* The cursor is moved by hand behind whatever terminals may draw wider or narrower than we do. */
static void draw_row(struct screen *s, const char *row, size_t len)
{
	unsigned col = 0;
	for (size_t at = 0; at < len;) {
		size_t n = text_next_cluster(row + at, len - at);
		buf_add(&s->output, row + at, n);
		col += text_columns(row + at, n);
		if (!text_is_plain(row + at, n))
			buf_printf(&s->output, "\x1b[%uG", col + 1);
		at += n;
	}
}

/* Rows end with our own newlines, never by the terminal's wrapping, so what one cluster's width was
 * guessed wrong by stays in its row. */
static void draw_rows(struct screen *s)
{
	const char *row = s->shown.bytes, *end = row + s->shown.len;
	for (const char *newline; (newline = memchr(row, '\n', (size_t)(end - row)));) {
		draw_row(s, row, (size_t)(newline - row));
		buf_add_text(&s->output, "\r\n");
		row = newline + 1;
	}
	draw_row(s, row, (size_t)(end - row));
}

/* The part of the layout that is to be shown, and where its caret is in it. */
struct part {
	const char *bytes;
	size_t len, caret, rows, caret_row;
};

static struct part choose_part(struct screen *s)
{
	const struct layout *l = &s->layout;
	size_t rows = choose_rows(s);
	size_t from = row_start(l, s->top), to = row_start(l, s->top + rows) - 1;
	return (struct part){ l->bytes.bytes + from, to - from, l->caret - from, rows,
			      l->caret_row - s->top };
}

static bool is_shown_already(const struct screen *s, const struct part *p)
{
	return s->is_shown && !s->is_resized && s->shown_caret == p->caret &&
	       s->shown.len == p->len && memcmp(s->shown.bytes, p->bytes, p->len) == 0;
}

void screen_draw(struct screen *s, const struct editor *e)
{
	lay_out(s, e);
	struct part p = choose_part(s);
	if (is_shown_already(s, &p))
		return;
	screen_hide(s);
	s->shown.len = 0;
	buf_add(&s->shown, p.bytes, p.len);
	s->shown_caret = p.caret;
	s->caret_row = p.caret_row;
	s->is_shown = true;
	s->is_resized = false;
	buf_add_text(&s->output, "\x1b[?7l");
	draw_rows(s);
	up(s, p.rows - 1 - p.caret_row);
	buf_printf(&s->output, "\x1b[%uG\x1b[?7h", s->layout.caret_col + 1);
}

/* Most terminals wrap rows that have become too long, and take the cursor along: then the first row
 * is as many rows above it as the same text has at the new width. A terminal that cuts rows off
 * instead (xterm) loses as many lines of the conversation above, on the screen only. */
void screen_resize(struct screen *s, unsigned cols, unsigned rows)
{
	s->cols = cols;
	s->rows = rows;
	s->is_resized = true;
	if (!s->is_shown)
		return;
	struct layout wrapped = { 0 };
	layout_make(&wrapped, s->shown.bytes, s->shown.len, s->shown_caret, cols);
	s->caret_row = wrapped.caret_row < rows ? wrapped.caret_row : rows - 1;
	layout_done(&wrapped);
}
