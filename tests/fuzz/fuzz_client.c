/* fuzz_client: whatever a server says, over however many connections, the client shows text that does
 * nothing to a terminal, says whole lines, and keeps no more than it may.
 *
 * The first byte: which protocol, who is there. Then the server's bytes, but for those from F8 on, which
 * are in no UTF-8 and are orders: see order(). */
#include "client/speech.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum order {
	ORDER_CUT = 0xF8, /* what came so far is a piece */
	ORDER_GONE,       /* the connection breaks, and there is another one */
	ORDER_TYPE,  /* up to the next order: what somebody types, or a nick if that is asked for */
	ORDER_LATER, /* time passes */
	ORDER_QUIT,
	ORDER_IN, /* what a server says to whoever comes in */
	ORDER_PAST,
};

struct place {
	struct model model;
	const struct speech *speech;
	int64_t now_ms;
	bool asked;
};

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* What text_add_shown() lets through is what may be shown. */
static void check_shown(const char *text)
{
	struct buf same = { 0 };
	size_t len = strlen(text);
	must(utf8_valid(text, len), "what is shown is UTF-8");
	text_add_shown(&same, text, len);
	must(same.len == len && (len == 0 || memcmp(same.bytes, text, len) == 0),
	     "what is shown does nothing to a terminal");
	buf_done(&same);
}

static void on_send(void *ctx, const char *bytes, size_t len)
{
	const struct place *p = ctx;
	must(p->model.state != MODEL_OFFLINE, "nothing is sent to nobody");
	must(len > 0 && !memchr(bytes, '\0', len), "something is sent, and no NUL");
	if (!p->speech->by_line) {
		must(len <= 1024, "a server of the seed reads it at once");
		return;
	}
	must(len > 2 && memcmp(bytes + len - 2, "\r\n", 2) == 0, "a line is sent to its end");
	must(!memchr(bytes, '\r', len - 2) && !memchr(bytes, '\n', len - 2), "and it is one line");
}

static void on_show(void *ctx, const struct shown *what)
{
	(void)ctx;
	check_shown(what->room);
	check_shown(what->nick);
	check_shown(what->text);
}

static void on_ask_nick(void *ctx)
{
	struct place *p = ctx;
	p->asked = true;
}

static void on_changed(void *ctx)
{
	(void)ctx;
}

static void on_end(void *ctx, enum model_end why)
{
	(void)ctx;
	must(why > MODEL_END_ASKED && why <= MODEL_END_NICK, "there is a reason to end");
}

static void check_kept(const struct model *m)
{
	must(m->partial.len <= MODEL_LINE_MAX, "no more is kept than a line");
	must(m->unsent.count <= UNSENT_MAX, "no more is said than can be kept");
	must(m->unsent.in_flight <= UNSENT_IN_FLIGHT, "no more is on its way than may be");
	for (const struct model_room *r = m->rooms; r; r = r->next) {
		must(r->held.count <= MODEL_HELD_MAX, "no more is held than may be");
		must(r->catching_up || r->held.count == 0, "what is held has been shown");
		must(r->names.len <= 2 * MODEL_LINE_MAX, "there are only so many names");
	}
}

static void hear(struct place *p, const char *bytes, size_t len)
{
	if (len > 0)
		model_bytes(&p->model, bytes, len);
	check_kept(&p->model);
}

static void hear_text(struct place *p, const char *text)
{
	hear(p, text, strlen(text));
}

/* Whoever types cannot type the end of a line within it, and no empty one. */
static void type(struct place *p, const char *bytes, size_t len)
{
	char line[256];
	size_t n = 0;
	for (size_t i = 0; i < len && n < sizeof(line) - 1; i++)
		if (bytes[i] && bytes[i] != '\r' && bytes[i] != '\n')
			line[n++] = bytes[i];
	line[n] = '\0';
	if (n == 0)
		return;
	if (p->asked) {
		p->asked = false;
		model_set_nick(&p->model, line);
	} else if (p->model.interactive) {
		model_input(&p->model, line);
	} else {
		model_say(&p->model, line);
	}
}

static void connect_again(struct place *p)
{
	model_gone(&p->model);
	check_kept(&p->model);
	p->asked = false;
	model_connected(&p->model, p->speech);
}

static void come_in(struct place *p)
{
	if (!p->speech->by_line) {
		hear_text(p, "请输入昵称:");
		hear_text(p, "昵称设置成功\n");
		return;
	}
	hear_text(p, ":s CAP * ACK :server-time message-tags batch echo-message labeled-response "
		     "draft/chathistory\r\n"
		     ":s 001 li :Welcome\r\n:li!u@h JOIN #tea\r\n:s 366 li #tea :End\r\n");
}

static void order(struct place *p, enum order which)
{
	switch (which) {
	case ORDER_CUT:
	case ORDER_TYPE:
		return;
	case ORDER_GONE:
		connect_again(p);
		return;
	case ORDER_LATER:
		p->now_ms += 30000;
		model_tick(&p->model, p->now_ms);
		must(model_wait(&p->model) >= -1, "one can wait for what comes");
		return;
	case ORDER_QUIT:
		model_quit(&p->model);
		return;
	case ORDER_IN:
		come_in(p);
		return;
	case ORDER_PAST:
		if (p->speech->by_line)
			hear_text(p, ":s BATCH +1 chathistory #tea\r\n"
				     "@batch=1;msgid=a :li!u@h PRIVMSG #tea :茶\r\n"
				     ":s BATCH -1\r\n");
		return;
	}
}

static void play(struct place *p, const char *bytes, size_t len)
{
	bool typing = false;
	while (len > 0) {
		size_t n = 0;
		while (n < len && ((unsigned char)bytes[n] < ORDER_CUT ||
				   (unsigned char)bytes[n] > ORDER_PAST))
			n++;
		if (typing)
			type(p, bytes, n);
		else
			hear(p, bytes, n);
		if (n == len)
			return;
		enum order which = (enum order)(unsigned char)bytes[n];
		typing = which == ORDER_TYPE;
		order(p, which);
		check_kept(&p->model);
		bytes += n + 1;
		len -= n + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct place p = { .now_ms = 1790000000000 };
	const struct model_ops ops = { &p,         on_send,    on_show, on_ask_nick,
				       on_changed, on_changed, on_end };
	if (size == 0)
		return 0;
	p.speech = data[0] & 1 ? &speech_plain : &speech_irc;
	model_init(&p.model, &ops, "li", 0xabc, data[0] & 2 ? LANG_EN : LANG_ZH);
	p.model.interactive = data[0] & 4;
	model_tick(&p.model, p.now_ms);
	model_want_room(&p.model, "tea");
	model_connected(&p.model, p.speech);
	play(&p, (const char *)data + 1, size - 1);
	model_gone(&p.model);
	check_kept(&p.model);
	model_done(&p.model);
	return 0;
}
