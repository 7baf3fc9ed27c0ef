#include "server/config.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config c;
static struct err err;

/* A file with text in it, until the next call. */
static const char *file_with(const char *text)
{
	static char path[64];
	if (path[0])
		unlink(path);
	snprintf(path, sizeof(path), "/tmp/teahouse-config-XXXXXX");
	int fd = mkstemp(path);
	CHECK(fd >= 0);
	CHECK_EQ(write(fd, text, strlen(text)), strlen(text), "written");
	close(fd);
	return path;
}

static bool read_file(const char *text)
{
	const char *path = file_with(text);
	bool ok = config_read_file(&c, path, &err);
	unlink(path);
	return ok;
}

static bool read_environment(const char *one, const char *two)
{
	char *environment[] = { (char *)one, (char *)two, NULL };
	return config_read_environment(&c, environment, &err);
}

static size_t size_at(size_t offset)
{
	size_t size;
	memcpy(&size, (char *)&c + offset, sizeof(size));
	return size;
}

TEST(config_has_a_default_for_everything)
{
	config_init(&c);
	CHECK_STR(c.name, "teahouse.local");
	CHECK_STR(c.network, "teahouse");
	CHECK_STR(c.description, "a teahouse");
	CHECK_EQ(password_is_set(&c.password), false, "everybody may enter");
	CHECK_STR(c.motd, "");
	CHECK_STR(c.data, "");
	CHECK_EQ(c.listen_count, 0, "the usual places");
	CHECK_STR(c.lobby, "#lobby");
	CHECK_EQ(c.lang, LANG_ZH, "lang");
	CHECK_EQ(c.casemapping, CASEMAPPING_PRECIS, "casemapping");
	CHECK_EQ(c.durability, DURABILITY_FULL, "seen means durable");
	CHECK(c.threads >= 1 && c.threads <= IO_THREADS_MAX);
	CHECK_EQ(c.exempt_count, 0, "nobody is exempt");
	CHECK_EQ(c.nick_bytes, 32, "nick_bytes");
	CHECK_EQ(c.user_bytes, 10, "user_bytes");
	CHECK_EQ(c.room_bytes, 64, "room_bytes");
	CHECK_EQ(c.whowas, 500, "whowas");
	CHECK_EQ(c.monitor, 100, "monitor");
	CHECK_EQ(c.sts_seconds, SIZE_MAX, "nothing is said of it");
	CHECK_EQ(c.opers.count, 0, "no operators");
	CHECK_EQ(c.output_bytes, OUTPUT_BYTES_MAX, "output_bytes");
	CHECK_EQ(c.ping_interval_s, 120, "ping_interval");
	CHECK_EQ(c.ping_timeout_s, 60, "ping_timeout");
	CHECK_EQ(c.is_public, false, "this machine alone");
	CHECK(config_finish(&c, &err));
}

/* Every number at its two edges and one beyond each; SIZE_MAX: there is nothing below. */
TEST(config_numbers_have_edges)
{
	static const struct {
		const char *key;
		size_t offset, min, max;
	} cases[] = {
		{ "server.threads", offsetof(struct config, threads), 0, IO_THREADS_MAX },
		{ "limits.nick_bytes", offsetof(struct config, nick_bytes), 1, NICK_BYTES_MAX },
		{ "limits.user_bytes", offsetof(struct config, user_bytes), 1, USER_BYTES_MAX },
		{ "limits.monitor", offsetof(struct config, monitor), 1, MONITOR_MAX },
		{ "limits.whowas", offsetof(struct config, whowas), 0, WHOWAS_MAX },
		{ "tls.sts_duration", offsetof(struct config, sts_seconds), 0, STS_SECONDS_MAX },
		{ "limits.room_bytes", offsetof(struct config, room_bytes), 2, ROOM_BYTES_MAX },
		{ "limits.rooms", offsetof(struct config, rooms), 1, ROOMS_MAX },
		{ "limits.output_bytes", offsetof(struct config, output_bytes), 16384, 1u << 30 },
		{ "limits.register_timeout", offsetof(struct config, register_timeout_s), 1, 3600 },
		{ "limits.ping_interval", offsetof(struct config, ping_interval_s), 1, 3600 },
		{ "limits.ping_timeout", offsetof(struct config, ping_timeout_s), 1, 3600 },
		{ "limits.line_rate", offsetof(struct config, line_rate), 0, 1000000 },
		{ "limits.login_rate", offsetof(struct config, login_rate), 0, 1000 },
		{ "limits.register_rate", offsetof(struct config, register_rate), 0, 1000 },
		{ "history.replay", offsetof(struct config, replay), 0, REPLAY_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const size_t values[] = { cases[i].min, cases[i].max, cases[i].max + 1,
					  cases[i].min - 1 };
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			char text[32], edges[64];
			bool fits = v < 2;
			config_init(&c);
			size_t before = size_at(cases[i].offset);
			if (v == 3 && cases[i].min == 0)
				continue; /* below 0 there is no number */
			snprintf(text, sizeof(text), "%zu", values[v]);
			snprintf(edges, sizeof(edges), "a number from %zu to %zu, not \"%zu\"",
				 cases[i].min, cases[i].max, values[v]);
			CHECK_EQ(config_set_key(&c, CONFIG_FILE, cases[i].key, text, &err), fits,
				 cases[i].key);
			CHECK_EQ(size_at(cases[i].offset), fits ? values[v] : before, cases[i].key);
			CHECK(fits || (strstr(err.text, cases[i].key) && strstr(err.text, edges)));
		}
	}
}

