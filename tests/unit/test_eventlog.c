/* The log on a real disk: order, durability, and what happens when the disk takes nothing. */
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include "base/clock.h"
#include "base/limits.h"
#include "eventlog/eventlog.h"
#include "net/loop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const unsigned char secret[TABLE_SECRET_BYTES] = "sixteen bytes..";

/* A log, and what it said. */
struct told {
	struct eventlog *log;
	struct loop *loop;
	char *dir;
	char applied[4096];
	uint64_t ids[64], seqs[64];
	int64_t times[64];
	size_t applied_count, refused_count, room_count;
	enum refusal why;
	char read[256];
	size_t read_count;
	int64_t wall_ms;
};

/* Adds text behind what is in list. */
static void add(char *list, size_t size, const char *text)
{
	size_t used = strlen(list);
	EXPECT(used + strlen(text) < size);
	snprintf(list + used, size - used, "%s", text);
}

static bool on_room(void *ctx, const struct history_room *room)
{
	struct told *t = ctx;
	(void)room;
	t->room_count++;
	return true;
}

static void on_apply(void *ctx, struct event *e)
{
	struct told *t = ctx;
	add(t->applied, sizeof(t->applied), e->text);
	t->ids[t->applied_count % 64] = e->id;
	t->seqs[t->applied_count % 64] = e->seq;
	t->times[t->applied_count % 64] = e->time_ms;
	t->applied_count++;
}

static void on_refuse(void *ctx, struct event *e, enum refusal why)
{
	struct told *t = ctx;
	(void)e;
	t->refused_count++;
	t->why = why;
}

static void on_read(void *ctx, void *cookie, struct event *const *events, size_t count,
		    enum read_end end)
{
	struct told *t = ctx;
	free(cookie);
	EXPECT(end == READ_DONE);
	for (size_t i = 0; i < count; i++)
		add(t->read, sizeof(t->read), events[i]->text);
	t->read_count++;
}

static void on_wake(void *ctx)
{
	struct told *t = ctx;
	loop_wake(t->loop);
}

static void told_open(struct told *t, char *dir, enum durability durability)
{
	struct err err = { 0 };
	*t = (struct told){ .dir = dir, .loop = loop_new(&err), .wall_ms = 5000 };
	const struct eventlog_sink sink = { .ctx = t,
					    .room = on_room,
					    .apply = on_apply,
					    .refuse = on_refuse,
					    .read = on_read,
					    .wake = on_wake };
	t->log = eventlog_open(dir, durability, secret, &sink, &err);
	if (!t->log)
		fprintf(stderr, "%s\n", err.text);
	EXPECT(t->log);
	eventlog_turn(t->log, clock_monotonic_ms(), t->wall_ms);
}

static void told_close(struct told *t)
{
	eventlog_close(t->log);
	loop_free(t->loop);
}

static void turn(struct told *t)
{
	eventlog_turn(t->log, clock_monotonic_ms(), t->wall_ms);
}

/* Turns until nothing is in flight. */
static void settle(struct told *t)
{
	turn(t);
	while (!eventlog_is_settled(t->log)) {
		loop_wait(t->loop, eventlog_wait(t->log, clock_monotonic_ms()));
		turn(t);
	}
}

static enum refusal propose(struct told *t, const char *room, const char *text)
{
	const struct event_draft draft = {
		.kind = EVENT_MESSAGE,
		.from = { "老李", "plain", "somewhere", "" },
		.room_key = room,
		.room_name = room,
		.text = text,
		.text_len = strlen(text),
	};
	struct event *e = event_new(&draft);
	enum refusal why = eventlog_propose(t->log, e);
	if (why != REFUSED_NOT)
		event_unref(e);
	return why;
}

/* The texts of the messages that span means, until the next call. */
static const char *read_span(struct told *t, const char *room, const struct event_span *span)
{
	size_t before = t->read_count;
	t->read[0] = '\0';
	EXPECT(eventlog_read(t->log, &(struct event_part){ .room_key = room, .span = *span }, 1,
			     NULL));
	while (t->read_count == before) {
		loop_wait(t->loop, 100);
		turn(t);
	}
	return t->read;
}

TEST(what_is_proposed_is_applied_in_order_with_its_numbers)
{
	struct told t;
	told_open(&t, folder_new(), DURABILITY_FULL);
	CHECK_EQ(propose(&t, "#a", "1"), REFUSED_NOT, "taken");
	CHECK_EQ(propose(&t, "#b", "2"), REFUSED_NOT, "taken");
	CHECK_EQ(propose(&t, "#a", "3"), REFUSED_NOT, "taken");
	CHECK_STR(t.applied, "");
	settle(&t);
	CHECK_STR(t.applied, "123");
	CHECK(t.ids[0] < t.ids[1] && t.ids[1] < t.ids[2]);
	CHECK_EQ(t.seqs[0], 1, "first in its room");
	CHECK_EQ(t.seqs[1], 1, "first in the other");
	CHECK_EQ(t.seqs[2], 2, "no gap");
	CHECK_EQ(t.times[0], 5000, "the clock's");
	CHECK_EQ(t.times[2], 5001, "distinct in a room");
	uint64_t last = t.ids[2];
	told_close(&t);

	told_open(&t, t.dir, DURABILITY_FULL);
	CHECK_EQ(t.room_count, 2, "both rooms are known");
	CHECK_EQ(eventlog_last_id(t.log), last, "goes on where it was");
	CHECK_EQ(propose(&t, "#a", "4"), REFUSED_NOT, "taken");
	settle(&t);
	CHECK_EQ(t.seqs[0], 3, "no gap over a restart");
	CHECK(t.ids[0] > last);
	CHECK_STR(read_span(&t, "#a", &(struct event_span){ .limit = 2 }), "34");
	told_close(&t);
	folder_remove(t.dir);
}

