/* history.c: how long it takes to be told what was said before.
 *
 * Clients in one room ask CHATHISTORY LATEST, each again when he has his answer, while one more member
 * may be talking (--rate). See https://ircv3.net/specs/extensions/chathistory and batch. Every answer
 * has to be whole and in order: never fewer messages than before, none earlier than the one above it,
 * no gap between ours, and word for word the same if nobody talks.
 *
 * With --from-s and --to-s they ask BEFORE moments all over that time instead, so that hardly any
 * answer was in anybody's memory a moment ago. It has to be as long as was asked for, and all of it
 * from before.
 *
 * The very first question, of one client alone, is reported by itself: after a restart, it is the one
 * that finds nothing read yet. */
#include "bench/parcel.h"
#include "bench/traffic.h"
#include "bench/workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CAPS "batch draft/chathistory message-tags server-time"
#define FILLER 0xffffff /* the sender of what is said before anything is measured */
#define FILL_AT_ONCE 20
#define WINDOW_MAX 64
#define TIME_SIZE 32
#define STRIDE                                                                                     \
	2654435761u /* from moment to moment, modulo the time there is: 2^32 / golden ratio */
#define REFERENCE_SIZE 64

struct answer {
	unsigned messages;
	uint64_t hash;             /* of their texts */
	char last_time[TIME_SIZE]; /* ISO 8601, which can be compared as text */
	bool has_number;           /* its last message is one of ours */
	uint32_t number;
};

struct asker {
	struct client *client;
	uint32_t asked, answered;
	int64_t asked_ns[WINDOW_MAX]; /* by number, modulo the window */
	char before[WINDOW_MAX]
		   [TIME_SIZE];     /* likewise, in ISO 8601: what was asked for; "": the latest */
	char batch[REFERENCE_SIZE]; /* that is coming in; "": none */
	struct answer now;          /* what has come of it */
	unsigned least;             /* messages that an answer has to have by now */
};

struct history {
	const struct options *o;
	struct options traffic_o; /* of the one who talks */
	struct traffic *traffic;
	struct asker *askers; /* o->clients; their clients are numbered from 1 on */
	char room[CROWD_ROOM_NAME];
	int64_t measured_ns;     /* questions from then on count; 0: not begun */
	int64_t first_ns;        /* what the first took; 0: not answered */
	uint64_t moments;        /* asked for */
	struct answer reference; /* what there was before */
	struct histogram took_us;
	uint64_t answers; /* in the measured time */
};

/* ---- asking ---- */

static bool history_is_spread(const struct history *h)
{
	return h->o->from_s > 0;
}

/* The next moment: all over the time, and never in the neighbourhood of the last one. */
static void history_moment(struct history *h, char text[TIME_SIZE])
{
	struct tm utc;
	uint64_t step = ++h->moments * STRIDE % (h->o->to_s - h->o->from_s);
	time_t moment = (time_t)(h->o->from_s + step);
	gmtime_r(&moment, &utc);
	strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S.000Z", &utc);
}

static void asker_ask(struct history *h, struct asker *a)
{
	char line[CROWD_ROOM_NAME + TIME_SIZE + 64], *before = a->before[a->asked % WINDOW_MAX];
	if (history_is_spread(h)) {
		history_moment(h, before);
		snprintf(line, sizeof(line), "CHATHISTORY BEFORE %s timestamp=%s %u", h->room,
			 before, h->o->limit);
	} else {
		snprintf(line, sizeof(line), "CHATHISTORY LATEST %s * %u", h->room, h->o->limit);
	}
	a->asked_ns[a->asked % WINDOW_MAX] = probe_now_ns();
	a->asked++;
	crowd_ask(a->client, line);
}

static int64_t history_turn(void *ctx, int64_t now_ns)
{
	struct history *h = ctx;
	int64_t patience_ns = (int64_t)h->o->patience * 1000000000;
	if (h->measured_ns == 0)
		h->measured_ns = now_ns + (int64_t)h->o->warmup_ms * 1000000;
	h->answers = h->took_us.total;
	for (unsigned i = 0; i < h->o->clients; i++) {
		struct asker *a = &h->askers[i];
		while (a->asked - a->answered < h->o->window)
			asker_ask(h, a);
		if (now_ns - a->asked_ns[a->answered % WINDOW_MAX] > patience_ns)
			crowd_complain(traffic_crowd(h->traffic),
				       "CHATHISTORY got no answer in %u s", h->o->patience);
	}
	return INT64_MAX;
}

/* ---- answers ---- */

