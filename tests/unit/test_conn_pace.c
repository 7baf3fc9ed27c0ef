/* Conns that want pauses between their writes. The clock is the test's, so nothing here waits. */
#include "net/conn.h"

#include "tests/unit/check.h"
#include "tests/unit/net.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void paced_open(struct net *n, struct peer *p)
{
	net_open(n, 100000);
	peer_open(n, p, PEER_PACKETS);
	conn_set_pace(p->conn);
}

/* count bytes: before of them x, then as many copies of character as fit, then y. */
static const char *text_of(size_t count, size_t before, const char *character)
{
	static char text[5000];
	size_t at = 0;
	while (at < before)
		text[at++] = 'x';
	for (; at + strlen(character) <= count; at += strlen(character))
		memcpy(text + at, character, strlen(character));
	while (at < count)
		text[at++] = 'y';
	text[at] = '\0';
	return text;
}

TEST(pace_writes_at_most_1024_bytes_between_two_characters)
{
	static const struct {
		size_t count, before;
		const char *character;
		size_t writes[6];
	} cases[] = {
		{ 1, 0, "x", { 1 } },
		{ 1023, 0, "x", { 1023 } },
		{ 1024, 0, "x", { 1024 } },
		{ 1025, 0, "x", { 1024, 1 } },
		{ 1027, 0, "x", { 1024, 3 } },
		{ 1028, 0, "x", { 1024, 4 } },
		{ 1029, 0, "x", { 1024, 5 } },
		{ 4096, 0, "x", { 1024, 1024, 1024, 1024 } },
		{ 3000, 0, "茶", { 1023, 1023, 954 } },
		{ 3001, 1, "茶", { 1024, 1023, 954 } },
		{ 3002, 2, "茶", { 1022, 1023, 957 } },
		{ 4096, 1, "\xf0\x9f\x8d\xb5", { 1021, 1024, 1024, 1024, 3 } },
		{ 2052, 2, "\xf0\x9f\x8d\xb5", { 1022, 1024, 6 } },
		{ 2052, 3, "\xf0\x9f\x8d\xb5", { 1023, 1024, 5 } },
		{ 2053, 0, "é", { 1024, 1024, 5 } },
		{ 2053, 1, "é", { 1023, 1024, 6 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct net n;
		struct peer p;
		const char *text = text_of(cases[i].count, cases[i].before, cases[i].character);

		paced_open(&n, &p);
		say(&p, text);
		net_turn(&n);
		for (size_t w = 0; cases[i].writes[w]; w++) {
			const char *got = peer_reads(&p);
			CHECK_EQ(strlen(got), cases[i].writes[w], cases[i].character);
			CHECK_EQ(strncmp(got, text, strlen(got)), 0, "in order");
			text += strlen(got);
			CHECK_STR(peer_reads(&p), NOTHING);
			net_after(&n, CHUNK_GAP_MS);
		}
		CHECK_STR(text, "");
		CHECK_STR(peer_reads(&p), NOTHING);
		peer_close(&p);
		net_close(&n);
	}
	CHECK_EQ(CHUNK_WRITE_BYTES, 1024, "what the seed's client reads at a time");
}

TEST(pace_writes_50_ms_apart)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, "one");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "one");
	say(&p, "two");
	net_turn(&n);
	net_after(&n, 49);
	CHECK_STR(peer_reads(&p), NOTHING);
	say(&p, " and three");
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "two and three");
	net_after(&n, 1000);
	say(&p, "four");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "four");
	CHECK_EQ(CHUNK_GAP_MS, 50, "milliseconds");
	peer_close(&p);
	net_close(&n);
}

TEST(pace_begins_with_what_is_queued_already)
{
	struct net n;
	struct peer p;

	net_open(&n, 100000);
	peer_open(&n, &p, PEER_PACKETS);
	say(&p, text_of(2000, 0, "x"));
	conn_set_pace(p.conn);
	conn_set_pace(p.conn);
	net_turn(&n);
	CHECK_EQ(strlen(peer_reads(&p)), 1024, "one write");
	CHECK_STR(peer_reads(&p), NOTHING);
	peer_close(&p);
	net_close(&n);
}

