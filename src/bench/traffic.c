#include "bench/traffic.h"

#include "bench/parcel.h"

#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX 100000
#define COUNTERS_MAX (64u << 20) /* receivers, times senders of their room */
#define SLOTS_MAX (16u << 20)    /* senders, times messages in flight */
#define WINDOW_CLOSED 32
#define PACED_IN_FLIGHT (1u << 20) /* of all senders together, where --window does not say */

struct sender {
	struct client *client;
	char room[CROWD_ROOM_NAME];
	uint32_t sent, done; /* messages; done: at all members */
	/* Of the messages in flight, by their number modulo the window: */
	unsigned *arrived; /* at how many members */
	int64_t *due_ns;   /* when it had to be said */
};

struct traffic {
	struct traffic_options options;
	const struct options *o;
	struct crowd *crowd;
	struct sender *senders; /* those of one room follow each other */
	unsigned sender_count, window, room_size;
	unsigned readers, clients; /* clients: with the guests */
	unsigned copies;           /* of a message that make it done */
	uint32_t *expected;        /* the next number, by receiver and then by sender of its room */
	bool open;                 /* what is heard counts; what comes before is an earlier run's */
	bool closed;               /* nobody begins another message */
	bool stalled;
	int64_t began_ns;
	uint64_t said, deliveries, in_flight;
	uint64_t lost, doubled, damaged;
	uint32_t behind_max; /* messages of one sender in flight */
	struct histogram latency_us, echo_us;
	struct span span;
	uint64_t from_done, from_deliveries, to_done, to_deliveries;
};

/* ---- saying ---- */

static void traffic_say(struct traffic *t, struct sender *s, int64_t due_ns)
{
	char text[PARCEL_BYTES_MAX];
	unsigned slot = s->sent % t->window;
	parcel_write(text, t->o->bytes, (uint32_t)(s - t->senders), s->sent);
	s->arrived[slot] = 0;
	s->due_ns[slot] = due_ns;
	s->sent++;
	t->said++;
	t->in_flight++;
	if (s->sent - s->done > t->behind_max)
		t->behind_max = s->sent - s->done;
	crowd_say(s->client, text, t->o->bytes);
}

/* The closed loop: all that the window has room for. */
static void sender_go_on(struct traffic *t, struct sender *s)
{
	if (t->o->rate > 0 || t->closed)
		return;
	while (s->sent - s->done < t->window && (t->o->messages == 0 || s->sent < t->o->messages))
		traffic_say(t, s, probe_now_ns());
}

/* The open loop: all that is due, by the senders in turn. Returns when the next is. */
static int64_t traffic_say_due(struct traffic *t, int64_t now_ns)
{
	while (!t->closed && t->o->rate > 0 && t->sender_count > 0) {
		int64_t due_ns = t->began_ns + (int64_t)(t->said * 1000000000 / t->o->rate);
		struct sender *s = &t->senders[t->said % t->sender_count];
		if (t->o->messages > 0 && s->sent >= t->o->messages)
			break;
		if (due_ns > now_ns)
			return due_ns;
		if (s->sent - s->done >= t->window) {
			crowd_complain(t->crowd, "the server fell %u messages behind a sender",
				       t->window);
			break;
		}
		traffic_say(t, s, due_ns);
	}
	return INT64_MAX;
}

/* ---- hearing ---- */

static void traffic_arrived(struct traffic *t, struct sender *s, uint32_t number)
{
	if (++s->arrived[number % t->window] < t->copies)
		return;
	s->done++; /* in order, since every member gets them in order */
	t->in_flight--;
	sender_go_on(t, s);
}

/* Whose message it is, if it is word for word one that c has to get. NULL: it is not. */
static struct sender *traffic_recognize(struct traffic *t, const struct client *c, struct piece to,
					struct piece text, uint32_t *ret_number)
{
	uint32_t who;
	if (!parcel_read(text, t->o->bytes, &who, ret_number) || who >= t->sender_count)
		return NULL;
	struct sender *s = &t->senders[who];
	if (*ret_number >= s->sent || s->client->number / t->room_size != c->number / t->room_size)
		return NULL;
	if (s->client == c && !t->o->echo)
		return NULL;
	return piece_is(to, s->room) ? s : NULL;
}

