/* What waits for what: the order of one connection's requests while events are on their way to the
 * disk. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)

static struct memory m;

TEST(messages_of_one_user_follow_each_other_without_waiting)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "一");
	memory_type(&m, li, "/me 二");
	memory_type(&m, li, "/msg 小王 三");
	CHECK_EQ(m.flight_count, 3, "all in flight at once");
	memory_commit(&m, 3);
	SEES(wang, "老李:一\n* 老李 二\n[私聊]老李:三\n");
	memory_close(&m);
}

TEST(an_answer_after_a_message_means_that_it_was_delivered)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "一");
	memory_type(&m, li, "/topic");
	SEES(li, "");
	memory_type(&m, li, "二"); /* behind it in line, though it is a message */
	CHECK_EQ(m.flight_count, 1, "the second waits for the command before it");
	memory_commit(&m, 1);
	SEES(li, "系统消息#lobby没有话题\n");
	SEES(wang, "老李:一\n");
	CHECK_EQ(m.flight_count, 1, "now it is under way");
	memory_close(&m);
}

TEST(messages_of_others_hold_up_nobody)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "一");
	memory_type(&m, wang, "/topic");
	SEES(wang, "系统消息#lobby没有话题\n");
	memory_type(&m, wang, "/nick 王");
	SEES(wang, "系统消息小王改名为王\n");
	memory_close(&m);
}

TEST(a_change_of_a_room_holds_up_who_names_it)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	int zhang = memory_enter(&m, "小张");
	memory_type(&m, zhang, "/join 二");
	memory_seen(&m, zhang);
	memory_type(&m, li, "/topic 龙井");
	memory_type(&m, wang, "/topic");
	memory_type(&m, zhang, "别处的话");
	SEES(wang, "");
	CHECK_EQ(m.flight_count, 2, "another room goes on");
	memory_commit(&m, 1);
	SEES(wang, "系统消息老李把话题改为:龙井\n系统消息#lobby的话题:龙井（老李）\n");
	SEES(zhang, "[#lobby] 系统消息老李把话题改为:龙井\n");
	memory_close(&m);
}

/* A command with all rooms for its targets. */
static bool waits_everywhere(struct dialog *d, const struct request *r)
{
	(void)r;
	for (size_t i = 0; i < m.chat->room_slots; i++) {
		const struct chat_need need = { .room = m.chat->rooms[i] };
		if (chat_must_wait(m.chat, &d->session, &need))
			return true;
	}
	return false;
}

static void run_everywhere(struct dialog *d, const struct request *r)
{
	dialog_say_bytes(d, r->text, r->text_len);
}

TEST(a_command_with_several_targets_waits_for_each)
{
	static const struct command everywhere = {
		"everywhere",
		BIT(DIALOG_READY),
		waits_everywhere,
		run_everywhere,
	};
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, wang, "/join 二");
	memory_seen(&m, wang);
	dialog_ask(m.conns[li].dialog, request_new(&everywhere, "一", strlen("一"), true));
	SEES(li, "一");
	memory_type(&m, wang, "/topic 龙井"); /* of the second room */
	dialog_ask(m.conns[li].dialog, request_new(&everywhere, "二", strlen("二"), true));
	SEES(li, "");
	memory_commit(&m, 1);
	SEES(li, "二");
	memory_close(&m);
}

TEST(what_cannot_be_stored_is_refused_and_the_numbers_fit)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "一");
	memory_type(&m, li, "/topic");
	memory_fail(&m);
	SEES(wang, "");
	SEES(li, "系统消息没有发出: 服务器的磁盘暂时写不进去，请稍后再试\n"
		 "系统消息#lobby没有话题\n");
	m.refuse = REFUSED_STALLED;
	memory_type(&m, li, "二");
	SEES(li, "系统消息没有发出: 服务器的磁盘没有回应，请稍后再试\n");
	m.refuse = REFUSED_NOT;
	memory_type(&m, li, "三");
	memory_commit(&m, 1);
	SEES(wang, "老李:三\n");
	memory_close(&m);
}

TEST(nobody_waits_for_a_disk_that_does_not_answer)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "一");
	memory_type(&m, li, "/topic");
	SEES(li, "");
	memory_tick(&m, 2000, true);
	SEES(li, "系统消息#lobby没有话题\n");
	memory_close(&m);
}

TEST(senders_wait_while_the_log_is_full)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	m.full = true;
	memory_type(&m, li, "一");
	memory_type(&m, wang, "/topic 二");
	CHECK_EQ(m.flight_count, 0, "there is no room");
	int zhang = memory_enter(&m, "小张");
	memory_type(&m, zhang, "/who");
	SEES(zhang, "系统消息#lobby有3人: 老李 小王 小张\n");
	m.full = false;
	memory_tick(&m, 0, false);
	CHECK_EQ(m.flight_count, 2, "both are under way");
	memory_commit(&m, 2);
	memory_close(&m);
}

TEST(what_waits_goes_on_waiting_while_there_is_no_room_for_answers)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "一");
	memory_type(&m, li, "/topic");
	memory_type(&m, li, "/topic");
	m.no_answers = true;
	memory_commit(&m, 1);
	SEES(li, "");
	CHECK(!dialogs_may_move(&m.dialogs));
	m.no_answers = false;
	CHECK(dialogs_may_move(&m.dialogs));
	memory_tick(&m, 0, false);
	SEES(li, "系统消息#lobby没有话题\n系统消息#lobby没有话题\n");
	memory_close(&m);
}

