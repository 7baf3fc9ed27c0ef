/* talk: what is said, and what was said before: live, in pages of history, and as echoes of one's own
 * lines. See irc.h. */
#include "client/irc/irc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the past ---- */

static void ask_page(struct model *m, struct model_room *r, const char *before)
{
	struct irc *irc = irc_of(m);
	size_t asked = r->last_id ? MODEL_PAGE : MODEL_FIRST_PAST;
	irc->page.asked = asked;
	snprintf(irc->page.room, sizeof(irc->page.room), "%s", r->name);
	if (before)
		model_sendf(m, "CHATHISTORY BEFORE %s msgid=%s %zu\r\n", r->name, before, asked);
	else
		model_sendf(m, "CHATHISTORY LATEST %s * %zu\r\n", r->name, asked);
}

/* One room's past at a time. */
void talk_ask_next_past(struct model *m)
{
	struct irc *irc = irc_of(m);
	for (struct model_room *r = m->rooms; r && !irc->page.room[0]; r = r->next)
		if (r->catching_up)
			ask_page(m, r, NULL);
}

void talk_room_is_up_to_date(struct model *m, const char *name)
{
	unsent_resend(&m->unsent, name);
	model_push(m);
}

void talk_begin_past(struct model *m, struct model_room *r)
{
	if (!(irc_of(m)->caps & HAS_HISTORY) || !(irc_of(m)->caps & HAS_BATCH)) {
		talk_room_is_up_to_date(m, r->name);
		return;
	}
	past_begin(m, r);
	talk_ask_next_past(m);
}

static void end_page(struct model *m)
{
	struct irc *irc = irc_of(m);
	struct kept_lines lines = irc->page.lines;
	struct model_room *r = model_room(m, irc->page.room, false);
	const char *before = NULL;
	size_t asked = irc->page.asked;
	irc->page = (struct page){ 0 };
	if (r && r->catching_up && past_page(m, r, &lines, asked, &before)) {
		ask_page(m, r, before);
		return;
	}
	for (size_t i = 0; r && i < lines.count; i++) {
		const struct kept_line *l = &lines.items[i];
		const struct shown what = { l->kind, l->time_ms, r->name, l->nick,
					    l->text, false,      l->own,  true };
		model_show(m, &what);
	}
	kept_lines_done(&lines);
	if (r)
		talk_room_is_up_to_date(m, r->name);
	talk_ask_next_past(m);
}

void talk_on_batch(struct model *m, const struct message *msg)
{
	struct irc *irc = irc_of(m);
	const char *name = message_param(msg, 0);
	if (name[0] == '+' && strcmp(message_param(msg, 1), "chathistory") == 0)
		snprintf(irc->page.batch, sizeof(irc->page.batch), "%s", name + 1);
	else if (name[0] == '-' && irc->page.batch[0] && strcmp(irc->page.batch, name + 1) == 0)
		end_page(m);
}

/* ---- what is said ---- */

static enum shown_kind kind_of(bool notice, char **text)
{
	static const char action[] = "\x01"
				     "ACTION ";
	size_t len = strlen(*text);
	if (strncmp(*text, action, strlen(action)) != 0)
		return notice ? SHOWN_NOTICE : SHOWN_MESSAGE;
	if ((*text)[len - 1] == '\x01')
		(*text)[len - 1] = '\0';
	*text += strlen(action);
	return SHOWN_ACTION;
}

/* The line of ours that this is; NULL: it is not, or was known to have arrived. */
static struct out_line *own_line(struct model *m, const struct message *msg, const char *target,
				 const char *text)
{
	struct out_line *line = NULL;
	if (!msg->line_tag[0])
		return model_is_me(m, msg->nick) ? unsent_find_text(&m->unsent, target, text)
						 : NULL;
	line = unsent_find(&m->unsent, msg->line_tag);
	/* He may have another nick by now. Whoever else comes with his tag has seen or guessed it. */
	bool is_his = model_is_me(m, msg->nick) ||
		      (line && line->nick && strcasecmp(line->nick, msg->nick) == 0);
	return is_his ? line : NULL;
}

static void keep_shown(struct model *m, struct model_room *r, const struct message *msg,
		       const struct shown *what)
{
	struct irc *irc = irc_of(m);
	bool paged = msg->batch[0] && strcmp(msg->batch, irc->page.batch) == 0;
	if (paged) {
		if (irc->page.lines.count < MODEL_HELD_MAX)
			kept_lines_add(&irc->page.lines, msg->id, what);
		return;
	}
	if (r && past_hold(r, msg->id, what))
		return;
	if (r && msg->id[0]) {
		free(r->last_id);
		r->last_id = xstrdup(msg->id);
		r->last_ms = msg->time_ms;
	}
	model_show(m, what);
}

void talk_on_said(struct model *m, const struct message *msg)
{
	const char *target = message_param(msg, 0);
	char *text = msg->line.param_count > 1 ? msg->line.params[1] : NULL;
	struct model_room *r = model_room(m, target, false);
	struct buf nick = { 0 }, clean = { 0 };
	if (!text || (text[0] == '\x01' && strncmp(text,
						   "\x01"
						   "ACTION ",
						   8) != 0))
		return;
	enum shown_kind kind = kind_of(strcmp(msg->line.verb, "NOTICE") == 0, &text);
	struct out_line *line = own_line(m, msg, target, text);
	bool own = line || model_is_me(m, msg->nick);
	bool is_private = target[0] != '#' && msg->from_user;
	/* What one says to oneself comes twice. */
	if (is_private && own && model_is_me(m, target) && line) {
		unsent_drop(&m->unsent, line);
		model_push(m);
		return;
	}
	const char *who = is_private && own ? target : msg->nick;
	shown_clean(who, strlen(who), &nick);
	shown_clean(text, strlen(text), &clean);
	const struct shown what = {
		.kind = kind,
		.time_ms = msg->time_ms,
		.room = is_private || target[0] != '#' ? ""
			: r                            ? r->name
						       : target,
		.nick = nick.bytes,
		.text = clean.bytes,
		.private = is_private,
		.own = own,
	};
	if (line)
		unsent_drop(&m->unsent, line);
	keep_shown(m, r, msg, &what);
	buf_done(&nick);
	buf_done(&clean);
	if (line)
		model_push(m);
}

/* With an echo, a line is shown when that comes; without, when the server has answered a PING that
 * was sent behind it. */
void talk_say(struct model *m, struct out_line *line)
{
	struct irc *irc = irc_of(m);
	char tags[128] = "";
	if ((irc->caps & HAS_LABEL) && (irc->caps & HAS_BATCH))
		snprintf(tags, sizeof(tags), "@label=%s;" LINE_TAG "=%s ", line->id, line->id);
	else if (irc->caps & HAS_TAGS)
		snprintf(tags, sizeof(tags), "@" LINE_TAG "=%s ", line->id);
	model_sendf(m, "%sPRIVMSG %s :%s%s%s\r\n", tags, line->target,
		    line->action ? "\x01"
				   "ACTION "
				 : "",
		    line->text, line->action ? "\x01" : "");
	if (!(irc->caps & HAS_ECHO))
		model_sendf(m, "PING :line-%s\r\n", line->id);
}

void talk_on_pong(struct model *m, const struct message *msg)
{
	struct out_line *line;
	if (strncmp(message_last_param(msg), "line-", 5) != 0)
		return;
	line = unsent_find(&m->unsent, message_last_param(msg) + 5);
	if (line)
		model_arrived(m, line, m->now_ms, true);
	model_push(m);
}
