#include "protocols/irc/answer.h"

#include "base/text.h"
#include "protocols/irc/irc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A long answer is handed over in pieces of about this size, as they are taken. */
#define PIECE_BYTES 32768

struct irc_answer {
	struct irc_answer *next;
	struct buf lines;
	size_t sent;      /* bytes of lines */
	size_t held;      /* its part of irc_answers.held */
	size_t units;     /* lines, and whole batches, at the top */
	bool complete;    /* its label is on, or it has none */
	bool running;     /* its request is */
	bool full;        /* it says that there would be more */
	unsigned pending; /* events and reads to come back */
	char label[IRC_LABEL_BYTES_MAX + 1];
};

static struct irc_answers *answers(struct irc_dialog *irc)
{
	return &irc->answers;
}

static bool takes_label(const struct irc_dialog *irc, const char *label)
{
	return label[0] && (irc->caps & CAP_LABELED_RESPONSE) && (irc->caps & CAP_BATCH) &&
	       strlen(label) <= IRC_LABEL_BYTES_MAX;
}

static void hold(struct irc_answers *all, struct irc_answer *a, size_t bytes)
{
	a->held += bytes;
	all->held += bytes;
}

bool irc_answers_are_full(const struct irc_dialog *irc)
{
	return irc->answers.held > irc->dialog.all->answer_max;
}

void irc_answer_begin(struct irc_dialog *irc, const struct request *r)
{
	struct irc_answers *all = answers(irc);
	struct irc_answer *a = xcalloc(1, sizeof(*a));
	assert(!all->current);
	a->running = true;
	if (takes_label(irc, r->label))
		memcpy(a->label, r->label, strlen(r->label));
	*(all->last ? &all->last->next : &all->first) = a;
	all->last = a;
	all->current = a;
	hold(all, a, sizeof(*a));
}

void irc_answer_end(struct irc_dialog *irc, unsigned pending)
{
	struct irc_answers *all = answers(irc);
	dialog_made(&irc->dialog, all->current->lines.len);
	all->current->running = false;
	all->current->pending += pending;
	all->current = NULL;
	irc_answers_flush(irc);
}

bool irc_answer_return(struct irc_dialog *irc, enum irc_return what)
{
	struct irc_answers *all = answers(irc);
	struct irc_answer *found = NULL;
	if (all->current)
		return false;
	for (struct irc_answer *a = all->first; a; a = a->next)
		if (a->pending > 0 && (!found || what == IRC_RETURN_SLOW))
			found = a;
	all->current = found;
	return found != NULL;
}

void irc_answer_expect(struct irc_dialog *irc)
{
	if (answers(irc)->current)
		answers(irc)->current->pending++;
}

void irc_answer_returned(struct irc_dialog *irc)
{
	struct irc_answers *all = answers(irc);
	all->current->pending--;
	all->current = NULL;
	irc_answers_flush(irc);
}

struct irc_answer *irc_answer_aside(struct irc_dialog *irc)
{
	struct irc_answer *a = answers(irc)->current;
	answers(irc)->current = NULL;
	return a;
}

void irc_answer_resume(struct irc_dialog *irc, struct irc_answer *a)
{
	answers(irc)->current = a;
}

/* ---- labels ---- */

void irc_answer_take_label(struct irc_dialog *irc, char label[IRC_LABEL_BYTES_MAX + 1])
{
	struct irc_answer *a = answers(irc)->current;
	memcpy(label, a->label, sizeof(a->label));
	a->label[0] = '\0';
}

void irc_answer_give_label(struct irc_dialog *irc, const char *label)
{
	if (label[0])
		memcpy(answers(irc)->current->label, label, strlen(label) + 1);
}

/* Adds line, of which one more tag says something. */
static void add_tagged(struct buf *out, const char *tag, const char *line, size_t len)
{
	buf_printf(out, "@%s%s", tag, line[0] == '@' ? ";" : " ");
	buf_add(out, line + (line[0] == '@'), len - (line[0] == '@'));
}

static size_t line_length(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (size_t)(end - line));
	return (size_t)(newline + 1 - line);
}

