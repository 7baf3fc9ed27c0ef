#include "server/credentials.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/scram.h"
#include "base/totp.h"
#include "base/worker.h"
#include "server/code.h"
#include "server/oper_file.h"
#include "server/throttle.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_USER "admin"
#define THREADS 2
#define GIVEN_MAX (2 * THREADS) /* so that no thread waits for the core thread's next turn */
#define LOGIN_PERIOD_MS 60000
#define REGISTER_PERIOD_MS 3600000
#define LOGIN_DELAY_MS 1000 /* the first; each further one is twice as long */

static_assert(PASSWORD_CODE_SIZE == CODE_SIZE, "one kind of code");
static_assert(PASSWORD_CODE_HASH_SIZE == 2 * CODE_HASH_BYTES + 1, "as hex");

struct check {
	struct job job;
	struct check *next; /* in one of the lists of struct credentials */
	struct credentials *c;
	struct credential_asker asker;
	int64_t asked_ms, due_ms;
	enum password_job what;
	const char *name, *password, *hash, *totp, *code; /* in strings */
	uint64_t totp_step;
	bool ok;
	char host[HOST_SIZE], made_hash[PASSWORD_HASH_SIZE], made_scram[SCRAM_TEXT_SIZE];
	struct err err;
	size_t size;
	char strings[];
};

struct check_list {
	struct check *first, *last;
};

struct credentials {
	const struct config *config;
	const unsigned char *secret;
	struct worker *worker;
	struct check_list waiting; /* for their turn, in the order in which they came */
	struct check *held;        /* until they are due; the first to be so first */
	size_t under_way, given;
	struct throttle *names, *addresses, *registrations;
	char first_code[CODE_SIZE];
	atomic_bool closing; /* no check is worth its time any more */

	pthread_mutex_t mutex; /* of what follows, which the threads share */
	struct oper_code code;
	struct opers added;
};

/* ---- on the threads ---- */

static bool is_no_password(const char *password)
{
	return !password[0] || strlen(password) > PASSWORD_BYTES_MAX;
}

static bool code_is(struct check *check)
{
	struct credentials *c = check->c;
	if (strcmp(check->name, CODE_USER) != 0)
		return false;
	pthread_mutex_lock(&c->mutex);
	bool ok = oper_code_use(&c->code, c->secret, check->password);
	pthread_mutex_unlock(&c->mutex);
	return ok;
}

/* A copy, since another may be added meanwhile. The configuration's count more. */
static bool oper_copy(struct credentials *c, const char *name, struct oper *ret)
{
	pthread_mutex_lock(&c->mutex);
	const struct oper *oper = opers_find(&c->config->opers, name);
	if (!oper)
		oper = opers_find(&c->added, name);
	if (oper)
		*ret = *oper;
	pthread_mutex_unlock(&c->mutex);
	return oper;
}

/* One hash is computed whatever the name is, so that the time tells nothing of which there are; or none,
 * for what is no password at all. */
static bool oper_is(struct check *check)
{
	struct oper oper = { 0 };
	if (is_no_password(check->password))
		return false;
	bool is_one = oper_copy(check->c, check->name, &oper);
	bool ok = is_one && password_is(&oper.password, check->c->secret, check->password);
	if (!is_one || !oper.password.hash[0])
		password_waste(check->password);
	if (ok)
		memcpy(check->host, oper.host, sizeof(check->host));
	sodium_memzero(&oper, sizeof(oper));
	return ok;
}

/* The same, whether there is such an account or not; and whether its code was right is looked at only
 * after its password. */
static bool account_is(struct check *check)
{
	if (is_no_password(check->password))
		return false;
	if (!check->hash[0]) {
		password_waste(check->password);
		return false;
	}
	return password_fits(check->hash, check->password) &&
	       (!check->totp[0] ||
		totp_is(check->totp, check->code, clock_wall_ms() / 1000, &check->totp_step));
}

static bool make(struct check *check)
{
	struct scram_verifier verifier = { .iterations = SCRAM_ITERATIONS };
	size_t len = strlen(check->password);
	if (!password_valid(check->password, len, &check->err) ||
	    !password_hash(check->password, check->made_hash, &check->err))
		return false;
	randombytes_buf(verifier.salt, sizeof(verifier.salt));
	scram_derive(&verifier, check->password, len);
	scram_text(&verifier, check->made_scram);
	sodium_memzero(&verifier, sizeof(verifier));
	return true;
}

static bool add_to_file(struct check *check)
{
	struct credentials *c = check->c;
	struct opers *changed = xcalloc(1, sizeof(*changed));
	pthread_mutex_lock(&c->mutex);
	*changed = c->added;
	bool ok = oper_file_set(changed, check->name, check->made_hash, &check->err) &&
		  oper_file_write(c->config->data, changed, &check->err);
	if (ok)
		c->added = *changed;
	pthread_mutex_unlock(&c->mutex);
	free(changed);
	return ok;
}

