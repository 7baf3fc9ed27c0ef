/* load.c: teahouse-bench, which loads an IRC server on this machine and measures what it does.
 *
 * One thread; the caller pins it and the server to cores of their own. Everything is bounded: by
 * counts, by seconds, and by --patience when nothing moves. bench/run compares servers with it. */
#include "bench/workloads.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct workload {
	const char *name;
	bool (*run)(const struct options *o, struct report *r, struct err *err);
	const char *help;
} workloads[] = {
	{ "fanout", fanout_run, "rooms in which some talk and all listen, as fast as it goes" },
	{ "idle", idle_run, "memory of connections that have joined and are silent" },
	{ "storm", storm_run, "everybody connects, registers and joins at once" },
};

#define FIELD(name) offsetof(struct options, name)

static const struct setting {
	const char *name;
	size_t field; /* an unsigned of struct options */
	unsigned value, min, max;
	const char *help;
} settings[] = {
	{ "--pid", FIELD(pid), 0, 0, 1u << 30, "the server's process: its CPU time and memory" },
	{ "--at-once", FIELD(at_once), 256, 1, 100000, "clients registering at the same time" },
	{ "--patience", FIELD(patience), 15, 1, 600, "seconds without progress before giving up" },
	{ "--members", FIELD(members), 50, 1, 100000, "of a room" },
	{ "--rooms", FIELD(rooms), 1, 1, 10000, "fanout: how many" },
	{ "--senders", FIELD(senders), 1, 1, 10000, "fanout: members of a room who talk" },
	{ "--window", FIELD(window), 32, 1, 10000, "fanout: messages of a sender in flight" },
	{ "--bytes", FIELD(bytes), 64, 16, 400, "fanout: of a message's text" },
	{ "--messages", FIELD(messages), 0, 0, 1u << 30, "fanout: of a sender; 0: no limit" },
	{ "--seconds", FIELD(seconds), 3, 1, 600, "fanout: measured, at most" },
	{ "--warmup-ms", FIELD(warmup_ms), 500, 0, 60000, "fanout: not measured, before" },
	{ "--clients", FIELD(clients), 10000, 1, 100000, "idle, storm: how many" },
	{ "--base-clients", FIELD(base_clients), 2000, 1, 100000, "idle: at the first look" },
};

static unsigned *setting_value(const struct setting *s, struct options *o)
{
	return (unsigned *)((char *)o + s->field);
}

static void print_help(FILE *out)
{
	fputs("teahouse-bench WORKLOAD irc://127.0.0.1:PORT [--json] [--NAME NUMBER ...]\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(workloads); i++)
		fprintf(out, "  %-16s %s\n", workloads[i].name, workloads[i].help);
	fputc('\n', out);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		fprintf(out, "  %-16s %s (%u)\n", settings[i].name, settings[i].help,
			settings[i].value);
}

static bool set_number(const char *name, const char *text, struct options *o, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];
		if (strcmp(s->name, name) != 0)
			continue;
		if (!text)
			return err_set(err, ERR_INVALID, "%s needs a number", name);
		char *end;
		unsigned long value = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || *end || value < s->min || value > s->max)
			return err_set(err, ERR_INVALID, "%s has to be from %u to %u", name, s->min,
				       s->max);
		*setting_value(s, o) = (unsigned)value;
		return true;
	}
	return err_set(err, ERR_INVALID, "there is no option %s: try --help", name);
}

static const struct workload *find_workload(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(workloads); i++)
		if (strcmp(workloads[i].name, name) == 0)
			return &workloads[i];
	return NULL;
}

static bool parse(int argc, char **argv, struct options *o, bool *ret_json, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		*setting_value(&settings[i], o) = settings[i].value;
	if (!url_parse(argv[2], &o->url, err))
		return false;
	if (strcmp(o->url.scheme, "irc") != 0)
		return err_set(err, ERR_INVALID, "only irc:// can be measured so far");
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			*ret_json = true;
		else if (!set_number(argv[i], argv[i + 1], o, err))
			return false;
		else
			i++;
	}
	return true;
}

int main(int argc, char **argv)
{
	const struct workload *workload = argc > 2 ? find_workload(argv[1]) : NULL;
	struct options o = { 0 };
	struct report report;
	struct err err = { 0 };
	bool json = false;
	signal(SIGPIPE, SIG_IGN);
	if (!workload) {
		bool asked = argc > 1 && strcmp(argv[1], "--help") == 0;
		print_help(asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	if (!parse(argc, argv, &o, &json, &err)) {
		fprintf(stderr, "teahouse-bench: %s\n", err.text);
		return 2;
	}
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	report_begin(&report, json, workload->name);
	bool ok = workload->run(&o, &report, &err);
	report_end(&report);
	if (!ok)
		fprintf(stderr, "teahouse-bench: %s\n", err.text);
	return ok ? 0 : 1;
}
