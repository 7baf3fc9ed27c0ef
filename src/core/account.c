#include "core/account.h"

#include "core/chat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Names that the server keeps for itself, as they are when case and look-alikes are gone. */
static const char *const services[] = { "chanserv", "nickserv" };

/* ---- the tables ---- */

static const void *key_of_account(const void *value, size_t *ret_len)
{
	const struct account *a = value;
	*ret_len = strlen(a->key);
	return a->key;
}

static const void *key_of_skeleton(const void *value, size_t *ret_len)
{
	const struct account *a = value;
	*ret_len = strlen(a->skeleton);
	return a->skeleton;
}

static const void *key_of_cert(const void *value, size_t *ret_len)
{
	const struct account_cert *cert = value;
	*ret_len = FINGERPRINT_SIZE - 1;
	return cert->fingerprint;
}

static const void *key_of_number(const void *value, size_t *ret_len)
{
	const struct account *a = value;
	*ret_len = sizeof(a->id);
	return &a->id;
}

void accounts_init(struct chat *chat, const unsigned char *secret)
{
	table_init(&chat->accounts, secret, key_of_account);
	table_init(&chat->account_skeletons, secret, key_of_skeleton);
	table_init(&chat->account_certs, secret, key_of_cert);
	table_init(&chat->account_ids, secret, key_of_number);
}

void accounts_done(struct chat *chat)
{
	while (chat->account_count > 0)
		account_end(chat, chat->account_list[chat->account_count - 1]);
	free(chat->account_list);
	table_done(&chat->accounts);
	table_done(&chat->account_skeletons);
	table_done(&chat->account_certs);
	table_done(&chat->account_ids);
}

/* ---- finding ---- */

struct account *account_find(const struct chat *chat, const char *name, size_t len)
{
	char key[NAME_KEY_SIZE];
	if (!nick_key(name, len, NICK_BYTES_MAX, chat->config.casemapping, key))
		return NULL;
	struct account *a = table_find(&chat->accounts, key, strlen(key));
	return a && a->state == ACCOUNT_THERE ? a : NULL;
}

struct account *account_find_id(const struct chat *chat, uint64_t id)
{
	struct account *a = table_find(&chat->account_ids, &id, sizeof(id));
	return a && a->state == ACCOUNT_THERE ? a : NULL;
}

struct account *account_find_cert(const struct chat *chat, const char *fingerprint)
{
	const struct account_cert *cert;
	if (!fingerprint_valid(fingerprint))
		return NULL;
	cert = table_find(&chat->account_certs, fingerprint, FINGERPRINT_SIZE - 1);
	return cert ? cert->account : NULL;
}

struct account *account_like(const struct chat *chat, const char *nick)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
	struct account *a;
	if (!nick_key(nick, strlen(nick), NICK_BYTES_MAX, chat->config.casemapping, key))
		return NULL;
	nick_skeleton(nick, chat->config.casemapping, skeleton);
	a = table_find(&chat->accounts, key, strlen(key));
	if (!a)
		a = table_find(&chat->account_skeletons, skeleton, strlen(skeleton));
	/* Whose skeleton is his key is found by that. */
	return a ? a : table_find(&chat->accounts, skeleton, strlen(skeleton));
}

bool account_is_service(const struct chat *chat, const char *nick)
{
	char skeleton[NAME_KEY_SIZE];
	nick_skeleton(nick, chat->config.casemapping, skeleton);
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (strcmp(skeleton, services[i]) == 0)
			return true;
	return false;
}

const struct account_record *account_latest(const struct account *a)
{
	return a->next ? a->next : &a->record;
}

/* ---- who points to it ---- */

static void account_free(struct account *a)
{
	account_record_done(&a->record);
	metadata_done(&a->metadata);
	if (a->next)
		account_record_done(a->next);
	free(a->next);
	marks_done(&a->marks);
	free(a->users);
	free(a->skeleton);
	free(a->key);
	free(a->name);
	free(a);
}

static void account_unref(struct account *a)
{
	assert(a->refs > 0);
	if (--a->refs == 0)
		account_free(a);
}

