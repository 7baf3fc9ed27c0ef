/* irc: the client speaks IRC (https://modern.ircdocs.horse), with what IRCv3 adds where the server has
 * it: echoes that prove arrival, labels that tie an answer to a line, and the history. */
#include "client/irc/irc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define PIECE_BYTES 380 /* of text in one line, so that it fits whoever says it and wherever */
#define PING_MS 60000   /* silence after which the server is asked */

/* In the order of enum irc_cap. */
static const char *const caps_wanted[] = {
	"server-time",  "message-tags",     "batch",
	"echo-message", "labeled-response", "draft/chathistory",
};

const char *message_param(const struct message *msg, size_t index)
{
	return index < msg->line.param_count ? msg->line.params[index] : "";
}

const char *message_last_param(const struct message *msg)
{
	return msg->line.param_count > 0 ? msg->line.params[msg->line.param_count - 1] : "";
}

/* ---- getting in ---- */

static void say_nick(struct model *m)
{
	model_sendf(m, "NICK %s\r\n", m->wanted_nick);
}

static void irc_connected(struct model *m)
{
	struct irc *irc = xcalloc(1, sizeof(*irc));
	free(m->own);
	m->own = irc;
	irc->heard_ms = m->now_ms;
	model_sendf(m, "CAP LS 302\r\n");
	if (m->password)
		model_sendf(m, "PASS :%s\r\n", m->password);
	say_nick(m);
	model_sendf(m, "USER teahouse 0 * :%s\r\n", m->wanted_nick);
}

static void irc_gone(struct model *m)
{
	if (irc_of(m))
		kept_lines_done(&irc_of(m)->page.lines);
	free(m->own);
	m->own = NULL;
}

/* Is word one of the list's, with or without a value? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; *(at += strspn(at, " "));) {
		size_t n = strcspn(at, " ");
		if (strncmp(at, word, len) == 0 && (n == len || (n > len && at[len] == '=')))
			return true;
		at += n;
	}
	return false;
}

static void on_cap_ls(struct model *m, const struct message *msg)
{
	struct irc *irc = irc_of(m);
	struct buf wanted = { 0 };
	size_t used = strlen(irc->offered);
	snprintf(irc->offered + used, sizeof(irc->offered) - used, " %s", message_last_param(msg));
	if (strcmp(message_param(msg, 2), "*") == 0 && msg->line.param_count > 3)
		return;
	for (size_t i = 0; i < ARRAY_LEN(caps_wanted); i++)
		if (has_word(irc->offered, caps_wanted[i]))
			buf_printf(&wanted, "%s%s", wanted.len ? " " : "", caps_wanted[i]);
	if (wanted.len > 0)
		model_sendf(m, "CAP REQ :%s\r\n", wanted.bytes);
	else
		model_sendf(m, "CAP END\r\n");
	buf_done(&wanted);
}

static void on_cap(struct model *m, const struct message *msg)
{
	const char *subcommand = message_param(msg, 1);
	if (strcasecmp(subcommand, "LS") == 0) {
		on_cap_ls(m, msg);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(caps_wanted); i++)
		if (strcasecmp(subcommand, "ACK") == 0 &&
		    has_word(message_last_param(msg), caps_wanted[i]))
			irc_of(m)->caps |= BIT(i);
	if (m->state == MODEL_NAMING)
		model_sendf(m, "CAP END\r\n");
}

/* Of private talk there is no history to look it up in: whoever talked is somebody else now. */
static void give_up_private(struct model *m)
{
	for (struct out_line *l = m->unsent.first, *next; l; l = next) {
		next = l->next;
		if (!l->doubtful || l->target[0] == '#')
			continue;
		model_tell(m, SHOWN_ERROR, NULL, WORDS_DOUBTFUL, l->target, l->text);
		m->failed = true;
		unsent_drop(&m->unsent, l);
	}
}

static void on_welcome(struct model *m, const struct message *msg)
{
	model_entered(m, message_param(msg, 0));
	give_up_private(m);
	for (struct model_room *r = m->rooms; r; r = r->next)
		if (r->wanted)
			model_sendf(m, "JOIN %s\r\n", r->name);
	model_push(m);
}

