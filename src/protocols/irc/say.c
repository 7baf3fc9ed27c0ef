/* say: lines for one connection, made of the tables of numerics and standard replies, and of events. */
#include "protocols/irc/answer.h"

#include "base/text.h"
#include "protocols/irc/irc.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A line being made: it is cut where it would be too long, not counting its tags, and then ended. */
struct line {
	char bytes[IRC_LINE_BYTES * 2];
	size_t len, tags_len;
};

static void line_add(struct line *line, const char *fmt, va_list args)
{
	size_t room = sizeof(line->bytes) - line->len;
	int len = vsnprintf(line->bytes + line->len, room, fmt, args);
	assert(len >= 0);
	line->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void PRINTF_LIKE(2, 3) line_printf(struct line *line, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	line_add(line, fmt, args);
	va_end(args);
}

static void line_begin(const struct irc_dialog *irc, struct line *line)
{
	line->len = 0;
	if (irc->answers.open_batch)
		line_printf(line, "@batch=%u ", irc->answers.open_batch);
	line->tags_len = line->len;
}

/* units: see irc_answer_add(). */
static void line_send(struct irc_dialog *irc, struct line *line, size_t units)
{
	line->len = utf8_cut(line->bytes, line->len, line->tags_len + IRC_LINE_BYTES - 2);
	memcpy(line->bytes + line->len, "\r\n", 2);
	irc_answer_add(irc, line->bytes, line->len + 2, units);
}

static void line_end(struct irc_dialog *irc, struct line *line)
{
	line_send(irc, line, line->tags_len == 0);
}

static void say_from(struct irc_dialog *irc, const char *source, const char *fmt, va_list args)
{
	struct line line;
	line_begin(irc, &line);
	line_printf(&line, ":%s ", source);
	line_add(&line, fmt, args);
	line_end(irc, &line);
}

void irc_say(struct irc_dialog *irc, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	say_from(irc, irc_about(irc)->name, fmt, args);
	va_end(args);
}

void irc_say_of_himself(struct irc_dialog *irc, const char *fmt, ...)
{
	char source[USER_SOURCE_SIZE];
	va_list args;
	user_source(irc_user(irc), source);
	va_start(args, fmt);
	say_from(irc, source, fmt, args);
	va_end(args);
}

void irc_say_as(struct irc_dialog *irc, const char *source, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	say_from(irc, source, fmt, args);
	va_end(args);
}

#define IRC_NUMERIC_FORMAT(name, number, format)                                                   \
	case name:                                                                                 \
		return format;

static const char *numeric_format(enum irc_numeric numeric)
{
	switch (numeric) {
		IRC_NUMERICS(IRC_NUMERIC_FORMAT)
	}
	return "";
}

/* To whom a numeric is: those of logging in name nobody before he is in, whatever nick he asked for. */
static const char *numeric_target(const struct irc_dialog *irc, enum irc_numeric numeric)
{
	bool of_login = numeric >= RPL_LOGGEDIN && numeric <= RPL_SASLMECHS;
	return of_login && !irc_user(irc) ? "*" : irc_nick(irc);
}

void irc_numeric(struct irc_dialog *irc, enum irc_numeric numeric, ...)
{
	struct line line;
	va_list args;
	line_begin(irc, &line);
	line_printf(&line, ":%s %03d %s ", irc_about(irc)->name, (int)numeric,
		    numeric_target(irc, numeric));
	va_start(args, numeric);
	line_add(&line, numeric_format(numeric), args);
	va_end(args);
	line_end(irc, &line);
}

void irc_say_error(struct irc_dialog *irc, const char *host, const char *why)
{
	struct line line;
	line_begin(irc, &line);
	line_printf(&line, "ERROR :Closing link: %s (%s)", host, why);
	line_end(irc, &line);
}

#define IRC_FAIL_FORMAT(name, kind, verb, code, format)                                            \
	case name:                                                                                 \
		return kind " " verb " " code " " format;

static const char *fail_format(enum irc_fail fail)
{
	switch (fail) {
		IRC_FAILS(IRC_FAIL_FORMAT)
	}
	return "";
}

void irc_fail_v(struct irc_dialog *irc, enum irc_fail fail, va_list args)
{
	struct line line;
	line_begin(irc, &line);
	line_printf(&line, ":%s ", irc_about(irc)->name);
	line_add(&line, fail_format(fail), args);
	line_end(irc, &line);
}

void irc_fail(struct irc_dialog *irc, enum irc_fail fail, ...)
{
	va_list args;
	va_start(args, fail);
	irc_fail_v(irc, fail, args);
	va_end(args);
}

/* What stands before the words is for programs. */
static void say_words(struct irc_dialog *irc, const char *fmt, va_list args)
{
	char text[2 * IRC_LINE_BYTES];
	vsnprintf(text, sizeof(text), fmt, args);
	const char *words = strstr(text, " :");
	assert(words);
	irc_say(irc, "NOTICE %s %s", irc_nick(irc), words + 1);
}

void irc_remark(struct irc_dialog *irc, enum irc_fail fail, ...)
{
	va_list args;
	va_start(args, fail);
	if (irc->caps & CAP_STANDARD_REPLIES)
		irc_fail_v(irc, fail, args);
	else
		say_words(irc, fail_format(fail), args);
	va_end(args);
}

static size_t count_lines(const struct buf *lines)
{
	size_t count = 0;
	for (size_t i = 0; i < lines->len; i++)
		count += lines->bytes[i] == '\n';
	return count;
}

void irc_say_event(struct irc_dialog *irc, const struct event *e, unsigned variant)
{
	struct irc_answers *all = &irc->answers;
	struct buf lines = { 0 };
	char batch[32] = "";
	if (all->open_batch)
		snprintf(batch, sizeof(batch), "batch=%u", all->open_batch);
	irc_render_tagged(e, variant, batch, &lines);
	size_t units = irc_message_is_batch(e, variant) ? 1 : count_lines(&lines);
	if (lines.len > 0)
		irc_answer_add(irc, lines.bytes, lines.len, all->open_batch ? 0 : units);
	buf_done(&lines);
}

unsigned irc_batch_number(struct irc_dialog *irc)
{
	struct irc_answers *all = &irc->answers;
	all->last_batch = all->last_batch % IRC_BATCH_MAX + 1;
	return all->last_batch;
}

void irc_batch_begin(struct irc_dialog *irc, const char *type, const char *target)
{
	struct irc_answers *all = &irc->answers;
	if (!(irc->caps & CAP_BATCH))
		return;
	unsigned number = irc_batch_number(irc);
	irc_say(irc, "BATCH +%u %s%s%s", number, type, target[0] ? " " : "", target);
	all->open_batch = number & IRC_BATCH_MAX;
}

void irc_batch_end(struct irc_dialog *irc)
{
	struct irc_answers *all = &irc->answers;
	struct line line;
	unsigned number = all->open_batch;
	if (!number)
		return;
	all->open_batch = 0;
	line_begin(irc, &line);
	line_printf(&line, ":%s BATCH -%u", irc_about(irc)->name, number);
	line_send(irc, &line, 0); /* it is as much a part of it as its beginning */
}
