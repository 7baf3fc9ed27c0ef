#include "net/group.h"

#include "tests/unit/check.h"
#include "tests/unit/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Renders "INDEX VARIANT TEXT\n" and counts how often. A variant above 100 gets nothing. */
struct rendering {
	const char *text;
	size_t calls;
};

static void render(void *ctx, size_t index, unsigned variant, struct buf *out)
{
	struct rendering *r = ctx;
	r->calls++;
	if (variant <= 100)
		buf_printf(out, "%zu %u %s\n", index, variant, r->text);
}

static size_t send_to(struct net *n, struct group *const groups[], size_t count,
		      const struct peer *skip, const char *text)
{
	struct rendering r = { text, 0 };
	group_send(&n->set, groups, count, skip ? skip->conn : NULL, render, &r);
	return r.calls;
}

static void open_all(struct net *n, struct peer *peers, size_t count)
{
	net_open(n, 100000);
	for (size_t i = 0; i < count; i++)
		peer_open(n, &peers[i], PEER_PACKETS);
}

static void close_all(struct net *n, struct peer *peers, size_t count, struct group **groups,
		      size_t group_count)
{
	for (size_t i = 0; i < count; i++)
		peer_close(&peers[i]);
	conn_set_flush(&n->set, n->now_ms);
	for (size_t i = 0; i < group_count; i++)
		group_free(groups[i]);
	net_close(n);
}

TEST(group_sends_to_each_member_and_to_nobody_else)
{
	struct net n;
	struct peer peers[4];
	struct group *g = group_new();

	open_all(&n, peers, 4);
	for (size_t i = 0; i < 3; i++)
		group_put(g, peers[i].conn, 0);
	CHECK_EQ(send_to(&n, &g, 1, &peers[1], "tea"), 1, "rendered once for all");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[0]), "0 0 tea\n");
	CHECK_STR(peer_reads(&peers[1]), NOTHING); /* who said it */
	CHECK_STR(peer_reads(&peers[2]), "0 0 tea\n");
	CHECK_STR(peer_reads(&peers[3]), NOTHING);
	CHECK_EQ(send_to(&n, &g, 1, NULL, "for"), 1, "all");
	CHECK_EQ(send_to(&n, &g, 1, &peers[3], "two"), 1, "to skip a stranger changes nothing");
	net_turn(&n);
	for (size_t i = 0; i < 3; i++)
		CHECK_STR(peer_reads(&peers[i]), "0 0 for\n0 0 two\n");
	close_all(&n, peers, 4, &g, 1);
}

TEST(group_without_members_renders_nothing)
{
	struct net n;
	struct peer p;
	struct group *g = group_new();

	open_all(&n, &p, 1);
	CHECK_EQ(send_to(&n, &g, 1, NULL, "tea"), 0, "for nobody");
	CHECK_EQ(send_to(&n, NULL, 0, NULL, "tea"), 0, "to no groups");
	group_put(g, p.conn, 0);
	CHECK_EQ(send_to(&n, &g, 1, &p, "tea"), 0, "for the speaker alone");
	close_all(&n, &p, 1, &g, 1);
	group_free(NULL);
}

TEST(group_members_of_several_groups_get_it_once)
{
	struct net n;
	struct peer peers[4];
	struct group *groups[3] = { group_new(), group_new(), group_new() };
	/* which of the groups each is in, and what it gets: the first of them counts */
	static const struct {
		bool in[3];
		const char *gets;
	} cases[] = {
		{ { true, true, true }, "0 0 bye\n" },
		{ { false, true, true }, "1 0 bye\n" },
		{ { false, false, true }, "2 0 bye\n" },
		{ { true, false, true }, "0 0 bye\n" },
	};

	open_all(&n, peers, 4);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t g = 0; g < 3; g++)
			if (cases[i].in[g])
				group_put(groups[g], peers[i].conn, 0);
	CHECK_EQ(send_to(&n, groups, 3, NULL, "bye"), 3, "once for each group");
	net_turn(&n);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(peer_reads(&peers[i]), cases[i].gets);
		CHECK_STR(peer_reads(&peers[i]), NOTHING);
	}
	/* the next one is another */
	CHECK_EQ(send_to(&n, groups + 2, 1, &peers[2], "again"), 1, "one group");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[0]), "0 0 again\n");
	CHECK_STR(peer_reads(&peers[2]), NOTHING);
	close_all(&n, peers, 4, groups, 3);
}

