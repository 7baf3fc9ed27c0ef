/* Accounts in the chat: whose a name is, from the moment it is asked for, and what becomes of it. */
#include "core/enrol.h"
#include "core/voucher.h"

#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define CERT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct memory m;

static struct session *session_of(int conn)
{
	return &m.conns[conn].dialog->session;
}

static enum refusal ask_for(int conn, const char *name)
{
	const struct enrolment how = { .name = name,
				       .nick = name,
				       .hash = "h",
				       .scram = "s",
				       .email = "",
				       .voucher = "" };
	return chat_account_register(session_of(conn), &how);
}

static struct account *find(const char *name)
{
	return account_find(m.chat, name, strlen(name));
}

static enum refusal may_be_nick(int conn, const char *nick)
{
	return chat_nick_refusal(session_of(conn), nick, strlen(nick));
}

TEST(account_is_there_when_it_is_on_disk)
{
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "Tea", "");
	CHECK_EQ(ask_for(a, "Tea"), REFUSED_NOT, "his own nick");
	CHECK(!find("tea"));
	memory_commit(&m, 1);
	struct account *account = find("tEA");
	CHECK(account && account->state == ACCOUNT_THERE);
	CHECK_STR(account->name, "Tea");
	CHECK_STR(account->record.hash, "h");
	CHECK(account->id > 0 && account->in_flight == 0 && !account->next);
	memory_close(&m);
}

TEST(account_is_registered_once_though_two_ask_at_the_same_time)
{
	memory_open(&m, 0);
	int a = memory_connect_to(&m, protocol_find("irc"));
	int b = memory_connect_to(&m, protocol_find("irc"));
	CHECK_EQ(ask_for(a, "Tea"), REFUSED_NOT, "the first");
	CHECK_EQ(ask_for(b, "tea"), REFUSED_ACCOUNT_EXISTS, "it is on its way");
	CHECK_EQ(ask_for(b, "Теа"), REFUSED_ACCOUNT_EXISTS, "and this looks like it");
	CHECK_EQ(may_be_nick(b, "tea"), REFUSED_NICK_RESERVED, "its name is taken at once");
	memory_fail(&m);
	CHECK_EQ(may_be_nick(b, "tea"), REFUSED_NOT, "it is not to be");
	CHECK_EQ(m.chat->account_count, 0, "none");
	CHECK_EQ(ask_for(b, "tea"), REFUSED_NOT, "so another may have it");
	memory_commit(&m, 1);
	CHECK_STR(find("tea")->name, "tea");
	memory_close(&m);
}

TEST(account_is_not_made_when_the_log_takes_nothing)
{
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "tea", "");
	m.refuse = REFUSED_DEGRADED;
	CHECK_EQ(ask_for(a, "tea"), REFUSED_DEGRADED, "the disk is full");
	CHECK_EQ(m.chat->account_count, 0, "nothing is left of it");
	memory_close(&m);
}

TEST(account_name_is_nobodys_nick_but_its_own)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "Tea");
	memory_account(&m, "老李");
	int a = memory_connect_to(&m, protocol_find("irc"));
	static const char *const alike[] = {
		"tea",  "TEA",      "ｔｅａ",   "Теа",       "tеa",
		"老李", "NickServ", "chanserv", "ＮickServ", "Niсkserv"
	};
	for (size_t i = 0; i < ARRAY_LEN(alike); i++)
		CHECK_EQ(may_be_nick(a, alike[i]), REFUSED_NICK_RESERVED, alike[i]);
	CHECK_EQ(may_be_nick(a, "teas"), REFUSED_NOT, "unlike");
	memory_log_in(&m, a, tea);
	CHECK_EQ(may_be_nick(a, "tea"), REFUSED_NOT, "his own");
	CHECK_EQ(may_be_nick(a, "Теа"), REFUSED_NOT, "and what looks like it");
	CHECK_EQ(may_be_nick(a, "老李"), REFUSED_NICK_RESERVED, "another's");
	CHECK_EQ(may_be_nick(a, "NickServ"), REFUSED_NICK_RESERVED, "a service's");
	memory_close(&m);
}

TEST(account_name_is_refused_for_good_reasons)
{
	memory_open(&m, 0);
	memory_account(&m, "Tea");
	int a = memory_enter_irc(&m, "an", "");
	memory_enter_irc(&m, "bo", "");
	static const struct {
		const char *name, *nick;
		enum refusal why;
	} cases[] = {
		{ "an", "an", REFUSED_NOT },
		{ "AN", "an", REFUSED_NOT },
		{ "other", "an", REFUSED_NOT_HIS_NICK },
		{ "other", NULL, REFUSED_NOT },
		{ "a b", NULL, REFUSED_NICK_INVALID },
		{ "", NULL, REFUSED_NICK_INVALID },
		{ "nickserv", NULL, REFUSED_NICK_RESERVED },
		{ "tea", NULL, REFUSED_ACCOUNT_EXISTS },
		{ "ТЕА", NULL, REFUSED_ACCOUNT_EXISTS },
		{ "bo", NULL, REFUSED_NICK_TAKEN },
		{ "bо", NULL, REFUSED_NICK_TAKEN },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct enrolment how = { .name = cases[i].name,
					       .nick = cases[i].nick,
					       .email = "",
					       .voucher = "" };
		CHECK_EQ(chat_account_refusal(session_of(a), &how), cases[i].why, cases[i].name);
	}
	memory_close(&m);
}

