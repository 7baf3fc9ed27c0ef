#include "bench/histogram.h"

/* Small values have a bucket each. From HISTOGRAM_STEPS on the highest bit chooses so many buckets,
 * and the bits below it choose one of them. */
static unsigned bucket_of(uint64_t value)
{
	if (value < HISTOGRAM_STEPS)
		return (unsigned)value;
	unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_BITS;
	return (shift + 1) * HISTOGRAM_STEPS + (unsigned)(value >> shift) % HISTOGRAM_STEPS;
}

/* The largest value of a bucket. */
static uint64_t bucket_end(unsigned bucket)
{
	if (bucket < HISTOGRAM_STEPS)
		return bucket;
	unsigned shift = bucket / HISTOGRAM_STEPS - 1;
	uint64_t step = HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS;
	return ((step + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	h->counts[bucket_of(value)]++;
	h->total++;
	if (value > h->max)
		h->max = value;
}

void histogram_add_ns(struct histogram *h, int64_t ns)
{
	histogram_add(h, ns > 0 ? (uint64_t)ns / 1000 : 0);
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
	double wanted = (double)h->total * percent / 100;
	uint64_t seen = 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->counts[i];
		if (h->counts[i] > 0 && (double)seen >= wanted)
			return bucket_end(i) < h->max ? bucket_end(i) : h->max;
	}
	return 0;
}
