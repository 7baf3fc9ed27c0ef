#include "net/address.h"

#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static struct err err;

static struct address address(const char *host, uint16_t port)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct address a;

	if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
		memcpy(&s, &in, sizeof(in));
	else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1)
		memcpy(&s, &in6, sizeof(in6));
	address_from_sockaddr(&a, &s);
	return a;
}

TEST(address_is_read_as_people_write_it)
{
	static const struct {
		const char *host, *text, *alone;
		uint16_t port;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1:4567", "127.0.0.1", 4567 },
		{ "0.0.0.0", "0.0.0.0:0", "0.0.0.0", 0 },
		{ "255.255.255.255", "255.255.255.255:65535", "255.255.255.255", 65535 },
		{ "::1", "[::1]:4567", "::1", 4567 },
		{ "::", "[::]:1", "::", 1 },
		{ "2001:db8::7", "[2001:db8::7]:6667", "2001:db8::7", 6667 },
		/* a mapped one is the same address */
		{ "::ffff:10.0.0.1", "10.0.0.1:7", "10.0.0.1", 7 },
		/* the longest ones */
		{ "abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd",
		  "[abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd]:65535",
		  "abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd", 65535 },
		/* of no family we know */
		{ "unix", "[::]:0", "::", 7 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct address a = address(cases[i].host, cases[i].port);
		char text[ADDRESS_TEXT];
		address_text(&a, text);
		CHECK_STR(text, cases[i].text);
		address_host(&a, text);
		CHECK_STR(text, cases[i].alone);
	}
}

TEST(address_may_stand_for_all_of_them)
{
	static const struct {
		const char *host;
		bool is_any;
	} cases[] = {
		{ "0.0.0.0", true },  { "::", true },       { "127.0.0.1", false },
		{ "0.0.0.1", false }, { "1.0.0.0", false }, { "::1", false },
		{ "1::", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct address a = address(cases[i].host, 4567);
		CHECK_EQ(address_is_any(&a), cases[i].is_any, cases[i].host);
	}
}

TEST(network_has_the_addresses_that_begin_alike)
{
	static const struct {
		const char *network, *host;
		bool has;
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0", true },
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "9.255.255.255", false },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.1.2.3/8", "10.9.9.9", true }, /* the other bits count for nothing */
		{ "10.0.0.0/9", "10.127.255.255", true },
		{ "10.0.0.0/9", "10.128.0.0", false },
		{ "10.128.0.0/9", "10.128.0.0", true },
		{ "192.168.1.4/30", "192.168.1.7", true },
		{ "192.168.1.4/30", "192.168.1.8", false },
		{ "192.168.1.4/31", "192.168.1.5", true },
		{ "192.168.1.4/31", "192.168.1.6", false },
		{ "192.168.1.4/32", "192.168.1.4", true },
		{ "192.168.1.4/32", "192.168.1.5", false },
		{ "192.168.1.4", "192.168.1.4", true },
		{ "192.168.1.4", "192.168.1.5", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::1", "::1", true },
		{ "::1", "::2", false },
		{ "::1/128", "::1", true },
		{ "::/127", "::1", true },
		{ "::/127", "::2", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "::ffff:10.0.0.0/104", "10.9.9.9", true },
		{ "::ffff:10.0.0.0/104", "11.9.9.9", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct network n;
		struct address a = address(cases[i].host, 4567);
		char why[100];
		snprintf(why, sizeof(why), "%s and %s", cases[i].network, cases[i].host);
		CHECK(network_parse(cases[i].network, &n, &err));
		CHECK_EQ(network_has(&n, &a), cases[i].has, why);
	}
}

TEST(network_that_is_none_is_quoted)
{
	static const char *const cases[] = {
		"",
		"/",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/128",
		"10.0.0.0/-1", /* once meant every address there is */
		"10.0.0.0/+8",
		"10.0.0.0/ 8",
		"10.0.0.0/8 ",
		"10.0.0.0/8x",
		"10.0.0.0/0x8",
		"10.0.0.0/8/8",
		"10.0.0.0/0008",
		"10.0.0.0/18446744073709551615",
		"10.0.0.0/18446744073709551624",
		"10.0.0/8",
		"10.0.0.256",
		" 10.0.0.0",
		"localhost",
		"::1/129",
		"::1/-1",
		"::1/999",
		"[::1]/128",
		":::1",
		"1:2:3:4:5:6:7:8:9",
		"abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd:abcd",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct network n = { .bits = 77 };
		char quoted[100];
		snprintf(quoted, sizeof(quoted), "\"%.60s\" is not a network", cases[i]);
		CHECK_EQ(network_parse(cases[i], &n, &err), false, cases[i]);
		CHECK_EQ(err.code, ERR_INVALID, cases[i]);
		CHECK(strstr(err.text, quoted));
		CHECK_EQ(n.bits, 77, "untouched on failure");
	}
}
