#include "net/conn.h"

#include "base/text.h"
#include "net/group.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const unsigned conn_next[] = {
	[CONN_OPEN] = BIT(CONN_FINISHING) | BIT(CONN_CLOSED),
	[CONN_FINISHING] = BIT(CONN_LINGERING) | BIT(CONN_CLOSED),
	[CONN_LINGERING] = BIT(CONN_CLOSED),
	[CONN_CLOSED] = 0,
};

static void conn_enter(struct conn *c, enum conn_state next)
{
	assert(conn_next[c->state] & BIT(next));
	c->state = (uint8_t)next;
}

static void conn_watch(struct conn *c)
{
	unsigned events = 0;
	bool stuck = c->tls && c->want_write && tls_is_stuck(c->tls);
	bool reads = c->state == CONN_OPEN && !c->ended && !stuck && (!c->paused || c->greeting);
	if (reads || c->state == CONN_LINGERING)
		events |= LOOP_READ;
	if (c->want_write && !c->broken)
		events |= LOOP_WRITE;
	if (events == c->watched || c->unwatched)
		return;
	c->watched = (uint8_t)events;
	loop_mod(c->set->loop, c->fd, events, &c->watch);
}

static void conn_mark_dirty(struct conn *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	c->next = c->set->dirty;
	c->set->dirty = c;
}

static void conn_close(struct conn *c)
{
	conn_enter(c, CONN_CLOSED);
	if (!c->unwatched)
		loop_del(c->set->loop, c->fd);
	close(c->fd);
	c->fd = -1;
	timer_stop(&c->timer);
	output_clear(&c->output, &c->set->pool);
	if (c->pace)
		timer_stop(&c->pace->timer);
	conn_mark_dirty(c);
}

/* epoll tells of a broken socket again and again, asked or not: who may not be read is taken out. */
static void conn_unwatch(struct conn *c)
{
	if (c->unwatched)
		return;
	loop_del(c->set->loop, c->fd);
	c->unwatched = true;
}

/* It takes no more output. What it sent before it broke is still in the kernel, and is read as if
 * nothing had happened, for as long as a goodbye may take: someone who says a line and is gone has
 * said it, but nobody stays for an hour because he had sent so much. */
static void conn_break(struct conn *c)
{
	c->broken = c->state == CONN_OPEN;
	if (c->greeting)
		tls_fail(c->tls, "reset during the handshake");
	if (c->state != CONN_OPEN || c->ended || c->greeting) {
		conn_close(c);
		return;
	}
	output_clear(&c->output, &c->set->pool);
	timer_start(&c->set->goodbyes, &c->timer, c->set->now_ms);
	conn_watch(c);
	if (c->paused)
		conn_unwatch(c);
}

/* ---- the socket, and TLS before it ---- */

static ssize_t conn_receive(struct conn *c)
{
	/* Once its own end is said, the rest is thrown away, whatever it is. */
	if (c->tls && c->state != CONN_LINGERING)
		return tls_receive(c->tls, c->set->scratch, sizeof(c->set->scratch));
	return recv(c->fd, c->set->scratch, sizeof(c->set->scratch), 0);
}

/* As sendmsg(). With TLS all pieces are one record if the peer takes whole ones, TLS_RECORD_BYTES at
 * most. */
static ssize_t conn_transmit(struct conn *c, struct iovec *pieces, size_t count)
{
	const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
	size_t len = 0;
	if (!c->tls)
		return sendmsg(c->fd, &message, MSG_NOSIGNAL);
	for (size_t i = 0; i < count; i++) {
		memcpy(c->set->record + len, pieces[i].iov_base, pieces[i].iov_len);
		len += pieces[i].iov_len;
	}
	return tls_transmit(c->tls, c->set->record, len);
}

bool conn_has_output(const struct conn *c)
{
	bool open = c->state != CONN_CLOSED && !c->broken;
	return open && (c->output.bytes > 0 || (c->tls && tls_holds_output(c->tls)));
}

static void conn_handshake(struct conn *c)
{
	if (c->set->handshake_steps == 0)
		return; /* epoll says it again in the next turn, after everybody else had his */
	c->set->handshake_steps--;
	ssize_t done = tls_handshake(c->tls);
	if (done < 0 && errno != EAGAIN) {
		conn_close(c);
		return;
	}
	c->want_write = done < 0 && tls_wants_write(c->tls);
	if (done > 0) {
		c->greeting = false;
		timer_stop(&c->timer);
		conn_mark_dirty(c);
		if (c->set->ops->greeted)
			c->set->ops->greeted(c);
	}
	conn_watch(c);
}

static void conn_on_handshake_late(struct timer *t)
{
	struct conn *c = CONTAINER_OF(t, struct conn, timer);
	tls_fail(c->tls, "handshake took too long");
	conn_close(c);
}

