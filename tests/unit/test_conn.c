#include "net/conn.h"

#include "tests/unit/check.h"
#include "tests/unit/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Lines of seven bytes, so that the kernel's sizes do not end where they do. */
static void say_lines(struct peer *p, struct buf *all, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		char line[8];
		snprintf(line, sizeof(line), "%06zu\n", i % 1000000);
		buf_add_text(all, line);
		say(p, line);
	}
}

/* Speaks in small turns until the kernel takes no more. */
static void fill(struct net *n, struct peer *p, struct buf *all)
{
	for (size_t i = 0; !p->conn->want_write; i++) {
		say_lines(p, all, i * 10, i * 10 + 10);
		net_turn(n);
	}
}

TEST(conn_hands_over_what_is_said_and_then_the_end)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_STREAM);
	net_turn(&n);
	CHECK_EQ(p.said.len, 0, "nothing yet");
	peer_says(&p, "喝");
	net_turn(&n);
	peer_says(&p, "茶\n");
	net_turn(&n);
	CHECK_STR(p.said.bytes, "喝茶\n");
	CHECK_EQ(p.ends, 0, "it goes on");
	shutdown(p.fd, SHUT_WR);
	for (int i = 0; i < 5; i++)
		net_turn(&n);
	CHECK_EQ(p.ends, 1, "once");
	CHECK_EQ(p.gones, 0, "it may still read");
	say(&p, "goodbye\n");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "goodbye\n");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_reads_more_than_one_buffer)
{
	struct net n;
	struct peer p;
	static char text[READ_BYTES * 2 + 100];

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	memset(text, 'x', sizeof(text) - 1);
	peer_says(&p, text);
	shutdown(p.fd, SHUT_WR);
	net_until(&n, &p.ends);
	CHECK_STR(p.said.bytes, text);
	peer_close(&p);
	net_close(&n);
}

TEST(conn_writes_once_a_turn)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	say(&p, "one\n");
	say(&p, "");
	say(&p, "two\n");
	CHECK_STR(peer_reads(&p), NOTHING);
	say(&p, "three\n");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "one\ntwo\nthree\n");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), NOTHING);
	CHECK_EQ(n.set.own, NULL, "an idle thread keeps no chunk");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_with_a_full_socket_loses_nothing)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 }, got = { 0 };
	uint32_t random = 7;
	size_t waits = 0;

	net_open(&n, 1 << 20);
	peer_open(&n, &p, PEER_STREAM);
	for (size_t turn = 0; turn < 400; turn++) {
		random = random * 1664525 + 1013904223;
		say_lines(&p, &sent, turn * 1000, turn * 1000 + (random >> 16) % 300);
		net_turn(&n);
		waits += p.conn->want_write;
		if (random >> 28 == 0)
			peer_reads_all(&p, &got);
	}
	CHECK(waits > 50);
	while (p.conn->output.bytes > 0) {
		peer_reads_all(&p, &got);
		net_turn(&n);
	}
	peer_reads_all(&p, &got);
	CHECK_EQ(got.len, sent.len, "all of it");
	CHECK_EQ(memcmp(got.bytes, sent.bytes, sent.len), 0, "in order");
	CHECK_EQ(p.slows, 0, "below the ceiling");
	buf_done(&sent);
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

/* How much is queued makes nobody slow, only what is left of it when the kernel had its share. */
TEST(conn_with_a_quick_reader_may_burst)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 }, got = { 0 };

	net_open(&n, 100);
	peer_open(&n, &p, PEER_TCP);
	say_lines(&p, &sent, 0, 2000);
	net_turn(&n);
	CHECK_EQ(p.slows, 0, "140 times the ceiling in one turn");
	while (got.len < sent.len)
		peer_reads_all(&p, &got);
	CHECK_STR(got.bytes, sent.bytes);
	buf_done(&sent);
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

TEST(conn_is_slow_one_byte_beyond_its_ceiling)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 };
	static char text[1000];

	for (size_t beyond = 0; beyond <= 1; beyond++) {
		net_open(&n, 1000);
		peer_open(&n, &p, PEER_STREAM);
		fill(&n, &p, &sent);
		memset(text, 'x', sizeof(text));
		conn_send(p.conn, text, 1000 - p.conn->output.bytes + beyond);
		if (beyond)
			say(&p, "nothing more is kept for it");
		net_turn(&n);
		CHECK_EQ(p.slows, beyond, "at the ceiling nobody is slow yet");
		CHECK_EQ(p.slow_bytes, beyond ? 1001 : 0, "what is queued is told");
		buf_done(&sent);
		peer_close(&p);
		net_close(&n);
	}
}

