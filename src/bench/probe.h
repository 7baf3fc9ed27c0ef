/* probe.h: what a process has used of the machine, as the kernel counts it. */
#ifndef TEAHOUSE_BENCH_PROBE_H
#define TEAHOUSE_BENCH_PROBE_H

#include "base/err.h"

struct memory {
	double anonymous; /* bytes that it filled itself: heap and stacks, no program or library text */
	double rss;       /* bytes of all that is resident, shared pages and files included */
};

/* The moment between two phases. */
struct mark {
	int64_t ns;
	double cpu, own_cpu; /* seconds: the server's, this process's */
};

struct span {
	struct mark from, to;
};

/* Nanoseconds since some start, never going back. */
int64_t probe_now_ns(void);

/* CPU seconds of all threads of pid so far, user and system: utime + stime of proc(5), without their
 * rounding to ticks. On loopback the sender's share has the receiver's network work in it. */
MUST_USE bool probe_cpu(unsigned pid, double *ret_s, struct err *err);
/* Of this process. */
double probe_own_cpu(void);
/* pid 0: the server's CPU time is not asked for. */
MUST_USE bool probe_mark(struct mark *m, unsigned pid, struct err *err);

double span_seconds(const struct span *s);
/* The server's CPU seconds, and this process's. */
double span_cpu(const struct span *s);
double span_own_cpu(const struct span *s);

/* From /proc/PID/smaps_rollup: exact, and waits while the process maps or faults pages in. */
MUST_USE bool probe_memory(unsigned pid, struct memory *ret, struct err *err);
/* From /proc/PID/statm: waits for nothing, and may be some pages off. */
MUST_USE bool probe_rss(unsigned pid, double *ret_bytes, struct err *err);

#endif
