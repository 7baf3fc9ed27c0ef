#include "server/io.h"

#include "base/clock.h"
#include "server/peer.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define RATE_TICK_MS 100      /* how often those who asked too quickly may try again */
#define HANDLED_PER_TURN 4096 /* items; delivery.c has what else ends a turn */
#define STOP_WRITE_MS 1000    /* for sending what is queued when the server stops */

/* ---- to the core ---- */

void io_push(struct io *io, const struct to_core *item)
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

bool io_core_has_room(const struct io *io)
{
	return io->stuck.count == 0;
}

/* ---- from the core ---- */

/* NULL: of an earlier generation, or not here. */
static struct peer *io_find(const struct io *io, conn_id id)
{
	uint32_t slot = conn_slot(id);
	struct peer *p = slot < io->by_slot_size ? io->by_slot[slot] : NULL;
	return p && p->id == id ? p : NULL;
}

static void io_connect(struct io *io, const struct to_io *item)
{
	struct peer *p = peer_new(io, item);
	uint32_t slot = conn_slot(p->id);
	io->by_slot = xgrow(io->by_slot, &io->by_slot_size, slot, sizeof(*io->by_slot));
	io->by_slot[slot] = p;
}

static void io_release(struct io *io, struct peer *p)
{
	io->by_slot[conn_slot(p->id)] = NULL;
	peer_free(p);
}

static void io_tell(struct peer *p, const struct telling *t, unsigned variant)
{
	struct buf *out = &p->io->rendered;
	if (!conn_takes(p->conn))
		return;
	out->len = 0;
	for (size_t i = 0; i < t->count; i++)
		peer_wire(p)->codec->render(t->events[i], variant, out);
	if (out->len > 0)
		conn_send(p->conn, out->bytes, out->len);
}

/* What concerns one connection; it is open, or was until a moment ago. */
static void io_handle_conn(struct io *io, struct peer *p, const struct to_io *item)
{
	switch ((enum to_io_kind)item->kind) {
	case TO_IO_TELL:
		io_tell(p, item->telling, item->variant);
		return;
	case TO_IO_BYTES:
		conn_send(p->conn, item->bytes, item->len);
		if (item->flag)
			peer_wire(p)->codec->stand_alone(peer_wire(p));
		return;
	case TO_IO_PUT:
		delivery_put(&io->delivery, item->slot, p->conn, peer_wire(p)->codec,
			     item->variant);
		return;
	case TO_IO_REMOVE:
		delivery_remove(&io->delivery, item->slot, p->conn);
		return;
	case TO_IO_CREDIT:
		peer_credit(p, item->len);
		return;
	case TO_IO_ENTERED:
		peer_entered(p);
		return;
	case TO_IO_UNNAMED:
		peer_unnamed(p);
		return;
	case TO_IO_LOW:
		conn_when_low(p->conn);
		return;
	case TO_IO_CLOSE:
		conn_finish(p->conn);
		return;
	case TO_IO_RELEASE:
		io_release(io, p);
		return;
	case TO_IO_CONN:
	case TO_IO_EVENT:
	case TO_IO_TLS:
	case TO_IO_STOP:
		return;
	}
}

static void io_stop(struct io *io)
{
	io->stopping = true;
	io->stopping_since_ms = io->now_ms;
	for (size_t i = 0; i < io->by_slot_size; i++)
		if (io->by_slot[i])
			peer_say_goodbye(io->by_slot[i]);
}

void to_io_drop(struct to_io *item)
{
	if (item->kind == TO_IO_EVENT)
		event_unref(item->event);
	else if (item->kind == TO_IO_BYTES)
		free(item->bytes);
	else if (item->kind == TO_IO_CONN)
		close(item->fd);
	else if (item->kind == TO_IO_TLS)
		tls_config_unref(item->tls);
	else if (item->kind == TO_IO_TELL) {
		for (size_t i = 0; i < item->telling->count; i++)
			event_unref(item->telling->events[i]);
		free(item->telling);
	}
}

static void io_deliver(struct io *io, struct event *e)
{
	const struct peer *origin = io_find(io, e->origin);
	delivery_add(&io->delivery, e, origin ? origin->conn : NULL);
}

