#include "server/peer.h"

#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

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
	p->tokens -= 1;
	if (timer_is_running(&p->unnamed))
		p->owed++;
	io_push(p->io, &item);
}

static bool peer_has_token(struct peer *p)
{
	const struct io *io = p->io;
	double rate = io->config.line_rate;
	int64_t now_ms = loop_now(io->loop);
	if (p->exempt || io->config.line_rate == 0)
		return true;
	p->tokens += (double)(now_ms - p->tokens_ms) / 1000 * rate;
	p->tokens_ms = now_ms;
	if (p->tokens > rate * RATE_BURST_S)
		p->tokens = rate * RATE_BURST_S;
	return p->tokens >= 1;
}

static bool peer_may_ask(const struct wire *w)
{
	struct peer *p = peer_of(w);
	return p->window > 0 && io_core_has_room(p->io) && !p->io->stopping && peer_has_token(p);
}

static void peer_wait_quiet(struct wire *w)
{
	struct peer *p = peer_of(w);
	/* The pause begins now, and not when the last turn did, which may be long ago. */
	timer_start(&p->io->quiets, &p->quiet, loop_now(p->io->loop));
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
	p->why = why;
	p->wire->codec->farewell(p->wire, farewell, &words);
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
		timer_start(&p->io->rates, &p->rate, loop_now(p->io->loop));
}

/* From now on, whether it was asked or not. */
static void peer_count_silence(struct peer *p)
{
	if (p->wire->codec->ping)
		timer_start(&p->io->pings, &p->ping, loop_now(p->io->loop));
}

void peer_feed(struct peer *p)
{
	if (p->kept.len == 0 || !peer_is_open(p))
		return;
	size_t taken = p->wire->codec->take(p->wire, p->kept.bytes, p->kept.len);
	if (!peer_is_open(p))
		return;
	buf_drop(&p->kept, taken);
	if (p->kept.len > 0) {
		peer_try_later(p);
		return;
	}
	buf_done(&p->kept);
	if (p->ended) {
		p->wire->codec->end(p->wire);
		return;
	}
	peer_count_silence(p); /* until now it was not listened to */
	conn_resume(p->conn);
}

static void peer_on_bytes(struct conn *conn, const char *bytes, size_t len)
{
	struct peer *p = conn->owner;
	peer_count_silence(p);
	size_t taken = p->wire->codec->take(p->wire, bytes, len);
	if (taken == len || !peer_is_open(p))
		return;
	buf_add(&p->kept, bytes + taken, len - taken);
	conn_pause(conn);
	peer_try_later(p);
}

static void peer_on_end(struct conn *conn)
{
	struct peer *p = conn->owner;
	timer_stop(&p->quiet);
	timer_stop(&p->ping); /* it cannot answer */
	if (p->kept.len > 0)
		p->ended = true;
	else
		p->wire->codec->end(p->wire);
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
	timer_stop(&p->quiet);
	timer_stop(&p->unnamed);
	timer_stop(&p->rate);
	timer_stop(&p->ping);
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
	if (conn->broken && p->why == TEXT_WHY_CLOSED)
		p->why = TEXT_WHY_RESET;
	peer_tell_gone(p);
}

static const struct conn_ops conn_ops = {
	.bytes = peer_on_bytes,
	.end = peer_on_end,
	.slow = peer_on_slow,
	.low = peer_on_low,
	.gone = peer_on_gone,
};

/* ---- timers ---- */

void peer_on_quiet(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, quiet);
	/* It is not quiet while more of its input waits here. */
	if (peer_is_open(p) && p->kept.len == 0)
		p->wire->codec->quiet(p->wire);
}

/* Its time for a nick is over; but the answers that the server owed it by then are given first. */
static void peer_check_unnamed(struct peer *p)
{
	if (p->overdue && p->owed == 0)
		peer_let_go(p, TEXT_BYE_UNNAMED, TEXT_WHY_CLOSED);
}

void peer_on_unnamed(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, unnamed);
	p->overdue = true;
	peer_check_unnamed(p);
}

void peer_on_rate(struct timer *t)
{
	peer_hold(CONTAINER_OF(t, struct peer, rate));
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
	struct peer *p = CONTAINER_OF(t, struct peer, ping);
	if (!peer_is_silent(p))
		return;
	p->wire->codec->ping(p->wire);
	timer_start(&p->io->pongs, t, loop_now(p->io->loop));
}

void peer_on_pong(struct timer *t)
{
	struct peer *p = CONTAINER_OF(t, struct peer, ping);
	if (!peer_is_silent(p))
		return;
	log_info("ping-timeout", "conn=%" PRIu32, conn_slot(p->id));
	peer_let_go(p, TEXT_BYE_PING, TEXT_WHY_PING);
}

/* ---- from the core ---- */

void peer_credit(struct peer *p, size_t count)
{
	p->window += (unsigned)count;
	if (p->window > REQUEST_WINDOW)
		p->window = REQUEST_WINDOW; /* the end of the input went beyond it */
	if (p->kept.len > 0)
		peer_hold(p);
}

void peer_entered(struct peer *p)
{
	timer_stop(&p->unnamed);
}

void peer_unnamed(struct peer *p)
{
	if (p->owed > 0)
		p->owed--;
	peer_check_unnamed(p);
}

void peer_say_goodbye(struct peer *p)
{
	struct buf words = { 0 };
	if (!p->conn || !peer_is_open(p))
		return;
	p->why = TEXT_WHY_STOPPING;
	p->wire->codec->farewell(p->wire, TEXT_BYE_STOPPING, &words);
	conn_send(p->conn, words.bytes, words.len);
	conn_finish(p->conn); /* after all that was said to it before */
	buf_done(&words);
}

/* ---- making and freeing ---- */

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
	p->tokens = (double)io->config.line_rate * RATE_BURST_S;
	p->tokens_ms = loop_now(io->loop);
	p->wire = (struct wire *)(void *)(p + 1);
	p->conn = conn_new(&io->conns, item->fd, &conn_ops, p, &err);
	*p->wire = (struct wire){ codec, &wire_ops, p->conn, io->config.lang };
	if (p->conn) {
		if (codec->open)
			codec->open(p->wire);
		timer_start(&io->unnamed, &p->unnamed, loop_now(io->loop));
		peer_count_silence(p);
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
		p->wire->codec->done(p->wire);
	conn_free(p->conn);
	buf_done(&p->kept);
	free(p);
}
