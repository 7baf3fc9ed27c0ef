#include "bench/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SECOND_NS 1000000000
#define QUIET_NS (2ll * SECOND_NS)

void progress_begin(struct progress *p, bool wanted, int64_t now_ns)
{
	*p = (struct progress){
		.phase = "connecting",
		.began_ns = now_ns,
		.due_ns = now_ns + QUIET_NS,
		.on = wanted && isatty(STDERR_FILENO) == 1,
	};
}

void progress_tick(struct progress *p, int64_t now_ns, uint64_t deliveries, unsigned clients)
{
	if (!p->on || now_ns < p->due_ns)
		return;
	p->due_ns = now_ns + SECOND_NS;
	p->shown = true;
	fprintf(stderr, "\r%s, %" PRId64 " s: %" PRIu64 " deliveries, %u clients\033[K", p->phase,
		(now_ns - p->began_ns) / SECOND_NS, deliveries, clients);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
