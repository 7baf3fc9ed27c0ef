#include "store/checkpoint.h"

#include "base/limits.h"
#include "base/log.h"
#include "store/database.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* Nothing committed for so long: idle. */
#define CHECKPOINT_IDLE_MS 1000

struct checkpoint {
	sqlite3 *db;  /* the thread's, once it runs */
	bool failing; /* the thread's, too */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* on CLOCK_MONOTONIC */
	/* Under the mutex: */
	bool stopping;
	bool hinted;         /* since the thread last looked */
	uint64_t wal_bytes;  /* as last hinted; 0: nothing to do */
	uint64_t seen_bytes; /* wal_bytes when the last checkpoint began */
	uint64_t max_bytes;  /* above it the writer waits for us */
	bool holding;        /* he does, whatever its size */
	pthread_cond_t emptied;
};

static bool checkpoint_is_due(const struct checkpoint *c)
{
	return c->wal_bytes >= c->seen_bytes + CHECKPOINT_BYTES || c->wal_bytes > c->max_bytes;
}

/* true: a second went by without a commit. */
static bool checkpoint_idle(struct checkpoint *c)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CHECKPOINT_IDLE_MS / 1000;
	c->hinted = false;
	return pthread_cond_timedwait(&c->changed, &c->mutex, &until) == ETIMEDOUT && !c->hinted;
}

/* Waits until there is something to do, and says what: a mode of sqlite3_wal_checkpoint_v2(), or -1
 * to stop. */
static int checkpoint_wait(struct checkpoint *c)
{
	while (!c->stopping) {
		if (checkpoint_is_due(c))
			return c->wal_bytes > c->max_bytes ? SQLITE_CHECKPOINT_TRUNCATE
							   : SQLITE_CHECKPOINT_RESTART;
		if (c->wal_bytes == 0)
			pthread_cond_wait(&c->changed, &c->mutex);
		else if (checkpoint_idle(c))
			return SQLITE_CHECKPOINT_TRUNCATE;
	}
	return -1;
}

static void checkpoint_hold(struct checkpoint *c, bool holding)
{
	pthread_mutex_lock(&c->mutex);
	c->holding = holding;
	if (!holding)
		pthread_cond_signal(&c->emptied);
	pthread_mutex_unlock(&c->mutex);
}

/* Both modes keep the writer out meanwhile, so all that takes time is done before. */
static int checkpoint_run(struct checkpoint *c, int mode)
{
	int rc = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc != SQLITE_OK)
		return rc;
	checkpoint_hold(c, true);
	rc = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, NULL, NULL);
	checkpoint_hold(c, false);
	return rc;
}

/* Says so once, not every second. Busy is no failure: somebody reads or writes, so another time. */
static void checkpoint_judge(struct checkpoint *c, int rc)
{
	bool failed = rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_INTERRUPT;

	if (failed && !c->failing)
		log_warn("checkpoint-failed", "error=\"%s\"", sqlite3_errmsg(c->db));
	c->failing = failed;
}

/* If somebody reads for long, nobody waits for him at each commit. */
static void checkpoint_emptied(struct checkpoint *c, bool ok)
{
	if (ok) {
		c->max_bytes = WAL_BYTES_MAX;
		if (!c->hinted)
			c->wal_bytes = c->seen_bytes = 0;
	} else if (c->wal_bytes > c->max_bytes) {
		c->max_bytes = c->wal_bytes + WAL_BYTES_MAX / 4;
	}
	pthread_cond_signal(&c->emptied);
}

static void *checkpoint_main(void *arg)
{
	struct checkpoint *c = arg;
	int mode;

	pthread_mutex_lock(&c->mutex);
	while ((mode = checkpoint_wait(c)) >= 0) {
		c->seen_bytes = c->wal_bytes;
		c->hinted = false;
		pthread_mutex_unlock(&c->mutex);
		int rc = checkpoint_run(c, mode);
		checkpoint_judge(c, rc);
		pthread_mutex_lock(&c->mutex);
		checkpoint_emptied(c, rc == SQLITE_OK);
	}
	pthread_mutex_unlock(&c->mutex);
	return NULL;
}

/* Signals are for the main thread. */
static int checkpoint_spawn(struct checkpoint *c)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&c->thread, NULL, checkpoint_main, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void checkpoint_free(struct checkpoint *c)
{
	pthread_cond_destroy(&c->emptied);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->mutex);
	database_close(c->db);
	free(c);
}

struct checkpoint *checkpoint_start(const char *dir, struct err *err)
{
	struct checkpoint *c = xcalloc(1, sizeof(*c));
	pthread_condattr_t monotonic;

	c->db = database_open(dir, DATABASE_CHECKPOINT, err);
	if (!c->db) {
		free(c);
		return NULL;
	}
	pthread_mutex_init(&c->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_cond_init(&c->emptied, NULL);
	c->max_bytes = WAL_BYTES_MAX;
	if (checkpoint_spawn(c) != 0) {
		err_set(err, ERR_IO, "cannot start a thread for checkpoints");
		checkpoint_free(c);
		return NULL;
	}
	return c;
}

void checkpoint_stop(struct checkpoint *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->mutex);
	c->stopping = true;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->mutex);
	sqlite3_interrupt(c->db);
	pthread_join(c->thread, NULL);
	checkpoint_free(c);
}

void checkpoint_hint(struct checkpoint *c, uint64_t wal_bytes)
{
	pthread_mutex_lock(&c->mutex);
	bool asleep = c->wal_bytes == 0;
	c->wal_bytes = wal_bytes;
	c->hinted = true;
	if (wal_bytes < c->seen_bytes)
		c->seen_bytes = 0; /* the writer began the log anew */
	/* A thread that only waits for idleness looks by itself: no wake-up per commit. */
	if (asleep || checkpoint_is_due(c))
		pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->mutex);
}

void checkpoint_before_commit(struct checkpoint *c)
{
	pthread_mutex_lock(&c->mutex);
	while (c->holding || c->wal_bytes > c->max_bytes)
		pthread_cond_wait(&c->emptied, &c->mutex);
	pthread_mutex_unlock(&c->mutex);
}
