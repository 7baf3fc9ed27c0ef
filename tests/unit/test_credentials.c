#include "server/credentials.h"

#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <ctype.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct config config;
static struct err err;
static unsigned char secret[SECRET_BYTES] = "what this server alone knows, 32";

static struct credentials *c;
static char *dir;
static sem_t wakes;

/* What was answered last, and how often. */
static struct {
	size_t count;
	uint64_t cookie;
	bool ok;
	char host[HOST_SIZE];
} answered;

static void count_wake(void *ctx)
{
	sem_post(ctx);
}

static void on_answer(void *ctx, uint64_t cookie, bool ok, const char *host)
{
	CHECK_EQ(ctx, &answered, "as it was given");
	answered.count++;
	answered.cookie = cookie;
	answered.ok = ok;
	snprintf(answered.host, sizeof(answered.host), "%s", host);
}

static void set(const char *assignment)
{
	CHECK(config_set(&config, assignment, &err));
}

/* In a new folder, with nobody in the configuration. */
static void prepare(void)
{
	CHECK(sodium_init() >= 0);
	config_init(&config);
	dir = folder_new();
	snprintf(config.data, sizeof(config.data), "%s", dir);
	sem_init(&wakes, 0, 0);
	answered.count = 0;
}

static void open_it(void)
{
	c = credentials_open(&config, secret, count_wake, &wakes, &err);
	CHECK(c);
}

static void close_it(void)
{
	credentials_close(c);
	c = NULL;
}

static void clean_up(void)
{
	close_it();
	sem_destroy(&wakes);
	folder_remove(dir);
}

static bool asked(enum credential what, const char *name, const char *password)
{
	static uint64_t cookie = 7000000000;
	size_t before = answered.count;
	CHECK(credentials_check(c, what, name, password, ++cookie));
	sem_wait(&wakes);
	credentials_turn(c, on_answer, &answered);
	CHECK_EQ(answered.count, before + 1, "one answer");
	CHECK_EQ(answered.cookie, cookie, "to what was asked");
	return answered.ok;
}

static void set_hash(const char *key, const char *password)
{
	char hash[PASSWORD_HASH_SIZE];
	CHECK(password_hash(password, hash, &err));
	CHECK(config_set_key(&config, CONFIG_FILE, key, hash, &err));
}

TEST(server_without_a_password_takes_any)
{
	prepare();
	open_it();
	CHECK_EQ(credentials_server_has_password(c), false, "none is set");
	CHECK(asked(CREDENTIAL_SERVER, "", ""));
	CHECK(asked(CREDENTIAL_SERVER, "", "tea"));
	clean_up();
}

TEST(server_password_is_exactly_this)
{
	static char longest[PASSWORD_BYTES_MAX + 2];

	for (int hashed = 0; hashed < 2; hashed++) {
		prepare();
		if (hashed)
			set_hash("server.password_hash", "茶 与 水");
		else
			set("server.password=茶 与 水");
		open_it();
		CHECK_EQ(credentials_server_has_password(c), true, "one is set");
		CHECK(asked(CREDENTIAL_SERVER, "", "茶 与 水"));
		CHECK(!asked(CREDENTIAL_SERVER, "", "茶 与 "));
		CHECK(!asked(CREDENTIAL_SERVER, "", "茶 与 水 "));
		CHECK(!asked(CREDENTIAL_SERVER, "", ""));
		clean_up();
	}
	prepare();
	memset(longest, 'x', PASSWORD_BYTES_MAX);
	CHECK(config_set_key(&config, CONFIG_FILE, "server.password", longest, &err));
	open_it();
	CHECK(asked(CREDENTIAL_SERVER, "", longest));
	longest[PASSWORD_BYTES_MAX] = 'x';
	CHECK(!asked(CREDENTIAL_SERVER, "", longest));
	clean_up();
}

TEST(empty_password_is_none_even_if_a_hash_says_so)
{
	prepare();
	set_hash("server.password_hash", "");
	open_it();
	CHECK(!asked(CREDENTIAL_SERVER, "", ""));
	clean_up();
}

