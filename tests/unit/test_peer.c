/* A connection on its I/O thread, between a socket and a core that is not there: when it is asked
 * whether it still lives, when it is let go, and what the core is told of it. */
#include "server/peer.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOUR_MS 3600000

static struct io io;
static struct peer *peer;
static int client;

/* ---- a protocol of lines that the core is never asked to answer, unless they are questions ---- */

static const struct command question = { .verb = "question" };

static void on_open(struct wire *w)
{
	(void)w;
}

static void on_farewell(const struct wire *w, enum text why, struct buf *out)
{
	buf_printf(out, "ERROR %s", text_of(w->lang, why));
}

/* "?" asks; "#" is never taken. */
static size_t on_take(struct wire *w, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '#')
			return i;
		if (bytes[i] == '?')
			w->ops->ask(w, request_new(&question, NULL, 0, false));
	}
	return len;
}

static void on_ping(struct wire *w)
{
	conn_send(w->conn, "PING\n", 5);
}

static const struct codec codec = {
	.wire_size = sizeof(struct wire),
	.open = on_open,
	.done = on_open,
	.take = on_take,
	.end = on_open,
	.ping = on_ping,
	.farewell = on_farewell,
};

static const struct protocol protocol = { .scheme = "test", .codec = &codec };

/* ---- the test's side ---- */

static void turn(void)
{
	loop_wait(io.loop, 0);
	io_turn(&io, loop_now(io.loop));
}

static void to_peer(struct to_io item)
{
	item.conn = conn_id_of(0, 1);
	CHECK(queue_push(&io.from_core, &item));
	turn();
}

static void begin(void)
{
	struct err err;
	const struct io_config config = {
		.lang = LANG_EN,
		.register_timeout_ms = HOUR_MS,
		.ping_interval_ms = HOUR_MS,
		.ping_timeout_ms = HOUR_MS,
		.output_max = 16384,
		.queue_slots = 64,
		.core_loop = loop_new(&err),
	};
	int ends[2];
	CHECK(io_init(&io, &config, config.core_loop, &err));
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0, "a connection");
	client = ends[1];
	to_peer((struct to_io){ .kind = TO_IO_CONN, .fd = ends[0], .protocol = &protocol });
	peer = io.by_slot[0];
	CHECK(peer && peer->conn);
}

static void end(void)
{
	struct loop *loop = io.loop;
	io_done(&io);
	loop_free(loop);
	close(client);
}

static void say(const char *text)
{
	CHECK_EQ(send(client, text, strlen(text), MSG_NOSIGNAL), strlen(text), "sent");
	turn();
}

/* All that has come; "" if nothing has. */
static const char *heard(void)
{
	static char bytes[65536];
	turn();
	ssize_t n = recv(client, bytes, sizeof(bytes) - 1, 0);
	bytes[n < 0 ? 0 : n] = '\0';
	return bytes;
}

/* Why the core is told that it is gone. */
static enum text why_gone(void)
{
	struct to_core item = { .kind = TO_CORE_REQUEST };
	shutdown(client, SHUT_WR);
	for (int turns = 0; turns < 1000 && item.kind != TO_CORE_GONE; turns++) {
		loop_wait(io.loop, 10);
		io_turn(&io, loop_now(io.loop));
		while (item.kind != TO_CORE_GONE && queue_pop(&io.to_core, &item))
			free(item.request);
	}
	CHECK_EQ(item.kind, TO_CORE_GONE, "the core is told");
	CHECK(!timer_is_running(&peer->alive) && !timer_is_running(&peer->pause));
	return item.why;
}

static bool is_let_go(void)
{
	return peer->conn->state != CONN_OPEN;
}

/* ---- ends ---- */

TEST(peer_that_is_reset_was_reset)
{
	begin();
	to_peer((struct to_io){ .kind = TO_IO_BYTES, .bytes = strdup("unread"), .len = 6 });
	close(client); /* with bytes unread: no end, a reset */
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_EQ(why_gone(), TEXT_WHY_RESET, "for others");
	end();
}

TEST(peer_that_the_core_closes_is_just_closed)
{
	begin();
	to_peer((struct to_io){ .kind = TO_IO_CLOSE });
	CHECK_EQ(why_gone(), TEXT_WHY_CLOSED, "nothing is known against it");
	end();
}

TEST(peer_that_reads_too_slowly_is_told_so_in_its_protocol)
{
	static char much[16384];
	struct buf all = { 0 };
	begin();
	memset(much, '\n', sizeof(much) - 1);
	while (peer->conn->state == CONN_OPEN)
		to_peer((struct to_io){
			.kind = TO_IO_BYTES,
			.bytes = strdup(much),
			.len = strlen(much),
		});
	for (const char *some; *(some = heard());)
		buf_add_text(&all, some);
	CHECK(strstr(all.bytes, "\nERROR -- you read too slowly"));
	CHECK_EQ(why_gone(), TEXT_WHY_SLOW, "for others");
	buf_done(&all);
	end();
}

