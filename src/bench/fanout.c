/* fanout.c: how much of what is said reaches how many, how soon, and at what price. */
#include "bench/traffic.h"
#include "bench/workloads.h"

bool bench_fanout(const struct options *o, struct report *r, struct err *err)
{
	const struct traffic_options traffic_options = { .o = o };
	struct traffic *t = traffic_new(&traffic_options, err);
	bool ok = t && traffic_enter(t, err) && traffic_measure(t, err);
	if (ok) {
		traffic_report(t, r);
		traffic_report_end(t, r);
		ok = traffic_is_right(t, err);
	}
	traffic_free(t);
	return ok;
}
