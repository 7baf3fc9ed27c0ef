/* draft/multiline, both ways: lines become one message, and a message becomes lines. */
#include "net/group.h"
#include "protocols/irc/irc.h"
#include "protocols/irc/multiline.h"

#include "base/text.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACTION                                                                                     \
	"\x01"                                                                                     \
	"ACTION "

/* ---- in ---- */

static struct multiline m;

static enum multiline_fault add(const char *verb, const char *text, bool joined)
{
	return multiline_add(&m, "#tea", &(struct multiline_line){ verb, "#TEA", text, joined });
}

static void say(const char *text)
{
	CHECK_EQ(add("PRIVMSG", text, false), MULTILINE_FINE, text);
}

static void go_on(const char *text)
{
	CHECK_EQ(add("PRIVMSG", text, true), MULTILINE_FINE, text);
}

/* What there is, and a "|" where it was divided. */
static void check_text(const char *expected)
{
	char shown[256];
	size_t joint = 0, len = 0;
	for (size_t i = 0; i < m.text.len; i++) {
		if (joint < m.joint_count && m.joints[joint] == i) {
			shown[len++] = '|';
			joint++;
		}
		shown[len++] = m.text.bytes[i];
	}
	shown[len] = '\0';
	CHECK_EQ(joint, m.joint_count, "all joints are in the text");
	CHECK_STR(shown, expected);
	CHECK_EQ(multiline_end(&m), MULTILINE_FINE, "it may be said");
	multiline_done(&m);
}

TEST(lines_are_joined_as_they_say)
{
	say("hello");
	say("");
	say("how is ");
	go_on("everyone?");
	CHECK_EQ(multiline_kind(&m), EVENT_MESSAGE, "words");
	check_text("hello\n\nhow is |everyone?");
	go_on("nothing is before it");
	check_text("nothing is before it");
	say("");
	go_on("a blank one is");
	say("");
	go_on("and again");
	check_text("a blank one is\n|and again");
	CHECK_EQ(add("NOTICE", "tea", false), MULTILINE_FINE, "a notice");
	CHECK_EQ(multiline_kind(&m), EVENT_NOTICE, "it is one");
	check_text("tea");
}

TEST(an_action_begins_and_ends_once_or_often)
{
	say(ACTION "drinks");
	say("tea\x01");
	CHECK_EQ(multiline_kind(&m), EVENT_ACTION, "an action");
	check_text("drinks\ntea");
	say(ACTION "drinks \x01");
	go_on(ACTION "tea\x01");
	CHECK_EQ(multiline_kind(&m), EVENT_ACTION, "an action");
	check_text("drinks |tea");
	say(ACTION "drinks");
	go_on("\x01");
	check_text("drinks");
}

TEST(what_is_no_message_is_refused)
{
	static const struct {
		const char *verb, *text;
		bool joined;
		enum multiline_fault fault;
	} cases[] = {
		{ "TAGMSG", "hi", false, MULTILINE_OTHER_COMMAND },
		{ "NOTICE", "hi", false, MULTILINE_MIXED },
		{ "PRIVMSG", NULL, false, MULTILINE_NO_TEXT },
		{ "PRIVMSG", "", true, MULTILINE_BLANK_JOINED },
		{ "PRIVMSG", "\x01VERSION\x01", false, MULTILINE_CONTROL },
		{ "PRIVMSG", ACTION "waves\x01", false, MULTILINE_CONTROL },
		{ "PRIVMSG", "a\x01", true, MULTILINE_CONTROL },
	};
	say("first");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(add(cases[i].verb, cases[i].text, cases[i].joined), cases[i].fault,
			 cases[i].verb);
	const struct multiline_line elsewhere = { "PRIVMSG", "#cup", "hi", false };
	CHECK_EQ(multiline_add(&m, "#tea", &elsewhere), MULTILINE_OTHER_TARGET, "not there");
	check_text("first");
	CHECK_EQ(add("NOTICE", ACTION "waves\x01", false), MULTILINE_CONTROL, "no such notice");
	CHECK_EQ(multiline_end(&m), MULTILINE_NO_TEXT, "nothing was said");
	say("");
	say("");
	CHECK_EQ(multiline_end(&m), MULTILINE_BLANK, "nothing but blank lines");
	multiline_done(&m);
}

