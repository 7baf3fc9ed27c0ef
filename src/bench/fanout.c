/* fanout.c: how much of what is said reaches how many, and at what price.
 *
 * Rooms of members, some of whom talk, each with a window of messages in flight. A message is done
 * when the last member of its room has it, and then its sender says the next: so the load is as high
 * as the server can bear, no buffer overflows at anyone who is slower than the others, and a server
 * needs no echo to be measured.
 *
 * A message is "SSSSSS NNNNNNNN xxx…": who sends it and the how many-th of his it is, in hex, and
 * padding. Every receiver knows which number comes next from each sender of its room. A higher one
 * means that those between are lost, and a lower one that it came twice, or late. */
#include "bench/crowd.h"
#include "bench/histogram.h"
#include "bench/probe.h"
#include "bench/workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 16 /* "SSSSSS NNNNNNNN " */
#define TEXT_BYTES_MAX 400
#define CLIENTS_MAX 100000

struct sender {
	struct client *client;
	uint32_t sent, done; /* messages; done: at all members */
	/* Of the messages in flight, by their number modulo the window: */
	unsigned *arrived; /* at how many members */
	int64_t *sent_ns;
};

struct fanout {
	const struct options *o;
	struct crowd *crowd;
	struct sender *senders; /* those of one room follow each other */
	unsigned sender_count;
	uint32_t *expected; /* the next number, by receiver and then by sender of its room */
	char padding[TEXT_BYTES_MAX];
	bool open;   /* what is heard counts; what comes before is an earlier run's */
	bool closed; /* nobody begins another message */
	bool stalled;
	uint64_t deliveries;
	uint64_t lost, doubled, damaged;
	struct histogram latency_us;
};

/* The moment between two phases. */
struct mark {
	int64_t ns;
	double cpu, own_cpu; /* seconds */
	uint64_t deliveries;
};

/* ---- saying ---- */

static bool sender_may(const struct fanout *f, const struct sender *s)
{
	return !f->closed && s->sent - s->done < f->o->window &&
	       (f->o->messages == 0 || s->sent < f->o->messages);
}

static void fanout_say(struct fanout *f, struct sender *s)
{
	char text[TEXT_BYTES_MAX + 1];
	unsigned slot = s->sent % f->o->window;
	snprintf(text, sizeof(text), "%06x %08x ", (unsigned)(s - f->senders), s->sent);
	memcpy(text + HEAD_BYTES, f->padding, f->o->bytes - HEAD_BYTES);
	s->arrived[slot] = 0;
	s->sent_ns[slot] = probe_now_ns();
	s->sent++;
	crowd_say(s->client, text, f->o->bytes);
}

/* ---- hearing ---- */

static void fanout_arrived(struct fanout *f, struct sender *s, uint32_t number)
{
	unsigned slot = number % f->o->window;
	if (++s->arrived[slot] < f->o->members - 1)
		return;
	s->done++; /* in order, since every member gets them in order */
	while (sender_may(f, s))
		fanout_say(f, s);
}

/* Reads digits hex digits. false: others are among them. */
static bool read_hex(const char *text, unsigned digits, uint32_t *ret)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < digits; i++) {
		char c = text[i];
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = value;
	return true;
}

/* Whose message it is, if it is word for word one that c has to get. NULL: it is not. */
static struct sender *fanout_recognize(struct fanout *f, struct client *c, const char *to,
				       size_t to_len, const char *text, size_t len,
				       uint32_t *ret_number)
{
	char room[CROWD_ROOM_NAME];
	uint32_t who;
	if (len != f->o->bytes || !read_hex(text, 6, &who) || text[6] != ' ' ||
	    !read_hex(text + 7, 8, ret_number) || text[15] != ' ' || who >= f->sender_count ||
	    memcmp(text + HEAD_BYTES, f->padding, len - HEAD_BYTES) != 0)
		return NULL;
	struct sender *s = &f->senders[who];
	unsigned in = c->number / f->o->members;
	if (*ret_number >= s->sent || s->client == c || s->client->number / f->o->members != in)
		return NULL;
	crowd_room_name(in, room);
	return strlen(room) == to_len && memcmp(room, to, to_len) == 0 ? s : NULL;
}

