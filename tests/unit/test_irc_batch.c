/* Batches that clients send, and the order and the time that hold for them. */
#include "protocols/irc/irc.h"

#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define HOST ":host!someone@somewhere "

static struct memory m;
static int host, guest;

static void open_tea(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "batch draft/multiline labeled-response echo-message");
	guest = memory_enter_irc(&m, "guest", "batch draft/multiline");
	memory_type(&m, host, "JOIN #tea");
	memory_type(&m, guest, "JOIN #tea");
	memory_pass_over(&m);
}

TEST(a_batch_is_one_message_among_others)
{
	open_tea();
	memory_type(&m, host, "PRIVMSG #tea :one");
	memory_type(&m, host, "BATCH +1 draft/multiline #tea");
	memory_type(&m, host, "@batch=1 PRIVMSG #tea :two");
	memory_type(&m, host, "@batch=1 PRIVMSG #tea :three");
	CHECK_EQ(m.flight_count, 1, "it is not said before its end");
	memory_type(&m, host, "BATCH -1");
	CHECK_EQ(m.flight_count, 2, "it does not wait for the message before it");
	memory_type(&m, host, "PRIVMSG #tea :four");
	CHECK_EQ(m.flight_count, 3, "nor does the next one");
	SEES(guest, "");
	memory_commit(&m, 3);
	SEES(guest, HOST "PRIVMSG #tea :one\r\n" HOST "BATCH +m2 draft/multiline #tea\r\n"
			 "@batch=m2 " HOST "PRIVMSG #tea :two\r\n"
			 "@batch=m2 " HOST "PRIVMSG #tea :three\r\n"
			 "BATCH -m2\r\n" HOST "PRIVMSG #tea :four\r\n");
	memory_close(&m);
}

TEST(its_end_waits_for_a_change_of_its_room)
{
	open_tea();
	memory_type(&m, host, "TOPIC #tea :green");
	memory_type(&m, guest, "BATCH +1 draft/multiline #tea");
	memory_type(&m, guest, "@batch=1 PRIVMSG #tea :two");
	memory_type(&m, guest, "BATCH -1");
	CHECK_EQ(m.flight_count, 1, "the topic");
	memory_commit(&m, 1);
	CHECK_EQ(m.flight_count, 1, "and then the message");
	memory_commit(&m, 1);
	memory_close(&m);
}

TEST(its_label_waits_for_its_end)
{
	open_tea();
	memory_type(&m, host, "@label=x BATCH +1 draft/multiline #tea");
	memory_type(&m, host, "@batch=1 PRIVMSG #tea :two");
	SEES(host, "");
	memory_type(&m, host, "BATCH -1");
	memory_fail(&m);
	SEES(host,
	     "@label=x :tea.example 404 host #tea :没有发出: 服务器的磁盘暂时写不进去，请稍后再试\r\n");
	memory_close(&m);
}

/* Shows: FAIL BATCH TIMEOUT */
TEST(a_batch_that_stays_open_is_ended)
{
	open_tea();
	memory_type(&m, host, "@label=x BATCH +a draft/multiline #tea");
	memory_tick(&m, BATCH_MS - 1, false);
	memory_type(&m, host, "@batch=a PRIVMSG #tea :one");
	SEES(host, "");
	memory_tick(&m, 1, false);
	memory_type(&m, host, "@label=y PING x");
	SEES(host, "@label=x :tea.example FAIL BATCH TIMEOUT a :Batch was left open for too "
		   "long\r\n"
		   "@label=y :tea.example PONG tea.example :x\r\n");
	memory_type(&m, host, "@batch=a PRIVMSG #tea :two");
	memory_type(&m, host, "BATCH -a");
	SEES(host, "");
	CHECK_EQ(m.flight_count, 0, "nothing of it was said");
	memory_type(&m, host, "BATCH +a draft/multiline #tea");
	memory_tick(&m, -BATCH_MS, false);
	memory_type(&m, host, "@batch=a PRIVMSG #tea :one");
	memory_tick(&m, BATCH_MS, false);
	memory_type(&m, host, "BATCH -a");
	SEES(host, ":tea.example FAIL BATCH TIMEOUT a :Batch was left open for too long\r\n");
	memory_close(&m);
}

TEST(who_goes_leaves_nothing_behind)
{
	open_tea();
	memory_type(&m, host, "BATCH +a draft/multiline #tea");
	memory_type(&m, host, "@batch=a PRIVMSG #tea :one");
	memory_cut(&m, host);
	memory_type(&m, guest, "BATCH +a draft/multiline #tea");
	memory_close(&m);
}