/* NULL: it is the one who talks. */
static struct asker *history_asker(struct history *h, const struct client *c)
{
	return c->number > 0 ? &h->askers[c->number - 1] : NULL;
}

static void answer_add_text(struct answer *answer, struct piece text)
{
	for (size_t i = 0; i < text.len; i++) /* FNV-1a */
		answer->hash = (answer->hash ^ (unsigned char)text.at[i]) * 0x100000001b3;
	answer->hash = (answer->hash ^ '\n') * 0x100000001b3;
	answer->messages++;
}

static bool answer_keeps_time(struct answer *answer, struct piece at)
{
	char text[TIME_SIZE];
	snprintf(text, sizeof(text), "%.*s", (int)at.len, at.at);
	if (at.len == 0 || strcmp(text, answer->last_time) < 0)
		return false;
	memcpy(answer->last_time, text, sizeof(text));
	return true;
}

/* Ours count up, from 0 in each run. */
static bool answer_keeps_count(struct answer *answer, struct piece text, unsigned bytes)
{
	uint32_t sender, number, before = answer->number;
	bool had_number = answer->has_number;
	answer->has_number = parcel_read(text, bytes, &sender, &number);
	if (!answer->has_number)
		return true;
	answer->number = number;
	return !had_number || number == before + 1 || number == 0;
}

static void history_on_batched(void *ctx, struct client *c, const struct heard *line,
			       struct piece text)
{
	struct history *h = ctx;
	struct asker *a = history_asker(h, c);
	if (!a || !piece_is(heard_tag(line, "batch"), a->batch)) {
		crowd_complain(c->crowd, "a message came in a batch that has not begun");
		return;
	}
	answer_add_text(&a->now, text);
	if (!answer_keeps_time(&a->now, heard_tag(line, "time")) ||
	    !answer_keeps_count(&a->now, text, h->o->bytes))
		crowd_complain(c->crowd, "message %u of an answer is not the one after %u",
			       a->now.messages, a->now.messages - 1);
}

static void asker_check(const struct history *h, const struct asker *a)
{
	bool same = h->o->rate > 0 || history_is_spread(h) || h->reference.messages == 0 ||
		    h->reference.hash == a->now.hash;
	const char *before = a->before[a->answered % WINDOW_MAX];
	if (a->answered == a->asked)
		crowd_complain(a->client->crowd, "an answer came that nobody had asked for");
	else if (a->now.messages < a->least || a->now.messages > h->o->limit)
		crowd_complain(a->client->crowd, "an answer has %u messages, not %u to %u",
			       a->now.messages, a->least, h->o->limit);
	else if (before[0] && strcmp(a->now.last_time, before) >= 0)
		crowd_complain(a->client->crowd, "what was said at %s is not before %s",
			       a->now.last_time, before);
	else if (!same)
		crowd_complain(a->client->crowd, "an answer has other words than the first");
}

static void asker_take(struct history *h, struct asker *a)
{
	asker_check(h, a);
	int64_t asked_ns = a->asked_ns[a->answered++ % WINDOW_MAX];
	if (h->first_ns == 0)
		h->first_ns = crowd_now_ns(a->client->crowd) - asked_ns;
	if (h->measured_ns > 0 && asked_ns >= h->measured_ns)
		histogram_add_ns(&h->took_us, crowd_now_ns(a->client->crowd) - asked_ns);
	a->least = a->now.messages;
	a->batch[0] = '\0';
}

static void history_on_batch(void *ctx, struct client *c, struct piece args)
{
	struct history *h = ctx;
	struct piece reference = heard_next(&args);
	struct asker *a = history_asker(h, c);
	if (!a || reference.len < 2 || reference.len > REFERENCE_SIZE)
		return;
	bool begins = *reference.at++ == '+';
	reference.len--;
	if (begins && piece_is(heard_next(&args), "chathistory")) {
		a->now = (struct answer){ 0 };
		snprintf(a->batch, sizeof(a->batch), "%.*s", (int)reference.len, reference.at);
	} else if (!begins && piece_is(reference, a->batch)) {
		asker_take(h, a);
	}
}

/* ---- before ---- */

/* Asks once, and keeps what there is as what every later answer is held against. */
static bool history_look(struct history *h, struct err *err)
{
	struct asker *a = &h->askers[0];
	asker_ask(h, a);
	if (!crowd_settle(traffic_crowd(h->traffic), err) ||
	    !crowd_is_whole(traffic_crowd(h->traffic), err))
		return false;
	if (a->answered < a->asked)
		return err_set(err, ERR_IO, "CHATHISTORY got no answer");
	h->reference = a->now;
	return true;
}

