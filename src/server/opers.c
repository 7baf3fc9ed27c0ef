#include "server/opers.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SECTION "oper"

bool host_name_valid(const char *text)
{
	size_t len = strlen(text);
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-.";
	return len > 0 && len < HOST_SIZE && strspn(text, allowed) == len && text[0] != '.' &&
	       text[len - 1] != '.' && !strstr(text, "..");
}

/* One word of IRC, and neither a dot nor anything else that a key is written with. */
static bool name_valid(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] & 0x80) == 0 && !isalnum((unsigned char)name[i]) && name[i] != '-' &&
		    name[i] != '_')
			return false;
	return len > 0 && len <= OPER_NAME_BYTES_MAX && utf8_valid(name, len);
}

bool opers_has_key(const char *key)
{
	size_t len = strlen(SECTION);
	return strncmp(key, SECTION, len) == 0 && (key[len] == ' ' || key[len] == '.');
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
	if (value[0] && !host_name_valid(value))
		return err_set(err, ERR_INVALID,
			       "%s must be like a host's name: letters, digits, - and ., at most %d "
			       "bytes, not \"%.60s\"",
			       key, HOST_SIZE - 1, value);
	snprintf(oper->host, sizeof(oper->host), "%s", value);
	return true;
}

bool opers_set(struct opers *o, const char *key, const char *value, struct err *err)
{
	const char *name = key + strlen(SECTION) + 1, *what = strrchr(name, '.');
	if (!what || (strcmp(what, ".password") != 0 && strcmp(what, ".password_hash") != 0 &&
		      strcmp(what, ".host") != 0))
		return err_set(err, ERR_INVALID, "there is no setting %.60s", key);
	if (!name_valid(name, (size_t)(what - name)))
		return err_set(err, ERR_INVALID,
			       "an operator's name has letters, digits, - and _, at most %d bytes, "
			       "unlike that of %.60s",
			       OPER_NAME_BYTES_MAX, key);
	struct oper *oper = oper_named(o, name, (size_t)(what - name), err);
	if (!oper)
		return false;
	if (strcmp(what, ".host") == 0)
		return set_host(oper, key, value, err);
	return strcmp(what, ".password") == 0 ? password_set(&oper->password, key, value, err)
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
