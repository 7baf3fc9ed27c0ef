/* pipe: lines of standard input are said, what others say is a line of standard output, and the
 * client's own words go to standard error. See face.h. */
#include "client/face.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX 65536 /* a longer line is said in pieces */

struct pipe {
	struct face face;
	struct watch watch;
	struct buf input;
	bool is_file; /* always ready, and not to be watched */
	bool watched; /* in the loop */
	bool ended, told_end, broken;
};

static struct pipe *pipe_of(struct face *f)
{
	return CONTAINER_OF(f, struct pipe, face);
}

static bool wants_line(const struct pipe *p)
{
	const struct face_sink *sink = &p->face.sink;
	return !sink->wants_line || sink->wants_line(sink->ctx);
}

static void say_lines(struct pipe *p)
{
	const struct face_sink *sink = &p->face.sink;
	while (p->input.len > 0 && wants_line(p)) {
		char *newline = memchr(p->input.bytes, '\n', p->input.len);
		if (!newline && !p->ended && p->input.len < INPUT_MAX)
			return;
		size_t len = newline ? (size_t)(newline - p->input.bytes) : p->input.len;
		char *line = xcalloc(len + 1, 1);
		memcpy(line, p->input.bytes, len);
		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		sink->line(sink->ctx, line);
		free(line);
		buf_drop(&p->input, len + (newline != NULL));
	}
	if (p->input.len == 0 && p->ended && !p->told_end) {
		p->told_end = true;
		sink->ended(sink->ctx);
	}
}

static void read_some(struct pipe *p)
{
	char bytes[16384];
	if (p->ended || p->input.len >= INPUT_MAX)
		return;
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n > 0)
		buf_add(&p->input, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->ended = true;
}

/* A descriptor that is not to be read is taken out: its end would be told again and again. */
static void watch(struct pipe *p)
{
	bool wanted = !p->ended && !p->is_file && p->input.len < INPUT_MAX;
	if (wanted && !p->watched)
		p->is_file = !loop_add(p->face.loop, STDIN_FILENO, LOOP_READ, &p->watch, NULL);
	else if (!wanted && p->watched)
		loop_del(p->face.loop, STDIN_FILENO);
	p->watched = wanted && !p->is_file;
}

static void on_ready(struct watch *w, unsigned events)
{
	(void)events;
	read_some(CONTAINER_OF(w, struct pipe, watch));
}

static void write_all(struct pipe *p, int fd, const char *bytes, size_t len)
{
	while (len > 0 && !p->broken) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			p->broken = fd == STDOUT_FILENO;
			return;
		}
		bytes += n;
		len -= (size_t)n;
	}
}

static void pipe_show(struct face *f, const struct shown *what, const char *here)
{
	struct buf line = { 0 };
	bool own_words = what->kind == SHOWN_INFO || what->kind == SHOWN_ERROR;
	shown_format(what, here, "", f->lang, COLOUR_NONE, &line);
	buf_add(&line, "\n", 1);
	write_all(pipe_of(f), own_words ? STDERR_FILENO : STDOUT_FILENO, line.bytes, line.len);
	buf_done(&line);
}

static void pipe_prompt(struct face *f, const char *nick, const char *room, bool asking)
{
	(void)f;
	(void)nick;
	(void)room;
	(void)asking;
}

static void pipe_turn(struct face *f, int64_t now_ms)
{
	struct pipe *p = pipe_of(f);
	(void)now_ms;
	if (p->is_file && wants_line(p))
		read_some(p);
	say_lines(p);
	watch(p);
	if (p->broken)
		f->sink.broken(f->sink.ctx);
}

static int pipe_wait(const struct face *f, int64_t now_ms, int wait_ms)
{
	const struct pipe *p = CONTAINER_OF(f, const struct pipe, face);
	(void)now_ms;
	return p->is_file && !p->ended && wants_line(p) ? 0 : wait_ms;
}

static void pipe_free(struct face *f)
{
	struct pipe *p = pipe_of(f);
	if (p->watched)
		loop_del(f->loop, STDIN_FILENO);
	buf_done(&p->input);
	free(p);
}

static const struct face_ops pipe_ops = { pipe_show, pipe_prompt, pipe_turn, pipe_wait, pipe_free };

struct face *pipe_new(struct loop *loop, const struct face_sink *sink, enum lang lang)
{
	struct pipe *p = xcalloc(1, sizeof(*p));
	p->face = (struct face){ &pipe_ops, *sink, loop, lang };
	p->watch.ready = on_ready;
	watch(p);
	return &p->face;
}
