#include "base/url.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static struct err err;

TEST(url_has_a_scheme_a_host_a_port_and_a_room)
{
	static const struct {
		const char *text, *scheme, *host, *port, *room;
	} cases[] = {
		{ "plain://127.0.0.1:4567", "plain", "127.0.0.1", "4567", "" },
		{ "plain://127.0.0.1", "plain", "127.0.0.1", "", "" },
		{ "plain://tea.example:0/", "plain", "tea.example", "0", "" },
		{ "irc://[::1]:6667/room", "irc", "::1", "6667", "room" },
		{ "irc://[::1]", "irc", "::1", "", "" },
		{ "irc://[fe80::1%eth0]/#茶/a:b", "irc", "fe80::1%eth0", "", "#茶/a:b" },
		{ "https://a:65535", "https", "a", "65535", "" },
		{ "a://b/c://d", "a", "b", "", "c://d" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct url url;
		CHECK(url_parse(cases[i].text, &url, &err));
		CHECK_STR(url.scheme, cases[i].scheme);
		CHECK_STR(url.host, cases[i].host);
		CHECK_STR(url.port, cases[i].port);
		CHECK_STR(url.room, cases[i].room);
	}
}

TEST(url_that_is_none_is_quoted)
{
	static const char *const cases[] = {
		"",
		"4567",
		"127.0.0.1:4567",
		"plain:/127.0.0.1",
		"://127.0.0.1",
		"plain://",
		"plain://:4567",
		"plain:///room",
		"plain://a:",
		"plain://a:/room",
		"plain://a:x",
		"plain://a:45x",
		"plain://a:-1",
		"plain://a:+1",
		"plain://a: 1",
		"plain://a:65536",
		"plain://a:99999",
		"plain://a:004567",
		"plain://a:1:2",
		"plain://::1:4567", /* brackets are missing */
		"plain://[::1",
		"plain://[::1/]",
		"plain://[]:1",
		"plain://[::1]4567",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct url url = { .scheme = "before" };
		char quoted[120];
		snprintf(quoted, sizeof(quoted), "\"%s\" is not an address", cases[i]);
		CHECK_EQ(url_parse(cases[i], &url, &err), false, cases[i]);
		CHECK_EQ(err.code, ERR_INVALID, cases[i]);
		CHECK(strstr(err.text, quoted));
		CHECK_STR(url.scheme, "before");
	}
}

/* Each part at the edge of its room, and one beyond. */
TEST(url_parts_have_ceilings)
{
	struct url url;
	char text[600], part[300];
	static const struct {
		const char *fmt;
		size_t max;
	} cases[] = {
		{ "%s://host", sizeof(url.scheme) - 1 },
		{ "plain://%s", sizeof(url.host) - 1 },
		{ "plain://[%s]", sizeof(url.host) - 1 },
		{ "plain://host/%s", sizeof(url.room) - 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t len = cases[i].max; len <= cases[i].max + 1; len++) {
			memset(part, 'x', len);
			part[len] = '\0';
			const char *at = strstr(cases[i].fmt, "%s");
			snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - cases[i].fmt),
				 cases[i].fmt, part, at + 2);
			CHECK_EQ(url_parse(text, &url, &err), len == cases[i].max, cases[i].fmt);
		}
}
