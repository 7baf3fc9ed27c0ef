#include "server/credentials.h"

#include "base/file.h"
#include "base/scram.h"
#include "base/totp.h"
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
	uint64_t cookie, totp_step;
	enum password_job job;
	bool ok;
	char host[HOST_SIZE], hash[200], scram[200], reason[200];
} answered;

/* The monotonic clock, as far as these tests are concerned. */
static int64_t now_ms;

static void count_wake(void *ctx)
{
	sem_post(ctx);
}

static void on_answer(void *ctx, uint64_t cookie, const struct password_answer *answer)
{
	CHECK_EQ(ctx, &answered, "as it was given");
	answered.count++;
	answered.cookie = cookie;
	answered.job = answer->job;
	answered.ok = answer->ok;
	answered.totp_step = answer->totp_step;
	snprintf(answered.host, sizeof(answered.host), "%s", answer->host);
	snprintf(answered.hash, sizeof(answered.hash), "%s", answer->hash);
	snprintf(answered.scram, sizeof(answered.scram), "%s", answer->scram);
	snprintf(answered.reason, sizeof(answered.reason), "%s", answer->reason);
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

static bool ask(const struct password_question *question, uint64_t cookie, uint64_t address)
{
	const struct credential_asker asker = { cookie, address };
	return credentials_check(c, question, &asker, now_ms);
}

static void turn(void)
{
	credentials_turn(c, now_ms, on_answer, &answered);
}

/* Asks, and waits for the answer as long as it takes. */
static bool answer_to(const struct password_question *question, uint64_t address)
{
	static uint64_t cookie = 7000000000;
	size_t before = answered.count;
	CHECK(ask(question, ++cookie, address));
	turn();
	if (answered.count == before) {
		sem_wait(&wakes);
		turn();
	}
	CHECK_EQ(answered.count, before + 1, "one answer");
	CHECK_EQ(answered.cookie, cookie, "to what was asked");
	CHECK_EQ(answered.job, question->job, "of its kind");
	return answered.ok;
}

static bool asked(enum password_job what, const char *name, const char *password)
{
	const struct password_question question = { .job = what,
						    .name = name,
						    .password = password };
	return answer_to(&question, 0);
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
	CHECK(asked(PASSWORD_OF_SERVER, "", ""));
	CHECK(asked(PASSWORD_OF_SERVER, "", "tea"));
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
		CHECK(asked(PASSWORD_OF_SERVER, "", "茶 与 水"));
		CHECK(!asked(PASSWORD_OF_SERVER, "", "茶 与 "));
		CHECK(!asked(PASSWORD_OF_SERVER, "", "茶 与 水 "));
		CHECK(!asked(PASSWORD_OF_SERVER, "", ""));
		clean_up();
	}
	prepare();
	memset(longest, 'x', PASSWORD_BYTES_MAX);
	CHECK(config_set_key(&config, CONFIG_FILE, "server.password", longest, &err));
	open_it();
	CHECK(asked(PASSWORD_OF_SERVER, "", longest));
	longest[PASSWORD_BYTES_MAX] = 'x';
	CHECK(!asked(PASSWORD_OF_SERVER, "", longest));
	clean_up();
}

TEST(empty_password_is_none_even_if_a_hash_says_so)
{
	prepare();
	set_hash("server.password_hash", "");
	open_it();
	CHECK(!asked(PASSWORD_OF_SERVER, "", ""));
	clean_up();
}

TEST(operators_have_names_passwords_and_hosts)
{
	prepare();
	set("oper.alice.password=oolong");
	set("oper.alice.host=staff.example.org");
	set_hash("oper.bob.password_hash", "green");
	open_it();
	CHECK(asked(PASSWORD_OF_OPER, "alice", "oolong"));
	CHECK_STR(answered.host, "staff.example.org");
	CHECK(asked(PASSWORD_OF_OPER, "bob", "green"));
	CHECK_STR(answered.host, "");
	CHECK(!asked(PASSWORD_OF_OPER, "alice", "green"));
	CHECK_STR(answered.host, "");
	CHECK(!asked(PASSWORD_OF_OPER, "bob", "oolong"));
	CHECK(!asked(PASSWORD_OF_OPER, "Alice", "oolong"));
	CHECK(!asked(PASSWORD_OF_OPER, "carol", "oolong"));
	CHECK(!asked(PASSWORD_OF_OPER, "", ""));
	CHECK(!asked(PASSWORD_OF_OPER, "alice6789012345678901234567890123", "oolong"));
	clean_up();
}

