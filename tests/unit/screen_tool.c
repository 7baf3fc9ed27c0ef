/* screen_tool: a terminal client without a chat, for tests/system/test_client_screen.py.
 *
 *     screen_tool FIFO
 *
 * Edits a line as the client does, prints "sent: TEXT" for each one sent, and obeys what is written
 * to FIFO, a line each:
 *
 *     lines N    prints N numbered lines, each with its own screen_draw() and screen_flush()
 *     at-once N  the same in one turn
 *     say TEXT   prints it
 *     end        ends as the client does
 *     exit, abort, crash   ends like this, without a word
 *
 * Ctrl-D ends it too. */
#include "client/terminal/editor.h"
#include "client/terminal/keys.h"
#include "client/terminal/screen.h"
#include "client/terminal/terminal.h"

#include "base/buf.h"
#include "net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct tool {
	struct watch input, signals, commands;
	struct keys keys;
	struct editor *editor;
	struct screen *screen;
	struct buf heard; /* of commands, up to a newline */
	int fifo;
	unsigned printed;
	bool is_over;
} tool;

static void fail(const char *what)
{
	terminal_close();
	perror(what);
	exit(1);
}

static void show(void)
{
	struct err err;
	screen_draw(tool.screen, tool.editor);
	if (!screen_flush(tool.screen, &err))
		fail(err.text);
}

static void print(const char *text)
{
	screen_print(tool.screen, text, strlen(text));
}

static void print_numbered(void)
{
	char text[32];
	snprintf(text, sizeof(text), "line %u", ++tool.printed);
	print(text);
}

/* First thing in whatever the loop calls. */
static void catch_up(void)
{
	unsigned cols, rows, what = terminal_take_events();
	if (what & TERMINAL_CONTINUED)
		screen_forget(tool.screen);
	if (what & TERMINAL_RESIZED) {
		terminal_size(&cols, &rows);
		screen_resize(tool.screen, cols, rows);
	}
}

static void suspend(void)
{
	struct err err;
	screen_hide(tool.screen);
	if (!screen_flush(tool.screen, &err))
		fail(err.text);
	terminal_suspend();
	catch_up();
}

static void on_key(const struct key *key, void *ctx)
{
	(void)ctx;
	char text[16 + MESSAGE_BYTES_MAX + 1] = "sent: ";
	switch (editor_key(tool.editor, key)) {
	case EDITOR_UNCHANGED:
	case EDITOR_CHANGED:
	case EDITOR_COMPLETE:
		break;
	case EDITOR_FULL:
		screen_bell(tool.screen);
		break;
	case EDITOR_SEND:
		editor_take(tool.editor, text + strlen(text));
		for (char *newline; (newline = strchr(text, '\n'));)
			*newline = '/';
		print(text);
		break;
	case EDITOR_INTERRUPT:
		editor_replace(tool.editor, 0, editor_len(tool.editor), "", 0);
		print("interrupted");
		break;
	case EDITOR_SUSPEND:
		suspend();
		break;
	case EDITOR_REDRAW:
		screen_clear(tool.screen);
		break;
	case EDITOR_EOF:
		tool.is_over = true;
		break;
	}
}

static void on_input(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	char bytes[READ_BYTES];
	catch_up();
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		fail("read");
	if (n == 0)
		tool.is_over = true;
	if (n > 0)
		keys_feed(&tool.keys, bytes, (size_t)n);
}

static void on_signals(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	catch_up();
}

static void obey(const char *command)
{
	unsigned count = 0;
	if (sscanf(command, "lines %u", &count) == 1) {
		while (count-- > 0) {
			print_numbered();
			show();
		}
	} else if (sscanf(command, "at-once %u", &count) == 1) {
		while (count-- > 0)
			print_numbered();
	} else if (strncmp(command, "say ", 4) == 0) {
		print(command + 4);
	} else if (strcmp(command, "end") == 0) {
		tool.is_over = true;
	} else if (strcmp(command, "exit") == 0) {
		exit(0);
	} else if (strcmp(command, "abort") == 0) {
		abort();
	} else if (strcmp(command, "crash") == 0) {
		raise(SIGSEGV);
	}
}

static void on_commands(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	char bytes[4096];
	catch_up();
	ssize_t n = read(tool.fifo, bytes, sizeof(bytes));
	if (n <= 0)
		return;
	buf_add(&tool.heard, bytes, (size_t)n);
	for (char *newline; (newline = memchr(tool.heard.bytes, '\n', tool.heard.len));) {
		*newline = '\0';
		obey(tool.heard.bytes);
		buf_drop(&tool.heard, (size_t)(newline + 1 - tool.heard.bytes));
	}
}

static void run(struct loop *loop)
{
	struct err err;
	if (!loop_add(loop, STDIN_FILENO, LOOP_READ, &tool.input, &err) ||
	    !loop_add(loop, terminal_fd_signals(), LOOP_READ, &tool.signals, &err) ||
	    !loop_add(loop, tool.fifo, LOOP_READ, &tool.commands, &err))
		fail(err.text);
	while (!tool.is_over) {
		int wait_ms = keys_wait_ms(&tool.keys);
		int64_t before = loop_now(loop);
		catch_up();
		show();
		loop_wait(loop, wait_ms);
		if (wait_ms >= 0 && loop_now(loop) - before >= wait_ms)
			keys_flush(&tool.keys);
	}
}

int main(int argc, char **argv)
{
	struct err err;
	unsigned cols, rows;
	/* For writing too, or the end of each writer would be the end of it. */
	tool.fifo = argc == 2 ? open(argv[1], O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
	struct loop *loop = loop_new(&err);
	if (tool.fifo < 0 || !loop || !terminal_open(STDIN_FILENO, STDOUT_FILENO, &err))
		fail(argv[0]);
	tool.input.ready = on_input;
	tool.signals.ready = on_signals;
	tool.commands.ready = on_commands;
	keys_init(&tool.keys, on_key, NULL);
	tool.editor = editor_new();
	terminal_size(&cols, &rows);
	tool.screen = screen_new(STDOUT_FILENO, cols, rows);
	screen_set_prompt(tool.screen, "茶馆> ", strlen("茶馆> "));
	run(loop);

	screen_hide(tool.screen);
	if (!screen_flush(tool.screen, &err))
		fail(err.text);
	terminal_close();
	screen_free(tool.screen);
	editor_free(tool.editor);
	buf_done(&tool.heard);
	loop_free(loop);
	close(tool.fifo);
	return 0;
}
