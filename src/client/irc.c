/* irc: the client speaks IRC (https://modern.ircdocs.horse), with what IRCv3 adds where the server has
 * it: echoes that prove arrival, labels that tie an answer to a line, and the history. */
#include "client/past.h"
#include "client/speech.h"
#include "protocols/irc/line.h"
#include "protocols/irc/split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define PIECE_BYTES 380 /* of text in one line, so that it fits whoever says it and wherever */
#define PING_MS 60000   /* silence after which the server is asked */

/* https://ircv3.net/specs/extensions/message-tags: a tag of our own, which the history keeps too. */
#define LINE_TAG "+teahouse/line"

static const char *const caps_wanted[] = {
	"server-time",  "message-tags",     "batch",
	"echo-message", "labeled-response", "draft/chathistory",
};

enum cap {
	HAS_TIME = BIT(0),
	HAS_TAGS = BIT(1),
	HAS_BATCH = BIT(2),
	HAS_ECHO = BIT(3),
	HAS_LABEL = BIT(4),
	HAS_HISTORY = BIT(5)
};

/* A page of history on its way. */
struct page {
	char batch[64]; /* its name; "": not begun */
	char room[MODEL_ROOM_SIZE];
	size_t asked;
	struct kept_lines lines;
};

struct irc {
	unsigned caps;
	char offered[2048]; /* of CAP LS, so far */
	int64_t heard_ms;   /* when something last came */
	bool pinged;
	struct page page;
};

/* One message of the server, cut up. */
struct message {
	struct irc_line line;
	char nick[MODEL_NICK_SIZE]; /* of its source */
	bool from_user;             /* not a server's */
	const char *id, *label, *batch, *line_tag;
	int64_t time_ms;
};

static struct irc *irc_of(const struct model *m)
{
	return m->own;
}

static const char *param(const struct message *msg, size_t index)
{
	return index < msg->line.param_count ? msg->line.params[index] : "";
}

static const char *last_param(const struct message *msg)
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
	snprintf(irc->offered + used, sizeof(irc->offered) - used, " %s", last_param(msg));
	if (strcmp(param(msg, 2), "*") == 0 && msg->line.param_count > 3)
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
	const char *subcommand = param(msg, 1);
	if (strcasecmp(subcommand, "LS") == 0) {
		on_cap_ls(m, msg);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(caps_wanted); i++)
		if (strcasecmp(subcommand, "ACK") == 0 && has_word(last_param(msg), caps_wanted[i]))
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
	model_entered(m, param(msg, 0));
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
		   m->state == MODEL_NAMING ? m->wanted_nick : param(msg, 1));
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
	model_tell(m, SHOWN_ERROR, NULL, WORDS_REFUSED, last_param(msg));
	if (m->state == MODEL_NAMING)
		m->ops.end(m->ops.ctx, MODEL_END_LOGIN);
}

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
static void ask_next_past(struct model *m)
{
	struct irc *irc = irc_of(m);
	for (struct model_room *r = m->rooms; r && !irc->page.room[0]; r = r->next)
		if (r->catching_up)
			ask_page(m, r, NULL);
}

static void room_is_up_to_date(struct model *m, const char *name)
{
	unsent_resend(&m->unsent, name);
	model_push(m);
}

static void begin_past(struct model *m, struct model_room *r)
{
	if (!(irc_of(m)->caps & HAS_HISTORY) || !(irc_of(m)->caps & HAS_BATCH)) {
		room_is_up_to_date(m, r->name);
		return;
	}
	past_begin(m, r);
	ask_next_past(m);
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
		m->ops.show(m->ops.ctx, &what);
	}
	kept_lines_done(&lines);
	if (r)
		room_is_up_to_date(m, r->name);
	ask_next_past(m);
}

static void on_batch(struct model *m, const struct message *msg)
{
	struct irc *irc = irc_of(m);
	const char *name = param(msg, 0);
	if (name[0] == '+' && strcmp(param(msg, 1), "chathistory") == 0)
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
	/* He may have had another nick when he said it. */
	if (msg->line_tag[0])
		return unsent_find(&m->unsent, msg->line_tag);
	if (!model_is_me(m, msg->nick))
		return NULL;
	return unsent_find_text(&m->unsent, target, text);
}

