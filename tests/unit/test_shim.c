#include "tests/shim/shim.h"

#include "store/checkpoint.h"
#include "store/history.h"
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct err err;

/* The switches lie in the data folder; a word switches on. */
static void switch_path(const char *dir, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
}

static void switch_on(const char *dir, const char *name, const char *word)
{
	char path[PATH_MAX];
	switch_path(dir, name, path);
	FILE *f = fopen(path, "w");
	EXPECT(f && fputs(word, f) >= 0 && fclose(f) == 0);
}

static void switch_off(const char *dir, const char *name)
{
	char path[PATH_MAX];
	switch_path(dir, name, path);
	EXPECT(unlink(path) == 0);
}

/* In a child: a new disk, whose switches are dir/stall and dir/fail. */
static struct history *opened_on_shim(const char *dir, enum durability durability)
{
	char path[PATH_MAX];
	switch_path(dir, "stall", path);
	setenv("SHIM_STALL", path, 1);
	switch_path(dir, "fail", path);
	setenv("SHIM_FAIL", path, 1);
	shim_install();
	struct history *h = history_open(dir, durability, &err);
	EXPECT(h);
	return h;
}

static void expect_texts(const char *dir, const char *expected)
{
	const char *texts = texts_before(dir, 1, UINT64_MAX, 100, &err);
	EXPECT(texts && strcmp(texts, expected) == 0);
}

/* In the parent: what the disk has after all. */
static void check_after(char *dir, const char *expected)
{
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	CHECK(h);
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 100, &err), expected);
	history_close(h);
	folder_remove(dir);
}

static void say_two(const char *dir, struct history *h)
{
	EXPECT(append_one(h, event_said(1, "one"), &err));
	EXPECT(append_one(h, event_said(2, "two"), &err));
	expect_texts(dir, "one|two|"); /* another connection sees it, synced or not */
}

static int full_then_cut(void *dir)
{
	say_two(dir, opened_on_shim(dir, DURABILITY_FULL));
	return raise(SIGKILL);
}

static int much_then_cut(void *dir)
{
	static char text[200 * 1024]; /* beyond what SQLite writes at a time */
	struct history *h = opened_on_shim(dir, DURABILITY_FULL);
	memset(text, 'x', sizeof(text) - 1);
	EXPECT(append_one(h, event_said(1, text), &err));
	return raise(SIGKILL);
}

static int relaxed_then_cut(void *dir)
{
	say_two(dir, opened_on_shim(dir, DURABILITY_RELAXED));
	return raise(SIGKILL);
}

TEST(shim_keeps_what_was_synced)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(full_then_cut, dir), -SIGKILL, "cut off");
	check_after(dir, "one|two|");
}

TEST(shim_keeps_a_big_commit)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(much_then_cut, dir), -SIGKILL, "cut off");
	const char *texts = texts_before(dir, 1, UINT64_MAX, 100, &err);
	CHECK(texts);
	CHECK_EQ(strspn(texts, "x"), 200 * 1024 - 1, "every byte of it");
	folder_remove(dir);
}

TEST(shim_loses_what_was_not)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(relaxed_then_cut, dir), -SIGKILL, "cut off");
	check_after(dir, "");
}

static int reserve_then_cut(void *dir)
{
	struct history *h = opened_on_shim(dir, DURABILITY_RELAXED);
	EXPECT(append_one(h, event_said(1, "one"), &err));
	EXPECT(history_reserve(h, 50, &err));
	EXPECT(append_one(h, event_said(2, "two"), &err));
	return raise(SIGKILL);
}

