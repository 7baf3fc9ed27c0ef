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

void report_end(struct report *r)
{
	if (r->json)
		puts("}");
	fflush(stdout);
}
