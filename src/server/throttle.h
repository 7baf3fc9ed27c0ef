/* throttle.h: how often something happened lately, for each account or address.
 *
 * A leaky bucket each: it drains by rate in a period, so that many that happened at once are forgotten
 * one by one. The last THROTTLES_KEPT that something happened to are remembered. Core thread. */
#ifndef TEAHOUSE_SERVER_THROTTLE_H
#define TEAHOUSE_SERVER_THROTTLE_H

#include <stddef.h>
#include <stdint.h>

struct throttle;

/* rate 0: nothing is counted. End with throttle_free(). */
struct throttle *throttle_new(size_t rate, int64_t period_ms);
/* NULL is fine. */
void throttle_free(struct throttle *t);

/* How many are in key's bucket, begun ones included: after rate that happened at once, rate. */
size_t throttle_level(const struct throttle *t, uint64_t key, int64_t now_ms);
/* One more. */
void throttle_add(struct throttle *t, uint64_t key, int64_t now_ms);

#endif
