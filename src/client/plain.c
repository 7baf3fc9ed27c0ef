/* plain: the client speaks the plain protocol, as to the chat room that teahouse grew from, which reads
 * at most 1024 bytes at a time and takes each read for one message: so everything goes out alone, 100 ms
 * apart, and no line is longer. Such a server never says a line back, so it is shown when it is sent;
 * that all of them arrived is known by its goodbye. */
#include "client/speech.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP_MS 100
#define LINE_BYTES 1000

/* The protocol's own words: Chinese, and as an English teahouse has them. */
static const char *const greetings[] = { "请输入昵称:", "Your nickname:" };
static const char *const accepted[] = { "昵称设置成功\n", "Welcome\n" };
static const char *const taken[] = { "当前昵称已经存在，请重新输入\n",
				     "That nickname is taken, please choose another\n" };
static const char *const invalid[] = { "昵称不合法，请重新输入\n",
				       "That nickname cannot be used, please choose another\n" };
static const char goodbye[] = "退出", goodbye_en[] = "Goodbye";
static const char system_mark[] = "系统消息";

struct plain {
	struct buf came; /* not understood yet, or part of a line */
	int64_t sent_ms; /* when something last went out */
	bool quitting, said_goodbye;
};

static struct plain *plain_of(const struct model *m)
{
	return m->own;
}

static bool begins(const struct buf *b, const char *with)
{
	return b->len >= strlen(with) && memcmp(b->bytes, with, strlen(with)) == 0;
}

enum greeting speech_greeting(const char *bytes, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(greetings); i++) {
		size_t n = strlen(greetings[i]);
		if (memcmp(bytes, greetings[i], len < n ? len : n) == 0)
			return len < n ? GREETING_UNSURE : GREETING_PLAIN;
	}
	return GREETING_NONE;
}

/* ---- getting in ---- */

static void plain_connected(struct model *m)
{
	free(m->own);
	m->own = xcalloc(1, sizeof(struct plain));
}

static void plain_gone(struct model *m)
{
	if (plain_of(m))
		buf_done(&plain_of(m)->came);
	free(m->own);
	m->own = NULL;
	/* What was sent has most likely arrived, and nobody could tell. */
	while (m->unsent.first && m->unsent.first->sent)
		unsent_drop(&m->unsent, m->unsent.first);
}

static void send_alone(struct model *m, const char *text)
{
	plain_of(m)->sent_ms = m->now_ms;
	m->ops.send(m->ops.ctx, text, strlen(text));
}

static void plain_name(struct model *m)
{
	send_alone(m, m->wanted_nick);
}

static void refuse_nick(struct model *m, bool is_taken)
{
	size_t len = strlen(m->wanted_nick);
	model_tell(m, SHOWN_ERROR, NULL, is_taken ? WORDS_NICK_TAKEN : WORDS_NICK_INVALID,
		   m->wanted_nick);
	m->nick_tries++;
	if (is_taken && m->nick_tries <= 3 && len + 1 < sizeof(m->wanted_nick))
		memcpy(m->wanted_nick + len, "_", 2);
	else
		m->nick_tries = 100; /* the next greeting asks the person */
}

static bool take_word(struct buf *b, const char *const words[2])
{
	for (size_t i = 0; i < 2; i++)
		if (begins(b, words[i])) {
			buf_drop(b, strlen(words[i]));
			return true;
		}
	return false;
}

/* false: more has to come before anything can be said of it. */
static bool take_naming(struct model *m)
{
	struct plain *p = plain_of(m);
	if (take_word(&p->came, greetings)) {
		if (m->nick_tries >= 100) {
			m->nick_tries = 0;
			m->ops.ask_nick(m->ops.ctx);
		} else {
			plain_name(m);
		}
		return true;
	}
	if (take_word(&p->came, accepted)) {
		model_entered(m, m->wanted_nick);
		model_push(m);
		return true;
	}
	if (take_word(&p->came, taken)) {
		refuse_nick(m, true);
		return true;
	}
	if (take_word(&p->came, invalid)) {
		refuse_nick(m, false);
		return true;
	}
	/* Something else in between: a line of somebody who is in already. */
	const char *newline = p->came.len ? memchr(p->came.bytes, '\n', p->came.len) : NULL;
	if (!newline)
		return false;
	buf_drop(&p->came, (size_t)(newline + 1 - p->came.bytes));
	return true;
}

/* ---- what comes ---- */