static void fanout_on_text(void *ctx, struct client *c, const char *to, size_t to_len,
			   const char *text, size_t text_len)
{
	struct fanout *f = ctx;
	uint32_t number;
	if (!f->open)
		return;
	struct sender *s = fanout_recognize(f, c, to, to_len, text, text_len, &number);
	if (!s) {
		f->damaged++;
		return;
	}
	size_t in_room = (size_t)(s - f->senders) % f->o->senders;
	uint32_t *expected = &f->expected[(size_t)c->number * f->o->senders + in_room];
	if (number < *expected) {
		f->doubled++;
		return;
	}
	int64_t took_ns = crowd_now_ns(f->crowd) - s->sent_ns[number % f->o->window];
	histogram_add(&f->latency_us, took_ns > 0 ? (uint64_t)took_ns / 1000 : 0);
	f->deliveries++;
	f->lost += number - *expected;
	/* Those that are lost count as arrived, or their sender would wait for ever. */
	for (uint32_t n = *expected; n <= number; n++) {
		*expected = n + 1;
		fanout_arrived(f, s, n);
	}
}

/* ---- the run ---- */

static bool fanout_is_done(const struct fanout *f)
{
	if (!f->closed && f->o->messages == 0)
		return false;
	for (unsigned i = 0; i < f->sender_count; i++)
		if (f->senders[i].done < f->senders[i].sent ||
		    (!f->closed && f->senders[i].sent < f->o->messages))
			return false;
	return true;
}

/* Goes on until all is said and heard, or for at most ms (0: without limit), or until nothing has
 * been heard for so long that nothing will be. */
static void fanout_go(struct fanout *f, unsigned ms)
{
	int64_t began_ns = probe_now_ns();
	int64_t heard_ns = began_ns;
	while (!f->stalled && !fanout_is_done(f) && crowd_is_whole(f->crowd, NULL)) {
		uint64_t before = f->deliveries;
		crowd_turn(f->crowd, 10);
		int64_t now_ns = probe_now_ns();
		if (f->deliveries != before)
			heard_ns = now_ns;
		f->stalled = now_ns - heard_ns > (int64_t)f->o->patience * 1000000000;
		if (ms > 0 && now_ns - began_ns >= (int64_t)ms * 1000000)
			break;
	}
}

static bool fanout_mark(const struct fanout *f, struct mark *m, struct err *err)
{
	*m = (struct mark){
		.ns = probe_now_ns(),
		.own_cpu = probe_own_cpu(),
		.deliveries = f->deliveries,
	};
	return f->o->pid == 0 || probe_cpu(f->o->pid, &m->cpu, err);
}

/* What was said and has not been heard by now never will be. */
static void fanout_count_lost(struct fanout *f)
{
	unsigned clients = f->o->rooms * f->o->members;
	for (unsigned c = 0; c < clients; c++)
		for (unsigned i = 0; i < f->o->senders; i++) {
			const struct sender *s = &f->senders[c / f->o->members * f->o->senders + i];
			if (s->client->number != c)
				f->lost += s->sent - f->expected[(size_t)c * f->o->senders + i];
		}
}

static void fanout_report(const struct fanout *f, struct report *r, const struct mark *from,
			  const struct mark *to)
{
	double seconds = (double)(to->ns - from->ns) / 1e9;
	double deliveries = (double)(to->deliveries - from->deliveries);
	double cpu = to->cpu - from->cpu;
	report_number(r, "seconds", seconds, "s");
	report_number(r, "deliveries", deliveries, "");
	report_number(r, "deliveries_per_s", deliveries / seconds, "per s");
	if (f->o->pid && deliveries > 0) {
		report_number(r, "cpu_s", cpu, "s, the server's");
		report_number(r, "cpu_us_per_delivery", cpu * 1e6 / deliveries, "us");
		report_number(r, "deliveries_per_cpu_s", cpu > 0 ? deliveries / cpu : 0, "");
		report_number(r, "cpu_percent", cpu * 100 / seconds, "%, the server's");
	}
	report_number(r, "load_cpu_percent", (to->own_cpu - from->own_cpu) * 100 / seconds,
		      "%, this program's");
	report_number(r, "latency_p50_us", (double)histogram_percentile(&f->latency_us, 50), "us");
	report_number(r, "latency_p90_us", (double)histogram_percentile(&f->latency_us, 90), "us");
	report_number(r, "latency_p99_us", (double)histogram_percentile(&f->latency_us, 99), "us");
	report_number(r, "latency_max_us", (double)histogram_percentile(&f->latency_us, 100), "us");
	report_number(r, "lost", (double)f->lost, "");
	report_number(r, "doubled", (double)f->doubled, "");
	report_number(r, "damaged", (double)f->damaged, "");
}

