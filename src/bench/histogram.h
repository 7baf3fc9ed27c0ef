/* histogram.h: how long things took, in buckets that are 1/16 of their value wide or narrower. */
#ifndef TEAHOUSE_BENCH_HISTOGRAM_H
#define TEAHOUSE_BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 16 /* buckets between a power of two and the next */
#define HISTOGRAM_BUCKETS (61 * HISTOGRAM_STEPS)

/* { 0 } is an empty one. */
struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t total;
};

void histogram_add(struct histogram *h, uint64_t value);

/* The value that so many percent do not exceed, give or take its bucket; 0 if there is none. */
uint64_t histogram_percentile(const struct histogram *h, double percent);

#endif
