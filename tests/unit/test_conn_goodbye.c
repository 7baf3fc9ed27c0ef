/* How a conn ends: conn_finish(), conn_drop(), lingering, and peers that break it. */
#include "net/conn.h"

#include "tests/unit/check.h"
#include "tests/unit/net.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TEST(conn_finish_sends_everything_first)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 }, got = { 0 };

	net_open(&n, 1 << 20);
	peer_open(&n, &p, PEER_STREAM);
	for (int i = 0; i < 20000; i++)
		buf_printf(&sent, "%05d\n", i);
	conn_send(p.conn, sent.bytes, sent.len);
	conn_finish(p.conn);
	conn_finish(p.conn);
	say(&p, "too late\n");
	peer_says(&p, "nobody listens");
	while (!peer_reads_all(&p, &got))
		net_turn(&n);
	CHECK_STR(got.bytes, sent.bytes);
	CHECK_EQ(p.said.len, 0, "nothing is read any longer");
	buf_done(&sent);
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

TEST(conn_finish_of_one_that_has_nothing_to_say_ends_at_once)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	conn_finish(p.conn);
	CHECK_STR(peer_reads(&p), NOTHING);
	net_turn(&n);
	CHECK_STR(peer_reads(&p), END);
	CHECK_EQ(p.conn->state, CONN_LINGERING, "it waits for the peer's end");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_drop_ends_the_line_under_way_and_says_its_last_words)
{
	static const struct {
		const char *sent, *queued, *last_words, *gets;
	} cases[] = {
		{ "", "", "bye\n", "bye\n" },
		{ "", "", "", "" },
		{ "", "never\n", "bye\n", "bye\n" },
		{ "whole\n", "never\n", "bye\n", "bye\n" },
		{ "whole\n", "never\n", "", "" },
		{ "half a li", "ne\nnever\nnever\n", "bye\n", "ne\nbye\n" },
		{ "half a li", "ne\nnever\n", "", "ne\n" },
		{ "whole\nhalf a li", "ne\n", "bye\n", "ne\nbye\n" },
		{ "half a line", "\n", "bye\n", "\nbye\n" },
		/* its end was never said */
		{ "half a line", "", "bye\n", "\nbye\n" },
		{ "half a li", "ne", "bye\n", "ne\nbye\n" },
		{ "half a li", "ne", "", "ne" },
		{ "half a line", "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct net n;
		struct peer p;

		net_open(&n, 1000);
		peer_open(&n, &p, PEER_STREAM);
		if (cases[i].sent[0]) {
			say(&p, cases[i].sent);
			net_turn(&n);
			CHECK_STR(peer_reads(&p), cases[i].sent);
		}
		say(&p, cases[i].queued);
		conn_drop(p.conn, cases[i].last_words, strlen(cases[i].last_words));
		conn_drop(p.conn, "again\n", 6);
		say(&p, "too late\n");
		net_turn(&n);
		if (cases[i].gets[0])
			CHECK_STR(peer_reads(&p), cases[i].gets);
		CHECK_STR(peer_reads(&p), END);
		peer_close(&p);
		net_close(&n);
	}
}

TEST(conn_lingers_so_that_its_last_words_arrive)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	say(&p, "bye\n");
	conn_finish(p.conn);
	net_turn(&n);
	CHECK_EQ(p.conn->state, CONN_LINGERING, "its own end is said");
	for (int i = 0; i < 100; i++) { /* to a closed socket this would be answered with a reset */
		peer_says(&p, "but I was about to say");
		net_turn(&n);
	}
	CHECK_EQ(p.said.len, 0, "read and thrown away");
	CHECK_STR(peer_reads(&p), "bye\n");
	CHECK_STR(peer_reads(&p), END);
	CHECK_EQ(p.gones, 0, "the peer has not ended");
	shutdown(p.fd, SHUT_WR);
	net_until(&n, &p.gones);
	CHECK_EQ(p.ends, 0, "the owner ended it and need not be told");
	CHECK_EQ(p.conn->state, CONN_CLOSED, "both have ended");
	for (int i = 0; i < 3; i++)
		net_after(&n, GOODBYE_MS);
	CHECK_EQ(p.gones, 1, "told once");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_lingers_two_seconds)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	conn_finish(p.conn);
	net_after(&n, 1500);
	CHECK_EQ(p.conn->state, CONN_LINGERING, "from now on");
	net_after(&n, GOODBYE_MS - 1);
	CHECK_EQ(p.gones, 0, "not yet");
	net_after(&n, 1);
	CHECK_EQ(p.gones, 1, "two seconds");
	CHECK_EQ(GOODBYE_MS, 2000, "are these");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_goodbye_goes_on_while_the_peer_reads)
{
	struct net n;
	struct peer p;
	static char text[200000];
	struct buf got = { 0 };

	net_open(&n, 1 << 20);
	peer_open(&n, &p, PEER_STREAM);
	memset(text, 'x', sizeof(text));
	conn_send(p.conn, text, sizeof(text));
	conn_finish(p.conn);
	net_turn(&n);
	for (int i = 0; i < 4; i++) {
		CHECK_EQ(p.conn->state, CONN_FINISHING, "slow, but it reads");
		peer_reads_all(&p, &got);
		net_after(&n, GOODBYE_MS - 1);
	}
	CHECK_EQ(p.conn->state, CONN_FINISHING, "after nearly eight seconds");
	net_after(&n, GOODBYE_MS);
	CHECK_EQ(p.gones, 1, "two seconds without a byte");
	CHECK(got.len < sizeof(text));
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

/* The turn before may have been hours ago. */
TEST(conn_goodbye_counts_from_when_it_is_said)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	p.finishes = true;
	n.set.now_ms = -1000000;
	peer_says(&p, "quit");
	loop_wait(n.loop, 0);
	CHECK_EQ(p.conn->state, CONN_FINISHING, "asked for while it was read");
	CHECK_EQ(p.conn->timer.due_ms, loop_now(n.loop) + GOODBYE_MS, "from now on");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_whose_peer_has_ended_does_not_linger)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_STREAM);
	shutdown(p.fd, SHUT_WR);
	net_turn(&n);
	CHECK_EQ(p.ends, 1, "its end");
	say(&p, "bye\n");
	conn_finish(p.conn);
	CHECK_EQ(p.gones, 0, "outside the call");
	net_turn(&n);
	CHECK_EQ(p.gones, 1, "in the same turn");
	CHECK_STR(peer_reads(&p), "bye\n");
	CHECK_STR(peer_reads(&p), END);
	peer_close(&p);
	net_close(&n);
}

