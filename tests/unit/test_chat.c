/* A whole chat in memory: what people see of each other. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)

static struct memory m;

TEST(five_people_in_two_rooms)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	int zhang = memory_enter(&m, "小张"), zhao = memory_enter(&m, "老赵");
	int sun = memory_enter(&m, "孙");

	memory_type(&m, li, "早");
	SEES(wang, "");
	memory_commit(&m, 1);
	SEES(li, "");
	SEES(wang, "老李:早\n");
	SEES(sun, "老李:早\n");

	memory_type(&m, zhang, "/join 下棋");
	memory_type(&m, zhao, "/join #下棋");
	SEES(zhang, "老李:早\n系统消息小张进入了聊天室\n系统消息老赵进入了聊天室\n");
	memory_type(&m, zhao, "将军");
	memory_type(&m, wang, "茶凉了");
	memory_commit(&m, 2);
	SEES(zhang, "老赵:将军\n[#lobby] 小王:茶凉了\n");
	SEES(li, "小王:茶凉了\n");
	SEES(sun, "小王:茶凉了\n");

	/* Both see 老赵 go, once, though he is in both rooms with one of them. */
	memory_seen(&m, zhao);
	memory_type(&m, zhao, "quit");
	SEES(zhao, "退出");
	CHECK(m.conns[zhao].closed);
	SEES(zhang, "系统消息老赵退出了聊天室\n");
	SEES(li, "系统消息老赵退出了聊天室\n");

	memory_cut(&m, zhang);
	CHECK(m.conns[zhang].released);
	SEES(wang, "系统消息老赵退出了聊天室\n系统消息小张退出了聊天室\n");
	memory_close(&m);
}

TEST(a_nick_belongs_to_one)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "LiLei");
	int second = memory_connect(&m);
	static const char *const taken[] = { "LiLei", "lilei", "ＬｉＬｅｉ", "LіLеі" };
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		memory_type(&m, second, taken[i]);
		SEES(second, "当前昵称已经存在，请重新输入\n请输入昵称:");
	}
	memory_type(&m, second, "a b");
	SEES(second, "昵称不合法，请重新输入\n请输入昵称:");
	memory_type(&m, li, "/nick LiLei2");
	SEES(li, "系统消息LiLei改名为LiLei2\n");
	memory_type(&m, second, "lilei");
	SEES(second,
	     "昵称设置成功\n系统消息lilei进入了聊天室\n系统消息输入 /help 查看可用的命令\n");
	SEES(li, "系统消息lilei进入了聊天室\n");
	/* One may change the spelling of one's own. */
	memory_type(&m, li, "/nick LILEI2");
	SEES(second, "系统消息LiLei2改名为LILEI2\n");
	memory_type(&m, li, "/nick lilei");
	SEES(li, "系统消息LiLei2改名为LILEI2\n系统消息没有改名: 昵称已经有人用，或太像别人的\n");
	memory_close(&m);
}

TEST(private_talk_is_private_and_ends_with_its_people)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	int zhang = memory_enter(&m, "小张");
	memory_type(&m, li, "/msg 小王 晚上来");
	memory_commit(&m, 1);
	SEES(li, "[私聊→小王]晚上来\n");
	SEES(wang, "[私聊]老李:晚上来\n");
	SEES(zhang, "");
	char key[64];
	snprintf(key, sizeof(key), "%s", m.disk[0]->room_key);
	CHECK_STR(m.disk[0]->to_nick, "小王");

	/* Another who takes the nick later is another to talk to. */
	memory_cut(&m, wang);
	CHECK_STR(m.forgotten, key);
	memory_enter(&m, "小王");
	memory_type(&m, li, "/msg 小王 你是谁");
	memory_commit(&m, 1);
	CHECK(strcmp(m.disk[1]->room_key, key) != 0);

	memory_type(&m, li, "/msg 老李 记一下");
	memory_commit(&m, 1);
	SEES(li, "[私聊→小王]你是谁\n[私聊→老李]记一下\n");
	memory_type(&m, li, "/msg 没人 在吗");
	SEES(li, "系统消息这里没有没人\n");
	memory_close(&m);
}

TEST(whoever_left_while_his_words_were_written_is_heard)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "我先走了");
	memory_cut(&m, li);
	SEES(wang, "");
	CHECK(!m.conns[li].released);
	memory_commit(&m, 1);
	SEES(wang, "老李:我先走了\n系统消息老李退出了聊天室\n");
	CHECK(m.conns[li].released);

	/* A disk that does not answer holds nobody: then he is gone before he is heard. */
	int zhao = memory_enter(&m, "老赵");
	memory_type(&m, zhao, "等等");
	memory_tick(&m, 2000, true);
	memory_cut(&m, zhao);
	SEES(wang, "系统消息老赵退出了聊天室\n");
	memory_commit(&m, 1);
	SEES(wang, "老赵:等等\n");
	memory_close(&m);
}

