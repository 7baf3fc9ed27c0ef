/* A conn that speaks TLS: that it looks the same from above, and what its handshake takes. */
#include "net/tls.h"

#include "tests/unit/check.h"
#include "tests/unit/tls.h"

#include <ctype.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* What nearly every test has: a net, a config, a guest who is not in yet. */
struct scene {
	struct certificates certificates;
	struct tls_config *config;
	struct net n;
	struct guest g;
};

static void scene_open(struct scene *s, enum peer_kind kind, size_t output_max)
{
	certificates_make(&s->certificates);
	s->config = certificates_config(&s->certificates, 1);
	net_open(&s->n, output_max);
	guest_open(&s->n, &s->g, kind, s->config);
}

static void scene_close(struct scene *s)
{
	guest_close(&s->g);
	net_close(&s->n);
	tls_config_unref(s->config);
	certificates_remove(&s->certificates);
}

static void turns(struct net *n, int count)
{
	for (int i = 0; i < count; i++)
		net_turn(n);
}

/* ---- both ends are conns ---- */

TEST(tls_between_two_conns_looks_like_none)
{
	struct certificates c;
	struct net n;
	struct peer server, client;
	struct err err;

	certificates_make(&c);
	struct tls_config *config = certificates_config(&c, 1);
	struct tls_config *any = tls_config_client(&err);
	net_open(&n, 1000);
	peer_open_pair(&n, &server, &client);
	CHECK(conn_set_tls(server.conn, config, &err) && conn_set_tls(client.conn, any, &err));
	say(&server, "welcome\n");
	say(&client, "hello\n");
	while (server.said.len == 0)
		net_turn(&n);
	turns(&n, 5);
	CHECK_STR(client.said.bytes, "welcome\n");
	CHECK_STR(server.said.bytes, "hello\n");
	CHECK_EQ(conn_set_wait(&n.set, n.now_ms, -1), -1, "an idle conn waits for ever");
	conn_finish(server.conn);
	net_until(&n, &client.ends);
	say(&client, "unheard\n");
	conn_finish(client.conn);
	net_until(&n, &server.gones);
	CHECK_EQ(client.gones, 1, "both are over");
	CHECK_EQ(conn_tls_error(server.conn), NULL, "and nothing failed");
	CHECK_EQ(conn_tls_error(client.conn), NULL, "and nothing failed");
	peer_close(&server);
	peer_close(&client);
	net_close(&n);
	tls_config_unref(config);
	tls_config_unref(any);
	certificates_remove(&c);
}

/* Uneven sizes, so that records end anywhere. */
static void say_much(struct peer *p, struct buf *all, uint32_t *random)
{
	char bytes[5000];
	while (all->len < 1 << 20) {
		*random = *random * 1664525 + 1013904223;
		size_t len = (*random >> 8) % sizeof(bytes);
		memset(bytes, 'a' + (int)(*random >> 24) % 26, len);
		buf_add(all, bytes, len);
		conn_send(p->conn, bytes, len);
	}
}

TEST(tls_carries_a_megabyte_both_ways_at_once)
{
	struct certificates c;
	struct net n;
	struct peer server, client;
	struct buf down = { 0 }, up = { 0 };
	struct err err;
	uint32_t random = 7;

	certificates_make(&c);
	struct tls_config *config = certificates_config(&c, 1);
	struct tls_config *any = tls_config_client(&err);
	net_open(&n, 2 << 20);
	peer_open_pair(&n, &server, &client);
	CHECK(conn_set_tls(server.conn, config, &err) && conn_set_tls(client.conn, any, &err));
	say_much(&server, &down, &random);
	say_much(&client, &up, &random);
	for (int i = 0; i < 10000 && (client.said.len < down.len || server.said.len < up.len); i++)
		net_turn(&n);
	CHECK_EQ(client.said.len, down.len, "all of it");
	CHECK_EQ(server.said.len, up.len, "all of it");
	CHECK_EQ(memcmp(client.said.bytes, down.bytes, down.len), 0, "in order");
	CHECK_EQ(memcmp(server.said.bytes, up.bytes, up.len), 0, "in order");
	CHECK_EQ(conn_has_output(server.conn), false, "nothing is left");
	buf_done(&down);
	buf_done(&up);
	peer_close(&server);
	peer_close(&client);
	net_close(&n);
	tls_config_unref(config);
	tls_config_unref(any);
	certificates_remove(&c);
}

