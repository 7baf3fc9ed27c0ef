#include "client/terminal/editor.h"

#include "client/terminal/keys.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

struct typist {
	struct editor *editor;
	enum editor_result last;
};

static void on_key(const struct key *key, void *ctx)
{
	struct typist *t = ctx;
	char sent[MESSAGE_BYTES_MAX + 1];
	t->last = editor_key(t->editor, key);
	if (t->last == EDITOR_SEND)
		editor_take(t->editor, sent);
}

/* Types bytes as a terminal sends them; the last key's result. */
static enum editor_result type(struct editor *e, const char *bytes)
{
	struct typist t = { e, EDITOR_UNCHANGED };
	struct keys keys;
	keys_init(&keys, on_key, &t);
	keys_feed(&keys, bytes, strlen(bytes));
	return t.last;
}

/* The text with "|" where the cursor is. */
static const char *shown(const struct editor *e)
{
	static char text[MESSAGE_BYTES_MAX + 2];
	size_t cursor = editor_cursor(e);
	snprintf(text, sizeof(text), "%.*s|%s", (int)cursor, editor_text(e),
		 editor_text(e) + cursor);
	return text;
}

#define UP "\x1b[A"
#define DOWN "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT "\x1b[D"
#define HOME "\x1b[H"
#define END "\x1b[F"
#define DELETE "\x1b[3~"
#define ALT "\x1b"

struct typed {
	const char *keys, *shown;
};

static void check_all(const struct typed *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct editor *e = editor_new();
		type(e, cases[i].keys);
		CHECK_STR(shown(e), cases[i].shown);
		editor_free(e);
	}
}

