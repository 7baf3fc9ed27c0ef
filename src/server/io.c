#include "server/io.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE_TICK_MS 100   /* how often those who asked too quickly may try again */
#define RATE_BURST_S 10    /* so many seconds' worth may come at once */
#define FLUSH_EVENTS 512   /* handled between two flushes, so that a burst fills no output */
#define STOP_WRITE_MS 1000 /* for sending what is queued when the server stops */

/* A connection with its codec behind it, in one allocation. */
struct io_conn {
	struct io *io;
	conn_id id;
	struct conn *conn; /* NULL: it never could be watched */
	struct wire *wire;
	unsigned window; /* requests that may still be asked */
	struct buf
		kept; /* input that may not be parsed yet: at most one read; nothing more is read */
	struct timer quiet, unnamed, rate;
	double tokens;
	int64_t tokens_ms;
	struct io_conn *next_held;
	bool held, exempt, entered;
	bool ended;   /* the end of the input waits behind what is kept */
	bool asked;   /* since it was last asked for a nick */
	bool overdue; /* its time for a nick is over */
};

/* ---- to the core ---- */

static void io_push(struct io *io, const struct to_core *item)
{
	if (io->stuck.count > 0 || !queue_push(&io->to_core, item))
		fifo_put(&io->stuck, item);
	else
		io->pushed = true;
}

static void io_push_stuck(struct io *io)
{
	const struct to_core *item;
	while ((item = fifo_first(&io->stuck)) && queue_push(&io->to_core, item)) {
		fifo_drop(&io->stuck);
		io->pushed = true;
	}
}

/* ---- what codecs ask ---- */

static struct io_conn *io_conn_of(const struct wire *w)
{
	return w->conn->owner;
}

static void io_ask(struct wire *w, struct request *r)
{
	struct io_conn *c = io_conn_of(w);
	const struct to_core item = { TO_CORE_REQUEST, c->id, r };
	/* The end of the input may come when the window is closed already. */
	if (c->window > 0)
		c->window--;
	c->tokens -= 1;
	c->asked = true;
	io_push(c->io, &item);
}

static bool io_has_token(struct io_conn *c)
{
	const struct io *io = c->io;
	double rate = io->config.line_rate;
	int64_t now_ms = loop_now(io->loop);
	if (c->exempt || io->config.line_rate == 0)
		return true;
	c->tokens += (double)(now_ms - c->tokens_ms) / 1000 * rate;
	c->tokens_ms = now_ms;
	if (c->tokens > rate * RATE_BURST_S)
		c->tokens = rate * RATE_BURST_S;
	return c->tokens >= 1;
}

static bool io_core_has_room(const struct io *io)
{
	return io->stuck.count == 0;
}

static bool io_may_ask(const struct wire *w)
{
	struct io_conn *c = io_conn_of(w);
	return c->window > 0 && io_core_has_room(c->io) && !c->io->stopping && io_has_token(c);
}

static void io_wait_quiet(struct wire *w)
{
	struct io_conn *c = io_conn_of(w);
	/* The pause begins now, and not when the last turn did, which may be long ago. */
	timer_start(&c->io->quiets, &c->quiet, loop_now(c->io->loop));
}

static void io_reject(struct wire *w, const char *what)
{
	struct io_conn *c = io_conn_of(w);
	log_info("wrong-protocol", "conn=%" PRIu32 " spoke=%s", conn_slot(c->id), what);
	conn_drop(w->conn, NULL, 0);
}

static const struct wire_ops wire_ops = {
	.ask = io_ask,
	.may_ask = io_may_ask,
	.wait_quiet = io_wait_quiet,
	.reject = io_reject,
};

/* ---- input ---- */

static void io_hold(struct io_conn *c)
{
	if (c->held)
		return;
	c->held = true;
	c->next_held = c->io->held;
	c->io->held = c;
}

/* Something may not be parsed yet: when to try again depends on why. A closed window opens with a
 * TO_IO_CREDIT. */
static void io_try_later(struct io_conn *c)
{
	if (!io_core_has_room(c->io))
		io_hold(c);
	else if (c->window > 0)
		timer_start(&c->io->rates, &c->rate, c->io->now_ms);
}

static bool io_is_open(const struct io_conn *c)
{
	return c->conn->state == CONN_OPEN;
}