/* ---- output ---- */

TEST(tls_puts_many_lines_into_one_record)
{
	struct scene s;
	unsigned char bytes[8192];

	scene_open(&s, PEER_TCP, 1 << 20);
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_STR(guest_reads(&s.g), NOTHING); /* the ticket is taken */
	for (int i = 0; i < 500; i++)
		say(&s.g.peer, "a line\n");
	net_turn(&s.n);
	CHECK(poll(&(struct pollfd){ s.g.peer.fd, POLLIN, 0 }, 1, 10000) == 1);
	ssize_t n = recv(s.g.peer.fd, bytes, sizeof(bytes), MSG_PEEK);
	CHECK_EQ(bytes[0], 23, "application data");
	CHECK_EQ(bytes[3] << 8 | bytes[4], n - 5, "and nothing behind it");
	CHECK(n > 3500);
	scene_close(&s);
}

TEST(tls_with_a_full_socket_ends_between_two_lines)
{
	struct scene s;
	struct buf sent = { 0 }, got = { 0 };

	scene_open(&s, PEER_STREAM, 1 << 20);
	CHECK(guest_enters(&s.n, &s.g));
	guest_fill(&s.n, &s.g, &sent);
	CHECK(tls_holds_output(s.g.peer.conn->tls));
	for (int i = 0; i < 2000; i++)
		say(&s.g.peer, "never\n");
	conn_drop(s.g.peer.conn, "bye\n", 4);
	while (!guest_reads_all(&s.g, &got))
		net_turn(&s.n);
	size_t len = got.len - 4;
	CHECK_STR(got.bytes + len, "bye\n");
	CHECK(len <= sent.len && len % 7 == 0);
	CHECK_EQ(memcmp(got.bytes, sent.bytes, len), 0, "what it got is what was said first");
	buf_done(&sent);
	buf_done(&got);
	scene_close(&s);
}

/* The first half of a line is in a record that the kernel has only a part of. */
TEST(tls_drop_ends_the_line_that_is_in_the_kept_record)
{
	struct scene s;
	struct buf sent = { 0 }, got = { 0 };

	scene_open(&s, PEER_STREAM, 1 << 20);
	CHECK(guest_enters(&s.n, &s.g));
	do {
		static char half[TLS_RECORD_BYTES];
		memset(half, 'x', sizeof(half));
		conn_send(s.g.peer.conn, half, sizeof(half));
		net_turn(&s.n);
	} while (!tls_holds_output(s.g.peer.conn->tls));
	CHECK(s.g.peer.conn->mid_line);
	CHECK_EQ(s.g.peer.conn->output.bytes, 0, "the record has all of it");
	conn_drop(s.g.peer.conn, "bye\n", 4);
	while (!guest_reads_all(&s.g, &got))
		net_turn(&s.n);
	CHECK_EQ(got.len % TLS_RECORD_BYTES, 5, "whole records, and a line's end");
	CHECK_STR(got.bytes + got.len - 6, "x\nbye\n");
	buf_done(&sent);
	buf_done(&got);
	scene_close(&s);
}

/* A peer may ask for records of 512 bytes (RFC 6066, 4): one write is many of them. */
TEST(tls_in_small_records_loses_nothing_at_a_full_socket)
{
	struct scene s;
	struct buf sent = { 0 }, got = { 0 };

	scene_open(&s, PEER_STREAM, 1 << 20);
	SSL_set_tlsext_max_fragment_length(s.g.ssl, TLSEXT_max_fragment_length_512);
	CHECK(guest_enters(&s.n, &s.g));
	for (int round = 0; round < 20; round++) {
		guest_fill(&s.n, &s.g, &sent);
		CHECK(tls_holds_output(s.g.peer.conn->tls));
		for (int i = 0; i < 1000 + 100 * round; i++) {
			char line[16];
			snprintf(line, sizeof(line), "%02d %05d\n", round, i);
			say(&s.g.peer, line);
			buf_add_text(&sent, line);
		}
		while (got.len < sent.len) {
			net_turn(&s.n);
			guest_reads_all(&s.g, &got);
		}
	}
	CHECK_STR(got.bytes, sent.bytes);
	buf_done(&sent);
	buf_done(&got);
	scene_close(&s);
}