/* What an answer costs, which is no: of this process alone, and the least of a few, since the machine may
 * be busy. */
static int64_t cost_us(const struct password_question *question)
{
	int64_t least = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		struct timespec from, to;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		CHECK(!answer_to(question, 0));
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		int64_t us = (to.tv_sec - from.tv_sec) * 1000000 +
			     (to.tv_nsec - from.tv_nsec) / 1000;
		least = us < least ? us : least;
	}
	return least;
}

static int64_t oper_cost_us(const char *name, const char *password)
{
	return cost_us(&(struct password_question){ .job = PASSWORD_OF_OPER,
						    .name = name,
						    .password = password });
}

TEST(time_does_not_tell_which_operators_there_are)
{
	prepare();
	set("oper.alice.password=oolong");
	set_hash("oper.bob.password_hash", "green");
	open_it();
	int64_t nobody_us = oper_cost_us("nobody", "x");
	CHECK(nobody_us > 2000);
	CHECK(oper_cost_us("alice", "x") > nobody_us / 2);
	CHECK(oper_cost_us("bob", "x") > nobody_us / 2);
	CHECK(oper_cost_us("nobody", "") < nobody_us / 2);
	CHECK(oper_cost_us("bob", "") < nobody_us / 2);
	clean_up();
}

/* Until all that was asked is answered, or held. */
static void wait_for(size_t count)
{
	turn();
	while (answered.count < count) {
		sem_wait(&wakes);
		turn();
	}
}

TEST(checks_have_a_ceiling)
{
	const struct password_question tea = { .job = PASSWORD_OF_SERVER, .password = "tea" };
	prepare();
	set("server.password=tea");
	open_it();
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		CHECK(ask(&tea, i, 1));
	CHECK_EQ(ask(&tea, 0, 1), false, "one beyond");
	wait_for(CHECKS_MAX);
	CHECK_EQ(answered.count, CHECKS_MAX, "all of them");
	CHECK(ask(&tea, 0, 1));
	wait_for(CHECKS_MAX + 1);
	clean_up();
}

TEST(closing_gives_up_what_was_asked)
{
	const struct password_question nobody = { .job = PASSWORD_OF_OPER,
						  .name = "nobody",
						  .password = "tea" };
	prepare();
	open_it();
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		CHECK(ask(&nobody, i, i));
	turn();
	clean_up();
	CHECK_EQ(answered.count, 0, "nobody waits for it");
	credentials_close(NULL);
}

/* ---- accounts ---- */

static char tea_hash[PASSWORD_HASH_SIZE];

static struct password_question account(const char *password)
{
	if (!tea_hash[0])
		CHECK(password_hash("oolong", tea_hash, &err));
	return (struct password_question){ .job = PASSWORD_OF_ACCOUNT,
					   .name = "tea",
					   .password = password,
					   .hash = tea_hash };
}

TEST(account_has_a_password_of_its_own)
{
	char longest[PASSWORD_BYTES_MAX + 2] = "";
	prepare();
	open_it();
	struct password_question right = account("oolong"), wrong = account("Oolong");
	CHECK(answer_to(&right, 0));
	CHECK(!answer_to(&wrong, 0));
	wrong.password = "";
	CHECK(!answer_to(&wrong, 0));
	memset(longest, 'x', PASSWORD_BYTES_MAX + 1);
	wrong.password = longest;
	CHECK(!answer_to(&wrong, 0));
	wrong = right;
	wrong.hash = "";
	CHECK(!answer_to(&wrong, 0));
	clean_up();
}

TEST(time_does_not_tell_which_accounts_there_are)
{
	prepare();
	open_it();
	struct password_question wrong = account("x"), nobody = account("x");
	nobody.hash = "";
	int64_t wrong_us = cost_us(&wrong), nobody_us = cost_us(&nobody);
	CHECK(wrong_us > 2000);
	CHECK(nobody_us > wrong_us / 2 && wrong_us > nobody_us / 2);
	clean_up();
}