TEST(config_numbers_are_digits)
{
	static const char *const none[] = {
		"",
		"x",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1x",
		"0x10",
		"1.",
		"1e1",
		"１",
		"18446744073709551617",
		"1000000000000000000001",
	};

	config_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		CHECK_EQ(config_set_key(&c, CONFIG_FILE, "limits.line_rate", none[i], &err), false,
			 none[i]);
		CHECK_EQ(err.code, ERR_INVALID, none[i]);
		CHECK_EQ(c.line_rate, 100, "as before");
	}
	CHECK(config_set_key(&c, CONFIG_FILE, "limits.line_rate", "007", &err));
	CHECK_EQ(c.line_rate, 7, "zeros in front change nothing");
}

TEST(config_words_are_exactly_these)
{
	static const struct {
		const char *key, *value;
		int expected; /* -1: refused */
		const char *choices;
	} cases[] = {
		{ "server.lang", "zh", LANG_ZH, NULL },
		{ "server.lang", "en", LANG_EN, NULL },
		{ "server.lang", "EN", -1, "zh or en" },
		{ "server.lang", "", -1, "zh or en" },
		{ "server.casemapping", "precis", CASEMAPPING_PRECIS, NULL },
		{ "server.casemapping", "ascii", CASEMAPPING_ASCII, NULL },
		{ "server.casemapping", "rfc1459", -1, "precis or ascii" },
		{ "server.durability", "full", DURABILITY_FULL, NULL },
		{ "server.durability", "relaxed", DURABILITY_RELAXED, NULL },
		{ "server.durability", "none", DURABILITY_NONE, NULL },
		{ "server.durability", "some", -1, "full or relaxed or none" },
	};

	config_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool ok = config_set_key(&c, CONFIG_FILE, cases[i].key, cases[i].value, &err);
		int now = strstr(cases[i].key, "lang")   ? (int)c.lang
			  : strstr(cases[i].key, "case") ? (int)c.casemapping
							 : (int)c.durability;
		CHECK_EQ(ok, cases[i].expected >= 0, cases[i].value);
		if (ok)
			CHECK_EQ(now, cases[i].expected, cases[i].value);
		else
			CHECK(strstr(err.text, cases[i].key) && strstr(err.text, cases[i].choices));
	}
}

TEST(config_texts_have_room)
{
	static const struct {
		const char *key;
		size_t max;
		const char *kept;
	} cases[] = {
		{ "server.data", PATH_SIZE - 1, c.data },
		{ "server.motd", PATH_SIZE - 1, c.motd },
		{ "server.lobby", ROOM_BYTES_MAX, c.lobby },
		{ "server.description", DESCRIPTION_BYTES_MAX, c.description },
		{ "server.admin", DESCRIPTION_BYTES_MAX, c.admin },
	};
	static char text[PATH_SIZE + 1];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *kept = cases[i].kept;
		config_init(&c);
		memset(text, 'x', sizeof(text));
		text[cases[i].max] = '\0';
		CHECK(config_set_key(&c, CONFIG_FILE, cases[i].key, text, &err));
		CHECK_STR(kept, text);
		text[cases[i].max] = 'x';
		text[cases[i].max + 1] = '\0';
		CHECK_EQ(config_set_key(&c, CONFIG_FILE, cases[i].key, text, &err), false,
			 "one beyond");
		CHECK_EQ(err.code, ERR_LIMIT, cases[i].key);
		CHECK_EQ(strlen(kept), cases[i].max, "as before");
		CHECK(config_set_key(&c, CONFIG_FILE, cases[i].key, "", &err));
		CHECK_STR(kept, "");
	}
}

