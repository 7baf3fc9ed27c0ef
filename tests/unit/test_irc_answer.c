/* The order of answers on one IRC connection, their labels, and how long ones are handed over. */
#include "protocols/irc/answer.h"

#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define LABELS "batch labeled-response echo-message"
#define TIME "time=1970-01-01T00:16:40.000Z"

static struct memory m;
static int host, guest;

static void ask(int conn, const char *line)
{
	memory_type(&m, conn, line);
	memory_commit(&m, 100);
}

/* host is in #tea. */
static void open_tea(const char *caps, size_t replay)
{
	memory_open(&m, replay);
	host = memory_enter_irc(&m, "host", caps);
	guest = memory_enter_irc(&m, "guest", "");
	ask(host, "JOIN #tea");
	memory_pass_over(&m);
}

static void stall(void)
{
	memory_tick(&m, STALL_MS, true);
}

/* ---- their order ---- */

TEST(an_error_waits_for_the_echo_before_it)
{
	open_tea("echo-message", 0);
	memory_type(&m, host, "PRIVMSG #tea :one");
	memory_type(&m, host, "PRIVMSG nobody :two");
	memory_type(&m, host, "PRIVMSG #tea :three");
	memory_type(&m, host, "PRIVMSG");
	SEES(host, "");
	memory_commit(&m, 1);
	SEES(host, ":host!someone@somewhere PRIVMSG #tea :one\r\n"
		   ":tea.example 401 host nobody :No such nick/channel\r\n");
	memory_commit(&m, 1);
	SEES(host, ":host!someone@somewhere PRIVMSG #tea :three\r\n"
		   ":tea.example 411 host :No recipient given (PRIVMSG)\r\n");
	memory_close(&m);
}

TEST(an_error_waits_though_there_is_no_echo)
{
	open_tea("", 0);
	memory_type(&m, host, "PRIVMSG #tea :one");
	memory_type(&m, host, "PRIVMSG nobody :two");
	SEES(host, "");
	memory_commit(&m, 1);
	SEES(host, ":tea.example 401 host nobody :No such nick/channel\r\n");
	memory_close(&m);
}

TEST(what_others_say_waits_for_no_answer)
{
	open_tea("echo-message", 0);
	ask(guest, "JOIN #tea");
	memory_pass_over(&m);
	memory_type(&m, guest, "PRIVMSG #tea :first");
	memory_type(&m, host, "PRIVMSG #tea :second");
	memory_type(&m, host, "PRIVMSG nobody :x");
	memory_commit(&m, 1);
	SEES(host, ":guest!someone@somewhere PRIVMSG #tea :first\r\n");
	memory_close(&m);
}

TEST(a_slow_answer_is_that_of_who_asked_for_it)
{
	open_tea(LABELS " draft/chathistory", 0);
	memory_type(&m, host, "@label=a PRIVMSG #tea :one");
	stall();
	memory_type(&m, host, "@label=b CHATHISTORY LATEST #tea * 9");
	memory_answer_read(&m, READ_DONE);
	memory_type(&m, host, "@label=c PING x");
	SEES(host, "");
	memory_commit(&m, 1);
	SEES(host, "@label=a :host!someone@somewhere PRIVMSG #tea :one\r\n"
		   "@label=b :tea.example BATCH +1 chathistory #tea\r\n"
		   ":tea.example BATCH -1\r\n"
		   "@label=c :tea.example PONG tea.example :x\r\n");
	memory_close(&m);
}

/* ---- labels ---- */