static uint32_t *traffic_expected(struct traffic *t, const struct client *c, const struct sender *s)
{
	size_t in_room = (size_t)(s - t->senders) % t->o->senders;
	return &t->expected[(size_t)c->number * t->o->senders + in_room];
}

/* The message came that c expects of s, or a later one. */
static void traffic_take(struct traffic *t, const struct client *c, struct sender *s,
			 uint32_t number)
{
	uint32_t *expected = traffic_expected(t, c, s);
	t->lost += number - *expected;
	if (c->number >= t->readers) {
		*expected = number + 1;
		return;
	}
	histogram_add_ns(s->client == c ? &t->echo_us : &t->latency_us,
			 crowd_now_ns(t->crowd) - s->due_ns[number % t->window]);
	t->deliveries++;
	/* Those that are lost count as arrived, or their sender would wait for ever. */
	for (uint32_t n = *expected; n <= number; n++) {
		*expected = n + 1;
		traffic_arrived(t, s, n);
	}
}

static void traffic_on_text(void *ctx, struct client *c, const struct heard *h, struct piece to,
			    struct piece text)
{
	struct traffic *t = ctx;
	const struct aside *aside = &t->options.aside;
	uint32_t number;
	if (aside->batched && heard_tag(h, "batch").len > 0) {
		aside->batched(aside->ctx, c, h, text);
		return;
	}
	if (!t->open)
		return;
	struct sender *s = traffic_recognize(t, c, to, text, &number);
	if (!s)
		t->damaged++;
	else if (number < *traffic_expected(t, c, s))
		t->doubled++;
	else
		traffic_take(t, c, s, number);
}

static void traffic_on_batch(void *ctx, struct client *c, struct piece args)
{
	struct traffic *t = ctx;
	if (t->options.aside.batch)
		t->options.aside.batch(t->options.aside.ctx, c, args);
}

static const struct crowd_ops traffic_ops = {
	.text = traffic_on_text,
	.batch = traffic_on_batch,
};

/* ---- the run ---- */

static bool traffic_is_done(const struct traffic *t)
{
	if (!t->closed && t->o->messages == 0)
		return false;
	for (unsigned i = 0; i < t->sender_count; i++)
		if (t->senders[i].done < t->senders[i].sent ||
		    (!t->closed && t->senders[i].sent < t->o->messages))
			return false;
	return true;
}

/* Says what is due, and waits until there is more to do, until end_ns at the latest. */
static void traffic_turn(struct traffic *t, int64_t end_ns)
{
	int64_t now_ns = probe_now_ns();
	int64_t until_ns = end_ns, due_ns = traffic_say_due(t, now_ns);
	if (due_ns < until_ns)
		until_ns = due_ns;
	if (t->options.aside.turn && !t->closed) {
		due_ns = t->options.aside.turn(t->options.aside.ctx, now_ns);
		if (due_ns < until_ns)
			until_ns = due_ns;
	}
	crowd_turn(t->crowd, until_ns);
}

/* Goes on until all is said and heard, or until end_ns, or until nothing has been heard for so long
 * that nothing will be. */
static void traffic_go(struct traffic *t, int64_t end_ns)
{
	int64_t now_ns = probe_now_ns();
	int64_t heard_ns = now_ns;
	while (!t->stalled && now_ns < end_ns && !traffic_is_done(t) &&
	       crowd_is_whole(t->crowd, NULL)) {
		uint64_t before = t->deliveries;
		traffic_turn(t, end_ns);
		now_ns = probe_now_ns();
		if (t->deliveries != before || t->in_flight == 0)
			heard_ns = now_ns;
		t->stalled = now_ns - heard_ns > (int64_t)t->o->patience * 1000000000;
	}
}

/* What the clients from first on were to hear and have not heard by now, they never will. */
static void traffic_count_lost(struct traffic *t, unsigned first, unsigned end)
{
	for (unsigned c = first; c < end; c++) {
		const struct client *client = crowd_client(t->crowd, c);
		if (client->expendable && !client->conn)
			continue;
		for (unsigned i = 0; i < t->o->senders; i++) {
			struct sender *s = &t->senders[c / t->room_size * t->o->senders + i];
			if (s->client != client || t->o->echo)
				t->lost += s->sent - *traffic_expected(t, client, s);
		}
	}
}