/* Parses what was kept; reads on when nothing of it is left. */
static void io_feed(struct io_conn *c)
{
	if (c->kept.len == 0 || !io_is_open(c))
		return;
	size_t taken = c->wire->codec->take(c->wire, c->kept.bytes, c->kept.len);
	if (!io_is_open(c))
		return;
	buf_drop(&c->kept, taken);
	if (c->kept.len > 0) {
		io_try_later(c);
		return;
	}
	buf_done(&c->kept);
	if (c->ended)
		c->wire->codec->end(c->wire);
	else
		conn_resume(c->conn);
}

static void io_on_bytes(struct conn *conn, const char *bytes, size_t len)
{
	struct io_conn *c = conn->owner;
	size_t taken = c->wire->codec->take(c->wire, bytes, len);
	if (taken == len || !io_is_open(c))
		return;
	buf_add(&c->kept, bytes + taken, len - taken);
	conn_pause(conn);
	io_try_later(c);
}

static void io_on_end(struct conn *conn)
{
	struct io_conn *c = conn->owner;
	timer_stop(&c->quiet);
	if (c->kept.len > 0)
		c->ended = true;
	else
		c->wire->codec->end(c->wire);
}

static void io_on_slow(struct conn *conn, size_t queued)
{
	struct io_conn *c = conn->owner;
	const char *why = text_of(c->wire->lang, TEXT_BYE_SLOW);
	log_warn("slow-reader", "conn=%" PRIu32 " queued=%zu", conn_slot(c->id), queued);
	conn_drop(conn, why, strlen(why));
}

static void io_tell_gone(struct io_conn *c)
{
	const struct to_core item = { TO_CORE_GONE, c->id, NULL };
	timer_stop(&c->quiet);
	timer_stop(&c->unnamed);
	timer_stop(&c->rate);
	io_push(c->io, &item);
}

static void io_on_gone(struct conn *conn)
{
	io_tell_gone(conn->owner);
}

static const struct conn_ops conn_ops = {
	.bytes = io_on_bytes,
	.end = io_on_end,
	.slow = io_on_slow,
	.gone = io_on_gone,
};

/* ---- timers ---- */

static void io_on_quiet(struct timer *t)
{
	struct io_conn *c = CONTAINER_OF(t, struct io_conn, quiet);
	if (io_is_open(c))
		c->wire->codec->quiet(c->wire);
}

/* Its time for a nick is over; but an answer that the server owes is given first. */
static void io_check_unnamed(struct io_conn *c)
{
	const char *why = text_of(c->wire->lang, TEXT_BYE_UNNAMED);
	if (c->overdue && !c->asked)
		conn_drop(c->conn, why, strlen(why));
}

static void io_on_unnamed(struct timer *t)
{
	struct io_conn *c = CONTAINER_OF(t, struct io_conn, unnamed);
	c->overdue = true;
	io_check_unnamed(c);
}

static void io_on_rate(struct timer *t)
{
	io_hold(CONTAINER_OF(t, struct io_conn, rate));
}

/* ---- from the core ---- */

static void *grow(void *array, size_t *size, size_t index, size_t item)
{
	size_t larger = *size ? *size : 64;
	if (index < *size)
		return array;
	while (larger <= index)
		larger *= 2;
	char *grown = xrealloc(array, larger, item);
	memset(grown + *size * item, 0, (larger - *size) * item);
	*size = larger;
	return grown;
}

/* NULL: of an earlier generation, or not here. */
static struct io_conn *io_find(const struct io *io, conn_id id)
{
	uint32_t slot = conn_slot(id);
	struct io_conn *c = slot < io->by_slot_size ? io->by_slot[slot] : NULL;
	return c && c->id == id ? c : NULL;
}

static struct group *io_group(struct io *io, uint32_t slot)
{
	io->groups = grow(io->groups, &io->groups_size, slot, sizeof(*io->groups));
	if (!io->groups[slot])
		io->groups[slot] = group_new();
	return io->groups[slot];
}

