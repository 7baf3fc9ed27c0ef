/* Rooms that were closed when they emptied: what was said there is for nobody any longer, whatever
 * happens to the log meanwhile. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct memory m;
static int host, guest;

static void ask(int conn, const char *line)
{
	memory_type(&m, conn, line);
	memory_commit(&m, 100);
}

/* host has said "secret" in #tea, and made it +i. */
static void open_tea(void)
{
	memory_open(&m, 5);
	host = memory_enter_irc(&m, "host", "standard-replies");
	guest = memory_enter_irc(&m, "guest", "");
	ask(host, "JOIN #tea");
	ask(host, "PRIVMSG #tea :secret");
	ask(host, "MODE #tea +i");
	memory_pass_over(&m);
}

/* guest asked to enter; what is needed for it is done, and what he saw says that he is in. It stays
 * until the next look. */
static const char *let_in(void)
{
	while (m.read_count > 0)
		memory_answer_read(&m, READ_DONE);
	memory_commit(&m, 100);
	const char *seen = memory_seen(&m, guest);
	CHECK(strstr(seen, "JOIN #tea\r\n"));
	return seen;
}

static bool is_sealing(void)
{
	return m.flight_count > 0 && m.flight[m.flight_count - 1]->kind == EVENT_SEAL;
}

TEST(an_open_room_shows_its_last_words)
{
	open_tea();
	ask(host, "MODE #tea -i");
	memory_type(&m, host, "PART #tea");
	CHECK_EQ(m.flight_count, 0, "nothing to seal");
	memory_type(&m, guest, "JOIN #tea");
	CHECK(strstr(let_in(), "secret\r\n"));
	memory_close(&m);
}

TEST(a_closed_room_shows_nothing_old_to_who_wakes_it)
{
	open_tea();
	memory_type(&m, host, "PART #tea");
	CHECK(is_sealing());
	memory_commit(&m, 1);
	memory_type(&m, guest, "JOIN #tea");
	CHECK(!strstr(let_in(), "secret"));

	/* What is said from then on is the past of an open room. */
	ask(guest, "PRIVMSG #tea :tea");
	memory_type(&m, guest, "PART #tea");
	CHECK_EQ(m.flight_count, 0, "it is open now");
	memory_type(&m, guest, "JOIN #tea");
	const char *seen = let_in();
	CHECK(strstr(seen, "tea\r\n") && !strstr(seen, "secret"));
	memory_close(&m);
}

TEST(each_way_of_emptying_seals)
{
	open_tea();
	memory_type(&m, host, "QUIT");
	CHECK(is_sealing());
	memory_close(&m);
	open_tea();
	memory_cut(&m, host);
	CHECK(is_sealing());
	memory_close(&m);
	open_tea();
	memory_type(&m, host, "KICK #tea host");
	memory_commit(&m, 1);
	CHECK(is_sealing());
	memory_close(&m);
}

TEST(a_newcomer_waits_for_the_seal_and_does_not_read_beside_it)
{
	open_tea();
	memory_type(&m, host, "PART #tea");
	memory_type(&m, guest, "JOIN #tea");
	CHECK_STR(memory_seen(&m, guest), "");
	while (m.read_count > 0) /* should it be read already, the seal is not there yet */
		memory_answer_read(&m, READ_DONE);
	CHECK_STR(memory_seen(&m, guest), "");
	memory_commit(&m, 1);
	CHECK(!strstr(let_in(), "secret"));
	memory_close(&m);
}

TEST(a_disk_that_does_not_answer_opens_no_sealed_room)
{
	open_tea();
	memory_type(&m, host, "PART #tea");
	memory_tick(&m, 2000, true);
	memory_type(&m, guest, "JOIN #tea");
	while (m.read_count > 0)
		memory_answer_read(&m, READ_DONE);
	const char *seen = memory_seen(&m, guest);
	CHECK(strstr(seen, "JOIN #tea\r\n") && !strstr(seen, "secret"));
	memory_type(&m, guest, "HISTORY #tea 10");
	CHECK_EQ(m.read_count, 1, "he may ask");
	memory_answer_read(&m, READ_DONE);
	CHECK(!strstr(memory_seen(&m, guest), "secret"));
	memory_close(&m);
}

TEST(history_begins_at_the_seal)
{
	open_tea();
	ask(host, "PART #tea");
	memory_type(&m, guest, "JOIN #tea");
	let_in();
	ask(guest, "PRIVMSG #tea :one");
	ask(guest, "PRIVMSG #tea :two");
	memory_type(&m, guest, "HISTORY #tea 10");
	memory_answer_read(&m, READ_DONE);
	const char *seen = memory_seen(&m, guest);
	CHECK(strstr(seen, "one\r\n") && strstr(seen, "two\r\n") && !strstr(seen, "secret"));
	memory_close(&m);
}

TEST(a_seal_of_an_earlier_run_holds)
{
	const struct stored_room stored = { "#tea", "", "", 0, .sealed_seq = 7 };
	memory_open(&m, 5);
	chat_add_room(m.chat, &stored);
	guest = memory_enter_irc(&m, "guest", "");
	memory_type(&m, guest, "JOIN #tea");
	CHECK_EQ(m.read_count, 1, "it wakes");
	CHECK_EQ(m.reads[0].parts[0].span.after_seq, 7, "and reads what came behind it");
	memory_close(&m);
}

