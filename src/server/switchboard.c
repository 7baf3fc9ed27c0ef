#include "server/switchboard.h"

#include "core/chat.h"
#include "protocols/irc/irc.h"
#include "server/peer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a connection of IRC costs that has joined one room and is silent, in bytes, with the 8 that
 * malloc adds to each piece and rounds to 16. Its owners say more; bench/run measures the sum.
 *
 *   I/O thread  176  conn: its place in the loop, a timer, no output, its seat in the room
 *               176  peer and wire: two timers, no input, what it may ask
 *                21  group_member: 16, in an array that doubles
 *                12  its place in by_slot: 8, doubling
 *   core        192  dialog, with its session: nothing asked, nothing answered
 *               144  user: two lists, two times, his flags
 *                48  nick, user name, host, real name, and how the nick compares: one piece
 *                64  member: of the room's list and of the user's
 *                75  tables: by nick, user and connection: 12 each, two thirds full at most
 *                24  switchboard_conn: 16, doubling
 *              ----
 *               932  and some for what malloc cannot use: about 970
 *
 * It owns no buffer, and no timer of its runs but the one that asks whether it is there. */
static_assert(sizeof(void *) != 8 || sizeof(struct conn) <= 168, "a piece of 176");
static_assert(sizeof(void *) != 8 || sizeof(struct peer) + sizeof(struct wire) <= 168, "of 176");
static_assert(sizeof(void *) != 8 || sizeof(struct irc_dialog) <= 184, "of 192");
static_assert(sizeof(void *) != 8 || sizeof(struct user) <= 136, "of 144");
static_assert(sizeof(void *) != 8 || sizeof(struct member) <= 56, "of 64");
static_assert(sizeof(struct group_member) <= 16 && sizeof(struct switchboard_conn) <= 16, "16");

static struct outbox *switchboard_outbox(struct switchboard *s, conn_id conn)
{
	return &s->outboxes[s->conns[conn_slot(conn)].io];
}

void switchboard_deliver(struct switchboard *s, struct event *e)
{
	for (size_t i = 0; i < s->io_count; i++) {
		const struct to_io item = { .kind = TO_IO_EVENT, .event = event_ref(e) };
		outbox_put(&s->outboxes[i], &item);
	}
}

void switchboard_put_member(struct switchboard *s, uint32_t room_slot, conn_id conn,
			    unsigned variant)
{
	const struct to_io item = { .kind = TO_IO_PUT,
				    .slot = room_slot,
				    .variant = variant,
				    .conn = conn };
	outbox_put(switchboard_outbox(s, conn), &item);
}

void switchboard_remove_member(struct switchboard *s, uint32_t room_slot, conn_id conn)
{
	const struct to_io item = { .kind = TO_IO_REMOVE, .slot = room_slot, .conn = conn };
	outbox_put(switchboard_outbox(s, conn), &item);
}

static void on_bytes(void *ctx, conn_id conn, const char *bytes, size_t len, bool alone)
{
	struct to_io item = { .kind = TO_IO_BYTES, .flag = alone, .conn = conn, .len = len };
	item.bytes = xcalloc(len + 1, 1);
	memcpy(item.bytes, bytes, len);
	outbox_put(switchboard_outbox(ctx, conn), &item);
}

static void on_tell(void *ctx, conn_id conn, struct event *const *events, size_t count,
		    unsigned variant)
{
	struct to_io item = { .kind = TO_IO_TELL, .variant = variant, .conn = conn };
	item.telling = xcalloc(1, sizeof(*item.telling) + count * sizeof(*events));
	item.telling->count = count;
	for (size_t i = 0; i < count; i++)
		item.telling->events[i] = event_ref(events[i]);
	outbox_put(switchboard_outbox(ctx, conn), &item);
}

static void on_credit(void *ctx, conn_id conn, unsigned count)
{
	const struct to_io item = { .kind = TO_IO_CREDIT, .conn = conn, .len = count };
	outbox_put(switchboard_outbox(ctx, conn), &item);
}

static void say(struct switchboard *s, conn_id conn, enum to_io_kind kind)
{
	const struct to_io item = { .kind = (uint8_t)kind, .conn = conn };
	outbox_put(switchboard_outbox(s, conn), &item);
}

static void on_entered(void *ctx, conn_id conn)
{
	say(ctx, conn, TO_IO_ENTERED);
}

static void on_unnamed(void *ctx, conn_id conn)
{
	say(ctx, conn, TO_IO_UNNAMED);
}

static void on_when_low(void *ctx, conn_id conn)
{
	say(ctx, conn, TO_IO_LOW);
}

static void on_close(void *ctx, conn_id conn)
{
	say(ctx, conn, TO_IO_CLOSE);
}

static void on_release(void *ctx, conn_id conn)
{
	struct switchboard *s = ctx;
	uint32_t slot = conn_slot(conn);
	say(s, conn, TO_IO_RELEASE);
	s->outboxes[s->conns[slot].io].conns--;
	s->conns[slot] = (struct switchboard_conn){
		.next_free = s->first_free,
		.generation = s->conns[slot].generation + 1,
		.free = true,
	};
	s->first_free = slot;
}

static bool on_is_full(void *ctx)
{
	return switchboard_is_overflowing(ctx);
}

