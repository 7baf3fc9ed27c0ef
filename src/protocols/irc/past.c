/* past: what was said before: CHATHISTORY, HISTORY, and the last words for who enters a room.
 * https://ircv3.net/specs/extensions/chathistory */
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HISTORY_DEFAULT 20

/* One request is being answered by a read: this is what of it the answer needs. */
static void show(struct irc_dialog *irc, const char *target, struct event *const *events,
		 size_t count)
{
	irc_batch_begin(irc, "chathistory", target);
	for (size_t i = 0; i < count; i++)
		irc_say_event(irc, events[i], irc_variant_of(irc) | VARIANT_PAST);
	irc_batch_end(irc);
}

void irc_show_replay(struct irc_dialog *irc, const struct room *r)
{
	struct event *events[REPLAY_MAX];
	size_t bytes = 0, first = r->replay_count;
	for (size_t i = 0; i < r->replay_count; i++)
		events[i] = room_replay(irc_chat(irc), r, i);
	while (first > 0 &&
	       bytes + irc_event_bytes(events[first - 1]) <= irc->dialog.all->answer_max)
		bytes += irc_event_bytes(events[--first]);
	if (r->replay_count > 0)
		show(irc, r->name, events + first, r->replay_count - first);
}

void irc_show_past(struct irc_dialog *irc, struct event *const *events, size_t count, bool ok)
{
	struct irc_reading *r = irc->extras->reading;
	if (ok)
		show(irc, r->target, events, count);
	else
		irc_say(irc, "FAIL %s MESSAGE_ERROR %s%s :Messages could not be retrieved", r->verb,
			r->context, r->target);
	free(r);
	irc->extras->reading = NULL;
	irc_extras_settle(irc);
}

static void note_reading(struct irc_dialog *irc, const char *verb, const char *context,
			 const char *target)
{
	struct irc_reading *r = xcalloc(1, sizeof(*r));
	snprintf(r->verb, sizeof(r->verb), "%s", verb);
	snprintf(r->context, sizeof(r->context), "%s", context);
	snprintf(r->target, sizeof(r->target), "%s", target);
	free(irc_extras(irc)->reading);
	irc->extras->reading = r;
}

/* Starts reading what was said in room, or with other. */
static void read_past(struct irc_dialog *irc, const char *verb, const char *context,
		      const char *target, const struct event_span *span)
{
	struct session *s = &irc->dialog.session;
	struct room *room = irc_room(irc, target);
	struct user *other = room ? NULL : irc_find(irc, target);
	enum refusal why = REFUSED_NO_SUCH_NICK;
	if (room)
		why = chat_history(s, room, span);
	else if (other)
		why = chat_history_with(s, other, span);
	if (why == REFUSED_FULL) {
		irc_say(irc, "FAIL %s MESSAGE_ERROR %s%s :%s", verb, context, target,
			text_of(irc->dialog.all->lang, TEXT_WHY_BUSY));
	} else if (why != REFUSED_NOT) {
		irc_say(irc, "FAIL %s INVALID_TARGET %s%s :Messages could not be retrieved", verb,
			context, irc_word(target));
	} else {
		note_reading(irc, verb, context, room ? room->name : other->nick);
		dialog_busy(&irc->dialog);
	}
}

/* "timestamp=…", "msgid=…", or, where it makes sense, "*". */
static bool parse_bound(const char *text, bool star, struct event_bound *ret)
{
	if (strcmp(text, "*") == 0)
		return star;
	if (strncmp(text, "timestamp=", 10) == 0) {
		ret->by = BOUND_TIME;
		return irc_time_parse(text + 10, &ret->time_ms);
	}
	if (strncmp(text, "msgid=", 6) == 0) {
		ret->by = BOUND_ID;
		return irc_msgid_parse(text + 6, &ret->id);
	}
	return false;
}

static bool parse_limit(const char *text, size_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] || digits > 9)
		return false;
	*ret = strtoul(text, NULL, 10);
	return *ret > 0;
}

static void fail_params(struct irc_dialog *irc, const char *subcommand, const char *why)
{
	irc_say(irc, "FAIL CHATHISTORY INVALID_PARAMS %s :%s", subcommand, why);
}

void irc_cmd_chathistory(struct irc_dialog *irc, const struct request *r)
{
	const char *subcommand = irc_word(irc_arg(r, 0));
	bool latest = strcasecmp(subcommand, "LATEST") == 0;
	bool before = strcasecmp(subcommand, "BEFORE") == 0;
	struct event_span span = { 0 };
	char context[IRC_LINE_BYTES];
	snprintf(context, sizeof(context), "%s ", subcommand);
	if (!(irc->caps & CAP_CHATHISTORY))
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, "CHATHISTORY");
	else if (!latest && !before)
		fail_params(irc, subcommand, "Unknown command");
	else if (r->argc < 4)
		fail_params(irc, subcommand, "Insufficient parameters");
	else if (r->argc > 4)
		fail_params(irc, subcommand, "Too many parameters");
	else if (!parse_bound(r->argv[2], latest, latest ? &span.after : &span.before))
		fail_params(irc, subcommand, "Invalid message reference");
	else if (!parse_limit(r->argv[3], &span.limit))
		fail_params(irc, subcommand, "Invalid limit");
	else
		read_past(irc, "CHATHISTORY", context, r->argv[1], &span);
}

/* "HISTORY [target] [count]": the same by hand, for any client. */
void irc_cmd_history(struct irc_dialog *irc, const struct request *r)
{
	struct event_span span = { .limit = HISTORY_DEFAULT };
	const struct user *u = irc_user(irc);
	const char *target = irc_arg(r, 0), *count = irc_arg(r, 1);
	size_t number;
	if (r->argc == 1 && parse_limit(target, &number)) {
		count = target;
		target = "";
	}
	if (!target[0] && u->last_room)
		target = u->last_room->room->name;
	if (!target[0])
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "HISTORY");
	else if (count[0] && !parse_limit(count, &span.limit))
		irc_say(irc, "FAIL HISTORY INVALID_PARAMS :Usage: HISTORY [target] [1 to %d]",
			HISTORY_MAX);
	else
		read_past(irc, "HISTORY", "", target, &span);
}
