#include "server/credentials.h"

#include "base/worker.h"
#include "server/check.h"
#include "server/throttle.h"

#include <assert.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define GIVEN_MAX (2 * THREADS) /* so that no thread waits for the core thread's next turn */
#define LOGIN_PERIOD_MS 60000
#define REGISTER_PERIOD_MS 3600000
#define LOGIN_DELAY_MS 1000 /* the first; each further one is twice as long */

static_assert(PASSWORD_CODE_SIZE == CODE_SIZE, "one kind of code");
static_assert(PASSWORD_CODE_HASH_SIZE == 2 * CODE_HASH_BYTES + 1, "as hex");

/* A check that was asked for. */
struct ticket {
	struct job job;
	struct ticket *next; /* in one of the lists of struct credentials */
	struct credentials *c;
	struct credential_asker asker;
	int64_t asked_ms, due_ms;
	struct check check;
};

struct ticket_list {
	struct ticket *first, *last;
};

struct credentials {
	const struct config *config;
	struct keyring keys; /* the threads have it, too */
	struct worker *worker;
	struct ticket_list waiting; /* for their turn, in the order in which they came */
	struct ticket *held;        /* until they are due; the first to be so first */
	size_t under_way, given;
	struct throttle *names, *addresses, *registrations;
	char first_code[CODE_SIZE];
	atomic_bool closing; /* no check is worth its time any more */
};

/* On a thread. */
static void ticket_run(struct job *job)
{
	struct ticket *t = CONTAINER_OF(job, struct ticket, job);
	if (!atomic_load(&t->c->closing))
		check_do(&t->check);
}

/* ---- failures, and what they cost ---- */

static uint64_t name_key(const struct ticket *t)
{
	struct credentials *c = t->c;
	uint64_t key;
	unsigned char hash[CODE_HASH_BYTES];
	/* An operator and an account of one name are two. */
	const unsigned char kind = t->check.what == PASSWORD_PROVED ? PASSWORD_OF_ACCOUNT
								    : (unsigned char)t->check.what;
	crypto_generichash_state state;
	crypto_generichash_init(&state, c->keys.secret, SECRET_BYTES, sizeof(hash));
	crypto_generichash_update(&state, &kind, 1);
	crypto_generichash_update(&state, (const unsigned char *)t->check.name,
				  strlen(t->check.name));
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(&key, hash, sizeof(key));
	return key;
}

static bool is_guess(const struct ticket *t)
{
	return t->asker.address && t->check.what != PASSWORD_MAKE &&
	       t->check.what != PASSWORD_ADD_OPER;
}

static int64_t delay_ms(const struct ticket *t, int64_t now_ms)
{
	const struct credentials *c = t->c;
	size_t rate = c->config->login_rate, level = 0;
	if (!is_guess(t) || rate == 0)
		return 0;
	level = throttle_level(c->addresses, t->asker.address, now_ms);
	if (t->check.name[0]) {
		size_t of_name = throttle_level(c->names, name_key(t), now_ms);
		level = of_name > level ? of_name : level;
	}
	if (level + 1 < rate)
		return 0;
	size_t beyond = level + 1 - rate;
	int64_t ms = LOGIN_DELAY_MS << (beyond < 10 ? beyond : 10);
	return ms < LOGIN_DELAY_MAX_MS ? ms : LOGIN_DELAY_MAX_MS;
}

static void count_failure(const struct ticket *t, int64_t now_ms)
{
	struct credentials *c = t->c;
	if (!is_guess(t) || t->check.ok)
		return;
	throttle_add(c->addresses, t->asker.address, now_ms);
	if (t->check.name[0])
		throttle_add(c->names, name_key(t), now_ms);
}

/* ---- the lists ---- */

static void list_add(struct ticket_list *list, struct ticket *t)
{
	t->next = NULL;
	*(list->last ? &list->last->next : &list->first) = t;
	list->last = t;
}

static struct ticket *list_take(struct ticket_list *list)
{
	struct ticket *t = list->first;
	list->first = t->next;
	if (!list->first)
		list->last = NULL;
	return t;
}

static void hold(struct credentials *c, struct ticket *t, int64_t due_ms)
{
	struct ticket **at = &c->held;
	t->due_ms = due_ms;
	while (*at && (*at)->due_ms <= due_ms)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
}

static void release_held(struct credentials *c, int64_t now_ms)
{
	while (c->held && c->held->due_ms <= now_ms) {
		struct ticket *t = c->held;
		c->held = t->next;
		list_add(&c->waiting, t);
	}
}

static void ticket_free(struct ticket *t)
{
	check_done(&t->check);
	free(t);
}

/* Frees those that cookie asked for; returns how many. */
static size_t list_forget(struct ticket **at, uint64_t cookie, struct ticket **ret_last)
{
	size_t count = 0;
	struct ticket *last = NULL;
	while (*at) {
		struct ticket *t = *at;
		if (t->asker.cookie != cookie) {
			last = t;
			at = &t->next;
			continue;
		}
		*at = t->next;
		ticket_free(t);
		count++;
	}
	*ret_last = last;
	return count;
}

/* ---- on the core thread ---- */

void credentials_forget(struct credentials *c, uint64_t cookie)
{
	struct ticket *last;
	c->under_way -= list_forget(&c->held, cookie, &last);
	c->under_way -= list_forget(&c->waiting.first, cookie, &c->waiting.last);
}

