/* Who may speak, set the topic, kick and change modes, and what comes of it. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define HOST ":host!someone@somewhere "

static struct memory m;
static int host, guest, outsider;

static int ask(int conn, const char *line)
{
	return memory_ask(&m, conn, line);
}

/* host, its operator, and guest are in #tea, which is +nt; outsider is not. */
static void open_tea(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "standard-replies");
	guest = memory_enter_irc(&m, "guest", "");
	outsider = memory_enter_irc(&m, "outsider", "");
	ask(host, "JOIN #tea");
	ask(guest, "JOIN #tea");
	memory_pass_over(&m);
}

static struct member *member(int conn)
{
	return room_member(memory_room(&m, "#tea"), memory_user(&m, conn));
}

static void make_server_operator(int conn)
{
	memory_type(&m, conn, "OPER boss secret");
	memory_answer_check(&m, true, "");
	memory_pass_over(&m);
}

TEST(only_operators_govern)
{
	static const char *const lines[] = {
		"MODE #tea +m",       "MODE #tea +o guest", "MODE #tea +b x",
		"KICK #tea outsider", "KICK #tea host",
	};
	open_tea();
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK_EQ(ask(guest, lines[i]), 482, lines[i]);
		CHECK_EQ(ask(outsider, lines[i]), i < 3 ? 482 : 442, lines[i]);
	}
	CHECK_EQ(m.disk_count, 0, "nothing came of it");
	ask(host, "MODE #tea +v guest");
	CHECK_EQ(ask(guest, "KICK #tea host"), 482, "a voice is for speaking");
	ask(host, "MODE #tea +o guest");
	CHECK_EQ(ask(guest, "KICK #tea host"), 0, "an operator like the other");
	CHECK_EQ(member(host), NULL, "out");
	memory_close(&m);
}

TEST(an_operator_of_the_server_governs_from_outside)
{
	open_tea();
	make_server_operator(outsider);
	CHECK_EQ(ask(outsider, "MODE #tea +m"), 0, "modes");
	CHECK_EQ(ask(outsider, "TOPIC #tea :green"), 0, "the topic");
	CHECK_EQ(ask(outsider, "PRIVMSG #tea :hello"), 0, "his words");
	CHECK_EQ(ask(outsider, "KICK #tea host"), 0, "kicks");
	CHECK_EQ(ask(outsider, "INVITE host #tea"), 0, "invitations");
	ask(outsider, "MODE outsider -o");
	CHECK_EQ(ask(outsider, "MODE #tea -m"), 482, "no more");
	memory_close(&m);
}

TEST(a_kick_is_seen_by_all_once_it_is_stored)
{
	open_tea();
	memory_type(&m, host, "KICK #tea guest :cold");
	SEES(guest, "");
	CHECK(member(guest));
	memory_commit(&m, 1);
	SEES(host, HOST "KICK #tea guest :cold\r\n");
	SEES(guest, HOST "KICK #tea guest :cold\r\n");
	CHECK(!member(guest));
	CHECK_EQ(ask(guest, "PRIVMSG #tea :but"), 404, "he is outside");
	CHECK_EQ(ask(host, "KICK #tea guest"), 441, "he is not there");
	CHECK_EQ(ask(host, "KICK #tea nobody"), 401, "nobody is");
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "a kick is no ban");
	memory_close(&m);
}

TEST(a_mode_is_seen_by_all_once_it_is_stored)
{
	open_tea();
	memory_type(&m, host, "MODE #tea +vi-t+l GUEST 30");
	SEES(guest, "");
	CHECK_EQ(member(guest)->ranks, 0, "not yet");
	memory_commit(&m, 1);
	SEES(host, HOST "MODE #tea +vi-t+l guest 30\r\n");
	SEES(guest, HOST "MODE #tea +vi-t+l guest 30\r\n");
	CHECK_EQ(member(guest)->ranks, RANK_VOICE, "now he has it");
	memory_type(&m, host, "MODE #tea");
	CHECK(strstr(memory_seen(&m, host), " 324 host #tea +lin 30\r\n"));
	ask(host, "MODE #tea +vi guest");
	CHECK_EQ(m.disk_count, 1, "what would change nothing is none");
	CHECK_EQ(ask(host, "MODE #tea +o outsider"), 441, "who is not there has no rank");
	memory_close(&m);
}