TEST(a_label_goes_on_the_only_line)
{
	static const struct {
		const char *asked, *answer;
	} cases[] = {
		{ "@label=a PING x", "@label=a :tea.example PONG tea.example :x\r\n" },
		{ "@label=a PONG x", "@label=a :tea.example ACK\r\n" },
		{ "@label=a NOTICE nobody :x", "@label=a :tea.example ACK\r\n" },
		{ "@label=a JUMP", "@label=a :tea.example 421 host JUMP :Unknown command\r\n" },
		{ "@label=a JOIN",
		  "@label=a :tea.example 461 host JOIN :Not enough parameters\r\n" },
		{ "@label=a TOPIC #tea",
		  "@label=a :tea.example 331 host #tea :No topic is set\r\n" },
		{ "@label=a TOPIC #tea :green",
		  "@label=a :host!someone@somewhere TOPIC #tea :green\r\n" },
		{ "@label=a PRIVMSG #tea :hi",
		  "@label=a :host!someone@somewhere PRIVMSG #tea :hi\r\n" },
		{ "@label=a PART #tea", "@label=a :host!someone@somewhere PART #tea\r\n" },
		{ "@label=\\:\\s PONG", "@label=\\:\\s :tea.example ACK\r\n" },
		{ "@+x=y;label=b PONG", "@label=b :tea.example ACK\r\n" },
		{ "@label PING x", ":tea.example PONG tea.example :x\r\n" },
		{ "PING x", ":tea.example PONG tea.example :x\r\n" },
		{ "PONG x", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_tea(LABELS, 0);
		memory_type(&m, host, cases[i].asked);
		memory_commit(&m, 1);
		SEES(host, cases[i].answer);
		memory_close(&m);
	}
}

TEST(a_label_goes_before_other_tags)
{
	open_tea(LABELS " message-tags server-time", 0);
	ask(host, "@+draft/reply=1;label=a PRIVMSG #tea :hi");
	SEES(host, "@label=a;time=1970-01-01T00:16:40.000Z;msgid=1;+draft/reply=1 "
		   ":host!someone@somewhere PRIVMSG #tea :hi\r\n");
	memory_close(&m);
}

TEST(several_lines_are_a_batch_with_the_label)
{
	open_tea(LABELS, 0);
	memory_type(&m, host, "@label=a NAMES #tea");
	SEES(host, "@label=a :tea.example BATCH +1 labeled-response\r\n"
		   "@batch=1 :tea.example 353 host = #tea :@host\r\n"
		   "@batch=1 :tea.example 366 host #tea :End of /NAMES list\r\n"
		   ":tea.example BATCH -1\r\n");
	memory_type(&m, host, "@label=b PRIVMSG #tea,guest :hi");
	memory_commit(&m, 1);
	SEES(host, ""); /* one of two */
	memory_commit(&m, 1);
	SEES(host, "@label=b :tea.example BATCH +2 labeled-response\r\n"
		   "@batch=2 :host!someone@somewhere PRIVMSG #tea :hi\r\n"
		   "@batch=2 :host!someone@somewhere PRIVMSG guest :hi\r\n"
		   ":tea.example BATCH -2\r\n");
	memory_close(&m);
}

TEST(what_is_refused_in_flight_has_its_label)
{
	open_tea("standard-replies " LABELS, 0);
	memory_type(&m, host, "@label=a PRIVMSG #tea :one");
	memory_type(&m, host, "@label=b TOPIC #tea :two");
	memory_fail(&m);
	const char *seen = memory_seen(&m, host);
	CHECK(strncmp(seen, "@label=a :tea.example 404 host #tea :", 36) == 0);
	memory_fail(&m);
	CHECK(strncmp(memory_seen(&m, host), "@label=b :tea.example FAIL TOPIC CANNOT_STORE", 45) ==
	      0);
	memory_close(&m);
}

TEST(a_label_needs_both_capabilities_and_a_length)
{
	static const char *const without[] = { "", "batch", "labeled-response" };
	char label[IRC_LABEL_BYTES_MAX + 2], line[128], answer[128];
	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		open_tea(without[i], 0);
		memory_type(&m, host, "@label=a PING x");
		SEES(host, ":tea.example PONG tea.example :x\r\n");
		memory_close(&m);
	}
	open_tea(LABELS, 0);
	memset(label, 'l', sizeof(label));
	label[IRC_LABEL_BYTES_MAX] = '\0';
	snprintf(line, sizeof(line), "@label=%s PONG", label);
	snprintf(answer, sizeof(answer), "@label=%s :tea.example ACK\r\n", label);
	memory_type(&m, host, line);
	SEES(host, answer);
	label[IRC_LABEL_BYTES_MAX] = 'l';
	label[IRC_LABEL_BYTES_MAX + 1] = '\0';
	snprintf(line, sizeof(line), "@label=%s PONG", label);
	memory_type(&m, host, line);
	SEES(host, "");
	memory_close(&m);
}

TEST(a_batch_that_is_all_there_is_takes_the_label_itself)
{
	open_tea(LABELS " draft/chathistory server-time", 0);
	ask(host, "PRIVMSG #tea :one");
	memory_pass_over(&m);
	memory_type(&m, host, "@label=a CHATHISTORY LATEST #tea * 9");
	memory_answer_read(&m, READ_DONE);
	SEES(host, "@label=a :tea.example BATCH +1 chathistory #tea\r\n"
		   "@batch=1;" TIME " :host!someone@somewhere PRIVMSG #tea :one\r\n"
		   ":tea.example BATCH -1\r\n");
	memory_close(&m);
}