bool conn_set_tls(struct conn *c, struct tls_config *config, struct err *err)
{
	c->tls = tls_new(config, c->fd, err);
	if (!c->tls)
		return false;
	c->greeting = true;
	c->want_write = tls_is_client(c->tls);
	timer_start(&c->set->handshakes, &c->timer, c->set->now_ms);
	conn_watch(c);
	return true;
}

const char *conn_tls_error(const struct conn *c)
{
	return c->tls ? tls_error(c->tls) : NULL;
}

bool conn_fingerprint(const struct conn *c, char text[TLS_PEER_FINGERPRINT_SIZE])
{
	return c->tls && tls_peer_fingerprint(c->tls, text);
}

/* ---- reading ---- */

static void conn_read(struct conn *c)
{
	ssize_t n = conn_receive(c);
	/* With TLS, what could not be written may have waited for what came now. */
	if (c->tls && conn_has_output(c))
		conn_mark_dirty(c);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (c->tls && tls_is_stuck(c->tls)) {
			c->want_write = true;
			conn_watch(c);
		}
		return;
	}
	if (c->state == CONN_LINGERING) {
		if (n <= 0)
			conn_close(c);
		return;
	}
	if (n > 0) {
		c->set->ops->bytes(c, c->set->scratch, (size_t)n);
		return;
	}
	c->ended = true;
	c->broken = c->broken || n < 0;
	if (c->broken) {
		conn_close(c);
		return;
	}
	conn_watch(c);
	c->set->ops->end(c);
}

static void conn_on_ready(struct watch *w, unsigned events)
{
	struct conn *c = CONTAINER_OF(w, struct conn, watch);
	/* The last turn may be long ago, and what is timed from here on begins now. */
	c->set->now_ms = loop_now(c->set->loop);
	if (c->state == CONN_CLOSED)
		return;
	if (events & LOOP_BROKEN && !c->broken) {
		conn_break(c);
		if (c->state == CONN_CLOSED || c->unwatched)
			return;
	}
	if (c->greeting) {
		conn_handshake(c);
		return;
	}
	if (events & LOOP_WRITE) {
		c->want_write = false;
		conn_mark_dirty(c);
	}
	if (events & (LOOP_READ | LOOP_BROKEN) && (c->watched & LOOP_READ))
		conn_read(c);
}

void conn_pause(struct conn *c)
{
	c->paused = true;
	if (c->state != CONN_OPEN)
		return;
	if (c->broken)
		conn_unwatch(c);
	else
		conn_watch(c);
}

void conn_resume(struct conn *c)
{
	c->paused = false;
	if (c->state != CONN_OPEN)
		return;
	if (c->unwatched) {
		c->unwatched = false;
		c->watched = LOOP_READ;
		if (!loop_add(c->set->loop, c->fd, LOOP_READ, &c->watch, NULL)) {
			c->unwatched = true;
			conn_close(c);
		}
		return;
	}
	conn_watch(c);
}

/* ---- writing ---- */

static void conn_queue(struct conn *c, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		struct range r;
		at += arena_add(&c->set->pool, &c->set->own, bytes + at, len - at, &r);
		output_add(&c->output, &c->set->pool, r);
	}
	conn_mark_dirty(c);
}

/* What may go in one write to someone who wants pauses: up to the next hold, between two characters. */
static size_t paced_pieces(struct conn *c, char buffer[CHUNK_WRITE_BYTES + 4], struct iovec *piece)
{
	struct iovec pieces[16];
	size_t allowed = c->output.bytes;
	if (c->pace->before_hold > 0 && c->pace->before_hold < allowed)
		allowed = c->pace->before_hold;
	size_t max = allowed < CHUNK_WRITE_BYTES + 4 ? allowed : CHUNK_WRITE_BYTES + 4;
	size_t count = output_pieces(&c->output, pieces, ARRAY_LEN(pieces), max);
	size_t len = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(buffer + len, pieces[i].iov_base, pieces[i].iov_len);
		len += pieces[i].iov_len;
	}
	if (len > CHUNK_WRITE_BYTES)
		len = utf8_cut(buffer, len, CHUNK_WRITE_BYTES);
	else if (len < allowed)
		len -= utf8_unfinished(buffer, len);
	*piece = (struct iovec){ buffer, len };
	return 1;
}

static void pace_wait(struct conn *c, struct timer_list *list)
{
	c->pace->holding = true;
	timer_start(list, &c->pace->timer, c->set->now_ms);
}

static void pace_sent(struct conn *c, size_t len)
{
	struct pace *p = c->pace;
	bool hold = p->before_hold > 0 && p->before_hold <= len;
	p->before_hold -= p->before_hold < len ? p->before_hold : len;
	pace_wait(c, hold ? &c->set->holds : &c->set->gaps);
}