TEST(operators_have_names_passwords_and_hosts)
{
	prepare();
	set("oper.alice.password=oolong");
	set("oper.alice.host=staff.example.org");
	set_hash("oper.bob.password_hash", "green");
	open_it();
	CHECK(asked(CREDENTIAL_OPER, "alice", "oolong"));
	CHECK_STR(answered.host, "staff.example.org");
	CHECK(asked(CREDENTIAL_OPER, "bob", "green"));
	CHECK_STR(answered.host, "");
	CHECK(!asked(CREDENTIAL_OPER, "alice", "green"));
	CHECK_STR(answered.host, "");
	CHECK(!asked(CREDENTIAL_OPER, "bob", "oolong"));
	CHECK(!asked(CREDENTIAL_OPER, "Alice", "oolong"));
	CHECK(!asked(CREDENTIAL_OPER, "carol", "oolong"));
	CHECK(!asked(CREDENTIAL_OPER, "", ""));
	CHECK(!asked(CREDENTIAL_OPER, "alice6789012345678901234567890123", "oolong"));
	clean_up();
}

/* The least of a few, since the machine may be busy. */
static int64_t least_us(const char *name, const char *password)
{
	int64_t least = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		struct timespec from, to;
		clock_gettime(CLOCK_MONOTONIC, &from);
		CHECK(!asked(CREDENTIAL_OPER, name, password));
		clock_gettime(CLOCK_MONOTONIC, &to);
		int64_t us = (to.tv_sec - from.tv_sec) * 1000000 +
			     (to.tv_nsec - from.tv_nsec) / 1000;
		least = us < least ? us : least;
	}
	return least;
}

TEST(time_does_not_tell_which_operators_there_are)
{
	prepare();
	set("oper.alice.password=oolong");
	set_hash("oper.bob.password_hash", "green");
	open_it();
	int64_t nobody_us = least_us("nobody", "x");
	CHECK(nobody_us > 2000);
	CHECK(least_us("alice", "x") > nobody_us / 2);
	CHECK(least_us("bob", "x") > nobody_us / 2);
	CHECK(least_us("nobody", "") < nobody_us / 2);
	CHECK(least_us("bob", "") < nobody_us / 2);
	clean_up();
}

TEST(checks_have_a_ceiling_and_are_answered_in_order)
{
	prepare();
	set("server.password=tea");
	open_it();
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		CHECK(credentials_check(c, CREDENTIAL_SERVER, "", "tea", i));
	CHECK_EQ(credentials_check(c, CREDENTIAL_SERVER, "", "tea", 0), false, "one beyond");
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		sem_wait(&wakes);
	credentials_turn(c, on_answer, &answered);
	CHECK_EQ(answered.count, CHECKS_MAX, "all of them");
	CHECK_EQ(answered.cookie, CHECKS_MAX - 1, "the last one last");
	CHECK(asked(CREDENTIAL_SERVER, "", "tea"));
	clean_up();
}

TEST(closing_gives_up_what_was_asked)
{
	prepare();
	open_it();
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		CHECK(credentials_check(c, CREDENTIAL_OPER, "nobody", "tea", i));
	clean_up();
	CHECK_EQ(answered.count, 0, "nobody waits for it");
	credentials_close(NULL);
}

/* ---- the one-time code ---- */

static bool is_code(const char *code)
{
	for (size_t i = 0; i < 19; i++)
		if (i % 5 == 4 ? code[i] != '-' : !isalnum(code[i]) || strchr("ilo01", code[i]))
			return false;
	return strlen(code) == 19;
}

/* Opens, makes a code if it is due, and returns it until the next call; NULL: it was not. */
static const char *open_with_code(void)
{
	static char code[64];
	open_it();
	CHECK(credentials_make_code(c, &err));
	const char *first = credentials_first_code(c);
	if (first)
		snprintf(code, sizeof(code), "%s", first);
	return first ? code : NULL;
}