TEST(group_renders_each_variant_once)
{
	struct net n;
	struct peer peers[60];
	struct group *g = group_new();

	open_all(&n, peers, 60);
	for (unsigned i = 0; i < 60; i++)
		group_put(g, peers[i].conn, i % 3 + 5);
	CHECK_EQ(send_to(&n, &g, 1, NULL, "tea"), 3, "three variants");
	net_turn(&n);
	for (unsigned i = 0; i < 60; i++) {
		char expected[16];
		snprintf(expected, sizeof(expected), "0 %u tea\n", i % 3 + 5);
		CHECK_STR(peer_reads(&peers[i]), expected);
	}
	CHECK_EQ(g->variant_count, 3, "no more than there are");
	close_all(&n, peers, 60, &g, 1);
}

TEST(group_variant_that_gets_nothing_may_get_it_elsewhere)
{
	struct net n;
	struct peer peers[2];
	struct group *groups[2] = { group_new(), group_new() };

	open_all(&n, peers, 2);
	group_put(groups[0], peers[0].conn, 101);
	group_put(groups[0], peers[1].conn, 101);
	group_put(groups[1], peers[0].conn, 7);
	CHECK_EQ(send_to(&n, groups, 2, NULL, "tea"), 2, "once each, though it came to nothing");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[0]), "1 7 tea\n");
	CHECK_STR(peer_reads(&peers[1]), NOTHING);
	close_all(&n, peers, 2, groups, 2);
}

TEST(group_member_may_change_its_variant)
{
	struct net n;
	struct peer peers[2];
	struct group *g = group_new();

	open_all(&n, peers, 2);
	group_put(g, peers[0].conn, 1);
	group_put(g, peers[1].conn, 1);
	group_put(g, peers[0].conn, 2);
	CHECK_EQ(g->count, 2, "still in it once");
	CHECK_EQ(peers[0].conn->seat_count, 1, "on one seat");
	CHECK_EQ(send_to(&n, &g, 1, NULL, "tea"), 2, "two variants");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[0]), "0 2 tea\n");
	CHECK_STR(peer_reads(&peers[1]), "0 1 tea\n");
	for (unsigned v = 3; v < 50; v++)
		group_put(g, peers[0].conn, v);
	group_put(g, peers[0].conn, 49);
	CHECK_EQ(g->variant_count, 3, "what nobody has is used again");
	CHECK_EQ(send_to(&n, &g, 1, NULL, "pot"), 2, "two variants");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[0]), "0 49 pot\n");
	close_all(&n, peers, 2, &g, 1);
}

/* The members' own truth about where they sit, whatever was put and removed before. */
static void check_seats(struct group *const *groups, size_t group_count, const struct peer *peers,
			bool in[][6], unsigned variants[][6], size_t count)
{
	for (size_t g = 0; g < group_count; g++) {
		size_t members = 0, counted = 0;
		for (size_t i = 0; i < count; i++)
			members += in[i][g];
		CHECK_EQ(groups[g]->count, members, "as many members as were put");
		for (size_t v = 0; v < groups[g]->variant_count; v++)
			counted += groups[g]->variants[v].members;
		CHECK_EQ(counted, members, "all counted by variant");
	}
	for (size_t i = 0; i < count; i++) {
		const struct conn *c = peers[i].conn;
		size_t seats = 0;
		for (size_t g = 0; g < group_count; g++)
			seats += in[i][g];
		CHECK_EQ(c->seat_count, seats, "a seat for each group");
		CHECK(c->seat_size <= 1 || c->seat_size < 2 * ARRAY_LEN(in[i]));
		const struct seat *at = c->seat_size > 1 ? c->seats : &c->seat;
		for (size_t s = 0; s < seats; s++) {
			const struct group *g = at[s].group;
			const struct group_member *m = &g->members[at[s].at];
			CHECK(m->conn == c);
			for (size_t k = 0; k < group_count; k++)
				if (groups[k] == g)
					CHECK_EQ(g->variants[m->variant].key, variants[i][k],
						 "the variant it was put with");
		}
	}
}