TEST(a_crowd_is_told_by_its_number)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李");
	char nick[16], expected[1024] = "";
	memory_tick(&m, 2000, false);
	for (int i = 0; i < 25; i++) {
		snprintf(nick, sizeof(nick), "guest%d", i);
		int conn = memory_connect(&m);
		memory_type(&m, conn, nick);
		/* Whoever comes sees himself come, however many do. */
		CHECK(strstr(memory_seen(&m, conn), nick));
		if (i < CROWD_SHOWN)
			snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
				 "系统消息%s进入了聊天室\n", nick);
	}
	SEES(li, expected);
	memory_tick(&m, CROWD_WINDOW_MS - 1, false);
	SEES(li, "");
	memory_tick(&m, 1, false);
	SEES(li, "系统消息15人进入了聊天室\n");
	for (int i = 0; i < 12; i++)
		memory_cut(&m, li + 1 + i);
	memory_seen(&m, li);
	memory_tick(&m, CROWD_WINDOW_MS, false);
	SEES(li, "系统消息2人退出了聊天室\n");
	memory_close(&m);
}

static void play(struct buf *told)
{
	memory_open(&m, 5);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	for (int i = 0; i < 30; i++) {
		char line[32];
		snprintf(line, sizeof(line), "第%d句", i);
		memory_type(&m, i % 2 ? li : wang, line);
		if (i % 7 == 3)
			memory_type(&m, li, i % 2 ? "/join 二" : "/part 二");
		if (i % 5 == 0)
			memory_commit(&m, 3);
	}
	memory_commit(&m, 100);
	for (size_t i = 0; i < m.disk_count; i++)
		buf_printf(told, "%d %s %s %s\n", (int)m.disk[i]->id, m.disk[i]->room_key,
			   m.disk[i]->from.nick, m.disk[i]->text);
	buf_add_text(told, memory_seen(&m, li));
	buf_add_text(told, memory_seen(&m, wang));
	memory_close(&m);
}

TEST(the_same_requests_give_the_same_chat)
{
	struct buf first = { 0 }, second = { 0 };
	play(&first);
	play(&second);
	CHECK(first.len > 1000);
	CHECK_STR(second.bytes, first.bytes);
	buf_done(&first);
	buf_done(&second);
}

/* ---- rooms ---- */

TEST(a_newcomer_sees_the_last_words_once)
{
	memory_open(&m, 2);
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "一");
	memory_type(&m, li, "二");
	memory_type(&m, li, "三");
	memory_commit(&m, 3);
	memory_type(&m, li, "四");
	int wang = memory_connect(&m);
	memory_type(&m, wang, "小王"); /* overtakes 四, which is in flight */
	char seen[512];
	snprintf(seen, sizeof(seen), "%s", memory_seen(&m, wang));
	CHECK(!strstr(seen, "老李:一") && strstr(seen, "老李:二") && strstr(seen, "老李:三"));
	CHECK(!strstr(seen, "老李:四"));
	memory_commit(&m, 1);
	SEES(wang, "老李:四\n");
	memory_close(&m);
}

TEST(a_sleeping_room_wakes_with_its_last_words)
{
	memory_open(&m, 2);
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "一");
	memory_type(&m, li, "二");
	memory_commit(&m, 2);
	memory_type(&m, li, "/topic 龙井");
	memory_commit(&m, 1);
	memory_cut(&m, li);
	int wang = memory_connect(&m), zhao = memory_connect(&m);
	memory_type(&m, wang, "小王");
	memory_type(&m, zhao, "老赵");
	SEES(wang, "");
	CHECK_EQ(m.read_count, 1, "one read for all who wait");
	memory_answer_read(&m, READ_DONE);
	char seen[512];
	snprintf(seen, sizeof(seen), "%s", memory_seen(&m, wang));
	CHECK(strstr(seen, "老李:一") && strstr(seen, "老李:二"));
	memory_seen(&m, zhao);
	memory_type(&m, zhao, "/topic");
	SEES(zhao, "系统消息#lobby的话题:龙井（老李）\n");
	memory_close(&m);
}

TEST(nothing_wakes_for_somebody_who_may_not_come_in)
{
	memory_open(&m, 2);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	char line[32];
	memory_type(&m, wang, "/join 别处");
	memory_type(&m, wang, "一");
	memory_commit(&m, 1);
	memory_type(&m, wang, "/part");
	for (int i = 1; i < ROOMS_PER_USER_MAX; i++) {
		snprintf(line, sizeof(line), "/join r%d", i);
		memory_type(&m, li, line);
	}
	memory_seen(&m, li);
	memory_type(&m, li, "/join 别处");
	SEES(li, "系统消息你在的房间已经太多了\n");
	CHECK_EQ(m.read_count, 0, "the room sleeps on");
	memory_cut(&m, li);
	memory_type(&m, wang, "在");
	memory_commit(&m, 1);
	memory_cut(&m, wang);
	int nobody = memory_connect(&m);
	memory_type(&m, nobody, "a b");
	SEES(nobody, "昵称不合法，请重新输入\n请输入昵称:");
	CHECK_EQ(m.read_count, 0, "and so does the lobby");
	memory_close(&m);
}

