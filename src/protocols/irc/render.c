/* render: events become lines of IRC. Runs on the I/O threads for rooms, on the core's for answers. */
#include "protocols/irc/irc.h"

#include "core/mode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Who has a nick has a user name, too: the server has neither. */
static void add_source(struct buf *out, const struct event *e)
{
	if (e->from.user[0])
		buf_printf(out, ":%s!%s@%s ", e->from.nick, e->from.user, e->from.host);
	else
		buf_printf(out, ":%s ", e->from.nick);
}

/* ---- modes ---- */

/* Writes as many of these changes as go into max bytes, at least one, and returns how many. */
static size_t add_fitting(struct buf *out, const struct mode_change *changes, size_t count,
			  size_t max)
{
	struct buf text = { 0 };
	for (;; count--) {
		text.len = 0;
		mode_text(changes, count, &text);
		if (text.len <= max || count == 1)
			break;
	}
	buf_add(out, text.bytes, text.len);
	buf_done(&text);
	return count;
}

/* With its source before it, and masks that were completed, a change that was asked in one line may
 * need two. */
static void add_modes(struct buf *out, const struct event *e, unsigned variant, const char *tags)
{
	struct mode_change changes[MODE_CHANGES_MAX];
	struct buf head = { 0 };
	char *text = xstrdup(e->text);
	size_t count = mode_parse(text, changes, MODE_CHANGES_MAX);
	add_source(&head, e);
	buf_printf(&head, "MODE %s ", e->room_name);
	for (size_t at = 0; at < count;) {
		irc_add_tags(out, e, variant, tags, at == 0);
		buf_add(out, head.bytes, head.len);
		at += add_fitting(out, changes + at, count - at, IRC_LINE_BYTES - 2 - head.len);
		buf_add(out, "\r\n", 2);
	}
	buf_done(&head);
	free(text);
}

/* ---- the rest ---- */

/* Text goes last, so it may be empty or have spaces. */
static void add_text(struct buf *out, const struct event *e)
{
	buf_add(out, " :", 2);
	buf_add(out, e->text, e->text_len);
}

static void add_join(struct buf *out, const struct event *e, unsigned variant)
{
	buf_printf(out, "JOIN %s", e->room_name);
	if (variant & IRC_EXTENDED_JOIN) {
		buf_printf(out, " %s", e->from.account[0] ? e->from.account : "*");
		add_text(out, e);
	}
}

static void add_optional_text(struct buf *out, const char *verb, const struct event *e)
{
	buf_add_text(out, verb);
	if (e->text_len > 0)
		add_text(out, e);
}

/* To those who do not know CHGHOST he leaves and comes back:
 * https://ircv3.net/specs/extensions/chghost */
static void add_host(struct buf *out, const struct event *e, unsigned variant)
{
	if (variant & IRC_CHGHOST)
		buf_printf(out, "CHGHOST %s %s", e->from.user, e->text);
	else
		buf_add_text(out, "QUIT :Changing host");
}

static void add_return(struct buf *out, const struct event *e, unsigned variant, const char *tags)
{
	if (variant & IRC_CHGHOST)
		return;
	irc_add_tags(out, e, variant, tags, true);
	add_source(out, e);
	add_join(out, e, variant);
	buf_add(out, "\r\n", 2);
	if (!e->to_nick[0])
		return;
	irc_add_tags(out, e, variant, tags, false);
	add_source(out, e);
	buf_printf(out, "MODE %s %s\r\n", e->room_name, e->to_nick);
}

static void add_redaction(struct buf *out, const struct event *e)
{
	char id[IRC_MSGID_SIZE];
	irc_msgid_of(e->about_id, id);
	buf_printf(out, "REDACT %s %s", irc_event_target(e), id);
	add_optional_text(out, "", e);
}

/* What is one line; false: it is shown to nobody of this variant. */
static bool add_event(struct buf *out, const struct event *e, unsigned variant)
{
	switch (e->kind) {
	case EVENT_TOPIC:
		buf_printf(out, "TOPIC %s", e->room_name);
		add_text(out, e);
		return true;
	case EVENT_KICK:
		buf_printf(out, "KICK %s %s", e->room_name, e->to_nick);
		add_text(out, e);
		return true;
	case EVENT_RENAME:
		buf_printf(out, "RENAME %s %s", e->room_name, e->to_nick);
		add_text(out, e);
		return true;
	case EVENT_JOIN:
		add_join(out, e, variant);
		return true;
	case EVENT_PART:
		buf_printf(out, "PART %s", e->room_name);
		add_optional_text(out, "", e);
		return true;
	case EVENT_QUIT:
		buf_add_text(out, "QUIT");
		add_text(out, e);
		return true;
	case EVENT_NICK:
		/* As most servers have it: ii knows a new nick only by its ":". */
		buf_printf(out, "NICK :%s", e->text);
		return true;
	case EVENT_AWAY:
		add_optional_text(out, "AWAY", e);
		return variant & IRC_AWAY;
	case EVENT_NAME:
		buf_add_text(out, "SETNAME");
		add_text(out, e);
		return variant & IRC_SETNAME;
	case EVENT_INVITE:
	case EVENT_INVITED:
		buf_printf(out, "INVITE %s %s", e->to_nick, e->room_name);
		return e->kind == EVENT_INVITE || (variant & IRC_INVITED);
	case EVENT_HOST:
		add_host(out, e, variant);
		return true;
	case EVENT_LOGIN:
		buf_printf(out, "ACCOUNT %s", e->text_len > 0 ? e->text : "*");
		return variant & IRC_LOGIN;
	case EVENT_KILL:
		buf_printf(out, "KILL %s", e->to_nick);
		add_text(out, e);
		return true;
	case EVENT_REDACT:
		add_redaction(out, e);
		return variant & IRC_REDACTION;
	case EVENT_REACTION:
	case EVENT_TAGS:
		buf_printf(out, "TAGMSG %s", irc_event_target(e));
		return variant & IRC_TAGS;
	case EVENT_MODE: /* these have functions of their own */
	case EVENT_RETURN:
	case EVENT_WALLOPS:
	case EVENT_KNOCK: /* session.c says it */
	case EVENT_SERVER_NOTICE:
	case EVENT_CALLER:
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
	case EVENT_SEAL:
	case EVENT_ACCOUNT:
	case EVENT_VOUCHER:
	case EVENT_MARK:
	case EVENT_METADATA: /* metadata.c tells of these */
	case EVENT_ABOUT:
	case EVENT_CROWD: /* every entry is shown */
		return false;
	}
	return false;
}

void irc_render_tagged(const struct event *e, unsigned variant, const char *tags, struct buf *out)
{
	size_t from = out->len;
	if (event_is_message(e->kind) || e->kind == EVENT_CTCP || e->kind == EVENT_CTCP_REPLY) {
		irc_render_message(e, variant, tags, out);
		return;
	}
	if (e->kind == EVENT_MODE) {
		add_modes(out, e, variant, tags);
		return;
	}
	if (e->kind == EVENT_WALLOPS) {
		irc_render_wallops(e, variant, tags, out);
		return;
	}
	if (e->kind == EVENT_SERVER_NOTICE) {
		irc_render_server_notice(e, variant, tags, out);
		return;
	}
	if (e->kind == EVENT_RETURN) {
		add_return(out, e, variant, tags);
		return;
	}
	irc_add_tags(out, e, variant, tags, true);
	add_source(out, e);
	if (add_event(out, e, variant))
		buf_add(out, "\r\n", 2);
	else
		out->len = from;
}
