/* Who may say what where: the modes against noise, against guests, and against haste; and who may change
 * his nick. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct memory m;
static int host, guest;

static int ask(int conn, const char *line)
{
	return memory_ask(&m, conn, line);
}

/* host and guest are in #tea, which has these modes. */
static void open_tea(const char *changes)
{
	char line[128];
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "");
	guest = memory_enter_irc(&m, "guest", "");
	ask(host, "JOIN #tea");
	ask(guest, "JOIN #tea");
	snprintf(line, sizeof(line), "MODE #tea %s", changes);
	CHECK_EQ(ask(host, line), 0, line);
	memory_pass_over(&m);
}

static void log_in(int conn, const char *account)
{
	chat_set_account(&m.conns[conn].dialog->session,
			 account ? memory_account(&m, account) : NULL);
}

/* Whether host reads what guest says. */
static bool reads(const char *line)
{
	memory_pass_over(&m);
	ask(guest, line);
	return strstr(memory_seen(&m, host), ":guest!");
}

TEST(a_room_hears_what_its_modes_let_through)
{
	static const char talk[] = "PRIVMSG #tea :hello",
			  action[] = "PRIVMSG #tea :\x01"
				     "ACTION waves\x01",
			  ctcp[] = "PRIVMSG #tea :\x01VERSION\x01",
			  reply[] = "NOTICE #tea :\x01VERSION none\x01",
			  notice[] = "NOTICE #tea :hello", bold[] = "PRIVMSG #tea :\x02hello",
			  colour[] = "NOTICE #tea :\x03"
				     "4hello";
	static const struct {
		const char *modes, *line;
		bool heard;
	} cases[] = {
		{ "+n", talk, true },    { "+n", action, true },  { "+n", ctcp, true },
		{ "+n", reply, true },   { "+n", notice, true },  { "+n", bold, true },
		{ "+n", colour, true },  { "+C", talk, true },    { "+C", action, true },
		{ "+C", ctcp, false },   { "+C", reply, false },  { "+C", notice, true },
		{ "+C", bold, true },    { "+T", talk, true },    { "+T", action, true },
		{ "+T", ctcp, true },    { "+T", reply, false },  { "+T", notice, false },
		{ "+c", talk, true },    { "+c", ctcp, true },    { "+c", notice, true },
		{ "+c", bold, false },   { "+c", colour, false }, { "+M", talk, false },
		{ "+M", notice, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char why[128];
		open_tea(cases[i].modes);
		snprintf(why, sizeof(why), "%s: %s", cases[i].modes, cases[i].line);
		CHECK_EQ(reads(cases[i].line), cases[i].heard, why);
		memory_close(&m);
	}
}

TEST(who_is_logged_in_speaks_where_guests_may_not)
{
	open_tea("+M");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 404, "a guest");
	log_in(guest, "bob");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), 0, "bob");
	ask(host, "MODE #tea +m");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :c"), 404, "that is another mode");
	ask(host, "MODE #tea -m");
	int tagger = memory_enter_irc(&m, "tagger", "message-tags");
	ask(tagger, "JOIN #tea");
	CHECK_EQ(ask(tagger, "@+typing=active TAGMSG #tea"), 404, "a guest who types");
	log_in(guest, NULL);
	CHECK_EQ(ask(guest, "PRIVMSG #tea :d"), 404, "a guest again");
	ask(host, "MODE #tea +v guest");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :e"), 0, "a voice");
	memory_close(&m);
}

TEST(who_is_logged_in_enters_where_guests_may_not)
{
	open_tea("+R");
	ask(guest, "PART #tea");
	CHECK_EQ(ask(guest, "JOIN #tea"), 477, "a guest");
	log_in(guest, "bob");
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "bob");
	memory_close(&m);
}

/* ---- slow mode ---- */

TEST(slow_mode_lets_one_message_through_in_so_many_seconds)
{
	open_tea("+d 10");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "the first");
	CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), 404, "at once");
	memory_tick(&m, 9900, false);
	memory_type(&m, guest, "PRIVMSG #tea :c");
	CHECK(strstr(memory_seen(&m, guest), "You may speak again in 1 second (+d)"));
	memory_tick(&m, 100, false);
	CHECK_EQ(ask(guest, "PRIVMSG #tea :d"), 0, "the time is over");
	memory_tick(&m, 500, false);
	memory_type(&m, guest, "PRIVMSG #tea :e");
	CHECK(strstr(memory_seen(&m, guest), "You may speak again in 10 seconds (+d)"));
	memory_tick(&m, -100000, false);
	CHECK_EQ(ask(guest, "PRIVMSG #tea :f"), 0, "nobody waits for a clock that was set back");
	memory_close(&m);
}

