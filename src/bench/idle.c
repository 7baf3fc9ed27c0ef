/* idle.c: what a connection costs that has joined a room and says nothing.
 *
 * The server's memory is read at two numbers of connections, and the slope between them is the price
 * of one: what the server needs for itself is in both and falls out. */
#include "bench/crowd.h"
#include "bench/probe.h"
#include "bench/workloads.h"

#define QUIET_MS 500

/* Memory with so many clients in, all of them quiet. */
static bool idle_memory(struct crowd *crowd, const struct options *o, unsigned clients,
			struct memory *ret, struct err *err)
{
	if (!crowd_enter(crowd, clients, err) || !crowd_settle(crowd, err))
		return false;
	int64_t until_ns = probe_now_ns() + (int64_t)QUIET_MS * 1000000;
	while (probe_now_ns() < until_ns)
		crowd_turn(crowd, until_ns);
	return crowd_is_whole(crowd, err) && probe_memory(o->pid, ret, err);
}

bool bench_idle(const struct options *o, struct report *r, struct err *err)
{
	struct memory few, many;
	struct span span;
	if (o->pid == 0)
		return err_set(err, ERR_INVALID, "idle measures a process: name it with --pid");
	if (o->base_clients >= o->clients)
		return err_set(err, ERR_INVALID, "--base-clients has to be less than --clients");
	const struct crowd_options crowd_options = {
		.url = &o->url,
		.clients = o->clients,
		.room_size = o->members,
		.at_once = o->at_once,
		.patience = o->patience,
	};
	struct crowd *crowd = crowd_new(&crowd_options, err);
	bool ok = crowd && probe_mark(&span.from, o->pid, err) &&
		  idle_memory(crowd, o, o->base_clients, &few, err) &&
		  idle_memory(crowd, o, o->clients, &many, err) &&
		  probe_mark(&span.to, o->pid, err);
	if (ok) {
		double count = o->clients - o->base_clients;
		report_number(r, "clients", o->clients, "");
		report_number(r, "anonymous_per_client", (many.anonymous - few.anonymous) / count,
			      "bytes");
		report_number(r, "rss_per_client", (many.rss - few.rss) / count, "bytes");
		report_number(r, "anonymous_base", few.anonymous, "bytes");
		report_number(r, "anonymous", many.anonymous, "bytes");
		report_number(r, "rss", many.rss, "bytes");
		report_ceiling(r, o->clients, &span);
	}
	crowd_free(crowd);
	return ok;
}
