#include "net/timer.h"

#include "base/base.h"
#include "tests/unit/check.h"

#include <stdio.h>

/* Timers that write their letter down; what else happens when one fires is its then(). */
struct letter {
	struct timer timer;
	char name;
	void (*then)(struct letter *l);
	struct letter *other;
};

static struct timer_list list;
static int64_t now_ms;
static char fired[32];
static size_t fired_count;

static void on_fire(struct timer *t)
{
	struct letter *l = CONTAINER_OF(t, struct letter, timer);
	CHECK_EQ(timer_is_running(t), false, "stopped by then");
	fired[fired_count++] = l->name;
	if (l->then)
		l->then(l);
}

static const char *run_at(int64_t at_ms)
{
	now_ms = at_ms;
	fired_count = 0;
	timer_list_run(&list, now_ms);
	fired[fired_count] = '\0';
	return fired;
}

static void start(struct letter *l, int64_t at_ms)
{
	now_ms = at_ms;
	timer_start(&list, &l->timer, now_ms);
}

TEST(timer_fires_once_when_it_is_due)
{
	struct letter a = { .name = 'a' };

	timer_list_init(&list, 100, on_fire);
	CHECK_STR(run_at(5000), "");
	CHECK_EQ(timer_is_running(&a.timer), false, "{ 0 } is a timer that is not running");
	start(&a, 5000);
	CHECK_EQ(timer_is_running(&a.timer), true, "it runs");
	CHECK_STR(run_at(5099), "");
	CHECK_STR(run_at(5100), "a");
	CHECK_STR(run_at(9999), "");
}

TEST(timers_fire_in_the_order_they_were_started)
{
	struct letter letters[5];

	timer_list_init(&list, 100, on_fire);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		letters[i] = (struct letter){ .name = (char)('a' + i) };
		start(&letters[i], (int64_t)i / 2);
	}
	timer_stop(&letters[1].timer);
	timer_stop(&letters[1].timer);
	CHECK_EQ(timer_is_running(&letters[1].timer), false, "stopped");
	start(&letters[0], 3);
	CHECK_STR(run_at(101), "cd");
	CHECK_STR(run_at(1000), "ea");
	CHECK_STR(run_at(2000), "");
}

static void start_again(struct letter *l)
{
	timer_start(&list, &l->timer, now_ms);
}

static void stop_other(struct letter *l)
{
	timer_stop(&l->other->timer);
}

TEST(timer_may_be_started_and_stopped_while_others_fire)
{
	struct letter c = { .name = 'c' }, b = { .name = 'b' };
	struct letter a = { .name = 'a', .then = stop_other, .other = &c };

	b.then = start_again;
	timer_list_init(&list, 100, on_fire);
	start(&a, 0);
	start(&b, 0);
	start(&c, 0);
	CHECK_STR(run_at(100), "ab");
	CHECK_STR(run_at(199), "");
	CHECK_STR(run_at(200), "b");
	CHECK_STR(run_at(1000), "b"); /* late is late: once, not eight times */
	timer_stop(&b.timer);
	CHECK_STR(run_at(5000), "");
}

TEST(timer_list_says_how_long_to_wait)
{
	struct letter a = { .name = 'a' }, b = { .name = 'b' };
	static const struct {
		int64_t now_ms;
		int wait_ms, answer;
	} cases[] = {
		{ 1000, -1, 100 }, { 1000, 500, 100 }, { 1000, 100, 100 },
		{ 1000, 99, 99 },  { 1000, 0, 0 },     { 1099, -1, 1 },
		{ 1100, -1, 0 },   { 9000, -1, 0 },    { 9000, 50, 0 },
	};

	timer_list_init(&list, 100, on_fire);
	CHECK_EQ(timer_list_wait(&list, 0, -1), -1, "nothing is due, ever");
	CHECK_EQ(timer_list_wait(&list, 0, 7), 7, "somebody else is first");
	start(&a, 1000);
	start(&b, 1050);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(timer_list_wait(&list, cases[i].now_ms, cases[i].wait_ms), cases[i].answer,
			 "until the first is due");
	timer_stop(&a.timer);
	CHECK_EQ(timer_list_wait(&list, 1000, -1), 150, "now the second is first");
	timer_stop(&b.timer);
}
