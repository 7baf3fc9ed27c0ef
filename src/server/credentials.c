#include "server/credentials.h"

#include "base/file.h"
#include "base/log.h"
#include "base/worker.h"

#include <assert.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_USER "admin"
#define CODE_GROUPS 4
#define CODE_GROUP_LETTERS 4
#define CODE_SIZE (CODE_GROUPS * (CODE_GROUP_LETTERS + 1)) /* a '-' between two, a NUL behind all */
#define CODE_HASH_BYTES 32

struct credentials {
	const struct config *config;
	const unsigned char *secret;
	struct worker *worker;
	size_t under_way;
	atomic_bool closing; /* no check is worth its time any more */
	bool is_first_start;
	char first_code[CODE_SIZE];

	/* The thread's, once something was checked: */
	char code_path[PATH_SIZE + 16];
	bool has_code;
	unsigned char code_hash[CODE_HASH_BYTES];
};

struct check {
	struct job job;
	struct credentials *c;
	enum credential what;
	uint64_t cookie;
	bool ok;
	const char *host;
	char name[SECTION_NAME_BYTES_MAX + 1];
	char password[PASSWORD_BYTES_MAX + 1];
};

/* ---- the one-time code ---- */

static void code_hash(const struct credentials *c, const char *code,
		      unsigned char hash[CODE_HASH_BYTES])
{
	crypto_generichash(hash, CODE_HASH_BYTES, (const unsigned char *)code, strlen(code),
			   c->secret, SECRET_BYTES);
}

/* 79 bits, and nothing among them that could be read as something else. */
static void code_draw(char code[CODE_SIZE])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	for (size_t i = 0; i < CODE_SIZE; i++)
		code[i] = i % (CODE_GROUP_LETTERS + 1) == CODE_GROUP_LETTERS
				  ? '-'
				  : letters[randombytes_uniform(sizeof(letters) - 1)];
	code[CODE_SIZE - 1] = '\0';
}

static bool code_load(struct credentials *c, struct err *err)
{
	size_t len = 0;
	switch (file_read(c->code_path, c->code_hash, CODE_HASH_BYTES, &len, err)) {
	case FILE_READ:
		c->has_code = len == CODE_HASH_BYTES;
		if (len == 0 || c->has_code)
			return true;
		break;
	case FILE_NONE:
		c->is_first_start = true;
		return true;
	case FILE_FAILED:
		if (err->code != ERR_LIMIT)
			return false;
		break;
	}
	return err_set(err, ERR_INVALID, "%s is damaged: remove it, and a new code is made",
		       c->code_path);
}

bool credentials_make_code(struct credentials *c, struct err *err)
{
	assert(c->under_way == 0);
	if (!c->is_first_start)
		return true;
	code_draw(c->first_code);
	code_hash(c, c->first_code, c->code_hash);
	c->has_code = file_write(c->code_path, c->code_hash, CODE_HASH_BYTES, err);
	c->is_first_start = !c->has_code;
	if (!c->has_code)
		sodium_memzero(c->first_code, sizeof(c->first_code));
	return c->has_code;
}

const char *credentials_first_code(const struct credentials *c)
{
	return c->first_code[0] ? c->first_code : NULL;
}

/* ---- on the thread ---- */

/* Whoever is told that it was right must not be able to use it twice, so the disk comes first. */
static bool code_use(struct credentials *c, const char *name, const char *code)
{
	unsigned char hash[CODE_HASH_BYTES];
	struct err err;
	if (!c->has_code || strcmp(name, CODE_USER) != 0)
		return false;
	code_hash(c, code, hash);
	if (sodium_memcmp(hash, c->code_hash, sizeof(hash)) != 0)
		return false;
	if (!file_write(c->code_path, "", 0, &err)) {
		log_error("oper-code", "reason=\"%s\"", err.text);
		return false;
	}
	c->has_code = false;
	return true;
}

/* One hash is computed whatever the name is, so that the time tells nothing of which there are; or none,
 * for what is no password at all. */
static bool oper_is(struct check *check)
{
	const struct credentials *c = check->c;
	if (!check->password[0])
		return false;
	const struct oper *oper = opers_find(&c->config->opers, check->name);
	bool ok = oper && password_is(&oper->password, c->secret, check->password);
	if (!oper || !oper->password.hash[0])
		password_waste(check->password);
	if (ok)
		check->host = oper->host;
	return ok;
}

static bool gateway_is(const struct check *check)
{
	const struct gateway_list *g = &check->c->config->gateways;
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->all[i].name, check->name) == 0)
			return check->password[0] &&
			       password_is(&g->all[i].password, check->c->secret, check->password);
	return false;
}

static void check_run(struct job *job)
{
	struct check *check = CONTAINER_OF(job, struct check, job);
	struct credentials *c = check->c;
	if (atomic_load(&c->closing))
		return;
	switch (check->what) {
	case CREDENTIAL_SERVER:
		check->ok = !credentials_server_has_password(c) ||
			    password_is(&c->config->password, c->secret, check->password);
		break;
	case CREDENTIAL_OPER:
		check->ok = code_use(c, check->name, check->password) || oper_is(check);
		break;
	case CREDENTIAL_GATEWAY:
		check->ok = gateway_is(check);
		break;
	}
}

/* ---- on the core thread ---- */

struct credentials *credentials_open(const struct config *config,
				     const unsigned char secret[SECRET_BYTES],
				     void (*wake)(void *ctx), void *ctx, struct err *err)
{
	struct credentials *c = xcalloc(1, sizeof(*c));
	c->config = config;
	c->secret = secret;
	snprintf(c->code_path, sizeof(c->code_path), "%s/oper-code", config->data);
	if (code_load(c, err))
		c->worker = worker_start("credentials", wake, ctx, err);
	if (c->worker)
		return c;
	free(c);
	return NULL;
}

static void check_free(struct check *check)
{
	sodium_memzero(check, sizeof(*check));
	free(check);
}

void credentials_close(struct credentials *c)
{
	struct job *job;
	if (!c)
		return;
	atomic_store(&c->closing, true);
	worker_stop(c->worker);
	while ((job = worker_take(c->worker)))
		check_free(CONTAINER_OF(job, struct check, job));
	worker_free(c->worker);
	sodium_memzero(c, sizeof(*c));
	free(c);
}

/* What is too long is nobody's name and no password, and becomes "", which is neither. */
static void copy_if_it_fits(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	if (len < size)
		memcpy(to, from, len + 1);
}

bool credentials_check(struct credentials *c, enum credential what, const char *name,
		       const char *password, uint64_t cookie)
{
	if (c->under_way >= CHECKS_MAX)
		return false;
	struct check *check = xcalloc(1, sizeof(*check));
	check->job.run = check_run;
	check->c = c;
	check->what = what;
	check->cookie = cookie;
	check->host = "";
	copy_if_it_fits(check->name, sizeof(check->name), name);
	copy_if_it_fits(check->password, sizeof(check->password), password);
	c->under_way++;
	worker_give(c->worker, &check->job);
	return true;
}

void credentials_turn(struct credentials *c,
		      void (*answer)(void *ctx, uint64_t cookie, bool ok, const char *host),
		      void *ctx)
{
	struct job *job;
	while ((job = worker_take(c->worker))) {
		struct check *check = CONTAINER_OF(job, struct check, job);
		c->under_way--;
		answer(ctx, check->cookie, check->ok, check->host);
		check_free(check);
	}
}

bool credentials_server_has_password(const struct credentials *c)
{
	return password_is_set(&c->config->password);
}
