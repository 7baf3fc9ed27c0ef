/* report.h: what was measured, as lines for a person or as one JSON object. */
#ifndef TEAHOUSE_BENCH_REPORT_H
#define TEAHOUSE_BENCH_REPORT_H

#include <stdbool.h>

struct report {
	bool json;
};

/* To standard output. */
void report_begin(struct report *r, bool json, const char *workload);
/* key: letters and underscores; unit: behind the number, for people. */
void report_number(struct report *r, const char *key, double value, const char *unit);
void report_end(struct report *r);

#endif
