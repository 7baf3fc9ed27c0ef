/* The client's model, by what is said on the wire and what a person is shown. Each test is a transcript:
 * server() is said to it, sent() is what it said since, shown() what was shown since. */
#include "tests/unit/check.h"

#include "client/speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct model m;
static struct buf out, screen;
static int nicks_asked, hung_up, ended;

static void on_send(void *ctx, const char *bytes, size_t len)
{
	(void)ctx;
	buf_add(&out, bytes, len);
}

/* Without the time, whose zone is the machine's. */
static void on_show(void *ctx, const struct shown *what)
{
	struct buf line = { 0 };
	(void)ctx;
	shown_format(what, m.here ? m.here->name : "", "", LANG_EN, COLOUR_NONE, &line);
	const char *text = strstr(line.bytes, ":") + 4;
	buf_printf(&screen, "%s%s\n", what->old ? "(past) " : "", text);
	buf_done(&line);
}

static void on_ask_nick(void *ctx)
{
	(void)ctx;
	nicks_asked++;
}

static void on_changed(void *ctx)
{
	(void)ctx;
}

static void on_hang_up(void *ctx)
{
	(void)ctx;
	hung_up++;
}

static void on_end(void *ctx, enum model_end why)
{
	(void)ctx;
	ended = (int)why;
}

static void open_model(bool interactive)
{
	static const struct model_ops ops = { NULL,       on_send,    on_show, on_ask_nick,
					      on_changed, on_hang_up, on_end };
	model_init(&m, &ops, "li", 0xabc, LANG_EN);
	m.interactive = interactive;
	model_tick(&m, 1790000000000);
	nicks_asked = hung_up = ended = 0;
}

static void close_model(void)
{
	model_done(&m);
	buf_done(&out);
	buf_done(&screen);
}

static void server(const char *line)
{
	model_bytes(&m, line, strlen(line));
	model_bytes(&m, "\r\n", 2);
}

static void check_and_forget(struct buf *b, const char *expected, const char *what)
{
	if (b->len != strlen(expected) || (b->len && memcmp(b->bytes, expected, b->len) != 0))
		check_string(b->bytes ? b->bytes : "", expected, what, __FILE__, __LINE__);
	buf_done(b);
}

#define SENT(text) check_and_forget(&out, text, "sent, before line " LINE(__LINE__))
#define SHOWN(text) check_and_forget(&screen, text, "shown, before line " LINE(__LINE__))
#define LINE(n) LINE_OF(n)
#define LINE_OF(n) #n

static void forget(void)
{
	buf_done(&out);
	buf_done(&screen);
}

/* In #tea, with everything that a teahouse has. */
static void get_in(void)
{
	model_connected(&m, &speech_irc);
	server(":s CAP * LS :batch draft/chathistory echo-message labeled-response message-tags "
	       "server-time sasl=PLAIN");
	server(":s CAP li ACK :server-time message-tags batch echo-message labeled-response "
	       "draft/chathistory");
	server(":s 001 li :Welcome");
	server(":li!u@h JOIN #tea");
	server(":s 353 li = #tea :@wang li");
	server(":s 366 li #tea :End");
}

static void empty_past(void)
{
	server(":s BATCH +1 chathistory #tea");
	server(":s BATCH -1");
	forget();
}

TEST(registers_with_what_the_server_has)
{
	open_model(true);
	model_want_room(&m, "tea");
	model_connected(&m, &speech_irc);
	SENT("CAP LS 302\r\nNICK li\r\nUSER teahouse 0 * :li\r\n");
	server(":s CAP * LS * :batch");
	server(":s CAP * LS :echo-message=1 unknown");
	SENT("CAP REQ :batch echo-message\r\n");
	server(":s CAP * ACK :batch echo-message");
	SENT("CAP END\r\n");
	server(":s 001 li :Welcome");
	SENT("JOIN #tea\r\n");
	SHOWN("-- connected, you are li\n");
	close_model();
}

TEST(a_taken_nick_is_tried_with_a_tail_and_then_asked_for)
{
	open_model(true);
	model_connected(&m, &speech_irc);
	forget();
	for (int i = 0; i < 3; i++)
		server(":s 433 * li :taken");
	SENT("NICK li_\r\nNICK li__\r\nNICK li___\r\n");
	CHECK_EQ(nicks_asked, 0, "not yet");
	server(":s 433 * li___ :taken");
	CHECK_EQ(nicks_asked, 1, "a person is asked");
	SENT("");
	model_set_nick(&m, "wei");
	SENT("NICK wei\r\n");
	close_model();
}

TEST(a_line_is_shown_when_it_is_echoed_and_kept_until_then)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	SHOWN("-- connected, you are li\n-- here: @wang li\n");
	empty_past();
	model_input(&m, "good morning");
	SENT("@label=abc-1;+teahouse/line=abc-1 PRIVMSG #tea :good morning\r\n");
	SHOWN("");
	CHECK_EQ(m.unsent.count, 1, "kept");
	server("@label=abc-1;msgid=a1;+teahouse/line=abc-1 :li!u@h PRIVMSG #tea :good morning");
	SHOWN("li: good morning\n");
	CHECK_EQ(m.unsent.count, 0, "arrived");
	server("@msgid=a2 :wang!u@h PRIVMSG #tea :\x01"
	       "ACTION pours\x01");
	SHOWN("* wang pours\n");
	close_model();
}