TEST(hold_keeps_later_bytes_for_150_ms)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, "before");
	conn_hold(p.conn);
	say(&p, "after ");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "before");
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, 100);
	say(&p, "much after");
	net_after(&n, 49);
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "after much after");
	CHECK_EQ(CHUNK_HOLD_MS, 150, "milliseconds");
	/* and from then on there are gaps only */
	say(&p, "later");
	net_after(&n, CHUNK_GAP_MS);
	CHECK_STR(peer_reads(&p), "later");
	peer_close(&p);
	net_close(&n);
}

TEST(hold_counts_from_the_write_that_ends_before_it)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, text_of(2500, 0, "x"));
	conn_hold(p.conn);
	say(&p, "after");
	net_turn(&n);
	CHECK_EQ(strlen(peer_reads(&p)), 1024, "the first");
	net_after(&n, CHUNK_GAP_MS);
	CHECK_EQ(strlen(peer_reads(&p)), 1024, "the second");
	net_after(&n, CHUNK_GAP_MS);
	CHECK_EQ(strlen(peer_reads(&p)), 452, "the third, alone");
	net_after(&n, CHUNK_HOLD_MS - 1);
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "after");
	peer_close(&p);
	net_close(&n);
}

/* Before the hold 1024 bytes exactly, and a few more: the next write must not look beyond it. */
TEST(hold_at_the_edge_of_a_write)
{
	for (size_t before = 1022; before <= 1030; before++) {
		struct net n;
		struct peer p;

		paced_open(&n, &p);
		say(&p, text_of(before, 0, "x"));
		conn_hold(p.conn);
		say(&p, "after");
		net_turn(&n);
		size_t first = before < 1024 ? before : 1024;
		CHECK_EQ(strlen(peer_reads(&p)), first, "what goes at once");
		if (before > first) {
			net_after(&n, CHUNK_GAP_MS);
			CHECK_EQ(strlen(peer_reads(&p)), before - first, "the rest of it, alone");
		}
		net_after(&n, CHUNK_HOLD_MS - 1);
		CHECK_STR(peer_reads(&p), NOTHING);
		net_after(&n, 1);
		CHECK_STR(peer_reads(&p), "after");
		peer_close(&p);
		net_close(&n);
	}
}

TEST(hold_with_nothing_queued_begins_now)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	net_turn(&n);
	conn_hold(p.conn);
	say(&p, "after");
	net_after(&n, 149);
	CHECK_STR(peer_reads(&p), NOTHING);
	conn_hold(p.conn); /* it may go, and what follows waits anew */
	say(&p, "long after");
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "after");
	net_after(&n, 149);
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "long after");
	peer_close(&p);
	net_close(&n);
}

/* What was just written is followed by a gap; a hold asked for in it lasts its full time. */
TEST(hold_takes_the_place_of_a_gap)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, "before");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "before");
	net_after(&n, 20);
	conn_hold(p.conn);
	say(&p, "after");
	net_after(&n, 149);
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, 1);
	CHECK_STR(peer_reads(&p), "after");
	peer_close(&p);
	net_close(&n);
}

TEST(hold_is_for_those_with_a_pace_and_for_nobody_else)
{
	struct net n;
	struct peer p, other;

	paced_open(&n, &p);
	peer_open(&n, &other, PEER_PACKETS);
	conn_hold(other.conn);
	conn_hold(p.conn);
	say(&p, "held");
	say(&other, "one");
	net_turn(&n);
	CHECK_STR(peer_reads(&p), NOTHING);
	CHECK_STR(peer_reads(&other), "one");
	say(&other, "two");
	net_turn(&n);
	CHECK_STR(peer_reads(&other), "two");
	peer_close(&p);
	peer_close(&other);
	net_close(&n);
}