TEST(who_asks_without_reading_waits_for_his_answers)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	m.dialogs.answer_max = 400;
	for (int i = 0; i < 10; i++)
		memory_type(&m, li, "/who");
	size_t answered = strlen(memory_seen(&m, li));
	CHECK(m.conns[li].asked_low && answered > 0 && answered < 400);
	memory_type(&m, li, "一"); /* behind his questions */
	CHECK_EQ(m.flight_count, 0, "in their order");
	memory_type(&m, wang, "/who");
	CHECK(strlen(memory_seen(&m, wang)) > 0);
	while (m.flight_count == 0) {
		memory_take(&m, li);
		CHECK(strlen(memory_seen(&m, li)) < 400);
	}
	/* Gone before he took them: nothing of him stays. */
	for (int i = 0; i < 10; i++)
		memory_type(&m, li, "/who");
	memory_commit(&m, 1);
	memory_cut(&m, li);
	CHECK(m.conns[li].released);
	memory_close(&m);
}

/* A protocol that only counts what it is told. */
static int opened, taken, closed;

static void on_opened(struct dialog *d)
{
	dialog_say_bytes(d, "?", 1);
	opened++;
}

static void on_taken(struct dialog *d)
{
	CHECK(!d->ahead);
	taken++;
}

static void on_closed(struct dialog *d)
{
	CHECK_EQ(d->session.user, NULL, "the session has left");
	closed++;
}

TEST(a_protocol_is_told_of_a_dialog_from_beginning_to_end)
{
	static const struct protocol counting = {
		.scheme = "counting",
		.dialog_size = sizeof(struct dialog),
		.session_ops = &plain_session_ops,
		.opened = on_opened,
		.taken = on_taken,
		.closed = on_closed,
	};
	memory_open(&m, 20);
	int li = memory_connect_to(&m, &counting);
	CHECK_EQ(opened, 1, "before anything is asked");
	SEES(li, "?");
	dialog_taken(m.conns[li].dialog);
	CHECK_EQ(taken, 1, "it may go on");
	memory_cut(&m, li);
	CHECK_EQ(closed, 1, "and no more");
	memory_close(&m);
}

static void run_slowly(struct dialog *d, const struct request *r)
{
	(void)r;
	dialog_busy(d);
}

TEST(each_answer_that_leaves_somebody_without_a_nick_is_told)
{
	static const struct command slow = { "slow", BIT(DIALOG_NAMING), NULL, run_slowly };
	static const struct command later = { "later", BIT(DIALOG_READY), NULL, run_slowly };
	memory_open(&m, 20);
	int li = memory_connect(&m);
	const struct memory_conn *c = &m.conns[li];
	memory_type(&m, li, "不 行");
	CHECK_EQ(c->unnamed, 1, "refused");
	dialog_ask(c->dialog, request_new(&later, NULL, 0, true));
	CHECK_EQ(c->unnamed, 2, "passed over");
	dialog_ask(c->dialog, request_new(&slow, NULL, 0, true));
	CHECK_EQ(c->unnamed, 2, "the answer is still owed");
	dialog_answered(c->dialog);
	CHECK_EQ(c->unnamed, 3, "it has come");
	CHECK(!c->entered);
	memory_type(&m, li, "老李");
	memory_type(&m, li, "/who");
	CHECK(c->entered);
	CHECK_EQ(c->unnamed, 3, "he has one");
	memory_close(&m);
}

TEST(the_window_opens_again_by_halves)
{
	memory_open(&m, 20);
	int li = memory_connect(&m);
	memory_type(&m, li, "老李");
	for (int i = 1; i < REQUEST_WINDOW / 2 - 1; i++)
		memory_type(&m, li, "/who");
	CHECK_EQ(m.conns[li].credit, 0, "one request less than half a window");
	memory_type(&m, li, "/who");
	CHECK_EQ(m.conns[li].credit, REQUEST_WINDOW / 2, "half a window");
	memory_close(&m);
}

TEST(history_is_answered_before_what_was_asked_later)
{
	memory_open(&m, 2);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "一");
	memory_type(&m, li, "二");
	memory_type(&m, li, "三");
	memory_commit(&m, 3);
	memory_seen(&m, wang);
	memory_type(&m, wang, "/history 3");
	memory_type(&m, wang, "/topic");
	memory_type(&m, li, "四");
	memory_commit(&m, 1);
	SEES(wang, "老李:四\n"); /* live, while the disk is asked */
	memory_answer_read(&m, READ_DONE);
	char seen[512];
	snprintf(seen, sizeof(seen), "%s", memory_seen(&m, wang));
	CHECK(strstr(seen, "老李:一\n") && strstr(seen, "老李:三\n系统消息#lobby没有话题\n"));
	CHECK(!strstr(seen, "四"));

	memory_type(&m, wang, "/history 3");
	memory_type(&m, wang, "/topic");
	memory_answer_read(&m, READ_FAILED);
	SEES(wang, "系统消息暂时读不到聊天记录，请稍后再试\n系统消息#lobby没有话题\n");
	memory_type(&m, wang, "/history 501");
	SEES(wang, "系统消息用法: /history [1到500]\n");
	/* Whoever goes meanwhile is not answered, and nothing is left of him. */
	memory_type(&m, wang, "/history 3");
	memory_cut(&m, wang);
	CHECK(m.conns[wang].released);
	memory_answer_read(&m, READ_DONE);
	memory_close(&m);
}
