#include "protocols/dialog.h"

#include "base/buf.h"
#include "protocols/protocol.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void dialog_end(struct dialog *d, const struct request *r);

/* Asked by the connection itself, once it is gone. */
static const struct command command_gone = {
	.verb = "gone",
	.states = BIT(DIALOG_NAMING) | BIT(DIALOG_READY) | BIT(DIALOG_LEAVING),
	.run = dialog_end,
};

static const unsigned dialog_next[] = {
	[DIALOG_NAMING] = BIT(DIALOG_READY) | BIT(DIALOG_LEAVING),
	[DIALOG_READY] = BIT(DIALOG_LEAVING),
	[DIALOG_LEAVING] = 0,
};

void dialog_enter(struct dialog *d, enum dialog_state next)
{
	assert(dialog_next[d->state] & BIT(next));
	d->all->naming_count -= d->state == DIALOG_NAMING;
	d->state = (uint8_t)next;
}

struct dialog *dialog_open(struct dialogs *all, const struct protocol *p, conn_id conn,
			   const char *host, const struct address *peer)
{
	struct dialog *d = xcalloc(1, p->dialog_size);
	session_open(&d->session, all->chat, p->session_ops, conn, host);
	d->all = all;
	d->protocol = p;
	d->state = DIALOG_NAMING;
	memcpy(d->ip, peer->ip, sizeof(d->ip));
	all->naming_count++;
	d->why = TEXT_WHY_STOPPING; /* unless the connection is gone before the server is */
	if (p->opened)
		p->opened(d);
	return d;
}

/* ---- waiting ---- */

static void waiting_add(struct dialog *d)
{
	struct dialogs *all = d->all;
	if (d->waiting)
		return;
	d->waiting = true;
	d->prev_waiting = all->last_waiting;
	d->next_waiting = NULL;
	*(all->last_waiting ? &all->last_waiting->next_waiting : &all->first_waiting) = d;
	all->last_waiting = d;
}

static void waiting_remove(struct dialog *d)
{
	struct dialogs *all = d->all;
	if (!d->waiting)
		return;
	d->waiting = false;
	*(d->prev_waiting ? &d->prev_waiting->next_waiting : &all->first_waiting) = d->next_waiting;
	*(d->next_waiting ? &d->next_waiting->prev_waiting : &all->last_waiting) = d->prev_waiting;
}

static bool must_wait(struct dialog *d, const struct request *r)
{
	static const struct chat_need nothing;
	if (d->busy || d->ahead)
		return true;
	if (!(r->command->states & BIT(d->state)))
		return false;
	if (r->command->waits)
		return r->command->waits(d, r);
	return chat_must_wait(d->all->chat, &d->session, &nothing);
}

static void credit(struct dialog *d)
{
	if (++d->answered < REQUEST_WINDOW / 2 || d->gone)
		return;
	d->all->outlet.credit(d->all->outlet.ctx, d->session.conn, d->answered);
	d->answered = 0;
}

/* Its I/O thread lets nobody go whom an answer is owed: whether it is due is known only now. */
static void check_unnamed(struct dialog *d)
{
	if (d->state == DIALOG_NAMING && !d->busy && !d->gone)
		d->all->outlet.unnamed(d->all->outlet.ctx, d->session.conn);
}

/* d may be freed by then, if the request was its last. */
static void run(struct dialog *d, struct request *r)
{
	bool last = r->command == &command_gone;
	if (r->command->states & BIT(d->state))
		r->command->run(d, r);
	free(r);
	if (last)
		return;
	check_unnamed(d);
	credit(d);
}

static void run_waiting(struct dialog *d)
{
	const struct outlet *out = &d->all->outlet;
	while (d->first && !out->is_full(out->ctx) && !dialogs_are_done(d->all) &&
	       !must_wait(d, d->first)) {
		struct request *r = d->first;
		bool last = r->command == &command_gone;
		d->first = r->next;
		if (!d->first) {
			d->last = NULL;
			waiting_remove(d);
		}
		run(d, r);
		if (last)
			return;
	}
}

void dialog_ask(struct dialog *d, struct request *r)
{
	if (!d->first && !must_wait(d, r)) {
		run(d, r);
		return;
	}
	r->next = NULL;
	*(d->last ? &d->last->next : &d->first) = r;
	d->last = r;
	waiting_add(d);
}

void dialog_gone(struct dialog *d, enum text why)
{
	d->gone = true;
	d->why = (uint8_t)why;
	d->busy = d->ahead = false;
	d->all->chat->moves++; /* what waited for an answer to be read runs in this turn */
	dialog_ask(d, request_new(&command_gone, NULL, 0, false));
}