TEST(the_lobby_can_always_be_made)
{
	memory_open(&m, 20);
	m.chat->config.rooms_max = 1;
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "/join 二");
	SEES(li, "系统消息这里不能再开新的房间了\n");
	m.chat->config.rooms_max = 2;
	memory_type(&m, li, "/join 二");
	memory_type(&m, li, "/join 三");
	memory_type(&m, li, "/part lobby");
	memory_tick(&m, CROWD_WINDOW_MS, false);
	memory_type(&m, li, "/join 三");
	memory_seen(&m, li);
	memory_enter(&m, "小王");
	CHECK_EQ(m.chat->room_count, 3, "one more than there may be");
	memory_close(&m);
}

TEST(one_answer_has_so_many_bytes_and_no_more)
{
	static char line[MESSAGE_BYTES_MAX + 1];
	memory_open(&m, 60);
	int li = memory_enter(&m, "老李");
	memset(line, 'x', MESSAGE_BYTES_MAX);
	for (int i = 0; i < 60; i++) {
		line[0] = (char)('A' + i);
		memory_type(&m, li, line);
	}
	memory_commit(&m, 60);
	int wang = memory_connect(&m);
	memory_type(&m, wang, "小王");
	size_t len = m.conns[wang].seen.len;
	CHECK(len < ANSWER_BYTES_MAX + 1024 && len > ANSWER_BYTES_MAX / 2);
	CHECK(memmem(m.conns[wang].seen.bytes, len, "老李:|", strlen("老李:|"))); /* the last */
	CHECK(!memmem(m.conns[wang].seen.bytes, len, "老李:A", strlen("老李:A")));
	memory_close(&m);
}

TEST(a_disk_that_does_not_answer_keeps_nobody_out)
{
	memory_open(&m, 2);
	int li = memory_enter(&m, "老李");
	memory_type(&m, li, "一");
	memory_commit(&m, 1);
	memory_cut(&m, li);
	int wang = memory_connect(&m);
	memory_type(&m, wang, "小王");
	SEES(wang, "");
	memory_tick(&m, STALL_MS, false);
	SEES(wang, "昵称设置成功\n系统消息小王进入了聊天室\n系统消息输入 /help 查看可用的命令\n");
	memory_answer_read(&m, READ_DONE); /* too late: nothing */
	SEES(wang, "");
	memory_close(&m);
}

TEST(rooms_that_were_never_used_are_forgotten)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李");
	size_t before = m.chat->room_count;
	memory_type(&m, li, "/join 空");
	CHECK_EQ(m.chat->room_count, before + 1, "there is one while someone is in it");
	memory_type(&m, li, "/part");
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(m.chat->room_count, before, "nothing was said there");
	memory_type(&m, li, "/join 用过");
	memory_type(&m, li, "一");
	memory_commit(&m, 1);
	memory_type(&m, li, "/part");
	memory_tick(&m, CROWD_WINDOW_MS, false);
	CHECK_EQ(m.chat->room_count, before + 1, "it has a history");
	memory_close(&m);
}

TEST(a_user_is_in_so_many_rooms_and_no_more)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李");
	char line[32];
	for (int i = 1; i < ROOMS_PER_USER_MAX; i++) {
		snprintf(line, sizeof(line), "/join r%d", i);
		memory_type(&m, li, line);
	}
	memory_seen(&m, li);
	memory_type(&m, li, "/join one-more");
	SEES(li, "系统消息你在的房间已经太多了\n");
	CHECK_EQ(m.chat->room_count, ROOMS_PER_USER_MAX, "the lobby is one of them");

	int wang = memory_enter(&m, "小王");
	for (int i = ROOMS_PER_USER_MAX; i < 150; i++) {
		snprintf(line, sizeof(line), "/join r%d", i);
		memory_type(&m, wang, line);
	}
	memory_seen(&m, wang);
	memory_type(&m, wang, "/join one-more");
	SEES(wang, "系统消息这里不能再开新的房间了\n");
	memory_type(&m, wang, "/join a,b");
	SEES(wang, "系统消息房间名不合法\n");
	memory_close(&m);
}

TEST(a_part_goes_back_to_the_room_before)
{
	memory_open(&m, 20);
	int li = memory_enter(&m, "老李"), wang = memory_enter(&m, "小王");
	memory_type(&m, li, "/join 二");
	memory_seen(&m, li);
	memory_type(&m, wang, "喂");
	memory_commit(&m, 1);
	SEES(li, "[#lobby] 小王:喂\n");
	memory_type(&m, li, "/part");
	SEES(li, "系统消息老李退出了聊天室\n系统消息现在你在#lobby说话\n");
	memory_type(&m, wang, "喂");
	memory_commit(&m, 1);
	SEES(li, "小王:喂\n");
	memory_type(&m, li, "/part");
	SEES(li, "系统消息老李退出了聊天室\n系统消息你不在任何房间里，用 /join 房间 进入\n");
	SEES(wang, "系统消息老李退出了聊天室\n");
	memory_type(&m, li, "有人吗");
	SEES(li, "系统消息你不在任何房间里，用 /join 房间 进入\n");
	memory_close(&m);
}
