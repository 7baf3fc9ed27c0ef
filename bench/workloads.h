/* workloads.h: what a server can be made to do. A further workload is a file, a line here, and a row
 * in load.c. */
#ifndef TEAHOUSE_BENCH_WORKLOADS_H
#define TEAHOUSE_BENCH_WORKLOADS_H

#include "base/err.h"
#include "base/url.h"
#include "bench/report.h"

struct options {
	struct url url;
	unsigned pid; /* the server's, whose CPU time and memory are read; 0: nobody's */
	unsigned at_once, patience;
	unsigned rooms, members, senders, window, bytes, messages, seconds, warmup_ms;
	unsigned clients, base_clients;
};

/* Each runs to its end and reports what it measured, also when it then returns false because
 * something was lost or could not be done: reason in err. */
bool fanout_run(const struct options *o, struct report *r, struct err *err);
bool idle_run(const struct options *o, struct report *r, struct err *err);
bool storm_run(const struct options *o, struct report *r, struct err *err);

#endif