TEST(pace_ends_its_writes_after_whole_characters_however_they_are_stored)
{
	struct net n;
	struct peer p;
	struct chunk *chunks[2] = { NULL, NULL };
	struct buf all = { 0 };
	size_t got = 0;

	/* Every byte in a range of its own: more pieces than one write gathers. */
	paced_open(&n, &p);
	for (size_t i = 0; i < 60; i++) {
		struct range r;
		arena_add(&n.set.pool, &chunks[i % 2], &"茶"[i % 3], 1, &r);
		buf_add(&all, &"茶"[i % 3], 1);
		conn_send_range(p.conn, r);
	}
	CHECK_EQ(p.conn->output.count, 60, "as many ranges");
	for (int i = 0; i < 60 && got < all.len; i++) {
		net_after(&n, CHUNK_GAP_MS);
		const char *write = peer_reads(&p);
		CHECK_EQ(strlen(write) % 3, 0, "whole characters");
		CHECK_EQ(strncmp(write, all.bytes + got, strlen(write)), 0, "in order");
		got += strlen(write);
	}
	CHECK_EQ(got, all.len, "all of them");
	chunk_unref(&n.set.pool, chunks[0]);
	chunk_unref(&n.set.pool, chunks[1]);
	buf_done(&all);
	peer_close(&p);
	net_close(&n);
}

TEST(pace_goes_on_where_a_full_socket_stopped_it)
{
	struct net n;
	struct peer p;
	struct buf sent = { 0 }, got = { 0 };

	net_open(&n, 100000);
	peer_open(&n, &p, PEER_STREAM);
	for (int i = 0; !p.conn->want_write; i++) {
		char line[16];
		snprintf(line, sizeof(line), "茶%05d\n", i);
		buf_add_text(&sent, line);
		say(&p, line);
		net_turn(&n);
	}
	conn_set_pace(p.conn);
	for (int i = 0; i < 500; i++) {
		char line[16];
		snprintf(line, sizeof(line), "水%05d\n", i);
		buf_add_text(&sent, line);
		say(&p, line);
	}
	for (int i = 0; i < 200; i++) {
		net_after(&n, CHUNK_GAP_MS);
		if (i % 3 == 2)
			peer_reads_all(&p, &got);
	}
	CHECK_EQ(got.len, sent.len, "all of it");
	CHECK_EQ(memcmp(got.bytes, sent.bytes, sent.len), 0, "in order");
	buf_done(&sent);
	buf_done(&got);
	peer_close(&p);
	net_close(&n);
}

TEST(pace_holds_to_the_ceiling)
{
	struct net n;
	struct peer p;

	net_open(&n, 2000);
	peer_open(&n, &p, PEER_PACKETS);
	conn_set_pace(p.conn);
	say(&p, text_of(1024 + 2000, 0, "x"));
	net_turn(&n);
	CHECK_EQ(p.slows, 0, "one write goes at once, and the ceiling is for the rest");
	CHECK_EQ(p.conn->output.bytes, 2000, "at the ceiling");
	say(&p, "x");
	net_turn(&n);
	CHECK_EQ(p.slows, 1, "one beyond");
	CHECK_EQ(p.slow_bytes, 2001, "one beyond");
	peer_close(&p);
	net_close(&n);
}

TEST(finish_waits_for_a_hold)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, "before");
	conn_hold(p.conn);
	say(&p, "after");
	conn_finish(p.conn);
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "before");
	CHECK_STR(peer_reads(&p), NOTHING);
	net_after(&n, CHUNK_HOLD_MS);
	CHECK_STR(peer_reads(&p), "after");
	CHECK_STR(peer_reads(&p), END);
	peer_close(&p);
	net_close(&n);
}

TEST(drop_forgets_what_was_held)
{
	struct net n;
	struct peer p;

	paced_open(&n, &p);
	say(&p, "before\n");
	conn_hold(p.conn);
	net_turn(&n);
	CHECK_STR(peer_reads(&p), "before\n");
	say(&p, "never\n");
	conn_hold(p.conn);
	conn_drop(p.conn, "goodbye, goodbye\n", 17);
	net_after(&n, CHUNK_HOLD_MS);
	CHECK_STR(peer_reads(&p), "goodbye, goodbye\n");
	CHECK_STR(peer_reads(&p), END);
	peer_close(&p);
	net_close(&n);
}
