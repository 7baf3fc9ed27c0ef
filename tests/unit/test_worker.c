#include "base/worker.h"

#include "tests/unit/check.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct err err;

static void count_wake(void *ctx)
{
	sem_post(ctx);
}

/* A job that waits for leave to run, if it has a gate, and notes which one it was. */
struct task {
	struct job job;
	size_t number;
	struct diary *diary;
	sem_t *gate;
};

struct diary {
	size_t count, numbers[100];
	pthread_t thread;
	char thread_name[16];
	bool blocked;
};

static void task_run(struct job *job)
{
	struct task *t = CONTAINER_OF(job, struct task, job);
	sigset_t mask;
	if (t->gate)
		sem_wait(t->gate);
	t->diary->numbers[t->diary->count++] = t->number;
	t->diary->thread = pthread_self();
	pthread_getname_np(pthread_self(), t->diary->thread_name, sizeof(t->diary->thread_name));
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	t->diary->blocked = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT);
}

TEST(worker_runs_in_order_on_a_thread_of_its_own)
{
	struct diary diary = { 0 };
	struct task tasks[100];
	sem_t wakes, gate;

	sem_init(&wakes, 0, 0);
	sem_init(&gate, 0, 0);
	struct worker *w = worker_start("tea-worker-name", count_wake, &wakes, &err);
	CHECK(w);
	CHECK_EQ(worker_take(w), NULL, "nothing was given");
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		tasks[i] = (struct task){ { task_run, NULL }, i, &diary, i == 0 ? &gate : NULL };
		worker_give(w, &tasks[i].job);
	}
	CHECK_EQ(worker_take(w), NULL, "the first one is not done, so none is");
	sem_post(&gate);
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		sem_wait(&wakes); /* one for each, and not before it can be taken */
		CHECK_EQ(worker_take(w), &tasks[i].job, "back in order");
	}
	CHECK_EQ(worker_take(w), NULL, "all are back");
	worker_stop(w);
	worker_free(w);
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
		CHECK_EQ(diary.numbers[i], i, "run in order");
	CHECK(!pthread_equal(diary.thread, pthread_self()));
	CHECK_STR(diary.thread_name, "tea-worker-name");
	CHECK_EQ(diary.blocked, true, "signals are for the main thread");
	CHECK_EQ(sem_trywait(&wakes), -1, "one wake-up for each job");
	sem_destroy(&wakes);
	sem_destroy(&gate);
}

TEST(worker_goes_on_after_it_had_nothing_to_do)
{
	struct diary diary = { 0 };
	struct task task = { { task_run, NULL }, 7, &diary, NULL };
	sem_t wakes;

	sem_init(&wakes, 0, 0);
	struct worker *w = worker_start("worker", count_wake, &wakes, &err);
	CHECK(w);
	for (size_t i = 1; i <= 20; i++) {
		worker_give(w, &task.job);
		sem_wait(&wakes);
		CHECK_EQ(worker_take(w), &task.job, "done");
		CHECK_EQ(worker_take(w), NULL, "and nothing else");
		CHECK_EQ(diary.count, i, "once each time");
	}
	worker_stop(w);
	worker_free(w);
	sem_destroy(&wakes);
}

TEST(worker_leaves_the_signals_of_who_starts_it)
{
	sigset_t mask;
	sem_t wakes;

	sem_init(&wakes, 0, 0);
	struct worker *w = worker_start("worker", count_wake, &wakes, &err);
	CHECK(w);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	CHECK_EQ(sigismember(&mask, SIGTERM), 0, "as before");
	worker_stop(w);
	worker_free(w);
	sem_destroy(&wakes);
}

TEST(worker_stops_after_what_was_given)
{
	struct diary diary = { 0 };
	struct task tasks[20];
	sem_t wakes, gate;
	size_t taken = 0;

	sem_init(&wakes, 0, 0);
	sem_init(&gate, 0, 0);
	struct worker *w = worker_start("worker", count_wake, &wakes, &err);
	CHECK(w);
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		tasks[i] = (struct task){ { task_run, NULL }, i, &diary, i == 0 ? &gate : NULL };
		worker_give(w, &tasks[i].job);
	}
	sem_post(&gate);
	worker_stop(w);
	CHECK_EQ(diary.count, ARRAY_LEN(tasks), "all were run");
	while (worker_take(w))
		taken++;
	CHECK_EQ(taken, ARRAY_LEN(tasks), "and can be taken back when it has stopped");
	worker_free(w);
	sem_destroy(&wakes);
	sem_destroy(&gate);
}

TEST(worker_that_never_was_may_be_stopped)
{
	worker_stop(NULL);
	worker_free(NULL);
}

static void meet(struct job *job)
{
	struct task *t = CONTAINER_OF(job, struct task, job);
	sem_post(&t->gate[t->number]);
	sem_wait(&t->gate[1 - t->number]);
}

TEST(worker_may_have_two_threads)
{
	/* Each waits until the other has begun. */
	struct task tasks[2];
	sem_t wakes, gates[2];
	sem_init(&wakes, 0, 0);
	for (size_t i = 0; i < 2; i++)
		sem_init(&gates[i], 0, 0);
	struct worker *w = worker_start_computing("worker", 2, count_wake, &wakes, &err);
	CHECK(w);
	for (size_t i = 0; i < 2; i++) {
		tasks[i] = (struct task){ { meet, NULL }, i, NULL, gates };
		worker_give(w, &tasks[i].job);
	}
	for (size_t i = 0; i < 2; i++)
		sem_wait(&wakes);
	CHECK(worker_take(w) && worker_take(w) && !worker_take(w));
	worker_stop(w);
	worker_free(w);
}