/* ---- broken ---- */

TEST(conn_that_is_reset_is_still_read)
{
	struct net n;
	struct peer p;
	static char text[READ_BYTES * 2 + 100];

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	memset(text, 'x', sizeof(text) - 1);
	peer_says(&p, text);
	peer_resets(&p);
	say(&p, "nobody hears this\n");
	for (int i = 0; i < 10; i++)
		net_turn(&n);
	CHECK_STR(p.said.bytes, text);
	CHECK_EQ(p.gones, 1, "and then it is gone");
	CHECK_EQ(p.ends, 0, "which says it all");
	peer_close(&p);
	net_close(&n);
}

/* The write that fails comes before the loop's news. */
TEST(conn_that_cannot_be_written_is_still_read)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	peer_says(&p, "I said it");
	peer_resets(&p);
	say(&p, "nobody hears this\n");
	conn_set_flush(&n.set, n.now_ms);
	CHECK_EQ(p.conn->broken, true, "the write has failed");
	CHECK_EQ(p.gones, 0, "what it said is still to come");
	say(&p, "nor this\n");
	CHECK_EQ(p.conn->output.bytes, 0, "nothing is kept for it");
	for (int i = 0; i < 10; i++)
		net_turn(&n);
	CHECK_STR(p.said.bytes, "I said it");
	CHECK_EQ(p.gones, 1, "gone");
	peer_close(&p);
	net_close(&n);
}

static size_t ready_calls;
static void (*conn_ready)(struct watch *w, unsigned events);

static void count_ready(struct watch *w, unsigned events)
{
	ready_calls++;
	conn_ready(w, events);
}

static void watch_calls(struct peer *p)
{
	ready_calls = 0;
	conn_ready = p->conn->watch.ready;
	p->conn->watch.ready = count_ready;
}