TEST(a_mode_is_stored_with_whether_it_closes)
{
	static const struct {
		const char *line;
		bool closed;
	} steps[] = {
		{ "MODE #tea +m", false },      { "MODE #tea +k green", true },
		{ "MODE #tea +l 9", true },     { "MODE #tea +s-k *", true },
		{ "MODE #tea +v guest", true }, { "MODE #tea -s", false },
		{ "MODE #tea +i", true },       { "MODE #tea -i+k x", true },
	};
	open_tea();
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		ask(host, steps[i].line);
		CHECK_EQ(m.disk[i]->closed, steps[i].closed, steps[i].line);
	}
	memory_close(&m);
}

TEST(topics_are_the_operators_where_they_are_locked)
{
	open_tea();
	CHECK_EQ(ask(guest, "TOPIC #tea :black"), 482, "+t");
	CHECK_EQ(ask(host, "TOPIC #tea :green"), 0, "an operator's");
	CHECK_EQ(ask(outsider, "TOPIC #tea :none"), 442, "not even there");
	ask(host, "MODE #tea -t");
	CHECK_EQ(ask(guest, "TOPIC #tea :black"), 0, "everybody's who is there");
	CHECK_EQ(ask(outsider, "TOPIC #tea :none"), 442, "still not there");
	CHECK_STR(memory_room(&m, "#tea")->topic, "black");
	CHECK_STR(memory_room(&m, "#tea")->topic_by, "guest");
	ask(host, "JOIN #lobby");
	ask(guest, "JOIN #lobby");
	CHECK_EQ(ask(guest, "TOPIC #lobby :welcome"), 0, "the lobby's is not locked");
	memory_close(&m);
}

/* ---- speaking ---- */

TEST(who_may_speak)
{
	static const struct {
		const char *modes;
		bool outsider, guest, voiced, operator;
	} cases[] = {
		{ "+n", false, true, true, true },
		{ "-n", true, true, true, true },
		{ "+m", false, false, true, true },
		{ "-n+m", false, false, true, true },
		{ "+b *!*@*", false, false, true, true },
		{ "-n+b *!*@*", false, false, true, true },
		{ "-n+b outsider", false, true, true, true },
		{ "-n+be *!*@* outsider", true, false, true, true },
		{ "+be *!*@* guest", false, true, true, true },
		{ "+bm x", false, false, true, true },
	};
	char line[64];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *why = cases[i].modes;
		open_tea();
		int voiced = memory_enter_irc(&m, "voiced", "");
		ask(voiced, "JOIN #tea");
		ask(host, "MODE #tea +v voiced");
		snprintf(line, sizeof(line), "MODE #tea %s", why);
		ask(host, line);
		CHECK_EQ(ask(outsider, "PRIVMSG #tea :o") == 0, cases[i].outsider, why);
		CHECK_EQ(ask(guest, "PRIVMSG #tea :g") == 0, cases[i].guest, why);
		CHECK_EQ(ask(voiced, "PRIVMSG #tea :v") == 0, cases[i].voiced, why);
		CHECK_EQ(ask(host, "PRIVMSG #tea :h") == 0, cases[i].operator, why);
		memory_close(&m);
	}
}

TEST(a_ban_is_looked_up_anew_when_a_list_changes)
{
	open_tea();
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "none meets him");
	ask(host, "MODE #tea +b guest");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), 404, "one does");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :c"), 404, "and goes on doing so");
	ask(host, "MODE #tea +e *!someone@*");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :d"), 0, "an exception");
	ask(host, "MODE #tea -e *!someone@*");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :e"), 404, "is over");
	ask(host, "MODE #tea -b guest");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :f"), 0, "and so is the ban");
	memory_close(&m);
}

