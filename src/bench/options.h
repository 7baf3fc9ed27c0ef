/* options.h: which load "teahouse bench" makes, from its command line. */
#ifndef TEAHOUSE_BENCH_OPTIONS_H
#define TEAHOUSE_BENCH_OPTIONS_H

#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"

#include <limits.h>
#include <stdio.h>

#define CPU_ANY UINT_MAX

struct options {
	struct url url;
	char room[ROOM_BYTES_MAX + 1]; /* "": rooms of our own */
	const char *hash;              /* of the accounts' password, as the server keeps it; NULL */
	bool json;
	unsigned pid; /* the server's, whose CPU time and memory are read; 0: nobody's */
	unsigned cpu; /* the core to stay on; CPU_ANY */
	unsigned at_once, patience;
	unsigned rooms, members, senders, bytes, messages, seconds, warmup_ms;
	unsigned window; /* 0: as the workload sees fit */
	unsigned rate, echo;
	unsigned clients, base_clients, cut;
	unsigned ping_ms, slow, limit;
	unsigned from_s, to_s; /* Unix time */
};

/* Reads what follows the workload's name: [URL] [--NAME VALUE]... [--json]. presets: the workload's own
 * defaults, "--NAME", "VALUE" ..., NULL at the end. */
MUST_USE bool options_read(struct options *o, const char *const *presets, int argc, char **argv,
			   struct err *err);

/* A line for each option. */
void options_help(FILE *out);

#endif