TEST(peer_is_told_that_the_server_stops)
{
	begin();
	to_peer((struct to_io){ .kind = TO_IO_STOP });
	CHECK_STR(heard(), "ERROR -- the server is closing, goodbye\n");
	CHECK_EQ(why_gone(), TEXT_WHY_STOPPING, "for others");
	end();
}

/* ---- the time for a nick ---- */

TEST(peer_without_a_nick_gets_what_it_is_owed_and_no_more_time)
{
	begin();
	say("??");
	timer_stop(&peer->alive);
	peer_on_unnamed(&peer->alive);
	CHECK(!is_let_go());
	say("????"); /* too late */
	to_peer((struct to_io){ .kind = TO_IO_UNNAMED });
	CHECK(!is_let_go());
	to_peer((struct to_io){ .kind = TO_IO_UNNAMED });
	CHECK(is_let_go());
	CHECK_STR(heard(), "ERROR -- no nickname came, goodbye\n");
	CHECK_EQ(why_gone(), TEXT_WHY_CLOSED, "nobody knows it");
	end();
}

TEST(peer_that_waited_for_us_gets_its_time_again)
{
	begin();
	say("?");
	timer_stop(&peer->alive);
	peer->stood_ms -= 1000; /* it was asked a second before */
	peer_on_unnamed(&peer->alive);
	to_peer((struct to_io){ .kind = TO_IO_UNNAMED });
	CHECK(!is_let_go());
	CHECK_EQ(io.unnamed.ends.next, &peer->alive, "its time begins anew");
	say("?");
	to_peer((struct to_io){ .kind = TO_IO_UNNAMED });
	timer_stop(&peer->alive);
	peer_on_unnamed(&peer->alive);
	CHECK(is_let_go());
	end();
}

TEST(peer_with_a_nick_has_all_the_time)
{
	begin();
	say("??");
	to_peer((struct to_io){ .kind = TO_IO_UNNAMED });
	to_peer((struct to_io){ .kind = TO_IO_ENTERED });
	CHECK_EQ(io.unnamed.ends.next, &io.unnamed.ends, "its time is not counted");
	say("?");
	CHECK_EQ(peer->owed, 1, "what is asked from now on is not counted");
	CHECK(!is_let_go());
	end();
}

/* ---- pings ---- */

/* An hour passes for the peer's ping timer, or what is left of it. */
static void fire_ping(void)
{
	bool asked = io.pongs.ends.next == &peer->alive;
	CHECK(timer_is_running(&peer->alive));
	timer_stop(&peer->alive);
	(asked ? io.pongs : io.pings).fire(&peer->alive);
}

static void begin_named(void)
{
	begin();
	to_peer((struct to_io){ .kind = TO_IO_ENTERED });
}

TEST(peer_without_a_nick_is_not_asked)
{
	begin();
	CHECK_EQ(io.pings.ends.next, &io.pings.ends, "its time for one is limited already");
	end();
}

TEST(peer_that_does_not_answer_a_ping_is_let_go)
{
	begin_named();
	fire_ping();
	CHECK_STR(heard(), "PING\n");
	CHECK(!is_let_go());
	fire_ping();
	CHECK(is_let_go());
	CHECK_STR(heard(), "ERROR -- you do not answer, goodbye\n");
	CHECK_EQ(why_gone(), TEXT_WHY_PING, "for others");
	end();
}

TEST(peer_that_says_anything_is_there)
{
	begin_named();
	for (int i = 0; i < 3; i++) {
		fire_ping();
		CHECK_STR(heard(), "PING\n");
		say("x");
		CHECK_EQ(io.pings.ends.next, &peer->alive, "the next silence begins");
	}
	int64_t due_ms = peer->alive.due_ms;
	while (peer->alive.due_ms == due_ms)
		say("x"); /* each time anew */
	end();
}

TEST(peer_is_not_blamed_for_what_is_not_read)
{
	begin_named();
	fire_ping();
	CHECK_STR(heard(), "PING\n");
	say("x#");
	CHECK(peer->conn->paused);
	fire_ping();
	CHECK_STR(heard(), "");
	CHECK_EQ(io.pings.ends.next, &peer->alive, "asked later");
	/* The same if it was asked before there was something to keep. */
	timer_start(&io.pongs, &peer->alive, loop_now(io.loop));
	fire_ping();
	CHECK(!is_let_go());
	CHECK_EQ(io.pings.ends.next, &peer->alive, "asked anew");
	end();
}

TEST(peer_that_has_said_its_end_or_was_told_goodbye_is_not_asked)
{
	begin_named();
	shutdown(client, SHUT_WR);
	turn();
	CHECK(!timer_is_running(&peer->alive));
	end();

	begin_named();
	to_peer((struct to_io){ .kind = TO_IO_CLOSE });
	fire_ping();
	CHECK_STR(heard(), "");
	end();
}
