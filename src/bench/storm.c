/* storm.c: how fast everybody gets in: connects, registers and joins a room, all at once. */
#include "bench/crowd.h"
#include "bench/probe.h"
#include "bench/workloads.h"

bool storm_run(const struct options *o, struct report *r, struct err *err)
{
	const struct crowd_options crowd_options = {
		.url = &o->url,
		.clients = o->clients,
		.room_size = o->members,
		.at_once = o->at_once,
		.patience = o->patience,
	};
	double cpu_before = 0, cpu_after = 0;
	struct crowd *crowd = crowd_new(&crowd_options, err);
	bool ok = crowd && (o->pid == 0 || probe_cpu(o->pid, &cpu_before, err));
	int64_t began_ns = probe_now_ns();
	ok = ok && crowd_enter(crowd, o->clients, err);
	double seconds = (double)(probe_now_ns() - began_ns) / 1e9;
	/* Whoever came last is in; what the others are still told of that belongs to the price. */
	ok = ok && crowd_settle(crowd, err) && crowd_is_whole(crowd, err) &&
	     (o->pid == 0 || probe_cpu(o->pid, &cpu_after, err));
	if (ok) {
		report_number(r, "clients", o->clients, "");
		report_number(r, "seconds", seconds, "s");
		report_number(r, "clients_per_s", o->clients / seconds, "per s");
		if (o->pid)
			report_number(r, "cpu_us_per_client",
				      (cpu_after - cpu_before) * 1e6 / o->clients, "us");
	}
	crowd_free(crowd);
	return ok;
}