static void keep_shown(struct model *m, struct model_room *r, const struct message *msg,
		       const struct shown *what)
{
	struct irc *irc = irc_of(m);
	bool paged = msg->batch[0] && strcmp(msg->batch, irc->page.batch) == 0;
	if (paged) {
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
	m->ops.show(m->ops.ctx, what);
}

static void on_said(struct model *m, const struct message *msg)
{
	const char *target = param(msg, 0);
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
static void irc_say(struct model *m, struct out_line *line)
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

static void on_pong(struct model *m, const struct message *msg)
{
	struct out_line *line;
	if (strncmp(last_param(msg), "line-", 5) != 0)
		return;
	line = unsent_find(&m->unsent, last_param(msg) + 5);
	if (line)
		model_arrived(m, line, m->now_ms, true);
	model_push(m);
}

/* ---- who comes and goes ---- */

static void on_join(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, param(msg, 0), model_is_me(m, msg->nick));
	if (!r)
		return;
	if (!model_is_me(m, msg->nick)) {
		model_tell(m, SHOWN_EVENT, r, WORDS_ENTERED, msg->nick);
		return;
	}
	/* Whoever is back after a reconnect goes on where he was. */
	bool back = r->wanted && m->here;
	r->joined = r->wanted = true;
	snprintf(r->name, sizeof(r->name), "%s", param(msg, 0));
	if (!back)
		model_set_here(m, r);
}

static void tell_left(struct model *m, const struct model_room *r, const char *nick,
		      const char *why)
{
	if (*why)
		model_tell(m, SHOWN_EVENT, r, WORDS_LEFT_WHY, nick, why);
	else
		model_tell(m, SHOWN_EVENT, r, WORDS_LEFT, nick);
}

static void left(struct model *m, const char *room, const char *nick, const char *why)
{
	struct model_room *r = model_room(m, room, false);
	if (!r)
		return;
	if (!model_is_me(m, nick)) {
		tell_left(m, r, nick, why);
		return;
	}
	r->joined = r->wanted = false;
	model_tell(m, SHOWN_INFO, NULL, WORDS_PART_OF, r->name);
	if (m->here != r)
		return;
	struct model_room *next = m->rooms;
	while (next && !next->joined)
		next = next->next;
	model_set_here(m, next);
	if (next)
		model_tell(m, SHOWN_INFO, NULL, WORDS_IN_ROOM, next->name);
	else
		model_tell(m, SHOWN_INFO, NULL, WORDS_NO_ROOM);
}

static void on_part(struct model *m, const struct message *msg)
{
	left(m, param(msg, 0), msg->nick, param(msg, 1));
}

static void on_quit(struct model *m, const struct message *msg)
{
	if (!model_is_me(m, msg->nick))
		tell_left(m, NULL, msg->nick, param(msg, 0));
}

static void on_kick(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, param(msg, 0), false);
	model_tell(m, SHOWN_EVENT, r, WORDS_KICKED, param(msg, 1), msg->nick, param(msg, 2));
	if (r && model_is_me(m, param(msg, 1)))
		left(m, r->name, m->nick, "");
}

static void on_nick(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_EVENT, NULL, WORDS_RENAMED, msg->nick, param(msg, 0));
	if (!model_is_me(m, msg->nick))
		return;
	snprintf(m->nick, sizeof(m->nick), "%s", param(msg, 0));
	snprintf(m->wanted_nick, sizeof(m->wanted_nick), "%s", param(msg, 0));
	m->ops.changed(m->ops.ctx);
}

static void on_topic(struct model *m, const struct message *msg)
{
	const struct model_room *r = model_room(m, param(msg, 0), false);
	if (last_param(msg)[0])
		model_tell(m, SHOWN_EVENT, r, WORDS_TOPIC_SET, msg->nick, last_param(msg));
	else
		model_tell(m, SHOWN_EVENT, r, WORDS_TOPIC_REMOVED, msg->nick);
}

static void on_mode(struct model *m, const struct message *msg)
{
	struct buf text = { 0 };
	const struct model_room *r = model_room(m, param(msg, 0), false);
	if (!r)
		return;
	for (size_t i = 1; i < msg->line.param_count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", param(msg, i));
	model_tell(m, SHOWN_EVENT, r, WORDS_MODE, msg->nick, text.bytes ? text.bytes : "");
	buf_done(&text);
}

static void on_invite(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, NULL, WORDS_INVITED, msg->nick, param(msg, 1));
}

