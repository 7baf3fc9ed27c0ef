/* bench.c: loads an IRC server on this machine, and measures what it does.
 *
 * One thread (ping has another), on a core of their own if there is one (--cpu). Everything is
 * bounded: by counts, by seconds, and by --patience when nothing moves. bench/run compares servers
 * with it. */
#include "bench/bench.h"

#include "bench/workloads.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* Options that a workload has of its own, "--NAME", "VALUE" ... */
static const char *const handshakes_presets[] = { "--at-once", "16", NULL };
static const char *const history_presets[] = { "--clients",  "10",  "--window", "1",
					       "--messages", "200", NULL };
static const char *const logins_presets[] = { "--clients",  "100",  "--rate",    "100",
					      "--members",  "10",   "--seconds", "600",
					      "--patience", "60",   "--echo",    "1",
					      "--at-once",  "2000", NULL };
static const char *const slow_presets[] = { "--messages",  "20000", "--seconds", "600",
					    "--warmup-ms", "0",     NULL };

static const struct workload {
	const char *name;
	bool (*run)(const struct options *o, struct report *r, struct err *err);
	const char *help;
	const char *const *presets; /* NULL: none */
} workloads[] = {
	{ "fanout", bench_fanout, "rooms in which some talk and all listen", NULL },
	{ "handshakes", bench_handshakes, "TLS connections begin and end", handshakes_presets },
	{ "history", bench_history, "CHATHISTORY, again and again", history_presets },
	{ "idle", bench_idle, "memory of connections that have joined and are silent", NULL },
	{ "logins", bench_logins, "everybody logs in at once, beside a quiet room",
	  logins_presets },
	{ "ping", bench_ping, "how long a PING takes beside the load of fanout", NULL },
	{ "slow", bench_slow, "a room in which some do not read", slow_presets },
	{ "storm", bench_storm, "everybody connects, registers and joins at once", NULL },
};

static void print_workload(FILE *out, const struct workload *w)
{
	fprintf(out, "  %-16s %s", w->name, w->help);
	for (size_t i = 0; w->presets && w->presets[i]; i++)
		fprintf(out, "%s%s", i == 0 ? " (" : " ", w->presets[i]);
	fputs(w->presets ? ")\n" : "\n", out);
}

static void print_help(FILE *out)
{
	fputs("usage: teahouse bench WORKLOAD [URL] [--NAME VALUE]... [--json]\n\n"
	      "Loads the IRC server at URL, which has to be on this machine (irc://127.0.0.1:6667;\n"
	      "ircs:// is TLS), and says what it did. Exit code 1: something was lost, refused, or\n"
	      "altered.\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_LEN(workloads); i++)
		print_workload(out, &workloads[i]);
	fputc('\n', out);
	options_help(out);
}

static const struct workload *find_workload(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(workloads); i++)
		if (strcmp(workloads[i].name, name) == 0)
			return &workloads[i];
	return NULL;
}

/* A socket for each client. */
static void lift_descriptors(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static bool stay_on(unsigned cpu, struct err *err)
{
	cpu_set_t set;
	if (cpu == CPU_ANY)
		return true;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0 ||
	       err_errno(err, "cannot stay on core %u", cpu);
}

static int bench_workload(const struct workload *workload, const struct options *o)
{
	struct report report;
	struct err err = { 0 };
	lift_descriptors();
	report_begin(&report, o->json, workload->name);
	bool ok = workload->run(o, &report, &err);
	report_end(&report);
	if (!ok)
		fprintf(stderr, "teahouse: %s\n", err.text);
	return ok ? 0 : 1;
}

int bench_main(int argc, char **argv)
{
	struct options o;
	struct err err = { 0 };
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	const struct workload *workload = find_workload(argv[1]);
	if (!workload) {
		fprintf(stderr,
			"teahouse: there is no workload \"%s\": see teahouse bench --help\n",
			argv[1]);
		return 2;
	}
	if (!options_read(&o, workload->presets, argc - 2, argv + 2, &err) ||
	    !stay_on(o.cpu, &err)) {
		fprintf(stderr, "teahouse: %s\n", err.text);
		return 2;
	}
	return bench_workload(workload, &o);
}