TEST(conn_that_breaks_while_paused_keeps_quiet_until_it_is_read_on)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	watch_calls(&p);
	conn_pause(p.conn);
	peer_says(&p, "I said it");
	peer_resets(&p);
	for (int i = 0; i < 10; i++)
		net_turn(&n);
	CHECK_EQ(ready_calls, 1, "the loop does not turn on it again and again");
	CHECK_EQ(p.said.len, 0, "paused is paused");
	conn_pause(p.conn);
	CHECK_EQ(p.gones, 0, "it has something to say");
	conn_resume(p.conn);
	for (int i = 0; i < 10; i++)
		net_turn(&n);
	CHECK_STR(p.said.bytes, "I said it");
	CHECK_EQ(p.gones, 1, "gone");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_that_breaks_does_not_stay_to_be_read_for_long)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	conn_pause(p.conn);
	peer_says(&p, "I said it");
	peer_resets(&p);
	net_turn(&n);
	CHECK_EQ(p.conn->timer.due_ms, loop_now(n.loop) + GOODBYE_MS, "as long as a goodbye");
	n.now_ms = p.conn->timer.due_ms;
	net_after(&n, -1);
	CHECK_EQ(p.gones, 0, "not yet");
	net_after(&n, 1);
	CHECK_EQ(p.gones, 1, "it had its time");
	CHECK_EQ(p.said.len, 0, "nobody read it");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_that_is_broken_may_be_paused_between_two_reads)
{
	struct net n;
	struct peer p;
	static char text[READ_BYTES * 2 + 100];

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	watch_calls(&p);
	memset(text, 'x', sizeof(text) - 1);
	peer_says(&p, text);
	p.pauses = true;
	peer_resets(&p);
	for (size_t reads = 1; reads <= 3; reads++) {
		for (int i = 0; i < 10; i++)
			net_turn(&n);
		CHECK_EQ(ready_calls, reads, "once for each time it may");
		CHECK_EQ(p.said.len, reads < 3 ? reads * READ_BYTES : sizeof(text) - 1,
			 "one read at a time");
		CHECK_EQ(p.gones, 0, "not before it was read to its end");
		conn_resume(p.conn);
	}
	net_turn(&n);
	CHECK_STR(p.said.bytes, text);
	CHECK_EQ(p.gones, 1, "gone");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_that_is_reset_while_it_ends_is_gone_at_once)
{
	for (int lingering = 0; lingering < 2; lingering++) {
		struct net n;
		struct peer p;

		net_open(&n, 1000);
		peer_open(&n, &p, PEER_TCP);
		say(&p, "bye\n");
		conn_finish(p.conn);
		if (lingering)
			net_turn(&n);
		CHECK_EQ(p.conn->state, lingering ? CONN_LINGERING : CONN_FINISHING, "on its way");
		peer_resets(&p);
		net_turn(&n);
		CHECK_EQ(p.gones, 1, "there is nobody to wait for");
		peer_close(&p);
		net_close(&n);
	}
}

TEST(conn_that_is_broken_needs_no_goodbye)
{
	for (int drops = 0; drops < 2; drops++) {
		struct net n;
		struct peer p;

		net_open(&n, 1000);
		peer_open(&n, &p, PEER_TCP);
		conn_pause(p.conn);
		peer_resets(&p);
		net_turn(&n);
		CHECK_EQ(p.conn->broken, true, "nothing can be said to it");
		if (drops)
			conn_drop(p.conn, "bye\n", 4);
		else
			conn_finish(p.conn);
		CHECK_EQ(p.gones, 0, "outside the call");
		net_turn(&n);
		CHECK_EQ(p.gones, 1, "at once");
		peer_close(&p);
		net_close(&n);
	}
}

TEST(conn_whose_peer_ended_and_then_broke_is_gone)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	peer_says(&p, "that is all");
	shutdown(p.fd, SHUT_WR);
	net_until(&n, &p.ends);
	peer_resets(&p);
	net_turn(&n);
	CHECK_STR(p.said.bytes, "that is all");
	CHECK_EQ(p.gones, 1, "nothing more can be said either way");
	peer_close(&p);
	net_close(&n);
}
