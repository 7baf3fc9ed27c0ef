#include "net/listener.h"

#include "base/limits.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct err err;

static struct listener opened(void)
{
	struct listener l = { .fd = -1 };
	CHECK(listener_open(&l, "127.0.0.1", "0", &err));
	return l;
}

static int visitor(const struct listener *l)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(l->bound.port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct pollfd arrived = { .fd = l->fd, .events = POLLIN };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQ(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0, "somebody comes");
	CHECK_EQ(poll(&arrived, 1, 10000), 1, "and waits to be let in");
	return fd;
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);
	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0, "getsockopt");
	return value;
}

TEST(listener_says_where_it_really_listens)
{
	struct listener l = opened();
	char text[ADDRESS_TEXT];

	CHECK(l.bound.port > 0);
	address_host(&l.bound, text);
	CHECK_STR(text, "127.0.0.1");
	CHECK(fcntl(l.fd, F_GETFD) & FD_CLOEXEC);
	listener_close(&l);
	CHECK_EQ(l.fd, -1, "closed");
	listener_close(&l);
}

TEST(listener_lets_in_one_after_the_other)
{
	struct listener l = opened();
	struct address peer;
	int fd = -1, visitors[3];
	char text[ADDRESS_TEXT];

	CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_NONE, "nobody has come");
	for (size_t i = 0; i < ARRAY_LEN(visitors); i++)
		visitors[i] = visitor(&l);
	for (size_t i = 0; i < ARRAY_LEN(visitors); i++) {
		struct sockaddr_in name;
		socklen_t len = sizeof(name);
		CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_ONE, "one each");
		getsockname(visitors[i], (struct sockaddr *)&name, &len);
		CHECK_EQ(peer.port, ntohs(name.sin_port), "in the order they came");
		address_host(&peer, text);
		CHECK_STR(text, "127.0.0.1");
		close(fd);
		close(visitors[i]);
	}
	CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_NONE, "all are in");
	listener_close(&l);
}

TEST(listener_prepares_its_conns)
{
	struct listener l = opened();
	struct address peer;
	int there = visitor(&l), fd = -1;

	CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_ONE, "it is in");
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 1, "no Nagle");
	CHECK_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1, "the dead are noticed");
	int idle_s = option(fd, IPPROTO_TCP, TCP_KEEPIDLE);
	int between_s = option(fd, IPPROTO_TCP, TCP_KEEPINTVL);
	int count = option(fd, IPPROTO_TCP, TCP_KEEPCNT);
	CHECK(idle_s + between_s * count <= 90);
	int silent_ms = option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT);
	CHECK(silent_ms > 0 && silent_ms <= 90000);
	CHECK(option(fd, SOL_SOCKET, SO_SNDBUF) <= KERNEL_OUTPUT_BYTES);
	CHECK(option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT) <= KERNEL_OUTPUT_BYTES);
	close(fd);
	close(there);
	listener_close(&l);
}

TEST(listener_that_cannot_be_says_why)
{
	struct listener first = opened(), l = { .fd = -1 };
	char port[8];

	snprintf(port, sizeof(port), "%u", first.bound.port);
	CHECK_EQ(listener_open(&l, "127.0.0.1", port, &err), false, "somebody is there");
	CHECK_EQ(err.code, ERR_DENIED, "which is not the machine's fault");
	CHECK(strstr(err.text, port) && strstr(err.text, "is taken"));
	CHECK_EQ(listener_open(&l, "192.0.2.1", "0", &err), false, "not an address of ours");
	CHECK_EQ(err.code, ERR_IO, "the system says so");
	CHECK(strstr(err.text, "cannot listen on 192.0.2.1 port 0: "));
	CHECK_EQ(listener_open(&l, "127.0.0.1", "tea", &err), false, "no such service");
	CHECK_EQ(err.code, ERR_INVALID, "the name is wrong");
	CHECK(strstr(err.text, "cannot resolve 127.0.0.1 port tea: "));
	CHECK_EQ(l.fd, -1, "untouched on failure");
	listener_close(&first);
}

/* A server that has just ended leaves connections in TIME_WAIT: they keep nobody out. */
TEST(listener_takes_its_old_place_again)
{
	struct listener l = opened();
	struct address peer;
	char port[8];
	int there = visitor(&l), fd = -1;

	snprintf(port, sizeof(port), "%u", l.bound.port);
	CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_ONE, "somebody is in");
	close(fd); /* the server's side ends first, and so waits */
	close(there);
	listener_close(&l);
	CHECK(listener_open(&l, "127.0.0.1", port, &err));
	listener_close(&l);
}

TEST(listener_without_descriptors_says_so_and_loses_nobody)
{
	struct listener l = opened();
	struct address peer;
	struct rlimit limit, none;
	int there = visitor(&l), fd = -1, lowest = dup(there);

	close(lowest);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0, "the limit");
	none = limit;
	none.rlim_cur = (rlim_t)lowest;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0, "none is left");
	enum accept_result without = listener_accept(&l, &fd, &peer);
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0, "there are some again");
	CHECK_EQ(without, ACCEPT_NO_ROOM, "come back later");
	CHECK_EQ(fd, -1, "untouched");
	CHECK_EQ(listener_accept(&l, &fd, &peer), ACCEPT_ONE, "who came is still there");
	close(fd);
	close(there);
	listener_close(&l);
}

/* [::] takes IPv6 alone, so that 0.0.0.0 may have the same port. */
TEST(listener_for_ipv6_leaves_ipv4_alone)
{
	struct listener six = { .fd = -1 }, four = { .fd = -1 };
	char port[8], text[ADDRESS_TEXT];

	if (!listener_open(&six, "::1", "0", &err))
		return; /* a machine without IPv6 */
	address_host(&six.bound, text);
	CHECK_STR(text, "::1");
	CHECK_EQ(option(six.fd, IPPROTO_IPV6, IPV6_V6ONLY), 1, "IPv6 alone");
	listener_close(&six);
	/* A port that is free on IPv6 may be somebody else's on IPv4: another one, then. */
	for (int tries = 0; tries < 20 && four.fd < 0; tries++) {
		listener_close(&six);
		CHECK(listener_open(&six, "::", "0", &err));
		snprintf(port, sizeof(port), "%u", six.bound.port);
		if (!listener_open(&four, "0.0.0.0", port, &err))
			four.fd = -1;
	}
	CHECK(four.fd >= 0);
	listener_close(&six);
	listener_close(&four);
}
