/* Several sessions of one user: nothing is missed, nothing is told twice. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct memory m;
static struct account *account;

static void open_house(void)
{
	memory_open(&m, 0);
	account = memory_account(&m, "an");
}

/* One more session of an, with capabilities; what it saw of its welcome is passed over, and what came
 * behind it is not. */
static int come_by(const char *protocol, const char *caps)
{
	static char line[128];
	int conn = memory_connect_to(&m, protocol_find(protocol));
	memory_log_in(&m, conn, account);
	snprintf(line, sizeof(line), "CAP REQ :%s", caps);
	memory_type(&m, conn, line);
	memory_type(&m, conn, "NICK an");
	memory_type(&m, conn, "USER an 0 * :An");
	memory_type(&m, conn, "CAP END");
	return conn;
}

static int come(const char *caps)
{
	return come_by("irc", caps);
}

static const char *behind_welcome(int conn)
{
	const char *end = strstr(memory_seen(&m, conn), " 422 ");
	CHECK(end);
	return end ? strchr(end, '\n') + 1 : "";
}

static int enter(const char *caps)
{
	int conn = come(caps);
	memory_seen(&m, conn);
	return conn;
}

TEST(sessions_of_one_account_are_one_user)
{
	open_house();
	int one = enter("batch"), two = enter("batch");
	CHECK(memory_user(&m, one) == memory_user(&m, two));
	CHECK_EQ(m.chat->user_count, 1, "one user");
	memory_close(&m);
}

TEST(session_of_another_account_cannot_have_the_nick)
{
	open_house();
	enter("batch");
	int other = memory_connect_to(&m, protocol_find("irc"));
	memory_type(&m, other, "NICK an");
	CHECK(strstr(memory_seen(&m, other), " 433 "));
	memory_close(&m);
}

TEST(session_that_comes_later_is_shown_the_rooms)
{
	open_house();
	int one = enter("batch");
	memory_type(&m, one, "JOIN #a");
	memory_type(&m, one, "JOIN #b");
	int guest = memory_enter_irc(&m, "guest", "");
	memory_type(&m, guest, "JOIN #a");
	memory_seen(&m, guest);
	const char *seen = behind_welcome(come("batch"));
	const char *a = strstr(seen, "JOIN #a\r\n"), *b = strstr(seen, "JOIN #b\r\n");
	CHECK(a && b && a < b);
	CHECK(strstr(seen, " = #a :@an guest\r\n"));
	CHECK_STR(memory_seen(&m, guest), "");
	memory_close(&m);
}

TEST(sessions_enter_and_leave_rooms_together)
{
	open_house();
	int one = enter("batch"), two = enter("batch");
	memory_type(&m, one, "JOIN #a");
	const char *seen = memory_seen(&m, two);
	CHECK(strstr(seen, "JOIN #a\r\n"));
	CHECK(strstr(seen, " 366 an #a "));
	memory_seen(&m, one);
	memory_type(&m, two, "PART #a :bye");
	CHECK(strstr(memory_seen(&m, one), "PART #a :bye\r\n"));
	CHECK_EQ(memory_user(&m, one)->room_count, 0, "in no room");
	memory_close(&m);
}

TEST(session_is_told_once_what_another_says)
{
	open_house();
	int one = enter("echo-message"), two = enter("batch");
	memory_type(&m, one, "JOIN #a");
	memory_seen(&m, one);
	memory_seen(&m, two);
	memory_type(&m, one, "PRIVMSG #a :hello");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, one), "PRIVMSG #a :hello\r\n"));
	const char *seen = memory_seen(&m, two);
	const char *first = strstr(seen, "PRIVMSG #a :hello\r\n");
	CHECK(first && !strstr(first + 1, "PRIVMSG"));
	memory_close(&m);
}

TEST(sessions_see_private_talk_of_each_other_if_they_can_tell)
{
	open_house();
	int one = enter("batch"), plain = enter("batch"), aware = enter("znc.in/self-message");
	int guest = memory_enter_irc(&m, "guest", "");
	memory_type(&m, one, "PRIVMSG guest :hello");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, guest), "PRIVMSG guest :hello"));
	CHECK_STR(memory_seen(&m, one), "");
	CHECK_STR(memory_seen(&m, plain), "");
	CHECK(strstr(memory_seen(&m, aware), ":an!an@"));
	memory_type(&m, guest, "PRIVMSG an :hi");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, one), "PRIVMSG an :hi"));
	CHECK(strstr(memory_seen(&m, plain), "PRIVMSG an :hi"));
	CHECK(strstr(memory_seen(&m, aware), "PRIVMSG an :hi"));
	memory_close(&m);
}