TEST(shim_shows_that_reserving_syncs)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(reserve_then_cut, dir), -SIGKILL, "cut off");
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	CHECK(h);
	CHECK_EQ(history_next_id(h), 50, "two was shown, so its id is not given again");
	CHECK_EQ(history_run(h), 2, "the run was counted");
	history_close(h);
	check_after(dir, "one|");
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static int checkpoint_then_cut(void *dir)
{
	struct history *h = opened_on_shim(dir, DURABILITY_FULL);
	struct checkpoint *c = checkpoint_start(dir, &err);
	EXPECT(c);
	say_two(dir, h);
	checkpoint_hint(c, history_wal_bytes(h));
	/* Once the database has grown, the rows are in it, and the log is then truncated. */
	while (folder_file_bytes(dir, "history.db") < 5 * 4096)
		sleep_ms(2);
	checkpoint_stop(c);
	EXPECT(append_one(h, event_said(3, "three"), &err));
	expect_texts(dir, "one|two|three|");
	return raise(SIGKILL);
}

TEST(shim_cut_after_a_checkpoint_loses_nothing)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(checkpoint_then_cut, dir), -SIGKILL, "cut off");
	check_after(dir, "one|two|three|");
}

static int fail_and_recover(void *dir)
{
	static const struct {
		const char *word, *says;
	} cases[] = {
		{ "full", "the disk is full" },
		{ "io", "Input/output error" },
	};
	struct history *h = opened_on_shim(dir, DURABILITY_FULL);
	EXPECT(append_one(h, event_said(1, "one"), &err));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		switch_on(dir, "fail", cases[i].word);
		EXPECT(!append_one(h, event_said(2, "lost"), &err));
		EXPECT(err.code == ERR_IO && strstr(err.text, cases[i].says));
		EXPECT(!history_probe(h, &err));
		EXPECT(err.code == ERR_IO && strstr(err.text, cases[i].says));
		expect_texts(dir, "one|");
		switch_off(dir, "fail");
		EXPECT(history_probe(h, &err));
	}
	EXPECT(append_one(h, event_said(2, "two"), &err));
	expect_texts(dir, "one|two|");
	return raise(SIGKILL);
}

TEST(shim_fails_and_recovers)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(fail_and_recover, dir), -SIGKILL, "it got to its end");
	check_after(dir, "one|two|");
}

struct stalled {
	struct history *h;
	atomic_bool done;
};

static void *append_two(void *arg)
{
	struct stalled *s = arg;
	EXPECT(append_one(s->h, event_said(2, "two"), &err));
	s->done = true;
	return NULL;
}

static int stall_a_commit(void *dir)
{
	struct stalled s = { .h = opened_on_shim(dir, DURABILITY_FULL) };
	pthread_t thread;

	EXPECT(append_one(s.h, event_said(1, "one"), &err));
	switch_on(dir, "stall", "");
	EXPECT(pthread_create(&thread, NULL, append_two, &s) == 0);
	for (int i = 0; i < 20; i++) {
		expect_texts(dir, "one|"); /* readers go on, and do not see it yet */
		EXPECT(!s.done);
		sleep_ms(5);
	}
	switch_off(dir, "stall");
	pthread_join(thread, NULL);
	EXPECT(s.done);
	expect_texts(dir, "one|two|");
	return raise(SIGKILL);
}

TEST(shim_stalls_a_commit)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(stall_a_commit, dir), -SIGKILL, "it got to its end");
	check_after(dir, "one|two|");
}

/* Relaxed commits do not sync, so only the checkpoint meets the stall: nobody waits for it. */
static int stall_a_checkpoint(void *dir)
{
	struct history *h = opened_on_shim(dir, DURABILITY_RELAXED);
	struct checkpoint *c = checkpoint_start(dir, &err);
	EXPECT(c);
	switch_on(dir, "stall", "");
	EXPECT(append_one(h, event_said(1, "one"), &err));
	checkpoint_hint(c, UINT64_C(1) << 40);
	for (uint64_t id = 2; id <= 50; id++) {
		EXPECT(append_one(h, event_said(id, ""), &err));
		checkpoint_hint(c, UINT64_C(1) << 40);
		sleep_ms(2);
	}
	switch_off(dir, "stall");
	checkpoint_stop(c);
	return raise(SIGKILL);
}

TEST(shim_stalls_a_checkpoint_and_nobody_else)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(stall_a_checkpoint, dir), -SIGKILL, "it got to its end");
	folder_remove(dir);
}
