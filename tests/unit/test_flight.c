/* What waits while a change of a room is on its way to the disk, and how the change is looked at again
 * when it arrives: the world may have moved meanwhile. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define HOST ":host!someone@somewhere "
#define GUEST ":guest!someone@somewhere "

static struct memory m;
static int host, guest, other;

static void ask(int conn, const char *line)
{
	memory_type(&m, conn, line);
	memory_commit(&m, 100);
}

/* host, its operator, and guest are in #tea; host and other are in #cup. */
static void open_rooms(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "standard-replies");
	guest = memory_enter_irc(&m, "guest", "");
	other = memory_enter_irc(&m, "other", "");
	ask(host, "JOIN #tea");
	ask(guest, "JOIN #tea");
	ask(other, "JOIN #cup");
	ask(host, "JOIN #cup");
	memory_pass_over(&m);
}

static struct member *member(int conn, const char *room)
{
	return room_member(memory_room(&m, room), memory_user(&m, conn));
}

static bool sees(int conn, const char *text)
{
	return strstr(memory_seen(&m, conn), text) != NULL;
}

/* ---- waiting ---- */

TEST(who_is_named_by_a_change_waits_for_it)
{
	static const struct {
		const char *line, *answer;
	} cases[] = {
		{ "NICK visitor", GUEST "NICK :visitor\r\n" },
		{ "PART #tea", " 442 guest #tea " }, /* he is out by then */
		{ "JOIN #cup", GUEST "JOIN #cup\r\n" },
		{ "JOIN #tea", GUEST "JOIN #tea\r\n" },
		{ "PRIVMSG #tea :but", " 404 guest #tea " },
		{ "PRIVMSG other :help", "" },
		{ "QUIT", "ERROR :" },
		{ "AWAY :gone", " 306 guest " },
		{ "PING x", " PONG " },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_rooms();
		memory_type(&m, host, "KICK #tea guest");
		memory_type(&m, guest, cases[i].line);
		SEES(guest, "");
		CHECK_EQ(m.flight_count, 1, cases[i].line);
		memory_commit(&m, 1);
		const char *seen = memory_seen(&m, guest);
		CHECK_EQ(strncmp(seen, HOST "KICK", strlen(HOST "KICK")), 0, cases[i].line);
		CHECK_EQ(strstr(seen, cases[i].answer) != NULL, true, cases[i].line);
		memory_close(&m);
	}
}

TEST(who_asks_about_somebody_named_by_a_change_waits_for_it)
{
	static const char *const lines[] = {
		"PRIVMSG guest :hello", "KICK #cup guest", "INVITE guest #cup",
		"NOTICE guest :psst",   "HISTORY guest 5",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		open_rooms();
		memory_type(&m, host, "MODE #tea +v guest");
		memory_type(&m, other, lines[i]);
		CHECK_STR(memory_seen(&m, other), "");
		CHECK_EQ(m.flight_count + m.read_count, 1, lines[i]);
		memory_commit(&m, 1);
		CHECK_EQ(memory_seen(&m, other)[0] || m.flight_count + m.read_count > 0, true,
			 lines[i]);
		memory_close(&m);
	}
}

TEST(who_asks_about_a_room_that_changes_waits_for_it)
{
	static const char *const lines[] = {
		"JOIN #tea",
		"NAMES #tea",
		"TOPIC #tea",
		"MODE #tea",
		"LIST #tea",
		"WHO #tea",
		"PART #tea",
		"MODE #tea +i",
		"KICK #tea host",
		"PRIVMSG #tea :hello",
		"INVITE other #cup,#tea",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		open_rooms();
		memory_type(&m, host, "MODE #tea +s");
		memory_type(&m, other, lines[i]);
		CHECK_STR(memory_seen(&m, other), "");
		CHECK_EQ(m.flight_count, 1, lines[i]);
		memory_commit(&m, 1);
		CHECK_EQ(memory_seen(&m, other)[0] != '\0', true, lines[i]);
		memory_close(&m);
	}
}

TEST(whom_a_change_does_not_concern_goes_on)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	memory_type(&m, other, "NAMES #cup");
	CHECK(sees(other, " 366 other #cup "));
	memory_type(&m, other, "NICK another");
	CHECK(sees(other, " NICK :another\r\n"));
	memory_type(&m, other, "PRIVMSG #cup :hello");
	CHECK_EQ(m.flight_count, 2, "it follows");
	memory_type(&m, other, "WHOIS guest");
	SEES(other, ""); /* behind his own words */
	memory_commit(&m, 2);
	CHECK(sees(other, " 318 another guest "));
	memory_close(&m);
}

TEST(who_asked_for_a_change_waits_for_it)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	memory_type(&m, host, "PRIVMSG #cup :elsewhere");
	memory_type(&m, host, "NAMES #tea");
	CHECK_EQ(m.flight_count, 1, "his words come after it");
	memory_commit(&m, 1);
	CHECK_EQ(m.flight_count, 1, "now they do");
	SEES(host, HOST "KICK #tea guest :host\r\n");
	memory_commit(&m, 1);
	SEES(host, ":tea.example 353 host = #tea :@host\r\n"
		   ":tea.example 366 host #tea :End of /NAMES list\r\n");
	memory_close(&m);
}

/* ---- looking again ---- */

/* The disk does not answer: nobody waits. */
static void stall(void)
{
	memory_tick(&m, STALL_MS, true);
}

TEST(who_quit_while_his_kick_was_written_is_not_kicked)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	stall();
	memory_type(&m, guest, "QUIT");
	memory_enter_irc(&m, "guest", ""); /* somebody else */
	memory_pass_over(&m);
	memory_commit(&m, 1);
	SEES(host, ":tea.example 441 host guest #tea :They aren't on that channel\r\n");
	SEES(other, "");
	CHECK_EQ(memory_room(&m, "#tea")->member_count, 1, "host is there");
	memory_close(&m);
}