static void finish(struct ticket *t, int64_t now_ms, credential_answer *answer, void *ctx)
{
	const struct password_answer result = {
		.job = t->check.what,
		.ok = t->check.ok,
		.host = t->check.host,
		.hash = t->check.made_hash,
		.scram = t->check.made_scram,
		.totp_step = t->check.totp_step,
		.reason = t->check.err.text,
	};
	count_failure(t, now_ms);
	t->c->under_way--;
	answer(ctx, t->asker.cookie, &result);
	ticket_free(t);
}

/* Failures may have come since it was asked: what it has to wait for is known when it is its turn. */
static void begin_some(struct credentials *c, int64_t now_ms, credential_answer *answer, void *ctx)
{
	while (c->given < GIVEN_MAX && c->waiting.first) {
		struct ticket *t = list_take(&c->waiting);
		int64_t due_ms = t->asked_ms + delay_ms(t, now_ms);
		if (due_ms > now_ms) {
			hold(c, t, due_ms);
		} else if (t->check.what == PASSWORD_PROVED) {
			finish(t, now_ms, answer, ctx);
		} else {
			c->given++;
			worker_give(c->worker, &t->job);
		}
	}
}

void credentials_turn(struct credentials *c, int64_t now_ms, credential_answer *answer, void *ctx)
{
	struct job *job;
	while ((job = worker_take(c->worker))) {
		c->given--;
		finish(CONTAINER_OF(job, struct ticket, job), now_ms, answer, ctx);
	}
	release_held(c, now_ms);
	begin_some(c, now_ms, answer, ctx);
}

int credentials_wait(const struct credentials *c, int64_t now_ms)
{
	if (c->waiting.first && c->given < GIVEN_MAX)
		return 0;
	if (!c->held)
		return -1;
	return c->held->due_ms > now_ms ? (int)(c->held->due_ms - now_ms) : 0;
}

bool credentials_check(struct credentials *c, const struct password_question *q,
		       const struct credential_asker *asker, int64_t now_ms)
{
	if (c->under_way >= CHECKS_MAX)
		return false;
	struct ticket *t = xcalloc(1, sizeof(*t));
	t->job.run = ticket_run;
	t->c = c;
	t->asker = *asker;
	t->asked_ms = now_ms;
	check_init(&t->check, &c->keys, q);
	c->under_way++;
	list_add(&c->waiting, t);
	return true;
}

bool credentials_may_register(struct credentials *c, uint64_t address, int64_t now_ms)
{
	size_t rate = c->config->register_rate;
	if (!address || rate == 0)
		return true;
	if (throttle_level(c->registrations, address, now_ms) >= rate)
		return false;
	throttle_add(c->registrations, address, now_ms);
	return true;
}

bool credentials_server_has_password(const struct credentials *c)
{
	return keyring_has_server_password(&c->keys);
}

void credentials_hash_code(const struct credentials *c, const char *code,
			   char hash[PASSWORD_CODE_HASH_SIZE])
{
	unsigned char bytes[CODE_HASH_BYTES];
	code_hash(c->keys.secret, code, bytes);
	sodium_bin2hex(hash, PASSWORD_CODE_HASH_SIZE, bytes, sizeof(bytes));
}

/* ---- the one-time code ---- */

bool credentials_make_code(struct credentials *c, struct err *err)
{
	assert(c->under_way == 0);
	if (c->keys.code.is_kept)
		return true;
	code_draw(c->first_code);
	bool ok = oper_code_keep(&c->keys.code, c->keys.secret, c->first_code, err);
	if (!ok)
		sodium_memzero(c->first_code, sizeof(c->first_code));
	return ok;
}

const char *credentials_first_code(const struct credentials *c)
{
	return c->first_code[0] ? c->first_code : NULL;
}

/* ---- making and ending ---- */

struct credentials *credentials_open(const struct config *config,
				     const unsigned char secret[SECRET_BYTES],
				     void (*wake)(void *ctx), void *ctx, struct err *err)
{
	struct credentials *c = xcalloc(1, sizeof(*c));
	c->config = config;
	c->names = throttle_new(config->login_rate, LOGIN_PERIOD_MS);
	c->addresses = throttle_new(config->login_rate, LOGIN_PERIOD_MS);
	c->registrations = throttle_new(config->register_rate, REGISTER_PERIOD_MS);
	if (keyring_init(&c->keys, config, secret, err))
		c->worker = worker_start_computing("credentials", THREADS, wake, ctx, err);
	if (c->worker)
		return c;
	credentials_close(c);
	return NULL;
}

static void give_up_the_rest(struct credentials *c)
{
	struct job *job;
	worker_stop(c->worker);
	while (c->worker && (job = worker_take(c->worker)))
		ticket_free(CONTAINER_OF(job, struct ticket, job));
	while (c->waiting.first)
		ticket_free(list_take(&c->waiting));
	while (c->held) {
		struct ticket *t = c->held;
		c->held = t->next;
		ticket_free(t);
	}
}

void credentials_close(struct credentials *c)
{
	if (!c)
		return;
	atomic_store(&c->closing, true);
	give_up_the_rest(c);
	worker_free(c->worker);
	throttle_free(c->names);
	throttle_free(c->addresses);
	throttle_free(c->registrations);
	keyring_done(&c->keys);
	sodium_memzero(c, sizeof(*c));
	free(c);
}