TEST(a_ban_is_looked_up_anew_when_a_nick_changes)
{
	open_tea();
	ask(host, "MODE #tea +b bad");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "he is another");
	ask(guest, "NICK bad");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), 404, "it meets him now");
	ask(guest, "NICK guest");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :c"), 0, "and now it does not");
	memory_close(&m);
}

TEST(a_ban_is_looked_up_anew_when_a_host_changes)
{
	open_tea();
	ask(host, "MODE #tea +b *!*@staff.example");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "he is elsewhere");
	memory_type(&m, guest, "OPER boss secret");
	memory_answer_check(&m, true, "staff.example");
	ask(guest, "MODE guest -o");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), 404, "it meets him now");
	memory_close(&m);
}

/* ---- a disk that takes nothing ---- */

TEST(a_room_is_governed_though_nothing_can_be_stored)
{
	static const char told[] = HOST "MODE #tea +m\r\n:tea.example NOTE MODE NOT_STORED #tea :";
	static const enum refusal reasons[] = { REFUSED_DEGRADED, REFUSED_STALLED };
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		open_tea();
		m.refuse = reasons[i];
		memory_type(&m, host, "MODE #tea +m");
		CHECK(strncmp(memory_seen(&m, host), told, strlen(told)) == 0);
		SEES(guest, HOST "MODE #tea +m\r\n");
		memory_type(&m, host, "KICK #tea guest :out");
		CHECK(strstr(memory_seen(&m, host), "NOTE KICK NOT_STORED #tea :"));
		SEES(guest, HOST "KICK #tea guest :out\r\n");
		CHECK(!member(guest));
		CHECK_EQ(m.flight_count + m.disk_count, 0, "nothing of it is stored");

		memory_type(&m, host, "TOPIC #tea :green");
		CHECK(strstr(memory_seen(&m, host), ":tea.example FAIL TOPIC CANNOT_STORE #tea :"));
		CHECK_EQ(memory_room(&m, "#tea")->topic, NULL, "a topic is for later");
		memory_close(&m);
	}
}

TEST(a_change_that_was_lost_in_flight_has_not_happened)
{
	open_tea();
	memory_type(&m, host, "MODE #tea +m");
	memory_type(&m, host, "KICK #tea guest");
	memory_fail(&m);
	CHECK(strstr(memory_seen(&m, host), ":tea.example FAIL MODE CANNOT_STORE #tea :"));
	CHECK_EQ(m.flight_count, 1, "the kick waited for it, and is under way");
	memory_fail(&m);
	CHECK(strstr(memory_seen(&m, host), ":tea.example FAIL KICK CANNOT_STORE #tea :"));
	SEES(guest, "");
	CHECK(member(guest));
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "it is not moderated");
	memory_close(&m);
}

TEST(a_room_is_not_renamed_without_end)
{
	char line[32];
	memory_open(&m, 0);
	int a = memory_enter_irc(&m, "a", "draft/channel-rename");
	memory_type(&m, a, "JOIN #0");
	for (int i = 0; i < RENAMES_BURST + 1; i++) {
		snprintf(line, sizeof(line), "RENAME #%d #%d", i, i + 1);
		memory_type(&m, a, line);
		memory_commit(&m, 1);
	}
	CHECK(memory_room(&m, "#10") && !memory_room(&m, "#11"));
	memory_tick(&m, RENAME_MS - 1, false);
	memory_type(&m, a, "RENAME #10 #11");
	CHECK_EQ(m.flight_count, 0, "not yet");
	memory_tick(&m, 1, false);
	memory_type(&m, a, "RENAME #10 #11");
	memory_commit(&m, 1);
	CHECK(memory_room(&m, "#11"));
	memory_tick(&m, -10 * RENAME_MS, false);
	memory_type(&m, a, "RENAME #11 #12");
	CHECK_EQ(m.flight_count, 1, "the clock was set back");
	memory_close(&m);
}