static void pace_on_timer(struct timer *t)
{
	struct pace *p = CONTAINER_OF(t, struct pace, timer);
	p->holding = false;
	conn_mark_dirty(p->conn);
}

void conn_set_pace(struct conn *c)
{
	if (c->pace || c->state == CONN_CLOSED)
		return;
	c->pace = xcalloc(1, sizeof(*c->pace));
	c->pace->conn = c;
}

void conn_hold(struct conn *c)
{
	if (!c->pace || c->state == CONN_CLOSED)
		return;
	if (c->output.bytes > 0)
		c->pace->before_hold = c->output.bytes;
	else
		pace_wait(c, &c->set->holds);
}

static char last_byte(const struct iovec *pieces, size_t len)
{
	while (len > pieces->iov_len)
		len -= pieces++->iov_len;
	return ((const char *)pieces->iov_base)[len - 1];
}

/* One write. true: the kernel took all that was offered, and there is more to offer. */
static bool conn_write_some(struct conn *c)
{
	struct iovec pieces[WRITE_PIECES_MAX];
	char buffer[CHUNK_WRITE_BYTES + 4];
	size_t count = c->pace ? paced_pieces(c, buffer, pieces)
			       : output_pieces(&c->output, pieces, WRITE_PIECES_MAX,
					       c->tls ? TLS_RECORD_BYTES : KERNEL_OUTPUT_BYTES);
	size_t offered = 0;
	for (size_t i = 0; i < count; i++)
		offered += pieces[i].iov_len;
	ssize_t n = conn_transmit(c, pieces, count);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			c->want_write = !c->tls || tls_wants_write(c->tls);
		else
			conn_break(c);
		return false;
	}
	c->mid_line = n > 0 ? last_byte(pieces, (size_t)n) != '\n' : c->mid_line;
	output_sent(&c->output, &c->set->pool, (size_t)n);
	if (c->pace)
		pace_sent(c, (size_t)n);
	if (c->state == CONN_FINISHING)
		timer_start(&c->set->goodbyes, &c->timer, c->set->now_ms);
	c->want_write = (size_t)n < offered || (c->tls && tls_wants_write(c->tls));
	return !c->want_write && c->output.bytes > 0;
}

static void conn_say_end(struct conn *c)
{
	if (c->tls && !c->broken)
		tls_say_end(c->tls);
	shutdown(c->fd, SHUT_WR);
	if (c->ended) {
		conn_close(c);
		return;
	}
	conn_enter(c, CONN_LINGERING);
	timer_start(&c->set->goodbyes, &c->timer, c->set->now_ms);
	conn_watch(c);
}

static bool conn_may_write(const struct conn *c)
{
	return (c->state == CONN_OPEN || c->state == CONN_FINISHING) && !c->broken &&
	       !c->greeting && !c->want_write && !(c->pace && c->pace->holding);
}

static void conn_write(struct conn *c)
{
	while (conn_may_write(c) && conn_has_output(c))
		if (!conn_write_some(c))
			break;
}

/* A burst may be larger than the ceiling and its reader quick: he is slow only when he is behind
 * though the kernel was offered everything. From then on he gets nothing more. */
static void conn_check_ceiling(struct conn *c)
{
	if (c->output.bytes <= c->set->output_max)
		return;
	conn_write(c);
	c->slow = c->output.bytes > c->set->output_max;
}

bool conn_takes(const struct conn *c)
{
	return c->state == CONN_OPEN && !c->broken && !c->slow;
}

void conn_send_range(struct conn *c, struct range r)
{
	if (!conn_takes(c))
		return;
	output_add(&c->output, &c->set->pool, r);
	conn_mark_dirty(c);
	conn_check_ceiling(c);
}

void conn_send(struct conn *c, const char *bytes, size_t len)
{
	if (!conn_takes(c))
		return;
	conn_queue(c, bytes, len);
	conn_check_ceiling(c);
}

void conn_when_low(struct conn *c)
{
	c->ask_low = true;
	if (c->state != CONN_CLOSED)
		conn_mark_dirty(c);
}

static void conn_check_low(struct conn *c)
{
	if (!c->ask_low || c->output.bytes > c->set->output_max / 4)
		return;
	c->ask_low = false;
	c->set->ops->low(c);
}

static void conn_flush(struct conn *c)
{
	conn_write(c);
	conn_check_low(c);
	if (c->state == CONN_OPEN && c->slow) {
		c->set->ops->slow(c, c->output.bytes);
		return;
	}
	if (c->state == CONN_FINISHING && (!conn_has_output(c) || c->broken))
		conn_say_end(c);
	else if (c->state == CONN_OPEN || c->state == CONN_FINISHING)
		conn_watch(c);
}