TEST(code_works_once)
{
	struct stat st;
	char path[4200], code[64];

	prepare();
	const char *first = open_with_code();
	CHECK(first);
	snprintf(code, sizeof(code), "%s", first);
	CHECK(is_code(code));
	snprintf(path, sizeof(path), "%s/oper-code", dir);
	CHECK_EQ(stat(path, &st), 0, "on disk before it is shown");
	CHECK_EQ(st.st_mode & 07777, 0600, "for us alone");
	CHECK_EQ(st.st_size, 32, "a hash, not the code");

	CHECK(!asked(CREDENTIAL_OPER, "admin", "aaaa-bbbb-cccc-dddd"));
	CHECK(!asked(CREDENTIAL_OPER, "root", code));
	CHECK(!asked(CREDENTIAL_OPER, "admin", ""));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK(asked(CREDENTIAL_OPER, "admin", code));
	CHECK_STR(answered.host, "");
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 0, "used");
	CHECK(!asked(CREDENTIAL_OPER, "admin", code));
	close_it();

	CHECK_EQ(open_with_code(), NULL, "there is no second one");
	CHECK(!asked(CREDENTIAL_OPER, "admin", code));
	clean_up();
}

TEST(code_outlives_a_restart_and_is_shown_once)
{
	char code[64];

	prepare();
	snprintf(code, sizeof(code), "%s", open_with_code());
	close_it();
	CHECK_EQ(open_with_code(), NULL, "shown already");
	CHECK(asked(CREDENTIAL_OPER, "admin", code));
	clean_up();
}

TEST(code_is_made_only_for_whom_it_is_shown_to)
{
	prepare();
	open_it();
	CHECK_EQ(credentials_first_code(c), NULL, "none was made");
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), -1, "nor stored");
	CHECK(!asked(CREDENTIAL_OPER, "admin", ""));
	close_it();
	CHECK(open_with_code());
	clean_up();
}

TEST(code_is_of_one_server)
{
	char code[64];

	prepare();
	snprintf(code, sizeof(code), "%s", open_with_code());
	close_it();
	secret[0] ^= 1;
	CHECK_EQ(open_with_code(), NULL, "shown already");
	CHECK(!asked(CREDENTIAL_OPER, "admin", code));
	secret[0] ^= 1;
	clean_up();
}

TEST(code_and_a_configured_admin_both_work)
{
	char code[64];

	prepare();
	set("oper.admin.password=oolong");
	snprintf(code, sizeof(code), "%s", open_with_code());
	CHECK(asked(CREDENTIAL_OPER, "admin", "oolong"));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK(asked(CREDENTIAL_OPER, "admin", code));
	CHECK(asked(CREDENTIAL_OPER, "admin", "oolong"));
	clean_up();
}

TEST(code_that_cannot_be_marked_as_used_is_refused)
{
	char code[64], aside[4200];

	prepare();
	snprintf(code, sizeof(code), "%s", open_with_code());
	snprintf(aside, sizeof(aside), "%s/oper-code.new", dir);
	CHECK_EQ(mkdir(aside, 0700), 0, "in the way");
	CHECK(!asked(CREDENTIAL_OPER, "admin", code));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK_EQ(rmdir(aside), 0, "out of the way");
	CHECK(asked(CREDENTIAL_OPER, "admin", code));
	clean_up();
}

TEST(code_file_that_is_damaged_is_named)
{
	static const size_t sizes[] = { 1, 31, 33 };
	static const char bytes[33];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char path[4200];
		prepare();
		snprintf(path, sizeof(path), "%s/oper-code", dir);
		FILE *file = fopen(path, "w");
		CHECK(file);
		CHECK_EQ(fwrite(bytes, 1, sizes[i], file), sizes[i], "written");
		fclose(file);
		CHECK_EQ(credentials_open(&config, secret, count_wake, &wakes, &err), NULL,
			 "neither a hash nor empty");
		CHECK(strstr(err.text, "/oper-code is damaged: remove it"));
		clean_up();
	}
}
