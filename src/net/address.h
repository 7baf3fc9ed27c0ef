/* address.h: an IP address, its port, and networks of them. */
#ifndef TEAHOUSE_NET_ADDRESS_H
#define TEAHOUSE_NET_ADDRESS_H

#include "base/err.h"

struct sockaddr_storage;

#define ADDRESS_TEXT 56 /* "[" an IPv6 address "]:65535" and the NUL */

/* IPv4 addresses are kept in their IPv6 form, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct address {
	unsigned char ip[16];
	uint16_t port;
};

/* Addresses whose first bits agree: 10.0.0.0/8, ::1/128. */
struct network {
	unsigned char ip[16];
	unsigned bits; /* of the 128 */
};

/* Of AF_INET or AF_INET6; all zeros from any other. */
void address_from_sockaddr(struct address *a, const struct sockaddr_storage *from);
/* "127.0.0.1:4567", "[::1]:4567" */
void address_text(const struct address *a, char text[ADDRESS_TEXT]);
/* The same without the port and the brackets. */
void address_host(const struct address *a, char text[ADDRESS_TEXT]);

bool address_is_ipv4(const struct address *a);

/* 0.0.0.0 or ::, which stand for all addresses of the machine. */
bool address_is_any(const struct address *a);

/* Reads "10.0.0.0/8", or a single address. */
MUST_USE bool network_parse(const char *text, struct network *ret, struct err *err);
/* The port does not matter. */
bool network_has(const struct network *n, const struct address *a);

#endif