/* ---- ending ---- */

static void conn_on_goodbye(struct timer *t)
{
	struct conn *c = CONTAINER_OF(t, struct conn, timer);
	conn_close(c);
}

void conn_finish(struct conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	/* Before its handshake is done, nothing can be said. */
	if (c->broken || c->greeting) {
		conn_close(c);
		return;
	}
	conn_enter(c, CONN_FINISHING);
	timer_start(&c->set->goodbyes, &c->timer, c->set->now_ms);
	conn_watch(c);
	conn_mark_dirty(c);
}

void conn_drop(struct conn *c, const char *last_words, size_t len)
{
	if (c->state != CONN_OPEN)
		return;
	bool line_ends = true;
	if (c->mid_line)
		line_ends = output_keep_line(&c->output, &c->set->pool);
	else
		output_clear(&c->output, &c->set->pool);
	if (!line_ends && len > 0)
		conn_queue(c, "\n", 1);
	conn_queue(c, last_words, len);
	if (c->pace)
		c->pace->before_hold = 0;
	conn_finish(c);
}

/* ---- making and freeing ---- */

struct conn *conn_new(struct conn_set *set, int fd, void *owner, struct err *err)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	c->watch.ready = conn_on_ready;
	c->set = set;
	c->owner = owner;
	c->fd = fd;
	c->watched = LOOP_READ;
	c->stamp = set->stamp;
	if (!loop_add(set->loop, fd, LOOP_READ, &c->watch, err)) {
		close(fd);
		free(c);
		return NULL;
	}
	return c;
}

static void list_forget(struct conn **list, const struct conn *c)
{
	while (*list && *list != c)
		list = &(*list)->next;
	if (*list)
		*list = c->next;
}

void conn_free(struct conn *c)
{
	if (!c)
		return;
	if (c->state != CONN_CLOSED)
		conn_close(c);
	/* Nobody is told any more: the owner knows. */
	list_forget(c->dirty ? &c->set->dirty : &c->set->closed, c);
	group_leave_all(c);
	tls_free(c->tls);
	free(c->pace);
	free(c);
}

/* ---- the set ---- */

void conn_set_init(struct conn_set *set, struct loop *loop, const struct conn_ops *ops,
		   size_t output_max)
{
	*set = (struct conn_set){
		.ops = ops,
		.loop = loop,
		.output_max = output_max,
		.handshake_steps = HANDSHAKES_PER_TURN,
	};
	timer_list_init(&set->handshakes, TLS_HANDSHAKE_MS, conn_on_handshake_late);
	timer_list_init(&set->goodbyes, GOODBYE_MS, conn_on_goodbye);
	timer_list_init(&set->holds, CHUNK_HOLD_MS, pace_on_timer);
	timer_list_init(&set->gaps, CHUNK_GAP_MS, pace_on_timer);
}

void conn_set_done(struct conn_set *set)
{
	assert(!set->dirty && !set->closed);
	group_flushed(set);
	if (set->own)
		chunk_unref(&set->pool, set->own);
	arena_pool_done(&set->pool);
	buf_done(&set->rendered);
}

void conn_set_flush(struct conn_set *set, int64_t now_ms)
{
	set->now_ms = now_ms;
	set->handshake_steps = HANDSHAKES_PER_TURN;
	while (set->dirty) {
		struct conn *c = set->dirty;
		set->dirty = c->next;
		c->dirty = false;
		if (c->state == CONN_CLOSED) {
			c->next = set->closed;
			set->closed = c;
		} else {
			conn_flush(c);
		}
	}
	group_flushed(set);
	if (set->own && set->own->refs == 1) {
		chunk_unref(&set->pool, set->own);
		set->own = NULL;
	}
	while (set->closed) {
		struct conn *c = set->closed;
		set->closed = c->next;
		c->set->ops->gone(c);
	}
}

void conn_set_timers(struct conn_set *set, int64_t now_ms)
{
	set->now_ms = now_ms;
	timer_list_run(&set->handshakes, now_ms);
	timer_list_run(&set->goodbyes, now_ms);
	timer_list_run(&set->holds, now_ms);
	timer_list_run(&set->gaps, now_ms);
}

int conn_set_wait(const struct conn_set *set, int64_t now_ms, int wait_ms)
{
	if (set->dirty || set->closed)
		return 0;
	wait_ms = timer_list_wait(&set->handshakes, now_ms, wait_ms);
	wait_ms = timer_list_wait(&set->goodbyes, now_ms, wait_ms);
	wait_ms = timer_list_wait(&set->holds, now_ms, wait_ms);
	return timer_list_wait(&set->gaps, now_ms, wait_ms);
}