/* New keys are asked for, and never read: what OpenSSL has to say of its own fills the socket, too. */
TEST(tls_that_waits_in_a_message_of_its_own_does_not_spin)
{
	struct scene s;
	char raw[512];

	scene_open(&s, PEER_STREAM, 1 << 20);
	CHECK(guest_enters(&s.n, &s.g));
	struct conn *c = s.g.peer.conn;
	for (int i = 0; i < 100000 && c->watched & LOOP_READ; i++) {
		SSL_key_update(s.g.ssl, SSL_KEY_UPDATE_REQUESTED);
		SSL_write(s.g.ssl, "?", 1);
		net_turn(&s.n);
	}
	CHECK_EQ(c->watched, LOOP_WRITE, "what comes is not looked at");
	CHECK_EQ(c->state, CONN_OPEN, "it waits");
	while (recv(s.g.peer.fd, raw, sizeof(raw), MSG_DONTWAIT) > 0)
		net_turn(&s.n);
	CHECK(c->watched & LOOP_READ);
	scene_close(&s);
}

TEST(tls_finish_waits_for_the_kept_record)
{
	struct scene s;
	struct buf sent = { 0 }, got = { 0 };

	scene_open(&s, PEER_STREAM, 1 << 20);
	CHECK(guest_enters(&s.n, &s.g));
	guest_fill(&s.n, &s.g, &sent);
	conn_finish(s.g.peer.conn);
	turns(&s.n, 3);
	CHECK_EQ(s.g.peer.conn->state, CONN_FINISHING, "not all is sent");
	while (!guest_reads_all(&s.g, &got))
		net_turn(&s.n);
	CHECK_STR(got.bytes, sent.bytes);
	CHECK_EQ(s.g.peer.conn->state, CONN_LINGERING, "its own end is said");
	buf_done(&sent);
	buf_done(&got);
	scene_close(&s);
}

TEST(tls_slow_reader_is_told_so_and_gets_whole_lines)
{
	struct scene s;
	struct buf sent = { 0 }, got = { 0 };

	scene_open(&s, PEER_STREAM, 5000);
	CHECK(guest_enters(&s.n, &s.g));
	guest_fill(&s.n, &s.g, &sent);
	for (unsigned i = 0; s.g.peer.slows == 0; i++) {
		char line[8];
		snprintf(line, sizeof(line), "%06u\n", i % 1000000);
		say(&s.g.peer, line);
		net_turn(&s.n);
	}
	while (!guest_reads_all(&s.g, &got))
		net_turn(&s.n);
	CHECK_EQ(s.g.peer.slows, 1, "once");
	CHECK_STR(got.bytes + got.len - strlen(TOO_SLOW), TOO_SLOW);
	CHECK_EQ((got.len - strlen(TOO_SLOW)) % 7, 0, "after a whole line");
	buf_done(&sent);
	buf_done(&got);
	scene_close(&s);
}

/* ---- input ---- */

TEST(tls_that_is_paused_is_not_read)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	s.g.peer.pauses = true;
	CHECK(guest_enters(&s.n, &s.g));
	guest_says(&s.g, "one ");
	guest_says(&s.g, "two ");
	turns(&s.n, 3);
	CHECK_STR(s.g.peer.said.bytes, "one ");
	say(&s.g.peer, "it may still be spoken to\n");
	turns(&s.n, 3);
	CHECK_STR(guest_reads(&s.g), "it may still be spoken to\n");
	CHECK_STR(s.g.peer.said.bytes, "one ");
	conn_resume(s.g.peer.conn);
	turns(&s.n, 1);
	CHECK_STR(s.g.peer.said.bytes, "one two ");
	scene_close(&s);
}

