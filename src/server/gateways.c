#include "server/gateways.h"

#include <stdio.h>
#include <string.h>

#define SECTION "webirc"

bool gateways_has_key(const char *key)
{
	return named_is_of(SECTION, key);
}

static struct gateway *gateway_named(struct gateway_list *g, const struct named_key *k,
				     struct err *err)
{
	for (size_t i = 0; i < g->count; i++)
		if (strlen(g->all[i].name) == k->name_len &&
		    memcmp(g->all[i].name, k->name, k->name_len) == 0)
			return &g->all[i];
	if (g->count == GATEWAYS_MAX) {
		err_set(err, ERR_LIMIT, "there can be at most %d gateways", GATEWAYS_MAX);
		return NULL;
	}
	struct gateway *made = &g->all[g->count++];
	*made = (struct gateway){ 0 };
	memcpy(made->name, k->name, k->name_len);
	snprintf(made->via, sizeof(made->via), "the gateway %s", made->name);
	return made;
}

static bool set_hosts(struct gateway *one, const char *value, struct err *err)
{
	char word[64];
	one->host_count = 0;
	for (const char *at = value; *(at += strspn(at, " "));) {
		size_t len = strcspn(at, " ");
		if (one->host_count == GATEWAY_HOSTS_MAX)
			return err_set(err, ERR_LIMIT, "the gateway %s can have at most %d hosts",
				       one->name, GATEWAY_HOSTS_MAX);
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		if (!network_parse(word, &one->hosts[one->host_count], err))
			return false;
		one->host_count++;
		at += len;
	}
	return true;
}

bool gateways_set(struct gateway_list *g, const char *key, const char *value, struct err *err)
{
	static const char *const whats[] = { "password", "password_hash", "hosts", NULL };
	struct named_key k;
	if (!named_parse(SECTION, key, whats, &k, err))
		return false;
	struct gateway *one = gateway_named(g, &k, err);
	if (!one)
		return false;
	if (strcmp(k.what, "hosts") == 0)
		return set_hosts(one, value, err);
	return strcmp(k.what, "password") == 0 ? password_set(&one->password, key, value, err)
					       : password_set_hash(&one->password, key, value, err);
}

bool gateways_check(const struct gateway_list *g, struct err *err)
{
	for (size_t i = 0; i < g->count; i++)
		if (!password_is_set(&g->all[i].password) || g->all[i].host_count == 0)
			return err_set(
				err, ERR_INVALID,
				"the gateway %s needs a password or a password_hash, and hosts",
				g->all[i].name);
	return true;
}

unsigned gateways_find(const struct gateway_list *g, const struct address *peer)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t j = 0; j < g->all[i].host_count; j++)
			if (network_has(&g->all[i].hosts[j], peer))
				return (unsigned)i + 1;
	return 0;
}

const struct gateway *gateways_get(const struct gateway_list *g, unsigned number)
{
	return number > 0 && number <= g->count ? &g->all[number - 1] : NULL;
}