struct outlet switchboard_outlet(struct switchboard *s)
{
	return (struct outlet){
		.ctx = s,
		.bytes = on_bytes,
		.tell = on_tell,
		.credit = on_credit,
		.entered = on_entered,
		.unnamed = on_unnamed,
		.when_low = on_when_low,
		.close = on_close,
		.release = on_release,
		.is_full = on_is_full,
	};
}

/* ---- connections ---- */

static uint32_t switchboard_take_slot(struct switchboard *s)
{
	uint32_t slot = s->first_free;
	if (slot != SLOT_NONE) {
		s->first_free = s->conns[slot].next_free;
		s->conns[slot].dialog = NULL;
		s->conns[slot].free = false;
		return slot;
	}
	if (s->conn_slots == s->conn_slots_size) {
		s->conn_slots_size = s->conn_slots_size ? s->conn_slots_size * 2 : 64;
		s->conns = xrealloc(s->conns, s->conn_slots_size, sizeof(*s->conns));
	}
	s->conns[s->conn_slots] = (struct switchboard_conn){ .generation = 1 };
	return (uint32_t)s->conn_slots++;
}

static size_t switchboard_least_busy(const struct switchboard *s)
{
	size_t best = 0;
	for (size_t i = 1; i < s->io_count; i++)
		if (s->outboxes[i].conns < s->outboxes[best].conns)
			best = i;
	return best;
}

conn_id switchboard_connect(struct switchboard *s, const struct protocol *p, int fd, bool exempt)
{
	size_t io = switchboard_least_busy(s);
	uint32_t slot = switchboard_take_slot(s);
	const struct to_io item = {
		.kind = TO_IO_CONN,
		.flag = exempt,
		.fd = fd,
		.conn = conn_id_of(slot, s->conns[slot].generation),
		.protocol = p,
	};
	s->conns[slot].io = (uint16_t)io;
	s->outboxes[io].conns++;
	outbox_put(&s->outboxes[io], &item);
	return item.conn;
}

struct switchboard_conn *switchboard_conn(struct switchboard *s, conn_id conn)
{
	uint32_t slot = conn_slot(conn);
	struct switchboard_conn *c = &s->conns[slot];
	return conn_id_of(slot, c->generation) == conn ? c : NULL;
}

/* ---- turns ---- */

bool switchboard_is_overflowing(const struct switchboard *s)
{
	for (size_t i = 0; i < s->io_count; i++)
		if (outbox_is_overflowing(&s->outboxes[i]))
			return true;
	return false;
}

bool switchboard_is_full(const struct switchboard *s)
{
	for (size_t i = 0; i < s->io_count; i++)
		if (outbox_is_full(&s->outboxes[i]))
			return true;
	return false;
}

void switchboard_push(struct switchboard *s)
{
	for (size_t i = 0; i < s->io_count; i++)
		outbox_push(&s->outboxes[i]);
}

void switchboard_wake(struct switchboard *s)
{
	for (size_t i = 0; i < s->io_count; i++)
		outbox_wake(&s->outboxes[i]);
}

void switchboard_set_tls(struct switchboard *s, struct tls_config *config)
{
	for (size_t i = 0; config && i < s->io_count; i++) {
		const struct to_io item = { .kind = TO_IO_TLS, .tls = tls_config_ref(config) };
		outbox_put(&s->outboxes[i], &item);
	}
}

void switchboard_tell_about(struct switchboard *s, const struct about *before)
{
	for (size_t i = 0; i < s->conn_slots; i++) {
		struct dialog *d = s->conns[i].free ? NULL : s->conns[i].dialog;
		if (d && d->protocol->about_changed)
			d->protocol->about_changed(d, before);
	}
}

void switchboard_stop(struct switchboard *s)
{
	for (size_t i = 0; i < s->io_count; i++)
		outbox_stop(&s->outboxes[i]);
	switchboard_wake(s);
}

/* ---- making and ending ---- */

bool switchboard_init(struct switchboard *s, size_t threads, const struct io_config *config,
		      struct err *err)
{
	size_t count = threads > 0 ? threads : 1;
	*s = (struct switchboard){ .first_free = SLOT_NONE };
	s->ios = xcalloc(count, sizeof(*s->ios));
	s->outboxes = xcalloc(count, sizeof(*s->outboxes));
	for (; s->io_count < count; s->io_count++) {
		struct io *io = &s->ios[s->io_count];
		if (!io_init(io, config, threads > 0 ? NULL : config->core_loop, err))
			return false;
		outbox_init(&s->outboxes[s->io_count], io);
	}
	return true;
}

bool switchboard_start(struct switchboard *s, struct err *err)
{
	for (size_t i = 0; i < s->io_count; i++)
		if (s->ios[i].owns_loop && !io_start(&s->ios[i], err))
			return false;
	return true;
}

void switchboard_done(struct switchboard *s)
{
	for (size_t i = 0; i < s->conn_slots; i++)
		if (!s->conns[i].free && s->conns[i].dialog)
			dialog_free(s->conns[i].dialog);
	for (size_t i = 0; i < s->io_count; i++) {
		io_done(&s->ios[i]);
		outbox_done(&s->outboxes[i]);
	}
	free(s->ios);
	free(s->outboxes);
	free(s->conns);
}
