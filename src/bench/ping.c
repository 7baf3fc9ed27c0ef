/* ping.c: how long somebody who has nothing to do with the rooms waits while they are busy.
 *
 * The load is fanout's. Beside it one client, who is in no room, asks PING at fixed moments, whether
 * the last one was answered or not; what each took counts from when it was due. He has a thread of his
 * own, and the right of way if the system grants it: else he would measure for how long this program
 * reads what the rooms are told. */
#include "bench/traffic.h"
#include "bench/workloads.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

struct pinger {
	const struct options *o;
	struct crowd *crowd; /* of one; the thread's while that runs */
	pthread_t thread;
	atomic_bool stop; /* asks no more */
	int64_t began_ns;
	uint32_t asked, answered;
	struct histogram took_us;
};

static int64_t pinger_due_ns(const struct pinger *p, uint32_t number)
{
	return p->began_ns + (int64_t)number * p->o->ping_ms * 1000000;
}

/* Those that are due while the server warms up are not measured, and from some moment on none is. */
static int64_t pinger_first_ns(const struct pinger *p)
{
	return p->began_ns + (int64_t)p->o->warmup_ms * 1000000;
}

static bool pinger_has_more(const struct pinger *p)
{
	int64_t end_ns = pinger_first_ns(p) + (int64_t)p->o->seconds * 1000000000;
	return !atomic_load(&p->stop) && pinger_due_ns(p, p->asked) < end_ns;
}

static void pinger_ask(struct pinger *p, int64_t now_ns)
{
	char line[32];
	for (; pinger_due_ns(p, p->asked) <= now_ns && pinger_has_more(p); p->asked++) {
		snprintf(line, sizeof(line), "PING :%08x", p->asked);
		crowd_ask(crowd_client(p->crowd, 0), line);
	}
}

static void *pinger_main(void *ctx)
{
	struct pinger *p = ctx;
	int64_t patience_ns = (int64_t)p->o->patience * 1000000000;
	const struct sched_param first = { .sched_priority = 1 };
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first); /* refused: so be it */
	p->began_ns = probe_now_ns();
	while ((pinger_has_more(p) || p->answered < p->asked) && crowd_is_whole(p->crowd, NULL)) {
		int64_t now_ns = probe_now_ns();
		pinger_ask(p, now_ns);
		if (p->answered < p->asked && now_ns - pinger_due_ns(p, p->answered) > patience_ns)
			crowd_complain(p->crowd, "a PING got no answer in %u s", p->o->patience);
		crowd_turn(p->crowd, pinger_has_more(p) ? pinger_due_ns(p, p->asked) : INT64_MAX);
	}
	return NULL;
}

static void pinger_on_pong(void *ctx, struct client *c, struct piece token)
{
	struct pinger *p = ctx;
	char expected[16];
	snprintf(expected, sizeof(expected), "%08x", p->answered);
	if (p->answered == p->asked || !piece_is(token, expected)) {
		crowd_complain(c->crowd, "a PING was answered twice, or not in its turn");
		return;
	}
	int64_t due_ns = pinger_due_ns(p, p->answered++);
	if (due_ns >= pinger_first_ns(p))
		histogram_add_ns(&p->took_us, crowd_now_ns(c->crowd) - due_ns);
}

static void pinger_on_text(void *ctx, struct client *c, const struct heard *h, struct piece to,
			   struct piece text)
{
	(void)ctx;
	(void)h;
	(void)text;
	crowd_complain(c->crowd, "who is in no room was told what was said in %.*s", (int)to.len,
		       to.at);
}

static bool pinger_enter(struct pinger *p, struct err *err)
{
	static const struct crowd_ops ops = { .text = pinger_on_text, .pong = pinger_on_pong };
	const struct crowd_options crowd_options = {
		.url = &p->o->url,
		.nick = "p",
		.clients = 1,
		.room_size = 1,
		.at_once = 1,
		.patience = p->o->patience,
		.silent = true,
		.ops = &ops,
		.ctx = p,
	};
	p->crowd = crowd_new(&crowd_options, err);
	if (!p->crowd)
		return false;
	crowd_client(p->crowd, 0)->roomless = true;
	return crowd_enter(p->crowd, 1, err);
}

static bool ping_measure(struct pinger *p, struct traffic *t, struct err *err)
{
	int failed = pthread_create(&p->thread, NULL, pinger_main, p);
	if (failed) {
		errno = failed;
		return err_errno(err, "cannot start a thread");
	}
	bool ok = traffic_measure(t, err);
	atomic_store(&p->stop, true);
	pthread_join(p->thread, NULL);
	return ok;
}

bool bench_ping(const struct options *o, struct report *r, struct err *err)
{
	struct pinger p = { .o = o };
	const struct traffic_options traffic_options = { .o = o };
	struct traffic *t = traffic_new(&traffic_options, err);
	bool ok = t && traffic_enter(t, err) && pinger_enter(&p, err) && ping_measure(&p, t, err);
	if (ok) {
		traffic_report(t, r);
		report_number(r, "pings", (double)p.took_us.total, "");
		report_percentiles(r, "ping", &p.took_us);
		traffic_report_end(t, r);
		ok = traffic_is_right(t, err) && crowd_is_whole(p.crowd, err);
	}
	traffic_free(t);
	crowd_free(p.crowd);
	return ok;
}
