#include "store/history.h"

#include "base/buf.h"
#include "base/limits.h"
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err err;

static struct history *opened(const char *dir)
{
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	CHECK(h);
	return h;
}

/* Runs SQL behind the back of the history. */
static void meddle(const char *dir, const char *sql)
{
	char path[PATH_MAX];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/history.db", dir);
	CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK, "opening it to meddle");
	CHECK_EQ(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, sql);
	sqlite3_close(db);
}

/* What SQL finds: its only column, with a '|' behind each row. Until the next call. */
static const char *found_by(const char *dir, const char *sql)
{
	static char texts[4096];
	char path[PATH_MAX];
	sqlite3_stmt *st;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/history.db", dir);
	texts[0] = '\0';
	CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK, "opening it to look");
	CHECK_EQ(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK, sql);
	while (sqlite3_step(st) == SQLITE_ROW) {
		size_t used = strlen(texts);
		snprintf(texts + used, sizeof(texts) - used, "%s|",
			 (const char *)sqlite3_column_text(st, 0));
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	return texts;
}

/* What history_rooms() says, as text. */
static bool add_room(void *ctx, const struct history_room *room)
{
	buf_printf(ctx, "%d %s %s [%s by %s at %lld] %d %lld\n", (int)room->number, room->key,
		   room->name, room->topic, room->topic_by, (long long)room->topic_ms,
		   (int)room->last_seq, (long long)room->last_ms);
	return true;
}

static const char *rooms_of(struct history *h)
{
	static char texts[4096];
	struct buf found = { 0 };

	CHECK(history_rooms(h, add_room, &found, &err));
	snprintf(texts, sizeof(texts), "%s", found.bytes ? found.bytes : "");
	buf_done(&found);
	return texts;
}

static bool keep_first(void *ctx, struct event *e)
{
	struct event **kept = ctx;
	*kept = event_ref(e);
	return false;
}

/* The last message of a room, to be unref'd, or NULL. */
static struct event *last_of(const char *dir, uint64_t room)
{
	struct event *kept = NULL;
	struct history_reader *r = history_reader_open(dir, &err);
	CHECK(r);
	struct event_span span = { .limit = 1 };
	CHECK(history_read(r, room, &span, keep_first, &kept, &err));
	history_reader_close(r);
	return kept;
}

TEST(history_gives_back_what_was_stored)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *e = event_made(EVENT_ACTION, 5, 3, 1, "茶人", "pours — 倒茶");

	CHECK(history_append(h, &e, 1, &err));
	struct event *back = last_of(dir, 3);
	CHECK(back);
	CHECK_EQ(back->kind, EVENT_ACTION, "the kind");
	CHECK_EQ(back->id, 5, "the id");
	CHECK_EQ(back->seq, 1, "the seq");
	CHECK_EQ(back->time_ms, e->time_ms, "the time");
	CHECK_EQ(back->room_number, 3, "the room");
	CHECK_EQ(back->room_count, 0, "rooms in memory are for others to find");
	CHECK_STR(back->room_key, "#room3");
	CHECK_STR(back->room_name, "#Room3");
	CHECK_STR(back->to_nick, "");
	CHECK_STR(back->from.nick, "茶人");
	CHECK_STR(back->from.user, "user");
	CHECK_STR(back->from.host, "host.example");
	CHECK_STR(back->from.account, "");
	CHECK_STR(back->text, "pours — 倒茶");
	CHECK_STR(back->tags, "");
	event_unref(back);
	event_unref(e);
	history_close(h);
	folder_remove(dir);
}

TEST(history_keeps_every_odd_character)
{
	char text[600] =
		"'; DROP TABLE msg; -- \" ` %s %n \\ 👩‍👩‍👧‍👦 \xef\xbb\xbf \xf4\x8f\xbf\xbf ";
	size_t len = strlen(text);
	for (char c = 0; c < ' '; c++)
		text[len++] = c;
	text[len++] = 0x7f;

	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_MESSAGE,
		.room_number = 1,
		.room_key = "#'\"",
		.from = { "it's", "\"", "%", "\\" },
		.text = text,
		.text_len = len,
		.tags = "+a=\\:\"';+茶",
	});
	e->id = e->seq = 1;
	CHECK(append_one(h, e, &err));

	struct event *back = last_of(dir, 1);
	CHECK(back);
	CHECK_EQ(back->text_len, len, "a NUL in the middle does not end it");
	CHECK(memcmp(back->text, text, len) == 0);
	CHECK_STR(back->room_key, "#'\"");
	CHECK_STR(back->from.nick, "it's");
	CHECK_STR(back->tags, "+a=\\:\"';+茶");
	event_unref(back);
	history_close(h);
	folder_remove(dir);
}

/* Two rooms in turn: odd ids in room 1, even ones in room 2, and id 7 is a topic. */
static void talk_in_two_rooms(const char *dir)
{
	struct history *h = opened(dir);
	char text[8];

	for (uint64_t id = 1; id <= 12; id++) {
		snprintf(text, sizeof(text), "%d", (int)id);
		CHECK(append_one(h,
				 event_made(id == 7 ? EVENT_TOPIC : EVENT_MESSAGE, id,
					    id % 2 ? 1 : 2, (id + 1) / 2, "tea", text),
				 &err));
	}
	history_close(h);
}

TEST(history_pages_by_id)
{
	static const struct {
		uint64_t room, before_id;
		size_t limit;
		const char *texts, *why;
	} cases[] = {
		{ 1, UINT64_MAX, 3, "5|9|11|", "the last ones, oldest first; a topic is none" },
		{ 1, UINT64_MAX, 99, "1|3|5|9|11|", "all there is" },
		{ 1, 9, 2, "3|5|", "before a message" },
		{ 1, 10, 2, NULL, "before a message of another room" },
		{ 1, 7, 2, "3|5|", "before the topic" },
		{ 1, 1, 9, "", "before the first" },
		{ 1, 0, 9, NULL, "before an id that nobody has" },
		{ 2, 13, 1, NULL, "before one that is still to come" },
		{ 2, 4, 9, "2|", "the first alone" },
		{ 2, 12, 0, "", "none wanted" },
		{ 3, UINT64_MAX, 9, "", "an unknown room is an empty one" },
	};
	char *dir = folder_new();

	talk_in_two_rooms(dir);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *texts = texts_before(dir, cases[i].room, cases[i].before_id,
						 cases[i].limit, &err);
		CHECK_EQ(texts == NULL, cases[i].texts == NULL, cases[i].why);
		CHECK_EQ(texts ? strcmp(texts, cases[i].texts) : 0, 0, cases[i].why);
	}
	folder_remove(dir);
}