TEST(what_closes_the_log_is_on_disk)
{
	struct told t;
	struct err err;
	told_open(&t, folder_new(), DURABILITY_FULL);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(propose(&t, "#a", "x"), REFUSED_NOT, "taken");
	told_close(&t);
	const char *texts = texts_before(t.dir, 1, UINT64_MAX, 200, &err);
	CHECK_EQ(strlen(texts), 200, "a hundred times x|");
	folder_remove(t.dir);
}

TEST(the_log_takes_so_many_and_no_more)
{
	struct told t;
	told_open(&t, folder_new(), DURABILITY_FULL);
	for (int i = 0; i < LOG_WAITING_MAX; i++) {
		CHECK(!eventlog_is_full(t.log));
		CHECK_EQ(propose(&t, "#a", ""), REFUSED_NOT, "at the edge");
	}
	CHECK(eventlog_is_full(t.log));
	CHECK_EQ(propose(&t, "#a", ""), REFUSED_FULL, "one beyond");
	settle(&t);
	CHECK(!eventlog_is_full(t.log));
	CHECK_EQ(t.applied_count, LOG_WAITING_MAX, "all that was taken");
	told_close(&t);
	folder_remove(t.dir);
}

/* ---- a full disk: a limit on the size of files stands for it, in a process of its own ---- */

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static int full_disk(void *ctx)
{
	struct told t;
	signal(SIGXFSZ, SIG_IGN);
	told_open(&t, ctx, DURABILITY_FULL);
	EXPECT(propose(&t, "#a", "1") == REFUSED_NOT);
	settle(&t);
	limit_files(4096);
	EXPECT(propose(&t, "#a", "2") == REFUSED_NOT);
	EXPECT(propose(&t, "#b", "3") == REFUSED_NOT);
	settle(&t);
	EXPECT(t.refused_count == 2 && t.why == REFUSED_DEGRADED);
	EXPECT(propose(&t, "#a", "4") == REFUSED_DEGRADED);
	EXPECT(strcmp(t.applied, "1") == 0);
	EXPECT(!eventlog_is_full(t.log)); /* nobody waits: they are refused */
	limit_files(RLIM_INFINITY);
	while (propose(&t, "#a", "5") == REFUSED_DEGRADED) {
		loop_wait(t.loop, eventlog_wait(t.log, clock_monotonic_ms()));
		turn(&t);
	}
	settle(&t);
	EXPECT(strcmp(t.applied, "15") == 0);
	EXPECT(t.seqs[1] == 2 && t.ids[1] == t.ids[0] + 1); /* nobody saw the others' numbers */
	told_close(&t);
	return 0;
}

TEST(a_full_disk_refuses_and_recovers_without_a_gap)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(full_disk, dir), 0, "the child's part went well");
	folder_remove(dir);
}

/* ---- relaxed ---- */

static int relaxed_until_killed(void *ctx)
{
	struct told t;
	told_open(&t, ctx, DURABILITY_RELAXED);
	EXPECT(propose(&t, "#a", "1") == REFUSED_NOT);
	turn(&t);
	EXPECT(strcmp(t.applied, "1") == 0); /* in the same turn */
	EXPECT(t.ids[0] < 100);
	_exit(0);
}

TEST(relaxed_numbers_that_were_shown_are_never_given_again)
{
	struct told t;
	char *dir = folder_new();
	CHECK_EQ(in_child(relaxed_until_killed, dir), 0, "the child's part went well");
	told_open(&t, dir, DURABILITY_FULL);
	CHECK(eventlog_last_id(t.log) > 100);
	told_close(&t);
	folder_remove(dir);
}

static int none_until_killed(void *ctx)
{
	struct told t;
	told_open(&t, ctx, DURABILITY_NONE);
	EXPECT(propose(&t, "#a", "1") == REFUSED_NOT);
	turn(&t);
	EXPECT(strcmp(t.applied, "1") == 0);
	settle(&t);
	EXPECT(strcmp(read_span(&t, "#a", &(struct event_span){ .limit = 2 }), "") == 0);
	_exit(0);
}