TEST(group_keeps_its_seats_right)
{
	struct net n;
	struct peer peers[12];
	struct group *groups[6];
	bool in[12][6] = { 0 };
	unsigned variants[12][6] = { 0 };
	uint32_t random = 3;

	open_all(&n, peers, 12);
	for (size_t g = 0; g < 6; g++)
		groups[g] = group_new();
	for (int turn = 0; turn < 5000; turn++) {
		random = random * 1664525 + 1013904223;
		size_t i = (random >> 10) % 12, g = (random >> 16) % 6;
		unsigned what = (random >> 24) % 7;
		if (what < 3) {
			group_remove(groups[g], peers[i].conn);
			in[i][g] = false;
		} else {
			group_put(groups[g], peers[i].conn, what);
			in[i][g] = true;
			variants[i][g] = what;
		}
		if (turn % 500 == 499) {
			group_leave_all(peers[i].conn);
			memset(in[i], 0, sizeof(in[i]));
		}
		check_seats(groups, 6, peers, in, variants, 12);
	}
	close_all(&n, peers, 12, groups, 6);
}

TEST(group_forgets_a_conn_that_is_freed)
{
	struct net n;
	struct peer peers[3];
	struct group *groups[2] = { group_new(), group_new() };

	open_all(&n, peers, 3);
	for (size_t i = 0; i < 3; i++)
		for (size_t g = 0; g < 2; g++)
			group_put(groups[g], peers[i].conn, 0);
	peer_close(&peers[0]);
	CHECK_EQ(groups[0]->count, 2, "out of all groups");
	CHECK_EQ(groups[1]->count, 2, "out of all groups");
	send_to(&n, groups, 2, NULL, "tea");
	net_turn(&n);
	CHECK_STR(peer_reads(&peers[1]), "0 0 tea\n");
	CHECK_STR(peer_reads(&peers[2]), "0 0 tea\n");
	close_all(&n, peers + 1, 2, groups, 2);
}

TEST(group_gives_its_chunk_back_when_all_have_read)
{
	struct net n;
	struct peer peers[2];
	struct group *g = group_new();

	open_all(&n, peers, 2);
	group_put(g, peers[0].conn, 0);
	group_put(g, peers[1].conn, 1);
	send_to(&n, &g, 1, NULL, "tea");
	CHECK(g->variants[0].chunk && g->variants[1].chunk);
	CHECK_EQ(g->variants[0].chunk->refs, 2, "the variant's and the member's");
	net_turn(&n);
	CHECK_EQ(g->variants[0].chunk, NULL, "given back");
	CHECK_EQ(g->variants[1].chunk, NULL, "given back");
	CHECK_EQ(n.set.pool.free_count, 2, "ready to be filled again");
	CHECK_EQ(n.set.touched, NULL, "nothing is left to be done");
	close_all(&n, peers, 2, &g, 1);
}

/* Fills the socket of a stream. */
static void stop_up(struct net *n, struct peer *p)
{
	while (!p->conn->want_write) {
		say(p, "full up\n");
		net_turn(n);
	}
}

TEST(group_fills_one_chunk_over_turns_for_a_slow_member)
{
	struct net n;
	struct peer p;
	struct group *g = group_new();
	struct buf got = { 0 };

	net_open(&n, 100000);
	peer_open(&n, &p, PEER_STREAM);
	group_put(g, p.conn, 0);
	stop_up(&n, &p);
	uint32_t before = p.conn->output.count;
	for (int i = 0; i < 100; i++) {
		send_to(&n, &g, 1, NULL, "tea");
		net_turn(&n);
	}
	CHECK_EQ(p.conn->output.count, before + 1, "a hundred turns, one range");
	struct chunk *chunk = g->variants[0].chunk;
	CHECK(chunk);
	CHECK_EQ(chunk->used, 100 * strlen("0 0 tea\n"), "all in one chunk");
	while (p.conn->output.bytes > 0) {
		peer_reads_all(&p, &got);
		net_turn(&n);
	}
	/* nothing is said meanwhile: a silent room keeps no chunk */
	CHECK_EQ(g->variants[0].chunk, NULL, "given back when its last reader is done");
	CHECK_EQ(n.set.touched, NULL, "nothing is left to be done");
	buf_done(&got);
	close_all(&n, &p, 1, &g, 1);
}

TEST(group_gives_its_chunk_back_when_the_slow_one_is_freed)
{
	struct net n;
	struct peer p;
	struct group *g = group_new();

	net_open(&n, 100000);
	peer_open(&n, &p, PEER_STREAM);
	group_put(g, p.conn, 0);
	stop_up(&n, &p);
	send_to(&n, &g, 1, NULL, "tea");
	net_turn(&n);
	CHECK(g->variants[0].chunk);
	peer_close(&p);
	net_turn(&n);
	CHECK_EQ(g->variants[0].chunk, NULL, "nobody points into it");
	group_free(g);
	net_close(&n);
}

