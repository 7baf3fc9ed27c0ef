#include "client/terminal/keys.h"

#include "base/buf.h"
#include "base/limits.h"

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[KEY_TEXT] = "text",
	[KEY_ENTER] = "enter",
	[KEY_ALT_ENTER] = "alt-enter",
	[KEY_PASTED_NEWLINE] = "newline",
	[KEY_TAB] = "tab",
	[KEY_BACKSPACE] = "backspace",
	[KEY_DELETE] = "delete",
	[KEY_LEFT] = "left",
	[KEY_RIGHT] = "right",
	[KEY_UP] = "up",
	[KEY_DOWN] = "down",
	[KEY_HOME] = "home",
	[KEY_END] = "end",
	[KEY_ESCAPE] = "escape",
	[KEY_CTRL_A] = "^A",
	[KEY_CTRL_B] = "^B",
	[KEY_CTRL_C] = "^C",
	[KEY_CTRL_D] = "^D",
	[KEY_CTRL_E] = "^E",
	[KEY_CTRL_F] = "^F",
	[KEY_CTRL_K] = "^K",
	[KEY_CTRL_L] = "^L",
	[KEY_CTRL_N] = "^N",
	[KEY_CTRL_P] = "^P",
	[KEY_CTRL_T] = "^T",
	[KEY_CTRL_U] = "^U",
	[KEY_CTRL_W] = "^W",
	[KEY_CTRL_Y] = "^Y",
	[KEY_CTRL_Z] = "^Z",
	[KEY_ALT_B] = "alt-b",
	[KEY_ALT_D] = "alt-d",
	[KEY_ALT_F] = "alt-f",
	[KEY_ALT_Y] = "alt-y",
	[KEY_ALT_BACKSPACE] = "alt-backspace",
};

/* Writes "name " for a key and "'text' " for text; pieces of text become one. */
static void on_key(const struct key *key, void *ctx)
{
	struct buf *heard = ctx;
	if (key->code != KEY_TEXT) {
		buf_printf(heard, "%s ", names[key->code]);
		return;
	}
	if (heard->len > 2 && memcmp(heard->bytes + heard->len - 2, "' ", 2) == 0)
		heard->len -= 2;
	else
		buf_add_text(heard, "'");
	buf_add(heard, key->text, key->len);
	buf_add_text(heard, "' ");
}

/* What bytes mean when they come in pieces of the given size, and then nothing. */
static void check_heard(const char *bytes, size_t len, size_t piece, const char *expected)
{
	struct keys keys;
	struct buf heard = { 0 };
	keys_init(&keys, on_key, &heard);
	buf_add_text(&heard, "");
	for (size_t at = 0; at < len; at += piece)
		keys_feed(&keys, bytes + at, len - at < piece ? len - at : piece);
	if (keys_wait_ms(&keys) >= 0)
		keys_flush(&keys);
	CHECK_EQ(keys_wait_ms(&keys), -1, "nothing is waited for");
	CHECK_STR(heard.bytes, expected);
	buf_done(&heard);
}

