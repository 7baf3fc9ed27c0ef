#include "base/worker.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define NICE_COMPUTING 10 /* a tenth of what others get */

struct job_list {
	struct job *first, *last;
};

struct worker {
	pthread_t threads[WORKER_THREADS_MAX];
	size_t thread_count;
	bool gives_way;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t given;
	struct job_list todo, finished;
	bool stopping;

	void (*wake)(void *ctx);
	void *ctx;
};

static void job_list_add(struct job_list *list, struct job *job)
{
	job->next = NULL;
	*(list->last ? &list->last->next : &list->first) = job;
	list->last = job;
}

static struct job *job_list_take(struct job_list *list)
{
	struct job *job = list->first;
	if (!job)
		return NULL;
	list->first = job->next;
	if (!list->first)
		list->last = NULL;
	return job;
}

/* A nice value is a thread's own here, whatever POSIX says of processes: see sched(7). Not 19, and not
 * SCHED_IDLE: what they leave is next to nothing once other programs keep the machine busy, and whoever
 * waits for his password would wait for them all. Where it is refused, everything still works. */
static void give_way(void)
{
	setpriority(PRIO_PROCESS, (id_t)gettid(), NICE_COMPUTING);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct job *job;
	if (w->gives_way)
		give_way();
	pthread_mutex_lock(&w->mutex);
	for (;;) {
		while (!(job = job_list_take(&w->todo)) && !w->stopping)
			pthread_cond_wait(&w->given, &w->mutex);
		if (!job)
			break;
		pthread_mutex_unlock(&w->mutex);
		job->run(job);
		pthread_mutex_lock(&w->mutex);
		job_list_add(&w->finished, job);
		pthread_mutex_unlock(&w->mutex);
		w->wake(w->ctx);
		pthread_mutex_lock(&w->mutex);
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

static bool worker_add_thread(struct worker *w, const char *name, struct err *err)
{
	pthread_t *thread = &w->threads[w->thread_count];
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(thread, NULL, worker_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		errno = failed;
		return err_errno(err, "cannot start the thread \"%s\"", name);
	}
	pthread_setname_np(*thread, name);
	w->thread_count++;
	return true;
}

static struct worker *worker_new(const char *name, size_t threads, bool gives_way,
				 void (*wake)(void *ctx), void *ctx, struct err *err)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	assert(threads <= WORKER_THREADS_MAX);
	w->gives_way = gives_way;
	w->wake = wake;
	w->ctx = ctx;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->given, NULL);
	while (w->thread_count < threads)
		if (!worker_add_thread(w, name, err)) {
			worker_stop(w);
			worker_free(w);
			return NULL;
		}
	return w;
}

struct worker *worker_start(const char *name, void (*wake)(void *ctx), void *ctx, struct err *err)
{
	return worker_new(name, 1, false, wake, ctx, err);
}

struct worker *worker_start_computing(const char *name, size_t threads, void (*wake)(void *ctx),
				      void *ctx, struct err *err)
{
	return worker_new(name, threads, true, wake, ctx, err);
}

void worker_stop(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->stopping = true;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->mutex);
	for (size_t i = 0; i < w->thread_count; i++)
		pthread_join(w->threads[i], NULL);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_cond_destroy(&w->given);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

void worker_give(struct worker *w, struct job *job)
{
	pthread_mutex_lock(&w->mutex);
	job_list_add(&w->todo, job);
	pthread_cond_signal(&w->given);
	pthread_mutex_unlock(&w->mutex);
}

struct job *worker_take(struct worker *w)
{
	pthread_mutex_lock(&w->mutex);
	struct job *job = job_list_take(&w->finished);
	pthread_mutex_unlock(&w->mutex);
	return job;
}