TEST(who_parted_and_came_back_is_kicked)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	stall();
	memory_type(&m, guest, "PART #tea");
	memory_type(&m, guest, "JOIN #tea");
	memory_pass_over(&m);
	memory_commit(&m, 1);
	SEES(guest, HOST "KICK #tea guest :host\r\n");
	CHECK(!member(guest, "#tea"));
	memory_close(&m);
}

TEST(a_kicked_nick_may_be_another_by_then)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	stall();
	memory_type(&m, guest, "NICK visitor");
	memory_type(&m, other, "NICK guest");
	memory_type(&m, other, "JOIN #tea");
	memory_commit(&m, 1);
	CHECK(!member(guest, "#tea"));
	CHECK(member(other, "#tea"));
	memory_close(&m);
}

TEST(a_rank_is_of_who_was_named_if_he_is_still_there)
{
	open_rooms();
	memory_type(&m, host, "MODE #tea +o guest");
	stall();
	memory_type(&m, guest, "PART #tea");
	memory_commit(&m, 1);
	memory_tick(&m, 0, false);
	memory_type(&m, guest, "JOIN #tea");
	CHECK_EQ(member(guest, "#tea")->ranks, 0, "he was not there to take it");

	memory_type(&m, host, "MODE #tea +vo guest host");
	memory_commit(&m, 1);
	memory_type(&m, host, "MODE #tea +o-v guest guest");
	stall();
	memory_type(&m, guest, "NICK visitor");
	memory_type(&m, other, "NICK guest");
	memory_type(&m, other, "JOIN #tea");
	memory_commit(&m, 1);
	CHECK_EQ(member(guest, "#tea")->ranks, RANK_OPERATOR, "whatever he is called");
	CHECK_EQ(member(other, "#tea")->ranks, 0, "whoever is called so");
	memory_close(&m);
}

TEST(the_last_one_kicked_leaves_no_room_behind)
{
	open_rooms();
	memory_type(&m, host, "PART #tea");
	memory_type(&m, host, "OPER boss secret");
	memory_answer_check(&m, true, "");
	memory_type(&m, host, "KICK #tea guest");
	memory_commit(&m, 1);
	CHECK(sees(guest, "KICK #tea guest"));
	CHECK_EQ(memory_room(&m, "#tea")->state, ROOM_ASLEEP, "it has a history now");
	CHECK(!memory_room(&m, "#tea")->first);
	memory_close(&m);
}

TEST(all_may_be_gone_when_a_change_arrives)
{
	open_rooms();
	memory_type(&m, host, "MODE #tea +b-t+v nobody guest");
	memory_type(&m, other, "TOPIC #cup :green");
	stall();
	memory_cut(&m, host);
	memory_cut(&m, guest);
	memory_cut(&m, other);
	memory_tick(&m, CROWD_WINDOW_MS, true);
	memory_commit(&m, 2);
	CHECK_EQ(memory_room(&m, "#tea")->rules.flags, 0, "nobody is there to have modes");
	CHECK_STR(memory_room(&m, "#cup")->topic, "green"); /* a topic stays */
	memory_close(&m);
}

TEST(what_fails_when_all_are_gone_leaves_no_room_behind)
{
	open_rooms();
	memory_type(&m, host, "KICK #tea guest");
	stall();
	memory_cut(&m, host);
	memory_cut(&m, guest);
	memory_tick(&m, CROWD_WINDOW_MS, true);
	CHECK(memory_room(&m, "#tea"));
	memory_fail(&m);
	CHECK(!memory_room(&m, "#tea"));
	memory_close(&m);
}

/* ---- a new name ---- */

TEST(a_name_is_nobody_elses_while_it_is_on_its_way_to_the_disk)
{
	open_rooms();
	ask(host, "JOIN #jug");
	memory_type(&m, host, "RENAME #tea #new");
	memory_type(&m, other, "JOIN #new");
	memory_type(&m, host, "RENAME #jug #new");
	memory_type(&m, guest, "PRIVMSG #tea :to the old name");
	CHECK_STR(memory_seen(&m, other), "");
	memory_commit(&m, 1);
	CHECK(sees(other, ":other!someone@somewhere JOIN #new\r\n"));
	CHECK_EQ(memory_room(&m, "#new")->member_count, 3, "it is the same room");
	CHECK(sees(host, "FAIL RENAME CHANNEL_NAME_IN_USE #jug #new :"));
	CHECK(sees(guest, " 403 guest #tea "));
	memory_close(&m);
}

TEST(a_name_that_could_not_be_stored_is_free_again)
{
	open_rooms();
	memory_type(&m, host, "RENAME #tea #new");
	memory_type(&m, other, "JOIN #new");
	memory_fail(&m);
	CHECK(sees(host, "FAIL RENAME CANNOT_STORE #tea :"));
	CHECK(sees(other, " 353 other = #new :@other\r\n"));
	CHECK(memory_room(&m, "#tea"));
	memory_close(&m);
}

TEST(a_room_that_empties_is_renamed_all_the_same)
{
	open_rooms();
	ask(other, "PRIVMSG #cup :kept");
	ask(other, "MODE #cup +s");
	memory_type(&m, other, "RENAME #cup #new");
	memory_cut(&m, other);
	memory_cut(&m, host);
	memory_commit(&m, 100);
	CHECK(!memory_room(&m, "#cup"));
	CHECK(memory_room(&m, "#new") && !memory_room(&m, "#new")->first);
	memory_close(&m);
}