TEST(account_rules_are_kept_but_by_operators)
{
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "an", "");
	struct enrolment how = { .name = "an", .nick = "an", .email = "", .voucher = "" };
	m.chat->config.accounts.may_register = REGISTER_OFF;
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_REGISTER_OFF, "off");
	how.by_operator = true;
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_NOT, "not for operators");
	how.by_operator = false;
	m.chat->config.accounts = (struct account_rules){ .needs_email = true };
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_EMAIL, "none");
	how.email = "an";
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_EMAIL, "no address");
	how.email = "an@example.org";
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_NOT, "one");
	memory_close(&m);
}

TEST(account_voucher_is_good_for_one_account)
{
	memory_open(&m, 0);
	m.chat->config.accounts.may_register = REGISTER_INVITE;
	int a = memory_enter_irc(&m, "an", ""), b = memory_enter_irc(&m, "bo", "");
	struct enrolment how = { .name = "an",
				 .hash = "h",
				 .scram = "s",
				 .email = "",
				 .voucher = HASH_A };
	CHECK_EQ(chat_account_register(session_of(a), &how), REFUSED_VOUCHER, "not made yet");
	CHECK_EQ(chat_make_voucher(session_of(b), HASH_A, m.now_ms + 1000), REFUSED_NOT, "made");
	CHECK_EQ(chat_account_register(session_of(a), &how), REFUSED_VOUCHER, "not on disk");
	memory_commit(&m, 1);
	CHECK_EQ(chat_account_register(session_of(a), &how), REFUSED_NOT, "now it is");
	how.name = "bo";
	CHECK_EQ(chat_account_register(session_of(b), &how), REFUSED_VOUCHER, "an is about to");
	memory_fail(&m);
	CHECK_EQ(chat_account_register(session_of(b), &how), REFUSED_NOT, "he could not");
	CHECK_STR(m.flight[0]->tags, HASH_A);
	memory_commit(&m, 1);
	how.name = "an";
	CHECK_EQ(chat_account_register(session_of(a), &how), REFUSED_VOUCHER, "it is used");
	CHECK_EQ(m.chat->voucher_count, 0, "and gone");
	memory_close(&m);
}

TEST(account_voucher_expires_and_there_are_not_too_many)
{
	char hash[VOUCHER_HASH_SIZE];
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "an", "");
	struct enrolment how = { .name = "an", .email = "", .voucher = HASH_B };
	chat_add_voucher(m.chat, HASH_B, m.now_ms + 1000);
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_NOT, "in time");
	memory_tick(&m, 1000, false);
	CHECK_EQ(chat_account_refusal(session_of(a), &how), REFUSED_VOUCHER, "too late");
	for (unsigned i = 0; i < VOUCHERS_MAX; i++) {
		snprintf(hash, sizeof(hash), "%064u", i);
		chat_add_voucher(m.chat, hash, m.now_ms + (i == 0 ? 1000 : 9000));
	}
	CHECK_EQ(chat_make_voucher(session_of(a), HASH_A, m.now_ms + 1000), REFUSED_LIST_FULL,
		 "but for the old one");
	memory_tick(&m, 1000, false);
	CHECK_EQ(chat_make_voucher(session_of(a), HASH_A, m.now_ms + 1000), REFUSED_NOT,
		 "another has expired");
	memory_close(&m);
}

TEST(account_changes_follow_each_other)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	int a = memory_enter_irc(&m, "an", "");
	struct session *s = session_of(a);
	CHECK_EQ(chat_account_set_password(s, tea, "h2", "s2"), REFUSED_NOT, "one");
	CHECK_EQ(chat_account_set_email(s, tea, "x@y"), REFUSED_NOT, "another behind it");
	CHECK_EQ(chat_account_add_cert(s, tea, CERT), REFUSED_NOT, "and one more");
	CHECK_EQ(chat_account_add_cert(s, tea, CERT), REFUSED_ALREADY_THERE, "twice");
	CHECK_STR(tea->record.hash, "");
	memory_commit(&m, 1);
	CHECK_STR(tea->record.hash, "h2");
	CHECK_STR(tea->record.email, "");
	CHECK(!account_find_cert(m.chat, CERT));
	memory_commit(&m, 2);
	CHECK_STR(tea->record.hash, "h2");
	CHECK_STR(tea->record.email, "x@y");
	CHECK(account_find_cert(m.chat, CERT) == tea);
	CHECK_EQ(chat_account_remove_cert(s, tea, CERT), REFUSED_NOT, "away with it");
	CHECK_EQ(chat_account_remove_cert(s, tea, CERT), REFUSED_NOT_THERE, "it is on its way");
	memory_commit(&m, 1);
	CHECK(!account_find_cert(m.chat, CERT));
	memory_close(&m);
}

