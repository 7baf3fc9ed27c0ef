#include "bench/report.h"

#include <math.h>
#include <stdio.h>

void report_begin(struct report *r, bool json, const char *workload)
{
	*r = (struct report){ .json = json };
	if (json)
		printf("{\"workload\": \"%s\"", workload);
	else
		printf("%s\n", workload);
}

void report_number(struct report *r, const char *key, double value, const char *unit)
{
	if (r->json)
		printf(", \"%s\": %.10g", key, value);
	else
		printf("  %-24s %12.*f %s\n", key, value >= 100 || value == floor(value) ? 0 : 2,
		       value, unit);
}

void report_percentiles(struct report *r, const char *name, const struct histogram *h)
{
	static const struct {
		const char *suffix;
		double percent;
	} rows[] = {
		{ "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "p999", 99.9 }, { "max", 100 },
	};
	char key[64];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(key, sizeof(key), "%s_%s_us", name, rows[i].suffix);
		report_number(r, key, (double)histogram_percentile(h, rows[i].percent), "us");
	}
}

void report_ceiling(struct report *r, double count, const struct span *span)
{
	double own_cpu = span_own_cpu(span);
	report_number(r, "load_cpu_percent", own_cpu * 100 / span_seconds(span),
		      "%, this program's");
	report_number(r, "ceiling_per_s", own_cpu > 0 ? count / own_cpu : 0,
		      "per s, had this program no pause");
}

void report_end(struct report *r)
{
	if (r->json)
		puts("}");
	fflush(stdout);
}
