#include "server/peer.h"

#include "base/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define STOOD_MS 1000   /* what is less is nothing that a client would notice */
#define RATE_BURST_S 10 /* so many seconds' worth may come at once */

/* ---- what codecs ask ---- */

static struct peer *peer_of(const struct wire *w)
{
	return w->conn->owner;
}

static void peer_ask(struct wire *w, struct request *r)
{
	struct peer *p = peer_of(w);
	const struct to_core item = { .kind = TO_CORE_REQUEST, .conn = p->id, .request = r };
	/* The end of the input may come when the window is closed already. */
	if (p->window > 0)
		p->window--;
	if (p->io->config.line_rate > 0)
		p->rate_us += 1000000 / p->io->config.line_rate;
	if (!p->named && !p->overdue && p->owed++ == 0)
		p->stood_ms -= (uint32_t)loop_now(p->io->loop);
	io_push(p->io, &item);
}

/* A bucket of tokens, kept as the time at which it would be full again (GCRA: ITU-T I.371, annex A). */
static bool peer_is_in_rate(struct peer *p)
{
	int64_t now_us = loop_now(p->io->loop) * 1000;
	if (p->exempt || p->io->config.line_rate == 0)
		return true;
	if (p->rate_us < now_us)
		p->rate_us = now_us;
	return p->rate_us + 1000000 / p->io->config.line_rate <= now_us + RATE_BURST_S * 1000000;
}

static bool peer_may_ask(const struct wire *w)
{
	struct peer *p = peer_of(w);
	return p->window > 0 && io_core_has_room(p->io) && !p->io->stopping && peer_is_in_rate(p);
}

static void peer_wait_quiet(struct wire *w)
{
	struct peer *p = peer_of(w);
	/* The pause begins now, and not when the last turn did, which may be long ago. */
	timer_start(&p->io->quiets, &p->pause, loop_now(p->io->loop));
}

static bool peer_is_open(const struct peer *p)
{
	return p->conn->state == CONN_OPEN;
}

/* Ends it now: what it is told itself, in the form of its protocol, and what others will be. */
static void peer_let_go(struct peer *p, enum text farewell, enum text why)
{
	struct buf words = { 0 };
	if (!peer_is_open(p))
		return;
	p->why = (uint8_t)why;
	peer_wire(p)->codec->farewell(peer_wire(p), farewell, &words);
	conn_drop(p->conn, words.bytes, words.len);
	buf_done(&words);
}

static void peer_reject(struct wire *w, const char *what)
{
	struct peer *p = peer_of(w);
	log_info("wrong-protocol", "conn=%" PRIu32 " spoke=%s", conn_slot(p->id), what);
	conn_drop(w->conn, NULL, 0);
}

static const struct wire_ops wire_ops = {
	.ask = peer_ask,
	.may_ask = peer_may_ask,
	.wait_quiet = peer_wait_quiet,
	.reject = peer_reject,
};

static void peer_on_greeted(struct conn *conn)
{
	struct peer *p = conn->owner;
	char fingerprint[TLS_PEER_FINGERPRINT_SIZE];
	if (!conn_fingerprint(conn, fingerprint))
		return;
	const struct to_core item = { .kind = TO_CORE_CERTIFICATE,
				      .conn = p->id,
				      .fingerprint = xstrdup(fingerprint) };
	io_push(p->io, &item);
}

/* ---- input ---- */

static void peer_hold(struct peer *p)
{
	if (p->held)
		return;
	p->held = true;
	p->next_held = p->io->held;
	p->io->held = p;
}

/* Something may not be parsed yet: when to try again depends on why. A closed window opens with a
 * TO_IO_CREDIT. */
static void peer_try_later(struct peer *p)
{
	if (!io_core_has_room(p->io))
		peer_hold(p);
	else if (p->window > 0)
		timer_start(&p->io->rates, &p->pause, loop_now(p->io->loop));
}