TEST(what_is_refused_is_said_and_not_said_again)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	model_input(&m, "/msg ghost hello");
	SENT("@label=abc-1;+teahouse/line=abc-1 PRIVMSG ghost :hello\r\n");
	server("@label=abc-1 :s 401 li ghost :No such nick");
	SHOWN("!! not sent: hello (No such nick)\n");
	CHECK_EQ(m.unsent.count, 0, "gone");
	CHECK(m.failed);
	close_model();
}

TEST(the_past_comes_before_what_is_said_meanwhile_and_nothing_twice)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	SENT("CAP LS 302\r\nNICK li\r\nUSER teahouse 0 * :li\r\n"
	     "CAP REQ :server-time message-tags batch echo-message labeled-response "
	     "draft/chathistory\r\nCAP END\r\nJOIN #tea\r\nCHATHISTORY LATEST #tea * 50\r\n");
	forget();
	server("@msgid=3 :wang!u@h PRIVMSG #tea :three");
	server("@msgid=4 :wang!u@h PRIVMSG #tea :four");
	SHOWN("");
	server(":s BATCH +x chathistory #tea");
	server("@batch=x;msgid=1 :wang!u@h PRIVMSG #tea :one");
	server("@batch=x;msgid=2 :wang!u@h PRIVMSG #tea :two");
	server("@batch=x;msgid=3 :wang!u@h PRIVMSG #tea :three");
	SHOWN("");
	server(":s BATCH -x");
	SHOWN("(past) wang: one\n(past) wang: two\n(past) wang: three\nwang: four\n");
	server("@msgid=5 :wang!u@h PRIVMSG #tea :five");
	SHOWN("wang: five\n");
	close_model();
}

/* The connection broke with two lines on their way: one had arrived. */
TEST(after_a_reconnect_there_is_no_gap_and_no_double)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	server("@msgid=7 :wang!u@h PRIVMSG #tea :seven");
	model_input(&m, "arrived");
	model_input(&m, "lost");
	model_gone(&m);
	forget();
	model_input(&m, "said while away");
	SHOWN("-- not sent yet, will be once connected: said while away\n");
	get_in();
	forget();
	server(":s BATCH +1 chathistory #tea");
	server("@batch=1;msgid=6 :wang!u@h PRIVMSG #tea :six");
	server("@batch=1;msgid=7 :wang!u@h PRIVMSG #tea :seven");
	server("@batch=1;msgid=8;+teahouse/line=abc-1 :li!u@h PRIVMSG #tea :arrived");
	server("@batch=1;msgid=9 :wang!u@h PRIVMSG #tea :nine");
	server(":s BATCH -1");
	SHOWN("(past) li: arrived\n(past) wang: nine\n");
	SENT("@label=abc-2;+teahouse/line=abc-2 PRIVMSG #tea :lost\r\n"
	     "@label=abc-3;+teahouse/line=abc-3 PRIVMSG #tea :said while away\r\n");
	close_model();
}

TEST(a_private_line_in_doubt_is_told_and_not_said_again)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	model_input(&m, "/msg wang hello");
	model_gone(&m);
	forget();
	model_connected(&m, &speech_irc);
	server(":s 001 li :Welcome");
	SHOWN("-- connected, you are li\n"
	      "!! the connection broke, and nobody knows whether wang got this: hello\n");
	CHECK_EQ(m.unsent.count, 0, "let go");
	close_model();
}

static void page(unsigned from, unsigned count, const char *name)
{
	char line[128];
	snprintf(line, sizeof(line), ":s BATCH +%s chathistory #tea", name);
	server(line);
	for (unsigned i = from; i < from + count; i++) {
		snprintf(line, sizeof(line), "@batch=%s;msgid=%u :wang!u@h PRIVMSG #tea :%u", name,
			 i, i);
		server(line);
	}
	snprintf(line, sizeof(line), ":s BATCH -%s", name);
	server(line);
}

TEST(a_long_absence_is_fetched_page_by_page)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	server("@msgid=1000 :wang!u@h PRIVMSG #tea :1000");
	model_gone(&m);
	get_in();
	forget();
	page(1700, 500, "a");
	SENT("CHATHISTORY BEFORE #tea msgid=1700 500\r\n");
	SHOWN("");
	page(1200, 500, "b");
	SENT("CHATHISTORY BEFORE #tea msgid=1200 500\r\n");
	page(700, 500, "c");
	SENT("");
	const char *at = screen.bytes;
	for (unsigned i = 1001; i < 2200; i++) {
		char line[64];
		int len = snprintf(line, sizeof(line), "(past) wang: %u\n", i);
		if (strncmp(at, line, (size_t)len) != 0)
			CHECK_STR(at, line);
		at += len;
	}
	CHECK_STR(at, "");
	close_model();
}

