/* plain_lines: events become lines of the plain protocol. Runs on the I/O threads; docs/plain.md. */
#include "protocols/plain.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static enum lang lang_of(unsigned variant)
{
	return variant & PLAIN_ENGLISH ? LANG_EN : LANG_ZH;
}

/* "[14:05] ", with the day in front when it is another than today. */
static void add_time(struct buf *out, int64_t time_ms)
{
	time_t then = (time_t)(time_ms / 1000), now = time(NULL);
	struct tm then_tm, now_tm;
	char text[32];
	localtime_r(&then, &then_tm);
	localtime_r(&now, &now_tm);
	bool today = then_tm.tm_yday == now_tm.tm_yday && then_tm.tm_year == now_tm.tm_year;
	strftime(text, sizeof(text), today ? "[%H:%M] " : "[%m-%d %H:%M] ", &then_tm);
	buf_add_text(out, text);
}

static void add_head(struct buf *out, const struct event *e, unsigned variant)
{
	if (variant & VARIANT_PAST)
		add_time(out, e->time_ms);
	if ((variant & PLAIN_ELSEWHERE) || event_rank(e)) {
		buf_add(out, "[", 1);
		buf_add_text(out, e->room_name);
		buf_add(out, "] ", 2);
	}
}

static void add_speaker(struct buf *out, const struct event *e, unsigned variant)
{
	const char *nick = e->from.nick;
	bool private = event_is_private(e), mine = variant & VARIANT_ANSWER;
	if (private && mine)
		buf_printf(out, text_of(lang_of(variant), TEXT_PRIVATE_TO), e->to_nick);
	if (private && !mine && e->kind == EVENT_MESSAGE)
		buf_printf(out, text_of(lang_of(variant), TEXT_PRIVATE_FROM), nick);
	else if (e->kind == EVENT_ACTION)
		buf_printf(out, "* %s ", nick);
	else if (e->kind == EVENT_NOTICE)
		buf_printf(out, "-%s- ", nick);
	else if (!private)
		buf_printf(out, "%s:", nick);
}

/* Each line of a message stands for itself, so that none can pass for the server's own. */
static void add_message(struct buf *out, const struct event *e, unsigned variant)
{
	const char *at = e->text, *end = e->text + e->text_len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline ? newline : end;
		if (line_end > at) {
			add_head(out, e, variant);
			add_speaker(out, e, variant);
			text_add_shown(out, at, (size_t)(line_end - at));
			buf_add(out, "\n", 1);
		}
		at = line_end + 1;
	}
}

static void add_topic(struct buf *out, const struct event *e, unsigned variant)
{
	struct buf shown = { 0 };
	text_add_shown(&shown, e->text, e->text_len);
	add_head(out, e, variant);
	if (shown.len > 0)
		buf_printf(out, text_of(lang_of(variant), TEXT_TOPIC_SET), e->from.nick,
			   shown.bytes);
	else
		buf_printf(out, text_of(lang_of(variant), TEXT_TOPIC_REMOVED), e->from.nick);
	buf_done(&shown);
}

/* Adds "(why)", or nothing; out has bytes in any case. */
static void add_reason(struct buf *out, const struct event *e)
{
	buf_add_text(out, "");
	if (e->text_len == 0)
		return;
	buf_add_text(out, "(");
	text_add_shown(out, e->text, e->text_len);
	buf_add_text(out, ")");
}

static void add_kick(struct buf *out, const struct event *e, unsigned variant)
{
	struct buf reason = { 0 };
	add_reason(&reason, e);
	add_head(out, e, variant);
	buf_printf(out, text_of(lang_of(variant), TEXT_KICKED), e->to_nick, e->from.nick,
		   reason.bytes);
	buf_done(&reason);
}

static void add_kill(struct buf *out, const struct event *e, unsigned variant)
{
	struct buf reason = { 0 };
	add_reason(&reason, e);
	buf_printf(out, text_of(lang_of(variant), TEXT_KILLED), e->from.nick, reason.bytes);
	buf_done(&reason);
}

static void add_knock(struct buf *out, const struct event *e, unsigned variant)
{
	struct buf reason = { 0 };
	if (e->text_len > 0) {
		buf_add_text(&reason, ": ");
		text_add_shown(&reason, e->text, e->text_len);
	}
	buf_printf(out, text_of(lang_of(variant), TEXT_KNOCKED), e->from.nick, e->room_name,
		   reason.bytes ? reason.bytes : "");
	buf_done(&reason);
}

static void add_crowd(struct buf *out, const struct event *e, unsigned variant)
{
	if (e->entered > 0) {
		add_head(out, e, variant);
		buf_printf(out, text_of(lang_of(variant), TEXT_MANY_ENTERED), e->entered);
	}
	if (e->left > 0) {
		add_head(out, e, variant);
		buf_printf(out, text_of(lang_of(variant), TEXT_MANY_LEFT), e->left);
	}
}

void plain_render(const struct event *e, unsigned variant, struct buf *out)
{
	enum lang lang = lang_of(variant);
	if (variant & VARIANT_CROWDED)
		return;
	switch (e->kind) {
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
		add_message(out, e, variant);
		return;
	case EVENT_TOPIC:
		add_topic(out, e, variant);
		return;
	case EVENT_JOIN:
		add_head(out, e, variant);
		buf_printf(out, text_of(lang, TEXT_ENTERED), e->from.nick);
		return;
	case EVENT_PART:
		add_head(out, e, variant);
		buf_printf(out, text_of(lang, TEXT_LEFT), e->from.nick);
		return;
	case EVENT_QUIT: /* of the whole place: no room in front */
		buf_printf(out, text_of(lang, TEXT_LEFT), e->from.nick);
		return;
	case EVENT_NICK:
		buf_printf(out, text_of(lang, TEXT_RENAMED), e->from.nick, e->text);
		return;
	case EVENT_RENAME:
		buf_printf(out, text_of(lang, TEXT_ROOM_RENAMED), e->from.nick, e->room_name,
			   e->to_nick);
		return;
	case EVENT_REDACT:
		add_head(out, e, variant);
		buf_printf(out, text_of(lang, TEXT_REDACTED), e->from.nick);
		return;
	case EVENT_CROWD:
		add_crowd(out, e, variant);
		return;
	case EVENT_KICK:
		add_kick(out, e, variant);
		return;
	case EVENT_KILL:
		add_kill(out, e, variant);
		return;
	case EVENT_INVITE:
		buf_printf(out, text_of(lang, TEXT_INVITED), e->from.nick, e->room_name);
		return;
	case EVENT_KNOCK:
		add_knock(out, e, variant);
		return;
	case EVENT_WALLOPS: /* a plain guest has no modes: he does not want to hear it */
	case EVENT_SERVER_NOTICE:
	case EVENT_CALLER: /* nor can he be +g */
	case EVENT_MODE:
	case EVENT_SEAL:
	case EVENT_ACCOUNT:
	case EVENT_VOUCHER:
	case EVENT_MARK:
	case EVENT_METADATA:
	case EVENT_ABOUT:
	case EVENT_AWAY:
	case EVENT_NAME:
	case EVENT_REACTION:
	case EVENT_TAGS:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
	case EVENT_HOST:
	case EVENT_LOGIN:
	case EVENT_INVITED:
	case EVENT_RETURN:
		return;
	}
}