/* From now on, whether it was asked or not. */
static void peer_count_silence(struct peer *p)
{
	if (p->named && peer_wire(p)->codec->ping)
		timer_start(&p->io->pings, &p->alive, loop_now(p->io->loop));
}

void peer_feed(struct peer *p)
{
	if (p->kept.len == 0 || !peer_is_open(p))
		return;
	size_t taken = peer_wire(p)->codec->take(peer_wire(p), p->kept.bytes, p->kept.len);
	if (!peer_is_open(p))
		return;
	buf_drop(&p->kept, taken);
	if (p->kept.len > 0) {
		peer_try_later(p);
		return;
	}
	buf_done(&p->kept);
	peer_count_silence(p); /* until now it was not listened to */
	conn_resume(p->conn);
}

static void peer_on_bytes(struct conn *conn, const char *bytes, size_t len)
{
	struct peer *p = conn->owner;
	peer_count_silence(p);
	size_t taken = peer_wire(p)->codec->take(peer_wire(p), bytes, len);
	if (taken == len || !peer_is_open(p))
		return;
	buf_add(&p->kept, bytes + taken, len - taken);
	conn_pause(conn);
	peer_try_later(p);
}

static void peer_on_end(struct conn *conn)
{
	struct peer *p = conn->owner;
	timer_stop(&p->pause);
	if (p->named)
		timer_stop(&p->alive); /* it cannot answer */
	/* While something is kept nothing is read, not even the end. */
	assert(p->kept.len == 0);
	peer_wire(p)->codec->end(peer_wire(p));
}

static void peer_on_slow(struct conn *conn, size_t queued)
{
	struct peer *p = conn->owner;
	log_warn("slow-reader", "conn=%" PRIu32 " queued=%zu", conn_slot(p->id), queued);
	peer_let_go(p, TEXT_BYE_SLOW, TEXT_WHY_SLOW);
}

static void peer_on_low(struct conn *conn)
{
	struct peer *p = conn->owner;
	const struct to_core item = { .kind = TO_CORE_LOW, .conn = p->id };
	io_push(p->io, &item);
}

static void peer_stop_timers(struct peer *p)
{
	timer_stop(&p->pause);
	timer_stop(&p->alive);
}

static void peer_tell_gone(struct peer *p)
{
	const struct to_core item = { .kind = TO_CORE_GONE, .why = p->why, .conn = p->id };
	peer_stop_timers(p);
	io_push(p->io, &item);
}

static void peer_on_gone(struct conn *conn)
{
	struct peer *p = conn->owner;
	const char *why = conn_tls_error(conn);
	if (why)
		log_info("tls-failed", "conn=%" PRIu32 " reason=\"%s\"", conn_slot(p->id), why);
	if (conn->broken && p->why == TEXT_WHY_CLOSED)
		p->why = TEXT_WHY_RESET;
	peer_tell_gone(p);
}

const struct conn_ops peer_conn_ops = {
	.greeted = peer_on_greeted,
	.bytes = peer_on_bytes,
	.end = peer_on_end,
	.slow = peer_on_slow,
	.low = peer_on_low,
	.gone = peer_on_gone,
};

/* ---- timers ---- */

void peer_on_quiet(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, pause);
	/* It is not quiet while more of its input waits here. */
	if (peer_is_open(p) && p->kept.len == 0)
		peer_wire(p)->codec->quiet(peer_wire(p));
}

/* Its time for a nick is over; but the answers that the server owed it by then are given first. And if it
 * has waited for us much of the time, for its password to be checked, it gets as much again. */
static void peer_check_unnamed(struct peer *p)
{
	if (!p->overdue || p->owed > 0)
		return;
	if (p->stood_ms >= STOOD_MS && peer_is_open(p)) {
		p->overdue = false;
		p->stood_ms = 0;
		timer_start(&p->io->unnamed, &p->alive, loop_now(p->io->loop));
	} else {
		peer_let_go(p, TEXT_BYE_UNNAMED, TEXT_WHY_CLOSED);
	}
}

void peer_on_unnamed(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, alive);
	p->overdue = true;
	peer_check_unnamed(p);
}