TEST(without_durability_nothing_is_stored_and_no_number_is_given_twice)
{
	struct told t;
	char *dir = folder_new();
	CHECK_EQ(in_child(none_until_killed, dir), 0, "the child's part went well");
	told_open(&t, dir, DURABILITY_FULL);
	CHECK(eventlog_last_id(t.log) > 100);
	CHECK_STR(read_span(&t, "#a", &(struct event_span){ .limit = 2 }), "");
	told_close(&t);
	folder_remove(dir);
}

static int relaxed_full_disk(void *ctx)
{
	struct told t;
	signal(SIGXFSZ, SIG_IGN);
	told_open(&t, ctx, DURABILITY_RELAXED);
	limit_files(4096);
	EXPECT(propose(&t, "#a", "1") == REFUSED_NOT);
	turn(&t);
	EXPECT(strcmp(t.applied, "1") == 0);
	while (propose(&t, "#a", "2") == REFUSED_NOT) {
		turn(&t);
		loop_wait(t.loop, 10);
	}
	/* What was shown is part of the history, on disk or not: the last two of it. */
	const char *last_two = read_span(&t, "#a", &(struct event_span){ .limit = 2 });
	EXPECT(strcmp(last_two, t.applied + strlen(t.applied) - 2) == 0);
	limit_files(RLIM_INFINITY);
	settle(&t);
	told_close(&t);
	return 0;
}

TEST(relaxed_words_that_were_shown_wait_for_room_on_the_disk)
{
	struct err err;
	char *dir = folder_new();
	CHECK_EQ(in_child(relaxed_full_disk, dir), 0, "the child's part went well");
	const char *texts = texts_before(dir, 1, UINT64_MAX, 200, &err);
	CHECK(strncmp(texts, "1|2|", 4) == 0);
	folder_remove(dir);
}

/* 1 to 4 are on disk, 5 to 8 are not; all have been shown. */
static void talk_beyond_the_disk(struct told *t)
{
	static const char *const texts[] = { "1", "2", "3", "4", "5", "6", "7", "8" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (i == 4) {
			settle(t);
			limit_files(4096);
		}
		EXPECT(propose(t, "#b", "x") == REFUSED_NOT);
		EXPECT(propose(t, "#a", texts[i]) == REFUSED_NOT);
	}
	turn(t);
	while (eventlog_is_writing(t->log)) {
		loop_wait(t->loop, 100);
		turn(t);
	}
	EXPECT(strcmp(t->applied, "x1x2x3x4x5x6x7x8") == 0);
	EXPECT(t->refused_count == 0 && !eventlog_is_settled(t->log));
}

/* At text n of #a: they are told in turn with those of #b. 0: no bound. */
static struct event_bound bound_at(const struct told *t, int n, int by)
{
	if (n == 0)
		return (struct event_bound){ 0 };
	return (struct event_bound){ by, false, t->ids[n * 2 - 1], t->times[n * 2 - 1] };
}

static int relaxed_spans(void *ctx)
{
	static const struct {
		int after, before, after_seq;
		size_t limit;
		const char *newest, *oldest;
	} cases[] = {
		{ 0, 0, 0, 9, "12345678", "12345678" },
		{ 0, 0, 0, 2, "78", "12" },
		{ 0, 0, 0, 4, "5678", "1234" },
		{ 0, 0, 0, 6, "345678", "123456" },
		{ 0, 7, 0, 9, "123456", "123456" },
		{ 0, 7, 0, 3, "456", "123" },
		{ 0, 4, 0, 2, "23", "12" },
		{ 2, 0, 0, 9, "345678", "345678" },
		{ 2, 0, 0, 3, "678", "345" },
		{ 5, 0, 0, 2, "78", "67" },
		{ 5, 8, 0, 9, "67", "67" },
		{ 8, 0, 0, 9, "", "" },
		{ 0, 0, 3, 9, "45678", "45678" },
		{ 0, 0, 6, 9, "78", "78" },
		{ 0, 0, 6, 1, "8", "7" },
		{ 4, 7, 3, 2, "56", "56" },
		{ 0, 0, 8, 9, "", "" },
		{ 0, 0, 0, 0, "", "" },
	};
	struct told t;
	signal(SIGXFSZ, SIG_IGN);
	told_open(&t, ctx, DURABILITY_RELAXED);
	talk_beyond_the_disk(&t);
	for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
		int by = i % 2 ? BOUND_TIME : BOUND_ID;
		struct event_span span = {
			.after_seq = (uint64_t)cases[i / 2].after_seq,
			.limit = cases[i / 2].limit,
		};
		span.after = bound_at(&t, cases[i / 2].after, by);
		span.before = bound_at(&t, cases[i / 2].before, by);
		EXPECT(strcmp(read_span(&t, "#a", &span), cases[i / 2].newest) == 0);
		span.oldest = true;
		EXPECT(strcmp(read_span(&t, "#a", &span), cases[i / 2].oldest) == 0);
	}
	limit_files(RLIM_INFINITY);
	settle(&t);
	told_close(&t);
	return 0;
}

TEST(relaxed_spans_reach_from_the_disk_to_what_waits_for_it)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(relaxed_spans, dir), 0, "the child's part went well");
	folder_remove(dir);
}
