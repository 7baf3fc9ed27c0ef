/* logins.c: everybody logs in at once, and what those who are in already notice of it.
 *
 * There are accounts l0, l1 … whose password is "bench". Their clients have a thread of their own, and
 * come all at the same moment, once fanout's warm-up is over; until the last of them is in, fanout's
 * members talk, on time (--rate). They have the right of way if the system grants it: else they would
 * wait for what this program does for the others.
 *
 * A log-in costs the server a hash, which is made to be slow. --hash says what the accounts' password
 * is kept as: how long this machine takes to check it is measured before, with as many threads as the
 * server has for it, so that the rest is what the server adds. */
#include "bench/traffic.h"
#include "bench/workloads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define PASSWORD "bench"
#define SERVER_THREADS 2 /* that hash: server/credentials.c */
#define HASHES 20        /* of each of as many threads here */

struct logins {
	const struct options *o;
	struct crowd *crowd; /* the thread's while that runs */
	pthread_t thread;
	struct traffic *traffic;
	struct span span; /* from the first connection to the last log-in */
	struct err err;   /* why not all came in */
	bool ok;
	atomic_bool done;
};

/* ---- what a hash takes ---- */

struct hasher {
	const char *hash;
	pthread_t thread;
	struct histogram took_us;
	bool ok;
};

static void *hasher_main(void *ctx)
{
	struct hasher *h = ctx;
	h->ok = true;
	for (int i = 0; i < HASHES && h->ok; i++) {
		int64_t began_ns = probe_now_ns();
		h->ok = crypto_pwhash_str_verify(h->hash, PASSWORD, sizeof(PASSWORD) - 1) == 0;
		histogram_add_ns(&h->took_us, probe_now_ns() - began_ns);
	}
	return NULL;
}

static bool start_thread(pthread_t *thread, void *(*run)(void *ctx), void *ctx, struct err *err)
{
	int failed = pthread_create(thread, NULL, run, ctx);
	if (failed)
		errno = failed;
	return !failed || err_errno(err, "cannot start a thread");
}

/* *ret_us: the median, while SERVER_THREADS do it at the same time. */
static bool time_hashes(const char *hash, double *ret_us, struct err *err)
{
	struct hasher *h = xcalloc(SERVER_THREADS, sizeof(*h));
	size_t count = 0;
	bool ok = sodium_init() >= 0 || err_set(err, ERR_IO, "libsodium cannot be used");
	*ret_us = 0;
	for (; count < SERVER_THREADS && ok; count += ok) {
		h[count].hash = hash;
		ok = start_thread(&h[count].thread, hasher_main, &h[count], err);
	}
	for (size_t i = 0; i < count; i++)
		pthread_join(h[i].thread, NULL);
	for (size_t i = 0; i < count; i++) {
		if (ok && !h[i].ok)
			ok = err_set(err, ERR_INVALID,
				     "--hash has to be of \"" PASSWORD "\": see teahouse passwd");
		*ret_us += (double)histogram_percentile(&h[i].took_us, 50) / SERVER_THREADS;
	}
	free(h);
	return ok;
}

/* ---- those who log in ---- */

static void sleep_ms(unsigned ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void *logins_main(void *ctx)
{
	struct logins *l = ctx;
	sleep_ms(l->o->warmup_ms);
	l->ok = probe_mark(&l->span.from, l->o->pid, &l->err) &&
		crowd_enter(l->crowd, l->o->clients, &l->err) &&
		probe_mark(&l->span.to, l->o->pid, &l->err);
	atomic_store(&l->done, true);
	return NULL;
}

static int64_t logins_turn(void *ctx, int64_t now_ns)
{
	struct logins *l = ctx;
	(void)now_ns;
	if (atomic_load(&l->done))
		traffic_stop(l->traffic);
	return INT64_MAX; /* something is due soon: --rate */
}

static bool logins_prepare(struct logins *l, struct err *err)
{
	const struct crowd_options crowd_options = {
		.url = &l->o->url,
		.nick = "l",
		.clients = l->o->clients,
		.room_size = 1,
		.at_once = l->o->at_once,
		.patience = l->o->patience,
		.silent = true,
	};
	l->crowd = crowd_new(&crowd_options, err);
	for (unsigned i = 0; l->crowd && i < l->o->clients; i++) {
		crowd_client(l->crowd, i)->roomless = true;
		crowd_client(l->crowd, i)->password = PASSWORD;
	}
	return l->crowd;
}

static bool logins_measure(struct logins *l, struct err *err)
{
	const struct sched_param first = { .sched_priority = 1 };
	if (!start_thread(&l->thread, logins_main, l, err))
		return false;
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &first); /* refused: so be it */
	bool ok = traffic_measure(l->traffic, err);
	pthread_join(l->thread, NULL);
	if (ok && !l->ok)
		*err = l->err;
	return ok && l->ok;
}

static void logins_report(const struct logins *l, struct report *r, double hash_us)
{
	double seconds = span_seconds(&l->span);
	double hashes_s = hash_us * 1e-6 * l->o->clients / SERVER_THREADS;
	report_number(r, "clients", l->o->clients, "");
	report_number(r, "login_seconds", seconds, "s until all are in");
	report_number(r, "logins_per_s", l->o->clients / seconds, "per s");
	if (l->o->pid)
		report_number(r, "cpu_us_per_login", span_cpu(&l->span) * 1e6 / l->o->clients,
			      "us");
	if (hash_us > 0) {
		report_number(r, "hash_us", hash_us, "us, two at a time");
		report_number(r, "hashes_s", hashes_s, "s for all hashes");
		report_number(r, "beyond_hashes_percent", 100 * (seconds / hashes_s - 1), "%");
	}
	traffic_report(l->traffic, r);
	traffic_report_end(l->traffic, r);
}

bool bench_logins(const struct options *o, struct report *r, struct err *err)
{
	double hash_us = 0;
	struct logins l = { .o = o };
	const struct traffic_options traffic_options = {
		.o = o,
		.aside = { .turn = logins_turn, .ctx = &l },
	};
	if (o->rate == 0)
		return err_set(err, ERR_INVALID, "logins need somebody who talks: --rate");
	l.traffic = traffic_new(&traffic_options, err);
	bool ok = l.traffic && (!o->hash || time_hashes(o->hash, &hash_us, err)) &&
		  traffic_enter(l.traffic, err) && logins_prepare(&l, err) &&
		  logins_measure(&l, err);
	if (ok) {
		logins_report(&l, r, hash_us);
		ok = traffic_is_right(l.traffic, err) && crowd_is_whole(l.crowd, err);
	}
	traffic_free(l.traffic);
	crowd_free(l.crowd);
	return ok;
}