TEST(a_batch_among_other_lines_keeps_its_own_tag)
{
	open_tea("server-time " LABELS, 5);
	ask(host, "PRIVMSG #tea :one");
	int later = memory_enter_irc(&m, "later", "server-time " LABELS);
	memory_type(&m, later, "@label=a JOIN #tea");
	SEES(later, "@label=a :tea.example BATCH +2 labeled-response\r\n"
		    "@batch=2;" TIME " :later!someone@somewhere JOIN #tea\r\n"
		    "@batch=2 :tea.example 353 later = #tea :@host later\r\n"
		    "@batch=2 :tea.example 366 later #tea :End of /NAMES list\r\n"
		    "@batch=2 :tea.example BATCH +1 chathistory #tea\r\n"
		    "@batch=1;" TIME " :host!someone@somewhere PRIVMSG #tea :one\r\n"
		    "@batch=2 :tea.example BATCH -1\r\n"
		    ":tea.example BATCH -2\r\n");
	memory_close(&m);
}

TEST(who_does_not_know_standard_replies_reads_a_notice)
{
	open_tea(LABELS, 0);
	memory_type(&m, host, "@label=a TOPIC #tea :two");
	memory_fail(&m);
	CHECK(strncmp(memory_seen(&m, host), "@label=a :tea.example NOTICE host :", 35) == 0);
	memory_close(&m);
}

/* Shows: FAIL OPER TRY_AGAIN */
TEST(a_password_is_answered_with_its_label)
{
	open_tea("standard-replies " LABELS, 0);
	memory_type(&m, host, "@label=a OPER boss secret");
	memory_type(&m, host, "@label=b PING x");
	SEES(host, "");
	memory_answer_check(&m, false, "");
	SEES(host, "@label=a :tea.example 464 host :Password incorrect\r\n"
		   "@label=b :tea.example PONG tea.example :x\r\n");
	m.no_checks = true;
	memory_type(&m, host, "@label=c OPER boss secret");
	CHECK(strstr(memory_seen(&m, host), "@label=c :tea.example FAIL OPER TRY_AGAIN :"));
	memory_type(&m, host, "OPER boss secret");
	memory_cut(&m, host);
	memory_answer_check(&m, true, ""); /* nobody is there to hear it */
	memory_close(&m);
}

/* ---- long ones ---- */

#define LONG_COUNT 100

/* LONG_COUNT messages of 4000 bytes, which is far more than one answer may have unsent. */
static void say_much(void)
{
	static char line[MESSAGE_BYTES_MAX];
	int talker = memory_enter(&m, "talker");
	memory_type(&m, talker, "/join tea");
	for (int i = 0; i < LONG_COUNT; i++) {
		int len = snprintf(line, sizeof(line), "%d:", i);
		memset(line + len, 'x', 4000 - (size_t)len);
		line[4000] = '\0';
		memory_type(&m, talker, line);
	}
	memory_commit(&m, LONG_COUNT);
	memory_pass_over(&m);
}

TEST(a_long_answer_is_handed_over_as_it_is_taken)
{
	size_t lines = 0, pieces = 0;
	open_tea("", 0);
	say_much();
	memory_type(&m, host, "HISTORY #tea 100");
	memory_answer_read(&m, READ_DONE);
	memory_type(&m, host, "PING end");
	struct buf *seen = &m.conns[host].seen;
	while (m.conns[host].asked_low) {
		CHECK(seen->len > 0 && seen->len < ANSWER_BYTES_MAX);
		CHECK(memcmp(seen->bytes + seen->len - 2, "\r\n", 2) == 0);
		for (size_t i = 0; i < seen->len; i++)
			lines += seen->bytes[i] == '\n';
		pieces++;
		seen->len = 0;
		memory_take(&m, host);
	}
	const char *rest = memory_seen(&m, host), *pong = strstr(rest, " PONG ");
	CHECK(pong && strcmp(pong, " PONG tea.example :end\r\n") == 0);
	CHECK(pieces > 3 && lines > LONG_COUNT * 8);
	memory_close(&m);
}

