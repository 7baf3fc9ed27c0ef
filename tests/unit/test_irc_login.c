/* Logging in and registering, as far as it takes its time: passwords are answered and the disk answers
 * when the test says so, or never, and what is asked meanwhile waits, or is refused. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <string.h>

static struct memory m;

static bool sees(int conn, const char *text)
{
	const char *seen = memory_seen(&m, conn);
	bool ok = strstr(seen, text) != NULL;
	CHECK_EQ(ok, true, seen);
	return ok;
}

/* Has the account tea, and is logged in to it. */
static int tea_lover(const char *caps)
{
	int conn = memory_enter_irc(&m, "a", caps);
	memory_type(&m, conn, "NS REGISTER pot");
	memory_answer_check(&m, true, "kept");
	memory_commit(&m, 1);
	memory_pass_over(&m);
	return conn;
}

TEST(login_registering_waits_for_the_password_and_for_the_disk)
{
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "a", "batch labeled-response");
	memory_type(&m, a, "@label=1 REGISTER * * pot");
	memory_type(&m, a, "@label=2 PING x");
	CHECK_STR(memory_seen(&m, a), "");
	memory_answer_check(&m, true, "kept");
	CHECK_STR(memory_seen(&m, a), "");
	memory_commit(&m, 1);
	const char *seen = memory_seen(&m, a);
	CHECK(strstr(seen, "@label=1 :tea.example BATCH +1 labeled-response\r\n"
			   "@batch=1 :tea.example REGISTER SUCCESS a :") == seen);
	CHECK(strstr(seen, "@batch=1 :tea.example 900 a "));
	CHECK(strstr(seen, "BATCH -1\r\n@label=2 :tea.example PONG"));
	CHECK_STR(user_account(memory_user(&m, a)), "a");
	memory_close(&m);
}

TEST(login_registering_may_fail_late)
{
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "a", "");
	m.no_checks = true;
	memory_type(&m, a, "REGISTER * * pot");
	sees(a, "FAIL REGISTER TEMPORARILY_UNAVAILABLE a :");
	m.no_checks = false;
	m.no_registrations = true;
	memory_type(&m, a, "REGISTER * * pot");
	sees(a, "FAIL REGISTER TEMPORARILY_UNAVAILABLE a :");
	m.no_registrations = false;
	memory_type(&m, a, "REGISTER * * pot");
	memory_answer_check(&m, false, "no memory");
	sees(a, "FAIL REGISTER TEMPORARILY_UNAVAILABLE a :");
	memory_type(&m, a, "REGISTER * * pot");
	memory_answer_check(&m, true, "kept");
	memory_fail(&m);
	sees(a, "FAIL REGISTER TEMPORARILY_UNAVAILABLE a :");
	CHECK_STR(user_account(memory_user(&m, a)), "");
	/* Nothing of it is left. */
	memory_type(&m, a, "PRIVMSG NickServ :REGISTER pot");
	memory_answer_check(&m, true, "kept");
	memory_commit(&m, 1);
	sees(a, " 900 a ");
	memory_close(&m);
}

TEST(login_registers_only_one_of_two)
{
	memory_open(&m, 0);
	m.chat->config.accounts.custom_name = true;
	int a = memory_enter_irc(&m, "a", ""), b = memory_enter_irc(&m, "b", "");
	memory_type(&m, a, "REGISTER tea * pot");
	memory_answer_check(&m, true, "kept");
	memory_type(&m, b, "REGISTER tea * cup");
	sees(b, "FAIL REGISTER ACCOUNT_EXISTS tea :");
	memory_commit(&m, 1);
	sees(a, "REGISTER SUCCESS tea :");
	memory_close(&m);
}

TEST(login_goes_on_without_those_who_left)
{
	memory_open(&m, 0);
	m.chat->config.accounts.before_connect = true;
	int a = memory_enter_irc(&m, "a", ""), b = memory_connect_to(&m, protocol_find("irc"));
	memory_type(&m, a, "REGISTER * * pot");
	memory_cut(&m, a);
	memory_answer_check(&m, true, "kept");
	CHECK_EQ(m.flight_count, 0, "nobody asks for it any longer");
	memory_type(&m, b, "CAP REQ sasl");
	memory_type(&m, b, "NICK b");
	memory_type(&m, b, "REGISTER * * pot");
	memory_answer_check(&m, true, "kept");
	memory_cut(&m, b);
	memory_commit(&m, 1);
	CHECK(account_find(m.chat, "b", 1));
	memory_close(&m);
}

TEST(login_of_who_is_gone_is_none)
{
	static const char *const again[] = { "USER a 0 * :a",      "NICK b",
					     "PASS a:cup",         "CAP END",
					     "AUTHENTICATE PLAIN", "REGISTER * * pot" };
	memory_open(&m, 0);
	m.chat->config.accounts.before_connect = true;
	for (size_t i = 0; i < ARRAY_LEN(again); i++) {
		int a = memory_connect_to(&m, protocol_find("irc"));
		memory_type(&m, a, "PASS a:pot");
		memory_type(&m, a, "NICK a");
		memory_type(&m, a, "USER a 0 * :a");
		CHECK_STR(m.check.password, "pot");
		memory_type(&m, a, again[i]);
		memory_type(&m, a, again[i]);
		memory_cut(&m, a);
		memory_answer_check(&m, true, "");
		CHECK(m.conns[a].released);
	}
	memory_close(&m);
}

