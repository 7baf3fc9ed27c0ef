/* worker.h: a thread for work that blocks: the disk, a password's hash. Or several of them.
 *
 * Jobs are given by one thread, begun in the order they were given, and taken back by the same thread
 * in the order they were finished. A job belongs to the worker in between. */
#ifndef TEAHOUSE_BASE_WORKER_H
#define TEAHOUSE_BASE_WORKER_H

#include "base/err.h"

struct job {
	void (*run)(struct job *job); /* on a thread of the worker's */
	struct job *next;
};

#define WORKER_THREADS_MAX 2

struct worker;

/* Starts the thread, which sees no signals; name has at most 15 bytes. wake(ctx) is called on it
 * after each finished job. End with worker_stop() and worker_free(). NULL: reason in err. */
struct worker *worker_start(const char *name, void (*wake)(void *ctx), void *ctx, struct err *err);

/* The same with several threads of one name, at most WORKER_THREADS_MAX, which run as many jobs at
 * once. It is for jobs that keep a processor busy: the threads have a low priority (nice 10), so that
 * those who only pass something on, on the same processors, need not wait for them. */
struct worker *worker_start_computing(const char *name, size_t threads, void (*wake)(void *ctx),
				      void *ctx, struct err *err);

/* Runs what was given and ends the threads; worker_take() still works. Waits. NULL is fine. */
void worker_stop(struct worker *w);
/* After worker_stop(); jobs not taken back by then are lost. NULL is fine. */
void worker_free(struct worker *w);

/* job is not in any list, and stays where it is until it is taken back. */
void worker_give(struct worker *w, struct job *job);

/* The next finished job; NULL: none yet. */
struct job *worker_take(struct worker *w);

#endif
