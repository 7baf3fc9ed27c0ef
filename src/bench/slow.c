/* slow.c: what members who do not read cost the server, and those who do.
 *
 * A room in which some stop reading once they are in, and messages that are done when all the others
 * have them. Afterwards the slow ones read what there is for them: a server may have let them go, but
 * what they get has to be right up to there. */
#include "bench/sockets.h"
#include "bench/traffic.h"
#include "bench/workloads.h"

#include <stdlib.h>

#define LOOK_MS 100 /* from one look at the kernel's buffers to the next */

struct slow {
	const struct options *o;
	struct traffic *traffic;
	uint16_t server_port;
	bool *is_slow; /* by the port of a client's end */
	int64_t look_ns;
	uint32_t kernel_max;
	struct memory before, after;
	double rss_max;
};

static void slow_socket(void *ctx, uint16_t peer_port, uint32_t unsent_bytes)
{
	struct slow *s = ctx;
	if (s->is_slow[peer_port] && unsent_bytes > s->kernel_max)
		s->kernel_max = unsent_bytes;
}

static bool slow_memory(const struct slow *s, struct memory *ret, struct err *err)
{
	return s->o->pid == 0 || probe_memory(s->o->pid, ret, err);
}

static bool slow_look(struct slow *s, struct err *err)
{
	double rss = 0;
	if (!sockets_of(s->server_port, slow_socket, s, err) ||
	    (s->o->pid > 0 && !probe_rss(s->o->pid, &rss, err)))
		return false;
	if (rss > s->rss_max)
		s->rss_max = rss;
	return true;
}

static int64_t slow_turn(void *ctx, int64_t now_ns)
{
	struct slow *s = ctx;
	struct err err = { 0 };
	if (now_ns >= s->look_ns) {
		s->look_ns = now_ns + LOOK_MS * 1000000ll;
		if (!slow_look(s, &err))
			crowd_complain(traffic_crowd(s->traffic), "%s", err.text);
	}
	return s->look_ns;
}

static void slow_stop(struct slow *s)
{
	for (unsigned i = 0; i < s->o->slow; i++) {
		struct client *c = traffic_guest(s->traffic, i);
		c->expendable = true;
		crowd_stop(c);
		s->is_slow[sockets_own_port(c->conn->fd)] = true;
	}
}

/* How many of them the server has let go. */
static unsigned slow_start(struct slow *s)
{
	unsigned cut = 0;
	for (unsigned i = 0; i < s->o->slow; i++)
		crowd_start(traffic_guest(s->traffic, i));
	traffic_finish_guests(s->traffic);
	for (unsigned i = 0; i < s->o->slow; i++)
		cut += traffic_guest(s->traffic, i)->conn == NULL;
	return cut;
}

static void slow_report(const struct slow *s, struct report *r, unsigned cut)
{
	const struct histogram *latency = traffic_latency(s->traffic);
	traffic_report(s->traffic, r);
	report_number(r, "slow", s->o->slow, "who did not read");
	report_number(r, "slow_cut", cut, "of them let go");
	report_number(r, "readers_p99_us", (double)histogram_percentile(latency, 99), "us");
	report_number(r, "kernel_max_per_slow", s->kernel_max, "bytes in the server's socket");
	if (s->o->pid) {
		report_number(r, "rss_before", s->before.rss, "bytes");
		report_number(r, "rss", s->after.rss, "bytes");
		report_number(r, "rss_max", s->rss_max, "bytes, as far as was looked");
	}
	traffic_report_end(s->traffic, r);
}

static bool slow_measure(struct slow *s, struct report *r, struct err *err)
{
	if (!traffic_enter(s->traffic, err))
		return false;
	slow_stop(s);
	if (!slow_memory(s, &s->before, err) || !traffic_measure(s->traffic, err) ||
	    !slow_look(s, err) || !slow_memory(s, &s->after, err))
		return false;
	slow_report(s, r, slow_start(s));
	return traffic_is_right(s->traffic, err);
}

bool bench_slow(const struct options *o, struct report *r, struct err *err)
{
	struct slow s = {
		.o = o,
		.server_port = (uint16_t)strtol(o->url.port, NULL, 10),
		.is_slow = xcalloc(UINT16_MAX + 1, sizeof(bool)),
	};
	const struct traffic_options traffic_options = {
		.o = o,
		.aside = { .turn = slow_turn, .ctx = &s },
		.guests = o->slow,
	};
	if (o->rooms == 1)
		s.traffic = traffic_new(&traffic_options, err);
	else
		err_set(err, ERR_INVALID, "slow has one room");
	bool ok = s.traffic && slow_measure(&s, r, err);
	traffic_free(s.traffic);
	free(s.is_slow);
	return ok;
}
