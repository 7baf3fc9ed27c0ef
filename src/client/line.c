/* line: line mode at a terminal: what others say scrolls by above the line being written, which stays
 * whole. See face.h. */
#include "client/face.h"

#include "client/terminal/editor.h"
#include "client/terminal/keys.h"
#include "client/terminal/screen.h"
#include "client/terminal/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct line {
	struct face face;
	struct watch input, signals;
	struct keys keys;
	struct editor *editor;
	struct screen *screen;
	enum colour_depth depth;
	char *me;         /* one's own nick */
	int64_t flush_ms; /* when a begun key is over; -1: none is */
	bool dirty, ended, broken;
};

static struct line *line_of(struct face *f)
{
	return CONTAINER_OF(f, struct line, face);
}

/* ---- in ---- */

/* A pasted text of several lines is said line by line. */
static void send_text(struct line *l)
{
	char text[MESSAGE_BYTES_MAX + 1];
	editor_take(l->editor, text);
	for (char *at = text, *end; *at; at = end) {
		size_t len = strcspn(at, "\n");
		end = at + len + (at[len] == '\n');
		at[len] = '\0';
		if (len > 0)
			l->face.sink.line(l->face.sink.ctx, at);
	}
}

/* Before anything is shown: the terminal may be of another size, or another's for a while. */
static void take_events(struct line *l)
{
	unsigned cols, rows, what = terminal_take_events();
	if (!what)
		return;
	if (what & TERMINAL_CONTINUED)
		screen_forget(l->screen);
	terminal_size(&cols, &rows);
	screen_resize(l->screen, cols, rows);
	l->dirty = true;
}

static void suspend(struct line *l)
{
	screen_hide(l->screen);
	l->broken = !screen_flush(l->screen, NULL);
	terminal_suspend();
	take_events(l);
}

static void on_key(const struct key *key, void *ctx)
{
	struct line *l = ctx;
	l->dirty = true;
	switch (editor_key(l->editor, key)) {
	case EDITOR_UNCHANGED:
	case EDITOR_CHANGED:
	case EDITOR_COMPLETE:
		return;
	case EDITOR_FULL:
		screen_bell(l->screen);
		return;
	case EDITOR_SEND:
		send_text(l);
		return;
	case EDITOR_SUSPEND:
		suspend(l);
		return;
	case EDITOR_REDRAW:
		screen_clear(l->screen);
		return;
	case EDITOR_INTERRUPT: /* a line is forgotten first, and then the whole talk left */
		if (editor_len(l->editor) > 0)
			editor_replace(l->editor, 0, editor_len(l->editor), "", 0);
		else
			l->ended = true;
		return;
	case EDITOR_EOF:
		l->ended = true;
		return;
	}
}

static void on_input(struct watch *w, unsigned events)
{
	struct line *l = CONTAINER_OF(w, struct line, input);
	char bytes[4096];
	(void)events;
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n > 0)
		keys_feed(&l->keys, bytes, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		l->broken = true;
	int wait_ms = keys_wait_ms(&l->keys);
	l->flush_ms = wait_ms < 0 ? -1 : loop_now(l->face.loop) + wait_ms;
}

static void on_signals(struct watch *w, unsigned events)
{
	(void)events;
	take_events(CONTAINER_OF(w, struct line, signals));
}

/* ---- out ---- */

static void line_show(struct face *f, const struct shown *what, const char *here)
{
	struct line *l = line_of(f);
	struct buf text = { 0 };
	take_events(l);
	shown_format(what, here, l->me, f->lang, l->depth, &text);
	screen_print(l->screen, text.bytes, text.len);
	buf_done(&text);
	l->dirty = true;
}

static void line_prompt(struct face *f, const char *nick, const char *room, bool asking)
{
	struct line *l = line_of(f);
	struct buf text = { 0 };
	free(l->me);
	l->me = xstrdup(nick);
	if (asking)
		buf_printf(&text, "%s: ", words_of(f->lang, WORDS_PROMPT_NICK));
	else
		buf_printf(&text, "%s%s%s> ", nick, room[0] ? " " : "", room);
	screen_set_prompt(l->screen, text.bytes, text.len);
	buf_done(&text);
	l->dirty = true;
}

static void line_turn(struct face *f, int64_t now_ms)
{
	struct line *l = line_of(f);
	if (l->flush_ms >= 0 && now_ms >= l->flush_ms) {
		l->flush_ms = -1;
		keys_flush(&l->keys);
	}
	take_events(l);
	if (l->ended)
		f->sink.ended(f->sink.ctx);
	l->ended = false;
	if (l->dirty)
		screen_draw(l->screen, l->editor);
	l->dirty = false;
	if (!screen_flush(l->screen, NULL) || l->broken)
		f->sink.broken(f->sink.ctx);
}

static int line_wait(const struct face *f, int64_t now_ms, int wait_ms)
{
	const struct line *l = CONTAINER_OF(f, const struct line, face);
	if (l->flush_ms < 0)
		return wait_ms;
	int64_t left = l->flush_ms > now_ms ? l->flush_ms - now_ms : 0;
	return wait_ms < 0 || left < wait_ms ? (int)left : wait_ms;
}

static void line_free(struct face *f)
{
	struct line *l = line_of(f);
	if (l->screen) {
		screen_hide(l->screen);
		bool shown = screen_flush(l->screen, NULL);
		(void)shown; /* nobody is left to be told */
	}
	if (terminal_fd_signals() >= 0) {
		loop_del(f->loop, STDIN_FILENO);
		loop_del(f->loop, terminal_fd_signals());
	}
	terminal_close();
	screen_free(l->screen);
	editor_free(l->editor);
	free(l->me);
	free(l);
}

static const struct face_ops line_ops = { line_show, line_prompt, line_turn, line_wait, line_free };

struct face *line_new(struct loop *loop, const struct face_sink *sink, enum lang lang,
		      enum colour_mode colour, struct err *err)
{
	unsigned cols, rows;
	struct line *l = xcalloc(1, sizeof(*l));
	l->face = (struct face){ &line_ops, *sink, loop, lang };
	l->input.ready = on_input;
	l->signals.ready = on_signals;
	l->flush_ms = -1;
	l->me = xstrdup("");
	l->depth = colour_depth(colour, STDOUT_FILENO);
	keys_init(&l->keys, on_key, l);
	if (!terminal_open(STDIN_FILENO, STDOUT_FILENO, err))
		goto fail;
	terminal_size(&cols, &rows);
	l->screen = screen_new(STDOUT_FILENO, cols, rows);
	l->editor = editor_new();
	l->dirty = true;
	if (loop_add(loop, STDIN_FILENO, LOOP_READ, &l->input, err) &&
	    loop_add(loop, terminal_fd_signals(), LOOP_READ, &l->signals, err))
		return &l->face;
fail:
	line_free(&l->face);
	return NULL;
}