TEST(as_much_as_may_be_and_no_more)
{
	char text[MESSAGE_BYTES_MAX + 1];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	say(text);
	CHECK_EQ(add("PRIVMSG", "x", true), MULTILINE_BYTES, "one more");
	CHECK_EQ(add("PRIVMSG", "", false), MULTILINE_BYTES, "its newline is one more");
	multiline_done(&m);
	text[MESSAGE_BYTES_MAX - 1] = '\0';
	say(text);
	say("");
	CHECK_EQ(add("PRIVMSG", "", false), MULTILINE_BYTES, "one more");
	multiline_done(&m);
	for (size_t i = 0; i < MESSAGE_LINES_MAX; i++)
		CHECK_EQ(add("PRIVMSG", "x", i % 2), MULTILINE_FINE, "a line");
	CHECK_EQ(add("PRIVMSG", "x", true), MULTILINE_LINES, "one more");
	CHECK_EQ(add("PRIVMSG", "x", false), MULTILINE_LINES, "one more");
	multiline_done(&m);
}

/* ---- out ---- */

/* Said by somebody whose names are as long as may be. */
static struct event *event_of(enum event_kind kind, const char *text, size_t len,
			      const uint16_t *joints, size_t joint_count)
{
	char nick[NICK_BYTES_MAX + 1] = "", host[HOST_BYTES_MAX + 1] = "",
				   room[ROOM_BYTES_MAX + 1] = "";
	memset(nick, 'n', NICK_BYTES_MAX);
	memset(host, 'h', HOST_BYTES_MAX);
	memset(room, '#', ROOM_BYTES_MAX);
	struct event *e = event_new(&(struct event_draft){
		.kind = kind,
		.from = { nick, "someone-with-20-bytes", host, nick },
		.from_bot = true,
		.room_name = room,
		.text = text,
		.text_len = len,
		.joints = joints,
		.joint_count = joint_count,
		.tags = "+x=y",
	});
	e->id = e->seq = UINT64_MAX;
	return e;
}

static struct buf out;

static const char *rendered(const struct event *e, unsigned variant, const char *tags)
{
	out.len = 0;
	buf_add_text(&out, "");
	irc_render_tagged(e, variant, tags, &out);
	return out.bytes;
}

/* What a client makes of a batch: https://ircv3.net/specs/extensions/multiline */
static void read_back(const char *lines, struct buf *text)
{
	const char *stop = lines + strlen(lines);
	size_t count = 0;
	text->len = 0;
	buf_add_text(text, "");
	for (const char *at = lines, *end; at < stop; at = end + 2, count++) {
		end = memmem(at, (size_t)(stop - at), "\r\n", 2);
		const char *line = at;
		if (at[0] == '@')
			line = (const char *)memchr(at, ' ', (size_t)(end - at)) + 1;
		const char *words = memmem(line, (size_t)(end - line), " :", 2);
		CHECK(end + 2 - line <= IRC_LINE_BYTES);
		if (!words)
			continue; /* where it begins and ends */
		words += 2;
		CHECK(utf8_valid(words, (size_t)(end - words)));
		if (count > 1 && !memmem(at, (size_t)(line - at), "draft/multiline-concat", 22))
			buf_add_text(text, "\n");
		buf_add(text, words, (size_t)(end - words));
	}
}

static void check_comes_back(const struct event *e, const char *before, const char *after)
{
	struct buf text = { 0 }, expected = { 0 };
	buf_add_text(&expected, before);
	buf_add(&expected, e->text, e->text_len);
	buf_add_text(&expected, after);
	const char *lines = rendered(e, IRC_TAGS | IRC_TIME | IRC_MULTILINE, "batch=7");
	CHECK_EQ(strncmp(lines, "@batch=7;time=", 14), 0, "it is in the other batch");
	CHECK(strstr(lines, " BATCH +mffffffffffffffff draft/multiline #"));
	CHECK(strstr(lines, "\r\n@batch=7 BATCH -mffffffffffffffff\r\n"));
	CHECK_EQ(irc_message_is_batch(e, IRC_MULTILINE), true, "a batch");
	CHECK_EQ(irc_message_is_batch(e, IRC_TAGS), false, "only for who knows them");
	read_back(lines, &text);
	CHECK_STR(text.bytes, expected.bytes);
	buf_done(&text);
	buf_done(&expected);
}