TEST(config_texts_have_rules)
{
	static const struct {
		const char *key, *value;
		bool valid;
		const char *why;
	} cases[] = {
		{ "server.name", "a.b", true, "the shortest" },
		{ "server.name", "irc-1.example.org", true, "a usual one" },
		{ "server.name", "localhost", false, "a nick could look like it" },
		{ "server.name", "", false, "it has to have one" },
		{ "server.name", ".example", false, "an empty label" },
		{ "server.name", "example.", false, "an empty label" },
		{ "server.name", "a..b", false, "an empty label" },
		{ "server.name", "a b.c", false, "a space ends an IRC prefix" },
		{ "server.name", "茶.org", false, "no host is called so" },
		{ "server.name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
		  true, "63 bytes" },
		{ "server.name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
		  false, "64 bytes" },
		{ "server.icon", "https://tea.example/a.png", true, "an address" },
		{ "server.icon", "http://tea.example/", true, "likewise" },
		{ "server.icon", "", true, "none" },
		{ "server.icon", "ftp://tea.example/", false, "clients fetch it from the web" },
		{ "server.icon", "https://tea.example/a b", false, "a space ends a token" },
		{ "server.icon", "https://tea.example/?a=b", false, "a token has one =" },
		{ "server.icon", "https://tea.example/\\", false, "a token's escapes" },
		{ "server.icon", "https://茶.example/", false, "a token is ASCII" },
		{ "server.network", "茶馆", true, "any script" },
		{ "server.network", "", false, "nothing to show" },
		{ "server.network", "tea house", false, "a space ends an IRC parameter" },
		{ "server.network", "tea\nhouse", false, "a line of its own" },
		{ "server.network", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true, "32 bytes" },
		{ "server.network", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, "33 bytes" },
		{ "server.description", "tea, and talk", true, "a sentence" },
		{ "server.description", "tea\r\nQUIT", false, "a line of its own" },
		{ "server.admin", "老李 <li@example.org>", true, "a name" },
		{ "server.admin", "tea\nQUIT", false, "a line of its own" },
		{ "server.description", "\xe8\x8c", false, "half a character" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		CHECK_EQ(config_set_key(&c, CONFIG_FILE, cases[i].key, cases[i].value, &err),
			 cases[i].valid, cases[i].why);
		CHECK(cases[i].valid || strstr(err.text, cases[i].key));
	}
}

/* ---- accounts ---- */

TEST(config_says_what_is_wanted_of_accounts)
{
	config_init(&c);
	CHECK_EQ(c.accounts.may_register, REGISTER_OPEN, "everybody may");
	CHECK(c.accounts.before_connect && !c.accounts.needs_email && !c.accounts.needs_login &&
	      !c.accounts.custom_name);
	CHECK(read_file("[accounts]\nregister = invite\nbefore_connect = no\nemail = required\n"
			"require_login = yes\ncustom_name = yes\n"));
	CHECK_EQ(c.accounts.may_register, REGISTER_INVITE, "who has an invitation");
	CHECK(!c.accounts.before_connect && c.accounts.needs_email && c.accounts.needs_login &&
	      c.accounts.custom_name);
	CHECK(config_set(&c, "accounts.register=off", &err));
	CHECK_EQ(c.accounts.may_register, REGISTER_OFF, "nobody");
	CHECK(config_set(&c, "accounts.email=off", &err));
	CHECK(!c.accounts.needs_email);
	static const char *const wrong[] = { "accounts.register=yes", "accounts.before_connect=1",
					     "accounts.email=yes", "accounts.custom_name=",
					     "accounts.require_login=off" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK_EQ(config_set(&c, wrong[i], &err), false, wrong[i]);
	CHECK_STR(err.text, "accounts.require_login must be no or yes, not \"off\"");
}

/* ---- passwords and operators ---- */

#define HASH                                                                                       \
	"$argon2id$v=19$m=19456,t=2,p=1$"                                                          \
	"7vSf+oKoFck9NGOzFCZCHA$F5bKgdNG6uPq/Ruvo+rFPe2iTabBLN7S+v7a6cbfOfk"

TEST(config_password_is_text_or_hash_whichever_came_last)
{
	config_init(&c);
	CHECK(config_set(&c, "server.password=one two", &err));
	CHECK_STR(c.password.text, "one two");
	CHECK(config_set(&c, "server.password_hash=" HASH, &err));
	CHECK_STR(c.password.hash, HASH);
	CHECK_STR(c.password.text, "");
	CHECK(read_environment("TEAHOUSE_SERVER_PASSWORD=茶", NULL));
	CHECK_STR(c.password.text, "茶");
	CHECK_STR(c.password.hash, "");
	CHECK(config_set(&c, "server.password=", &err));
	CHECK_EQ(password_is_set(&c.password), false, "none");
	CHECK(read_file("[server]\npassword_hash = " HASH "\n"));
	CHECK_STR(c.password.hash, HASH);
}

TEST(config_password_has_edges_and_is_never_shown)
{
	static char text[PASSWORD_BYTES_MAX + 2];
	static const char *const no_hashes[] = {
		"secret",
		"$argon2id$secret",
		"$argon2i$v=19$m=19456,t=2,p=1$7vSf+oKoFck9NGOzFCZCHA$secret",
		"=19=19456,t=2,p=1+oKoFck9NGOzFCZCHA/Ruvo+secret", /* after a shell saw it */
		HASH HASH "secret",
	};

	config_init(&c);
	memset(text, 'x', PASSWORD_BYTES_MAX);
	CHECK(config_set_key(&c, CONFIG_FILE, "server.password", text, &err));
	CHECK_STR(c.password.text, text);
	text[PASSWORD_BYTES_MAX] = 'x';
	CHECK_EQ(config_set_key(&c, CONFIG_FILE, "server.password", text, &err), false, "beyond");
	CHECK_STR(err.text, "server.password: a password has at most 1000 bytes");
	CHECK_EQ(config_set(&c, "server.password=\xe8\x8c", &err), false, "half a character");
	for (size_t i = 0; i < ARRAY_LEN(no_hashes); i++) {
		CHECK_EQ(config_set_key(&c, CONFIG_FILE, "server.password_hash", no_hashes[i],
					&err),
			 false, no_hashes[i]);
		CHECK(strstr(err.text, "server.password_hash must be what teahouse passwd prints"));
		CHECK(!strstr(err.text, "secret"));
	}
}

TEST(config_operators_are_sections)
{
	config_init(&c);
	CHECK(read_file("[oper alice]\npassword = one\nhost = staff.example.org\n"
			"[oper 老李]\npassword_hash = " HASH "\n"));
	CHECK(config_set(&c, "oper.alice.password=two", &err));
	CHECK(config_finish(&c, &err));
	CHECK_EQ(c.opers.count, 2, "two of them");
	const struct oper *alice = opers_find(&c.opers, "alice");
	CHECK(alice);
	CHECK_STR(alice->password.text, "two");
	CHECK_STR(alice->host, "staff.example.org");
	CHECK_STR(opers_find(&c.opers, "老李")->password.hash, HASH);
	CHECK_EQ(opers_find(&c.opers, "Alice"), NULL, "another name");
	CHECK_EQ(opers_find(&c.opers, ""), NULL, "no name");
}

TEST(config_operator_that_cannot_be_is_named)
{
	static const struct {
		const char *assignment, *why;
	} cases[] = {
		{ "oper.password=x", "there is no setting oper.password" },
		{ "oper.alice.tea=x", "there is no setting oper.alice.tea" },
		{ "oper.=x", "there is no setting oper." },
		{ "oper..password=x", "that of oper..password" },
		{ "oper.a.b.password=x", "that of oper.a.b.password" },
		{ "oper.a b.password=x", "that of oper.a b.password" },
		{ "oper.abcdefghijklmnopqrstuvwxyz1234567.password=x", "at most 32 bytes" },
		{ "oper.alice.password=", "the operator alice needs a password" },
		{ "oper.alice.host=example.org", "the operator alice needs a password" },
		{ "oper.alice.host=a b", "oper.alice.host must be like a host's name" },
		{ "oper.alice.password_hash=x", "oper.alice.password_hash must be what" },
		{ "operalice.password=x", "there is no setting operalice.password" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		bool ok = config_set(&c, cases[i].assignment, &err) && config_finish(&c, &err);
		CHECK_EQ(ok, false, cases[i].assignment);
		CHECK(strstr(err.text, cases[i].why));
	}
	config_init(&c);
	CHECK_EQ(read_environment("TEAHOUSE_OPER_ALICE_PASSWORD=x", NULL), false, "no variable");
	CHECK(strstr(err.text, "TEAHOUSE_OPER_ALICE_PASSWORD: there is no setting "));
}

TEST(config_operators_have_a_ceiling)
{
	char assignment[64];

	config_init(&c);
	for (int i = 0; i <= OPERS_MAX; i++) {
		snprintf(assignment, sizeof(assignment), "oper.o%d.password=x", i);
		CHECK_EQ(config_set(&c, assignment, &err), i < OPERS_MAX, assignment);
	}
	CHECK_EQ(err.code, ERR_LIMIT, "a ceiling");
	CHECK(config_set(&c, "oper.o0.password=y", &err));
}

TEST(config_knows_no_other_key)
{
	static const char *const keys[] = {
		"",
		"server",
		"server.",
		".listen",
		"listen",
		"server.x",
		"server.rooms",
		"limits.listen",
		"SERVER.LISTEN",
		"server.listenx",
		"server.liste",
		"serverxlisten",
		"server.listen.x",
		" server.listen",
	};

	config_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		CHECK_EQ(config_set_key(&c, CONFIG_COMMAND, keys[i], "1", &err), false, keys[i]);
		CHECK_EQ(err.code, ERR_INVALID, keys[i]);
		CHECK(strstr(err.text, "there is no setting ") && strstr(err.text, keys[i]));
	}
}

TEST(config_set_takes_a_key_and_a_value)
{
	config_init(&c);
	CHECK(config_set(&c, "server.lobby=#a=b", &err));
	CHECK_STR(c.lobby, "#a=b");
	CHECK(config_set(&c, "server.lobby=", &err));
	CHECK_STR(c.lobby, "");
	static const char *const bad[] = {
		"",
		"server.lobby",
		"server.lobby #tea",
		/* a key of 64 bytes */
		"server.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij=1",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_EQ(config_set(&c, bad[i], &err), false, bad[i]);
		CHECK(strstr(err.text, "--set section.key=value"));
	}
	CHECK_EQ(config_set(&c, "server.tea=1", &err), false, "no such key");
	CHECK_STR(err.text, "there is no setting server.tea");
	CHECK_EQ(config_set(&c, "=1", &err), false, "no key at all");
}

/* ---- lists ---- */

TEST(config_listens_on_urls)
{
	config_init(&c);
	CHECK(config_set(&c, "server.listen=plain://127.0.0.1:4000  plain://[::1]", &err));
	CHECK_EQ(c.listen_count, 2, "separated by spaces");
	CHECK_STR(c.listen[0].host, "127.0.0.1");
	CHECK_STR(c.listen[0].port, "4000");
	CHECK_STR(c.listen[1].host, "::1");
	CHECK_STR(c.listen[1].port, "4567"); /* the protocol's own */
	static const struct {
		const char *url, *why;
	} bad[] = {
		{ "127.0.0.1:4567", "\"127.0.0.1:4567\" is not an address" },
		{ "plain://", "\"plain://\" is not an address" },
		{ "plain://a:99999", "\"plain://a:99999\" is not an address" },
		{ "gopher://127.0.0.1:70", "gopher:// is not spoken here" },
		{ "plain://127.0.0.1,plain://[::1]", "is not an address" },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		config_init(&c);
		CHECK_EQ(config_set_key(&c, CONFIG_COMMAND, "server.listen", bad[i].url, &err),
			 false, bad[i].url);
		CHECK(strstr(err.text, bad[i].why));
	}
}

TEST(config_lists_have_ceilings)
{
	static const struct {
		const char *key, *value;
		size_t max;
	} cases[] = {
		{ "server.listen", "plain://127.0.0.1:1", LISTENERS_MAX },
		{ "limits.exempt", "10.0.0.0/8", EXEMPT_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		const size_t *count = i == 0 ? &c.listen_count : &c.exempt_count;
		for (size_t n = 1; n <= cases[i].max; n++) {
			CHECK(config_set_key(&c, CONFIG_COMMAND, cases[i].key, cases[i].value,
					     &err));
			CHECK_EQ(*count, n, "one more");
		}
		CHECK_EQ(config_set_key(&c, CONFIG_COMMAND, cases[i].key, cases[i].value, &err),
			 false, "one beyond");
		CHECK_EQ(err.code, ERR_LIMIT, "a ceiling");
		CHECK_EQ(*count, cases[i].max, "as before");
	}
}

TEST(config_exempts_networks)
{
	struct network loopback;

	config_init(&c);
	CHECK(network_parse("127.0.0.0/8", &loopback, &err));
	CHECK(config_set(&c, "limits.exempt= 127.0.0.0/8 ::1 ", &err));
	CHECK_EQ(c.exempt_count, 2, "spaces around change nothing");
	CHECK_EQ(memcmp(&c.exempt[0], &loopback, sizeof(loopback)), 0, "the network");
	CHECK_EQ(c.exempt[1].bits, 128, "a single address");
	CHECK_EQ(config_set(&c, "limits.exempt=localhost", &err), false, "a name");
	CHECK(strstr(err.text, "\"localhost\" is not a network"));
	CHECK_EQ(config_set(&c, "limits.exempt=10.0.0.0/-1", &err), false, "everybody, once");
}

TEST(config_words_of_lists_are_not_cut)
{
	static char value[600];

	config_init(&c);
	memset(value, 'x', sizeof(value) - 1);
	CHECK_EQ(config_set_key(&c, CONFIG_FILE, "server.listen", value, &err), false,
		 "one long word");
	CHECK_EQ(err.code, ERR_LIMIT, "too long");
	CHECK_EQ(c.listen_count, 0, "nothing of it");
}

/* ---- the file ---- */

TEST(config_file_sets_what_is_in_it)
{
	config_init(&c);
	CHECK(read_file("; a comment\n"
			"# another\n"
			"\n"
			"[server]\n"
			"data = /var/lib/tea house\n"
			"listen = plain://127.0.0.1:1\n"
			"listen = plain://127.0.0.1:2 plain://127.0.0.1:3\n"
			"lobby = #茶馆 ; where everybody is\n"
			"lang=en\n"
			"casemapping: ascii\n"
			"durability = relaxed\n"
			"threads = 3\n"
			"[limits]\r\n"
			"exempt = 10.0.0.0/8\r\n"
			"   192.168.0.0/16\r\n"
			"nick_bytes = 20\r\n"
			"room_bytes = 30\n"
			"rooms = 40\n"
			"output_bytes = 50000\n"
			"register_timeout = 60\n"
			"ping_interval = 61\n"
			"ping_timeout = 62\n"
			"line_rate = 0\n"
			"[history]\n"
			"replay = 70")); /* and no newline at the end */
	CHECK_STR(c.data, "/var/lib/tea house");
	CHECK_EQ(c.listen_count, 3, "repeated keys add up");
	CHECK_STR(c.listen[2].port, "3");
	CHECK_STR(c.lobby, "#茶馆");
	CHECK_EQ(c.lang, LANG_EN, "lang");
	CHECK_EQ(c.casemapping, CASEMAPPING_ASCII, "casemapping");
	CHECK_EQ(c.durability, DURABILITY_RELAXED, "durability");
	CHECK_EQ(c.threads, 3, "threads");
	CHECK_EQ(c.exempt_count, 2, "an indented line goes on with the list");
	CHECK_EQ(c.nick_bytes, 20, "nick_bytes");
	CHECK_EQ(c.room_bytes, 30, "room_bytes");
	CHECK_EQ(c.rooms, 40, "rooms");
	CHECK_EQ(c.output_bytes, 50000, "output_bytes");
	CHECK_EQ(c.register_timeout_s, 60, "register_timeout");
	CHECK_EQ(c.ping_interval_s, 61, "ping_interval");
	CHECK_EQ(c.ping_timeout_s, 62, "ping_timeout");
	CHECK_EQ(c.line_rate, 0, "line_rate");
	CHECK_EQ(c.replay, 70, "replay");
}

TEST(config_file_names_the_line_that_is_wrong)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "[server]\nlang = en\ntea = 1\n", ":3: there is no setting server.tea" },
		{ "lang = en\n", ":1: there is no setting .lang" },
		{ "[history]\n\n; tea\nreplay = many\n",
		  ":4: history.replay must be a number from 0 to 200, not \"many\"" },
		{ "[server]\nlisten = plain://\n", ":2: \"plain://\" is not an address" },
		{ "[server]\nlang = en\nlang\n", ":3: this is no \"key = value\"" },
		{ "[server\nlang = en\n", ":1: " },
		/* the first one counts */
		{ "[server]\nlang = fr\ntea = 1\n",
		  ":2: server.lang must be zh or en, not \"fr\"" },
		{ "[server]\ntea\nlang = fr\n", ":2: this is no \"key = value\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		CHECK_EQ(read_file(cases[i].text), false, cases[i].why);
		CHECK_EQ(err.code, ERR_INVALID, cases[i].why);
		CHECK(strstr(err.text, "/tmp/teahouse-config-"));
		const char *at = strchr(err.text, ':');
		CHECK(at);
		CHECK_EQ(strncmp(at, cases[i].why, strlen(cases[i].why)), 0, err.text);
	}
}

/* libinih has room for so many bytes, and would go on with the rest as if it were another line. */
TEST(config_file_has_lines_of_at_most_198_bytes)
{
	char text[300], data[200];

	for (size_t len = 197; len <= 199; len++) {
		memset(data, 'x', sizeof(data));
		data[len - strlen("data=")] = '\0';
		for (int ends = 0; ends < 2; ends++) {
			snprintf(text, sizeof(text), "[server]\ndata=%s%s", data,
				 ends ? "\nlang=en\n" : "");
			/* the last line of a file needs no room for a newline */
			bool fits = ends ? len <= 198 : len <= 199;
			config_init(&c);
			CHECK_EQ(read_file(text), fits, "a line");
			if (fits) {
				CHECK_STR(c.data, data);
				CHECK_EQ(c.lang, ends ? LANG_EN : LANG_ZH, "the next line");
				continue;
			}
			CHECK_EQ(err.code, ERR_LIMIT, "a ceiling");
			CHECK(strstr(err.text, ":2: a line has at most 198 bytes"));
		}
	}
}

TEST(config_file_that_is_not_there_is_named)
{
	config_init(&c);
	CHECK_EQ(config_read_file(&c, "/no/such/file", &err), false, "not there");
	CHECK_EQ(err.code, ERR_IO, "the system says so");
	CHECK_STR(err.text,
		  "cannot read the configuration /no/such/file: No such file or directory");
	CHECK_EQ(config_read_file(&c, "/tmp", &err), false, "a folder is no file");
}

/* ---- the environment ---- */

TEST(config_environment_sets_the_same_keys)
{
	config_init(&c);
	CHECK(read_environment("TEAHOUSE_SERVER_LOBBY=#茶=馆",
			       "TEAHOUSE_LIMITS_REGISTER_TIMEOUT=7"));
	CHECK_STR(c.lobby, "#茶=馆");
	CHECK_EQ(c.register_timeout_s, 7, "a key with a _ of its own");
	CHECK(read_environment("TEAHOUSE_HISTORY_REPLAY=9",
			       "TEAHOUSE_SERVER_LISTEN=plain://a plain://b"));
	CHECK_EQ(c.replay, 9, "replay");
	CHECK_EQ(c.listen_count, 2, "a list");
	CHECK(read_environment("TEAHOUSE_SERVER_LOBBY=", NULL));
	CHECK_STR(c.lobby, "");
}

TEST(config_environment_leaves_others_alone)
{
	static const char *const others[] = {
		"PATH=/bin",
		"TEAHOUSE=1",
		"TEAHOUSE_=1",
		"TEAHOUSE_BIN=/x",
		"TEAHOUSE_SERVER=1",
		"TEAHOUSE_SERVERS_X=1",
		"teahouse_server_x=1",
		"SERVER_LANG=fr",
		"TEAHOUSE_SERVER_LANG",
		"TEAHOUSESERVER_X=1",
		"",
		"T",
	};

	config_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CHECK_EQ(read_environment(others[i], NULL), true, others[i]);
}

TEST(config_environment_names_the_variable_that_is_wrong)
{
	config_init(&c);
	CHECK_EQ(read_environment("TEAHOUSE_SERVER_TEA=1", NULL), false, "no such key");
	CHECK_STR(err.text, "TEAHOUSE_SERVER_TEA: there is no setting server.tea");
	CHECK_EQ(read_environment("PATH=/bin", "TEAHOUSE_SERVER_LANG=fr"), false, "no such word");
	CHECK_STR(err.text, "TEAHOUSE_SERVER_LANG: server.lang must be zh or en, not \"fr\"");
}

/* ---- who counts more ---- */

TEST(config_stronger_sources_replace_values_and_lists)
{
	config_init(&c);
	CHECK(read_file("[server]\nlang = en\nlobby = #file\nlisten = plain://file plain://file2\n"
			"[limits]\nexempt = 10.0.0.0/8 11.0.0.0/8\nline_rate = 1\n"));
	CHECK_EQ(c.listen_count, 2, "the file's");
	CHECK(read_environment("TEAHOUSE_SERVER_LOBBY=#env", "TEAHOUSE_SERVER_LISTEN=plain://env"));
	CHECK_EQ(c.listen_count, 1, "the environment's list replaces the file's");
	CHECK_STR(c.listen[0].host, "env");
	CHECK_EQ(c.exempt_count, 2, "the other list is untouched");
	CHECK(config_set(&c, "server.listen=plain://command", &err));
	CHECK(config_set(&c, "server.listen=plain://command2 plain://command3", &err));
	CHECK_EQ(c.listen_count, 3, "the command line's replaces that, and adds up");
	CHECK_STR(c.listen[0].host, "command");
	CHECK_STR(c.listen[2].host, "command3");
	CHECK(config_set(&c, "limits.exempt=12.0.0.0/8", &err));
	CHECK_EQ(c.exempt_count, 1, "replaced");
	CHECK(config_set(&c, "limits.line_rate=3", &err));
	CHECK_EQ(c.line_rate, 3, "the command line's");
	CHECK_STR(c.lobby, "#env");
	CHECK_EQ(c.lang, LANG_EN, "the file's, which nobody changed");
}

/* ---- what was left open ---- */

TEST(config_lobby_is_a_room_or_empty)
{
	static const struct {
		const char *lobby, *room_bytes;
		bool valid;
	} cases[] = {
		{ "#lobby", "6", true },  { "#lobby", "5", false }, { "", "2", true },
		{ "lobby", "64", false }, { "#", "64", false },     { "#a b", "64", false },
		{ "#茶馆", "7", true },   { "#茶馆", "6", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		CHECK(config_set_key(&c, CONFIG_FILE, "server.lobby", cases[i].lobby, &err));
		CHECK(config_set_key(&c, CONFIG_FILE, "limits.room_bytes", cases[i].room_bytes,
				     &err));
		CHECK_EQ(config_finish(&c, &err), cases[i].valid, cases[i].lobby);
		CHECK(cases[i].valid ||
		      strstr(err.text, "server.lobby must be the name of a room"));
	}
}

TEST(config_finds_a_folder_for_the_data)
{
	static const struct {
		const char *state, *home, *set, *data; /* NULL: none */
	} cases[] = {
		{ "/state", "/home/tea", NULL, "/state/teahouse" },
		{ NULL, "/home/tea", NULL, "/home/tea/.local/state/teahouse" },
		{ "", "/home/tea", NULL, "/home/tea/.local/state/teahouse" },
		{ "relative", "/home/tea", NULL, "/home/tea/.local/state/teahouse" },
		{ "/state", NULL, NULL, "/state/teahouse" },
		{ NULL, NULL, NULL, NULL },
		{ NULL, "", NULL, NULL },
		{ NULL, "relative", NULL, NULL },
		{ "/state", "/home/tea", "here", "here" },
		{ NULL, NULL, "here", "here" },
	};
	char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsetenv("XDG_STATE_HOME");
		unsetenv("HOME");
		if (cases[i].state)
			setenv("XDG_STATE_HOME", cases[i].state, 1);
		if (cases[i].home)
			setenv("HOME", cases[i].home, 1);
		config_init(&c);
		if (cases[i].set)
			CHECK(config_set_key(&c, CONFIG_FILE, "server.data", cases[i].set, &err));
		CHECK_EQ(config_finish(&c, &err), cases[i].data != NULL, cases[i].data);
		if (cases[i].data)
			CHECK_STR(c.data, cases[i].data);
		else
			CHECK(strstr(err.text, "name a folder with --data"));
	}
	unsetenv("XDG_STATE_HOME");
	if (home)
		setenv("HOME", home, 1);
	free(home);
}

TEST(config_data_folder_of_a_long_home_is_refused)
{
	static char state[PATH_SIZE + 1];

	for (size_t beyond = 0; beyond <= 1; beyond++) {
		size_t len = PATH_SIZE - 1 - strlen("/teahouse") + beyond;
		memset(state, 'x', len);
		state[0] = '/';
		state[len] = '\0';
		setenv("XDG_STATE_HOME", state, 1);
		config_init(&c);
		CHECK_EQ(config_finish(&c, &err), !beyond, "at the edge, and one beyond");
		CHECK(!beyond || err.code == ERR_LIMIT);
	}
	unsetenv("XDG_STATE_HOME");
}

TEST(config_certificates_and_keys_come_in_pairs)
{
	static const struct {
		const char *cert, *key, *why;
	} cases[] = {
		{ "", "", NULL },
		{ "cert.pem", "key.pem", NULL },
		{ "a.pem  b.pem", "a.key b.key", NULL },
		{ "a a a a a a a a a a a a a a a a", "b b b b b b b b b b b b b b b b", NULL },
		{ "cert.pem", "", "there are 1 certificates and 0 keys" },
		{ "", "key.pem", "there are 0 certificates and 1 keys" },
		{ "a.pem b.pem", "a.key", "there are 2 certificates and 1 keys" },
		{ "a a a a a a a a a a a a a a a a a", "b b b b b b b b b b b b b b b b b",
		  "tls.cert names 17 files, and may name 16" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		config_init(&c);
		CHECK(config_set_key(&c, CONFIG_FILE, "server.data", "here", &err));
		CHECK(config_set_key(&c, CONFIG_FILE, "tls.cert", cases[i].cert, &err));
		CHECK(config_set_key(&c, CONFIG_FILE, "tls.key", cases[i].key, &err));
		CHECK_EQ(config_finish(&c, &err), !cases[i].why, cases[i].cert);
		if (cases[i].why)
			CHECK(strstr(err.text, cases[i].why) != NULL);
	}
}
