#include "bench/target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool target_set_address(struct target *t, const struct url *url, struct err *err)
{
	uint16_t port = htons((uint16_t)strtol(url->port, NULL, 10));
	if (inet_pton(AF_INET, url->host, &t->address.ipv4.sin_addr) == 1 &&
	    ntohl(t->address.ipv4.sin_addr.s_addr) >> 24 == 127) {
		t->address.ipv4.sin_family = AF_INET;
		t->address.ipv4.sin_port = port;
		t->address_len = sizeof(t->address.ipv4);
	} else if (inet_pton(AF_INET6, url->host, &t->address.ipv6.sin6_addr) == 1 &&
		   IN6_IS_ADDR_LOOPBACK(&t->address.ipv6.sin6_addr)) {
		t->address.ipv6.sin6_family = AF_INET6;
		t->address.ipv6.sin6_port = port;
		t->address_len = sizeof(t->address.ipv6);
	} else {
		return err_set(err, ERR_DENIED,
			       "%s is not a loopback address: this makes load, and only at home",
			       url->host);
	}
	return port != 0 || err_set(err, ERR_INVALID, "port 0 is no server's");
}

bool target_set(struct target *t, const struct url *url, struct err *err)
{
	*t = (struct target){ 0 };
	if (!target_set_address(t, url, err))
		return false;
	if (strcmp(url->scheme, "ircs") != 0)
		return true;
	t->tls = tls_config_client(err);
	return t->tls;
}

void target_done(struct target *t)
{
	tls_config_unref(t->tls);
}

int target_connect(const struct target *t, struct err *err)
{
	int fd = socket(t->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const struct linger reset = { .l_onoff = 1 };
	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) < 0)
		goto fail;
	if (connect(fd, &t->address.any, t->address_len) == 0 || errno == EINPROGRESS)
		return fd;
fail:
	err_errno(err, "cannot connect");
	if (fd >= 0)
		close(fd);
	return -1;
}