TEST(tls_ends_with_close_notify_and_with_a_bare_end)
{
	for (int notify = 0; notify <= 1; notify++) {
		struct scene s;

		scene_open(&s, PEER_STREAM, 1000);
		CHECK(guest_enters(&s.n, &s.g));
		guest_says(&s.g, "last words");
		if (notify)
			SSL_shutdown(s.g.ssl);
		else
			shutdown(s.g.peer.fd, SHUT_WR);
		turns(&s.n, 5);
		CHECK_STR(s.g.peer.said.bytes, "last words");
		CHECK_EQ(s.g.peer.ends, 1, "once");
		CHECK_EQ(s.g.peer.gones, 0, "it may still read");
		say(&s.g.peer, "goodbye\n");
		turns(&s.n, 2);
		CHECK_STR(guest_reads(&s.g), "goodbye\n");
		conn_finish(s.g.peer.conn);
		turns(&s.n, 2);
		CHECK_STR(guest_reads(&s.g), END);
		CHECK_EQ(s.g.peer.gones, 1, "both have ended");
		CHECK_EQ(conn_tls_error(s.g.peer.conn), NULL, "which is no failure");
		scene_close(&s);
	}
}

TEST(tls_says_its_end_and_lingers)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	say(&s.g.peer, "bye\n");
	conn_finish(s.g.peer.conn);
	net_turn(&s.n);
	CHECK_STR(guest_reads(&s.g), "bye\n");
	CHECK_STR(guest_reads(&s.g), END);
	for (int i = 0; i < 10; i++) {
		guest_says(&s.g, "but I was about to say");
		net_turn(&s.n);
	}
	CHECK_EQ(s.g.peer.said.len, 0, "thrown away");
	net_after(&s.n, GOODBYE_MS);
	CHECK_EQ(s.g.peer.gones, 1, "two seconds");
	scene_close(&s);
}

TEST(tls_reads_what_came_before_a_reset)
{
	struct scene s;

	scene_open(&s, PEER_TCP, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	guest_says(&s.g, "said and gone\n");
	SSL_set_quiet_shutdown(s.g.ssl, 1);
	peer_resets(&s.g.peer);
	turns(&s.n, 5);
	CHECK_STR(s.g.peer.said.bytes, "said and gone\n");
	CHECK_EQ(s.g.peer.gones, 1, "told");
	CHECK(s.g.peer.conn->broken);
	scene_close(&s);
}

TEST(tls_record_that_was_tampered_with_ends_it)
{
	static const char record[] = "\x17\x03\x03\x00\x20 this is not encrypted at all.. ";
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_EQ(send(s.g.peer.fd, record, 5 + 32, 0), 5 + 32, "with a length that is right");
	net_until(&s.n, &s.g.peer.gones);
	CHECK_EQ(s.g.peer.said.len, 0, "nothing of it is believed");
	CHECK(conn_tls_error(s.g.peer.conn) != NULL);
	scene_close(&s);
}

/* ---- the handshake ---- */

TEST(tls_handshake_has_ten_seconds)
{
	static const char *const begun[] = { "", "\x16", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc" };

	for (size_t i = 0; i < ARRAY_LEN(begun); i++) {
		struct scene s;

		scene_open(&s, PEER_STREAM, 1000);
		send(s.g.peer.fd, begun[i], i == 2 ? 9 : i, 0);
		say(&s.g.peer, "nobody hears this\n");
		net_turn(&s.n);
		CHECK_EQ(conn_set_wait(&s.n.set, s.n.now_ms, -1), TLS_HANDSHAKE_MS, "at most");
		net_after(&s.n, TLS_HANDSHAKE_MS - 1);
		CHECK_EQ(s.g.peer.gones, 0, "not yet");
		net_after(&s.n, 1);
		CHECK_EQ(s.g.peer.gones, 1, "over");
		CHECK_STR(conn_tls_error(s.g.peer.conn), "handshake took too long");
		CHECK_STR(peer_reads(&s.g.peer), END);
		scene_close(&s);
	}
}

TEST(tls_handshake_that_is_done_has_no_time_limit)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	net_after(&s.n, TLS_HANDSHAKE_MS * 10);
	CHECK_EQ(s.g.peer.gones, 0, "it may be silent");
	scene_close(&s);
}

TEST(tls_handshake_of_garbage_fails_and_says_why)
{
	static const struct {
		const char *said, *why;
	} cases[] = {
		{ "NICK tea\r\nUSER tea 0 * :tea\r\n", "wrong version number" },
		{ "GET / HTTP/1.1\r\n\r\n", "http request" },
		{ "\x16\x03\x01\x00\x05\x01\xff\xff\xff\xff", "excessive message size" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s;

		scene_open(&s, PEER_STREAM, 1000);
		send(s.g.peer.fd, cases[i].said, i == 2 ? 10 : strlen(cases[i].said), 0);
		net_until(&s.n, &s.g.peer.gones);
		CHECK_STR(conn_tls_error(s.g.peer.conn), cases[i].why);
		CHECK_EQ(s.g.peer.said.len, 0, "nobody is told of it");
		scene_close(&s);
	}
}

TEST(tls_handshake_that_the_guest_leaves_fails)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	shutdown(s.g.peer.fd, SHUT_RDWR);
	net_until(&s.n, &s.g.peer.gones);
	CHECK_STR(conn_tls_error(s.g.peer.conn), "ended during the handshake");
	CHECK_EQ(s.g.peer.ends, 0, "it had not begun");
	scene_close(&s);
}

TEST(tls_handshake_is_not_waited_for_by_an_end)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	SSL_do_handshake(s.g.ssl);
	net_turn(&s.n);
	CHECK(s.g.peer.conn->greeting);
	conn_drop(s.g.peer.conn, "too late\n", 9);
	net_turn(&s.n);
	CHECK_EQ(s.g.peer.gones, 1, "closed at once");
	scene_close(&s);
}

