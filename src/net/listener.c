#include "net/listener.h"

#include "base/limits.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Accepted sockets inherit these from their listener (Linux tcp(7), socket(7)), which saves a call
 * per connection and option. A peer that is gone without a word is noticed within 30 + 3 × 15 s when
 * idle, 75 s when something was sent to it; both are below the promised 90 s. */
static bool listener_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_REUSEADDR, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		/* The kernel doubles it for its own bookkeeping. */
		{ SOL_SOCKET, SO_SNDBUF, KERNEL_OUTPUT_BYTES / 2 },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 30 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 15 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 75000 },
		{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, KERNEL_OUTPUT_BYTES / 2 },
	};
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			       sizeof(options[i].value)) < 0)
			return false;
	return true;
}

static bool listener_bind(int fd, const struct addrinfo *at)
{
	/* [::] means IPv6 alone: 0.0.0.0 is a listener of its own. */
	if (at->ai_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int)) < 0)
		return false;
	return listener_options(fd) && bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
	       listen(fd, ACCEPT_BACKLOG) == 0;
}

bool listener_open(struct listener *l, const char *host, const char *port, struct err *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *found = NULL;
	struct sockaddr_storage name;
	socklen_t name_len = sizeof(name);
	int fd = -1;
	bool ok = false;

	int gai = getaddrinfo(host, port, &hints, &found);
	if (gai != 0) {
		err_set(err, ERR_INVALID, "cannot resolve %s port %s: %s", host, port,
			gai_strerror(gai));
		goto out;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || !listener_bind(fd, found) ||
	    getsockname(fd, (struct sockaddr *)&name, &name_len) < 0) {
		if (errno == EADDRINUSE)
			err_set(err, ERR_DENIED,
				"port %s on %s is taken: end the program that listens there, or choose "
				"another port with --listen",
				port, host);
		else
			err_errno(err, "cannot listen on %s port %s", host, port);
		goto out;
	}
	address_from_sockaddr(&l->bound, &name);
	l->fd = fd;
	fd = -1; /* the listener owns it now */
	ok = true;
out:
	if (fd >= 0)
		close(fd);
	if (found)
		freeaddrinfo(found);
	return ok;
}

void listener_close(struct listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

enum accept_result listener_accept(struct listener *l, int *ret_fd, struct address *ret_peer)
{
	for (;;) {
		struct sockaddr_storage name = { 0 };
		socklen_t name_len = sizeof(name);
		int fd = accept4(l->fd, (struct sockaddr *)&name, &name_len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			*ret_fd = fd;
			address_from_sockaddr(ret_peer, &name);
			return ACCEPT_ONE;
		}
		switch (errno) {
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
			return ACCEPT_NO_ROOM;
		case EINTR:
		case ECONNABORTED:
		case EPROTO:
		case ENETDOWN:
		case ENETUNREACH:
		case EHOSTDOWN:
		case EHOSTUNREACH:
		case ENONET:
		case ENOPROTOOPT:
		case EOPNOTSUPP:
			/* Gone before it was taken: accept(2) passes its network errors on. The next one. */
			break;
		default:
			return ACCEPT_NONE;
		}
	}
}
