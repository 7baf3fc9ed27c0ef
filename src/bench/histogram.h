/* histogram.h: how long things took, in buckets that are 1/64 of their value wide or narrower. */
#ifndef TEAHOUSE_BENCH_HISTOGRAM_H
#define TEAHOUSE_BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BITS 6
#define HISTOGRAM_STEPS (1u << HISTOGRAM_BITS) /* buckets between a power of two and the next */
#define HISTOGRAM_BUCKETS ((65 - HISTOGRAM_BITS) * HISTOGRAM_STEPS)

/* { 0 } is an empty one. */
struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t total;
	uint64_t max; /* exactly */
};

void histogram_add(struct histogram *h, uint64_t value);
/* Nanoseconds are counted as microseconds; below 0, as 0. */
void histogram_add_ns(struct histogram *h, int64_t ns);

/* The value that so many percent do not exceed, or up to 1/64 more; 0 if there is none. */
uint64_t histogram_percentile(const struct histogram *h, double percent);

#endif
