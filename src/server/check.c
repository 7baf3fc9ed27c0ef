#include "server/check.h"

#include "base/clock.h"
#include "base/totp.h"
#include "server/oper_file.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CODE_USER "admin"

/* ---- the keyring ---- */

bool keyring_init(struct keyring *k, const struct config *config,
		  const unsigned char secret[SECRET_BYTES], struct err *err)
{
	k->config = config;
	k->secret = secret;
	pthread_mutex_init(&k->mutex, NULL);
	return oper_code_load(&k->code, config->data, err) &&
	       oper_file_read(config->data, &k->added, err);
}

void keyring_done(struct keyring *k)
{
	pthread_mutex_destroy(&k->mutex);
	sodium_memzero(k, sizeof(*k));
}

bool keyring_has_server_password(const struct keyring *k)
{
	return password_is_set(&k->config->password);
}

/* ---- questions ---- */

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

void check_init(struct check *check, struct keyring *keys, const struct password_question *q)
{
	const char *const texts[] = { q->name, q->password, q->hash, q->totp, q->code };
	size_t size = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		size += texts[i] ? strlen(texts[i]) + 1 : 1;
	*check = (struct check){
		.keys = keys,
		.what = q->job,
		.ok = q->ok,
		.totp_step = q->totp_step,
		.strings = xcalloc(size, 1),
	};
	check->name = keep(check, q->name);
	check->password = keep(check, q->password);
	check->hash = keep(check, q->hash);
	check->totp = keep(check, q->totp);
	check->code = keep(check, q->code);
}

void check_done(struct check *check)
{
	sodium_memzero(check->strings, check->size);
	free(check->strings);
	sodium_memzero(check, sizeof(*check));
}

/* ---- answers ---- */

static bool is_no_password(const char *password)
{
	return !password[0] || strlen(password) > PASSWORD_BYTES_MAX;
}

static bool code_is(struct check *check)
{
	struct keyring *k = check->keys;
	if (strcmp(check->name, CODE_USER) != 0)
		return false;
	pthread_mutex_lock(&k->mutex);
	bool ok = oper_code_use(&k->code, k->secret, check->password);
	pthread_mutex_unlock(&k->mutex);
	return ok;
}

/* A copy, since another may be added meanwhile. The configuration's count more. */
static bool oper_copy(struct keyring *k, const char *name, struct oper *ret)
{
	pthread_mutex_lock(&k->mutex);
	const struct oper *oper = opers_find(&k->config->opers, name);
	if (!oper)
		oper = opers_find(&k->added, name);
	if (oper)
		*ret = *oper;
	pthread_mutex_unlock(&k->mutex);
	return oper;
}

/* One hash is computed whatever the name is, so that the time tells nothing of which there are; or none,
 * for what is no password at all. */
static bool oper_is(struct check *check)
{
	struct oper oper = { 0 };
	if (is_no_password(check->password))
		return false;
	bool is_one = oper_copy(check->keys, check->name, &oper);
	bool ok = is_one && password_is(&oper.password, check->keys->secret, check->password);
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
	struct keyring *k = check->keys;
	struct opers *changed = xcalloc(1, sizeof(*changed));
	pthread_mutex_lock(&k->mutex);
	*changed = k->added;
	bool ok = oper_file_set(changed, check->name, check->made_hash, &check->err) &&
		  oper_file_write(k->config->data, changed, &check->err);
	if (ok)
		k->added = *changed;
	pthread_mutex_unlock(&k->mutex);
	free(changed);
	return ok;
}

static bool add_oper(struct check *check)
{
	if (opers_find(&check->keys->config->opers, check->name))
		return err_set(&check->err, ERR_INVALID, "%s is an operator of the configuration",
			       check->name);
	return password_valid(check->password, strlen(check->password), &check->err) &&
	       password_hash(check->password, check->made_hash, &check->err) && add_to_file(check);
}

static bool gateway_is(const struct check *check)
{
	const struct gateway_list *g = &check->keys->config->gateways;
	if (is_no_password(check->password))
		return false;
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->all[i].name, check->name) == 0)
			return password_is(&g->all[i].password, check->keys->secret,
					   check->password);
	return false;
}

static bool check_result(struct check *check)
{
	const struct keyring *k = check->keys;
	switch (check->what) {
	case PASSWORD_OF_SERVER:
		return !keyring_has_server_password(k) ||
		       (!is_no_password(check->password) &&
			password_is(&k->config->password, k->secret, check->password));
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

void check_do(struct check *check)
{
	check->ok = check_result(check);
}