static bool history_fill(struct history *h, struct err *err)
{
	struct client *talker = crowd_client(traffic_crowd(h->traffic), 0);
	char text[PARCEL_BYTES_MAX];
	crowd_phase(traffic_crowd(h->traffic), "filling the room");
	for (unsigned i = 0; i < h->o->messages; i++) {
		parcel_write(text, h->o->bytes, FILLER, i);
		crowd_say(talker, text, h->o->bytes);
		if (i % FILL_AT_ONCE == 0 && !crowd_settle(traffic_crowd(h->traffic), err))
			return false;
	}
	return crowd_settle(traffic_crowd(h->traffic), err);
}

static bool history_prepare(struct history *h, struct err *err)
{
	unsigned said = h->o->messages < h->o->limit ? h->o->messages : h->o->limit;
	if (!history_look(h, err))
		return false;
	if (history_is_spread(h) && h->reference.messages < h->o->limit)
		return err_set(err, ERR_INVALID, "%s has not %u messages from before --from-s",
			       h->room, h->o->limit);
	if (h->reference.messages == 0) {
		if (!history_fill(h, err) || !history_look(h, err))
			return false;
		if (h->reference.messages != said)
			return err_set(err, ERR_IO, "of %u messages just said %u are remembered",
				       said, h->reference.messages);
	}
	for (unsigned i = 0; i < h->o->clients; i++)
		h->askers[i].least = h->reference.messages;
	return true;
}

/* ---- the run ---- */

static void history_report(const struct history *h, struct report *r)
{
	const struct span *span = traffic_span(h->traffic);
	double answers = (double)h->answers;
	if (h->o->rate > 0)
		traffic_report(h->traffic, r);
	else
		report_number(r, "seconds", span_seconds(span), "s");
	report_number(r, "clients", h->o->clients, "");
	report_number(r, "messages_per_answer", h->askers[0].least, "");
	report_number(r, "answers", answers, "");
	report_number(r, "answers_per_s", answers / span_seconds(span), "per s");
	if (h->o->pid && h->answers > 0)
		report_number(r, "cpu_us_per_answer", span_cpu(span) * 1e6 / answers, "us");
	report_number(r, "first_us", (double)h->first_ns / 1000, "us");
	report_percentiles(r, "history", &h->took_us);
	report_ceiling(r, answers, span);
}

static bool history_measure(struct history *h, struct report *r, struct err *err)
{
	if (!traffic_enter(h->traffic, err) || !history_prepare(h, err) ||
	    !traffic_measure(h->traffic, err))
		return false;
	for (unsigned i = 0; i < h->o->clients; i++)
		if (h->askers[i].answered < h->askers[i].asked)
			crowd_complain(traffic_crowd(h->traffic), "CHATHISTORY got no answer");
	history_report(h, r);
	return traffic_is_right(h->traffic, err);
}

static bool history_build(struct history *h, struct err *err)
{
	const struct traffic_options traffic_options = {
		.o = &h->traffic_o,
		.aside = { history_turn, history_on_batch, history_on_batched, h },
	};
	if (h->o->window < 1 || h->o->window > WINDOW_MAX)
		return err_set(err, ERR_INVALID, "--window has to be from 1 to %d", WINDOW_MAX);
	if (history_is_spread(h) && h->o->to_s <= h->o->from_s)
		return err_set(err, ERR_INVALID, "--to-s has to be after --from-s");
	h->traffic_o.rooms = 1;
	h->traffic_o.members = h->o->clients + 1;
	h->traffic_o.senders = h->o->rate > 0;
	h->traffic_o.messages = h->traffic_o.window = h->traffic_o.echo = 0;
	h->traffic = traffic_new(&traffic_options, err);
	if (!h->traffic)
		return false;
	h->askers = xcalloc(h->o->clients, sizeof(*h->askers));
	for (unsigned i = 0; i < h->o->clients; i++) {
		h->askers[i].client = crowd_client(traffic_crowd(h->traffic), i + 1);
		h->askers[i].client->caps = CAPS;
	}
	crowd_room_name(traffic_crowd(h->traffic), 0, h->room);
	return true;
}

bool bench_history(const struct options *o, struct report *r, struct err *err)
{
	struct history *h = xcalloc(1, sizeof(*h));
	h->o = o;
	h->traffic_o = *o;
	bool ok = history_build(h, err) && history_measure(h, r, err);
	traffic_free(h->traffic);
	free(h->askers);
	free(h);
	return ok;
}
