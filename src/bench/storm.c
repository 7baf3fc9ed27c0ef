/* storm.c: how fast everybody gets in: connects, registers and joins a room, all at once; for the
 * first time, or again after all their connections were cut. */
#include "bench/crowd.h"
#include "bench/probe.h"
#include "bench/workloads.h"

/* settled comes after span: whoever came last is in, and what the others are still told of that belongs
 * to the price. */
static void storm_report(const struct options *o, struct report *r, const struct span *span,
			 const struct mark *settled)
{
	double seconds = span_seconds(span);
	report_number(r, "clients", o->clients, "");
	report_number(r, "seconds", seconds, "s");
	report_number(r, "clients_per_s", o->clients / seconds, "per s");
	if (o->pid)
		report_number(r, "cpu_us_per_client",
			      (settled->cpu - span->from.cpu) * 1e6 / o->clients, "us");
}

static bool storm_measure(struct crowd *crowd, const struct options *o, struct report *r,
			  struct err *err)
{
	struct span span;
	struct mark settled;
	if (o->cut && (!crowd_enter(crowd, o->clients, err) || !crowd_settle(crowd, err)))
		return false;
	if (!probe_mark(&span.from, o->pid, err))
		return false;
	if (o->cut) {
		crowd_phase(crowd, "coming back");
		crowd_cut(crowd);
	}
	if (!crowd_enter(crowd, o->clients, err) || !probe_mark(&span.to, o->pid, err) ||
	    !crowd_settle(crowd, err) || !crowd_is_whole(crowd, err) ||
	    !probe_mark(&settled, o->pid, err))
		return false;
	storm_report(o, r, &span, &settled);
	if (o->cut)
		report_number(r, "retries", crowd_retries(crowd), "nicks still taken");
	report_ceiling(r, o->clients, &span);
	return true;
}

bool bench_storm(const struct options *o, struct report *r, struct err *err)
{
	const struct crowd_options crowd_options = {
		.url = &o->url,
		.clients = o->clients,
		.room_size = o->members,
		.at_once = o->at_once,
		.patience = o->patience,
	};
	struct crowd *crowd = crowd_new(&crowd_options, err);
	bool ok = crowd && storm_measure(crowd, o, r, err);
	crowd_free(crowd);
	return ok;
}
