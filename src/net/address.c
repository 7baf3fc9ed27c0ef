#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_BITS_BEFORE 96

static const unsigned char ipv4_prefix[12] = { [10] = 0xFF, [11] = 0xFF };

static void ip_from_ipv4(unsigned char ip[16], const struct in_addr *from)
{
	memcpy(ip, ipv4_prefix, sizeof(ipv4_prefix));
	memcpy(ip + sizeof(ipv4_prefix), from, 4);
}

static bool is_ipv4(const unsigned char ip[16])
{
	return memcmp(ip, ipv4_prefix, sizeof(ipv4_prefix)) == 0;
}

void address_from_sockaddr(struct address *a, const struct sockaddr_storage *from)
{
	*a = (struct address){ 0 };
	if (from->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, from, sizeof(in));
		ip_from_ipv4(a->ip, &in.sin_addr);
		a->port = ntohs(in.sin_port);
	} else if (from->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, from, sizeof(in6));
		memcpy(a->ip, &in6.sin6_addr, sizeof(a->ip));
		a->port = ntohs(in6.sin6_port);
	}
}

void address_host(const struct address *a, char text[ADDRESS_TEXT])
{
	if (is_ipv4(a->ip))
		inet_ntop(AF_INET, a->ip + sizeof(ipv4_prefix), text, ADDRESS_TEXT);
	else
		inet_ntop(AF_INET6, a->ip, text, ADDRESS_TEXT);
}

void address_text(const struct address *a, char text[ADDRESS_TEXT])
{
	char host[ADDRESS_TEXT];
	address_host(a, host);
	snprintf(text, ADDRESS_TEXT, is_ipv4(a->ip) ? "%.46s:%u" : "[%.46s]:%u", host, a->port);
}

bool address_is_ipv4(const struct address *a)
{
	return is_ipv4(a->ip);
}

bool address_is_any(const struct address *a)
{
	static const unsigned char any[16];
	size_t from = is_ipv4(a->ip) ? sizeof(ipv4_prefix) : 0;
	return memcmp(a->ip + from, any, sizeof(any) - from) == 0;
}

/* Digits alone: strtoul() would take a sign, too, and -1 for a very large number. */
static bool parse_bits(const char *text, unsigned long *ret)
{
	size_t len = strspn(text, "0123456789");
	if (len == 0 || len > 3 || text[len])
		return false;
	*ret = strtoul(text, NULL, 10);
	return true;
}

bool network_parse(const char *text, struct network *ret, struct err *err)
{
	struct network n = { .bits = 128 };
	char host[ADDRESS_TEXT];
	struct in_addr in;
	size_t len = strcspn(text, "/");
	bool bits_given = text[len] == '/';
	unsigned long bits = 128;
	if (len >= sizeof(host) || (bits_given && !parse_bits(text + len + 1, &bits)))
		goto bad;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, &in) == 1) {
		ip_from_ipv4(n.ip, &in);
		if (bits_given)
			bits += IPV4_BITS_BEFORE;
	} else if (inet_pton(AF_INET6, host, n.ip) != 1) {
		goto bad;
	}
	if (bits > 128)
		goto bad;
	n.bits = (unsigned)bits;
	*ret = n;
	return true;
bad:
	return err_set(err, ERR_INVALID,
		       "\"%.60s\" is not a network: write it as 10.0.0.0/8 or ::1/128", text);
}

bool network_has(const struct network *n, const struct address *a)
{
	unsigned bytes = n->bits / 8, rest = n->bits % 8;
	if (memcmp(n->ip, a->ip, bytes) != 0)
		return false;
	unsigned mask = 0xFF00u >> rest & 0xFFu;
	return rest == 0 || (n->ip[bytes] & mask) == (a->ip[bytes] & mask);
}