void peer_on_rate(struct timer *t)
{
	peer_hold(CONTAINER_OF(t, struct peer, pause));
}

/* Nobody is asked, or blamed for his silence, while what he said is not read: it counts anew then. And
 * who was told goodbye, as everybody is when the server stops, need not answer. */
static bool peer_is_silent(struct peer *p)
{
	if (!peer_is_open(p))
		return false;
	if (p->kept.len == 0)
		return true;
	peer_count_silence(p);
	return false;
}

void peer_on_ping(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, alive);
	if (!peer_is_silent(p))
		return;
	peer_wire(p)->codec->ping(peer_wire(p));
	timer_start(&p->io->pongs, t, loop_now(p->io->loop));
}

void peer_on_pong(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, alive);
	if (!peer_is_silent(p))
		return;
	log_info("ping-timeout", "conn=%" PRIu32, conn_slot(p->id));
	peer_let_go(p, TEXT_BYE_PING, TEXT_WHY_PING);
}

/* ---- from the core ---- */

void peer_credit(struct peer *p, size_t count)
{
	size_t window = p->window + count;
	/* The end of the input went beyond it. */
	p->window = (uint16_t)(window < REQUEST_WINDOW ? window : REQUEST_WINDOW);
	if (p->kept.len > 0)
		peer_hold(p);
}

void peer_entered(struct peer *p)
{
	timer_stop(&p->alive);
	p->named = true;
	peer_count_silence(p);
}

void peer_unnamed(struct peer *p)
{
	if (p->owed > 0 && --p->owed == 0)
		p->stood_ms += (uint32_t)loop_now(p->io->loop);
	peer_check_unnamed(p);
}

void peer_say_goodbye(struct peer *p)
{
	struct buf words = { 0 };
	if (!p->conn || !peer_is_open(p))
		return;
	p->why = TEXT_WHY_STOPPING;
	peer_wire(p)->codec->farewell(peer_wire(p), TEXT_BYE_STOPPING, &words);
	conn_send(p->conn, words.bytes, words.len);
	conn_finish(p->conn); /* after all that was said to it before */
	buf_done(&words);
}

/* ---- making and freeing ---- */

/* NULL: fd is closed, reason in err. */
static struct conn *peer_connect(struct peer *p, int fd, bool is_tls, struct err *err)
{
	struct conn *conn = conn_new(&p->io->conns, fd, p, err);
	if (!conn || !is_tls || conn_set_tls(conn, p->io->tls, err))
		return conn;
	conn_free(conn);
	return NULL;
}

struct peer *peer_new(struct io *io, const struct to_io *item)
{
	const struct codec *codec = item->protocol->codec;
	struct err err;
	struct peer *p = xcalloc(1, sizeof(*p) + codec->wire_size);
	p->io = io;
	p->id = item->conn;
	p->exempt = item->flag;
	p->window = REQUEST_WINDOW;
	p->why = TEXT_WHY_CLOSED;
	p->conn = peer_connect(p, item->fd, item->protocol->is_tls, &err);
	*peer_wire(p) = (struct wire){ .codec = codec,
				       .ops = &wire_ops,
				       .conn = p->conn,
				       .lang = io->config.lang };
	if (p->conn) {
		if (codec->open)
			codec->open(peer_wire(p));
		timer_start(&io->unnamed, &p->alive, loop_now(io->loop));
	} else {
		log_error("conn-refused", "reason=\"%s\"", err.text);
		peer_tell_gone(p);
	}
	return p;
}

static void held_forget(struct peer *p)
{
	struct peer **at = &p->io->held;
	while (*at != p)
		at = &(*at)->next_held;
	*at = p->next_held;
}

void peer_free(struct peer *p)
{
	if (p->held)
		held_forget(p);
	peer_stop_timers(p);
	if (p->conn)
		peer_wire(p)->codec->done(peer_wire(p));
	conn_free(p->conn);
	buf_done(&p->kept);
	free(p);
}
