/* render_message: what somebody says becomes lines of IRC.
 *
 * Words are never lost because they are many: what does not fit a line goes on in another. Who has
 * draft/multiline (https://ircv3.net/specs/extensions/multiline) gets what is more than a line as a batch
 * of its own, which gives the words back exactly; everybody else gets the lines one by one, without the
 * blank ones and without the space at which a line was cut. Both get them divided as they were sent. */
#include "protocols/irc/irc.h"

#include "protocols/irc/split.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *irc_event_target(const struct event *e)
{
	return e->room_name[0] ? e->room_name : e->to_nick;
}

/* "[14:05] ", for those who are not told times in a better way. */
static void time_words(const struct event *e, unsigned variant, char words[16])
{
	time_t seconds = (time_t)(e->time_ms / 1000);
	struct tm local;
	words[0] = '\0';
	if (!(variant & VARIANT_PAST) || (variant & IRC_TIME))
		return;
	localtime_r(&seconds, &local);
	strftime(words, 16, "[%m-%d %H:%M] ", &local);
}

struct message {
	const struct event *event;
	unsigned variant;
	const char *tags;
	char head[256];    /* ":nick!user@host PRIVMSG target :" */
	char before[32];   /* what stands before the words of each line, or of the batch */
	const char *after; /* and behind them */
	char batch[IRC_MSGID_SIZE + 1]; /* its reference, if it is one */
	size_t line_count;              /* so far */
};

static void message_init(struct message *m, const struct event *e, unsigned variant,
			 const char *tags)
{
	bool notice = e->kind == EVENT_NOTICE || e->kind == EVENT_CTCP_REPLY;
	bool action = e->kind == EVENT_ACTION;
	char when[16];
	*m = (struct message){ .event = e, .variant = variant, .tags = tags };
	time_words(e, variant, when);
	snprintf(m->head, sizeof(m->head), ":%s!%s@%s %s %s :", e->from.nick, e->from.user,
		 e->from.host, notice ? "NOTICE" : "PRIVMSG", irc_event_target(e));
	if (action || when[0])
		snprintf(m->before, sizeof(m->before), "%s%s",
			 action ? "\x01"
				  "ACTION "
				: "",
			 when);
	m->after = action ? "\x01" : "";
}

/* Bytes that a line has for words. */
static size_t message_room(const struct message *m)
{
	return IRC_LINE_BYTES - strlen("\r\n") - strlen(m->head) - strlen(m->before) -
	       strlen(m->after);
}

/* ---- the parts that it was sent in ---- */

struct part {
	const char *text;
	size_t len;
	bool joined; /* to the one before, with no newline between */
};

/* Where the reading is. */
struct parts {
	const struct event *event;
	size_t at, joint;
	bool joined, over;
};

static bool parts_next(struct parts *p, struct part *ret)
{
	const struct event *e = p->event;
	if (p->over)
		return false;
	const char *newline = memchr(e->text + p->at, '\n', e->text_len - p->at);
	size_t end = newline ? (size_t)(newline - e->text) : e->text_len;
	bool at_joint = p->joint < e->joint_count && e->joints[p->joint] <= end;
	if (at_joint)
		end = e->joints[p->joint++];
	*ret = (struct part){ e->text + p->at, end - p->at, p->joined };
	p->joined = at_joint;
	p->over = end == e->text_len && !at_joint;
	p->at = end + !at_joint;
	return true;
}

/* ---- one by one ---- */

static void add_line(struct buf *out, struct message *m, const char *text, size_t len)
{
	irc_add_tags(out, m->event, m->variant, m->tags, m->line_count == 0);
	buf_add_text(out, m->head);
	buf_add_text(out, m->before);
	buf_add(out, text, len);
	buf_add_text(out, m->after);
	buf_add(out, "\r\n", 2);
	m->line_count++;
}

static void add_part(struct buf *out, struct message *m, const char *text, size_t len)
{
	while (len > 0) {
		size_t piece = irc_split(text, len, message_room(m));
		add_line(out, m, text, piece);
		text += piece;
		len -= piece;
		if (len > 0 && text[0] == ' ') {
			text++;
			len--;
		}
	}
}

/* ---- as a batch ---- */

