/* Bans that go by themselves. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define MINUTE 60000

static struct memory m;
static int host, guest;

static void type(int conn, const char *line)
{
	memory_type(&m, conn, line);
	memory_commit(&m, 100);
}

static void open_tea(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "");
	guest = memory_enter_irc(&m, "guest", "");
	type(host, "JOIN #tea");
	type(guest, "JOIN #tea");
	memory_tick(&m, CROWD_WINDOW_MS, false);
	memory_pass_over(&m);
}

static size_t bans(void)
{
	return memory_room(&m, "#tea")->rules.lists[RULES_BANS].count;
}

TEST(a_timed_ban_goes_when_its_time_is_over)
{
	open_tea();
	CHECK_EQ(chat_wait(m.chat), -1, "nothing is due");
	type(host, "MODE #tea +bb ~t:2:guest ~t:1:~m:other");
	type(guest, "PRIVMSG #tea :a");
	CHECK(strstr(memory_seen(&m, guest), " 404 guest #tea "));
	CHECK(chat_wait(m.chat) > 0);
	memory_pass_over(&m);
	memory_tick(&m, MINUTE - 1, false);
	CHECK_EQ(m.flight_count, 0, "not yet");
	memory_tick(&m, 1, false);
	CHECK_EQ(m.flight_count, 1, "it is on its way to the disk");
	CHECK_EQ(bans(), 2, "and gone when it is there");
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, guest), ":tea.example MODE #tea -b ~t:1:~m:other!*@*\r\n");
	CHECK_STR(memory_seen(&m, host), ":tea.example MODE #tea -b ~t:1:~m:other!*@*\r\n");
	memory_tick(&m, MINUTE, false);
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, guest), ":tea.example MODE #tea -b ~t:2:guest!*@*\r\n");
	CHECK_EQ(bans(), 0, "none is left");
	type(guest, "PRIVMSG #tea :b");
	CHECK_STR(memory_seen(&m, guest), "");
	memory_tick(&m, 10 * MINUTE, false);
	CHECK_EQ(m.flight_count, 0, "once");
	CHECK_EQ(chat_wait(m.chat), -1, "nothing is due any more");
	memory_close(&m);
}

TEST(timed_exceptions_and_invitations_go_too)
{
	open_tea();
	type(host, "MODE #tea +eIb ~t:1:a ~t:1:b ~t:1:c");
	memory_pass_over(&m);
	memory_tick(&m, MINUTE, false);
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, guest),
		  ":tea.example MODE #tea -beI ~t:1:c!*@* ~t:1:a!*@* ~t:1:b!*@*\r\n");
	memory_close(&m);
}

TEST(many_go_in_several_changes)
{
	char line[128];
	open_tea();
	for (int i = 0; i < MODE_ARGS_MAX + 1; i++) {
		snprintf(line, sizeof(line), "MODE #tea +b ~t:1:a%d", i);
		type(host, line);
	}
	memory_tick(&m, MINUTE, false);
	memory_commit(&m, 1);
	CHECK_EQ(bans(), 1, "as many as one change has");
	memory_tick(&m, 1000, false);
	memory_commit(&m, 1);
	CHECK_EQ(bans(), 0, "and then the rest");
	memory_close(&m);
}

TEST(a_timed_ban_that_is_taken_off_is_forgotten)
{
	open_tea();
	type(host, "MODE #tea +bb ~t:1:a ~t:5:b");
	type(host, "MODE #tea -b ~t:1:a");
	memory_pass_over(&m);
	memory_tick(&m, MINUTE, false);
	CHECK_EQ(m.flight_count, 0, "nothing has ended");
	memory_tick(&m, 4 * MINUTE, false);
	CHECK_EQ(m.flight_count, 1, "the other");
	/* While it is written, nobody else proposes it. */
	memory_tick(&m, 5000, false);
	CHECK_EQ(m.flight_count, 1, "once");
	memory_fail(&m);
	memory_tick(&m, 5000, false);
	CHECK_EQ(m.flight_count, 1, "again, since it was lost");
	memory_commit(&m, 1);
	CHECK_EQ(bans(), 0, "gone");
	memory_close(&m);
}

TEST(a_timed_ban_goes_though_nothing_can_be_stored)
{
	open_tea();
	type(host, "MODE #tea +b ~t:1:a");
	memory_pass_over(&m);
	m.refuse = REFUSED_DEGRADED;
	memory_tick(&m, MINUTE, false);
	CHECK_STR(memory_seen(&m, guest), ":tea.example MODE #tea -b ~t:1:a!*@*\r\n");
	CHECK_EQ(bans(), 0, "gone");
	memory_close(&m);
}

TEST(a_timed_ban_ends_with_its_room)
{
	open_tea();
	type(host, "MODE #tea +b ~t:1:a");
	type(host, "PART #tea");
	type(guest, "PART #tea");
	memory_tick(&m, MINUTE, false);
	CHECK_EQ(m.flight_count, 0, "there is no room");
	memory_close(&m);
}
