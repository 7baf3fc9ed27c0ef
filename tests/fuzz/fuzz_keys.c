/* fuzz_keys: whatever a terminal sends, in whatever pieces, the line being written stays valid text
 * with the cursor between two clusters, and pieces make no difference to which keys there were. */
#include "client/terminal/editor.h"
#include "client/terminal/keys.h"
#include "client/terminal/width.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct typist {
	struct keys keys;
	struct editor *editor;
	struct buf heard; /* codes of keys, and text */
};

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_text(const struct key *key)
{
	must(key->len > 0 && key->len <= KEYS_RUN_BYTES, "text is some, and not too much");
	must(utf8_valid(key->text, key->len), "text is whole characters");
	for (size_t i = 0; i < key->len; i++)
		must((unsigned char)key->text[i] >= 0x20 && key->text[i] != 0x7F,
		     "text has no controls");
}

static void check_editor(const struct editor *e)
{
	const char *text = editor_text(e);
	size_t len = editor_len(e), cursor = editor_cursor(e), at = 0;
	must(len <= MESSAGE_BYTES_MAX && strlen(text) == len, "the line is no longer than it says");
	must(utf8_valid(text, len), "the line is whole characters");
	while (at < cursor) {
		size_t n = text_next_cluster(text + at, len - at);
		must(n > 0, "the cursor is in the line");
		at += n;
	}
	must(at == cursor, "the cursor is between two clusters");
	text_columns(text, len);
}

static void on_key(const struct key *key, void *ctx)
{
	struct typist *t = ctx;
	char text[MESSAGE_BYTES_MAX + 1];
	if (key->code == KEY_TEXT) {
		check_text(key);
		buf_add(&t->heard, key->text, key->len);
	} else {
		buf_add(&t->heard, &(char){ (char)key->code }, 1); /* all below 0x40 */
	}
	enum editor_result result = editor_key(t->editor, key);
	check_editor(t->editor);
	if (result == EDITOR_SEND) {
		size_t len = editor_take(t->editor, text);
		must(len > 0 && utf8_valid(text, len) && text[len - 1] != '\n',
		     "what is sent is some text");
		must(editor_len(t->editor) == 0, "then there is none");
	} else if (result == EDITOR_COMPLETE) {
		bool fits = editor_replace(t->editor, 0, editor_cursor(t->editor), "茶", 3);
		must(fits || editor_len(t->editor) > MESSAGE_BYTES_MAX - 3, "a name fits");
		check_editor(t->editor);
	}
}

static void type(struct typist *t, const char *bytes, size_t len, size_t piece)
{
	keys_init(&t->keys, on_key, t);
	t->editor = editor_new();
	for (size_t at = 0; at < len; at += piece)
		keys_feed(&t->keys, bytes + at, len - at < piece ? len - at : piece);
	keys_flush(&t->keys);
	must(keys_wait_ms(&t->keys) == -1, "nothing is left to wait for");
	editor_free(t->editor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct typist whole = { 0 }, bytewise = { 0 };
	type(&whole, (const char *)data, size, size);
	type(&bytewise, (const char *)data, size, 1);
	must(whole.heard.len == bytewise.heard.len &&
		     (whole.heard.len == 0 ||
		      memcmp(whole.heard.bytes, bytewise.heard.bytes, whole.heard.len) == 0),
	     "pieces make no difference to what was typed");
	buf_done(&whole.heard);
	buf_done(&bytewise.heard);
	return 0;
}
