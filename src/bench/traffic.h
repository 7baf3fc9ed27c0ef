/* traffic.h: messages said in rooms, each of them checked at each receiver.
 *
 * Rooms of members, some of whom talk. In a closed loop every sender has a window of messages in
 * flight: one is done when the last member of its room has it, and then its sender says the next. So
 * the load is as high as the server can bear, and no buffer overflows at anyone who is slower than the
 * others. In an open loop (options' rate) messages are due at fixed moments, whatever the server does,
 * and how long they take counts from then: a server that stands still for a second has delayed
 * everything that was due in it. The window then says how far it may fall behind.
 *
 * Every receiver knows which number comes next from each sender of its room. A higher one means that
 * those between are lost, and a lower one that it came twice, or late. */
#ifndef TEAHOUSE_BENCH_TRAFFIC_H
#define TEAHOUSE_BENCH_TRAFFIC_H

#include "bench/crowd.h"
#include "bench/options.h"
#include "bench/report.h"

struct traffic;

/* What a workload does beside the messages. Any may be NULL. */
struct aside {
	/* In every turn; returns when it has to be called again at the latest (probe_now_ns()). */
	int64_t (*turn)(void *ctx, int64_t now_ns);
	void (*batch)(void *ctx, struct client *c, struct piece args);
	/* A PRIVMSG that came in a batch. */
	void (*batched)(void *ctx, struct client *c, const struct heard *h, struct piece text);
	void *ctx;
};

struct traffic_options {
	const struct options *o;
	struct aside aside;
	unsigned guests; /* further members of the only room, whom no message waits for */
};

/* NULL: reason in err. */
struct traffic *traffic_new(const struct traffic_options *options, struct err *err);
/* NULL is fine. */
void traffic_free(struct traffic *t);

struct crowd *traffic_crowd(struct traffic *t);
/* i from 0. */
struct client *traffic_guest(struct traffic *t, unsigned i);

/* Everybody comes in. */
MUST_USE bool traffic_enter(struct traffic *t, struct err *err);
/* Warms up, measures, and waits until all that was said has been heard, or never will be. */
MUST_USE bool traffic_measure(struct traffic *t, struct err *err);
/* In a turn: enough is measured, whatever time there is left. */
void traffic_stop(struct traffic *t);
/* Hears what guests who are still there have to get by now, and misses what they did not. */
void traffic_finish_guests(struct traffic *t);

/* What was measured. */
const struct span *traffic_span(const struct traffic *t);
/* Of readers alone; guests and echoes have no part in it. */
const struct histogram *traffic_latency(const struct traffic *t);
void traffic_report(const struct traffic *t, struct report *r);
/* The ceiling, which ends a report. */
void traffic_report_end(const struct traffic *t, struct report *r);
/* false: something was lost, doubled, or damaged, or the crowd is not whole; reason in err. */
bool traffic_is_right(const struct traffic *t, struct err *err);

#endif