/* The disk does not answer: what is in flight is not waited for, and nothing else of its kind begins. */
TEST(login_begins_nothing_while_the_disk_is_silent)
{
	memory_open(&m, 0);
	int a = tea_lover("");
	memory_type(&m, a, "NS SET EMAIL a@tea.example");
	memory_tick(&m, STALL_MS, true);
	memory_type(&m, a, "NS IDENTIFY a pot");
	sees(a, "");
	memory_type(&m, a, "CAP REQ sasl");
	memory_type(&m, a, "AUTHENTICATE PLAIN");
	memory_type(&m, a, "REGISTER * * pot");
	memory_type(&m, a, "OPER a b");
	memory_answer_check(&m, false, "");
	memory_tick(&m, 1, false);
	memory_commit(&m, 1);
	const char *seen = memory_seen(&m, a);
	CHECK(strstr(seen, " 904 a "));
	CHECK(strstr(seen, "FAIL REGISTER "));
	CHECK(strstr(seen, " 464 a "));
	memory_type(&m, a, "NS IDENTIFY a pot");
	memory_answer_check(&m, true, "");
	sees(a, " 900 a ");
	memory_close(&m);
}

TEST(login_is_no_longer_possible_when_the_account_is_gone)
{
	memory_open(&m, 0);
	int a = tea_lover(""), b = memory_enter_irc(&m, "b", "sasl");
	memory_type(&m, b, "AUTHENTICATE PLAIN");
	memory_type(&m, b, "AUTHENTICATE AGEAcG90");
	CHECK_STR(m.check.password, "pot");
	CHECK_STR(m.check.hash, "kept");
	struct memory_check check = m.check;
	memory_type(&m, a, "NS DROP pot");
	memory_answer_check(&m, true, "");
	memory_commit(&m, 1);
	sees(a, " 901 a ");
	m.check = check;
	memory_answer_check(&m, true, "");
	sees(b, " 904 b ");
	memory_close(&m);
}

/* Who has to wait for his answer, because he failed so often, is not let in with what was right then. */
TEST(login_is_no_longer_possible_when_the_password_is_another)
{
	memory_open(&m, 0);
	int a = tea_lover(""), b = memory_enter_irc(&m, "b", "");
	memory_type(&m, b, "NS IDENTIFY a pot");
	CHECK_STR(m.check.hash, "kept");
	struct memory_check check = m.check;
	memory_type(&m, a, "NS SET PASSWORD cup");
	memory_answer_check(&m, true, "new");
	memory_commit(&m, 1);
	m.check = check;
	memory_answer_check(&m, true, "");
	CHECK_STR(user_account(memory_user(&m, b)), "");
	memory_type(&m, b, "NS IDENTIFY a cup");
	CHECK_STR(m.check.hash, "new");
	memory_answer_check(&m, true, "");
	sees(b, " 900 b ");
	memory_close(&m);
}

/* A disk that did not answer does so at last, while its user waits for something else. */
TEST(login_that_comes_late_ends_nothing_else)
{
	memory_open(&m, 0);
	int a = tea_lover("");
	memory_type(&m, a, "JOIN #tea");
	memory_type(&m, a, "NS SET EMAIL a@tea.example");
	memory_tick(&m, STALL_MS, true);
	memory_type(&m, a, "HISTORY #tea");
	CHECK_EQ(m.read_count, 1, "it is read");
	memory_tick(&m, 1, false);
	memory_commit(&m, 1);
	memory_type(&m, a, "HISTORY #tea");
	CHECK_EQ(m.read_count, 1, "one after the other");
	memory_answer_read(&m, READ_DONE);
	CHECK_EQ(m.read_count, 1, "and now the other");
	memory_answer_read(&m, READ_DONE);
	memory_pass_over(&m);
	memory_type(&m, a, "PING x");
	sees(a, "PONG");
	memory_close(&m);
}

TEST(login_of_several_sessions_is_one)
{
	memory_open(&m, 0);
	int a = tea_lover(""), b = memory_connect_to(&m, protocol_find("irc"));
	struct account *tea = account_find(m.chat, "a", 1);
	memory_account(&m, "cup");
	/* Whoever is on his way to log in may ask for a nick that is here. */
	memory_type(&m, b, "PASS a:pot");
	memory_type(&m, b, "NICK A");
	memory_type(&m, b, "USER b 0 * :b");
	CHECK_STR(m.check.name, "a");
	memory_answer_check(&m, true, "");
	CHECK(memory_user(&m, a) == memory_user(&m, b));
	CHECK_EQ(tea->user_count, 1, "one user");
	memory_pass_over(&m);
	memory_type(&m, a, "NS LOGOUT");
	memory_type(&m, b, "NS IDENTIFY cup pot");
	memory_answer_check(&m, true, "");
	CHECK_STR(user_account(memory_user(&m, a)), "a");
	memory_type(&m, b, "QUIT");
	memory_type(&m, a, "NS LOGOUT");
	sees(a, " 901 a ");
	memory_close(&m);
}
