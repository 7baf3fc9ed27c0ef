#include "core/event.h"

#include "tests/unit/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const enum event_kind kinds[] = {
	EVENT_MESSAGE, EVENT_ACTION, EVENT_NOTICE, EVENT_TOPIC, EVENT_JOIN,
	EVENT_PART,    EVENT_QUIT,   EVENT_NICK,   EVENT_CROWD,
};

TEST(event_copies_everything_it_is_given)
{
	char nick[] = "茶人", user[] = "tea", host[] = "tea.example", account[] = "cup";
	char key[] = "#tea", name[] = "#Tea", to[] = "pot", text[] = "hello there";
	struct event_room rooms[] = { { 7, false }, { 3000000000u, true } };
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_ACTION,
		.from = { nick, user, host, account },
		.room_number = UINT64_C(1) << 60,
		.room_key = key,
		.room_name = name,
		.to_nick = to,
		.rooms = rooms,
		.room_count = 2,
		.text = text,
		.text_len = strlen("hello"),
	});

	nick[0] = user[0] = host[0] = account[0] = key[0] = name[0] = to[0] = text[0] = 'x';
	rooms[0].slot = 9;
	CHECK_EQ(e->kind, EVENT_ACTION, "kind");
	CHECK_STR(e->from.nick, "茶人");
	CHECK_STR(e->from.user, "tea");
	CHECK_STR(e->from.host, "tea.example");
	CHECK_STR(e->from.account, "cup");
	CHECK_EQ(e->room_number, UINT64_C(1) << 60, "room_number");
	CHECK_STR(e->room_key, "#tea");
	CHECK_STR(e->room_name, "#Tea");
	CHECK_STR(e->to_nick, "pot");
	CHECK_EQ(e->room_count, 2, "room_count");
	CHECK_EQ(e->rooms[0].slot, 7, "rooms");
	CHECK_EQ(e->rooms[1].slot, 3000000000u, "rooms");
	CHECK_EQ(e->rooms[1].crowded, true, "rooms");
	CHECK_STR(e->text, "hello"); /* text_len counts, and a NUL is added */
	CHECK_EQ(e->text_len, 5, "text_len");
	CHECK_EQ(e->id + e->seq + (uint64_t)e->time_ms, 0, "the log's to give");
	CHECK_EQ(e->user_id + e->named_count + e->origin, 0, "nobody's yet");
	event_unref(e);
}

TEST(event_strings_are_never_null)
{
	struct event *e = event_new(&(struct event_draft){ .kind = EVENT_JOIN, .text_len = 5 });

	CHECK_STR(e->from.nick, "");
	CHECK_STR(e->from.user, "");
	CHECK_STR(e->from.host, "");
	CHECK_STR(e->from.account, "");
	CHECK_STR(e->room_key, "");
	CHECK_STR(e->room_name, "");
	CHECK_STR(e->to_nick, "");
	CHECK_STR(e->text, "");
	CHECK_EQ(e->text_len, 0, "no text has no length");
	CHECK_EQ(e->room_count, 0, "no rooms");
	event_unref(e);
	event_unref(NULL);
}

TEST(event_lives_until_its_last_reference)
{
	struct event *e = event_new(&(struct event_draft){ .kind = EVENT_QUIT });

	CHECK_EQ(e->refs, 1, "whoever made it");
	CHECK_EQ(event_ref(e), e, "so that it can be passed on");
	event_unref(e);
	CHECK_EQ(e->refs, 1, "one is left");
	event_unref(e); /* AddressSanitizer sees what is not freed, and what is freed twice */
}

static void *read_and_let_go(void *arg)
{
	struct event *e = arg;
	size_t length = strlen(e->text);
	event_unref(e);
	return (void *)length;
}

/* Whoever is last frees it, after all others have read: ThreadSanitizer watches. */
TEST(event_may_be_let_go_by_any_thread)
{
	for (int turn = 0; turn < 200; turn++) {
		struct event *e = event_new(
			&(struct event_draft){ .kind = EVENT_NICK, .text = "tea", .text_len = 3 });
		pthread_t threads[4];
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			CHECK_EQ(pthread_create(&threads[i], NULL, read_and_let_go, event_ref(e)),
				 0, "a thread");
		event_unref(e);
		for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
			void *length;
			pthread_join(threads[i], &length);
			CHECK_EQ((size_t)length, 3, "it was whole when it was read");
		}
	}
}

TEST(event_kinds_are_messages_changes_or_neither)
{
	static const struct {
		bool stored, message, change;
	} expected[] = {
		[EVENT_MESSAGE] = { true, true, false }, [EVENT_ACTION] = { true, true, false },
		[EVENT_NOTICE] = { true, true, false },  [EVENT_TOPIC] = { true, false, true },
		[EVENT_JOIN] = { false, false, false },  [EVENT_PART] = { false, false, false },
		[EVENT_QUIT] = { false, false, false },  [EVENT_NICK] = { false, false, false },
		[EVENT_CROWD] = { false, false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CHECK_EQ(event_is_stored(kinds[i]), expected[kinds[i]].stored, "stored");
		CHECK_EQ(event_is_message(kinds[i]), expected[kinds[i]].message, "message");
		CHECK_EQ(event_is_change(kinds[i]), expected[kinds[i]].change, "change");
	}
}

/* Databases have them. */
TEST(event_numbers_never_change)
{
	CHECK_EQ(EVENT_MESSAGE, 1, "on disk");
	CHECK_EQ(EVENT_ACTION, 2, "on disk");
	CHECK_EQ(EVENT_NOTICE, 3, "on disk");
	CHECK_EQ(EVENT_REACTION, 4, "on disk");
	CHECK_EQ(EVENT_TOPIC, 16, "on disk");
	CHECK_EQ(EVENT_KICK, 17, "on disk");
	CHECK_EQ(EVENT_MODE, 18, "on disk");
	CHECK_EQ(EVENT_SEAL, 19, "on disk");
	CHECK_EQ(EVENT_REDACT, 20, "on disk");
}

TEST(event_is_in_what_lies_between_the_bounds)
{
	static const struct {
		struct event_span span;
		bool in;
		const char *why;
	} cases[] = {
		{ { .limit = 0 }, true, "no bounds, and limits are for whoever collects" },
		{ { .before = { BOUND_ID, .id = 8 } }, true, "before the next" },
		{ { .before = { BOUND_ID, .id = 7 } }, false, "a bound is outside" },
		{ { .after = { BOUND_ID, .id = 6 } }, true, "after the one before" },
		{ { .after = { BOUND_ID, .id = 7 } }, false, "a bound is outside" },
		{ { .before = { BOUND_TIME, .time_ms = 501 } }, true, "earlier" },
		{ { .before = { BOUND_TIME, .time_ms = 500 } }, false, "at that time" },
		{ { .after = { BOUND_TIME, .time_ms = 499 } }, true, "later" },
		{ { .after = { BOUND_TIME, .time_ms = 500 } }, false, "at that time" },
		{ { .after = { BOUND_ID, .id = 6 }, .before = { BOUND_TIME, .time_ms = 500 } },
		  false,
		  "both count" },
		{ { .after_seq = 2 }, true, "just after the seal" },
		{ { .after_seq = 3 }, false, "sealed" },
	};
	struct event e = { .kind = EVENT_NOTICE, .id = 7, .seq = 3, .time_ms = 500 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(event_is_in(&e, &cases[i].span), cases[i].in, cases[i].why);
	e.kind = EVENT_TOPIC;
	CHECK_EQ(event_is_in(&e, &cases[0].span), false, "no message");
}