TEST(account_may_want_a_code_too)
{
	static const unsigned char bytes[TOTP_SECRET_BYTES] = "not at all secret !";
	char secret_text[TOTP_TEXT_SIZE], code[7];
	totp_text(bytes, secret_text);
	prepare();
	open_it();
	struct password_question question = account("oolong");
	question.totp = secret_text;
	CHECK(!answer_to(&question, 0));
	/* The time may move on by a step between this and the answer: one late is good, too. */
	uint64_t step = (uint64_t)time(NULL) / TOTP_STEP_S;
	CHECK(totp_code(secret_text, step, code));
	question.code = code;
	CHECK(answer_to(&question, 0));
	CHECK(answered.totp_step == step);
	question.totp_step = answered.totp_step;
	CHECK(!answer_to(&question, 0));
	question.totp_step = 0;
	question.password = "x";
	CHECK(!answer_to(&question, 0));
	clean_up();
}

TEST(what_is_made_of_a_password_fits_it_and_no_other)
{
	struct scram_verifier made, again;
	prepare();
	open_it();
	CHECK(asked(PASSWORD_MAKE, "", "茶 与 水"));
	CHECK(password_fits(answered.hash, "茶 与 水"));
	CHECK(!password_fits(answered.hash, "茶 与"));
	CHECK(scram_parse(&made, answered.scram));
	CHECK_EQ(made.iterations, SCRAM_ITERATIONS, "as many as it should be");
	again = made;
	scram_derive(&again, "茶 与 水", strlen("茶 与 水"));
	CHECK(memcmp(&made, &again, sizeof(made)) == 0);
	CHECK(asked(PASSWORD_MAKE, "", "茶 与 水"));
	CHECK(scram_parse(&again, answered.scram));
	CHECK(memcmp(made.salt, again.salt, sizeof(made.salt)) != 0);
	clean_up();
}

TEST(what_can_be_no_password_is_refused_with_a_reason)
{
	char longest[PASSWORD_BYTES_MAX + 2] = "";
	prepare();
	open_it();
	CHECK(!asked(PASSWORD_MAKE, "", ""));
	CHECK_STR(answered.reason, "a password has at least one byte");
	CHECK(!asked(PASSWORD_MAKE, "", "\xe8\x8c"));
	CHECK_STR(answered.reason, "a password is UTF-8 text");
	memset(longest, 'x', PASSWORD_BYTES_MAX + 1);
	CHECK(!asked(PASSWORD_MAKE, "", longest));
	CHECK_STR(answered.reason, "a password has at most 1000 bytes");
	longest[PASSWORD_BYTES_MAX] = '\0';
	CHECK(asked(PASSWORD_MAKE, "", longest));
	CHECK(asked(PASSWORD_MAKE, "", "x"));
	clean_up();
}

/* ---- failing often ---- */

static struct password_question proof(const char *name, bool ok)
{
	return (struct password_question){ .job = PASSWORD_PROVED, .name = name, .ok = ok };
}

/* How long it takes from now on, in steps of 100 ms. */
static int64_t delay_of(const struct password_question *question, uint64_t address)
{
	int64_t from_ms = now_ms;
	size_t before = answered.count;
	CHECK(ask(question, 1, address));
	turn();
	while (answered.count == before) {
		CHECK(credentials_wait(c, now_ms) > 0);
		now_ms += 100;
		turn();
	}
	return now_ms - from_ms;
}

TEST(fifth_failure_waits_and_each_further_one_twice_as_long)
{
	static const int64_t delays_ms[] = { 0, 0, 0, 0, 1000, 2000, 4000, 8000, 8000 };
	prepare();
	open_it();
	struct password_question wrong = proof("tea", false), right = proof("tea", true);
	for (size_t i = 0; i < ARRAY_LEN(delays_ms); i++)
		CHECK_EQ(delay_of(&wrong, 1), delays_ms[i], "doubling, and draining meanwhile");
	CHECK(delay_of(&right, 1) > 0);
	CHECK(answered.ok);
	now_ms += 60000;
	CHECK_EQ(delay_of(&wrong, 1), 0, "a minute later it is forgotten");
	clean_up();
}

