#include "client/model.h"

#include "base/text.h"
#include "client/past.h"
#include "client/speech.h"
#include "protocols/irc/split.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- making and ending ---- */

void model_init(struct model *m, const struct model_ops *ops, const char *nick, uint64_t run,
		enum lang lang)
{
	*m = (struct model){ .ops = *ops, .lang = lang, .run = run };
	model_set_nick(m, nick);
}

static void room_free(struct model_room *r)
{
	kept_lines_done(&r->past);
	kept_lines_done(&r->held);
	buf_done(&r->names);
	free(r->last_id);
	free(r);
}

void model_done(struct model *m)
{
	if (m->speech && m->state != MODEL_OFFLINE)
		m->speech->gone(m);
	while (m->rooms) {
		struct model_room *r = m->rooms;
		m->rooms = r->next;
		room_free(r);
	}
	unsent_done(&m->unsent);
	buf_done(&m->partial);
	free(m->password);
	free(m->own);
}

/* ---- rooms ---- */

struct model_room *model_room(struct model *m, const char *name, bool make)
{
	struct model_room **at = &m->rooms;
	while (*at && strcasecmp((*at)->name, name) != 0)
		at = &(*at)->next;
	if (!*at && make) {
		*at = xcalloc(1, sizeof(**at));
		snprintf((*at)->name, sizeof((*at)->name), "%s", name);
	}
	return *at;
}

void model_want_room(struct model *m, const char *name)
{
	char full[MODEL_ROOM_SIZE];
	snprintf(full, sizeof(full), "%s%s", name[0] == '#' ? "" : "#", name);
	model_room(m, full, true)->wanted = true;
}

void model_set_here(struct model *m, struct model_room *r)
{
	m->here = r;
	m->ops.changed(m->ops.ctx);
}

/* ---- telling ---- */

/* A room is called what its server says, which may be anything. */
void model_show(struct model *m, const struct shown *what)
{
	struct buf room = { 0 };
	struct shown clean = *what;
	shown_clean(what->room, strlen(what->room), &room);
	clean.room = room.bytes;
	m->ops.show(m->ops.ctx, &clean);
	buf_done(&room);
}

static void show(struct model *m, enum shown_kind kind, const char *room, const char *text)
{
	const struct shown what = { .kind = kind,
				    .time_ms = m->now_ms,
				    .room = room,
				    .nick = "",
				    .text = text };
	model_show(m, &what);
}

void model_tell_text(struct model *m, enum shown_kind kind, const struct model_room *r,
		     const char *text)
{
	struct buf clean = { 0 };
	shown_clean(text, strlen(text), &clean);
	show(m, kind, r ? r->name : "", clean.bytes ? clean.bytes : "");
	buf_done(&clean);
}

void model_tell(struct model *m, enum shown_kind kind, const struct model_room *r, enum words which,
		...)
{
	char text[2048];
	va_list args;
	va_start(args, which);
	vsnprintf(text, sizeof(text), words_of(m->lang, which), args);
	va_end(args);
	model_tell_text(m, kind, r, text);
}

/* Each line of a message is a line of its own. */
void model_said(struct model *m, const struct shown *what)
{
	struct buf nick = { 0 }, text = { 0 };
	struct shown clean = *what;
	shown_clean(what->nick, strlen(what->nick), &nick);
	shown_clean(what->text, strlen(what->text), &text);
	clean.nick = nick.bytes ? nick.bytes : "";
	clean.text = text.bytes ? text.bytes : "";
	model_show(m, &clean);
	buf_done(&nick);
	buf_done(&text);
}

bool model_is_me(const struct model *m, const char *nick)
{
	return strcasecmp(m->nick, nick) == 0;
}

/* ---- the connection ---- */

void model_set_nick(struct model *m, const char *nick)
{
	snprintf(m->wanted_nick, sizeof(m->wanted_nick), "%s", nick);
	if (m->state == MODEL_NAMING)
		m->speech->name(m);
}

void model_connected(struct model *m, const struct speech *speech)
{
	m->speech = speech;
	m->state = MODEL_NAMING;
	m->nick_tries = 0;
	m->leaving = false;
	speech->connected(m);
}

