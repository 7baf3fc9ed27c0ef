/* sockets.h: what the kernel holds of connections whose other end is another process's. */
#ifndef TEAHOUSE_BENCH_SOCKETS_H
#define TEAHOUSE_BENCH_SOCKETS_H

#include "base/err.h"

#include <stdint.h>

/* Calls each() for every TCP connection whose local port is port, from /proc/net/tcp and tcp6: with the
 * port at its other end, and the bytes that were written to it and that the other end has not
 * acknowledged. */
typedef void sockets_each(void *ctx, uint16_t peer_port, uint32_t unsent_bytes);
MUST_USE bool sockets_of(uint16_t port, sockets_each *each, void *ctx, struct err *err);

/* The port of fd itself; 0: it has none. */
uint16_t sockets_own_port(int fd);

#endif
