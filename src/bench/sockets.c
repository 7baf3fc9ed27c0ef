#include "bench/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

static bool sockets_in(const char *path, uint16_t port, sockets_each *each, void *ctx,
		       struct err *err)
{
	char line[512];
	unsigned local, peer, state, unsent;
	FILE *file = fopen(path, "re");
	if (!file)
		return err_errno(err, "cannot read %s", path);
	/* proc_net_tcp.txt of the kernel: "sl: address:port address:port state tx_queue:rx_queue ..." */
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %*d: %*32[0-9A-F]:%4x %*32[0-9A-F]:%4x %2x %8x:", &local, &peer,
			   &state, &unsent) == 4 &&
		    local == port && state != 0x0a /* TCP_LISTEN has something else there */)
			each(ctx, (uint16_t)peer, unsent);
	fclose(file);
	return true;
}

bool sockets_of(uint16_t port, sockets_each *each, void *ctx, struct err *err)
{
	return sockets_in("/proc/net/tcp", port, each, ctx, err) &&
	       sockets_in("/proc/net/tcp6", port, each, ctx, err);
}

uint16_t sockets_own_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} own;
	socklen_t len = sizeof(own);
	if (getsockname(fd, &own.any, &len) < 0)
		return 0;
	if (own.any.sa_family == AF_INET)
		return ntohs(own.ipv4.sin_port);
	return own.any.sa_family == AF_INET6 ? ntohs(own.ipv6.sin6_port) : 0;
}
