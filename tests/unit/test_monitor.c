/* Who watches whom: lists that stay true whatever goes first. */
#include "tests/unit/check.h"

#include "core/monitor.h"
#include "tests/unit/memory.h"

#include <string.h>

static struct memory m;

static struct session *session_of(int conn)
{
	return &m.conns[conn].dialog->session;
}

static size_t count_of(int conn)
{
	size_t count = 0;
	for (const struct monitoring *w = monitor_first(session_of(conn)); w; w = w->next_own)
		count++;
	return count;
}

TEST(lists_end_where_they_are_full)
{
	memory_open(&m, 0);
	int ann = memory_enter_irc(&m, "ann", "");
	static const char *const nicks[] = { "a", "b", "c" };
	for (size_t i = 0; i < ARRAY_LEN(nicks); i++)
		CHECK_EQ(monitor_add(session_of(ann), nicks[i]), MONITOR_ADDED, nicks[i]);
	CHECK_EQ(monitor_add(session_of(ann), "d"), MONITOR_FULL, "one more");
	CHECK_EQ(monitor_add(session_of(ann), "B"), MONITOR_ADDED, "there already");
	CHECK_EQ(monitor_add(session_of(ann), "*"), MONITOR_INVALID, "a mask");
	CHECK_EQ(count_of(ann), 3, "three");
	monitor_remove(session_of(ann), "b");
	monitor_remove(session_of(ann), "b");
	monitor_remove(session_of(ann), "a");
	CHECK_STR(monitor_first(session_of(ann))->nick, "c");
	CHECK_EQ(monitor_add(session_of(ann), "d"), MONITOR_ADDED, "room again");
	monitor_clear(session_of(ann));
	CHECK_EQ(m.chat->monitor.watcher_count, 0, "nobody watches");
	memory_close(&m);
}

TEST(who_is_gone_watches_nobody)
{
	memory_open(&m, 0);
	int ann = memory_enter_irc(&m, "ann", ""), bob = memory_enter_irc(&m, "bob", "");
	int eve = memory_enter_irc(&m, "eve", "");
	memory_type(&m, ann, "MONITOR + eve");
	memory_type(&m, bob, "MONITOR + eve,ann");
	memory_pass_over(&m);
	memory_cut(&m, ann);
	CHECK_STR(memory_seen(&m, bob), ":tea.example 731 bob :ann\r\n");
	CHECK_EQ(m.chat->monitor.watcher_count, 1, "bob");
	/* Who has said goodbye is told nothing, though his connection is still there. */
	memory_type(&m, bob, "QUIT");
	memory_seen(&m, bob);
	memory_type(&m, eve, "NICK adam");
	CHECK_STR(memory_seen(&m, bob), "");
	memory_cut(&m, bob);
	CHECK_EQ(m.chat->monitor.watcher_count, 0, "nobody");
	memory_close(&m);
}