/* A copy that comes behind the last message is heard now. */
static void traffic_settle(struct traffic *t)
{
	struct err err = { 0 };
	if (!crowd_settle(t->crowd, &err))
		crowd_complain(t->crowd, "%s", err.text);
}

bool traffic_measure(struct traffic *t, struct err *err)
{
	int64_t now_ns = probe_now_ns();
	crowd_phase(t->crowd, "warming up");
	t->began_ns = now_ns;
	t->open = true;
	for (unsigned i = 0; i < t->sender_count; i++)
		sender_go_on(t, &t->senders[i]);
	if (t->o->warmup_ms > 0)
		traffic_go(t, now_ns + (int64_t)t->o->warmup_ms * 1000000);
	crowd_phase(t->crowd, "measuring");
	t->latency_us = t->echo_us = (struct histogram){ 0 };
	t->from_done = t->said - t->in_flight;
	t->from_deliveries = t->deliveries;
	bool ok = probe_mark(&t->span.from, t->o->pid, err);
	traffic_go(t, t->span.from.ns + (int64_t)t->o->seconds * 1000000000);
	ok = ok && probe_mark(&t->span.to, t->o->pid, err);
	t->to_done = t->said - t->in_flight;
	t->to_deliveries = t->deliveries;
	crowd_phase(t->crowd, "waiting for the rest");
	t->closed = true;
	traffic_go(t, INT64_MAX);
	traffic_settle(t);
	traffic_count_lost(t, 0, t->readers);
	return ok;
}

void traffic_stop(struct traffic *t)
{
	t->closed = true;
}

void traffic_finish_guests(struct traffic *t)
{
	traffic_settle(t);
	traffic_count_lost(t, t->readers, t->clients);
}

/* ---- what came of it ---- */

const struct span *traffic_span(const struct traffic *t)
{
	return &t->span;
}

const struct histogram *traffic_latency(const struct traffic *t)
{
	return &t->latency_us;
}

static void traffic_report_server(const struct traffic *t, struct report *r, double seconds,
				  double messages, double deliveries)
{
	double cpu = span_cpu(&t->span);
	report_number(r, "cpu_s", cpu, "s, the server's");
	report_number(r, "cpu_us_per_delivery", cpu * 1e6 / deliveries, "us");
	if (messages > 0)
		report_number(r, "cpu_us_per_message", cpu * 1e6 / messages, "us");
	report_number(r, "deliveries_per_cpu_s", cpu > 0 ? deliveries / cpu : 0, "");
	report_number(r, "cpu_percent", cpu * 100 / seconds, "%, the server's");
}

void traffic_report(const struct traffic *t, struct report *r)
{
	double seconds = span_seconds(&t->span);
	double messages = (double)(t->to_done - t->from_done);
	double deliveries = (double)(t->to_deliveries - t->from_deliveries);
	report_number(r, "seconds", seconds, "s");
	report_number(r, "messages", messages, "");
	report_number(r, "messages_per_s", messages / seconds, "per s");
	report_number(r, "deliveries", deliveries, "");
	report_number(r, "deliveries_per_s", deliveries / seconds, "per s");
	if (t->o->pid && deliveries > 0)
		traffic_report_server(t, r, seconds, messages, deliveries);
	report_percentiles(r, "latency", &t->latency_us);
	if (t->o->echo)
		report_percentiles(r, "echo", &t->echo_us);
	if (t->o->rate > 0)
		report_number(r, "behind_max", t->behind_max, "messages of a sender");
	report_number(r, "lost", (double)t->lost, "");
	report_number(r, "doubled", (double)t->doubled, "");
	report_number(r, "damaged", (double)t->damaged, "");
}

void traffic_report_end(const struct traffic *t, struct report *r)
{
	report_ceiling(r, (double)(t->to_deliveries - t->from_deliveries), &t->span);
}

bool traffic_is_right(const struct traffic *t, struct err *err)
{
	if (!crowd_is_whole(t->crowd, err))
		return false;
	if (t->lost || t->doubled || t->damaged)
		return err_set(err, ERR_IO, "deliveries lost: %ju, doubled: %ju, damaged: %ju",
			       (uintmax_t)t->lost, (uintmax_t)t->doubled, (uintmax_t)t->damaged);
	return true;
}

