/* gateways.h: who may bring others, and say from where, as the configuration names them: [webirc NAME].
 * https://ircv3.net/specs/extensions/webirc */
#ifndef TEAHOUSE_SERVER_GATEWAYS_H
#define TEAHOUSE_SERVER_GATEWAYS_H

#include "net/address.h"
#include "server/named.h"
#include "server/password.h"

struct gateway {
	char name[SECTION_NAME_BYTES_MAX + 1];
	char via[SECTION_NAME_BYTES_MAX + 20]; /* "the gateway NAME", for WHOIS */
	struct password password;
	struct network hosts[GATEWAY_HOSTS_MAX]; /* where it comes from */
	size_t host_count;
};

struct gateway_list {
	struct gateway all[GATEWAYS_MAX];
	size_t count;
};

/* key is of a gateway. */
bool gateways_has_key(const char *key);
/* Sets it; the first key of a name makes the gateway. hosts: a list, which replaces an earlier one. */
MUST_USE bool gateways_set(struct gateway_list *g, const char *key, const char *value,
			   struct err *err);
/* After the last: each of them has a password, and hosts. */
MUST_USE bool gateways_check(const struct gateway_list *g, struct err *err);

/* The first whose hosts have the address, counted from 1; 0: none. */
unsigned gateways_find(const struct gateway_list *g, const struct address *peer);
/* NULL: there is none. number: as gateways_find() counts. */
const struct gateway *gateways_get(const struct gateway_list *g, unsigned number);

#endif