/* ---- a log that takes no seal ---- */

TEST(nothing_is_read_until_the_log_takes_the_seal)
{
	open_tea();
	m.refuse = REFUSED_DEGRADED;
	memory_type(&m, host, "PART #tea");
	CHECK_EQ(m.flight_count, 0, "it would not");
	CHECK(chat_wait(m.chat) >= 0);
	memory_type(&m, guest, "JOIN #tea");
	CHECK(!strstr(let_in(), "secret"));
	memory_tick(&m, 100, false);
	CHECK_EQ(m.flight_count, 0, "it still would not");
	m.refuse = REFUSED_NOT;
	memory_tick(&m, 100, false);
	CHECK(is_sealing());
	memory_commit(&m, 1);
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(chat_wait(m.chat), -1, "once is enough");
	CHECK_EQ(m.flight_count, 0, "once is enough");

	ask(guest, "PRIVMSG #tea :tea");
	memory_type(&m, guest, "HISTORY #tea 10");
	memory_answer_read(&m, READ_DONE);
	const char *seen = memory_seen(&m, guest);
	CHECK(strstr(seen, "tea\r\n") && !strstr(seen, "secret"));
	memory_close(&m);
}

TEST(a_seal_that_was_lost_in_flight_is_tried_again)
{
	open_tea();
	memory_type(&m, host, "PART #tea");
	CHECK(is_sealing());
	memory_type(&m, guest, "JOIN #tea");
	memory_fail(&m);
	CHECK(!strstr(let_in(), "secret"));
	memory_tick(&m, 100, false);
	CHECK(is_sealing());
	memory_commit(&m, 1);
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(chat_wait(m.chat), -1, "nothing is due");
	memory_close(&m);
}

/* One seal is in flight on a disk that does not answer, and the room is closed and empties again. */
static void seal_twice(void)
{
	open_tea();
	memory_type(&m, host, "PART #tea");
	memory_tick(&m, STALL_MS, true);
	m.refuse = REFUSED_STALLED;
	memory_type(&m, host, "JOIN #tea");
	while (m.read_count > 0)
		memory_answer_read(&m, READ_DONE);
	memory_type(&m, host, "MODE #tea +i");
	CHECK(strstr(memory_seen(&m, host), "NOTE MODE NOT_STORED #tea"));
	memory_type(&m, host, "PART #tea");
	CHECK_EQ(m.flight_count, 1, "the second seal was not taken");
	CHECK_EQ(memory_room(&m, "#tea")->sealed_seq, UINT64_MAX, "nothing is shown");
}

TEST(a_seal_that_comes_through_does_not_lift_the_one_behind_it)
{
	seal_twice();
	memory_commit(&m, 1);
	CHECK_EQ(memory_room(&m, "#tea")->sealed_seq, UINT64_MAX, "still nothing");
	m.refuse = REFUSED_NOT;
	memory_tick(&m, 0, false);
	CHECK(is_sealing());
	memory_commit(&m, 1);
	CHECK_EQ(memory_room(&m, "#tea")->sealed_seq, m.disk[m.disk_count - 1]->seq, "the last");
	memory_close(&m);
}

TEST(seals_that_both_failed_are_due_once)
{
	seal_twice();
	memory_fail(&m);
	m.refuse = REFUSED_NOT;
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(m.flight_count, 1, "one is enough");
	memory_commit(&m, 1);
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(chat_wait(m.chat), -1, "nothing is due");
	memory_close(&m);
}

/* ---- a room that empties while its modes are written ---- */

/* host has left #tea, which was open, while his +i was in flight. */
static void leave_before_the_mode(void)
{
	open_tea();
	ask(host, "MODE #tea -i");
	memory_type(&m, host, "MODE #tea +i");
	memory_tick(&m, STALL_MS, true);
	memory_type(&m, host, "PART #tea");
	CHECK_EQ(m.flight_count, 1, "it was open when he left");
}

TEST(a_mode_that_comes_too_late_seals_all_the_same)
{
	leave_before_the_mode();
	memory_commit(&m, 1);
	CHECK(is_sealing());
	CHECK_EQ(memory_room(&m, "#tea")->rules.flags, 0, "nobody is there to have modes");
	memory_close(&m);
}

TEST(what_was_read_before_the_seal_is_not_shown_behind_it)
{
	leave_before_the_mode();
	memory_type(&m, guest, "JOIN #tea");
	CHECK_EQ(m.read_count, 1, "it wakes");
	memory_commit(&m, 1);
	CHECK(is_sealing());
	CHECK(!strstr(let_in(), "secret"));
	memory_close(&m);
}

TEST(a_mode_of_those_who_were_there_before_is_not_of_those_who_are)
{
	leave_before_the_mode();
	memory_tick(&m, 1000, true);
	memory_type(&m, guest, "JOIN #tea");
	let_in(); /* and the mode is written */
	CHECK_EQ(memory_room(&m, "#tea")->rules.flags, ROOM_NO_OUTSIDE | ROOM_TOPIC_LOCKED,
		 "another room's");
	memory_close(&m);
}
