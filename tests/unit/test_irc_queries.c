/* What a transcript cannot wait for or have: LIST by age, idle times, accounts, a clock that was set. */
#include "protocols/irc/irc.h"
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define MINUTE 60000
#define HEAD ":tea.example 321 guest Channel :Users  Name\r\n"
#define TEA ":tea.example 322 guest #tea 1 :\r\n"
#define MILK ":tea.example 322 guest #milk 1 :fresh\r\n"
#define END ":tea.example 323 guest :End of /LIST\r\n"

static struct memory m;
static int host, guest;

static void ask(int conn, const char *line)
{
	memory_type(&m, conn, line);
	memory_commit(&m, 100);
}

/* #tea is three minutes old, #milk one, and its topic just set. */
static void open_rooms(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "");
	guest = memory_enter_irc(&m, "guest", "");
	ask(host, "JOIN #tea");
	memory_tick(&m, 2 * MINUTE, false);
	ask(host, "JOIN #milk");
	memory_tick(&m, MINUTE, false);
	ask(host, "TOPIC #milk fresh");
	memory_pass_over(&m);
}

TEST(list_counts_the_age_of_a_room_in_minutes)
{
	open_rooms();
	ask(guest, "LIST C<2");
	SEES(guest, HEAD MILK END);
	ask(guest, "LIST C>2");
	SEES(guest, HEAD TEA END);
	ask(guest, "LIST C>3");
	SEES(guest, HEAD TEA END);
	ask(guest, "LIST C<3");
	SEES(guest, HEAD MILK END);
	ask(guest, "LIST C>4");
	SEES(guest, HEAD END);
	ask(guest, "LIST C>0");
	SEES(guest, HEAD TEA MILK END);
	ask(guest, "LIST C<0");
	SEES(guest, HEAD END);
	memory_close(&m);
}

TEST(list_counts_the_age_of_a_topic_in_minutes)
{
	open_rooms();
	memory_tick(&m, 5 * MINUTE, false);
	ask(guest, "LIST T>5");
	SEES(guest, HEAD MILK END);
	ask(guest, "LIST T<5");
	SEES(guest, HEAD END);
	ask(guest, "LIST T<6,C<7");
	SEES(guest, HEAD MILK END);
	/* A number that is too large is a very long time. */
	ask(guest, "LIST T<99999999999999999999");
	SEES(guest, HEAD MILK END);
	memory_close(&m);
}

TEST(list_takes_the_age_of_a_clock_set_back_for_none)
{
	open_rooms();
	memory_tick(&m, -10 * MINUTE, false);
	ask(guest, "LIST C>1");
	SEES(guest, HEAD END);
	ask(guest, "LIST C<1");
	SEES(guest, HEAD TEA MILK END);
	memory_close(&m);
}

TEST(whox_tells_accounts_and_how_long_nothing_was_said)
{
	memory_open(&m, 0);
	guest = memory_enter_irc(&m, "guest", "");
	host = memory_connect_to(&m, protocol_find("irc"));
	memory_log_in(&m, host, memory_account(&m, "Master"));
	memory_type(&m, host, "NICK host");
	memory_type(&m, host, "USER someone 0 * :The Host");
	memory_tick(&m, 90000, false);
	memory_pass_over(&m);
	ask(guest, "WHO host %nlar");
	SEES(guest, ":tea.example 354 guest host 90 Master :The Host\r\n"
		    ":tea.example 315 guest host :End of WHO list\r\n");
	ask(guest, "WHO guest %an");
	SEES(guest, ":tea.example 354 guest guest 0\r\n"
		    ":tea.example 315 guest guest :End of WHO list\r\n");
	memory_close(&m);
}