TEST(a_batch_loses_nothing)
{
	static const char *const words[] = {
		"x",
		"four words of tea ",
		"两岸猿声啼不住",
		"a  b   ",
		"👩‍👩‍👧‍👦",
		"e\xcc\x81",
		"\n",
		"one line\n\nand others\n",
		"                                                                              ",
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		char text[MESSAGE_BYTES_MAX + 1] = "";
		size_t len = 0, size = strlen(words[i]);
		for (; len + size < MESSAGE_BYTES_MAX; len += size)
			memcpy(text + len, words[i], size);
		/* In all lengths of the last piece. */
		for (size_t tail = 0; tail < 300; tail += 7) {
			size_t shorter = utf8_cut(text, len, len - tail);
			struct event *e = event_of(EVENT_MESSAGE, text, shorter, NULL, 0);
			check_comes_back(e, "", "");
			event_unref(e);
		}
		struct event *e = event_of(EVENT_ACTION, text, len, NULL, 0);
		check_comes_back(e, ACTION, "\x01");
		event_unref(e);
	}
	buf_done(&out);
}

/* A line of a batch, up to its words. */
#define LINE "@batch=mffffffffffffffff"
#define JOINED LINE ";draft/multiline-concat"

TEST(a_batch_is_divided_as_it_was_sent)
{
	static const uint16_t joints[] = { 4, 9 };
	static const struct {
		const char *head, *words;
	} expected[] = { { LINE " ", "one " },
			 { JOINED " ", "two" },
			 { LINE " ", "" },
			 { LINE " ", "" },
			 { JOINED " ", "x" } };
	struct event *e = event_of(EVENT_NOTICE, "one two\n\nx", 10, joints, ARRAY_LEN(joints));
	const char *at = strstr(rendered(e, IRC_MULTILINE, ""), "\r\n") + 2;
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		char line[IRC_LINE_BYTES];
		CHECK_EQ(strncmp(at, expected[i].head, strlen(expected[i].head)), 0, at);
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r"), at);
		CHECK_STR(strstr(line, " :n") ? strstr(line, "# :") + 3 : "", expected[i].words);
		at = strstr(at, "\r\n") + 2;
	}
	CHECK_STR(at, "BATCH -mffffffffffffffff\r\n");
	event_unref(e);
	buf_done(&out);
}

/* However it is said, it fits what one rendering may be. */
TEST(the_longest_message_can_be_delivered)
{
	char text[MESSAGE_BYTES_MAX], tags[TAGS_BYTES_MAX + 1] = "+x=";
	uint16_t joints[MESSAGE_LINES_MAX];
	size_t count = 0, most = 0;
	memset(text, ' ', sizeof(text));
	for (size_t i = 160; i < sizeof(text); i += 159)
		text[i] = 'x'; /* so that lines are cut where they are short */
	for (size_t i = 0; i < MESSAGE_LINES_MAX; i++)
		joints[count++] = (uint16_t)(1 + i);
	for (size_t tags_len = 500; tags_len <= TAGS_BYTES_MAX;
	     tags_len += tags_len < 520 ? 1 : 99) {
		memset(tags + 3, 'y', tags_len - 3);
		struct event *e = event_of(EVENT_ACTION, text, sizeof(text), joints, count);
		e->tags = tags;
		for (unsigned variant = 0; variant <= 3; variant++) {
			rendered(e,
				 IRC_TIME | IRC_TAGS | IRC_ACCOUNT |
					 (variant & 1 ? IRC_MULTILINE : 0u) |
					 (variant & 2 ? (unsigned)VARIANT_PAST : 0u),
				 "batch=1234567");
			most = out.len > most ? out.len : most;
		}
		event_unref(e);
	}
	CHECK(most > 20000);
	CHECK(most <= (GROUP_PIECES_MAX - 1) * ARENA_BYTES);
	buf_done(&out);
}
