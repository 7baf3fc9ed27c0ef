/* options.h: which load "teahouse bench" makes, from its command line. */
#ifndef TEAHOUSE_BENCH_OPTIONS_H
#define TEAHOUSE_BENCH_OPTIONS_H

#include "base/err.h"
#include "base/url.h"

#include <stdio.h>

struct options {
	struct url url;
	bool json;
	unsigned pid; /* the server's, whose CPU time and memory are read; 0: nobody's */
	unsigned at_once, patience;
	unsigned rooms, members, senders, window, bytes, messages, seconds, warmup_ms;
	unsigned clients, base_clients;
};

/* Reads what follows the workload's name: [URL] [--NAME NUMBER]... [--json]. */
MUST_USE bool options_read(struct options *o, int argc, char **argv, struct err *err);

/* A line for each option. */
void options_help(FILE *out);

#endif