TEST(account_stays_as_it_was_when_changes_fail)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	struct session *s = session_of(memory_enter_irc(&m, "an", ""));
	CHECK_EQ(chat_account_set_email(s, tea, "x@y"), REFUSED_NOT, "a change");
	CHECK_EQ(chat_account_drop(s, tea), REFUSED_NOT, "and the end");
	CHECK_EQ(chat_account_set_email(s, tea, "z@y"), REFUSED_NO_SUCH_ACCOUNT, "behind it");
	memory_fail(&m);
	CHECK_STR(account_latest(tea)->email, "");
	CHECK_EQ(chat_account_set_email(s, tea, "z@y"), REFUSED_NOT, "it is there still");
	memory_commit(&m, 1);
	CHECK_STR(find("tea")->record.email, "z@y");
	memory_close(&m);
}

TEST(account_that_is_dropped_logs_everybody_out)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	int a = memory_enter_irc(&m, "an", ""),
	    coming = memory_connect_to(&m, protocol_find("irc"));
	chat_set_account(session_of(a), tea);
	memory_log_in(&m, coming, tea);
	CHECK_STR(user_account(memory_user(&m, a)), "tea");
	CHECK_EQ(tea->user_count, 1, "one who is in");
	CHECK_EQ(chat_account_drop(session_of(a), tea), REFUSED_NOT, "the end");
	CHECK_EQ(may_be_nick(a, "tea"), REFUSED_NOT, "until then it is his");
	memory_commit(&m, 1);
	CHECK_STR(user_account(memory_user(&m, a)), "");
	CHECK(!session_of(a)->account);
	CHECK(!find("tea"));
	/* Who was on his way in is a guest. */
	memory_type(&m, coming, "NICK tea");
	memory_type(&m, coming, "USER x 0 * :x");
	CHECK(memory_user(&m, coming));
	CHECK_STR(user_account(memory_user(&m, coming)), "");
	memory_close(&m);
}

TEST(account_that_is_suspended_logs_everybody_out)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	int a = memory_enter_irc(&m, "an", ""), op = memory_enter_irc(&m, "op", "");
	chat_set_account(session_of(a), tea);
	CHECK_EQ(chat_account_suspend(session_of(op), tea, "spam"), REFUSED_NOT, "why");
	memory_commit(&m, 1);
	CHECK_STR(tea->record.suspended, "spam");
	CHECK_STR(user_account(memory_user(&m, a)), "");
	CHECK_EQ(may_be_nick(a, "tea"), REFUSED_NICK_RESERVED, "its name stays its own");
	memory_close(&m);
}

TEST(account_is_seen_once_a_day)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	int a = memory_enter_irc(&m, "an", "");
	chat_set_account(session_of(a), tea);
	CHECK_EQ(m.flight_count, 0, "today's is known");
	chat_set_account(session_of(a), NULL);
	memory_tick(&m, ACCOUNT_SEEN_MS, false);
	chat_set_account(session_of(a), tea);
	CHECK_EQ(m.flight_count, 1, "tomorrow's is not");
	memory_commit(&m, 1);
	CHECK(tea->record.seen_ms == m.now_ms);
	memory_close(&m);
}

TEST(account_nick_stays_with_who_has_it_when_a_later_one_may_not)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	int a = memory_enter_irc(&m, "an", "");
	chat_set_account(session_of(a), tea);
	memory_type(&m, a, "NICK tea");
	CHECK_STR(memory_user(&m, a)->nick, "tea");
	chat_set_account(session_of(a), NULL);
	CHECK_EQ(may_be_nick(a, "Tea"), REFUSED_NOT, "what he has he keeps");
	memory_type(&m, a, "NICK an");
	memory_seen(&m, a);
	memory_type(&m, a, "NICK tea");
	const char *seen = memory_seen(&m, a);
	CHECK(strstr(seen, " 433 an tea "));
	CHECK(strstr(seen, " NOTICE an :"));
	memory_close(&m);
}

TEST(account_needed_to_enter)
{
	memory_open(&m, 0);
	struct account *tea = memory_account(&m, "tea");
	m.chat->config.accounts.needs_login = true;
	int a = memory_connect_to(&m, protocol_find("irc"));
	memory_type(&m, a, "NICK an");
	memory_type(&m, a, "USER x 0 * :x");
	CHECK(strstr(memory_seen(&m, a), "FAIL * ACCOUNT_REQUIRED :"));
	CHECK(!memory_user(&m, a));
	CHECK(m.conns[a].closed);
	a = memory_connect_to(&m, protocol_find("irc"));
	memory_log_in(&m, a, tea);
	memory_type(&m, a, "NICK an");
	memory_type(&m, a, "USER x 0 * :x");
	CHECK(memory_user(&m, a));
	memory_close(&m);
}