TEST(failures_count_for_the_account_and_for_the_address)
{
	prepare();
	open_it();
	struct password_question tea = proof("tea", false), cup = proof("cup", false);
	for (uint64_t i = 0; i < 4; i++)
		delay_of(&tea, 1 + i);
	CHECK_EQ(delay_of(&tea, 9), 1000, "of the account, wherever one is");
	CHECK_EQ(delay_of(&cup, 8), 0, "another, from elsewhere");
	for (uint64_t i = 0; i < 4; i++)
		delay_of(&cup, 7);
	now_ms += 1;
	struct password_question nobody = proof("nobody", false);
	CHECK_EQ(delay_of(&nobody, 7), 1000, "of the address, whoever one is");
	CHECK_EQ(delay_of(&nobody, 0), 0, "who is exempt waits for nothing");
	clean_up();
}

TEST(delay_can_be_turned_off)
{
	prepare();
	set("limits.login_rate=0");
	open_it();
	struct password_question tea = proof("tea", false);
	for (size_t i = 0; i < 50; i++)
		CHECK_EQ(delay_of(&tea, 1), 0, "off");
	clean_up();
}

/* What is asked at once does not get past the count. */
TEST(failures_count_for_what_waits_already)
{
	prepare();
	open_it();
	struct password_question tea = proof("tea", false);
	for (uint64_t i = 0; i < 20; i++)
		CHECK(ask(&tea, i, 1));
	turn();
	CHECK_EQ(answered.count, 4, "the others are held");
	int wait_ms = credentials_wait(c, now_ms);
	CHECK_EQ(wait_ms, 1000, "for the first of them");
	now_ms += 1000;
	turn();
	CHECK_EQ(answered.count, 5, "and the rest twice as long");
	now_ms += 30000;
	turn();
	CHECK_EQ(answered.count, 20, "but not for ever");
	CHECK_EQ(delay_of(&tea, 1), LOGIN_DELAY_MAX_MS, "half a minute at most");
	clean_up();
}

TEST(who_is_gone_takes_no_room)
{
	prepare();
	open_it();
	struct password_question tea = proof("tea", false);
	for (uint64_t i = 0; i < 10; i++)
		CHECK(ask(&tea, i, 1));
	turn();
	CHECK_EQ(answered.count, 4, "the others are held");
	CHECK(ask(&tea, 10, 1));
	CHECK(ask(&tea, 11, 1));
	for (uint64_t i = 0; i < 12; i++)
		if (i != 7)
			credentials_forget(c, i);
	CHECK(ask(&tea, 12, 1));
	now_ms += 60000;
	turn();
	CHECK_EQ(answered.count, 6, "one that was held, and one that waited");
	CHECK_EQ(credentials_wait(c, now_ms), -1, "nothing is left");
	for (uint64_t i = 0; i < CHECKS_MAX; i++)
		CHECK(ask(&tea, i, 1));
	clean_up();
}

TEST(two_thousand_may_log_in_at_once)
{
	prepare();
	open_it();
	struct password_question tea = proof("tea", true);
	for (uint64_t i = 0; i < 2000; i++)
		CHECK(ask(&tea, i, 1));
	turn();
	CHECK_EQ(answered.count, 2000, "nobody has failed");
	clean_up();
}

TEST(registrations_are_counted_by_the_hour)
{
	prepare();
	open_it();
	for (size_t i = 0; i < 5; i++)
		CHECK(credentials_may_register(c, 1, now_ms));
	CHECK(!credentials_may_register(c, 1, now_ms));
	CHECK(credentials_may_register(c, 2, now_ms));
	for (size_t i = 0; i < 50; i++)
		CHECK(credentials_may_register(c, 0, now_ms));
	CHECK(!credentials_may_register(c, 1, now_ms + 3600000 / 5 - 1));
	CHECK(credentials_may_register(c, 1, now_ms + 3600000 / 5));
	CHECK(!credentials_may_register(c, 1, now_ms + 3600000 / 5));
	clean_up();
}

/* ---- operators who are added ---- */

