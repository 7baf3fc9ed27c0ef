/* What is redacted while others ask for it, or cannot be. */
#include "core/redact.h"

#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define CAPS                                                                                       \
	"batch message-tags echo-message draft/chathistory draft/message-redaction "               \
	"standard-replies"

/* Two in a room; the first has said something, whose id is the last that was given. */
static void two_talk(struct memory *m, int *a, int *b, const char *words)
{
	char line[64];
	memory_open(m, 10);
	*a = memory_enter_irc(m, "a", CAPS);
	*b = memory_enter_irc(m, "b", CAPS);
	memory_type(m, *a, "JOIN #r");
	memory_type(m, *b, "JOIN #r");
	snprintf(line, sizeof(line), "PRIVMSG #r :%s", words);
	memory_type(m, *a, line);
	memory_commit(m, 1);
	memory_pass_over(m);
}

TEST(a_redaction_is_told_when_it_is_on_disk)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "secret");
	memory_type(&m, a, "REDACT #r 1 :oops");
	memory_type(&m, a, "PING x");
	CHECK_STR(memory_seen(&m, a), "");
	memory_answer_read(&m, READ_DONE);
	CHECK_EQ(m.flight_count, 1, "it is proposed");
	CHECK_STR(memory_seen(&m, b), "");
	CHECK_STR(memory_seen(&m, a), "");
	memory_commit(&m, 1);
	CHECK_STR(memory_seen(&m, b), "@msgid=2 :a!someone@somewhere REDACT #r 1 :oops\r\n");
	CHECK(strstr(memory_seen(&m, a), "REDACT #r 1 :oops\r\n:tea.example PONG") != NULL);
	CHECK_EQ(memory_room(&m, "#r")->replay_count, 0, "whoever comes is not shown it");
	memory_close(&m);
}

TEST(an_answer_on_its_way_loses_what_is_redacted_meanwhile)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "secret");
	memory_type(&m, b, "CHATHISTORY LATEST #r * 10");
	memory_type(&m, a, "PRIVMSG #r :more");
	memory_commit(&m, 1);
	memory_type(&m, a, "REDACT #r 1");
	/* The second read is answered first. */
	struct memory_read first = m.reads[0];
	m.reads[0] = m.reads[1];
	m.reads[1] = first;
	memory_answer_read(&m, READ_DONE);
	memory_commit(&m, 1);
	memory_pass_over(&m);
	memory_answer_read(&m, READ_DONE);
	const char *seen = memory_seen(&m, b);
	CHECK(strstr(seen, "BATCH +") != NULL);
	CHECK(strstr(seen, "secret") == NULL);
	memory_close(&m);
}

TEST(an_answer_that_missed_too_many_redactions_is_none)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "words");
	memory_type(&m, b, "CHATHISTORY LATEST #r * 10");
	m.chat->redactions.count += REDACTIONS_KEPT;
	memory_pass_over(&m);
	memory_answer_read(&m, READ_DONE);
	CHECK(strstr(memory_seen(&m, b), "words\r\n") != NULL);
	memory_type(&m, b, "CHATHISTORY LATEST #r * 10");
	m.chat->redactions.count += REDACTIONS_KEPT + 1;
	memory_answer_read(&m, READ_DONE);
	CHECK_STR(memory_seen(&m, b), ":tea.example FAIL CHATHISTORY MESSAGE_ERROR LATEST #r "
				      ":Messages could not be retrieved\r\n");
	memory_close(&m);
}

TEST(a_room_wakes_up_without_what_is_redacted_meanwhile)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "secret");
	memory_type(&m, a, "PRIVMSG #r :more");
	memory_commit(&m, 1);
	memory_type(&m, a, "PART #r");
	memory_type(&m, b, "PART #r");
	memory_pass_over(&m);
	memory_type(&m, b, "JOIN #r"); /* reads */
	const struct event about = { .kind = EVENT_REDACT, .about_id = 1 };
	redactions_note(m.chat, memory_room(&m, "#r"), &about);
	memory_answer_read(&m, READ_DONE);
	CHECK_EQ(memory_room(&m, "#r")->replay_count, 1, "the other message");
	CHECK_EQ(room_replay(m.chat, memory_room(&m, "#r"), 0)->id, 2, "the other message");
	memory_close(&m);
}

TEST(a_ring_that_is_full_loses_any_of_its_messages)
{
	struct memory m;
	int a, b;
	char line[64];
	two_talk(&m, &a, &b, "1");
	for (int i = 2; i <= 13; i++) {
		snprintf(line, sizeof(line), "PRIVMSG #r :%d", i);
		memory_type(&m, a, line);
		memory_commit(&m, 1);
	}
	struct room *r = memory_room(&m, "#r");
	static const uint64_t ids[] = { 4, 13, 8, 3, 14 };
	static const size_t left[] = { 9, 8, 7, 7, 7 };
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const struct event about = { .kind = EVENT_REDACT, .about_id = ids[i] };
		redactions_note(m.chat, r, &about);
		CHECK_EQ(r->replay_count, left[i], "how many are left");
	}
	static const uint64_t rest[] = { 5, 6, 7, 9, 10, 11, 12 };
	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		CHECK_EQ(room_replay(m.chat, r, i)->id, rest[i], "in their order");
	memory_close(&m);
}

TEST(a_redaction_that_cannot_be_stored_is_refused)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "secret");
	memory_type(&m, a, "REDACT #r 1");
	memory_answer_read(&m, READ_DONE);
	memory_fail(&m);
	CHECK(strstr(memory_seen(&m, a), "FAIL REDACT CANNOT_STORE #r :") != NULL);
	CHECK_EQ(memory_room(&m, "#r")->replay_count, 1, "it is still there");
	m.refuse = REFUSED_DEGRADED;
	memory_type(&m, a, "REDACT #r 1");
	memory_answer_read(&m, READ_DONE);
	CHECK(strstr(memory_seen(&m, a), "FAIL REDACT CANNOT_STORE #r :") != NULL);
	memory_type(&m, a, "REDACT #r 1");
	memory_answer_read(&m, READ_FAILED);
	CHECK(strstr(memory_seen(&m, a), "FAIL REDACT CANNOT_STORE #r :") != NULL);
	CHECK_STR(memory_seen(&m, b), "");
	memory_close(&m);
}

TEST(who_leaves_while_it_is_found_redacts_nothing)
{
	struct memory m;
	int a, b;
	two_talk(&m, &a, &b, "secret");
	memory_type(&m, a, "REDACT #r 1");
	memory_cut(&m, a);
	if (m.read_count > 0)
		memory_answer_read(&m, READ_DONE);
	CHECK_EQ(m.flight_count, 0, "nothing is proposed");
	memory_close(&m);
}