void account_point(struct account **at, struct account *a)
{
	struct account *before = *at;
	if (a)
		a->refs++;
	*at = a;
	if (before)
		account_unref(before);
}

void account_add_user(struct account *a, struct user *u)
{
	if (a->user_count == a->user_size) {
		a->user_size = a->user_size ? a->user_size * 2 : 2;
		a->users = xrealloc(a->users, a->user_size, sizeof(struct user *));
	}
	a->users[a->user_count++] = u;
}

void account_remove_user(struct account *a, struct user *u)
{
	size_t at = 0;
	while (a->users[at] != u)
		at++;
	a->user_count--;
	memmove(a->users + at, a->users + at + 1, (a->user_count - at) * sizeof(struct user *));
	if (a->user_count > 0)
		return;
	free(a->users);
	a->users = NULL;
	a->user_size = 0;
}

/* ---- coming, changing, going ---- */

static void list_add(struct chat *chat, struct account *a)
{
	if (chat->account_count == chat->account_size) {
		chat->account_size = chat->account_size ? chat->account_size * 2 : 64;
		chat->account_list = xrealloc(chat->account_list, chat->account_size,
					      sizeof(struct account *));
	}
	a->at = chat->account_count++;
	chat->account_list[a->at] = a;
}

static void list_remove(struct chat *chat, struct account *a)
{
	struct account *last = chat->account_list[--chat->account_count];
	chat->account_list[a->at] = last;
	last->at = a->at;
}

struct account *account_new(struct chat *chat, const char *name)
{
	char key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
	struct account *a = xcalloc(1, sizeof(*a));
	bool valid = nick_key(name, strlen(name), NICK_BYTES_MAX, chat->config.casemapping, key);
	assert(valid);
	(void)valid;
	nick_skeleton(name, chat->config.casemapping, skeleton);
	a->refs = 1;
	a->name = xstrdup(name);
	a->key = xstrdup(key);
	account_record_init(&a->record, name);
	table_add(&chat->accounts, a);
	if (strcmp(key, skeleton) != 0) {
		a->skeleton = xstrdup(skeleton);
		table_add(&chat->account_skeletons, a);
	}
	list_add(chat, a);
	return a;
}

static void forget_certs(struct chat *chat, struct account *a)
{
	for (size_t i = 0; i < a->record.cert_count; i++)
		if (a->certs[i].account)
			table_remove(&chat->account_certs, &a->certs[i]);
	free(a->certs);
	a->certs = NULL;
}

/* One that is another's already, who was quicker, finds that one. */
static void add_certs(struct chat *chat, struct account *a)
{
	if (a->record.cert_count == 0)
		return;
	a->certs = xcalloc(a->record.cert_count, sizeof(*a->certs));
	for (size_t i = 0; i < a->record.cert_count; i++) {
		const char *fingerprint = a->record.certs[i];
		if (table_find(&chat->account_certs, fingerprint, FINGERPRINT_SIZE - 1))
			continue;
		a->certs[i] = (struct account_cert){ a, fingerprint };
		table_add(&chat->account_certs, &a->certs[i]);
	}
}

void account_become(struct chat *chat, struct account *a, struct account_record *r)
{
	forget_certs(chat, a);
	account_record_done(&a->record);
	a->record = *r;
	*r = (struct account_record){ 0 };
	add_certs(chat, a);
	metadata_done(&a->metadata);
	metadata_change(&a->metadata, a->record.metadata);
}

void account_set_id(struct chat *chat, struct account *a, uint64_t id)
{
	assert(!a->id && id);
	a->id = id;
	table_add(&chat->account_ids, a);
}

void account_end(struct chat *chat, struct account *a)
{
	assert(a->state != ACCOUNT_GONE && a->user_count == 0);
	forget_certs(chat, a);
	table_remove(&chat->accounts, a);
	if (a->skeleton)
		table_remove(&chat->account_skeletons, a);
	if (a->id)
		table_remove(&chat->account_ids, a);
	list_remove(chat, a);
	a->state = ACCOUNT_GONE;
	account_unref(a);
}