static void io_handle(struct io *io, struct to_io *item)
{
	if (item->kind == TO_IO_CONN) {
		io_connect(io, item);
		return; /* the descriptor has its owner */
	}
	if (item->kind == TO_IO_TLS) {
		tls_config_unref(io->tls);
		io->tls = item->tls;
		return; /* so has the reference */
	}
	if (item->kind == TO_IO_EVENT) {
		io_deliver(io, item->event);
		return; /* and so has this one */
	}
	/* Whatever is said to one comes behind what was said to all. */
	if (item->kind != TO_IO_CREDIT)
		delivery_flush(&io->delivery);
	if (item->kind == TO_IO_STOP) {
		io_stop(io);
	} else {
		struct peer *p = io_find(io, item->conn);
		if (p && (p->conn || item->kind == TO_IO_RELEASE))
			io_handle_conn(io, p, item);
	}
	to_io_drop(item);
}

/* ---- a turn ---- */

static void io_drain(struct io *io)
{
	struct to_io item;
	size_t handled = 0;
	delivery_begin_turn(&io->delivery);
	while (handled < HANDLED_PER_TURN && !delivery_is_much(&io->delivery) &&
	       queue_pop(&io->from_core, &item)) {
		io_handle(io, &item);
		handled++;
	}
	delivery_flush(&io->delivery);
	if (handled > 0 && atomic_exchange(&io->core_waits, false))
		loop_wake(io->config.core_loop);
}

static void io_feed_held(struct io *io)
{
	struct peer *p = io->held;
	io->held = NULL;
	while (p) {
		struct peer *next = p->next_held;
		p->held = false;
		peer_feed(p);
		p = next;
	}
}

static bool io_all_said(const struct io *io)
{
	for (size_t i = 0; i < io->by_slot_size; i++) {
		const struct peer *p = io->by_slot[i];
		if (p && p->conn && conn_has_output(p->conn))
			return false;
	}
	return true;
}

static bool io_all_closed(const struct io *io)
{
	for (size_t i = 0; i < io->by_slot_size; i++) {
		const struct peer *p = io->by_slot[i];
		if (p && p->conn && p->conn->state != CONN_CLOSED)
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
	timer_list_run(&io->pings, now_ms);
	timer_list_run(&io->pongs, now_ms);
	io_drain(io);
	io_push_stuck(io);
	if (io->held)
		io_feed_held(io);
	/* The pauses between writes begin when they are made: this turn may have been long. */
	conn_set_flush(&io->conns, clock_monotonic_ms());
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
	wait_ms = timer_list_wait(&io->pings, now_ms, wait_ms);
	wait_ms = timer_list_wait(&io->pongs, now_ms, wait_ms);
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
	conn_set_init(&io->conns, io->loop, &peer_conn_ops, config->output_max);
	delivery_init(&io->delivery, &io->conns);
	fifo_init(&io->stuck, sizeof(struct to_core));
	queue_init(&io->from_core, config->queue_slots, sizeof(struct to_io));
	queue_init(&io->to_core, config->queue_slots, sizeof(struct to_core));
	atomic_init(&io->core_waits, false);
	atomic_init(&io->io_waits, false);
	timer_list_init(&io->quiets, CHUNK_QUIET_MS, peer_on_quiet);
	timer_list_init(&io->unnamed, config->register_timeout_ms, peer_on_unnamed);
	timer_list_init(&io->rates, RATE_TICK_MS, peer_on_rate);
	timer_list_init(&io->pings, config->ping_interval_ms, peer_on_ping);
	timer_list_init(&io->pongs, config->ping_timeout_ms, peer_on_pong);
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
			io_release(io, io->by_slot[i]);
	conn_set_flush(&io->conns, io->now_ms);
	delivery_done(&io->delivery);
	conn_set_done(&io->conns);
	tls_config_unref(io->tls);
	queue_done(&io->from_core);
	queue_done(&io->to_core);
	buf_done(&io->rendered);
	free(io->by_slot);
	for (const struct to_core *stuck; (stuck = fifo_first(&io->stuck)); fifo_drop(&io->stuck))
		free(stuck->request);
	if (io->owns_loop)
		loop_free(io->loop);
}