TEST(conn_that_is_slow_is_told_once_and_ends_between_two_lines)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 }, got = { 0 };

	net_open(&n, 5000);
	peer_open(&n, &p, PEER_STREAM);
	fill(&n, &p, &sent);
	for (size_t i = 0; i < 10; i++) {
		say_lines(&p, &sent, 500000 + i * 200, 500000 + i * 200 + 200);
		net_turn(&n);
	}
	CHECK_EQ(p.slows, 1, "once, whatever else is said");
	CHECK_EQ(p.conn->state, CONN_FINISHING, "its last words are on their way");
	while (!peer_reads_all(&p, &got))
		net_turn(&n);
	CHECK_EQ(p.slows, 1, "once, to the end");
	size_t len = got.len - strlen(TOO_SLOW);
	CHECK_STR(got.bytes + len, TOO_SLOW);
	CHECK_EQ(memcmp(got.bytes, sent.bytes, len), 0, "what it got is what was said first");
	CHECK_EQ(len % 7, 0, "and ends with a line");
	CHECK(len < sent.len);
	buf_done(&sent);
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

TEST(conn_that_is_slow_holds_up_nobody)
{
	struct net n;
	struct peer slow, quick;
	struct buf sent = { 0 }, got = { 0 }, ignored = { 0 };

	net_open(&n, 5000);
	peer_open(&n, &slow, PEER_STREAM);
	peer_open(&n, &quick, PEER_STREAM);
	for (size_t i = 0; slow.slows == 0; i++) {
		say_lines(&slow, &ignored, i * 100, i * 100 + 100);
		say_lines(&quick, &sent, i * 100, i * 100 + 100);
		net_turn(&n);
		peer_reads_all(&quick, &got);
		CHECK_EQ(got.len, sent.len, "in the same turn, always");
	}
	CHECK_EQ(quick.slows, 0, "it kept up");
	CHECK_STR(got.bytes, sent.bytes);
	buf_done(&sent);
	buf_done(&got);
	buf_done(&ignored);
	peer_close(&slow);
	peer_close(&quick);
	net_close(&n);
}

TEST(conn_that_is_paused_is_not_read)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	conn_pause(p.conn);
	conn_pause(p.conn);
	peer_says(&p, "one ");
	for (int i = 0; i < 3; i++)
		net_turn(&n);
	CHECK_EQ(p.said.len, 0, "not now");
	say(&p, "it may still be spoken to\n");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "it may still be spoken to\n");
	conn_resume(p.conn);
	net_turn(&n);
	CHECK_STR(p.said.bytes, "one ");
	p.pauses = true;
	peer_says(&p, "two ");
	peer_says(&p, "three");
	net_turn(&n);
	net_turn(&n);
	CHECK_STR(p.said.bytes, "one two ");
	conn_resume(p.conn);
	net_turn(&n);
	CHECK_STR(p.said.bytes, "one two three");
	peer_close(&p);
	net_close(&n);
}

TEST(conn_sends_ranges_and_bytes_in_order)
{
	struct net n;
	struct peer p;
	struct chunk *chunk = NULL;
	struct range r;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_PACKETS);
	say(&p, "one ");
	arena_add(&n.set.pool, &chunk, "two ", 4, &r);
	conn_send_range(p.conn, r);
	say(&p, "three ");
	arena_add(&n.set.pool, &chunk, "four ", 5, &r);
	conn_send_range(p.conn, r);
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "one two three four ");
	CHECK_EQ(chunk->refs, 1, "all others gave theirs back");
	chunk_unref(&n.set.pool, chunk);
	peer_close(&p);
	net_close(&n);
}

