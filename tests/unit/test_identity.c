/* Who somebody is seen to be changes: his account, his host. Who is told, and how. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <string.h>

static struct memory m;
static struct account *tea, *cup;

static void open_house(void)
{
	memory_open(&m, 0);
	tea = memory_account(&m, "tea");
	cup = memory_account(&m, "cup");
}

static struct session *session(int conn)
{
	return &m.conns[conn].dialog->session;
}

/* In a room, and nothing of that is left to be looked at. */
static int come(const char *nick, const char *caps)
{
	int conn = memory_enter_irc(&m, nick, caps);
	memory_type(&m, conn, "JOIN #r");
	memory_pass_over(&m);
	return conn;
}

/* Behind the source of its only line. */
static const char *said(int conn)
{
	const char *seen = memory_seen(&m, conn), *space = strchr(seen, ' ');
	CHECK_EQ(seen[0] == ':' && space != NULL, true, seen);
	return space ? space + 1 : "";
}

TEST(logging_in_is_told_to_those_who_asked_for_it)
{
	open_house();
	int a = come("a", "account-notify"), b = come("b", "account-notify account-tag");
	int c = come("c", "");
	chat_set_account(session(a), tea);
	CHECK_STR(said(a), "ACCOUNT tea\r\n");
	CHECK_STR(said(b), "ACCOUNT tea\r\n");
	CHECK_STR(memory_seen(&m, c), "");
	CHECK_STR(user_account(memory_user(&m, a)), "tea");
	/* What he does is his, from then on. */
	chat_set_account(session(a), cup);
	CHECK(strncmp(memory_seen(&m, b), "@account=tea :a!", 16) == 0);
	chat_set_account(session(a), cup);
	CHECK_STR(memory_seen(&m, b), "");
	memory_pass_over(&m);
	chat_set_account(session(a), NULL);
	CHECK_STR(said(a), "ACCOUNT *\r\n");
	CHECK(strstr(memory_seen(&m, b), "@account=cup :a!"));
	CHECK_STR(user_account(memory_user(&m, a)), "");
	memory_close(&m);
}

TEST(logging_in_before_one_is_in_is_told_to_nobody)
{
	open_house();
	int a = memory_connect_to(&m, protocol_find("irc"));
	chat_set_account(session(a), tea);
	CHECK_STR(memory_seen(&m, a), "");
	memory_type(&m, a, "NICK a");
	memory_type(&m, a, "USER a 0 * :a");
	CHECK_STR(user_account(memory_user(&m, a)), "tea");
	memory_close(&m);
}

TEST(all_sessions_are_logged_in_and_told_wherever_they_are)
{
	open_house();
	int one = memory_connect_to(&m, protocol_find("irc")), two;
	chat_set_account(session(one), tea);
	memory_type(&m, one, "CAP REQ account-notify");
	memory_type(&m, one, "NICK a");
	memory_type(&m, one, "USER a 0 * :a");
	memory_type(&m, one, "CAP END");
	two = memory_connect_to(&m, protocol_find("irc"));
	chat_set_account(session(two), tea);
	memory_type(&m, two, "CAP REQ account-notify");
	memory_type(&m, two, "NICK a");
	memory_type(&m, two, "USER a 0 * :a");
	memory_type(&m, two, "CAP END");
	CHECK(memory_user(&m, one) == memory_user(&m, two));
	memory_pass_over(&m);
	chat_set_account(session(one), NULL); /* in no room */
	CHECK_STR(said(one), "ACCOUNT *\r\n");
	const char *told = said(two);
	CHECK(strncmp(told, "ACCOUNT *\r\n", 11) == 0);
	CHECK(strstr(told, " 901 a a!a@")); /* who asked is told by those who did it for him */
	CHECK(!session(two)->account);
	memory_type(&m, one, "JOIN #r");
	memory_pass_over(&m);
	chat_set_account(session(two), cup);
	told = said(one);
	CHECK(strncmp(told, "ACCOUNT cup\r\n", 13) == 0);
	CHECK(strstr(told, " 900 a a!a@"));
	CHECK_STR(said(two), "ACCOUNT cup\r\n");
	memory_close(&m);
}

TEST(a_new_host_is_told_and_nobody_sees_himself_leave)
{
	memory_open(&m, 0);
	int a = come("a", ""), b = come("b", ""), c = come("c", "chghost extended-join");
	int d = come("d", "chghost");
	chat_set_host(memory_user(&m, a), "new.example", NULL);
	CHECK(strstr(memory_seen(&m, a), " 396 a new.example "));
	CHECK_STR(said(c), "CHGHOST someone new.example\r\n");
	const char *seen = memory_seen(&m, b);
	CHECK(strstr(seen, " QUIT :Changing host\r\n:a!someone@new.example JOIN #r\r\n"
			   ":a!someone@new.example MODE #r +o a\r\n"));
	memory_pass_over(&m);
	chat_set_host(memory_user(&m, d), "new.example", session(d));
	CHECK_STR(said(d), "CHGHOST someone new.example\r\n");
	CHECK_STR(said(c), "CHGHOST someone new.example\r\n");
	/* He is where he was, and others see him as he is. */
	memory_pass_over(&m);
	memory_type(&m, a, "PRIVMSG #r :tea");
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, b), ":a!someone@new.example PRIVMSG #r :tea\r\n");
	memory_type(&m, b, "PRIVMSG #r :tea");
	memory_commit(&m, 1);
	CHECK_STR(said(a), "PRIVMSG #r :tea\r\n");
	chat_set_host(memory_user(&m, a), "new.example", NULL);
	CHECK_STR(memory_seen(&m, b), "");
	memory_close(&m);
}

TEST(a_new_host_that_he_did_not_ask_for_answers_nothing)
{
	memory_open(&m, 0);
	int a = come("a", "labeled-response batch echo-message chghost");
	memory_type(&m, a, "@label=1 PRIVMSG #r :tea");
	chat_set_host(memory_user(&m, a), "new.example", NULL);
	CHECK_STR(said(a), "CHGHOST someone new.example\r\n");
	memory_commit(&m, 1);
	CHECK(strncmp(memory_seen(&m, a), "@label=1 :a!", 12) == 0);
	memory_close(&m);
}
