/* secret.h: what this server alone knows, for hiding its guests' addresses. */
#ifndef TEAHOUSE_SERVER_SECRET_H
#define TEAHOUSE_SERVER_SECRET_H

#include "core/session.h"
#include "net/address.h"

#define SECRET_BYTES 32

/* Reads dir/secret, or makes it (0600) from the kernel's randomness. */
MUST_USE bool secret_load(const char *dir, unsigned char secret[SECRET_BYTES], struct err *err);

/* The host others see: the same for the same address, and telling nothing of it. IPv6 addresses of
 * one /64 are one host, since a single customer has all of it. */
void secret_cloak(const unsigned char secret[SECRET_BYTES], const struct address *a,
		  char host[HOST_SIZE]);

/* A number that stands for the same. Never 0. */
uint64_t secret_address(const unsigned char secret[SECRET_BYTES], const struct address *a);

#endif
