#include "net/timer.h"

#include <stddef.h>

void timer_list_init(struct timer_list *list, int64_t duration_ms, void (*fire)(struct timer *t))
{
	list->ends.prev = list->ends.next = &list->ends;
	list->duration_ms = duration_ms;
	list->fire = fire;
}

void timer_start(struct timer_list *list, struct timer *t, int64_t now_ms)
{
	timer_stop(t);
	t->due_ms = now_ms + list->duration_ms;
	t->prev = list->ends.prev;
	t->next = &list->ends;
	t->prev->next = t;
	t->next->prev = t;
}

void timer_stop(struct timer *t)
{
	if (!t->next)
		return;
	t->prev->next = t->next;
	t->next->prev = t->prev;
	t->prev = t->next = NULL;
}

bool timer_is_running(const struct timer *t)
{
	return t->next != NULL;
}

void timer_list_run(struct timer_list *list, int64_t now_ms)
{
	struct timer *t;
	while ((t = list->ends.next) != &list->ends && t->due_ms <= now_ms) {
		timer_stop(t);
		list->fire(t);
	}
}

int timer_list_wait(const struct timer_list *list, int64_t now_ms, int wait_ms)
{
	const struct timer *first = list->ends.next;
	if (first == &list->ends)
		return wait_ms;
	int64_t left = first->due_ms > now_ms ? first->due_ms - now_ms : 0;
	return wait_ms < 0 || left < wait_ms ? (int)left : wait_ms;
}