/* ---- its parts ---- */

static bool traffic_check(const struct traffic *t, struct err *err)
{
	const struct options *o = t->o;
	if (t->clients > CLIENTS_MAX)
		return err_set(err, ERR_LIMIT, "that would be more than %d clients", CLIENTS_MAX);
	if (o->room[0] && o->rooms > 1)
		return err_set(err, ERR_INVALID, "--room names one room, and --rooms wants more");
	if (o->members < 2 || o->senders > o->members)
		return err_set(err, ERR_INVALID,
			       "a room needs two members, and its senders are members");
	if ((uint64_t)t->clients * o->senders > COUNTERS_MAX ||
	    (uint64_t)t->sender_count * t->window > SLOTS_MAX)
		return err_set(err, ERR_LIMIT, "that is more to remember than the %u MB there are",
			       (unsigned)((COUNTERS_MAX * sizeof(uint32_t) +
					   SLOTS_MAX * (sizeof(unsigned) + sizeof(int64_t))) >>
					  20));
	return true;
}

static void traffic_seat_senders(struct traffic *t)
{
	for (unsigned i = 0; i < t->sender_count; i++) {
		struct sender *s = &t->senders[i];
		unsigned room = i / t->o->senders, place = i % t->o->senders;
		s->client = crowd_client(t->crowd, room * t->room_size + place);
		s->client->caps = t->o->echo ? "echo-message" : NULL;
		crowd_room_name(t->crowd, room, s->room);
		s->arrived = xcalloc(t->window, sizeof(*s->arrived));
		s->due_ns = xcalloc(t->window, sizeof(*s->due_ns));
	}
}

static bool traffic_build(struct traffic *t, struct err *err)
{
	const struct crowd_options crowd_options = {
		.url = &t->o->url,
		.room = t->o->room[0] ? t->o->room : NULL,
		.clients = t->clients,
		.room_size = t->room_size,
		.at_once = t->o->at_once,
		.patience = t->o->patience,
		.ops = &traffic_ops,
		.ctx = t,
	};
	if (!traffic_check(t, err))
		return false;
	t->crowd = crowd_new(&crowd_options, err);
	if (!t->crowd)
		return false;
	t->senders = xcalloc(t->sender_count, sizeof(*t->senders));
	t->expected = xcalloc((size_t)t->clients * t->o->senders, sizeof(*t->expected));
	traffic_seat_senders(t);
	return true;
}

static unsigned traffic_window(const struct traffic *t)
{
	if (t->o->window > 0)
		return t->o->window;
	if (t->o->rate == 0)
		return WINDOW_CLOSED;
	return t->sender_count <= PACED_IN_FLIGHT ? PACED_IN_FLIGHT / t->sender_count : 1;
}

struct traffic *traffic_new(const struct traffic_options *options, struct err *err)
{
	struct traffic *t = xcalloc(1, sizeof(*t));
	const struct options *o = options->o;
	t->options = *options;
	t->o = o;
	t->sender_count = o->rooms * o->senders;
	t->window = traffic_window(t);
	t->readers = o->rooms * o->members;
	t->clients = t->readers + options->guests;
	t->room_size = o->members + options->guests;
	t->copies = o->members - 1 + o->echo;
	if (traffic_build(t, err))
		return t;
	traffic_free(t);
	return NULL;
}

void traffic_free(struct traffic *t)
{
	if (!t)
		return;
	crowd_free(t->crowd);
	for (unsigned i = 0; t->senders && i < t->sender_count; i++) {
		free(t->senders[i].arrived);
		free(t->senders[i].due_ns);
	}
	free(t->senders);
	free(t->expected);
	free(t);
}

struct crowd *traffic_crowd(struct traffic *t)
{
	return t->crowd;
}

struct client *traffic_guest(struct traffic *t, unsigned i)
{
	return crowd_client(t->crowd, t->readers + i);
}

bool traffic_enter(struct traffic *t, struct err *err)
{
	return crowd_enter(t->crowd, t->clients, err) && crowd_settle(t->crowd, err);
}