/* How many of the guests have got an answer to their first word. */
static size_t answered(const struct guest *guests, size_t count)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		char byte;
		found += recv(guests[i].peer.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
	}
	return found;
}

TEST(tls_handshakes_are_few_in_one_turn)
{
	struct certificates c;
	struct net n;
	struct guest guests[HANDSHAKES_PER_TURN * 2 + 1];
	struct peer other;
	size_t count = ARRAY_LEN(guests);

	certificates_make(&c);
	struct tls_config *config = certificates_config(&c, 1);
	net_open(&n, 1000);
	for (size_t i = 0; i < count; i++) {
		guest_open(&n, &guests[i], PEER_STREAM, config);
		SSL_do_handshake(guests[i].ssl);
	}
	peer_open(&n, &other, PEER_STREAM);
	peer_says(&other, "hello\n");
	net_turn(&n);
	CHECK_EQ(answered(guests, count), HANDSHAKES_PER_TURN, "the first few");
	CHECK_STR(other.said.bytes, "hello\n");
	net_turn(&n);
	CHECK_EQ(answered(guests, count), HANDSHAKES_PER_TURN * 2, "others in the next turn");
	net_turn(&n);
	CHECK_EQ(answered(guests, count), count, "and then all");
	for (size_t i = 0; i < count; i++) {
		CHECK(guest_enters(&n, &guests[i]));
		guest_close(&guests[i]);
	}
	peer_close(&other);
	net_close(&n);
	tls_config_unref(config);
	certificates_remove(&c);
}

TEST(tls_speaks_1_2_and_1_3_and_nothing_older)
{
	static const struct {
		int version;
		const char *suites, *refused;
	} cases[] = {
		{ TLS1_3_VERSION, "ALL", NULL },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", "no shared cipher" },
		{ TLS1_1_VERSION, "ALL:@SECLEVEL=0", "unsupported protocol" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s;

		scene_open(&s, PEER_STREAM, 1000);
		CHECK(SSL_set_cipher_list(s.g.ssl, cases[i].suites));
		CHECK(SSL_set_min_proto_version(s.g.ssl, cases[i].version));
		CHECK(SSL_set_max_proto_version(s.g.ssl, cases[i].version));
		CHECK_EQ(guest_enters(&s.n, &s.g), !cases[i].refused, cases[i].suites);
		CHECK_STR(conn_tls_error(s.g.peer.conn), cases[i].refused);
		scene_close(&s);
	}
}

TEST(tls_is_negotiated_once)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(SSL_set_max_proto_version(s.g.ssl, TLS1_2_VERSION));
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_EQ(SSL_renegotiate(s.g.ssl), 1, "asked for");
	CHECK_EQ(SSL_do_handshake(s.g.ssl), -1, "the answer is still to come");
	turns(&s.n, 2);
	ERR_clear_error();
	CHECK_EQ(SSL_do_handshake(s.g.ssl), -1, "refused");
	CHECK_EQ(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION, "with that alert");
	scene_close(&s);
}