static void on_nick_refused(struct model *m, const struct message *msg)
{
	bool taken = strcmp(msg->line.verb, "433") == 0;
	model_tell(m, SHOWN_ERROR, NULL, taken ? WORDS_NICK_TAKEN : WORDS_NICK_INVALID,
		   m->state == MODEL_NAMING ? m->wanted_nick : message_param(msg, 1));
	if (m->state != MODEL_NAMING)
		return;
	size_t len = strlen(m->wanted_nick);
	if (taken && m->nick_tries++ < 3 && len + 1 < sizeof(m->wanted_nick)) {
		memcpy(m->wanted_nick + len, "_", 2);
		say_nick(m);
	} else {
		m->ops.ask_nick(m->ops.ctx);
	}
}

static void on_password_refused(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_ERROR, NULL, WORDS_REFUSED, message_last_param(msg));
	if (m->state == MODEL_NAMING)
		m->ops.end(m->ops.ctx, MODEL_END_LOGIN);
}

/* ---- errors, and the connection itself ---- */

/* The line of ours that this refuses: its label says which, or else whom it was for. */
static struct out_line *refused_line(struct model *m, const struct message *msg)
{
	static const char *const verbs[] = { "401", "403", "404", "407" };
	if (msg->label[0])
		return unsent_find(&m->unsent, msg->label);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i], msg->line.verb) == 0)
			for (struct out_line *l = m->unsent.first; l; l = l->next)
				if (l->sent && strcasecmp(l->target, message_param(msg, 1)) == 0)
					return l;
	return NULL;
}

/* It is not said again. false: it was no line of ours. */
static bool drop_refused(struct model *m, const struct message *msg)
{
	struct out_line *line = refused_line(m, msg);
	if (!line)
		return false;
	m->failed = true;
	model_tell(m, SHOWN_ERROR, NULL, WORDS_NOT_SENT, line->text, message_last_param(msg));
	unsent_drop(&m->unsent, line);
	model_push(m);
	return true;
}

/* He cannot enter a room: who only pipes lines into it has no other. */
static void check_door(struct model *m, const struct message *msg)
{
	const struct model_room *r = model_room(m, message_param(msg, 1), false);
	if (r && r->wanted && !r->joined && !m->interactive)
		m->ops.end(m->ops.ctx, MODEL_END_FAILED);
}