bool dialogs_are_done(const struct dialogs *all)
{
	return all->turn_bytes >= TURN_ANSWER_BYTES;
}

void dialog_made(struct dialog *d, size_t bytes)
{
	d->all->turn_bytes += bytes;
}

void dialogs_turn(struct dialogs *all)
{
	/* What runs may let others run: again until nothing moves. */
	while (dialogs_may_move(all)) {
		uint64_t moves = all->chat->moves;
		for (struct dialog *d = all->first_waiting, *next; d; d = next) {
			next = d->next_waiting;
			run_waiting(d);
		}
		/* Whoever was passed over for want of room, or time, is looked at again. */
		if (all->outlet.is_full(all->outlet.ctx) || dialogs_are_done(all))
			return;
		all->seen_moves = moves;
	}
}

bool dialogs_may_move(const struct dialogs *all)
{
	return all->first_waiting && all->seen_moves != all->chat->moves &&
	       !all->outlet.is_full(all->outlet.ctx);
}

bool dialog_can_wait(const struct dialog *d)
{
	return !d->gone;
}

void dialog_busy(struct dialog *d)
{
	assert(dialog_can_wait(d));
	d->busy = true;
}

bool dialog_check(struct dialog *d, const struct password_question *question)
{
	const struct passwords *p = &d->all->passwords;
	if (!dialog_can_wait(d) || !p->check(p->ctx, d->session.conn, question))
		return false;
	dialog_busy(d);
	return true;
}

void dialog_answered(struct dialog *d)
{
	d->busy = false;
	d->all->chat->moves++; /* what waited for the answer runs in this turn */
	check_unnamed(d);
}

void dialog_free(struct dialog *d)
{
	while (d->first) {
		struct request *r = d->first;
		d->first = r->next;
		free(r);
	}
	waiting_remove(d);
	d->all->naming_count -= d->state == DIALOG_NAMING;
	chat_leave(&d->session, text_of(d->all->lang, d->why));
	if (d->protocol->closed)
		d->protocol->closed(d);
	session_close(&d->session);
	free(d);
}

static void dialog_end(struct dialog *d, const struct request *r)
{
	struct dialogs *all = d->all;
	conn_id conn = d->session.conn;
	(void)r;
	assert(!d->first);
	dialog_free(d);
	all->outlet.release(all->outlet.ctx, conn);
}

/* ---- answering ---- */

/* Who asks without reading is not answered without end: past answer_max the rest waits until his
 * connection has taken most of it. */
static void dialog_count(struct dialog *d, size_t bytes)
{
	d->unsent += (uint32_t)bytes;
	d->all->turn_bytes += bytes;
	if (d->ahead || d->unsent <= d->all->answer_max / 2)
		return;
	d->ahead = true;
	d->all->outlet.when_low(d->all->outlet.ctx, d->session.conn);
}

void dialog_taken(struct dialog *d)
{
	d->unsent = 0;
	d->ahead = false;
	d->all->chat->moves++;
	if (d->protocol->taken)
		d->protocol->taken(d);
}

void dialog_close(struct dialog *d)
{
	d->all->outlet.close(d->all->outlet.ctx, d->session.conn);
	d->closed = true;
}

void dialog_say_bytes(struct dialog *d, const char *bytes, size_t len)
{
	if (d->gone || d->closed)
		return;
	d->all->outlet.bytes(d->all->outlet.ctx, d->session.conn, bytes, len, false);
	dialog_count(d, len);
}

void dialog_tell(struct dialog *d, struct event *const *events, size_t count, unsigned variant,
		 size_t bytes)
{
	if (d->gone || d->closed || count == 0)
		return;
	d->all->outlet.tell(d->all->outlet.ctx, d->session.conn, events, count, variant);
	dialog_count(d, bytes);
}

void dialog_say(struct dialog *d, enum text text, ...)
{
	va_list args, again;
	const char *fmt = text_of(d->all->lang, text);
	va_start(args, text);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	assert(len >= 0);
	char *bytes = xcalloc((size_t)len + 1, 1);
	vsnprintf(bytes, (size_t)len + 1, fmt, again);
	va_end(again);
	dialog_say_bytes(d, bytes, (size_t)len);
	free(bytes);
}

void dialog_say_alone(struct dialog *d, enum text text)
{
	const char *bytes = text_of(d->all->lang, text);
	d->all->outlet.bytes(d->all->outlet.ctx, d->session.conn, bytes, strlen(bytes), true);
}
