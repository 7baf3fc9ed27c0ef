#include "server/opers.h"

#include "core/host.h"
#include "server/named.h"

#include <stdio.h>
#include <string.h>

#define SECTION "oper"

bool opers_has_key(const char *key)
{
	return named_is_of(SECTION, key);
}

static struct oper *oper_named(struct opers *o, const char *name, size_t len, struct err *err)
{
	for (size_t i = 0; i < o->count; i++)
		if (strlen(o->all[i].name) == len && memcmp(o->all[i].name, name, len) == 0)
			return &o->all[i];
	if (o->count == OPERS_MAX) {
		err_set(err, ERR_LIMIT, "there can be at most %d operators", OPERS_MAX);
		return NULL;
	}
	struct oper *oper = &o->all[o->count++];
	*oper = (struct oper){ 0 };
	memcpy(oper->name, name, len);
	return oper;
}

static bool set_host(struct oper *oper, const char *key, const char *value, struct err *err)
{
	if (value[0] && !host_valid(value))
		return err_set(err, ERR_INVALID,
			       "%s must be like a host's name: letters, digits, - and ., at most %d "
			       "bytes, not \"%.60s\"",
			       key, HOST_SIZE - 1, value);
	snprintf(oper->host, sizeof(oper->host), "%s", value);
	return true;
}

bool opers_set(struct opers *o, const char *key, const char *value, struct err *err)
{
	static const char *const whats[] = { "password", "password_hash", "host", NULL };
	struct named_key k;
	if (!named_parse(SECTION, key, whats, &k, err))
		return false;
	struct oper *oper = oper_named(o, k.name, k.name_len, err);
	if (!oper)
		return false;
	if (strcmp(k.what, "host") == 0)
		return set_host(oper, key, value, err);
	return strcmp(k.what, "password") == 0
		       ? password_set(&oper->password, key, value, err)
		       : password_set_hash(&oper->password, key, value, err);
}

bool opers_check(const struct opers *o, struct err *err)
{
	for (size_t i = 0; i < o->count; i++)
		if (!password_is_set(&o->all[i].password))
			return err_set(err, ERR_INVALID,
				       "the operator %s needs a password or a password_hash",
				       o->all[i].name);
	return true;
}

const struct oper *opers_find(const struct opers *o, const char *name)
{
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->all[i].name, name) == 0)
			return &o->all[i];
	return NULL;
}
