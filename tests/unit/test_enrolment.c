/* Accounts and invitations on disk: what they are now, and nothing of what they were. */
#include "base/buf.h"
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct err err;

static struct history *opened(const char *dir)
{
	struct history *h = history_open(dir, DURABILITY_FULL, &err);
	CHECK(h);
	return h;
}

static struct event *made(enum event_kind kind, uint64_t id, const char *name, const char *text,
			  const char *tags)
{
	struct event *e = event_new(&(struct event_draft){ .kind = kind,
							   .room_number = 77,
							   .room_key = "$accounts",
							   .room_name = "$accounts",
							   .to_nick = name,
							   .text = text,
							   .text_len = strlen(text),
							   .tags = tags });
	e->id = id;
	e->seq = id;
	return e;
}

static void put(struct history *h, uint64_t id, const char *name, const char *record)
{
	CHECK(append_one(h, made(EVENT_ACCOUNT, id, name, record, ""), &err));
}

static bool add_account(void *ctx, const struct history_account *a)
{
	buf_printf(ctx, "%" PRIu64 " %s: %.*s\n", a->number, a->name, (int)a->record_len,
		   a->record);
	return true;
}

static bool add_voucher(void *ctx, const char *hash, int64_t expires_ms)
{
	buf_printf(ctx, "%s until %" PRId64 "\n", hash, expires_ms);
	return true;
}

/* Until the next call. */
static const char *all(struct history *h)
{
	static char text[4096];
	struct buf found = { 0 };
	CHECK(history_accounts(h, add_account, &found, &err));
	CHECK(history_vouchers(h, add_voucher, &found, &err));
	snprintf(text, sizeof(text), "%s", found.bytes ? found.bytes : "");
	buf_done(&found);
	return text;
}

static bool file_has(const char *dir, const char *name, const char *text)
{
	char path[4200];
	struct buf bytes = { 0 };
	char part[4096];
	size_t n;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&bytes, part, n);
	if (f)
		fclose(f);
	bool has = bytes.len > 0 && memmem(bytes.bytes, bytes.len, text, strlen(text));
	buf_done(&bytes);
	return has;
}

TEST(accounts_are_what_the_last_event_said)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	put(h, 5, "tea", "name tea\nhash one\n");
	put(h, 6, "Cup", "name Cup\nhash one\n");
	put(h, 7, "tea", "name tea\nhash two\n");
	const char *wanted = "5 tea: name tea\nhash two\n\n6 Cup: name Cup\nhash one\n\n";
	CHECK_STR(all(h), wanted);
	history_close(h);
	h = opened(dir);
	CHECK_STR(all(h), wanted);
	put(h, 8, "tea", "");
	CHECK_STR(all(h), "6 Cup: name Cup\nhash one\n\n");
	history_close(h);
	folder_remove(dir);
}

TEST(accounts_are_no_rooms_and_no_messages)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	struct event *batch[] = { event_said(1, "one"),
				  made(EVENT_ACCOUNT, 2, "tea", "name tea\n", ""),
				  event_made(EVENT_MESSAGE, 3, 1, 2, "tea", "two") };
	CHECK(history_append(h, batch, ARRAY_LEN(batch), &err));
	for (size_t i = 0; i < ARRAY_LEN(batch); i++)
		event_unref(batch[i]);
	CHECK_STR(texts_before(dir, 1, UINT64_MAX, 9, &err), "one|two|");
	CHECK_STR(texts_before(dir, 77, UINT64_MAX, 9, &err), "");
	CHECK_EQ(history_next_room(h), 1, "as it was found");
	history_close(h);
	h = opened(dir);
	CHECK_EQ(history_next_room(h), 2, "there is one room");
	history_close(h);
	folder_remove(dir);
}

TEST(accounts_never_have_the_number_of_an_earlier_one)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	put(h, 9, "tea", "name tea\n");
	put(h, 10, "tea", "");
	history_close(h);
	h = opened(dir);
	CHECK_EQ(history_next_id(h), 10, "9 was an account's");
	CHECK_STR(all(h), "");
	history_close(h);
	folder_remove(dir);
}