TEST(user_stays_until_his_last_session_ends)
{
	open_house();
	int one = enter("batch"), two = enter("batch");
	int guest = memory_enter_irc(&m, "guest", "");
	memory_type(&m, one, "JOIN #a");
	memory_type(&m, guest, "JOIN #a");
	memory_seen(&m, guest);
	memory_type(&m, one, "QUIT :bye");
	CHECK(strstr(memory_seen(&m, one), "ERROR "));
	CHECK_STR(memory_seen(&m, guest), "");
	memory_type(&m, two, "PRIVMSG #a :still here");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, guest), "still here"));
	memory_cut(&m, two);
	CHECK(strstr(memory_seen(&m, guest), " QUIT :"));
	memory_close(&m);
}

TEST(sessions_hear_of_a_new_nick_in_no_room)
{
	open_house();
	int one = enter("batch"), two = enter("batch");
	memory_type(&m, one, "NICK bo");
	const char *seen = memory_seen(&m, two);
	const char *first = strstr(seen, "NICK :bo\r\n");
	CHECK(first && !strstr(first + 1, "NICK"));
	memory_close(&m);
}

TEST(sessions_of_one_user_have_a_ceiling)
{
	open_house();
	for (int i = 0; i < SESSIONS_PER_USER_MAX; i++)
		enter("batch");
	int more = memory_connect_to(&m, protocol_find("irc"));
	memory_log_in(&m, more, account);
	memory_type(&m, more, "NICK an");
	CHECK(strstr(memory_seen(&m, more), " 433 "));
	memory_close(&m);
}

TEST(sessions_have_read_equally_far)
{
	static const char said[] =
		":teahouse.test MARKREAD #a timestamp=2026-01-02T03:04:05.678Z\r\n";
	open_house();
	int one = enter("draft/read-marker"), two = enter("draft/read-marker"), plain = enter("");
	memory_type(&m, one, "MARKREAD #a timestamp=2026-01-02T03:04:05.678Z");
	CHECK_STR(memory_seen(&m, one), "");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, one), strstr(said, " MARKREAD")));
	CHECK(strstr(memory_seen(&m, two), strstr(said, " MARKREAD")));
	CHECK_STR(memory_seen(&m, plain), "");
	memory_type(&m, two, "MARKREAD #a timestamp=2026-01-02T03:04:05.000Z");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, two), strstr(said, " MARKREAD")));
	CHECK_STR(memory_seen(&m, one), "");
	memory_close(&m);
}

TEST(a_mark_that_cannot_be_stored_holds_all_the_same)
{
	open_house();
	int one = enter("draft/read-marker");
	memory_type(&m, one, "MARKREAD #a timestamp=2026-01-02T03:04:05.678Z");
	memory_fail(&m);
	CHECK(strstr(memory_seen(&m, one), "timestamp=2026-01-02T03:04:05.678Z"));
	m.refuse = REFUSED_DEGRADED;
	memory_type(&m, one, "MARKREAD #a timestamp=2026-01-02T03:04:06.678Z");
	CHECK(strstr(memory_seen(&m, one), "timestamp=2026-01-02T03:04:06.678Z"));
	memory_close(&m);
}

TEST(sessions_are_secure_if_all_are)
{
	open_house();
	int one = enter("batch");
	unsigned flags = memory_user(&m, one)->flags;
	user_set_flags(m.chat, memory_user(&m, one), flags | USER_SECURE);
	enter("batch");
	CHECK_EQ(memory_user(&m, one)->flags, flags, "one of them is in plain text");
	memory_close(&m);
}

TEST(sessions_without_tls_do_not_get_into_rooms_for_it)
{
	open_house();
	int one = come_by("ircs", "batch");
	memory_type(&m, one, "JOIN #tea");
	memory_type(&m, one, "MODE #tea +z");
	memory_commit(&m, 1);
	memory_pass_over(&m);
	int two = come_by("irc", "batch");
	CHECK(strstr(memory_seen(&m, two), " 433 "));
	CHECK_EQ(memory_user(&m, two), NULL, "he is not in");
	int three = come_by("ircs", "batch");
	CHECK(memory_user(&m, three) == memory_user(&m, one));
	memory_type(&m, one, "MODE #tea -z");
	memory_commit(&m, 1);
	memory_type(&m, two, "NICK an");
	CHECK(memory_user(&m, two) == memory_user(&m, one));
	memory_pass_over(&m);
	memory_type(&m, one, "MODE #tea +z");
	CHECK(strstr(memory_seen(&m, one), " 490 an #tea "));
	memory_close(&m);
}