/* Says a to h in room 1, with a topic between d and e: ids 10, 20, 30 … in all, b to d at one time,
 * g and h at another. Somebody speaks in room 2 in between. */
static void talk_at_times(const char *dir)
{
	static const int times[] = { 100, 101, 101, 101, 103, 104, 105, 106, 106 };
	struct history *h = opened(dir);

	for (uint64_t i = 0; i < ARRAY_LEN(times); i++) {
		const char text[] = { "abcd-efgh"[i], '\0' };
		struct event *e = event_made(i == 4 ? EVENT_TOPIC : EVENT_MESSAGE, i * 10 + 10, 1,
					     i + 1, "tea", text);
		e->time_ms = times[i];
		CHECK(append_one(h, e, &err));
		e = event_made(EVENT_MESSAGE, i * 10 + 15, 2, i + 1, "cup", "x");
		CHECK(append_one(h, e, &err));
	}
	history_close(h);
}

/* Whether span means the messages of room 1 whose texts are expected's letters; NULL: it names an id
 * that is not there. */
static bool span_means(const char *dir, const struct event_span *span, const char *expected)
{
	const char *texts = texts_in(dir, 1, span, &err);
	if (!texts || !expected)
		return !texts && !expected && err.code == ERR_INVALID;
	for (; *expected != '\0' && *texts == *expected && texts[1] == '|'; texts += 2)
		expected++;
	return *texts == '\0' && *expected == '\0';
}

TEST(history_reads_every_span)
{
	static const struct {
		struct event_bound after, before;
		uint64_t after_seq;
		const char *all, *newest, *oldest; /* without limit, and two from either end */
		const char *why;
	} cases[] = {
		/* clang-format off */
		{ { 0 }, { 0 }, 0, "abcdefgh", "gh", "ab", "no bounds" },
		{ { 0 }, { BOUND_ID, .id = 30 }, 0, "ab", "ab", "ab", "a bound is outside" },
		{ { 0 }, { BOUND_ID, .id = 50 }, 0, "abcd", "cd", "ab", "before a change" },
		{ { 0 }, { BOUND_ID, .id = 55 }, 0, NULL, NULL, NULL, "before a message of another room" },
		{ { 0 }, { BOUND_ID, .id = 57 }, 0, NULL, NULL, NULL, "before an id that nobody has" },
		{ { 0 }, { BOUND_ID, .id = 10 }, 0, "", "", "", "before the first" },
		{ { 0 }, { BOUND_ID, .id = 0 }, 0, NULL, NULL, NULL, "before no id" },
		{ { 0 }, { BOUND_ID, .id = UINT64_MAX }, 0, NULL, NULL, NULL, "before the last id there can be" },
		{ { BOUND_ID, .id = 30 }, { 0 }, 0, "defgh", "gh", "de", "a bound is outside" },
		{ { BOUND_ID, .id = 50 }, { 0 }, 0, "efgh", "gh", "ef", "after a change" },
		{ { BOUND_ID, .id = 57 }, { 0 }, 0, NULL, NULL, NULL, "after an id that nobody has" },
		{ { BOUND_ID, .id = 0 }, { 0 }, 0, NULL, NULL, NULL, "after no id" },
		{ { BOUND_ID, .id = 90 }, { 0 }, 0, "", "", "", "after the last" },
		{ { BOUND_ID, .id = UINT64_MAX }, { 0 }, 0, NULL, NULL, NULL, "after the last id there can be" },
		{ { 0 }, { BOUND_TIME, .time_ms = 101 }, 0, "a", "a", "a", "before a time of three" },
		{ { 0 }, { BOUND_TIME, .time_ms = 102 }, 0, "abcd", "cd", "ab", "before a time when all were silent" },
		{ { 0 }, { BOUND_TIME, .time_ms = 100 }, 0, "", "", "", "before the first" },
		{ { 0 }, { BOUND_TIME, .time_ms = INT64_MIN }, 0, "", "", "", "before all times" },
		{ { 0 }, { BOUND_TIME, .time_ms = INT64_MAX }, 0, "abcdefgh", "gh", "ab", "before the end of time" },
		{ { BOUND_TIME, .time_ms = 101 }, { 0 }, 0, "efgh", "gh", "ef", "after a time of three" },
		{ { BOUND_TIME, .time_ms = 100 }, { 0 }, 0, "bcdefgh", "gh", "bc", "after the first" },
		{ { BOUND_TIME, .time_ms = 105 }, { 0 }, 0, "gh", "gh", "gh", "the last two have one time" },
		{ { BOUND_TIME, .time_ms = 106 }, { 0 }, 0, "", "", "", "after the last" },
		{ { BOUND_TIME, .time_ms = INT64_MIN }, { 0 }, 0, "abcdefgh", "gh", "ab", "after no time" },
		{ { BOUND_TIME, .time_ms = INT64_MAX }, { 0 }, 0, "", "", "", "after all times" },
		{ { BOUND_ID, .id = 20 }, { BOUND_ID, .id = 70 }, 0, "cde", "de", "cd", "between two ids" },
		{ { BOUND_TIME, .time_ms = 100 }, { BOUND_TIME, .time_ms = 105 }, 0, "bcde", "de", "bc", "between two times" },
		{ { BOUND_ID, .id = 20 }, { BOUND_TIME, .time_ms = 106 }, 0, "cdef", "ef", "cd", "between an id and a time" },
		{ { BOUND_TIME, .time_ms = 101 }, { BOUND_ID, .id = 90 }, 0, "efg", "fg", "ef", "between a time and an id" },
		{ { BOUND_ID, .id = 30 }, { BOUND_ID, .id = 40 }, 0, "", "", "", "between neighbours" },
		{ { BOUND_ID, .id = 30 }, { BOUND_ID, .id = 30 }, 0, "", "", "", "between a message and itself" },
		{ { BOUND_ID, .id = 70 }, { BOUND_ID, .id = 20 }, 0, "", "", "", "the wrong way round" },
		{ { 0 }, { 0 }, 1, "bcdefgh", "gh", "bc", "what is sealed is not there" },
		{ { 0 }, { 0 }, 5, "efgh", "gh", "ef", "sealed by a change" },
		{ { 0 }, { 0 }, 9, "", "", "", "all is sealed" },
		{ { 0 }, { 0 }, UINT64_MAX, "", "", "", "sealed for ever" },
		{ { 0 }, { BOUND_ID, .id = 70 }, 2, "cde", "de", "cd", "from a seal to an id" },
		{ { 0 }, { BOUND_TIME, .time_ms = 101 }, 2, "", "", "", "before a time that is sealed" },
		{ { BOUND_ID, .id = 20 }, { 0 }, 3, NULL, NULL, NULL, "after an id that is sealed" },
		{ { BOUND_ID, .id = 60 }, { 0 }, 3, "fgh", "gh", "fg", "after an id that is not" },
		{ { BOUND_TIME, .time_ms = 100 }, { BOUND_TIME, .time_ms = 105 }, 3, "de", "de", "de", "all three" },
		/* clang-format on */
	};
	char *dir = folder_new();

	talk_at_times(dir);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event_span span = {
			.after = cases[i].after,
			.before = cases[i].before,
			.after_seq = cases[i].after_seq,
			.limit = 99,
		};
		CHECK_EQ(span_means(dir, &span, cases[i].all), true, cases[i].why);
		span.limit = 2;
		CHECK_EQ(span_means(dir, &span, cases[i].newest), true, cases[i].why);
		const char *none = cases[i].all ? "" : NULL;
		span.limit = 0;
		CHECK_EQ(span_means(dir, &span, none), true, cases[i].why);
		span.oldest = true;
		CHECK_EQ(span_means(dir, &span, none), true, cases[i].why);
		span.limit = 2;
		CHECK_EQ(span_means(dir, &span, cases[i].oldest), true, cases[i].why);
		span.limit = 99;
		CHECK_EQ(span_means(dir, &span, cases[i].all), true, cases[i].why);
	}
	folder_remove(dir);
}