static void io_open(struct io *io, const struct to_io *item)
{
	const struct codec *codec = item->protocol->codec;
	struct err err;
	struct io_conn *c = xcalloc(1, sizeof(*c) + codec->wire_size);
	c->io = io;
	c->id = item->conn;
	c->exempt = item->flag;
	c->window = REQUEST_WINDOW;
	c->tokens = (double)io->config.line_rate * RATE_BURST_S;
	c->tokens_ms = loop_now(io->loop);
	c->wire = (struct wire *)(void *)(c + 1);
	io->by_slot = grow(io->by_slot, &io->by_slot_size, conn_slot(c->id), sizeof(*io->by_slot));
	io->by_slot[conn_slot(c->id)] = c;
	io->conn_count++;
	c->conn = conn_new(&io->conns, item->fd, &conn_ops, c, &err);
	*c->wire = (struct wire){ codec, &wire_ops, c->conn, io->config.lang };
	if (!c->conn) {
		log_error("conn-refused", "reason=\"%s\"", err.text);
		io_tell_gone(c);
		return;
	}
	codec->open(c->wire);
	timer_start(&io->unnamed, &c->unnamed, io->now_ms);
}

static void held_forget(struct io_conn *c)
{
	struct io_conn **at = &c->io->held;
	while (*at != c)
		at = &(*at)->next_held;
	*at = c->next_held;
}

static void io_release(struct io_conn *c)
{
	struct io *io = c->io;
	if (c->held)
		held_forget(c);
	timer_stop(&c->quiet);
	timer_stop(&c->unnamed);
	timer_stop(&c->rate);
	if (c->conn)
		c->wire->codec->done(c->wire);
	conn_free(c->conn);
	buf_done(&c->kept);
	io->by_slot[conn_slot(c->id)] = NULL;
	io->conn_count--;
	free(c);
}

struct rendering {
	const struct event *event;
	const struct event_room *rooms[ROOMS_PER_USER_MAX]; /* of the groups that are sent to */
	const struct codec *codec;
};

/* The codec is part of the variant's key, so that a room may hold many protocols. */
#define VARIANT_CODEC_SHIFT 24

static unsigned variant_key(const struct io_conn *c, unsigned variant)
{
	for (size_t i = 0; protocols[i].scheme; i++)
		if (protocols[i].codec == c->wire->codec)
			return variant | (unsigned)i << VARIANT_CODEC_SHIFT;
	return variant;
}

static void io_render(void *ctx, size_t index, unsigned key, struct buf *out)
{
	const struct rendering *r = ctx;
	unsigned variant = key & (BIT(VARIANT_CODEC_SHIFT) - 1);
	if (r->rooms[index]->crowded)
		variant |= VARIANT_CROWDED;
	protocols[key >> VARIANT_CODEC_SHIFT].codec->render(r->event, variant, out);
}

static void io_deliver(struct io *io, const struct event *e)
{
	struct group *groups[ROOMS_PER_USER_MAX];
	struct rendering rendering = { .event = e };
	const struct io_conn *origin = io_find(io, e->origin);
	size_t count = 0;
	assert(e->room_count <= ROOMS_PER_USER_MAX);
	for (size_t i = 0; i < e->room_count; i++) {
		uint32_t slot = e->rooms[i].slot;
		if (slot >= io->groups_size || !io->groups[slot] || io->groups[slot]->count == 0)
			continue;
		rendering.rooms[count] = &e->rooms[i];
		groups[count++] = io->groups[slot];
	}
	group_send(&io->conns, groups, count, origin ? origin->conn : NULL, io_render, &rendering);
}

static void io_tell(struct io_conn *c, const struct telling *t, unsigned variant)
{
	struct buf *out = &c->io->rendered;
	out->len = 0;
	for (size_t i = 0; i < t->count; i++)
		c->wire->codec->render(t->events[i], variant, out);
	if (out->len > 0)
		conn_send(c->conn, out->bytes, out->len);
}

static void io_credit(struct io_conn *c, size_t count)
{
	c->window += (unsigned)count;
	if (c->window > REQUEST_WINDOW)
		c->window = REQUEST_WINDOW; /* the end of the input went beyond it */
	if (c->kept.len > 0)
		io_hold(c);
}

