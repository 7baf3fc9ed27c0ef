/* report.h: what was measured, as lines for a person or as one JSON object. */
#ifndef TEAHOUSE_BENCH_REPORT_H
#define TEAHOUSE_BENCH_REPORT_H

#include "bench/histogram.h"
#include "bench/probe.h"

#include <stdbool.h>

struct report {
	bool json;
};

/* To standard output. */
void report_begin(struct report *r, bool json, const char *workload);
/* key: letters, digits and underscores; unit: behind the number, for people. */
void report_number(struct report *r, const char *key, double value, const char *unit);
/* NAME_p50_us, _p90_us, _p99_us, _p999_us, _max_us. */
void report_percentiles(struct report *r, const char *name, const struct histogram *h);
/* The last of every report: how busy this program was while it counted so much, and how much that
 * would have been at 100 % of its core. A figure near this is the generator's, not the server's. */
void report_ceiling(struct report *r, double count, const struct span *span);
void report_end(struct report *r);

#endif