/* "ab" of a message of room 1 by its letter, as talk_at_times() said it; by time if it is a capital. */
static struct event_bound bound_of(char letter)
{
	static const int times[] = { 100, 101, 101, 101, 104, 105, 106, 106 };
	int n = (letter | 32) - 'a';
	if (letter < 'a')
		return (struct event_bound){ BOUND_TIME, .time_ms = times[n] };
	return (struct event_bound){ BOUND_ID, .id = (uint64_t)(n < 4 ? n : n + 1) * 10 + 10 };
}

TEST(history_reads_between_bounds_in_either_order)
{
	static const struct {
		char first, second;
		bool with_them;
		const char *all, *two, *why;
	} cases[] = {
		{ 'a', 'h', false, "bcdefg", "bc", "forwards" },
		{ 'h', 'a', false, "bcdefg", "fg", "backwards" },
		{ 'A', 'G', false, "bcdef", "bc", "by time, where two have the same" },
		{ 'G', 'A', false, "bcdef", "ef", "and backwards" },
		{ 'a', 'G', false, "bcdef", "bc", "by id and time" },
		{ 'G', 'a', false, "bcdef", "ef", "by time and id" },
		{ 'a', 'h', true, "abcdefgh", "ab", "with both" },
		{ 'h', 'a', true, "abcdefgh", "gh", "with both, backwards" },
		{ 'B', 'F', true, "bcdef", "bc", "with all of a time" },
		{ 'F', 'B', true, "bcdef", "ef", "the same backwards" },
		{ 'c', 'c', false, "", "", "nothing" },
		{ 'c', 'c', true, "c", "c", "one alone" },
		{ 'c', 'd', false, "", "", "neighbours" },
		{ 'd', 'c', false, "", "", "neighbours, backwards" },
	};
	char *dir = folder_new();

	talk_at_times(dir);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event_span span = {
			.after = bound_of(cases[i].first),
			.before = bound_of(cases[i].second),
			.either_way = true,
			.oldest = true,
			.limit = 99,
		};
		span.after.with_it = span.before.with_it = cases[i].with_them;
		CHECK_EQ(span_means(dir, &span, cases[i].all), true, cases[i].why);
		span.limit = 2;
		CHECK_EQ(span_means(dir, &span, cases[i].two), true, cases[i].why);
	}
	folder_remove(dir);
}

TEST(history_reads_the_kinds_that_are_wanted_and_nothing_newer)
{
	char *dir = folder_new();
	struct event_span span = { .limit = 3, .kinds = EVENT_WORDS | BIT64(EVENT_TOPIC) };

	talk_at_times(dir);
	CHECK_EQ(span_means(dir, &span, "fgh"), true, "the topic is older");
	span.last_id = 70;
	CHECK_EQ(span_means(dir, &span, "-ef"), true, "the topic counts");
	span.oldest = true;
	span.after = (struct event_bound){ BOUND_ID, .id = 30 };
	CHECK_EQ(span_means(dir, &span, "d-e"), true, "from the other end");
	span.kinds = BIT64(EVENT_TOPIC);
	CHECK_EQ(span_means(dir, &span, "-"), true, "alone");
	span.last_id = 20;
	CHECK_EQ(span_means(dir, &span, NULL), true, "a bound that is too new is none");
	folder_remove(dir);
}

TEST(history_lists_rooms_after_a_restart)
{
	char *dir = folder_new();
	struct history *h = opened(dir);

	CHECK_EQ(history_next_room(h), 1, "numbers begin at 1");
	CHECK(append_one(h, event_made(EVENT_MESSAGE, 1, 2, 1, "tea", "hello"), &err));
	CHECK(append_one(h, event_made(EVENT_TOPIC, 2, 2, 2, "tea", "green"), &err));
	CHECK(append_one(h, event_made(EVENT_TOPIC, 3, 2, 3, "cup", "黑茶"), &err));
	CHECK(append_one(h, event_made(EVENT_NOTICE, 4, 1, 1, "cup", "psst"), &err));
	history_close(h);

	h = opened(dir);
	CHECK_STR(rooms_of(h), "1 #room1 #Room1 [ by  at 0] 1 1700000000004\n"
			       "2 #room2 #Room2 [黑茶 by cup at 1700000000003] 3 1700000000003\n");
	CHECK_EQ(history_next_id(h), 5, "ids go on");
	CHECK_EQ(history_next_room(h), 3, "and room numbers, too");
	history_close(h);
	folder_remove(dir);
}

