#include "server/delivery.h"

#include "protocols/protocol.h"
#include "tests/unit/check.h"
#include "tests/unit/net.h"

#include <stdio.h>
#include <string.h>

#define ROOM 7
#define OTHER_ROOM 200

static struct net n;
static struct peer peers[3];
static struct delivery d;

static void begin(void)
{
	net_open(&n, 1000000);
	delivery_init(&d, &n.set);
	for (size_t i = 0; i < ARRAY_LEN(peers); i++) {
		peer_open(&n, &peers[i], PEER_STREAM);
		delivery_put(&d, ROOM, peers[i].conn, protocol_find("plain")->codec, 0);
	}
}

static void end(void)
{
	delivery_flush(&d);
	for (size_t i = 0; i < ARRAY_LEN(peers); i++)
		peer_close(&peers[i]);
	conn_set_flush(&n.set, n.now_ms);
	delivery_done(&d);
	net_close(&n);
}

/* origin: a number of its own for each speaker. */
static void tell(uint32_t room_slot, uint64_t origin, const char *text)
{
	const struct event_room where = { .slot = room_slot };
	const struct event_draft draft = {
		.kind = EVENT_MESSAGE,
		.from = { .nick = "li" },
		.room_name = "#room",
		.rooms = &where,
		.room_count = 1,
		.text = text,
		.text_len = strlen(text),
	};
	struct event *e = event_new(&draft);
	e->origin = origin;
	delivery_add(&d, e, origin > 0 ? peers[origin - 1].conn : NULL);
}

static void check_heard(size_t peer, const char *expected)
{
	struct buf heard = { 0 };
	delivery_flush(&d);
	net_turn(&n);
	peer_reads_all(&peers[peer], &heard);
	CHECK_STR(heard.bytes ? heard.bytes : "", expected);
	buf_done(&heard);
}

TEST(delivery_gathers_what_is_said_in_a_row)
{
	begin();
	tell(ROOM, 1, "one");
	tell(ROOM, 1, "two");
	CHECK_EQ(d.run_count, 2, "a run");
	CHECK_EQ(peers[1].conn->output.bytes, 0, "nobody was told yet");
	tell(ROOM, 2, "three");
	CHECK_EQ(d.run_count, 1, "somebody else's is another");
	CHECK(peers[1].conn->output.bytes > 0);
	tell(OTHER_ROOM, 2, "elsewhere");
	CHECK_EQ(d.run_count, 1, "so is another room's, though nobody is in it");
	check_heard(0, "li:three\n");
	check_heard(1, "li:one\nli:two\n");
	check_heard(2, "li:one\nli:two\nli:three\n");
	end();
}

TEST(delivery_lets_what_is_long_or_has_lines_go_alone)
{
	static const struct {
		const char *text;
		size_t run;
		const char *why;
	} cases[] = {
		{ "a\nb", 1, "lines" },
		{ "short", 1, "after lines" },
		{ "short", 2, "after a short one" },
	};
	char text[600];

	begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tell(ROOM, 0, cases[i].text);
		CHECK_EQ(d.run_count, cases[i].run, cases[i].why);
	}
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tell(ROOM, 0, text);
	CHECK_EQ(d.run_count, 1, "a long one");
	end();
}

/* However long a run gets, everybody hears all of it, once and in order. */
TEST(delivery_loses_nothing_of_a_long_run)
{
	char text[500];
	struct buf expected = { 0 }, heard = { 0 };

	begin();
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 300; i++) {
		int len = snprintf(text, sizeof(text), "%d", i);
		text[len] = i % 3 ? '\0' : 'x';
		tell(ROOM, 1, text);
		CHECK(d.run_count <= RUN_EVENTS_MAX);
		buf_printf(&expected, "li:%s\n", text);
	}
	delivery_flush(&d);
	while (heard.len < expected.len) {
		net_turn(&n);
		peer_reads_all(&peers[2], &heard);
	}
	CHECK_STR(heard.bytes, expected.bytes);
	CHECK_EQ(peers[0].conn->output.bytes, 0, "but who said it");
	buf_done(&expected);
	buf_done(&heard);
	end();
}

TEST(delivery_tells_a_newcomer_nothing_of_before)
{
	begin();
	delivery_remove(&d, ROOM, peers[2].conn);
	tell(ROOM, 0, "before");
	delivery_put(&d, ROOM, peers[2].conn, protocol_find("plain")->codec, 0);
	tell(ROOM, 0, "after");
	check_heard(2, "li:after\n");
	check_heard(1, "li:before\nli:after\n");
	tell(ROOM, 0, "last");
	delivery_remove(&d, ROOM, peers[2].conn);
	tell(ROOM, 0, "gone");
	check_heard(2, "li:last\n");
	end();
}

TEST(delivery_knows_when_it_is_much)
{
	begin();
	delivery_begin_turn(&d);
	CHECK(!delivery_is_much(&d));
	for (int i = 0; !delivery_is_much(&d); i++) {
		CHECK(i < 1000000);
		tell(ROOM, 0, "tea");
		if (i % 1000 == 0)
			net_turn(&n);
	}
	delivery_begin_turn(&d);
	CHECK(!delivery_is_much(&d));
	end();
}