TEST(accounts_leave_no_old_hashes_behind)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	put(h, 5, "tea", "name tea\nhash very-old-hash\n");
	put(h, 6, "cup", "name cup\nhash dropped-hash\n");
	history_close(h);
	CHECK(file_has(dir, "history.db", "very-old-hash"));
	h = opened(dir);
	put(h, 7, "tea", "name tea\nhash new\n");
	put(h, 8, "cup", "");
	history_close(h); /* which moves the log into the database, and empties it */
	CHECK(!file_has(dir, "history.db", "very-old-hash"));
	CHECK(!file_has(dir, "history.db", "dropped-hash"));
	CHECK_EQ(folder_file_bytes(dir, "history.db-wal") > 0, false, "nor in the log");
	folder_remove(dir);
}

TEST(vouchers_are_used_by_the_account_they_are_for)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	CHECK(append_one(h, made(EVENT_VOUCHER, 1, "aa", "4000000000000", ""), &err));
	CHECK(append_one(h, made(EVENT_VOUCHER, 2, "bb", "4000000000001", ""), &err));
	CHECK_STR(all(h), "aa until 4000000000000\nbb until 4000000000001\n");
	CHECK(append_one(h, made(EVENT_ACCOUNT, 3, "tea", "name tea\n", "aa"), &err));
	CHECK_STR(all(h), "3 tea: name tea\n\nbb until 4000000000001\n");
	history_close(h);
	folder_remove(dir);
}

TEST(vouchers_that_are_too_old_are_gone_at_the_next_start)
{
	char *dir = folder_new(), text[32];
	struct history *h = opened(dir);
	snprintf(text, sizeof(text), "%lld", (long long)(time(NULL) - 2) * 1000);
	CHECK(append_one(h, made(EVENT_VOUCHER, 1, "old", text, ""), &err));
	snprintf(text, sizeof(text), "%lld", (long long)(time(NULL) + 3600) * 1000);
	CHECK(append_one(h, made(EVENT_VOUCHER, 2, "new", text, ""), &err));
	history_close(h);
	h = opened(dir);
	CHECK_EQ(strncmp(all(h), "new until ", 10), 0, "only this");
	history_close(h);
	folder_remove(dir);
}

static int register_and_die(void *dir)
{
	struct history *h = history_open(dir, DURABILITY_FULL, NULL);
	EXPECT(h);
	EXPECT(append_one(h, made(EVENT_VOUCHER, 1, "aa", "4000000000000", ""), NULL));
	EXPECT(append_one(h, made(EVENT_ACCOUNT, 2, "tea", "name tea\n", "aa"), NULL));
	return raise(SIGKILL);
}

TEST(accounts_outlive_a_crash)
{
	char *dir = folder_new();
	CHECK_EQ(in_child(register_and_die, dir), -SIGKILL, "the server is killed");
	struct history *h = opened(dir);
	CHECK_STR(all(h), "2 tea: name tea\n\n");
	history_close(h);
	folder_remove(dir);
}

/* ---- read markers ---- */

static void mark(struct history *h, uint64_t id, const char *account, const char *target,
		 const char *ms)
{
	struct event *e = event_new(&(struct event_draft){ .kind = EVENT_MARK,
							   .room_number = 78,
							   .room_key = "$marks",
							   .from = { "n", "u", "h", account },
							   .to_nick = target,
							   .to_key = target,
							   .text = ms,
							   .text_len = strlen(ms) });
	e->id = e->seq = id;
	CHECK(append_one(h, e, &err));
}

static bool add_mark(void *ctx, const char *account, const char *target, int64_t time_ms)
{
	buf_printf(ctx, "%s %s %" PRId64 "\n", account, target, time_ms);
	return true;
}

/* Until the next call. */
static const char *marks(struct history *h)
{
	static char text[4096];
	struct buf found = { 0 };
	buf_add_text(&found, "");
	CHECK(history_marks(h, add_mark, &found, &err));
	snprintf(text, sizeof(text), "%s", found.bytes);
	buf_done(&found);
	return text;
}

TEST(a_mark_rises_and_goes_with_its_account)
{
	char *dir = folder_new();
	struct history *h = opened(dir);
	put(h, 1, "an", "name an");
	mark(h, 2, "an", "#a", "100");
	mark(h, 3, "an", "bo", "1");
	mark(h, 4, "an", "#a", "101");
	mark(h, 5, "an", "#a", "99");
	mark(h, 6, "bo", "#a", "7");
	history_close(h);
	h = opened(dir);
	CHECK_STR(marks(h), "an #a 101\nan bo 1\nbo #a 7\n");
	put(h, 7, "an", "");
	CHECK_STR(marks(h), "bo #a 7\n");
	history_close(h);
	folder_remove(dir);
}