/* Appends what changes room 1, where seq is id. */
static void change(struct history *h, enum event_kind kind, uint64_t id, const char *text,
		   bool closed)
{
	struct event *e = event_made(kind, id, 1, id, "tea", text);
	e->closed = closed;
	CHECK(append_one(h, e, &err));
}

static bool add_sealed(void *ctx, const struct history_room *room)
{
	*(uint64_t *)ctx = room->sealed_seq;
	return true;
}

/* Of the last room. */
static uint64_t sealed_seq(struct history *h)
{
	uint64_t seq = UINT64_MAX;
	CHECK(history_rooms(h, add_sealed, &seq, &err));
	return seq;
}

TEST(history_stores_changes_and_tells_what_was_said)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *kick = event_new(&(struct event_draft){
		.kind = EVENT_KICK,
		.room_number = 1,
		.room_key = "#room1",
		.room_name = "#Room1",
		.to_nick = "cup",
		.from = { "tea", "user", "host.example", "" },
		.text = "cold",
		.text_len = 4,
	});

	kick->id = kick->seq = 2;
	CHECK(append_one(h, event_said(1, "hot"), &err));
	CHECK(append_one(h, kick, &err));
	change(h, EVENT_MODE, 3, "+i", true);
	change(h, EVENT_SEAL, 4, NULL, false);
	CHECK(append_one(h, event_said(5, "warm"), &err));
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "hot|warm|");
	CHECK_STR(found_by(dir, "SELECT kind || to_nick || ',' || body FROM msg ORDER BY id"),
		  "1,hot|17cup,cold|18,+i|19,|1,warm|");
	CHECK_STR(found_by(dir, "SELECT kind FROM room"), "0|"); /* a kick is not private */
	history_close(h);
	folder_remove(dir);
}

/* The how-manieth word of a talk, as the core counts; of accounts if there is an id. */
static struct event *whispered(uint64_t id, uint64_t room, uint64_t seq, uint64_t account,
			       const char *key, const char *text)
{
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_MESSAGE,
		.room_number = room,
		.room_key = key,
		.to_nick = "cup",
		.to_account_id = account ? account + 1 : 0,
		.from = { "tea", "user", "host.example", "" },
		.text = text,
		.text_len = strlen(text),
	});
	e->account_id = account;
	e->id = id;
	e->seq = seq;
	e->time_ms = 1700000000000 + (int64_t)id;
	return e;
}

TEST(history_finds_a_conversation_by_its_key_whatever_its_number)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	uint64_t number = 99, numbers[4];
	size_t count = 0;

	CHECK(append_one(h, whispered(1, 1, 1, 7, "a7-a8", "one"), &err));
	CHECK(append_one(h, whispered(2, 2, 1, 0, "p1-p2", "guests"), &err));
	CHECK(append_one(h, whispered(3, 1, 2, 7, "a7-a8", "two"), &err));
	CHECK(append_one(h, whispered(4, 3, 1, 6, "a6-a7", "others"), &err));
	history_close(h);
	h = opened(dir);
	CHECK_EQ(history_next_room(h), 4, "numbers go on");
	CHECK(append_one(h, whispered(5, 4, 1, 7, "a7-a8", "three"), &err));
	struct event *taken_back = whispered(6, 4, 2, 7, "a7-a8", "");
	taken_back->kind = EVENT_REDACT;
	taken_back->about_id = 3;
	CHECK(append_one(h, taken_back, &err));
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|three|");

	struct history_reader *r = history_reader_open(dir, &err);
	CHECK(history_find_talk(r, "a7-a8", &number, &err));
	CHECK_EQ(number, 1, "that of the first time");
	CHECK(history_find_talk(r, "p1-p2", &number, &err));
	CHECK_EQ(number, 2, "guests have them, too");
	CHECK(history_find_talk(r, "a7-a9", &number, &err));
	CHECK_EQ(number, 0, "nothing was said there");
	CHECK(history_list_talks(r, 7, numbers, 4, &count, &err));
	CHECK_EQ(count, 2, "of seven");
	CHECK_EQ(numbers[0], 3, "the latest begun first");
	CHECK_EQ(numbers[1], 1, "and then the others");
	CHECK(history_list_talks(r, 7, numbers, 1, &count, &err));
	CHECK_EQ(count, 1, "no more than asked for");
	CHECK(history_list_talks(r, 99, numbers, 4, &count, &err));
	CHECK_EQ(count, 0, "nobody");
	history_reader_close(r);
	history_close(h);
	folder_remove(dir);
}

TEST(history_knows_whose_words_they_are)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *e = event_said(1, "a guest's");

	e->user_id = 0x500000007;
	CHECK(append_one(h, e, &err));
	struct event *back = last_of(dir, 1);
	CHECK_EQ(back->user_id, 0x500000007, "his presence");
	CHECK_EQ(back->account_id, 0, "he has no account");
	event_unref(back);
	e = event_said(2, "a member's");
	e->user_id = 0x500000008;
	e->account_id = 12;
	CHECK(append_one(h, e, &err));
	back = last_of(dir, 1);
	CHECK_EQ(back->account_id, 12, "his account");
	CHECK_EQ(back->user_id, 0, "which outlives his presence");
	event_unref(back);
	history_close(h);
	folder_remove(dir);
}

/* Of event id in its room, which is the how-manieth redaction. */
static struct event *redaction(uint64_t id, uint64_t room, uint64_t seq, uint64_t about)
{
	struct event *e = event_made(EVENT_REDACT, id, room, seq, "tea", "why");
	e->about_id = about;
	return e;
}

