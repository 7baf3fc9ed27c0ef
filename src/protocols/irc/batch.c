#include "protocols/irc/batch.h"

#include "protocols/irc/handlers.h"
#include "protocols/irc/multiline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct irc_batch {
	char *reference;
	bool open;        /* false: it had a fault, and the rest of it is passed over */
	int64_t since_ms; /* Unix time */
	/* Only while it is open: */
	char *target, *tags;
	char label[IRC_LABEL_BYTES_MAX + 1]; /* of all of it */
	struct multiline message;
};

static struct irc_batch *batch_of(const struct irc_dialog *irc)
{
	return irc->extras ? irc->extras->batch : NULL;
}

static bool is_open(const struct irc_dialog *irc)
{
	return batch_of(irc) && batch_of(irc)->open;
}

static bool is_named(const struct irc_dialog *irc, const char *reference)
{
	return batch_of(irc) && strcmp(batch_of(irc)->reference, reference) == 0;
}

static void batch_close(struct irc_batch *b)
{
	b->open = false;
	free(b->target);
	free(b->tags);
	b->target = b->tags = NULL;
	multiline_done(&b->message);
}

void irc_batch_free(struct irc_batch *b)
{
	if (!b)
		return;
	batch_close(b);
	free(b->reference);
	free(b);
}

static void batch_forget(struct irc_dialog *irc)
{
	if (!irc->extras)
		return;
	irc_batch_free(irc->extras->batch);
	irc->extras->batch = NULL;
	irc_extras_settle(irc);
}

/* ---- faults ---- */

/* The arguments are those of irc_fail(). */
static void fail(struct irc_dialog *irc, enum irc_fail what, ...)
{
	va_list args;
	irc_answer_give_label(irc, batch_of(irc)->label);
	va_start(args, what);
	irc_fail_v(irc, what, args);
	va_end(args);
	batch_close(batch_of(irc));
}

/* https://ircv3.net/specs/extensions/multiline, "Errors" */
static void fail_for(struct irc_dialog *irc, enum multiline_fault why, const char *target)
{
	switch (why) {
	case MULTILINE_FINE:
		return;
	case MULTILINE_OTHER_TARGET:
		fail(irc, FAIL_MULTILINE_TARGET, batch_of(irc)->target, irc_word(target));
		return;
	case MULTILINE_OTHER_COMMAND:
		fail(irc, FAIL_MULTILINE_COMMAND);
		return;
	case MULTILINE_MIXED:
		fail(irc, FAIL_MULTILINE_MIXED);
		return;
	case MULTILINE_NO_TEXT:
		fail(irc, FAIL_MULTILINE_NO_TEXT);
		return;
	case MULTILINE_BLANK_JOINED:
		fail(irc, FAIL_MULTILINE_BLANK_JOINED);
		return;
	case MULTILINE_CONTROL:
		fail(irc, FAIL_MULTILINE_CONTROL);
		return;
	case MULTILINE_LINES:
		fail(irc, FAIL_MULTILINE_LINES, MESSAGE_LINES_MAX);
		return;
	case MULTILINE_BYTES:
		fail(irc, FAIL_MULTILINE_BYTES, MESSAGE_BYTES_MAX);
		return;
	case MULTILINE_BLANK:
		fail(irc, FAIL_MULTILINE_BLANK);
		return;
	}
}

void irc_batch_spoil(struct irc_dialog *irc)
{
	if (is_open(irc))
		fail(irc, FAIL_MULTILINE_SPOILT);
}

/* The clock may be set back: then it begins anew. */
void irc_batch_expire(struct irc_dialog *irc)
{
	struct irc_batch *b = batch_of(irc);
	int64_t now_ms = irc_chat(irc)->now_ms;
	if (!is_open(irc))
		return;
	if (b->since_ms > now_ms)
		b->since_ms = now_ms;
	if (now_ms - b->since_ms < BATCH_MS)
		return;
	irc_answer_begin(irc, &(struct request){ .label = b->label });
	fail(irc, FAIL_BATCH_TIMEOUT, b->reference);
	irc_answer_end(irc, 0);
}

/* ---- BATCH ---- */

