/* progress.h: one line on standard error, renewed once a second, while a run takes its time. Only at
 * a terminal, and only from the third second on. */
#ifndef TEAHOUSE_BENCH_PROGRESS_H
#define TEAHOUSE_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *phase; /* what is being done; set by whoever does it */
	int64_t began_ns, due_ns;
	bool on;
	bool shown; /* a line stands there */
};

/* wanted: if standard error is a terminal. */
void progress_begin(struct progress *p, bool wanted, int64_t now_ns);
/* Cheap when nothing is due: for every turn. */
void progress_tick(struct progress *p, int64_t now_ns, uint64_t deliveries, unsigned clients);
/* Takes the line away. */
void progress_end(struct progress *p);

#endif