TEST(history_forgets_what_is_redacted_but_not_its_place)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event_span after = { .after = { BOUND_ID, .id = 2 }, .limit = 9 };

	CHECK(append_one(h, event_said(1, "one"), &err));
	CHECK(append_one(h, event_said(2, "two"), &err));
	CHECK(append_one(h, event_said(3, "three"), &err));
	CHECK(append_one(h, event_made(EVENT_MESSAGE, 4, 2, 1, "tea", "elsewhere"), &err));
	CHECK(append_one(h, redaction(5, 1, 4, 2), &err));
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|three|");
	CHECK_STR(texts_in(dir, 1, &after, &err), "three|"); /* what is gone still has its place */
	CHECK(append_one(h, redaction(6, 1, 5, 4), &err));
	CHECK_STR(texts_before(dir, 2, UINT64_MAX, 9, &err), "elsewhere|");
	CHECK_STR(found_by(dir,
			   "SELECT kind || ',' || body || ',' || about FROM msg WHERE room = 1 "
			   "ORDER BY seq"),
		  "1,one,0|0,,0|1,three,0|20,why,2|20,why,4|");
	history_close(h);
	folder_remove(dir);
}

static bool file_has(const char *dir, const char *name, const char *words)
{
	char path[PATH_MAX];
	struct stat st = { 0 };
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	if (!f || fstat(fileno(f), &st) != 0)
		return false;
	char *bytes = malloc((size_t)st.st_size + 1);
	size_t len = fread(bytes, 1, (size_t)st.st_size, f);
	bool found = memmem(bytes, len, words, strlen(words)) != NULL;
	free(bytes);
	fclose(f);
	return found;
}

#define SECRETS 2000
#define SECRET_ROOMS 13

/* A small log is moved into the file when it is closed. */
static struct history *reopened(struct history *h, const char *dir)
{
	history_close(h);
	return opened(dir);
}

/* Message n is in a room of its own order, so that pages fill up and are divided everywhere. */
static struct history *tell_secrets(struct history *h, const char *dir, uint64_t seqs[SECRET_ROOMS])
{
	for (uint64_t n = 1; n <= SECRETS; n += 50) {
		struct event *batch[50];
		if (n % 500 == 1)
			h = reopened(h, dir);
		for (uint64_t i = 0; i < 50; i++) {
			uint64_t room = (n + i) * (n + i) % SECRET_ROOMS;
			char text[200];
			int pad = (int)((n + i) * 7 % 150);
			snprintf(text, sizeof(text), "secret %04d%*s", (int)(n + i), pad, "");
			batch[i] = event_made(EVENT_MESSAGE, n + i, room + 1, ++seqs[room], "tea",
					      text);
		}
		CHECK(history_append(h, batch, 50, &err));
		for (size_t i = 0; i < 50; i++)
			event_unref(batch[i]);
	}
	return h;
}

/* Every other one. */
static void redact_secrets(struct history *h, uint64_t seqs[SECRET_ROOMS])
{
	for (uint64_t n = 1; n <= SECRETS; n += 100) {
		struct event *batch[50];
		for (uint64_t i = 0; i < 50; i++) {
			uint64_t about = n + i * 2, room = about * about % SECRET_ROOMS;
			batch[i] = redaction(SECRETS + about, room + 1, ++seqs[room], about);
		}
		CHECK(history_append(h, batch, 50, &err));
		for (size_t i = 0; i < 50; i++)
			event_unref(batch[i]);
	}
}

TEST(history_leaves_nothing_in_the_file_of_what_is_redacted)
{
	char *dir = folder_new(), words[32];
	uint64_t seqs[SECRET_ROOMS] = { 0 };
	struct history *h = tell_secrets(opened(dir), dir, seqs);

	h = reopened(h, dir);
	redact_secrets(h, seqs);
	history_close(h);
	CHECK_EQ(folder_file_bytes(dir, "history.db-wal") <= 0, true, "the log is in the file");
	for (int n = 1; n <= SECRETS; n++) {
		snprintf(words, sizeof(words), "secret %04d", n);
		CHECK_EQ(file_has(dir, "history.db", words), n % 2 == 0, words);
	}
	folder_remove(dir);
}

TEST(history_seals_a_room)
{
	char *dir = folder_new();
	struct history *h = opened(dir);

	CHECK(append_one(h, event_said(1, "open"), &err));
	CHECK_EQ(sealed_seq(h), 0, "nothing is");
	change(h, EVENT_MODE, 2, "+k", true);
	CHECK(append_one(h, event_said(3, "among us"), &err));
	CHECK_EQ(sealed_seq(h), 0, "not while somebody is inside");
	change(h, EVENT_SEAL, 4, NULL, false);
	CHECK_EQ(sealed_seq(h), 4, "the seal is the last that is not shown");
	CHECK(append_one(h, event_said(5, "open again"), &err));
	history_close(h);

	h = opened(dir);
	CHECK_EQ(sealed_seq(h), 4, "it was closed no longer: nothing new");
	history_close(h);
	folder_remove(dir);
}

static bool add_metadata(void *ctx, const struct history_room *room)
{
	buf_printf(ctx, "%s|", room->metadata);
	return true;
}

static const char *metadata_of(struct history *h)
{
	static char texts[256];
	struct buf found = { 0 };
	CHECK(history_rooms(h, add_metadata, &found, &err));
	snprintf(texts, sizeof(texts), "%s", found.bytes);
	buf_done(&found);
	return texts;
}

TEST(history_keeps_the_latest_metadata)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *other = event_made(EVENT_METADATA, 4, 2, 1, "tea", "url 2");

	change(h, EVENT_METADATA, 1, "url a  b\navatar ", false);
	change(h, EVENT_METADATA, 2, "none\nurl 茶\ncolor red", false);
	change(h, EVENT_METADATA, 3, "color", false);
	CHECK(append_one(h, other, &err));
	CHECK_STR(metadata_of(h), "url 茶\navatar |url 2|");
	history_close(h);

	h = opened(dir);
	CHECK_STR(metadata_of(h), "url 茶\navatar |url 2|");
	change(h, EVENT_SEAL, 5, NULL, false);
	CHECK_STR(metadata_of(h), "|url 2|");
	change(h, EVENT_METADATA, 6, "url again", false);
	change(h, EVENT_MODE, 7, "+k", true);
	history_close(h);

	h = opened(dir);
	CHECK_STR(metadata_of(h), "|url 2|");
	history_close(h);
	folder_remove(dir);
}