static void on_topic_is(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, model_room(m, param(msg, 1), false), WORDS_TOPIC_IS,
		   last_param(msg));
}

static void on_topic_none(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, model_room(m, param(msg, 1), false), WORDS_TOPIC_NONE);
}

static void on_names(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, param(msg, 2), false);
	if (r && r->names.len < MODEL_LINE_MAX)
		buf_printf(&r->names, "%s%s", r->names.len ? " " : "", last_param(msg));
}

/* The end of NAMES: after a JOIN that is when he is in, and the past can be asked for. */
static void on_names_end(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, param(msg, 1), false);
	if (!r)
		return;
	if (r->names.len > 0)
		model_tell(m, SHOWN_INFO, r, WORDS_HERE, r->names.bytes);
	buf_done(&r->names);
	if (!r->names_asked)
		begin_past(m, r);
	r->names_asked = false;
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
				if (l->sent && strcasecmp(l->target, param(msg, 1)) == 0)
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
	model_tell(m, SHOWN_ERROR, NULL, WORDS_NOT_SENT, line->text, last_param(msg));
	unsent_drop(&m->unsent, line);
	model_push(m);
	return true;
}

/* He cannot enter a room: who only pipes lines into it has no other. */
static void check_door(struct model *m, const struct message *msg)
{
	const struct model_room *r = model_room(m, param(msg, 1), false);
	if (r && r->wanted && !r->joined && !m->interactive)
		m->ops.end(m->ops.ctx, MODEL_END_FAILED);
}