static void take_line(struct model *m, const char *bytes, size_t len)
{
	struct buf line = { 0 };
	while (len > 0 && bytes[len - 1] == '\r')
		len--;
	/* NUL would end it early, and CR whatever it is sent back in. No server may send them. */
	for (size_t i = 0; i < len; i++)
		buf_add(&line, bytes[i] && bytes[i] != '\r' ? &bytes[i] : "?", 1);
	if (line.len > 0)
		m->speech->line(m, line.bytes);
	buf_done(&line);
}

static void keep_partial(struct model *m, const char *bytes, size_t len)
{
	if (m->overlong || m->partial.len + len > MODEL_LINE_MAX) {
		m->overlong = true;
		buf_done(&m->partial);
		return;
	}
	buf_add(&m->partial, bytes, len);
}

void model_bytes(struct model *m, const char *bytes, size_t len)
{
	if (!m->speech->by_line) {
		m->speech->bytes(m, bytes, len);
		return;
	}
	while (len > 0 && m->state != MODEL_OFFLINE) {
		const char *newline = memchr(bytes, '\n', len);
		size_t n = newline ? (size_t)(newline - bytes) : len;
		keep_partial(m, bytes, n);
		if (!newline)
			return;
		if (m->overlong)
			model_tell(m, SHOWN_ERROR, NULL, WORDS_TOO_LONG);
		else
			take_line(m, m->partial.bytes ? m->partial.bytes : "", m->partial.len);
		m->overlong = false;
		buf_done(&m->partial);
		bytes += n + 1;
		len -= n + 1;
	}
}

void model_gone(struct model *m)
{
	if (m->state == MODEL_OFFLINE)
		return;
	m->speech->gone(m);
	m->state = MODEL_OFFLINE;
	m->overlong = false;
	buf_done(&m->partial);
	unsent_doubt(&m->unsent);
	for (struct model_room *r = m->rooms; r; r = r->next) {
		past_give_up(m, r);
		r->joined = false;
	}
}

void model_entered(struct model *m, const char *nick)
{
	m->state = MODEL_HERE;
	snprintf(m->nick, sizeof(m->nick), "%s", nick);
	model_tell(m, SHOWN_INFO, NULL, WORDS_CONNECTED, m->nick);
	m->ops.changed(m->ops.ctx);
}

void model_sendf(struct model *m, const char *fmt, ...)
{
	char line[MODEL_LINE_MAX];
	va_list args;
	va_start(args, fmt);
	int len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (len <= 0)
		return;
	if ((size_t)len >= sizeof(line)) { /* what is cut off is still a line */
		len = sizeof(line) - 1;
		memcpy(line + len - 2, "\r\n", 2);
	}
	m->ops.send(m->ops.ctx, line, (size_t)len);
}

/* ---- saying ---- */

/* A line for a room goes when its past is known, so that what arrived before is not said again. */
static bool may_go(struct model *m, const struct out_line *line)
{
	const struct model_room *r = model_room(m, line->target, false);
	if (m->speech->may_say && !m->speech->may_say(m))
		return false;
	if (!m->speech->by_line)
		return true;
	return !r || (r->joined && !r->catching_up);
}

void model_push(struct model *m)
{
	struct out_line *line;
	while (m->state == MODEL_HERE && (line = unsent_next(&m->unsent)) && may_go(m, line)) {
		unsent_sent(&m->unsent, line, m->nick);
		m->speech->say(m, line);
	}
	if (m->leaving && m->state == MODEL_HERE && m->unsent.count == 0)
		m->speech->quit(m);
}

void model_arrived(struct model *m, struct out_line *line, int64_t time_ms, bool show_it)
{
	bool is_room = line->target[0] == '#' || !line->target[0];
	const struct shown what = {
		.kind = line->action ? SHOWN_ACTION : SHOWN_MESSAGE,
		.time_ms = time_ms,
		.room = is_room ? line->target : "",
		.nick = is_room ? m->nick : line->target,
		.text = line->text,
		.private = !is_room,
		.own = true,
	};
	if (show_it)
		model_said(m, &what);
	unsent_drop(&m->unsent, line);
}

static bool say_piece(struct model *m, const char *target, const char *text, bool action)
{
	char id[UNSENT_ID_SIZE];
	snprintf(id, sizeof(id), "%" PRIx64 "-%" PRIx64, m->run, ++m->next_line);
	return unsent_add(&m->unsent, id, target, text, action) != NULL;
}