/* https://ircv3.net/specs/extensions/batch */
static bool is_reference(const char *text)
{
	return text[0] && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
					    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

/* From here on there is one, and what comes for it is passed over until it is known to be all right. */
static struct irc_batch *batch_begin(struct irc_dialog *irc, const char *reference)
{
	struct irc_batch *b = xcalloc(1, sizeof(*b));
	b->reference = xstrdup(reference);
	b->since_ms = irc_chat(irc)->now_ms;
	irc_answer_take_label(irc, b->label);
	if (is_open(irc))
		fail(irc, FAIL_MULTILINE_ANOTHER);
	irc_batch_free(batch_of(irc));
	irc_extras(irc)->batch = b;
	return b;
}

static void open_multiline(struct irc_dialog *irc, struct irc_batch *b, const struct request *r)
{
	if (!irc_arg(r, 2)[0]) {
		fail(irc, FAIL_MULTILINE_NO_TARGET);
		return;
	}
	b->target = xstrdup(irc_arg(r, 2));
	b->tags = xstrdup(r->tags);
	b->open = true;
}

static void batch_open(struct irc_dialog *irc, const char *reference, const struct request *r)
{
	const char *type = irc_arg(r, 1);
	struct irc_batch *b = batch_begin(irc, reference);
	if (!is_reference(reference)) {
		fail(irc, FAIL_BATCH_REFERENCE, irc_word(reference));
	} else if (strcmp(type, "draft/multiline") != 0 || !(irc->caps & CAP_MULTILINE)) {
		fail(irc, FAIL_BATCH_TYPE, reference, irc_word(type));
	} else {
		open_multiline(irc, b, r);
	}
}

static void say_message(struct irc_dialog *irc, const struct irc_batch *b)
{
	const struct multiline *m = &b->message;
	const struct words words = { .text = m->text.bytes,
				     .len = m->text.len,
				     .tags = b->tags,
				     .joints = m->joints,
				     .joint_count = m->joint_count };
	irc_answer_give_label(irc, b->label);
	irc_say_to(irc, m->notice ? "NOTICE" : "PRIVMSG", b->target, multiline_kind(m), &words);
}

static void batch_end(struct irc_dialog *irc, const char *reference)
{
	if (!is_named(irc, reference)) {
		irc_fail(irc, FAIL_MULTILINE_NOT_OPEN);
		return;
	}
	if (is_open(irc)) {
		enum multiline_fault why = multiline_end(&batch_of(irc)->message);
		if (why == MULTILINE_FINE)
			say_message(irc, batch_of(irc));
		else
			fail_for(irc, why, "");
	}
	batch_forget(irc);
}

void irc_cmd_batch(struct irc_dialog *irc, const struct request *r)
{
	const char *reference = irc_arg(r, 0);
	if (reference[0] == '+')
		batch_open(irc, reference + 1, r);
	else if (reference[0] == '-')
		batch_end(irc, reference + 1);
	else
		irc_fail(irc, FAIL_BATCH_SIGN, irc_word(reference));
}

/* ---- what belongs to it ---- */

/* To who does not know of batches the tag is none, unless he began one all the same. */
bool irc_batch_claims(const struct irc_dialog *irc, const struct request *r)
{
	return r->batch[0] && irc_user(irc) &&
	       ((irc->caps & CAP_MULTILINE) || is_named(irc, r->batch));
}

void irc_batch_take(struct irc_dialog *irc, const struct irc_command *row, const struct request *r)
{
	const struct multiline_line line = {
		.verb = row->command.verb,
		.target = irc_arg(r, 0),
		.text = r->argc > 1 ? r->argv[1] : NULL,
		.joined = r->flag,
	};
	struct irc_batch *b = batch_of(irc);
	if (!is_named(irc, r->batch))
		irc_fail(irc, FAIL_MULTILINE_NOT_OPEN);
	else if (b->open)
		fail_for(irc, multiline_add(&b->message, b->target, &line), line.target);
}

const char *irc_batch_target(const struct irc_dialog *irc, const char *reference)
{
	bool ends = reference[0] == '-' && is_open(irc) && is_named(irc, reference + 1);
	return ends ? batch_of(irc)->target : "";
}