/* TLS 1.3 has no negotiation for new keys: each side just takes some, and asks the other to. */
TEST(tls_changes_its_keys_when_it_is_asked_to)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(SSL_key_update(s.g.ssl, SSL_KEY_UPDATE_REQUESTED), 1, "new ones");
		guest_says(&s.g, "x");
		turns(&s.n, 2);
		say(&s.g.peer, "y");
		turns(&s.n, 2);
		CHECK_STR(guest_reads(&s.g), "y");
	}
	CHECK_STR(s.g.peer.said.bytes, "xxx");
	scene_close(&s);
}

TEST(tls_takes_any_certificate_of_a_guest)
{
	struct scene s;

	scene_open(&s, PEER_STREAM, 1000);
	const struct tls_files *own = &s.certificates.files[1];
	CHECK(SSL_use_certificate_file(s.g.ssl, own->cert, SSL_FILETYPE_PEM) == 1);
	CHECK(SSL_use_PrivateKey_file(s.g.ssl, own->key, SSL_FILETYPE_PEM) == 1);
	CHECK(guest_enters(&s.n, &s.g));
	guest_says(&s.g, "it is me\n");
	turns(&s.n, 1);
	CHECK_STR(s.g.peer.said.bytes, "it is me\n");
	scene_close(&s);
}

TEST(tls_tells_which_certificate_a_guest_has)
{
	struct scene s;
	char shown[TLS_PEER_FINGERPRINT_SIZE], fingerprint[TLS_FINGERPRINT_SIZE];

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(!conn_fingerprint(s.g.peer.conn, shown));
	const struct tls_files *own = &s.certificates.files[0];
	CHECK(SSL_use_certificate_file(s.g.ssl, own->cert, SSL_FILETYPE_PEM) == 1);
	CHECK(SSL_use_PrivateKey_file(s.g.ssl, own->key, SSL_FILETYPE_PEM) == 1);
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_EQ(s.g.peer.greeted, 1, "it is told when there is one to be asked for");
	CHECK(conn_fingerprint(s.g.peer.conn, shown));
	tls_config_fingerprint(s.config, 0, fingerprint); /* with colons, and in capital letters */
	for (size_t i = 0; i < strlen(shown); i++)
		CHECK_EQ(shown[i], tolower(fingerprint[i + i / 2]), "the same digits");
	CHECK_EQ(strlen(shown), 64, "all of them");
	scene_close(&s);

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_EQ(s.g.peer.greeted, 1, "also by one who has none");
	CHECK(!conn_fingerprint(s.g.peer.conn, shown));
	scene_close(&s);
}

/* What a stranger's key costs to be checked with, everybody on the thread waits for. */
TEST(tls_takes_no_certificate_with_a_huge_key)
{
	struct scene s;
	EVP_PKEY *key = EVP_RSA_gen(TLS_PEER_KEY_BITS + 8);
	X509 *cert = X509_new();

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(key && cert && X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
	      X509_gmtime_adj(X509_getm_notAfter(cert), 3600) && X509_set_pubkey(cert, key) == 1 &&
	      X509_sign(cert, key, EVP_sha256()) > 0);
	CHECK(SSL_use_certificate(s.g.ssl, cert) == 1 && SSL_use_PrivateKey(s.g.ssl, key) == 1);
	guest_enters(&s.n, &s.g); /* of TLS 1.3 the guest hears of it only later */
	net_until(&s.n, &s.g.peer.gones);
	CHECK_STR(conn_tls_error(s.g.peer.conn), "certificate verify failed");
	EVP_PKEY_free(key);
	X509_free(cert);
	scene_close(&s);
}

TEST(tls_is_resumed_by_a_ticket)
{
	struct scene s;
	struct guest again;

	scene_open(&s, PEER_STREAM, 1000);
	CHECK(guest_enters(&s.n, &s.g));
	CHECK_STR(guest_reads(&s.g), NOTHING); /* but the ticket */
	SSL_SESSION *session = SSL_get1_session(s.g.ssl);
	CHECK_EQ(SSL_SESSION_has_ticket(session), 1, "it got one");
	guest_open(&s.n, &again, PEER_STREAM, s.config);
	CHECK_EQ(SSL_set_session(again.ssl, session), 1, "to be shown");
	CHECK(guest_enters(&s.n, &again));
	CHECK_EQ(SSL_session_reused(again.ssl), 1, "and taken");
	SSL_SESSION_free(session);
	guest_close(&again);
	scene_close(&s);
}