TEST(operator_is_added_and_stays)
{
	prepare();
	set("oper.alice.password=oolong");
	open_it();
	CHECK(asked(PASSWORD_ADD_OPER, "bob", "green"));
	CHECK(asked(PASSWORD_OF_OPER, "bob", "green"));
	CHECK(!asked(PASSWORD_ADD_OPER, "alice", "green"));
	CHECK_STR(answered.reason, "alice is an operator of the configuration");
	CHECK(!asked(PASSWORD_ADD_OPER, "a b", "green"));
	CHECK(!asked(PASSWORD_ADD_OPER, "a.b", "green"));
	CHECK(!asked(PASSWORD_ADD_OPER, "", "green"));
	CHECK(!asked(PASSWORD_ADD_OPER, "carol", ""));
	close_it();
	open_it();
	CHECK(asked(PASSWORD_OF_OPER, "bob", "green"));
	CHECK(asked(PASSWORD_ADD_OPER, "bob", "black"));
	CHECK(asked(PASSWORD_OF_OPER, "bob", "black"));
	CHECK(!asked(PASSWORD_OF_OPER, "bob", "green"));
	clean_up();
}

TEST(operators_file_that_is_damaged_is_named)
{
	static const char *const texts[] = { "bob", "bob\n", "bob x\n", " x\n" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char path[4200];
		prepare();
		snprintf(path, sizeof(path), "%s/opers", dir);
		CHECK(file_write(path, texts[i], strlen(texts[i]), &err));
		CHECK_EQ(credentials_open(&config, secret, count_wake, &wakes, &err), NULL,
			 texts[i]);
		CHECK(strstr(err.text, "/opers:1: "));
		clean_up();
	}
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

	CHECK(!asked(PASSWORD_OF_OPER, "admin", "aaaa-bbbb-cccc-dddd"));
	CHECK(!asked(PASSWORD_OF_OPER, "root", code));
	CHECK(!asked(PASSWORD_OF_OPER, "admin", ""));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK(asked(PASSWORD_OF_OPER, "admin", code));
	CHECK_STR(answered.host, "");
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 0, "used");
	CHECK(!asked(PASSWORD_OF_OPER, "admin", code));
	close_it();

	CHECK_EQ(open_with_code(), NULL, "there is no second one");
	CHECK(!asked(PASSWORD_OF_OPER, "admin", code));
	clean_up();
}

TEST(code_outlives_a_restart_and_is_shown_once)
{
	char code[64];

	prepare();
	snprintf(code, sizeof(code), "%s", open_with_code());
	close_it();
	CHECK_EQ(open_with_code(), NULL, "shown already");
	CHECK(asked(PASSWORD_OF_OPER, "admin", code));
	clean_up();
}

TEST(code_is_made_only_for_whom_it_is_shown_to)
{
	prepare();
	open_it();
	CHECK_EQ(credentials_first_code(c), NULL, "none was made");
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), -1, "nor stored");
	CHECK(!asked(PASSWORD_OF_OPER, "admin", ""));
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
	CHECK(!asked(PASSWORD_OF_OPER, "admin", code));
	secret[0] ^= 1;
	clean_up();
}

TEST(code_and_a_configured_admin_both_work)
{
	char code[64];

	prepare();
	set("oper.admin.password=oolong");
	snprintf(code, sizeof(code), "%s", open_with_code());
	CHECK(asked(PASSWORD_OF_OPER, "admin", "oolong"));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK(asked(PASSWORD_OF_OPER, "admin", code));
	CHECK(asked(PASSWORD_OF_OPER, "admin", "oolong"));
	clean_up();
}

TEST(code_that_cannot_be_marked_as_used_is_refused)
{
	char code[64], aside[4200];

	prepare();
	snprintf(code, sizeof(code), "%s", open_with_code());
	snprintf(aside, sizeof(aside), "%s/oper-code.new", dir);
	CHECK_EQ(mkdir(aside, 0700), 0, "in the way");
	CHECK(!asked(PASSWORD_OF_OPER, "admin", code));
	CHECK_EQ(folder_file_bytes(dir, "oper-code"), 32, "still good");
	CHECK_EQ(rmdir(aside), 0, "out of the way");
	CHECK(asked(PASSWORD_OF_OPER, "admin", code));
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
