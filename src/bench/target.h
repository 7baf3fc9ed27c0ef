/* target.h: the server that is loaded: one on this machine that nobody else can reach. */
#ifndef TEAHOUSE_BENCH_TARGET_H
#define TEAHOUSE_BENCH_TARGET_H

#include "base/err.h"
#include "base/url.h"
#include "net/tls_config.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct target {
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} address;
	socklen_t address_len;
	struct tls_config *tls; /* NULL: plain IRC */
};

/* false: url names no loopback address, or no port. End it with target_done(), in any case. */
MUST_USE bool target_set(struct target *t, const struct url *url, struct err *err);
void target_done(struct target *t);

/* A non-blocking socket that is connecting, and whose end will be a reset: ten thousand ports in
 * TIME_WAIT would be missing in the next run. -1: reason in err. */
int target_connect(const struct target *t, struct err *err);

#endif
