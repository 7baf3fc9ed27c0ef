/* chathistory: CHATHISTORY, and HISTORY, which is the same by hand.
 * https://ircv3.net/specs/extensions/chathistory */
#include "protocols/irc/handlers.h"

#include "core/past.h"
#include "protocols/irc/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_DEFAULT 20

/* ---- asking ---- */

/* With draft/event-playback, which the same page has, reactions and changes are told too, and count. */
static uint64_t kinds_for(const struct irc_dialog *irc)
{
	if (!(irc->caps & CAP_EVENT_PLAYBACK))
		return EVENT_WORDS;
	return EVENT_WORDS | BIT64(EVENT_REACTION) | BIT64(EVENT_TOPIC) | BIT64(EVENT_KICK) |
	       BIT64(EVENT_MODE) | (irc->caps & CAP_MESSAGE_REDACTION ? BIT64(EVENT_REDACT) : 0);
}

void irc_note_reading(struct irc_dialog *irc, const char *verb, const char *context,
		      const char *target, const char *reason)
{
	struct irc_reading *r = xcalloc(1, sizeof(*r));
	irc_cut(r->verb, sizeof(r->verb), verb);
	irc_cut(r->context, sizeof(r->context), context);
	irc_cut(r->target, sizeof(r->target), target);
	irc_cut(r->reason, sizeof(r->reason), reason);
	free(irc_extras(irc)->reading);
	irc->extras->reading = r;
	dialog_busy(&irc->dialog);
}

/* "FAIL CHATHISTORY INVALID_TARGET LATEST #room :…"; context: its subcommand and a space, or "". */
static void fail_reading(struct irc_dialog *irc, enum refusal why, const char *verb,
			 const char *context, const char *target)
{
	target = irc_word(target);
	if (why == REFUSED_FULL)
		irc_fail(irc, FAIL_HISTORY_BUSY, verb, context, target,
			 text_of(irc->dialog.all->lang, TEXT_WHY_BUSY));
	else if (why == REFUSED_NO_SUCH_MESSAGE)
		irc_fail(irc, FAIL_HISTORY_ERROR, verb, context, target);
	else
		irc_fail(irc, FAIL_HISTORY_TARGET, verb, context, target);
}

/* Starts reading what was said in a room, or with somebody. */
static void read_past(struct irc_dialog *irc, const char *verb, const char *context,
		      const char *target, const struct event_span *spans, size_t count)
{
	struct session *s = &irc->dialog.session;
	struct room *room = irc_room(irc, target);
	const struct partner with = partner_find(irc_chat(irc), target);
	enum refusal why = REFUSED_NO_SUCH_NICK;
	if (!dialog_can_wait(&irc->dialog))
		return;
	if (room)
		why = chat_history(s, room, spans, count);
	else if (partner_exists(&with))
		why = chat_history_with(s, &with, spans, count);
	if (why == REFUSED_NOT)
		irc_note_reading(irc, verb, context, room ? room->name : partner_name(&with), "");
	else
		fail_reading(irc, why, verb, context, target);
}

static void read_targets(struct irc_dialog *irc, const char *subcommand,
			 const struct event_span *window)
{
	if (!dialog_can_wait(&irc->dialog))
		return;
	enum refusal why = chat_targets(&irc->dialog.session, window);
	if (why == REFUSED_NOT)
		irc_note_reading(irc, "CHATHISTORY", subcommand, "*", "");
	else
		fail_reading(irc, why, "CHATHISTORY", subcommand, "*");
}

void irc_cmd_chathistory(struct irc_dialog *irc, const struct request *r)
{
	const char *subcommand = irc_word(irc_arg(r, 0)), *argument;
	enum irc_fail why;
	struct irc_question q;
	char context[IRC_LINE_BYTES];
	snprintf(context, sizeof(context), "%s ", subcommand);
	if (!(irc->caps & CAP_CHATHISTORY)) {
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, "CHATHISTORY");
	} else if (!irc_question_read(r->argc, r->argv, &q, &argument, &why)) {
		irc_fail(irc, why, subcommand, argument[0] ? irc_word(argument) : "",
			 argument[0] ? " " : "");
	} else if (q.target) {
		for (size_t i = 0; i < q.span_count; i++)
			q.spans[i].kinds = kinds_for(irc);
		read_past(irc, "CHATHISTORY", context, q.target, q.spans, q.span_count);
	} else {
		read_targets(irc, context, &q.spans[0]);
	}
}

/* "HISTORY [target] [count]", for any client. */
void irc_cmd_history(struct irc_dialog *irc, const struct request *r)
{
	struct event_span span = { .limit = HISTORY_DEFAULT };
	const struct user *u = irc_user(irc);
	const char *target = irc_arg(r, 0), *count = irc_arg(r, 1);
	size_t number;
	if (r->argc == 1 && irc_limit_parse(target, &number)) {
		count = target;
		target = "";
	}
	if (!target[0] && u->last_room)
		target = u->last_room->room->name;
	if (!target[0])
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "HISTORY");
	else if (count[0] && !irc_limit_parse(count, &span.limit))
		irc_fail(irc, FAIL_HISTORY_USAGE, HISTORY_MAX);
	else
		read_past(irc, "HISTORY", "", target, &span, 1);
}

/* ---- answers ---- */

static void forget_reading(struct irc_dialog *irc)
{
	free(irc->extras->reading);
	irc->extras->reading = NULL;
	irc_extras_settle(irc);
}

static void fail_answer(struct irc_dialog *irc)
{
	const struct irc_reading *r = irc->extras->reading;
	irc_fail(irc, FAIL_HISTORY_ERROR, r->verb, r->context, r->target);
}

void irc_show_past(struct irc_dialog *irc, struct event *const *events, size_t count,
		   enum read_end end)
{
	if (strcmp(irc->extras->reading->verb, "REDACT") == 0)
		irc_redact_found(irc, events, count, end);
	else if (end == READ_DONE)
		irc_show_events(irc, irc->extras->reading->target, events, count);
	else
		fail_answer(irc);
	forget_reading(irc);
}

void irc_show_targets(struct irc_dialog *irc, const struct chat_target *targets, size_t count,
		      enum read_end end)
{
	char time[IRC_TIME_SIZE];
	if (end != READ_DONE) {
		fail_answer(irc);
		forget_reading(irc);
		return;
	}
	irc_batch_begin(irc, "draft/chathistory-targets", "");
	for (size_t i = 0; i < count; i++) {
		irc_time_text(targets[i].time_ms, time);
		irc_say(irc, "CHATHISTORY TARGETS %s %s", targets[i].name, time);
	}
	irc_batch_end(irc);
	forget_reading(irc);
}