/* What concerns one connection; it is open, or was until a moment ago. */
static void io_handle_conn(struct io *io, struct io_conn *c, const struct to_io *item)
{
	switch ((enum to_io_kind)item->kind) {
	case TO_IO_TELL:
		io_tell(c, item->telling, item->variant);
		return;
	case TO_IO_BYTES:
		conn_send(c->conn, item->bytes, item->len);
		if (item->flag)
			c->wire->codec->stand_alone(c->wire);
		return;
	case TO_IO_PUT:
		group_put(io_group(io, item->slot), c->conn, variant_key(c, item->variant));
		return;
	case TO_IO_REMOVE:
		group_remove(io_group(io, item->slot), c->conn);
		return;
	case TO_IO_CREDIT:
		io_credit(c, item->len);
		return;
	case TO_IO_ENTERED:
		c->entered = true;
		timer_stop(&c->unnamed);
		return;
	case TO_IO_UNNAMED:
		c->asked = false;
		io_check_unnamed(c);
		return;
	case TO_IO_CLOSE:
		conn_finish(c->conn);
		return;
	case TO_IO_RELEASE:
		io_release(c);
		return;
	case TO_IO_CONN:
	case TO_IO_EVENT:
	case TO_IO_STOP:
		return;
	}
}

static void io_stop(struct io *io)
{
	io->stopping = true;
	io->stopping_since_ms = io->now_ms;
	for (size_t i = 0; i < io->by_slot_size; i++) {
		struct io_conn *c = io->by_slot[i];
		if (!c || !c->conn)
			continue;
		if (c->entered && !c->conn->pace) { /* the seed's client is told by the end alone */
			const char *why = text_of(c->wire->lang, TEXT_BYE_STOPPING);
			conn_send(c->conn, why, strlen(why));
		}
		conn_finish(c->conn);
	}
}

void to_io_drop(struct to_io *item)
{
	if (item->kind == TO_IO_EVENT)
		event_unref(item->event);
	else if (item->kind == TO_IO_BYTES)
		free(item->bytes);
	else if (item->kind == TO_IO_CONN)
		close(item->fd);
	else if (item->kind == TO_IO_TELL) {
		for (size_t i = 0; i < item->telling->count; i++)
			event_unref(item->telling->events[i]);
		free(item->telling);
	}
}

static void io_handle(struct io *io, struct to_io *item)
{
	if (item->kind == TO_IO_CONN) {
		io_open(io, item);
		return; /* the descriptor has its owner */
	}
	if (item->kind == TO_IO_EVENT) {
		io_deliver(io, item->event);
	} else if (item->kind == TO_IO_STOP) {
		io_stop(io);
	} else {
		struct io_conn *c = io_find(io, item->conn);
		if (c && (c->conn || item->kind == TO_IO_RELEASE))
			io_handle_conn(io, c, item);
	}
	to_io_drop(item);
}

/* ---- a turn ---- */

static void io_drain(struct io *io)
{
	struct to_io item;
	size_t handled = 0;
	while (handled < QUEUE_SLOTS && queue_pop(&io->from_core, &item)) {
		io_handle(io, &item);
		if (++handled % FLUSH_EVENTS == 0)
			conn_set_flush(&io->conns, io->now_ms);
	}
	if (handled > 0 && atomic_exchange(&io->core_waits, false))
		loop_wake(io->config.core_loop);
}

static void io_feed_held(struct io *io)
{
	struct io_conn *c = io->held;
	io->held = NULL;
	while (c) {
		struct io_conn *next = c->next_held;
		c->held = false;
		if (io_core_has_room(io))
			io_feed(c);
		else
			io_hold(c);
		c = next;
	}
}

static bool io_all_said(const struct io *io)
{
	for (size_t i = 0; i < io->by_slot_size; i++) {
		const struct io_conn *c = io->by_slot[i];
		if (c && c->conn && c->conn->output.bytes > 0)
			return false;
	}
	return true;
}

static bool io_all_closed(const struct io *io)
{
	for (size_t i = 0; i < io->by_slot_size; i++) {
		const struct io_conn *c = io->by_slot[i];
		if (c && c->conn && c->conn->state != CONN_CLOSED)
			return false;
	}
	return true;
}

static void io_check_stopped(struct io *io)
{
	const struct to_core item = { .kind = TO_CORE_STOPPED };
	int64_t since = io->now_ms - io->stopping_since_ms;
	if (!io->stopping || io->stopped)
		return;
	io->stopped = io_all_closed(io) || since >= STOP_WRITE_MS ||
		      (since >= STOP_LINGER_MS && io_all_said(io));
	if (io->stopped)
		io_push(io, &item);
}