/* What is on its way to somebody who has another variant since keeps its chunk. */
TEST(group_keeps_a_chunk_whose_variant_nobody_has_any_longer)
{
	struct net n;
	struct peer p;
	struct group *g = group_new();
	struct buf got = { 0 };

	net_open(&n, 100000);
	peer_open(&n, &p, PEER_STREAM);
	group_put(g, p.conn, 1);
	stop_up(&n, &p);
	send_to(&n, &g, 1, NULL, "tea");
	net_turn(&n);
	struct chunk *chunk = g->variants[0].chunk;
	CHECK(chunk);
	group_put(g, p.conn, 2);
	group_put(g, p.conn, 3);
	CHECK_EQ(g->variants[0].chunk, chunk, "not forgotten");
	CHECK_EQ(g->variants[0].key, 1, "nor used for another");
	while (p.conn->output.bytes > 0) {
		peer_reads_all(&p, &got);
		net_turn(&n);
	}
	peer_reads_all(&p, &got);
	CHECK_STR(got.bytes + got.len - strlen("0 1 tea\n"), "0 1 tea\n");
	CHECK_EQ(g->variants[0].chunk, NULL, "given back");
	buf_done(&got);
	close_all(&n, &p, 1, &g, 1);
}

static void render_many(void *ctx, size_t index, unsigned variant, struct buf *out)
{
	const size_t *len = ctx;
	(void)index;
	(void)variant;
	for (size_t i = 0; i < *len; i++)
		buf_add(out, &"0123456789\n"[i % 11], 1);
}

/* One rendering may be longer than a chunk, and begin where one is nearly full. */
TEST(group_sends_long_renderings_whole)
{
	static const size_t lens[] = { ARENA_BYTES - 1, ARENA_BYTES, ARENA_BYTES + 1, 112 * 1024 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++)
		for (size_t before = 0; before <= ARENA_BYTES; before += ARENA_BYTES / 4) {
			struct net n;
			struct peer p;
			struct group *g = group_new();
			struct buf expected = { 0 }, got = { 0 };
			size_t first = before == ARENA_BYTES ? before - 1 : before, len = lens[i];

			net_open(&n, 1 << 20);
			peer_open(&n, &p, PEER_TCP);
			group_put(g, p.conn, 0);
			group_send(&n.set, &g, 1, NULL, render_many, &first);
			render_many(&first, 0, 0, &expected);
			group_send(&n.set, &g, 1, NULL, render_many, &len);
			render_many(&len, 0, 0, &expected);
			while (got.len < expected.len) {
				net_turn(&n);
				peer_reads_all(&p, &got);
			}
			CHECK_EQ(got.len, expected.len, "all of it");
			CHECK_EQ(memcmp(got.bytes, expected.bytes, got.len), 0, "in order");
			buf_done(&expected);
			buf_done(&got);
			close_all(&n, &p, 1, &g, 1);
		}
}

/* One member is gone, and one too slow, in the middle of the walk: the others get everything. */
TEST(group_goes_on_when_a_member_breaks)
{
	struct net n;
	struct peer peers[4];
	struct group *g = group_new();
	struct buf got = { 0 };

	net_open(&n, 10);
	peer_open(&n, &peers[0], PEER_TCP);
	peer_open(&n, &peers[1], PEER_TCP);
	peer_open(&n, &peers[2], PEER_STREAM);
	peer_open(&n, &peers[3], PEER_TCP);
	stop_up(&n, &peers[2]);
	for (size_t i = 0; i < 4; i++)
		group_put(g, peers[i].conn, 0);
	peer_resets(&peers[1]);
	for (int i = 0; i < 100; i++) /* beyond everybody's ceiling: it is written in the walk */
		send_to(&n, &g, 1, NULL, "tea");
	net_turn(&n);
	net_turn(&n);
	CHECK_EQ(peers[1].gones, 1, "the one that was reset");
	CHECK_EQ(peers[2].slows, 1, "the one that does not read");
	for (size_t i = 0; i < 4; i += 3) {
		CHECK_EQ(peers[i].slows + peers[i].gones, 0, "the others are well");
		while (got.len < 100 * strlen("0 0 tea\n"))
			peer_reads_all(&peers[i], &got);
		CHECK_STR(got.bytes + 99 * strlen("0 0 tea\n"), "0 0 tea\n");
		buf_done(&got);
	}
	close_all(&n, peers, 4, &g, 1);
}
