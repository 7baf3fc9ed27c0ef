/* handshakes.c: how many connections can begin to speak TLS.
 *
 * So many at a time connect, shake hands, and say their end (close_notify); one that hears the server's
 * end is done, which proves that the server had finished too, and makes room for the next. No session
 * is resumed. */
#include "bench/progress.h"
#include "bench/target.h"
#include "bench/workloads.h"
#include "net/loop.h"
#include "net/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define TURN_MS 10

struct handshakes;

/* A place for one connection after the other. */
struct place {
	struct watch watch;
	struct handshakes *all;
	int fd; /* -1: none */
	struct tls *tls;
	int64_t began_ns;
	bool shaken, done;
};

struct handshakes {
	const struct options *o;
	struct target target;
	struct loop *loop;
	struct place *places;
	struct histogram took_us;
	uint64_t done;
	struct err err; /* the first thing that went wrong; its text is empty until then */
	struct progress progress;
	char scratch[TLS_RECORD_BYTES];
};

static void handshakes_failed(struct handshakes *h, const char *why)
{
	if (!h->err.text[0])
		err_set(&h->err, ERR_CLOSED, "after %ju handshakes one failed: %s",
			(uintmax_t)h->done, why);
}

/* ---- one ---- */

static void place_watch(struct place *p)
{
	loop_mod(p->all->loop, p->fd, tls_wants_write(p->tls) ? LOOP_WRITE : LOOP_READ, &p->watch);
}

static void place_shake(struct place *p)
{
	if (tls_handshake(p->tls) > 0) {
		p->shaken = true;
		histogram_add_ns(&p->all->took_us, probe_now_ns() - p->began_ns);
		tls_say_end(p->tls);
	} else if (errno != EAGAIN) {
		handshakes_failed(p->all, tls_error(p->tls));
		return;
	}
	place_watch(p);
}

static void place_await_end(struct place *p)
{
	ssize_t n = tls_receive(p->tls, p->all->scratch, sizeof(p->all->scratch));
	if (n == 0)
		p->done = true;
	else if (n < 0 && errno != EAGAIN)
		handshakes_failed(p->all, "the server did not say its end");
}

static void on_ready(struct watch *w, unsigned events)
{
	struct place *p = CONTAINER_OF(w, struct place, watch);
	(void)events;
	if (p->done)
		return;
	if (p->shaken)
		place_await_end(p);
	else
		place_shake(p);
}

static bool place_begin(struct place *p, struct err *err)
{
	struct handshakes *h = p->all;
	p->shaken = p->done = false;
	p->began_ns = probe_now_ns();
	p->fd = target_connect(&h->target, err);
	if (p->fd < 0)
		return false;
	p->tls = tls_new(h->target.tls, p->fd, err);
	return p->tls && loop_add(h->loop, p->fd, LOOP_WRITE, &p->watch, err);
}

static void place_end(struct place *p)
{
	if (p->fd < 0)
		return;
	loop_del(p->all->loop, p->fd);
	tls_free(p->tls);
	close(p->fd);
	p->tls = NULL;
	p->fd = -1;
}

/* ---- all of them ---- */

/* Ends those that are done, and lets others begin. */
static bool handshakes_renew(struct handshakes *h, struct err *err)
{
	for (unsigned i = 0; i < h->o->at_once; i++) {
		struct place *p = &h->places[i];
		if (p->done) {
			h->done++;
			place_end(p);
		}
		if (p->fd < 0 && !place_begin(p, err))
			return false;
	}
	return true;
}

static bool handshakes_go(struct handshakes *h, unsigned ms, struct err *err)
{
	int64_t patience_ns = (int64_t)h->o->patience * 1000000000;
	int64_t now_ns = probe_now_ns(), done_ns = now_ns;
	int64_t end_ns = now_ns + (int64_t)ms * 1000000;
	for (; now_ns < end_ns; now_ns = probe_now_ns()) {
		uint64_t before = h->done;
		if (!handshakes_renew(h, err))
			return false;
		loop_wait(h->loop, TURN_MS);
		if (h->done != before)
			done_ns = now_ns;
		if (now_ns - done_ns > patience_ns)
			handshakes_failed(h, "the server does not go on");
		if (h->err.text[0]) {
			*err = h->err;
			return false;
		}
		progress_tick(&h->progress, now_ns, h->done, h->o->at_once);
	}
	return true;
}

static void handshakes_report(const struct handshakes *h, struct report *r, const struct span *span,
			      uint64_t count)
{
	double cpu = span_cpu(span), done = (double)count;
	report_number(r, "seconds", span_seconds(span), "s");
	report_number(r, "handshakes", done, "");
	report_number(r, "handshakes_per_s", done / span_seconds(span), "per s");
	if (h->o->pid && count > 0) {
		report_number(r, "cpu_us_per_handshake", cpu * 1e6 / done, "us");
		report_number(r, "handshakes_per_cpu_s", cpu > 0 ? done / cpu : 0, "");
	}
	report_percentiles(r, "handshake", &h->took_us);
	report_ceiling(r, done, span);
}

static bool handshakes_measure(struct handshakes *h, struct report *r, struct err *err)
{
	struct span span;
	if (!handshakes_go(h, h->o->warmup_ms, err) || !probe_mark(&span.from, h->o->pid, err))
		return false;
	uint64_t before = h->done;
	h->took_us = (struct histogram){ 0 };
	if (!handshakes_go(h, h->o->seconds * 1000, err) || !probe_mark(&span.to, h->o->pid, err))
		return false;
	handshakes_report(h, r, &span, h->done - before);
	return true;
}

static bool handshakes_open(struct handshakes *h, struct err *err)
{
	if (!target_set(&h->target, &h->o->url, err))
		return false;
	if (!h->target.tls)
		return err_set(err, ERR_INVALID, "handshakes are TLS's: the URL has to be ircs://");
	h->loop = loop_new(err);
	h->places = xcalloc(h->o->at_once, sizeof(*h->places));
	for (unsigned i = 0; i < h->o->at_once; i++)
		h->places[i] = (struct place){ .watch = { on_ready }, .all = h, .fd = -1 };
	progress_begin(&h->progress, true, probe_now_ns());
	h->progress.phase = "shaking hands";
	return h->loop;
}

bool bench_handshakes(const struct options *o, struct report *r, struct err *err)
{
	struct handshakes *h = xcalloc(1, sizeof(*h));
	h->o = o;
	bool ok = handshakes_open(h, err) && handshakes_measure(h, r, err);
	progress_end(&h->progress);
	for (unsigned i = 0; h->places && i < o->at_once; i++)
		place_end(&h->places[i]);
	loop_free(h->loop);
	target_done(&h->target);
	free(h->places);
	free(h);
	return ok;
}