TEST(history_seals_closed_rooms_at_a_start)
{
	static const struct {
		bool closed[2];
		enum durability durability;
		const char *sealed, *why;
	} cases[] = {
		{ { false, false }, DURABILITY_FULL, "0|0|", "never closed" },
		{ { true, false }, DURABILITY_FULL, "0|0|", "opened again by those inside" },
		{ { true, true }, DURABILITY_FULL, "4|0|", "up to its last event" },
		{ { false, true }, DURABILITY_RELAXED, "4|0|", "relaxed as well" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *dir = folder_new();
		struct history *h = opened(dir);
		change(h, EVENT_MODE, 1, "", cases[i].closed[0]);
		CHECK(append_one(h, event_said(2, "a"), &err));
		change(h, EVENT_MODE, 3, "", cases[i].closed[1]);
		CHECK(append_one(h, event_said(4, "b"), &err));
		CHECK(append_one(h, event_made(EVENT_MESSAGE, 5, 2, 1, "cup", "c"), &err));
		CHECK_STR(found_by(dir, "SELECT sealed FROM room"), "0|0|");
		history_close(h);

		/* Open from then on, so that the next start seals no more. */
		for (uint64_t start = 0; start < 2; start++) {
			h = history_open(dir, cases[i].durability, &err);
			CHECK(h);
			CHECK_STR(found_by(dir, "SELECT closed FROM room"), "0|0|");
			const char *sealed = found_by(dir,
						      "SELECT sealed FROM room ORDER BY number");
			CHECK_EQ(strcmp(sealed, cases[i].sealed), 0, cases[i].why);
			CHECK(append_one(h,
					 event_made(EVENT_MESSAGE, 6 + start, 1, 5 + start, "tea",
						    "d"),
					 &err));
			history_close(h);
		}
		folder_remove(dir);
	}
}

TEST(history_keeps_private_talk_apart)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_MESSAGE,
		.room_number = 7,
		.room_key = "#room1", /* as a room, but they never meet */
		.to_nick = "cup",
		.from = { "tea", "", "", "" },
		.text = "just us",
		.text_len = 7,
	});
	e->id = 2;
	e->seq = 1;
	CHECK(append_one(h, event_said(1, "all of you"), &err));
	CHECK(append_one(h, e, &err));
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "all of you|");
	CHECK_STR(texts_before(dir, 7, UINT64_MAX, 9, &err), "just us|");
	CHECK_STR(rooms_of(h), "1 #room1 #Room1 [ by  at 0] 1 1700000000001\n");
	struct event *back = last_of(dir, 7);
	CHECK_STR(back->to_nick, "cup");
	event_unref(back);
	history_close(h);

	h = opened(dir);
	CHECK_EQ(history_next_room(h), 8, "its number is taken as well");
	history_close(h);
	folder_remove(dir);
}

TEST(history_takes_a_whole_commit)
{
	static struct event *events[COMMIT_ROWS_MAX];
	char *dir = folder_new();
	struct history *h = opened(dir);
	char nick[16];

	for (size_t i = 0; i < COMMIT_ROWS_MAX; i++) {
		snprintf(nick, sizeof(nick), "guest%zu", i);
		events[i] = event_made(EVENT_MESSAGE, i + 1, i % 100 + 1, i / 100 + 1, nick, nick);
	}
	CHECK(history_append(h, events, COMMIT_ROWS_MAX, &err));
	CHECK_STR(texts_before(dir, 100, UINT64_MAX, 2, &err), "guest1899|guest1999|");
	CHECK(history_wal_bytes(h) > 0);
	for (size_t i = 0; i < COMMIT_ROWS_MAX; i++)
		event_unref(events[i]);
	history_close(h);
	CHECK_EQ(folder_file_bytes(dir, "history.db-wal") > 0, false, "tidied up on closing");
	folder_remove(dir);
}

TEST(history_append_is_all_or_nothing)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *batch[] = {
		event_made(EVENT_MESSAGE, 1, 1, 1, "tea", "a"),
		event_made(EVENT_TOPIC, 2, 2, 1, "cup", "b"),
		event_made(EVENT_MESSAGE, 3, 2, 1, "cup", "has b's seq"),
	};

	CHECK_EQ(history_append(h, batch, 3, &err), false, "one of them cannot be");
	CHECK_EQ(err.code, ERR_IO, "whatever it was, it is not stored");
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "");
	CHECK_STR(rooms_of(h), "");

	/* Rooms and senders were rolled back as well, and nobody thinks that they are there. */
	batch[2]->seq = 2;
	CHECK(history_append(h, batch, 3, &err));
	CHECK_STR(texts_before(dir, 2, UINT64_MAX, 9, &err), "has b's seq|");
	struct event *back = last_of(dir, 2);
	CHECK_STR(back->from.nick, "cup");
	event_unref(back);
	CHECK_STR(rooms_of(h), "1 #room1 #Room1 [ by  at 0] 1 1700000000001\n"
			       "2 #room2 #Room2 [b by cup at 1700000000002] 2 1700000000003\n");
	for (size_t i = 0; i < ARRAY_LEN(batch); i++)
		event_unref(batch[i]);
	history_close(h);
	folder_remove(dir);
}

TEST(history_tells_senders_apart)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	static const struct sender from[] = {
		{ "ab", "c", "h", "" },
		{ "a", "bc", "h", "" },
		{ "ab", "c", "h", "ab" },
		{ "ab", "c", "", "h" },
	};
	for (size_t i = 0; i < ARRAY_LEN(from) * 2; i++) {
		struct event *e = event_new(&(struct event_draft){ .kind = EVENT_MESSAGE,
								   .room_number = 1,
								   .from = from[i / 2] });
		e->id = e->seq = i + 1;
		CHECK(append_one(h, e, &err));
		struct event *back = last_of(dir, 1);
		CHECK_STR(back->from.nick, from[i / 2].nick);
		CHECK_STR(back->from.user, from[i / 2].user);
		CHECK_STR(back->from.host, from[i / 2].host);
		CHECK_STR(back->from.account, from[i / 2].account);
		event_unref(back);
	}
	history_close(h);
	folder_remove(dir);
}

TEST(history_counts_its_runs)
{
	char *dir = folder_new();
	for (uint64_t run = 1; run <= 3; run++) {
		struct history *h = opened(dir);
		CHECK_EQ(history_run(h), run, "one more each time");
		history_close(h);
	}
	folder_remove(dir);
}