TEST(the_cursor_moves_by_what_people_count)
{
	static const struct typed cases[] = {
		{ "", "|" },
		{ "tea", "tea|" },
		{ "tea" LEFT, "te|a" },
		{ "tea" HOME, "|tea" },
		{ "tea" HOME LEFT, "|tea" },
		{ "tea\x01\x05", "tea|" },
		{ "tea" RIGHT, "tea|" },
		{ "喝茶" LEFT, "喝|茶" },
		{ "喝茶\x02\x02\x06", "喝|茶" },
		{ "ae\u0301x" LEFT LEFT, "a|e\u0301x" },
		{ "👨‍👩‍👧‍👦x" LEFT LEFT, "|👨‍👩‍👧‍👦x" },
		{ "👨‍👩‍👧‍👦x" HOME RIGHT, "👨‍👩‍👧‍👦|x" },
		{ "🇨🇳🇩🇪" LEFT, "🇨🇳|🇩🇪" },
		{ "1\uFE0F\u20E3" LEFT, "|1\uFE0F\u20E3" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(words_are_runs_of_letters)
{
	static const struct typed cases[] = {
		{ "one two" ALT "b", "one |two" },
		{ "one two" ALT "b" ALT "b", "|one two" },
		{ "one two" ALT "b" ALT "b" ALT "b", "|one two" },
		{ "one, two " ALT "b", "one, |two " },
		{ "one two" HOME ALT "f", "one| two" },
		{ "one two" HOME ALT "f" ALT "f", "one two|" },
		{ "喝茶，好吗" ALT "b", "喝茶，|好吗" },
		{ "喝茶，好吗" HOME ALT "f", "喝茶|，好吗" },
		{ "cafe\u0301 au" HOME ALT "f", "cafe\u0301| au" },
		{ "snake_case 1" HOME ALT "f", "snake_case| 1" },
		{ "one two" HOME "\x1b[1;5C", "one| two" },
		{ "one two\x1b[1;5D", "one |two" },
		{ "one two" ALT "b" LEFT ALT "d", "one|" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(deleting_takes_a_whole_cluster)
{
	static const struct typed cases[] = {
		{ "喝茶\x7f", "喝|" },         { "\x7f", "|" },
		{ "e\u0301\x7f", "|" },        { "x👨‍👩‍👧‍👦\x7f", "x|" },
		{ "🇨🇳🇩🇪\x7f", "🇨🇳|" },         { "喝茶" HOME DELETE, "|茶" },
		{ "喝茶" HOME "\x04", "|茶" }, { "喝茶" DELETE, "喝茶|" },
		{ "喝茶\x04", "喝茶|" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(what_becomes_one_takes_the_cursor_along)
{
	static const struct typed cases[] = {
		/* the accent joins the letter before it */
		{ "e\u0301" HOME "a", "a|e\u0301" },
		{ "ex" LEFT "\u0301", "e\u0301|x" },
		/* half a flag before the other half */
		{ "🇳" HOME "🇨", "🇨🇳|" },
		/* the letter between two halves goes */
		{ "🇨x🇳" LEFT "\x7f", "🇨🇳|" },
		/* a whole sequence read at once stays before what it cannot join */
		{ "😀" HOME "👩‍💻", "👩‍💻|😀" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(killing_and_yanking)
{
	static const struct typed cases[] = {
		{ "one two\x17", "one |" },
		{ "one two\x17\x17", "|" },
		{ "one two\x17\x17\x19", "one two|" },
		{ "one two\x15\x19\x19", "one twoone two|" },
		{ "one two" HOME "\x0b\x19", "one two|" },
		{ "one two three" ALT "b\x0b\x15\x19", "one two three|" },
		{ "one two three" ALT "b\x15\x0b\x19", "one two three|" },
		{ "one, two" ALT "\x7f", "one, |" },
		{ "one, two" ALT "\x7f" ALT "\x7f\x19", "one, two|" },
		{ "one two" HOME ALT "d" ALT "d\x19", "one two|" },
		/* a move between makes two of them */
		{ "one two" HOME ALT "d" RIGHT ALT "d\x19", " two|" },
		{ "a b\x17x\x17\x19", "a x|" },
		{ "a b\x17\x7fx\x17\x19" ALT "y", "b|" },
		{ "a b\x17\x7fx\x17\x19" ALT "y" ALT "y", "ax|" },
		{ "\x19", "|" },
		{ ALT "y", "|" },
		{ "a\x17\x19" LEFT ALT "y", "|a" },
		/* nothing to kill loses nothing */
		{ "one\x15\x0b\x19", "one|" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(transposing)
{
	static const struct typed cases[] = {
		{ "\x14", "|" },
		{ "a\x14", "a|" },
		{ "喝茶\x14", "茶喝|" },
		{ "abc" LEFT "\x14", "acb|" },
		{ "abc" LEFT LEFT "\x14", "ba|c" },
		{ "abc" HOME "\x14", "|abc" },
		{ "🇨🇳e\u0301\x14", "e\u0301🇨🇳|" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(lines_sent_come_back)
{
	static const struct typed cases[] = {
		{ UP, "|" },
		{ DOWN, "|" },
		{ "一\r" UP, "一|" },
		{ "一\r二\r" UP UP, "一|" },
		{ "一\r二\r" UP UP UP, "一|" },
		{ "一\r二\r" UP UP DOWN, "二|" },
		{ "一\r二\r未发" UP UP DOWN DOWN, "未发|" },
		{ "一\r二\r未发" UP UP DOWN DOWN DOWN, "未发|" },
		{ "一\r一\r二\r" UP UP, "一|" },
		{ "零\r一\r一\r" UP UP, "零|" },
		{ "一\r" UP "x\r" UP UP, "一|" },
		{ "一\r\x10", "一|" },
		{ "一\rx\x10\x0e", "x|" },
	};
	check_all(cases, ARRAY_LEN(cases));
}

TEST(no_more_lines_are_kept_than_promised)
{
	struct editor *e = editor_new();
	for (unsigned i = 0; i < EDITOR_HISTORY_MAX + 3; i++) {
		char line[16];
		snprintf(line, sizeof(line), "%u\r", i);
		type(e, line);
	}
	for (unsigned i = 0; i < EDITOR_HISTORY_MAX + 3; i++)
		type(e, UP);
	CHECK_STR(shown(e), "3|");
	editor_free(e);
}

TEST(every_other_key_says_what_is_wanted)
{
	static const struct {
		const char *keys;
		enum editor_result result;
		const char *why;
	} cases[] = {
		{ "\x04", EDITOR_EOF, "Ctrl-D in an empty line" },
		{ "a\x04", EDITOR_UNCHANGED, "there is nothing behind the cursor" },
		{ "\x03", EDITOR_INTERRUPT, "Ctrl-C" },
		{ "a\x1a", EDITOR_SUSPEND, "Ctrl-Z" },
		{ "a\x0c", EDITOR_REDRAW, "Ctrl-L" },
		{ "a\t", EDITOR_COMPLETE, "Tab" },
		{ "a\r", EDITOR_SEND, "Enter" },
		{ "\r", EDITOR_UNCHANGED, "nothing to send" },
		{ ALT "\r\r", EDITOR_CHANGED, "nothing but ends of lines" },
		{ "a", EDITOR_CHANGED, "a letter" },
		{ "a" HOME, EDITOR_CHANGED, "a move" },
		{ "a" END, EDITOR_UNCHANGED, "no move" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct editor *e = editor_new();
		CHECK_EQ(type(e, cases[i].keys), cases[i].result, cases[i].why);
		editor_free(e);
	}
}

TEST(a_paste_of_lines_is_one_text)
{
	struct editor *e = editor_new();
	char text[MESSAGE_BYTES_MAX + 1];
	type(e, "\x1b[200~一\r二\r\x1b[201~");
	CHECK_STR(shown(e), "一\n二\n|");
	CHECK_EQ(editor_take(e, text), 7, "the newline at its end is not said");
	CHECK_STR(text, "一\n二");
	CHECK_STR(shown(e), "|");
	type(e, UP);
	CHECK_STR(shown(e), "一\n二|");
	editor_free(e);
}

TEST(a_line_is_no_longer_than_a_message)
{
	struct editor *e = editor_new();
	for (unsigned i = 0; i < MESSAGE_BYTES_MAX / 3; i++)
		CHECK_EQ(type(e, "茶"), EDITOR_CHANGED, "it fits");
	CHECK_EQ(type(e, "茶"), EDITOR_FULL, "one byte is left, and no character in three");
	CHECK_EQ(editor_len(e), MESSAGE_BYTES_MAX - 1, "nothing of it went in");
	CHECK_EQ(type(e, "ab"), EDITOR_FULL, "a fits, b does not");
	CHECK_EQ(editor_len(e), MESSAGE_BYTES_MAX, "full");
	CHECK(!editor_replace(e, 0, 0, "x", 1));
	type(e, "\x15\x19\x19" ALT "y");
	CHECK_EQ(editor_len(e), MESSAGE_BYTES_MAX, "what was killed came back, once");
	editor_free(e);
}

TEST(a_name_is_completed_in_its_place)
{
	struct editor *e = editor_new();
	type(e, "hi 老 !" LEFT LEFT);
	CHECK(editor_replace(e, 3, editor_cursor(e), "老李", strlen("老李")));
	CHECK_STR(shown(e), "hi 老李| !");
	CHECK(editor_replace(e, 0, editor_len(e), "", 0));
	CHECK_STR(shown(e), "|");
	editor_free(e);
}
