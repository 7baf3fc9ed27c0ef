#include "bench/probe.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(clockid_t id)
{
	struct timespec t = { 0 };
	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int64_t probe_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool probe_cpu(unsigned pid, double *ret_s, struct err *err)
{
	clockid_t id;
	int failed = clock_getcpuclockid((pid_t)pid, &id);
	if (failed) {
		errno = failed;
		return err_errno(err, "cannot read the CPU time of process %u", pid);
	}
	*ret_s = clock_seconds(id);
	return true;
}

double probe_own_cpu(void)
{
	return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

bool probe_mark(struct mark *m, unsigned pid, struct err *err)
{
	*m = (struct mark){ .ns = probe_now_ns(), .own_cpu = probe_own_cpu() };
	return pid == 0 || probe_cpu(pid, &m->cpu, err);
}

double span_seconds(const struct span *s)
{
	return (double)(s->to.ns - s->from.ns) / 1e9;
}

double span_cpu(const struct span *s)
{
	return s->to.cpu - s->from.cpu;
}

double span_own_cpu(const struct span *s)
{
	return s->to.own_cpu - s->from.own_cpu;
}

bool probe_memory(unsigned pid, struct memory *ret, struct err *err)
{
	char path[64], line[256];
	bool has_anonymous = false, has_rss = false;
	snprintf(path, sizeof(path), "/proc/%u/smaps_rollup", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return err_errno(err, "cannot read %s", path);
	while (fgets(line, sizeof(line), file)) {
		unsigned long long kib;
		if (sscanf(line, "Anonymous: %llu", &kib) == 1) {
			ret->anonymous = (double)kib * 1024;
			has_anonymous = true;
		} else if (sscanf(line, "Rss: %llu", &kib) == 1) {
			ret->rss = (double)kib * 1024;
			has_rss = true;
		}
	}
	fclose(file);
	if (!has_anonymous || !has_rss)
		return err_set(err, ERR_IO, "%s does not tell", path);
	return true;
}

bool probe_rss(unsigned pid, double *ret_bytes, struct err *err)
{
	char path[64];
	unsigned long long pages;
	snprintf(path, sizeof(path), "/proc/%u/statm", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return err_errno(err, "cannot read %s", path);
	bool told = fscanf(file, "%*u %llu", &pages) == 1;
	fclose(file);
	if (!told)
		return err_set(err, ERR_IO, "%s does not tell", path);
	*ret_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
	return true;
}