static void on_error_reply(struct model *m, const struct message *msg)
{
	struct buf text = { 0 };
	if (drop_refused(m, msg))
		return;
	for (size_t i = 1; i < msg->line.param_count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", message_param(msg, i));
	model_tell_text(m, SHOWN_ERROR, NULL, text.bytes ? text.bytes : msg->line.verb);
	buf_done(&text);
	check_door(m, msg);
}

/* FAIL command code [context…] :text, https://ircv3.net/specs/extensions/standard-replies */
static void on_fail(struct model *m, const struct message *msg)
{
	struct irc *irc = irc_of(m);
	if (strcmp(message_param(msg, 0), "CHATHISTORY") == 0) {
		struct model_room *r = model_room(m, irc->page.room, false);
		kept_lines_done(&irc->page.lines);
		irc->page = (struct page){ 0 };
		if (r)
			past_give_up(m, r);
		if (r)
			talk_room_is_up_to_date(m, r->name);
		talk_ask_next_past(m);
	}
	on_error_reply(m, msg);
}

static void on_ping(struct model *m, const struct message *msg)
{
	model_sendf(m, "PONG :%s\r\n", message_last_param(msg));
}

static void on_error(struct model *m, const struct message *msg)
{
	if (!m->leaving)
		model_tell_text(m, SHOWN_ERROR, NULL, message_last_param(msg));
}

/* A room without a message of the day is no error. */
static void on_nothing(struct model *m, const struct message *msg)
{
	(void)m;
	(void)msg;
}

static const struct handler {
	const char *verb;
	void (*run)(struct model *m, const struct message *msg);
} handlers[] = {
	{ "001", on_welcome },
	{ "331", rooms_on_topic_none },
	{ "332", rooms_on_topic_is },
	{ "353", rooms_on_names },
	{ "366", rooms_on_names_end },
	{ "432", on_nick_refused },
	{ "422", on_nothing },
	{ "433", on_nick_refused },
	{ "464", on_password_refused },
	{ "BATCH", talk_on_batch },
	{ "CAP", on_cap },
	{ "ERROR", on_error },
	{ "FAIL", on_fail },
	{ "INVITE", rooms_on_invite },
	{ "JOIN", rooms_on_join },
	{ "KICK", rooms_on_kick },
	{ "MODE", rooms_on_mode },
	{ "NICK", rooms_on_nick },
	{ "NOTICE", talk_on_said },
	{ "PART", rooms_on_part },
	{ "PING", on_ping },
	{ "PONG", talk_on_pong },
	{ "PRIVMSG", talk_on_said },
	{ "QUIT", rooms_on_quit },
	{ "TOPIC", rooms_on_topic },
};

static int64_t parse_time(const char *text)
{
	struct tm utc = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (!rest)
		return 0;
	return (int64_t)timegm(&utc) * 1000 +
	       (*rest == '.' ? strtol(rest + 1, NULL, 10) % 1000 : 0);
}

/* An id is sent back as a word of a command. */
static bool is_word(const char *text)
{
	const char *at = text;
	while ((unsigned char)*at > ' ')
		at++;
	return !*at;
}

static void read_tags(struct model *m, struct message *msg)
{
	char *at = msg->line.tags, *key, *value;
	msg->id = msg->label = msg->batch = msg->line_tag = "";
	msg->time_ms = m->now_ms;
	while (irc_tag_next(&at, &key, &value)) {
		irc_tag_unescape(value);
		if (strcmp(key, "msgid") == 0 && is_word(value))
			msg->id = value;
		else if (strcmp(key, "label") == 0)
			msg->label = value;
		else if (strcmp(key, "batch") == 0)
			msg->batch = value;
		else if (strcmp(key, LINE_TAG) == 0)
			msg->line_tag = value;
		else if (strcmp(key, "time") == 0 && parse_time(value) > 0)
			msg->time_ms = parse_time(value);
	}
}

static void irc_line(struct model *m, char *line)
{
	struct message msg;
	irc_of(m)->heard_ms = m->now_ms;
	irc_of(m)->pinged_ms = 0;
	if (!irc_line_parse(line, &msg.line))
		return;
	snprintf(msg.nick, sizeof(msg.nick), "%.*s", (int)strcspn(msg.line.source, "!"),
		 msg.line.source);
	msg.from_user = strchr(msg.line.source, '!') != NULL;
	read_tags(m, &msg);
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (strcmp(handlers[i].verb, msg.line.verb) == 0) {
			handlers[i].run(m, &msg);
			return;
		}
	if (msg.line.verb[0] == '4' || msg.line.verb[0] == '5')
		on_error_reply(m, &msg);
}

/* ---- time ---- */

static void irc_tick(struct model *m)
{
	struct irc *irc = irc_of(m);
	if (irc->pinged_ms && m->now_ms - irc->pinged_ms >= PING_MS) {
		irc->pinged_ms = m->now_ms; /* once is enough */
		m->ops.hang_up(m->ops.ctx);
	} else if (!irc->pinged_ms && m->now_ms - irc->heard_ms >= PING_MS) {
		irc->pinged_ms = m->now_ms;
		model_sendf(m, "PING :still-there\r\n");
	}
}

static int irc_wait(const struct model *m)
{
	const struct irc *irc = irc_of(m);
	int64_t since_ms = irc->pinged_ms ? irc->pinged_ms : irc->heard_ms;
	int64_t left_ms = since_ms + PING_MS - m->now_ms;
	return left_ms > 0 ? (int)left_ms : 0;
}

const struct speech speech_irc = {
	.scheme = "irc",
	.piece_bytes = PIECE_BYTES,
	.by_line = true,
	.connected = irc_connected,
	.gone = irc_gone,
	.line = irc_line,
	.name = say_nick,
	.say = talk_say,
	.command = rooms_command,
	.quit = rooms_quit,
	.tick = irc_tick,
	.wait = irc_wait,
};