static void on_error_reply(struct model *m, const struct message *msg)
{
	struct buf text = { 0 };
	if (drop_refused(m, msg))
		return;
	for (size_t i = 1; i < msg->line.param_count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", param(msg, i));
	model_tell_text(m, SHOWN_ERROR, NULL, text.bytes ? text.bytes : msg->line.verb);
	buf_done(&text);
	check_door(m, msg);
}

/* FAIL command code [context…] :text, https://ircv3.net/specs/extensions/standard-replies */
static void on_fail(struct model *m, const struct message *msg)
{
	struct irc *irc = irc_of(m);
	if (strcmp(param(msg, 0), "CHATHISTORY") == 0) {
		struct model_room *r = model_room(m, irc->page.room, false);
		kept_lines_done(&irc->page.lines);
		irc->page = (struct page){ 0 };
		if (r)
			past_give_up(m, r);
		if (r)
			room_is_up_to_date(m, r->name);
		ask_next_past(m);
	}
	on_error_reply(m, msg);
}

static void on_ping(struct model *m, const struct message *msg)
{
	model_sendf(m, "PONG :%s\r\n", last_param(msg));
}

static void on_error(struct model *m, const struct message *msg)
{
	if (!m->leaving)
		model_tell_text(m, SHOWN_ERROR, NULL, last_param(msg));
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
	{ "001", on_welcome }, { "331", on_topic_none },   { "332", on_topic_is },
	{ "353", on_names },   { "366", on_names_end },    { "432", on_nick_refused },
	{ "422", on_nothing }, { "433", on_nick_refused }, { "464", on_password_refused },
	{ "BATCH", on_batch }, { "CAP", on_cap },          { "ERROR", on_error },
	{ "FAIL", on_fail },   { "INVITE", on_invite },    { "JOIN", on_join },
	{ "KICK", on_kick },   { "MODE", on_mode },        { "NICK", on_nick },
	{ "NOTICE", on_said }, { "PART", on_part },        { "PING", on_ping },
	{ "PONG", on_pong },   { "PRIVMSG", on_said },     { "QUIT", on_quit },
	{ "TOPIC", on_topic },
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

static void read_tags(struct model *m, struct message *msg)
{
	char *at = msg->line.tags, *key, *value;
	msg->id = msg->label = msg->batch = msg->line_tag = "";
	msg->time_ms = m->now_ms;
	while (irc_tag_next(&at, &key, &value)) {
		irc_tag_unescape(value);
		if (strcmp(key, "msgid") == 0)
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
	irc_of(m)->pinged = false;
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

/* ---- commands ---- */

static void full_room(const char *name, char full[MODEL_ROOM_SIZE])
{
	snprintf(full, MODEL_ROOM_SIZE, "%s%.*s", name[0] == '#' ? "" : "#",
		 (int)strcspn(name, " ,"), name);
}

static bool needs_room(struct model *m)
{
	if (!m->here)
		model_tell(m, SHOWN_ERROR, NULL, WORDS_NO_ROOM);
	return m->here != NULL;
}

static void cmd_join(struct model *m, const char *args)
{
	char room[MODEL_ROOM_SIZE];
	if (!*args) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/join ROOM");
		return;
	}
	full_room(args, room);
	struct model_room *r = model_room(m, room, false);
	if (r && r->joined) {
		model_set_here(m, r);
		model_tell(m, SHOWN_INFO, NULL, WORDS_IN_ROOM, r->name);
		return;
	}
	const char *key = args + strcspn(args, " ");
	model_sendf(m, "JOIN %s%s\r\n", room, key);
}

static void cmd_part(struct model *m, const char *args)
{
	char room[MODEL_ROOM_SIZE];
	if (*args)
		full_room(args, room);
	else if (needs_room(m))
		snprintf(room, sizeof(room), "%s", m->here->name);
	else
		return;
	model_sendf(m, "PART %s\r\n", room);
}

static void cmd_nick(struct model *m, const char *args)
{
	if (*args)
		model_sendf(m, "NICK :%s\r\n", args);
	else
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/nick NICK");
}

static void cmd_who(struct model *m, const char *args)
{
	(void)args;
	if (!needs_room(m))
		return;
	m->here->names_asked = true;
	model_sendf(m, "NAMES %s\r\n", m->here->name);
}

static void cmd_topic(struct model *m, const char *args)
{
	if (needs_room(m))
		model_sendf(m, *args ? "TOPIC %s :%s\r\n" : "TOPIC %s\r\n", m->here->name, args);
}

static void cmd_history(struct model *m, const char *args)
{
	struct irc *irc = irc_of(m);
	unsigned long count = *args ? strtoul(args, NULL, 10) : MODEL_FIRST_PAST;
	if (!needs_room(m))
		return;
	if (!(irc->caps & HAS_HISTORY) || irc->page.room[0]) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_NO_HISTORY);
		return;
	}
	if (count == 0 || count > MODEL_PAGE) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/history [1-500]");
		return;
	}
	snprintf(irc->page.room, sizeof(irc->page.room), "%s", m->here->name);
	irc->page.asked = count;
	model_sendf(m, "CHATHISTORY LATEST %s * %lu\r\n", m->here->name, count);
}

static const struct irc_verb {
	const char *verb;
	void (*run)(struct model *m, const char *args);
} verbs[] = {
	{ "/history", cmd_history }, { "/join", cmd_join },   { "/nick", cmd_nick },
	{ "/part", cmd_part },       { "/topic", cmd_topic }, { "/who", cmd_who },
};

static bool irc_command(struct model *m, const char *verb, const char *args)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0) {
			if (m->state == MODEL_HERE)
				verbs[i].run(m, args);
			return true;
		}
	return false;
}

static void irc_quit(struct model *m)
{
	model_sendf(m, "QUIT\r\n");
}

/* ---- time ---- */

static void irc_tick(struct model *m)
{
	struct irc *irc = irc_of(m);
	if (irc->pinged || m->now_ms - irc->heard_ms < PING_MS)
		return;
	irc->pinged = true;
	model_sendf(m, "PING :still-there\r\n");
}

static int irc_wait(const struct model *m)
{
	const struct irc *irc = irc_of(m);
	int64_t left_ms = irc->heard_ms + PING_MS - m->now_ms;
	return irc->pinged ? -1 : left_ms > 0 ? (int)left_ms : 0;
}

const struct speech speech_irc = {
	.scheme = "irc",
	.piece_bytes = PIECE_BYTES,
	.by_line = true,
	.connected = irc_connected,
	.gone = irc_gone,
	.line = irc_line,
	.name = say_nick,
	.say = irc_say,
	.command = irc_command,
	.quit = irc_quit,
	.tick = irc_tick,
	.wait = irc_wait,
};
