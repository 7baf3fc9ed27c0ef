/* tags: what stands before a line: https://ircv3.net/specs/extensions/message-tags
 *
 * The server's own come first, so that a client's never push them out of a limit. They are few and short:
 * together they stay far below the 4094 bytes that a server may add. */
#include "protocols/irc/irc.h"

#include "protocols/irc/line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void irc_time_text(int64_t time_ms, char text[IRC_TIME_SIZE])
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm utc;
	gmtime_r(&seconds, &utc);
	size_t len = strftime(text, IRC_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + len, IRC_TIME_SIZE - len, ".%03dZ", (int)(time_ms % 1000));
}

bool irc_time_parse(const char *text, int64_t *ret_ms)
{
	struct tm utc = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	int64_t ms = 0;
	if (!rest)
		return false;
	if (*rest == '.') {
		char *end;
		size_t digits = strspn(rest + 1, "0123456789");
		if (digits != 3)
			return false;
		ms = strtol(rest + 1, &end, 10);
		rest = end;
	}
	if (strcmp(rest, "Z") != 0)
		return false;
	*ret_ms = (int64_t)timegm(&utc) * 1000 + ms;
	return *ret_ms >= 0;
}

void irc_msgid_of(uint64_t id, char text[IRC_MSGID_SIZE])
{
	snprintf(text, IRC_MSGID_SIZE, "%" PRIx64, id);
}

/* What is stored is named by its place in the order of all; what passes, by a number of this run. */
void irc_msgid_text(const struct event *e, char text[IRC_MSGID_SIZE])
{
	if (e->id)
		irc_msgid_of(e->id, text);
	else
		snprintf(text, IRC_MSGID_SIZE, "p%" PRIx64, e->seq);
}

bool irc_msgid_parse(const char *text, uint64_t *ret_id)
{
	size_t len = strspn(text, "0123456789abcdef");
	if (len == 0 || len > 16 || text[len])
		return false;
	*ret_id = strtoull(text, NULL, 16);
	return true;
}

static void add_tag(struct buf *out, size_t from, const char *tag)
{
	buf_add(out, out->len == from ? "@" : ";", 1);
	buf_add_text(out, tag);
}

/* What is said, or tagged: it has an id, and whoever sent it may have put tags of his own on it. */
static bool is_talk(enum event_kind kind)
{
	return event_is_said(kind) || kind == EVENT_TAGS || kind == EVENT_CTCP ||
	       kind == EVENT_CTCP_REPLY;
}

/* https://ircv3.net/specs/extensions/account-tag, bot-mode and oper-tag */
static void add_sender_tags(struct buf *out, size_t from, const struct event *e, unsigned variant)
{
	if ((variant & IRC_ACCOUNT) && e->from.account[0]) {
		add_tag(out, from, "account=");
		irc_tag_escape(out, e->from.account);
	}
	if ((variant & IRC_TAGS) && e->from_bot)
		add_tag(out, from, "bot");
	if ((variant & IRC_OPERATOR) && e->from_operator)
		add_tag(out, from, "draft/oper");
}

/* A client's own stand on each line of a message, since others may go by them, unless they are so long
 * that all of its lines together would be too much. */
#define REPEATED_TAGS_BYTES 512

void irc_add_tags(struct buf *out, const struct event *e, unsigned variant, const char *tags,
		  bool first)
{
	char value[IRC_TIME_SIZE], id[IRC_MSGID_SIZE];
	size_t from = out->len;
	if (tags[0])
		add_tag(out, from, tags);
	if (variant & IRC_TIME) {
		irc_time_text(e->time_ms, value);
		add_tag(out, from, "time=");
		buf_add_text(out, value);
	}
	/* https://ircv3.net/specs/extensions/message-ids */
	if ((variant & IRC_TAGS) && first && (is_talk(e->kind) || e->id)) {
		irc_msgid_text(e, id);
		add_tag(out, from, "msgid=");
		buf_add_text(out, id);
	}
	add_sender_tags(out, from, e, variant);
	if ((variant & IRC_TAGS) && is_talk(e->kind) && e->tags[0] &&
	    (first || strlen(e->tags) <= REPEATED_TAGS_BYTES))
		add_tag(out, from, e->tags);
	if (out->len > from)
		buf_add(out, " ", 1);
}
