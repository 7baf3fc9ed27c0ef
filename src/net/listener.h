/* listener.h: a place where connections arrive: one address. */
#ifndef TEAHOUSE_NET_LISTENER_H
#define TEAHOUSE_NET_LISTENER_H

#include "base/err.h"
#include "net/address.h"

struct listener {
	int fd;
	struct address bound; /* where it really listens: port 0 took a free one */
};

/* Binds the first address that host resolves to, with everything its connections inherit: no Nagle,
 * dead peers noticed within 90 s, little in the kernel's output buffer. ERR_DENIED: somebody else
 * listens there. */
MUST_USE bool listener_open(struct listener *l, const char *host, const char *port,
			    struct err *err);

/* Not open (fd below 0): fine. */
void listener_close(struct listener *l);

enum accept_result {
	ACCEPT_ONE,
	ACCEPT_NONE,    /* nobody is waiting */
	ACCEPT_NO_ROOM, /* out of descriptors or memory: rest until one is free */
};

/* Takes the next connection: *ret_fd is the caller's, non-blocking, from *ret_peer. */
enum accept_result listener_accept(struct listener *l, int *ret_fd, struct address *ret_peer);

#endif