static int reserve_and_die(void *dir)
{
	struct history *h = history_open(dir, DURABILITY_RELAXED, NULL);
	EXPECT(h);
	EXPECT(append_one(h, event_said(1, "before"), NULL));
	EXPECT(history_reserve(h, 1000, NULL));
	EXPECT(append_one(h, event_said(2, "after"), NULL));
	return raise(SIGKILL);
}

TEST(history_keeps_reserved_ids_for_nobody)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(reserve_and_die, dir), -SIGKILL, "the server is killed");

	struct history *h = opened(dir);
	CHECK_EQ(history_next_id(h), 1000, "what may have been shown is not given again");
	CHECK_EQ(history_run(h), 2, "nor the number of the run");
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "before|after|");
	CHECK(append_one(h, event_made(EVENT_MESSAGE, 1000, 1, 3, "tea", "again"), &err));
	history_close(h);
	h = opened(dir);
	CHECK_EQ(history_next_id(h), 1001, "beyond what was reserved it counts what is there");
	history_close(h);
	folder_remove(dir);
}

TEST(history_refuses_a_newer_schema)
{
	char *dir = folder_new();
	history_close(opened(dir));
	meddle(dir, "PRAGMA user_version = 99");
	CHECK(!history_open(dir, DURABILITY_FULL, &err));
	CHECK_EQ(err.code, ERR_INVALID, "nothing is broken, but it is not for us");
	CHECK(strstr(err.text, "history.db has schema 99"));
	CHECK(strstr(err.text, "up to 5;"));
	CHECK(strstr(err.text, "--data"));
	folder_remove(dir);
}

/* schema.sql as it was in version 1, and a little talk. */
static const char version_1_sql[] =
	"PRAGMA journal_mode = WAL;"
	"CREATE TABLE meta (k TEXT NOT NULL PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID;"
	"INSERT INTO meta (k, v) VALUES ('run', 3), ('reserved', 40), ('probe', 0);"
	"CREATE TABLE room (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL, "
	"name TEXT NOT NULL, topic TEXT NOT NULL DEFAULT '', topic_by TEXT NOT NULL DEFAULT '', "
	"topic_ms INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, key));"
	"CREATE TABLE sender (id INTEGER PRIMARY KEY, nick TEXT NOT NULL, user TEXT NOT NULL, "
	"host TEXT NOT NULL, account TEXT NOT NULL, UNIQUE (nick, user, host, account));"
	"CREATE TABLE msg (room INTEGER NOT NULL REFERENCES room (number), seq INTEGER NOT NULL, "
	"id INTEGER NOT NULL, ms INTEGER NOT NULL, "
	"sender INTEGER NOT NULL REFERENCES sender (id), kind INTEGER NOT NULL, "
	"to_nick TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (room, seq)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX msg_id ON msg (id);"
	"PRAGMA user_version = 1;"
	"INSERT INTO room (number, kind, key, name, topic, topic_by, topic_ms) "
	"VALUES (1, 0, '#room1', '#Room1', 'green', 'tea', 7);"
	"INSERT INTO sender VALUES (1, 'tea', 'user', 'host.example', '');"
	"INSERT INTO msg VALUES (1, 1, 20, 100, 1, 1, '', 'old'), (1, 2, 21, 101, 1, 16, '', 'green'), "
	"(1, 3, 22, 102, 1, 2, '', 'older teahouses said this');";

static const char columns_sql[] =
	"SELECT m.name || ' ' || c.name || ' ' || c.type || c.\"notnull\" || c.pk || "
	"coalesce(c.dflt_value, '-') FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
	"WHERE m.type = 'table' ORDER BY m.name, c.cid";

TEST(history_upgrades_version_1)
{
	char *dir = folder_new(), *fresh = folder_new(), columns[4096];
	history_close(opened(fresh));
	snprintf(columns, sizeof(columns), "%s", found_by(fresh, columns_sql));
	meddle(dir, version_1_sql);

	struct history *h = opened(dir);
	CHECK_STR(found_by(dir, columns_sql), columns);
	CHECK_STR(found_by(dir, "PRAGMA user_version"), "5|");
	CHECK_EQ(history_run(h), 4, "all that it knew is there");
	CHECK_EQ(history_next_id(h), 40, "all that it knew is there");
	CHECK_STR(rooms_of(h), "1 #room1 #Room1 [green by tea at 7] 3 102\n");
	CHECK_EQ(sealed_seq(h), 0, "everybody may see it");
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "old|older teahouses said this|");
	struct event *back = last_of(dir, 1);
	CHECK_STR(back->tags, "");
	event_unref(back);
	CHECK(append_one(h, event_made(EVENT_MESSAGE, 40, 1, 4, "tea", "new"), &err));
	history_close(h);

	h = opened(dir);
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 2, &err), "older teahouses said this|new|");
	history_close(h);
	folder_remove(dir);
	folder_remove(fresh);
}

/* What version 2 had that version 1 had not. */
static const char version_2_sql[] = "ALTER TABLE room ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;"
				    "ALTER TABLE room ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;"
				    "ALTER TABLE msg ADD COLUMN tags TEXT NOT NULL DEFAULT '';"
				    "PRAGMA user_version = 2;"
				    "UPDATE msg SET tags = '+reply=x' WHERE seq = 1;";

TEST(history_upgrades_version_2)
{
	char *dir = folder_new(), *fresh = folder_new(), columns[4096];
	history_close(opened(fresh));
	snprintf(columns, sizeof(columns), "%s", found_by(fresh, columns_sql));
	meddle(dir, version_1_sql);
	meddle(dir, version_2_sql);

	struct history *h = opened(dir);
	CHECK_STR(found_by(dir, columns_sql), columns);
	CHECK_STR(found_by(dir, "PRAGMA user_version"), "5|");
	CHECK_EQ(history_next_id(h), 40, "all that it knew is there");
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "old|older teahouses said this|");
	CHECK_STR(found_by(dir, "SELECT tags FROM msg WHERE seq = 1"), "+reply=x|");
	CHECK_STR(found_by(dir, "SELECT name FROM account"), "");
	history_close(h);
	folder_remove(dir);
	folder_remove(fresh);
}

