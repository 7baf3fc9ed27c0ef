#include "bench/histogram.h"

#include "base/base.h"

#include "tests/unit/check.h"

#include <stdlib.h>

#define VALUES 5000

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* The smallest of sorted values that percent of them do not exceed. */
static uint64_t percentile_of(const uint64_t *sorted, double percent)
{
	size_t i = 0;
	while ((double)(i + 1) < VALUES * percent / 100)
		i++;
	return sorted[i];
}

TEST(histogram_percentiles_are_those_of_the_sorted_values)
{
	static const double percents[] = { 0.1, 1, 25, 50, 90, 99, 99.9, 100 };
	static struct histogram h;
	static uint64_t values[VALUES];
	uint64_t random = 7;

	for (size_t i = 0; i < VALUES; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		values[i] = random >> (24 + random % 40); /* of every size, up to 2^40 */
		histogram_add(&h, values[i]);
	}
	qsort(values, VALUES, sizeof(values[0]), compare);
	for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
		uint64_t exact = percentile_of(values, percents[i]);
		uint64_t told = histogram_percentile(&h, percents[i]);
		CHECK(told >= exact);
		CHECK(told - exact <= exact / HISTOGRAM_STEPS);
	}
	CHECK_EQ(histogram_percentile(&h, 100), values[VALUES - 1], "the longest is exact");
}

TEST(histogram_keeps_small_values_apart)
{
	for (uint64_t value = 0; value < 2ull * HISTOGRAM_STEPS; value++) {
		struct histogram h = { 0 };
		histogram_add(&h, value);
		histogram_add(&h, 1000000);
		CHECK_EQ(histogram_percentile(&h, 50), value, "a bucket of its own");
	}
}

TEST(histogram_takes_any_value)
{
	static const uint64_t cases[] = { 0, 1, UINT32_MAX, UINT64_MAX / 2 + 1, UINT64_MAX };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct histogram h = { 0 };
		histogram_add(&h, cases[i]);
		CHECK_EQ(histogram_percentile(&h, 50), cases[i], "the only one there is");
	}
}

TEST(histogram_that_is_empty_says_0)
{
	struct histogram h = { 0 };
	CHECK_EQ(histogram_percentile(&h, 99), 0, "nothing took any time");
}

TEST(histogram_counts_nanoseconds_as_microseconds)
{
	struct histogram h = { 0 };
	histogram_add_ns(&h, -5);
	CHECK_EQ(histogram_percentile(&h, 100), 0, "not before it began");
	histogram_add_ns(&h, 1999);
	CHECK_EQ(histogram_percentile(&h, 100), 1, "whole ones");
}