void io_turn(struct io *io, int64_t now_ms)
{
	io->now_ms = now_ms;
	conn_set_timers(&io->conns, now_ms);
	timer_list_run(&io->quiets, now_ms);
	timer_list_run(&io->unnamed, now_ms);
	timer_list_run(&io->rates, now_ms);
	io_drain(io);
	io_push_stuck(io);
	if (io->held)
		io_feed_held(io);
	conn_set_flush(&io->conns, now_ms);
	io_check_stopped(io);
	io_push_stuck(io);
	/* As outbox_wake() does for the other direction. */
	if (!io_core_has_room(io)) {
		atomic_store(&io->io_waits, true);
		atomic_thread_fence(memory_order_seq_cst);
		io_push_stuck(io);
	}
	if (io->pushed)
		loop_wake(io->config.core_loop);
	io->pushed = false;
}

int io_wait(const struct io *io, int64_t now_ms, int wait_ms)
{
	if (!queue_is_empty(&io->from_core) || (io->held && io_core_has_room(io)))
		return 0;
	wait_ms = conn_set_wait(&io->conns, now_ms, wait_ms);
	wait_ms = timer_list_wait(&io->quiets, now_ms, wait_ms);
	wait_ms = timer_list_wait(&io->unnamed, now_ms, wait_ms);
	wait_ms = timer_list_wait(&io->rates, now_ms, wait_ms);
	return io->stopping && (wait_ms < 0 || wait_ms > STOP_LINGER_MS / 10) ? STOP_LINGER_MS / 10
									      : wait_ms;
}

static void *io_main(void *arg)
{
	struct io *io = arg;
	while (!io->stopped || io->stuck.count > 0) {
		loop_wait(io->loop, io_wait(io, clock_monotonic_ms(), -1));
		io_turn(io, clock_monotonic_ms());
	}
	return NULL;
}

/* ---- making and ending ---- */

bool io_init(struct io *io, const struct io_config *config, struct loop *loop, struct err *err)
{
	*io = (struct io){ .config = *config, .loop = loop };
	if (!loop) {
		io->loop = loop_new(err);
		io->owns_loop = true;
	}
	if (!io->loop)
		return false;
	conn_set_init(&io->conns, io->loop, config->output_max);
	fifo_init(&io->stuck, sizeof(struct to_core));
	queue_init(&io->from_core, config->queue_slots, sizeof(struct to_io));
	queue_init(&io->to_core, config->queue_slots, sizeof(struct to_core));
	atomic_init(&io->core_waits, false);
	atomic_init(&io->io_waits, false);
	timer_list_init(&io->quiets, CHUNK_QUIET_MS, io_on_quiet);
	timer_list_init(&io->unnamed, config->register_timeout_ms, io_on_unnamed);
	timer_list_init(&io->rates, RATE_TICK_MS, io_on_rate);
	io->now_ms = io->conns.now_ms = clock_monotonic_ms();
	return true;
}

bool io_start(struct io *io, struct err *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&io->thread, NULL, io_main, io);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		errno = failed;
		return err_errno(err, "cannot start an I/O thread");
	}
	pthread_setname_np(io->thread, "io");
	io->has_thread = true;
	return true;
}

void io_done(struct io *io)
{
	struct to_io item;
	struct to_core unread;
	if (!io->loop)
		return;
	if (io->has_thread)
		pthread_join(io->thread, NULL);
	while (queue_pop(&io->from_core, &item))
		to_io_drop(&item);
	while (queue_pop(&io->to_core, &unread))
		free(unread.request);
	for (size_t i = 0; i < io->by_slot_size; i++)
		if (io->by_slot[i])
			io_release(io->by_slot[i]);
	conn_set_flush(&io->conns, io->now_ms);
	for (size_t i = 0; i < io->groups_size; i++)
		group_free(io->groups[i]);
	conn_set_done(&io->conns);
	queue_done(&io->from_core);
	queue_done(&io->to_core);
	buf_done(&io->rendered);
	free(io->by_slot);
	free(io->groups);
	for (const struct to_core *stuck; (stuck = fifo_first(&io->stuck)); fifo_drop(&io->stuck))
		free(stuck->request);
	if (io->owns_loop)
		loop_free(io->loop);
}