static void wrap(struct irc_dialog *irc, struct irc_answer *a, const char *label)
{
	struct buf lines = a->lines;
	char batch[32];
	unsigned number = irc_batch_number(irc);
	const char *name = irc_about(irc)->name;
	const char *at = lines.bytes, *end = lines.bytes + lines.len;
	snprintf(batch, sizeof(batch), "batch=%u", number);
	a->lines = (struct buf){ 0 };
	buf_printf(&a->lines, "@%s :%s BATCH +%u labeled-response\r\n", label, name, number);
	for (size_t len; at < end; at += len) {
		len = line_length(at, end);
		/* What is in a batch of its own stays there. */
		if (strncmp(at, "@batch=", 7) == 0)
			buf_add(&a->lines, at, len);
		else
			add_tagged(&a->lines, batch, at, len);
	}
	buf_printf(&a->lines, ":%s BATCH -%u\r\n", name, number);
	buf_done(&lines);
}

static void label_first(struct irc_answer *a, const char *label)
{
	struct buf lines = a->lines;
	size_t len = line_length(lines.bytes, lines.bytes + lines.len);
	a->lines = (struct buf){ 0 };
	add_tagged(&a->lines, label, lines.bytes, len);
	buf_add(&a->lines, lines.bytes + len, lines.len - len);
	buf_done(&lines);
}

static void complete(struct irc_dialog *irc, struct irc_answer *a)
{
	char label[IRC_LABEL_BYTES_MAX + 16];
	a->complete = true;
	if (!a->label[0])
		return;
	snprintf(label, sizeof(label), "label=%s", a->label);
	if (a->units == 0)
		buf_printf(&a->lines, "@%s :%s ACK\r\n", label, irc_about(irc)->name);
	else if (a->units == 1)
		label_first(a, label);
	else
		wrap(irc, a, label);
}

/* ---- sending ---- */

static void send_piece(struct irc_dialog *irc, struct irc_answer *a)
{
	const char *from = a->lines.bytes + a->sent;
	size_t len = a->lines.len - a->sent;
	if (len > PIECE_BYTES) {
		const char *end = memrchr(from, '\n', PIECE_BYTES);
		len = (size_t)(end + 1 - from);
	}
	dialog_say_bytes(&irc->dialog, from, len);
	a->sent += len;
}

static bool is_over(const struct irc_answer *a)
{
	return !a->running && a->pending == 0;
}

static void drop_first(struct irc_answers *all)
{
	struct irc_answer *a = all->first;
	all->first = a->next;
	if (!all->first)
		all->last = NULL;
	all->held -= a->held;
	buf_done(&a->lines);
	free(a);
}

/* Only a long answer waits until he takes it. What others say comes past all answers, and the echo of
 * what he said himself must stand among it where everybody sees it. */
static bool must_wait(const struct irc_dialog *irc, const struct irc_answer *a)
{
	return irc->dialog.ahead && a->lines.len > PIECE_BYTES && !irc->answers.closing;
}

void irc_answers_flush(struct irc_dialog *irc)
{
	struct irc_answers *all = answers(irc);
	while (all->first && is_over(all->first)) {
		struct irc_answer *a = all->first;
		if (!a->complete)
			complete(irc, a);
		while (a->sent < a->lines.len) {
			if (must_wait(irc, a))
				return;
			send_piece(irc, a);
		}
		drop_first(all);
	}
	if (all->closing && !irc->dialog.closed && !all->first)
		dialog_close(&irc->dialog);
}

void irc_answers_close(struct irc_dialog *irc)
{
	answers(irc)->closing = true;
	for (struct irc_answer *a = answers(irc)->first; a; a = a->next)
		if (a != answers(irc)->current)
			a->pending = 0;
	irc_answers_flush(irc);
}

void irc_answers_done(struct irc_answers *all)
{
	while (all->first)
		drop_first(all);
	all->current = NULL;
}

bool irc_answer_is_full(struct irc_dialog *irc)
{
	struct irc_answer *a = answers(irc)->current;
	if (!a || a->lines.len < IRC_ANSWER_BYTES_MAX)
		return false;
	if (!a->full)
		irc_say(irc, "NOTICE %s :%s", irc_nick(irc),
			text_of(irc->dialog.all->lang, TEXT_ANSWER_FULL));
	a->full = true;
	return true;
}

void irc_answer_add(struct irc_dialog *irc, const char *lines, size_t len, size_t units)
{
	struct irc_answers *all = answers(irc);
	if (!all->current) {
		dialog_say_bytes(&irc->dialog, lines, len);
		return;
	}
	buf_add(&all->current->lines, lines, len);
	hold(all, all->current, len);
	all->current->units += units;
}