static bool add_oper(struct check *check)
{
	if (opers_find(&check->c->config->opers, check->name))
		return err_set(&check->err, ERR_INVALID, "%s is an operator of the configuration",
			       check->name);
	return password_valid(check->password, strlen(check->password), &check->err) &&
	       password_hash(check->password, check->made_hash, &check->err) && add_to_file(check);
}

static bool gateway_is(const struct check *check)
{
	const struct gateway_list *g = &check->c->config->gateways;
	if (is_no_password(check->password))
		return false;
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->all[i].name, check->name) == 0)
			return password_is(&g->all[i].password, check->c->secret, check->password);
	return false;
}

static bool check_result(struct check *check)
{
	const struct credentials *c = check->c;
	switch (check->what) {
	case PASSWORD_OF_SERVER:
		return !credentials_server_has_password(c) ||
		       (!is_no_password(check->password) &&
			password_is(&c->config->password, c->secret, check->password));
	case PASSWORD_OF_OPER:
		return code_is(check) || oper_is(check);
	case PASSWORD_OF_GATEWAY:
		return gateway_is(check);
	case PASSWORD_OF_ACCOUNT:
		return account_is(check);
	case PASSWORD_PROVED:
		return check->ok;
	case PASSWORD_MAKE:
		return make(check);
	case PASSWORD_ADD_OPER:
		return add_oper(check);
	}
	return false;
}

static void check_run(struct job *job)
{
	struct check *check = CONTAINER_OF(job, struct check, job);
	if (!atomic_load(&check->c->closing))
		check->ok = check_result(check);
}

/* ---- failures, and what they cost ---- */

static uint64_t name_key(const struct check *check)
{
	struct credentials *c = check->c;
	uint64_t key;
	unsigned char hash[CODE_HASH_BYTES];
	/* An operator and an account of one name are two. */
	const unsigned char kind = check->what == PASSWORD_PROVED ? PASSWORD_OF_ACCOUNT
								  : (unsigned char)check->what;
	crypto_generichash_state state;
	crypto_generichash_init(&state, c->secret, SECRET_BYTES, sizeof(hash));
	crypto_generichash_update(&state, &kind, 1);
	crypto_generichash_update(&state, (const unsigned char *)check->name, strlen(check->name));
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(&key, hash, sizeof(key));
	return key;
}

static bool is_guess(const struct check *check)
{
	return check->asker.address && check->what != PASSWORD_MAKE &&
	       check->what != PASSWORD_ADD_OPER;
}

static int64_t delay_ms(const struct check *check, int64_t now_ms)
{
	const struct credentials *c = check->c;
	size_t rate = c->config->login_rate, level = 0;
	if (!is_guess(check) || rate == 0)
		return 0;
	level = throttle_level(c->addresses, check->asker.address, now_ms);
	if (check->name[0]) {
		size_t of_name = throttle_level(c->names, name_key(check), now_ms);
		level = of_name > level ? of_name : level;
	}
	if (level + 1 < rate)
		return 0;
	size_t beyond = level + 1 - rate;
	int64_t ms = LOGIN_DELAY_MS << (beyond < 10 ? beyond : 10);
	return ms < LOGIN_DELAY_MAX_MS ? ms : LOGIN_DELAY_MAX_MS;
}

static void count_failure(const struct check *check, int64_t now_ms)
{
	struct credentials *c = check->c;
	if (!is_guess(check) || check->ok)
		return;
	throttle_add(c->addresses, check->asker.address, now_ms);
	if (check->name[0])
		throttle_add(c->names, name_key(check), now_ms);
}

/* ---- the lists ---- */

static void list_add(struct check_list *list, struct check *check)
{
	check->next = NULL;
	*(list->last ? &list->last->next : &list->first) = check;
	list->last = check;
}

static struct check *list_take(struct check_list *list)
{
	struct check *check = list->first;
	list->first = check->next;
	if (!list->first)
		list->last = NULL;
	return check;
}

static void hold(struct credentials *c, struct check *check, int64_t due_ms)
{
	struct check **at = &c->held;
	check->due_ms = due_ms;
	while (*at && (*at)->due_ms <= due_ms)
		at = &(*at)->next;
	check->next = *at;
	*at = check;
}

static void release_held(struct credentials *c, int64_t now_ms)
{
	while (c->held && c->held->due_ms <= now_ms) {
		struct check *check = c->held;
		c->held = check->next;
		list_add(&c->waiting, check);
	}
}

static void check_free(struct check *check)
{
	sodium_memzero(check, sizeof(*check) + check->size);
	free(check);
}