TEST(nobody_else_says_that_a_line_arrived)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	model_input(&m, "hi");
	forget();
	server("@+teahouse/line=abc-1 :wang!u@h PRIVMSG #tea :mine now");
	SHOWN("wang: mine now\n");
	CHECK_EQ(m.unsent.count, 1, "it is still on its way");
	close_model();
}

TEST(without_echoes_a_pong_proves_arrival)
{
	open_model(true);
	model_want_room(&m, "#tea");
	model_connected(&m, &speech_irc);
	server(":s 421 * CAP :Unknown command");
	server(":s 001 li :Welcome");
	server(":li!u@h JOIN #tea");
	server(":s 366 li #tea :End");
	forget();
	model_input(&m, "hello");
	SENT("PRIVMSG #tea :hello\r\nPING :line-abc-1\r\n");
	SHOWN("");
	server(":s PONG s :line-abc-1");
	SHOWN("li: hello\n");
	close_model();
}

TEST(whatever_a_server_sends_is_harmless_to_a_terminal)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	server(":\x1b[2Jevil!u@h PRIVMSG #tea :a\x1b]0;title\x07"
	       "b\xff\xe2\x80\xae"
	       "c");
	SHOWN("[2Jevil: a]0;titleb\xEF\xBF\xBD"
	      "c\n");
	server(":wang!u@h TOPIC #tea :\x9b"
	       "31m");
	SHOWN("-- wang changed the topic to: \xEF\xBF\xBD"
	      "31m\n");
	char *long_line = calloc(1, 10 * 1024 * 1024);
	memset(long_line, 'x', 10 * 1024 * 1024 - 1);
	model_bytes(&m, long_line, 10 * 1024 * 1024 - 1);
	CHECK(m.partial.len <= MODEL_LINE_MAX);
	free(long_line);
	server("");
	SHOWN("!! a line of the server's was too long and is left out\n");
	server("@msgid=5 :wang!u@h PRIVMSG #tea :still here");
	SHOWN("wang: still here\n");
	close_model();
}

TEST(a_silent_server_is_asked_and_then_left)
{
	open_model(true);
	model_want_room(&m, "#tea");
	get_in();
	empty_past();
	model_tick(&m, m.now_ms + 59000);
	SENT("");
	model_tick(&m, m.now_ms + 1000);
	SENT("PING :still-there\r\n");
	model_tick(&m, m.now_ms + 59000);
	server(":s PONG s :still-there");
	model_tick(&m, m.now_ms + 60000);
	SENT("PING :still-there\r\n");
	CHECK_EQ(hung_up, 0, "it answered");
	model_tick(&m, m.now_ms + 60000);
	model_tick(&m, m.now_ms + 1);
	CHECK_EQ(hung_up, 1, "once");
	close_model();
}

TEST(a_room_that_cannot_be_entered_ends_a_pipe)
{
	open_model(false);
	model_want_room(&m, "#tea");
	model_connected(&m, &speech_irc);
	server(":s 001 li :Welcome");
	server(":s 473 li #tea :Cannot join channel (+i)");
	CHECK_EQ(ended, MODEL_END_FAILED, "there is nowhere to speak");
	close_model();
}

/* ---- the plain protocol ---- */

static void plain(const char *text)
{
	model_bytes(&m, text, strlen(text));
}

static void later(void)
{
	model_tick(&m, m.now_ms + 100);
}

TEST(the_plain_protocol_is_spoken_with_pauses)
{
	open_model(true);
	model_connected(&m, &speech_plain);
	plain("请输入昵");
	SENT("");
	plain("称:");
	SENT("li");
	plain("当前昵称已经存在，请重新输入\n请输入昵称:");
	SENT("li_");
	plain("昵称设置成功\n系统消息li_进入了聊天室\n");
	SHOWN("!! the nickname li is taken\n-- connected, you are li_\n-- li_进入了聊天室\n");
	model_input(&m, "一");
	model_input(&m, "二");
	SENT("");
	later();
	SENT("一");
	later();
	SENT("二");
	SHOWN("li_: 一\nli_: 二\n");
	plain("老王:你好:)\n");
	SHOWN("老王: 你好:)\n");
	model_input(&m, "/who");
	SENT("");
	later();
	SENT("/who");
	SHOWN("");
	model_quit(&m);
	SENT("");
	later();
	SENT("quit");
	CHECK(!m.arrived);
	plain("退出");
	CHECK(m.arrived);
	close_model();
}

TEST(a_greeting_tells_who_speaks)
{
	static const char whole[] = "请输入昵称:";
	CHECK_EQ(speech_greeting(whole, 4), GREETING_UNSURE, "in two pieces");
	CHECK_EQ(speech_greeting(whole, strlen(whole)), GREETING_PLAIN, "all of it");
	CHECK_EQ(speech_greeting(":irc.example NOTICE", 19), GREETING_NONE, "somebody else");
}
