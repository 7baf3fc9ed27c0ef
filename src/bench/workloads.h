/* workloads.h: what a server can be made to do. A further workload is a file, a line here, and a row
 * in bench.c. */
#ifndef TEAHOUSE_BENCH_WORKLOADS_H
#define TEAHOUSE_BENCH_WORKLOADS_H

#include "bench/options.h"
#include "bench/report.h"

/* Each runs to its end and reports what it measured, also when it then returns false because
 * something was lost or could not be done: reason in err. */
bool bench_fanout(const struct options *o, struct report *r, struct err *err);
bool bench_handshakes(const struct options *o, struct report *r, struct err *err);
bool bench_history(const struct options *o, struct report *r, struct err *err);
bool bench_idle(const struct options *o, struct report *r, struct err *err);
bool bench_logins(const struct options *o, struct report *r, struct err *err);
bool bench_ping(const struct options *o, struct report *r, struct err *err);
bool bench_slow(const struct options *o, struct report *r, struct err *err);
bool bench_storm(const struct options *o, struct report *r, struct err *err);

#endif