/* What is too long for one line of the protocol is several. */
static bool say_to(struct model *m, const char *target, const char *text, bool action)
{
	size_t max = m->speech ? m->speech->piece_bytes : speech_irc.piece_bytes;
	struct buf clean = { 0 };
	/* Only text is said: a server may let go whoever says anything else. */
	shown_clean(text, strlen(text), &clean);
	char *at = clean.bytes, *end = clean.bytes + clean.len;
	bool ok = true;
	while (at < end && ok) {
		size_t len = irc_split(at, (size_t)(end - at), max);
		char after = at[len];
		at[len] = '\0';
		ok = say_piece(m, target, at, action);
		at[len] = after;
		at += len + (after == ' ');
	}
	buf_done(&clean);
	if (!ok) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_NOT_SENT, text, target);
		return false;
	}
	if (m->state != MODEL_HERE && m->interactive)
		model_tell(m, SHOWN_INFO, NULL, WORDS_KEPT, text);
	model_push(m);
	return true;
}

/* Where words go: the room that is talked in, or the first that is wanted. */
static const char *target_now(struct model *m)
{
	if (m->here)
		return m->here->name;
	for (const struct model_room *r = m->rooms; r; r = r->next)
		if (r->wanted)
			return r->name;
	/* The plain protocol has a room whether one knows its name or not. */
	return m->speech && !m->speech->by_line ? "" : NULL;
}

static bool say_here(struct model *m, const char *text, bool action)
{
	const char *target = target_now(m);
	if (target)
		return say_to(m, target, text, action);
	model_tell(m, SHOWN_ERROR, NULL, WORDS_NO_ROOM);
	return true;
}

bool model_say(struct model *m, const char *text)
{
	return !*text || say_here(m, text, false);
}

void model_quit(struct model *m)
{
	m->leaving = true;
	model_push(m);
}

/* ---- commands ---- */

static void cmd_help(struct model *m, const char *args)
{
	(void)args;
	model_tell(m, SHOWN_INFO, NULL, WORDS_HELP);
}

static void cmd_me(struct model *m, const char *args)
{
	if (*args)
		say_here(m, args, true);
	else
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/me ACTION");
}

static void cmd_msg(struct model *m, const char *args)
{
	char nick[MODEL_NICK_SIZE];
	size_t len = strcspn(args, " ");
	const char *text = args + len + strspn(args + len, " ");
	if (len == 0 || len >= sizeof(nick) || !*text) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/msg NICK TEXT");
		return;
	}
	memcpy(nick, args, len);
	nick[len] = '\0';
	say_to(m, nick, text, false);
}

static void cmd_quit(struct model *m, const char *args)
{
	(void)args;
	model_quit(m);
}

static const struct model_command {
	const char *verb;
	void (*run)(struct model *m, const char *args);
} commands[] = {
	{ "/help", cmd_help },
	{ "/me", cmd_me },
	{ "/msg", cmd_msg },
	{ "/quit", cmd_quit },
};

static void command(struct model *m, const char *line)
{
	size_t len = strcspn(line, " ");
	const char *args = line + len + strspn(line + len, " ");
	char verb[MODEL_VERB_SIZE];
	snprintf(verb, sizeof(verb), "%.*s", (int)len, line);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].verb, verb) == 0) {
			commands[i].run(m, args);
			return;
		}
	if (!m->speech || !m->speech->command(m, verb, args))
		model_tell(m, SHOWN_ERROR, NULL, WORDS_UNKNOWN, verb);
}

void model_input(struct model *m, const char *line)
{
	if (line[0] == '/' && line[1] != '/')
		command(m, line);
	else
		model_say(m, line[0] == '/' ? line + 1 : line);
}

/* ---- time ---- */

void model_tick(struct model *m, int64_t now_ms)
{
	m->now_ms = now_ms;
	if (m->state != MODEL_OFFLINE && m->speech->tick)
		m->speech->tick(m);
}

int model_wait(const struct model *m)
{
	return m->state != MODEL_OFFLINE && m->speech->wait ? m->speech->wait(m) : -1;
}