TEST(history_upgrades_all_or_nothing)
{
	char *dir = folder_new();
	meddle(dir, version_1_sql);
	meddle(dir, "ALTER TABLE msg ADD COLUMN tags TEXT");
	CHECK(!history_open(dir, DURABILITY_FULL, &err));
	CHECK(strstr(err.text, "cannot upgrade"));
	CHECK_STR(found_by(dir, "PRAGMA user_version"), "1|");
	CHECK_STR(found_by(dir, "SELECT name FROM pragma_table_info('room') WHERE name = 'sealed'"),
		  "");
	folder_remove(dir);
}

TEST(history_refuses_what_is_no_database)
{
	char *dir = folder_new(), path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/history.db", dir);
	FILE *f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("a list of teas\n", f);
	fclose(f);
	CHECK(!history_open(dir, DURABILITY_FULL, &err));
	CHECK(strstr(err.text, "history.db: file is not a database"));
	CHECK(!history_reader_open(dir, &err));
	CHECK(strstr(err.text, "history.db: file is not a database"));
	folder_remove(dir);
}

TEST(history_reader_needs_a_database)
{
	char *dir = folder_new();
	CHECK(!history_reader_open(dir, &err));
	CHECK_EQ(err.code, ERR_IO, "it does not make one");
	CHECK(strstr(err.text, "No such file"));
	CHECK_EQ(folder_file_bytes(dir, "history.db"), -1, "nor half of one");
	folder_remove(dir);
}

TEST(history_is_nobody_elses_to_read)
{
	static const char *const names[] = { "history.db", "history.db-wal", "history.db-shm" };
	char *dir = folder_new(), path[PATH_MAX];
	struct history *h = opened(dir);
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		CHECK_EQ(stat(path, &st), 0, path);
		CHECK_EQ(st.st_mode & 0777, 0600, path);
	}
	history_close(h);
	folder_remove(dir);
}

static int append_and_die(void *dir)
{
	struct history *h = history_open(dir, DURABILITY_FULL, NULL);
	EXPECT(h);
	EXPECT(append_one(h, event_said(1, "one"), NULL));
	EXPECT(append_one(h, event_said(2, "two"), NULL));
	return raise(SIGKILL);
}

TEST(history_survives_a_kill)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(append_and_die, dir), -SIGKILL, "the server is killed");
	struct history *h = opened(dir);
	CHECK_EQ(history_next_id(h), 3, "both are there");
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|two|");
	history_close(h);
	folder_remove(dir);
}

/* No file of this process may grow beyond so many bytes. */
static void disk_size(rlim_t bytes)
{
	struct rlimit limit;
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static int fill_the_disk(void *dir)
{
	struct history *h = history_open(dir, DURABILITY_FULL, NULL);
	struct event *batch[] = {
		event_made(EVENT_MESSAGE, 2, 1, 2, "cup", "lost?"),
		event_made(EVENT_MESSAGE, 3, 2, 1, "cup", "in a new room"),
	};
	EXPECT(h);
	EXPECT(append_one(h, event_said(1, "one"), &err));

	signal(SIGXFSZ, SIG_IGN);
	disk_size(history_wal_bytes(h));
	for (int i = 0; i < 3; i++) {
		EXPECT(!history_append(h, batch, 2, &err));
		EXPECT(err.code == ERR_IO && strstr(err.text, "the disk is full"));
		EXPECT(!history_probe(h, &err));
		EXPECT(err.code == ERR_IO && strstr(err.text, "the disk is full"));
		EXPECT(!history_reserve(h, 100, &err));
		EXPECT(strcmp(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|") == 0);
	}
	disk_size(RLIM_INFINITY);
	EXPECT(history_probe(h, &err));
	EXPECT(history_append(h, batch, 2, &err));
	EXPECT(strcmp(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|lost?|") == 0);
	EXPECT(strcmp(texts_before(dir, 2, UINT64_MAX, 9, &err), "in a new room|") == 0);
	return raise(SIGKILL);
}

TEST(history_recovers_from_a_full_disk)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(fill_the_disk, dir), -SIGKILL, "it got to its end");
	struct history *h = opened(dir);
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|lost?|");
	CHECK_EQ(history_next_id(h), 4, "nothing was reserved: that failed, too");
	struct event *back = last_of(dir, 2);
	CHECK_STR(back->from.nick, "cup");
	event_unref(back);
	history_close(h);
	folder_remove(dir);
}

/* A database that another process has locked; a byte on let_go makes it let go. */
static int hold_lock(const char *dir, int holding, int let_go)
{
	char path[PATH_MAX], byte = 0;
	sqlite3 *db;
	snprintf(path, sizeof(path), "%s/history.db", dir);
	EXPECT(sqlite3_open(path, &db) == SQLITE_OK);
	EXPECT(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	EXPECT(write(holding, "!", 1) == 1);
	EXPECT(read(let_go, &byte, 1) == 1);
	sqlite3_close(db);
	return 0;
}

TEST(history_waits_for_a_lock_and_names_it)
{
	char *dir = folder_new(), byte;
	struct history *h = opened(dir);
	int holding[2], let_go[2];
	CHECK(pipe(holding) == 0 && pipe(let_go) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(hold_lock(dir, holding[1], let_go[0]));
	CHECK(read(holding[0], &byte, 1) == 1);

	CHECK(!history_open(dir, DURABILITY_FULL, &err));
	CHECK_EQ(err.code, ERR_IO, "at the start we do not wait for long");
	CHECK(strstr(err.text, "another program holds it"));

	CHECK(write(let_go[1], "!", 1) == 1);
	CHECK(append_one(h, event_said(1, "at last"), &err));
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "at last|");
	history_close(h);
	for (int i = 0; i < 2; i++) {
		close(holding[i]);
		close(let_go[i]);
	}
	folder_remove(dir);
}

static bool stop_at_once(void *ctx, const struct history_room *room)
{
	(void)room;
	++*(int *)ctx;
	return false;
}

TEST(history_walks_end_when_asked)
{
	char *dir = folder_new();
	int rooms = 0;
	talk_in_two_rooms(dir);

	struct history *h = opened(dir);
	CHECK(history_rooms(h, stop_at_once, &rooms, &err));
	CHECK_EQ(rooms, 1, "there are two");
	history_close(h);
	folder_remove(dir);
}

TEST(history_close_takes_nothing)
{
	history_close(NULL);
	history_reader_close(NULL);
}