static bool fanout_measure(struct fanout *f, struct report *r, struct err *err)
{
	struct mark from, to;
	f->open = true;
	for (unsigned i = 0; i < f->sender_count; i++)
		while (sender_may(f, &f->senders[i]))
			fanout_say(f, &f->senders[i]);
	if (f->o->warmup_ms > 0)
		fanout_go(f, f->o->warmup_ms);
	f->latency_us = (struct histogram){ 0 };
	bool ok = fanout_mark(f, &from, err);
	fanout_go(f, f->o->seconds * 1000);
	ok = ok && fanout_mark(f, &to, err);
	f->closed = true;
	fanout_go(f, 0);
	/* A copy that comes behind the last message would be heard now. */
	bool settled = crowd_settle(f->crowd, err);
	fanout_count_lost(f);
	if (!ok)
		return false;
	fanout_report(f, r, &from, &to);
	if (f->lost || f->doubled || f->damaged)
		return err_set(err, ERR_IO, "deliveries lost: %ju, doubled: %ju, damaged: %ju",
			       (uintmax_t)f->lost, (uintmax_t)f->doubled, (uintmax_t)f->damaged);
	return settled && crowd_is_whole(f->crowd, err);
}

static void fanout_seat_senders(struct fanout *f)
{
	for (unsigned i = 0; i < f->sender_count; i++) {
		struct sender *s = &f->senders[i];
		unsigned room = i / f->o->senders, place = i % f->o->senders;
		s->client = crowd_client(f->crowd, room * f->o->members + place);
		s->arrived = xcalloc(f->o->window, sizeof(*s->arrived));
		s->sent_ns = xcalloc(f->o->window, sizeof(*s->sent_ns));
	}
	for (size_t i = 0; i < sizeof(f->padding); i++)
		f->padding[i] = (char)('a' + i % 26);
}

static bool fanout_check(const struct options *o, struct err *err)
{
	if (o->rooms * o->members > CLIENTS_MAX)
		return err_set(err, ERR_LIMIT, "that would be more than %d clients", CLIENTS_MAX);
	if (o->members < 2 || o->senders > o->members)
		return err_set(err, ERR_INVALID,
			       "a room needs two members, and its senders are members");
	if (o->bytes < HEAD_BYTES || o->bytes > TEXT_BYTES_MAX)
		return err_set(err, ERR_INVALID, "--bytes has to be from %d to %d", HEAD_BYTES,
			       TEXT_BYTES_MAX);
	return true;
}

bool fanout_run(const struct options *o, struct report *r, struct err *err)
{
	if (!fanout_check(o, err))
		return false;
	struct fanout *f = xcalloc(1, sizeof(*f));
	const struct crowd_options crowd_options = {
		.url = &o->url,
		.clients = o->rooms * o->members,
		.room_size = o->members,
		.at_once = o->at_once,
		.patience = o->patience,
		.on_text = fanout_on_text,
		.ctx = f,
	};
	f->o = o;
	f->sender_count = o->rooms * o->senders;
	f->senders = xcalloc(f->sender_count, sizeof(*f->senders));
	f->expected = xcalloc((size_t)crowd_options.clients * o->senders, sizeof(*f->expected));
	f->crowd = crowd_new(&crowd_options, err);
	bool ok = f->crowd && crowd_enter(f->crowd, crowd_options.clients, err) &&
		  crowd_settle(f->crowd, err);
	if (ok) {
		fanout_seat_senders(f);
		ok = fanout_measure(f, r, err);
	}
	crowd_free(f->crowd);
	for (unsigned i = 0; i < f->sender_count; i++) {
		free(f->senders[i].arrived);
		free(f->senders[i].sent_ns);
	}
	free(f->senders);
	free(f->expected);
	free(f);
	return ok;
}
