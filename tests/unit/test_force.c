/* What operators do to others, while something of these is on its way to the disk. */
#include "tests/unit/check.h"

#include "core/force.h"
#include "core/session.h"
#include "tests/unit/memory.h"

#include <string.h>

static struct memory m;

static int enter(const char *nick)
{
	int conn = memory_enter_irc(&m, nick, "batch labeled-response echo-message");
	memory_type(&m, conn, "JOIN #a");
	memory_pass_over(&m);
	return conn;
}

static int enter_operator(void)
{
	int conn = enter("op");
	user_set_flags(m.chat, memory_user(&m, conn), USER_OPERATOR);
	return conn;
}

TEST(a_kill_follows_what_was_said_before)
{
	memory_open(&m, 0);
	int op = enter_operator(), bob = enter("bob");
	memory_seen(&m, op);
	memory_type(&m, bob, "PRIVMSG #a :one");
	memory_type(&m, op, "KILL bob :out");
	memory_type(&m, op, "@label=x PING 1");
	CHECK_STR(memory_seen(&m, op), "");
	/* Or he would never be silent. */
	memory_type(&m, bob, "PRIVMSG #a :two");
	CHECK_EQ(m.flight_count, 1, "two waits");
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, bob), ":bob!someone@somewhere PRIVMSG #a :one\r\n"
					":op!someone@somewhere KILL bob :out\r\n"
					":bob!someone@somewhere QUIT :Killed (op (out))\r\n"
					"ERROR :Closing link: somewhere (Killed (op (out)))\r\n");
	CHECK(m.conns[bob].closed && !memory_user(&m, bob));
	CHECK_STR(memory_seen(&m, op), ":bob!someone@somewhere PRIVMSG #a :one\r\n"
				       ":bob!someone@somewhere QUIT :Killed (op (out))\r\n"
				       "@label=x :tea.example PONG tea.example :1\r\n");
	CHECK_EQ(m.flight_count, 0, "what he had asked for is not done");
	memory_type(&m, bob, "PRIVMSG #a :three");
	CHECK_EQ(m.flight_count, 0, "nor what he asks for later");
	CHECK_STR(memory_seen(&m, bob), "");
	memory_cut(&m, bob);
	CHECK(m.conns[bob].released);
	memory_close(&m);
}

TEST(a_kill_does_not_wait_for_a_dead_disk)
{
	memory_open(&m, 0);
	int op = enter_operator(), bob = enter("bob");
	memory_type(&m, bob, "PRIVMSG #a :one");
	memory_type(&m, bob, "TOPIC #a :tea");
	memory_pass_over(&m);
	memory_type(&m, op, "KILL bob :out");
	memory_tick(&m, 3000, true);
	CHECK(m.conns[bob].closed && strstr(memory_seen(&m, op), " QUIT :Killed"));
	/* It was on its way, and answers nobody. */
	memory_seen(&m, bob);
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, op), "PRIVMSG #a :one"));
	CHECK_STR(memory_seen(&m, bob), "");
	memory_cut(&m, bob);
	memory_close(&m);
}

TEST(who_waits_to_kill_and_goes_lets_him_speak)
{
	memory_open(&m, 0);
	int op = enter_operator(), bob = enter("bob");
	memory_type(&m, bob, "PRIVMSG #a :one");
	memory_type(&m, op, "KILL bob :out");
	memory_type(&m, bob, "PRIVMSG #a :two");
	CHECK_EQ(m.flight_count, 1, "two waits");
	/* The operator asks another thing first, once he is no operator. */
	user_set_flags(m.chat, memory_user(&m, op), 0);
	memory_tick(&m, 1, true);
	memory_tick(&m, 1, false);
	CHECK(strstr(memory_seen(&m, op), " 481 "));
	CHECK_EQ(m.flight_count, 2, "two is said");
	memory_close(&m);
}

TEST(who_is_no_operator_makes_nobody_wait)
{
	memory_open(&m, 0);
	int ann = enter("ann"), bob = enter("bob");
	memory_type(&m, bob, "PRIVMSG #a :one");
	memory_type(&m, ann, "KILL bob :out");
	CHECK(strstr(memory_seen(&m, ann), " 481 "));
	memory_type(&m, bob, "PRIVMSG #a :two");
	CHECK_EQ(m.flight_count, 2, "two is said");
	memory_close(&m);
}

TEST(a_kill_ends_all_sessions_of_an_account)
{
	int conns[2];
	memory_open(&m, 0);
	struct account *account = memory_account(&m, "an");
	int op = enter_operator();
	for (int i = 0; i < 2; i++) {
		conns[i] = memory_connect_to(&m, protocol_find("irc"));
		memory_log_in(&m, conns[i], account);
		memory_type(&m, conns[i], "NICK an");
		memory_type(&m, conns[i], "USER an 0 * :An");
	}
	memory_type(&m, conns[0], "JOIN #a");
	memory_pass_over(&m);
	memory_type(&m, op, "KILL an :out");
	for (int i = 0; i < 2; i++) {
		const char *seen = memory_seen(&m, conns[i]);
		CHECK(strstr(seen, " KILL an :out\r\n") && strstr(seen, "ERROR :"));
		CHECK(m.conns[conns[i]].closed && !memory_user(&m, conns[i]));
	}
	const char *seen = strstr(memory_seen(&m, op), " QUIT :Killed");
	CHECK(seen && !strstr(seen + 2, "QUIT"));
	memory_close(&m);
}

TEST(who_is_killed_while_he_reads_is_told_nothing_of_it)
{
	memory_open(&m, 0);
	int op = enter_operator(), bob = enter("bob"), wang = memory_enter(&m, "小王");
	memory_type(&m, bob, "HISTORY #a 10");
	memory_type(&m, wang, "/history");
	CHECK_EQ(m.read_count, 2, "both read");
	memory_type(&m, op, "KILL bob :out");
	memory_type(&m, op, "KILL 小王 :out");
	memory_pass_over(&m);
	memory_answer_read(&m, READ_DONE);
	memory_answer_read(&m, READ_FAILED);
	CHECK_STR(memory_seen(&m, bob), "");
	CHECK_STR(memory_seen(&m, wang), "");
	memory_cut(&m, bob);
	memory_cut(&m, wang);
	CHECK(m.conns[bob].released && m.conns[wang].released);
	memory_close(&m);
}

TEST(who_is_killed_while_his_password_is_looked_at_becomes_no_operator)
{
	memory_open(&m, 0);
	int op = enter_operator(), bob = enter("bob");
	memory_type(&m, bob, "OPER bob secret");
	memory_type(&m, op, "KILL bob :out");
	memory_pass_over(&m);
	memory_answer_check(&m, true, "staff");
	CHECK_STR(memory_seen(&m, bob), "");
	CHECK_EQ(m.chat->operator_count, 1, "one operator");
	memory_close(&m);
}