TEST(who_goes_in_the_middle_of_an_answer_leaves_nothing)
{
	open_tea(LABELS, 0);
	say_much();
	memory_type(&m, host, "@label=a HISTORY #tea 100");
	memory_answer_read(&m, READ_DONE);
	memory_type(&m, host, "PING end");
	memory_cut(&m, host);
	CHECK(m.conns[host].released);

	memory_type(&m, guest, "PRIVMSG host,talker :bye");
	stall();
	memory_type(&m, guest, "NAMES #tea");
	memory_type(&m, guest, "HISTORY talker 5");
	memory_cut(&m, guest);
	CHECK(m.conns[guest].released);
	memory_commit(&m, 2);
	memory_answer_read(&m, READ_DONE);
	memory_close(&m);
}

/* What he asked for goes on, but nothing that he would wait for; or all of it would begin at once. */
TEST(who_goes_while_he_reads_reads_no_more)
{
	static const char *const asked[] = {
		"HISTORY #tea",
		"CHATHISTORY LATEST #tea * 1",
		"REDACT #tea 1",
		"CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00Z timestamp=2999-01-01T00:00:00Z 5",
		"OPER a b",
		"NS IDENTIFY a b",
	};
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "a", "draft/chathistory draft/message-redaction batch");
	memory_type(&m, a, "JOIN #tea");
	memory_type(&m, a, "PRIVMSG #tea :one");
	memory_commit(&m, 1);
	memory_type(&m, a, "HISTORY #tea");
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		memory_type(&m, a, asked[i]);
	memory_type(&m, a, "TOPIC #tea :green");
	memory_cut(&m, a);
	CHECK_EQ(m.read_count, 1, "what was being read is");
	CHECK_EQ((int)m.check.asker, 0, "no password is looked at");
	CHECK_EQ(m.flight_count, 1, "the topic is to be stored");
	memory_answer_read(&m, READ_DONE);
	CHECK(!m.conns[a].released);
	memory_commit(&m, 1);
	CHECK(m.conns[a].released);
	memory_close(&m);
}

TEST(the_server_may_stop_in_the_middle_of_an_answer)
{
	open_tea(LABELS, 0);
	say_much();
	memory_type(&m, host, "@label=a HISTORY #tea 100");
	memory_answer_read(&m, READ_DONE);
	memory_type(&m, guest, "PRIVMSG talker :bye");
	memory_type(&m, guest, "PRIVMSG nobody :bye");
	memory_close(&m);
}

/* ---- a disk that does not answer ---- */

TEST(a_goodbye_is_said_though_answers_are_pending)
{
	open_tea(LABELS, 0);
	memory_type(&m, host, "@label=a PRIVMSG #tea :one");
	memory_type(&m, host, "@label=b PRIVMSG nobody :two");
	stall();
	memory_type(&m, host, "@label=c PING x");
	SEES(host, "");
	memory_type(&m, host, "QUIT :enough");
	const char *seen = memory_seen(&m, host);
	CHECK(!strstr(seen, "one"));
	CHECK(strstr(seen, "@label=b :tea.example 401 host nobody :No such nick/channel\r\n"
			   "@label=c :tea.example PONG tea.example :x\r\n"
			   "ERROR :Closing link: somewhere (Quit: enough)\r\n"));
	CHECK(m.conns[host].closed);
	memory_commit(&m, 1);
	SEES(host, "");
	memory_cut(&m, host);
	CHECK(m.conns[host].released);
	memory_close(&m);
}

TEST(answers_that_are_held_back_have_so_many_bytes_and_no_more)
{
	open_tea("", 0);
	memory_type(&m, host, "PRIVMSG #tea :one");
	stall();
	int asked = 0, answered = 0;
	while (!m.conns[host].dialog->first) {
		CHECK(++asked < 10000);
		memory_type(&m, host, "VERSION");
	}
	CHECK(asked > 10);
	memory_type(&m, guest, "PING x"); /* nobody else waits */
	SEES(guest, ":tea.example PONG tea.example :x\r\n");
	memory_commit(&m, 1);
	struct buf *seen = &m.conns[host].seen;
	do {
		for (size_t i = 0; i + 5 < seen->len; i++)
			answered += memcmp(seen->bytes + i, " 351 ", 5) == 0;
		seen->len = 0;
		memory_take(&m, host);
	} while (seen->len > 0);
	CHECK_EQ(answered, asked, "all of them in the end");
	memory_close(&m);
}

TEST(who_is_held_back_may_go)
{
	open_tea("", 0);
	memory_type(&m, host, "PRIVMSG #tea :one");
	stall();
	while (!m.conns[host].dialog->first)
		memory_type(&m, host, "VERSION");
	memory_cut(&m, host);
	CHECK(m.conns[host].released);
	memory_close(&m);
}