/* Pieces that lie apart, as from many rooms: one write takes so many of them. */
TEST(conn_writes_at_most_64_pieces_at_a_time)
{
	static const struct {
		size_t count, writes[4];
	} cases[] = {
		{ WRITE_PIECES_MAX, { 64 } },
		{ WRITE_PIECES_MAX + 1, { 64, 1 } },
		{ 200, { 64, 64, 64, 8 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct net n;
		struct peer p;
		struct chunk *chunks[2] = { NULL, NULL };

		net_open(&n, 1000);
		peer_open(&n, &p, PEER_PACKETS);
		for (size_t piece = 0; piece < cases[i].count; piece++) {
			struct range r;
			arena_add(&n.set.pool, &chunks[piece % 2], "x", 1, &r);
			conn_send_range(p.conn, r);
		}
		net_turn(&n);
		for (size_t w = 0; w < 4 && cases[i].writes[w]; w++)
			CHECK_EQ(strlen(peer_reads(&p)), cases[i].writes[w], "all in one turn");
		CHECK_STR(peer_reads(&p), NOTHING);
		chunk_unref(&n.set.pool, chunks[0]);
		chunk_unref(&n.set.pool, chunks[1]);
		peer_close(&p);
		net_close(&n);
	}
}

TEST(conn_that_cannot_be_watched_is_refused_and_closed)
{
	struct net n;
	struct err err = { ERR_NONE, "" };
	int fd = memfd_create("a file is always ready", 0);

	net_open(&n, 1000);
	CHECK(fd >= 0);
	CHECK_EQ(conn_new(&n.set, fd, NULL, &err), NULL, "refused");
	CHECK_EQ(err.code, ERR_IO, "and says why");
	CHECK_EQ(fcntl(fd, F_GETFD), -1, "closed");
	CHECK_EQ(errno, EBADF, "closed");
	net_close(&n);
}

/* In every state, with output or without, before and after a turn: nobody is told, nothing stays. */
TEST(conn_may_be_freed_at_any_time)
{
	for (int how = 0; how < 8; how++)
		for (int turned = 0; turned < 2; turned++) {
			struct net n;
			struct peer p, other;

			net_open(&n, 1000);
			peer_open(&n, &p, PEER_TCP);
			peer_open(&n, &other, PEER_PACKETS);
			if (how & 1)
				say(&p, "half a line");
			if (how & 2)
				conn_set_pace(p.conn);
			if (how & 2)
				conn_hold(p.conn);
			if (how & 4)
				conn_finish(p.conn);
			if (turned)
				net_turn(&n);
			say(&other, "still here\n");
			peer_close(&p);
			net_after(&n, GOODBYE_MS);
			CHECK_EQ(p.gones, 0, "who frees it knows");
			CHECK_STR(peer_reads(&other), "still here\n");
			peer_close(&other);
			net_close(&n);
		}
}

/* The loop closed it in this turn, and its owner frees it before the flush that would tell him. */
TEST(conn_may_be_freed_before_it_is_told_gone)
{
	struct net n;
	struct peer p, q;

	net_open(&n, 1000);
	peer_open(&n, &p, PEER_TCP);
	peer_open(&n, &q, PEER_TCP);
	conn_finish(p.conn);
	conn_finish(q.conn);
	peer_resets(&p);
	peer_resets(&q);
	loop_wait(n.loop, 0);
	CHECK_EQ(p.conn->state, CONN_CLOSED, "reset while finishing");
	CHECK_EQ(q.conn->state, CONN_CLOSED, "reset while finishing");
	peer_close(&p);
	net_turn(&n);
	CHECK_EQ(p.gones, 0, "who frees it knows");
	CHECK_EQ(q.gones, 1, "the other one is told");
	peer_close(&q);
	net_close(&n);
}

TEST(conn_set_says_how_long_to_wait)
{
	struct net n;
	struct peer p;

	net_open(&n, 1000);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), -1, "nothing is due, ever");
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, 77), 77, "nothing is due before that");
	peer_open(&n, &p, PEER_PACKETS);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), -1, "an idle conn waits for ever");
	say(&p, "one");
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), 0, "something is to be written");
	net_turn(&n);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), -1, "it is written");
	conn_set_pace(p.conn);
	conn_hold(p.conn);
	say(&p, "two");
	net_turn(&n);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), CHUNK_HOLD_MS, "a hold");
	net_after(&n, CHUNK_HOLD_MS);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), CHUNK_GAP_MS, "a gap");
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms + 20, -1), CHUNK_GAP_MS - 20, "the rest of it");
	net_after(&n, CHUNK_GAP_MS);
	conn_finish(p.conn);
	net_turn(&n);
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), GOODBYE_MS, "a goodbye");
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms + 5000, -1), 0, "overdue");
	peer_close(&p);
	net_close(&n);
}
