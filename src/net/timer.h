/* timer.h: waits of one fixed duration, all in one list.
 *
 * Since everything in a list waits equally long, it is sorted by itself: starting and stopping cost
 * the same for one timer and for a hundred thousand, and idle ones cost nothing. One thread each. */
#ifndef TEAHOUSE_NET_TIMER_H
#define TEAHOUSE_NET_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
	struct timer *prev, *next; /* NULL: not running */
	int64_t due_ms;
};

struct timer_list {
	struct timer ends; /* next: due first */
	int64_t duration_ms;
	void (*fire)(struct timer *t); /* t is stopped by then, and may be started or freed */
};

/* fire() runs in timer_list_run(). */
void timer_list_init(struct timer_list *list, int64_t duration_ms, void (*fire)(struct timer *t));

/* Starts t, or starts it anew. { 0 } is a timer that is not running. Times are clock_monotonic_ms(). */
void timer_start(struct timer_list *list, struct timer *t, int64_t now_ms);
/* Not running: fine. */
void timer_stop(struct timer *t);
/* Started, and neither stopped nor fired since. */
bool timer_is_running(const struct timer *t);

/* Fires all that are due. */
void timer_list_run(struct timer_list *list, int64_t now_ms);

/* Milliseconds until the first is due, at most wait_ms; wait_ms below 0 means for ever. */
int timer_list_wait(const struct timer_list *list, int64_t now_ms, int wait_ms);

#endif
