/* keys.h: what a terminal sends becomes keys.
 *
 * Bytes go in as they were read, in whatever pieces; keys come out through a callback. No terminal
 * is touched, no clock read, no memory taken: a struct keys is all there is. What xterm, the Linux
 * console, tmux and their likes send is understood (ECMA-48's CSI, SS3, bracketed paste); other
 * sequences are swallowed whole. Bytes that are not UTF-8 and controls without a key are dropped.
 *
 * One thing takes time to tell: ESC is a key and also begins every sequence. So after feeding,
 * whoever feeds waits keys_wait_ms() at most for more, and calls keys_flush() if nothing came. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_KEYS_H
#define TEAHOUSE_CLIENT_TERMINAL_KEYS_H

#include "base/base.h"

#include <stdbool.h>

enum key_code {
	KEY_TEXT, /* characters, typed or pasted; see struct key */
	KEY_ENTER,
	KEY_ALT_ENTER,
	KEY_PASTED_NEWLINE, /* an end of line within a paste, which sends nothing */
	KEY_TAB,
	KEY_BACKSPACE, /* Ctrl-H too */
	KEY_DELETE,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_ESCAPE, /* by itself */
	KEY_CTRL_A,
	KEY_CTRL_B,
	KEY_CTRL_C,
	KEY_CTRL_D,
	KEY_CTRL_E,
	KEY_CTRL_F,
	KEY_CTRL_K,
	KEY_CTRL_L,
	KEY_CTRL_N,
	KEY_CTRL_P,
	KEY_CTRL_T,
	KEY_CTRL_U,
	KEY_CTRL_W,
	KEY_CTRL_Y,
	KEY_CTRL_Z,
	KEY_ALT_B, /* Ctrl-Left and Alt-Left too */
	KEY_ALT_D, /* Ctrl-Delete and Alt-Delete too */
	KEY_ALT_F, /* Ctrl-Right and Alt-Right too */
	KEY_ALT_Y,
	KEY_ALT_BACKSPACE,
};

struct key {
	enum key_code code;
	/* KEY_TEXT alone: whole characters in UTF-8, without controls, not ended by a NUL, until
	 * the callback returns. What is read at once comes at once, up to KEYS_RUN_BYTES; a cluster
	 * (width.h) that was read in pieces comes in pieces. */
	const char *text;
	size_t len; /* in bytes */
};

#define KEYS_RUN_BYTES 1024
#define KEYS_SEQUENCE_BYTES 32

enum keys_state {
	KEYS_GROUND,
	KEYS_ESC,
	KEYS_CSI,
	KEYS_SS3,
	KEYS_CONSOLE, /* after the Linux console's "ESC [ [", one byte before its F keys end */
	KEYS_STRING,  /* an answer nobody asked for: OSC, DCS, SOS, PM, APC */
	KEYS_STRING_ESC,
};

/* Fields are keys.c's business. */
struct keys {
	void (*on_key)(const struct key *key, void *ctx);
	void *ctx;
	enum keys_state state;
	bool pasting, after_cr;
	size_t end_len;    /* how much of the end of a paste has come */
	char character[4]; /* what has come of one that is not whole */
	size_t character_len;
	char sequence[KEYS_SEQUENCE_BYTES]; /* a CSI sequence so far; a full one is unknown */
	size_t sequence_len;
	char run[KEYS_RUN_BYTES]; /* characters not handed on yet */
	size_t run_len;
};

/* on_key is called in keys_feed() and keys_flush(), with ctx. Nothing to free. */
void keys_init(struct keys *k, void (*on_key)(const struct key *key, void *ctx), void *ctx);

void keys_feed(struct keys *k, const char *bytes, size_t len);

/* How long to wait for more bytes before keys_flush(), in milliseconds; -1: for ever. */
int keys_wait_ms(const struct keys *k);

/* Nothing came for keys_wait_ms(): a lone ESC is a key, what else was begun is forgotten, and a
 * paste whose end got lost is over. */
void keys_flush(struct keys *k);

#endif