/* "nick:text", or a line of the server's. */
static void show_line(struct model *m, const char *line)
{
	const char *colon = strchr(line, ':');
	char nick[MODEL_NICK_SIZE];
	struct buf clean = { 0 }, clean_nick = { 0 };
	if (strncmp(line, system_mark, strlen(system_mark)) == 0) {
		model_tell_text(m, SHOWN_EVENT, NULL, line + strlen(system_mark));
		return;
	}
	if (!colon || line[0] == '[' || colon - line >= (ptrdiff_t)sizeof(nick)) {
		model_tell_text(m, SHOWN_EVENT, NULL, line);
		return;
	}
	snprintf(nick, sizeof(nick), "%.*s", (int)(colon - line), line);
	shown_clean(nick, strlen(nick), &clean_nick);
	shown_clean(colon + 1, strlen(colon + 1), &clean);
	const struct shown what = { .kind = SHOWN_MESSAGE,
				    .time_ms = m->now_ms,
				    .room = "",
				    .nick = clean_nick.bytes,
				    .text = clean.bytes };
	m->ops.show(m->ops.ctx, &what);
	buf_done(&clean_nick);
	buf_done(&clean);
}

static bool take_line(struct model *m)
{
	struct plain *p = plain_of(m);
	char *newline = p->came.len ? memchr(p->came.bytes, '\n', p->came.len) : NULL;
	if (!newline && p->quitting && (begins(&p->came, goodbye) || begins(&p->came, goodbye_en)))
		p->said_goodbye = true;
	if (!newline)
		return false;
	*newline = '\0';
	if (p->came.bytes[0])
		show_line(m, p->came.bytes);
	buf_drop(&p->came, (size_t)(newline + 1 - p->came.bytes));
	return true;
}

static void plain_bytes(struct model *m, const char *bytes, size_t len)
{
	struct plain *p = plain_of(m);
	buf_add(&p->came, bytes, len);
	while (m->state == MODEL_NAMING ? take_naming(m) : take_line(m))
		;
	if (p->came.len > MODEL_LINE_MAX) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_TOO_LONG);
		buf_done(&p->came);
	}
	if (p->said_goodbye)
		m->arrived = true;
}

/* ---- what goes ---- */

static bool may_send(const struct model *m)
{
	return m->now_ms - plain_of(m)->sent_ms >= GAP_MS;
}

/* One at a time: the rest goes when its time comes. The word that would end the talk is not that word
 * with a space behind it. */
static void plain_say(struct model *m, struct out_line *line)
{
	struct buf text = { 0 };
	bool is_quit = !line->action && strcmp(line->text, "quit") == 0;
	if (line->target[0] && line->target[0] != '#')
		buf_printf(&text, "/msg %s %s", line->target, line->text);
	else
		buf_printf(&text, "%s%s%s", line->action ? "/me " : "", line->text,
			   is_quit ? " " : "");
	send_alone(m, text.bytes);
	buf_done(&text);
	line->target[0] = line->target[0] == '#' ? '\0' : line->target[0];
	model_arrived(m, line, m->now_ms, !line->quiet);
}

static bool is_of_teahouse(const char *verb)
{
	static const char *const verbs[] = { "/history", "/join",  "/nick", "/part",
					     "/rooms",   "/topic", "/who" };
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i], verb) == 0)
			return true;
	return false;
}

/* A teahouse understands these; the room it grew from says them. They wait their turn like all else. */
static bool plain_command(struct model *m, const char *verb, const char *args)
{
	struct buf text = { 0 };
	buf_printf(&text, "%s%s%s", verb, *args ? " " : "", args);
	struct out_line *line = NULL;
	if (is_of_teahouse(verb) && text.len <= LINE_BYTES)
		line = unsent_add(&m->unsent, "", "", text.bytes, false);
	if (line)
		line->quiet = true;
	else
		model_say(m, text.bytes);
	buf_done(&text);
	model_push(m);
	return true;
}

static void plain_quit(struct model *m)
{
	if (!plain_of(m)->quitting && may_send(m)) {
		plain_of(m)->quitting = true;
		send_alone(m, "quit");
	}
}

static void plain_tick(struct model *m)
{
	if (m->state == MODEL_HERE && may_send(m))
		model_push(m);
}

static int plain_wait(const struct model *m)
{
	const struct plain *p = plain_of(m);
	int64_t left_ms = p->sent_ms + GAP_MS - m->now_ms;
	bool something = m->unsent.first || (m->leaving && !p->quitting);
	if (m->state != MODEL_HERE || !something)
		return -1;
	return left_ms > 0 ? (int)left_ms : 0;
}

static bool plain_may_say(const struct model *m)
{
	return may_send(m);
}

const struct speech speech_plain = {
	.scheme = "plain",
	.piece_bytes = LINE_BYTES,
	.connected = plain_connected,
	.gone = plain_gone,
	.bytes = plain_bytes,
	.name = plain_name,
	.say = plain_say,
	.may_say = plain_may_say,
	.command = plain_command,
	.quit = plain_quit,
	.tick = plain_tick,
	.wait = plain_wait,
};