/* Frees those that cookie asked for; returns how many. */
static size_t list_forget(struct check **at, uint64_t cookie, struct check **ret_last)
{
	size_t count = 0;
	struct check *last = NULL;
	while (*at) {
		struct check *check = *at;
		if (check->asker.cookie != cookie) {
			last = check;
			at = &check->next;
			continue;
		}
		*at = check->next;
		check_free(check);
		count++;
	}
	*ret_last = last;
	return count;
}

/* ---- on the core thread ---- */

void credentials_forget(struct credentials *c, uint64_t cookie)
{
	struct check *last;
	c->under_way -= list_forget(&c->held, cookie, &last);
	c->under_way -= list_forget(&c->waiting.first, cookie, &c->waiting.last);
}

static void finish(struct check *check, int64_t now_ms, credential_answer *answer, void *ctx)
{
	const struct password_answer result = {
		.job = check->what,
		.ok = check->ok,
		.host = check->host,
		.hash = check->made_hash,
		.scram = check->made_scram,
		.totp_step = check->totp_step,
		.reason = check->err.text,
	};
	count_failure(check, now_ms);
	check->c->under_way--;
	answer(ctx, check->asker.cookie, &result);
	check_free(check);
}

/* Failures may have come since it was asked: what it has to wait for is known when it is its turn. */
static void begin_some(struct credentials *c, int64_t now_ms, credential_answer *answer, void *ctx)
{
	while (c->given < GIVEN_MAX && c->waiting.first) {
		struct check *check = list_take(&c->waiting);
		int64_t due_ms = check->asked_ms + delay_ms(check, now_ms);
		if (due_ms > now_ms) {
			hold(c, check, due_ms);
		} else if (check->what == PASSWORD_PROVED) {
			finish(check, now_ms, answer, ctx);
		} else {
			c->given++;
			worker_give(c->worker, &check->job);
		}
	}
}

void credentials_turn(struct credentials *c, int64_t now_ms, credential_answer *answer, void *ctx)
{
	struct job *job;
	while ((job = worker_take(c->worker))) {
		c->given--;
		finish(CONTAINER_OF(job, struct check, job), now_ms, answer, ctx);
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

/* Puts a copy of text behind what is there. */
static const char *keep(struct check *check, const char *text)
{
	char *at = check->strings + check->size;
	size_t size = text ? strlen(text) + 1 : 1;
	if (text)
		memcpy(at, text, size);
	check->size += size;
	return at;
}

bool credentials_check(struct credentials *c, const struct password_question *q,
		       const struct credential_asker *asker, int64_t now_ms)
{
	const char *const texts[] = { q->name, q->password, q->hash, q->totp, q->code };
	size_t size = 0;
	if (c->under_way >= CHECKS_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		size += texts[i] ? strlen(texts[i]) + 1 : 1;
	struct check *check = xcalloc(1, sizeof(*check) + size);
	check->job.run = check_run;
	check->c = c;
	check->asker = *asker;
	check->asked_ms = now_ms;
	check->what = q->job;
	check->ok = q->ok;
	check->totp_step = q->totp_step;
	check->name = keep(check, q->name);
	check->password = keep(check, q->password);
	check->hash = keep(check, q->hash);
	check->totp = keep(check, q->totp);
	check->code = keep(check, q->code);
	c->under_way++;
	list_add(&c->waiting, check);
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
	return password_is_set(&c->config->password);
}

void credentials_hash_code(const struct credentials *c, const char *code,
			   char hash[PASSWORD_CODE_HASH_SIZE])
{
	unsigned char bytes[CODE_HASH_BYTES];
	code_hash(c->secret, code, bytes);
	sodium_bin2hex(hash, PASSWORD_CODE_HASH_SIZE, bytes, sizeof(bytes));
}

/* ---- the one-time code ---- */

bool credentials_make_code(struct credentials *c, struct err *err)
{
	assert(c->under_way == 0);
	if (c->code.is_kept)
		return true;
	code_draw(c->first_code);
	bool ok = oper_code_keep(&c->code, c->secret, c->first_code, err);
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
	c->secret = secret;
	pthread_mutex_init(&c->mutex, NULL);
	c->names = throttle_new(config->login_rate, LOGIN_PERIOD_MS);
	c->addresses = throttle_new(config->login_rate, LOGIN_PERIOD_MS);
	c->registrations = throttle_new(config->register_rate, REGISTER_PERIOD_MS);
	if (oper_code_load(&c->code, config->data, err) &&
	    oper_file_read(config->data, &c->added, err))
		c->worker = worker_start_several("credentials", THREADS, wake, ctx, err);
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
		check_free(CONTAINER_OF(job, struct check, job));
	while (c->waiting.first)
		check_free(list_take(&c->waiting));
	while (c->held) {
		struct check *check = c->held;
		c->held = check->next;
		check_free(check);
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
	pthread_mutex_destroy(&c->mutex);
	sodium_memzero(c, sizeof(*c));
	free(c);
}
