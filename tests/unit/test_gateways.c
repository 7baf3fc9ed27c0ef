/* [webirc NAME]: which gateways there are, and where each comes from. */
#include "server/config.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

static struct config c;
static struct err err;

static struct address address_of(const char *ip)
{
	struct network one;
	struct address a = { 0 };
	CHECK_EQ(network_parse(ip, &one, &err), true, ip);
	memcpy(a.ip, one.ip, sizeof(a.ip));
	return a;
}

static unsigned found(const char *ip)
{
	const struct address a = address_of(ip);
	return gateways_find(&c.gateways, &a);
}

TEST(the_first_whose_hosts_have_the_address_is_found)
{
	config_init(&c);
	CHECK(config_set(&c, "webirc.one.password=x", &err));
	CHECK(config_set(&c, "webirc.one.hosts=10.0.0.0/8 ::1", &err));
	CHECK(config_set_key(&c, CONFIG_FILE, "webirc two.hosts", "10.1.0.0/16 192.0.2.7", &err));
	CHECK(config_set(&c, "webirc.two.password=y", &err));
	CHECK(config_finish(&c, &err));
	CHECK_EQ(found("10.1.2.3"), 1, "both have it");
	CHECK_EQ(found("::1"), 1, "the second of a list");
	CHECK_EQ(found("192.0.2.7"), 2, "one address");
	CHECK_EQ(found("192.0.2.8"), 0, "nobody's");
	CHECK_STR(gateways_get(&c.gateways, 2)->via, "the gateway two");
	CHECK_EQ(gateways_get(&c.gateways, 0), NULL, "none");
	CHECK_EQ(gateways_get(&c.gateways, 3), NULL, "nor this");
	/* A list replaces the one before. */
	CHECK(config_set(&c, "webirc.one.hosts=192.0.2.0/24", &err));
	CHECK_EQ(found("10.1.2.3"), 2, "no longer the first");
}

TEST(a_gateway_that_cannot_be_is_named)
{
	static const struct {
		const char *assignment, *why;
	} cases[] = {
		{ "webirc.password=x", "there is no setting webirc.password" },
		{ "webirc.a.host=::1", "there is no setting webirc.a.host" },
		{ "webirc.a.b.hosts=::1", "that of webirc.a.b.hosts" },
		{ "webirc.a.hosts=tea.example", "\"tea.example\" is not a network" },
		{ "webirc.a.hosts=::1", "the gateway a needs a password" },
		{ "webirc.a.password=x", "the gateway a needs a password or a password_hash, and" },
		{ "webirc.a.hosts=::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9", "at most 8 hosts" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		bool ok = config_set(&c, cases[i].assignment, &err) && config_finish(&c, &err);
		CHECK_EQ(ok, false, cases[i].assignment);
		CHECK_EQ(strstr(err.text, cases[i].why) != NULL, true, err.text);
	}
}

TEST(gateways_have_a_ceiling)
{
	char assignment[64];
	config_init(&c);
	for (int i = 0; i <= GATEWAYS_MAX; i++) {
		snprintf(assignment, sizeof(assignment), "webirc.g%d.password=x", i);
		CHECK_EQ(config_set(&c, assignment, &err), i < GATEWAYS_MAX, assignment);
	}
	CHECK_EQ(err.code, ERR_LIMIT, "a ceiling");
	CHECK(config_set(&c, "webirc.g0.password=y", &err));
}