TEST(bytes_become_keys_in_whatever_pieces)
{
	static const struct {
		const char *bytes, *keys;
	} cases[] = {
		{ "", "" },
		{ "tea", "'tea' " },
		{ "喝茶\r", "'喝茶' enter " },
		{ "a\nb", "'a' enter 'b' " },
		{ "\t\x7f\b", "tab backspace backspace " },
		{ "\x01\x02\x03\x04\x05\x06\x0b\x0c", "^A ^B ^C ^D ^E ^F ^K ^L " },
		{ "\x0e\x10\x14\x15\x17\x19\x1a", "^N ^P ^T ^U ^W ^Y ^Z " },
		{ "\x07\x0f\x11\x12\x13\x16\x18\x1c\x1d\x1e\x1f", "" },
		{ "\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left " },
		{ "\x1bOA\x1bOB\x1bOC\x1bOD", "up down right left " },
		{ "\x1b[H\x1b[F\x1bOH\x1bOF", "home end home end " },
		{ "\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1b[3~", "home end home end delete " },
		{ "\x1bOM", "enter " },
		/* with modifiers, as xterm sends them */
		{ "\x1b[1;5C\x1b[1;5D\x1b[1;3C\x1b[1;3D", "alt-f alt-b alt-f alt-b " },
		{ "\x1b[1;2C\x1b[3;5~\x1b[3;2~", "right alt-d delete " },
		{ "\x1b"
		  "b\x1b"
		  "f\x1b"
		  "d\x1by\x1b\x7f\x1b\b\x1b\r",
		  "alt-b alt-f alt-d alt-y alt-backspace alt-backspace alt-enter " },
		/* unknown ones leave nothing behind */
		{ "\x1b[15~x", "'x' " },
		{ "\x1b[?62;4cx", "'x' " },
		{ "\x1b[[Ax", "'x' " },
		{ "\x1b[1;2;3Ax", "'x' " },
		{ "\x1b[99999999999999999999~x", "'x' " },
		{ "\x1bqx", "'x' " },
		{ "\x1bOPx", "'x' " },
		{ "\x1b]11;rgb:0000/0000/0000\x07x", "'x' " },
		{ "\x1b]11;rgb:0000\x1b\\x", "'x' " },
		{ "\x1bP1$r0m\x1b\\x", "'x' " },
		{ "\x1b[201~x", "'x' " },
		{ "\x1b[0123456789012345678901234567890123456789Ax", "'x' " },
		/* broken off */
		{ "\x1b[1\x1b[A", "up " },
		{ "\x1b[1\x03", "^C " },
		{ "\x1b\x03", "escape ^C " },
		{ "\x1b\x1b[A", "escape up " },
		{ "\x1b", "escape " },
		{ "\x1b\x1b", "escape escape " },
		{ "\x1b[", "" },
		{ "\x1b茶", "escape '茶' " },
		/* what is not text */
		{ "a\xff\xfe"
		  "b",
		  "'ab' " },
		{ "\xe8\x8c茶", "'茶' " },
		{ "\xe8\x8c\rx", "enter 'x' " },
		{ "\xc0\x80\xed\xa0\x80\xf5\x80\x80\x80x", "'x' " },
		{ "\xc2\x9b"
		  "A",
		  "'A' " },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t piece = 1; piece < 8; piece++)
			check_heard(cases[i].bytes, strlen(cases[i].bytes), piece, cases[i].keys);
}

TEST(a_paste_sends_nothing)
{
	static const struct {
		const char *bytes, *keys;
	} cases[] = {
		{ "\x1b[200~一\r二\n三\r\n四\x1b[201~\r",
		  "'一' newline '二' newline '三' newline '四' enter " },
		{ "\x1b[200~\n\n\r\r\x1b[201~", "newline newline newline newline " },
		{ "\x1b[200~a\tb\x03\x04\x7f\x1b[201~", "'a b' " },
		{ "\x1b[200~\x1b[A\x1b[20\x1b[201~\x1b[A", "'[A[20' up " },
		{ "\x1b[200~\xe8\x8c\x1b[201~茶", "'茶' " },
		{ "\x1b[200~\x1b[200~x\x1b[201~\r", "'[200~x' enter " },
		{ "\x1b[200~x\x1b[20", "'x[20' " },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t piece = 1; piece < 8; piece++)
			check_heard(cases[i].bytes, strlen(cases[i].bytes), piece, cases[i].keys);
}

TEST(a_paste_without_an_end_is_over_after_a_while)
{
	struct keys keys;
	struct buf heard = { 0 };
	keys_init(&keys, on_key, &heard);
	keys_feed(&keys, "\x1b[200~a\n", 8);
	CHECK_EQ(keys_wait_ms(&keys), KEYS_PASTE_WAIT_MS, "a paste may come slowly");
	keys_flush(&keys);
	CHECK_EQ(keys_wait_ms(&keys), -1, "it is over");
	keys_feed(&keys, "\r", 1);
	CHECK_STR(heard.bytes, "'a' newline enter ");
	buf_done(&heard);
}

TEST(half_a_character_waits_for_the_rest)
{
	struct keys keys;
	struct buf heard = { 0 };
	keys_init(&keys, on_key, &heard);
	keys_feed(&keys, "\xe8\x8c", 2);
	CHECK_EQ(keys_wait_ms(&keys), -1, "for ever, as a slow line may");
	keys_flush(&keys);
	keys_feed(&keys, "\xb6", 1);
	CHECK_STR(heard.bytes, "'茶' ");
	buf_done(&heard);
}

static void on_long_text(const struct key *key, void *ctx)
{
	size_t *total = ctx;
	CHECK_EQ(key->code, KEY_TEXT, "nothing but text");
	CHECK(key->len > 0 && key->len <= KEYS_RUN_BYTES && key->len % 3 == 0);
	*total += key->len;
}

TEST(long_text_comes_in_whole_characters)
{
	static char text[3 * 5000];
	size_t total = 0;
	struct keys keys;
	for (size_t at = 0; at < sizeof(text); at += 3)
		memcpy(text + at, "茶", 3);
	keys_init(&keys, on_long_text, &total);
	keys_feed(&keys, text, sizeof(text));
	CHECK_EQ(total, sizeof(text), "all of it");
}