TEST(slow_mode_counts_what_is_on_its_way)
{
	open_tea("+d 10");
	memory_type(&m, guest, "PRIVMSG #tea :a");
	memory_type(&m, guest, "PRIVMSG #tea :b");
	CHECK_EQ(m.flight_count, 1, "the second is too soon, though the first is not said yet");
	memory_fail(&m);
	memory_pass_over(&m);
	CHECK_EQ(ask(guest, "PRIVMSG #tea :c"), 0, "the first never was");
	memory_close(&m);
}

TEST(slow_mode_is_for_who_has_no_rank)
{
	static const struct {
		const char *rank;
		int error;
	} cases[] = { { "-v", 404 }, { "+v", 0 }, { "+h", 0 }, { "+o", 0 } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char line[64];
		open_tea("+d 3600");
		snprintf(line, sizeof(line), "MODE #tea %s guest", cases[i].rank);
		ask(host, line);
		CHECK_EQ(ask(guest, "PRIVMSG #tea :a"), 0, "the first");
		CHECK_EQ(ask(guest, "PRIVMSG #tea :b"), cases[i].error, cases[i].rank);
		memory_close(&m);
	}
}

TEST(slow_mode_holds_up_who_speaks_from_outside)
{
	open_tea("-n+d 10");
	int outsider = memory_enter_irc(&m, "outsider", "");
	memory_tick(&m, 10000, false);
	CHECK_EQ(ask(outsider, "PRIVMSG #tea :a"), 0, "he has said nothing for so long");
	CHECK_EQ(ask(outsider, "PRIVMSG #tea :b"), 404, "but now he has");
	memory_tick(&m, 10000, false);
	CHECK_EQ(ask(outsider, "PRIVMSG host :c"), 0, "elsewhere he may");
	CHECK_EQ(ask(outsider, "PRIVMSG #tea :d"), 404, "and that counts");
	memory_close(&m);
}

/* ---- nicks ---- */

TEST(a_nick_is_held_where_the_room_says_so)
{
	open_tea("+N");
	CHECK_EQ(ask(guest, "NICK other"), 447, "he has no rank");
	CHECK_EQ(ask(host, "NICK boss"), 0, "an operator");
	ask(guest, "JOIN #own");
	CHECK_EQ(ask(guest, "NICK other"), 447, "though he is an operator elsewhere");
	ask(guest, "PART #tea");
	CHECK_EQ(ask(guest, "NICK other"), 0, "he is out");
	memory_close(&m);
}

/* ---- to a rank ---- */

TEST(what_is_said_to_a_rank_has_a_place_of_its_own)
{
	open_tea("+n");
	memory_type(&m, host, "PRIVMSG @#tea :a");
	CHECK_EQ(m.flight_count, 1, "it is stored");
	CHECK_STR(m.flight[0]->room_key, "@#tea");
	CHECK_STR(m.flight[0]->room_name, "@#tea");
	size_t before = m.disk_count;
	memory_commit(&m, 1);
	CHECK_EQ(m.disk_count, before + 1, "it is there");
	CHECK_EQ(memory_room(&m, "#tea")->replay_count, 0, "but not what newcomers see");
	memory_close(&m);
}

TEST(who_has_the_rank_when_it_is_stored_is_told)
{
	open_tea("+n");
	ask(host, "MODE #tea +o guest");
	memory_pass_over(&m);
	memory_type(&m, host, "PRIVMSG @#tea :a");
	memory_type(&m, guest, "PART #tea");
	memory_commit(&m, 1);
	CHECK(!strstr(memory_seen(&m, guest), "PRIVMSG"));
	/* It may be the last that happens in its room. */
	memory_type(&m, host, "PRIVMSG @#tea :b");
	memory_cut(&m, host);
	memory_commit(&m, 100);
	memory_close(&m);
}