static void batch_tags(struct buf *out, const char *tags)
{
	if (tags[0])
		buf_printf(out, "@%s ", tags);
}

static void add_batch_line(struct buf *out, struct message *m, const struct part *p, bool last)
{
	buf_printf(out, "@batch=%s%s %s", m->batch, p->joined ? ";draft/multiline-concat" : "",
		   m->head);
	buf_add_text(out, m->line_count == 0 ? m->before : "");
	buf_add(out, p->text, p->len);
	buf_add_text(out, last ? m->after : "");
	buf_add(out, "\r\n", 2);
	m->line_count++;
}

/* How much of a part goes into a line: cut at a space, that stays at the end. */
static size_t batch_piece(const struct message *m, const char *text, size_t len)
{
	size_t room = message_room(m);
	size_t piece = irc_split(text, len, room);
	if (piece == len || text[piece] != ' ')
		return piece;
	piece = irc_split(text, len, room - 1);
	return piece + (text[piece] == ' ');
}

static void add_batch_part(struct buf *out, struct message *m, struct part p, bool last)
{
	const char *end = p.text + p.len;
	for (;;) {
		p.len = batch_piece(m, p.text, (size_t)(end - p.text));
		add_batch_line(out, m, &p, last && p.text + p.len == end);
		p.text += p.len;
		p.joined = true;
		if (p.text == end)
			return;
	}
}

static void add_batch(struct buf *out, struct message *m)
{
	const struct event *e = m->event;
	struct parts parts = { .event = e };
	struct part p;
	char id[IRC_MSGID_SIZE];
	irc_msgid_text(e, id);
	/* Answers number their batches: theirs begin with a digit. */
	snprintf(m->batch, sizeof(m->batch), "m%s", id);
	irc_add_tags(out, e, m->variant, m->tags, true);
	buf_printf(out, ":%s!%s@%s BATCH +%s draft/multiline %s\r\n", e->from.nick, e->from.user,
		   e->from.host, m->batch, irc_event_target(e));
	while (parts_next(&parts, &p))
		add_batch_part(out, m, p, parts.over);
	batch_tags(out, m->tags);
	buf_printf(out, "BATCH -%s\r\n", m->batch);
}

/* ---- all of it ---- */

static bool message_is_batch(const struct message *m)
{
	const struct event *e = m->event;
	return (m->variant & IRC_MULTILINE) && event_is_message(e->kind) &&
	       (e->joint_count > 0 || e->text_len > message_room(m) ||
		memchr(e->text, '\n', e->text_len));
}

bool irc_message_is_batch(const struct event *e, unsigned variant)
{
	struct message m;
	message_init(&m, e, variant, "");
	return message_is_batch(&m);
}

void irc_render_message(const struct event *e, unsigned variant, const char *tags, struct buf *out)
{
	struct parts parts = { .event = e };
	struct message m;
	struct part p;
	message_init(&m, e, variant, tags);
	if (message_is_batch(&m)) {
		add_batch(out, &m);
		return;
	}
	while (parts_next(&parts, &p))
		add_part(out, &m, p.text, p.len);
}

void irc_render_wallops(const struct event *e, unsigned variant, const char *tags, struct buf *out)
{
	struct message m;
	message_init(&m, e, variant, tags);
	snprintf(m.head, sizeof(m.head), ":%s!%s@%s WALLOPS :", e->from.nick, e->from.user,
		 e->from.host);
	add_part(out, &m, e->text, e->text_len);
}

void irc_render_server_notice(const struct event *e, unsigned variant, const char *tags,
			      struct buf *out)
{
	struct message m;
	message_init(&m, e, variant, tags);
	snprintf(m.head, sizeof(m.head), ":%s NOTICE %s :", e->from.nick, e->to_nick);
	snprintf(m.before, sizeof(m.before), "*** ");
	add_part(out, &m, e->text, e->text_len);
}

size_t irc_event_bytes(const struct event *e)
{
	size_t lines = 1 + e->joint_count + e->text_len / (IRC_LINE_BYTES / 2);
	for (size_t i = 0; i < e->text_len; i++)
		lines += e->text[i] == '\n';
	return e->text_len + lines * IRC_LINE_BYTES / 2 + strlen(e->tags);
}
