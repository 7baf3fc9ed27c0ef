#include "client/terminal/editor.h"

#include "client/terminal/recall.h"
#include "client/terminal/width.h"

#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct editor {
	char text[MESSAGE_BYTES_MAX + 1];
	size_t len, cursor;
	struct recall recall;

	char *kills[EDITOR_KILLS_MAX]; /* newest first */
	bool killing;                  /* the last key killed: the next one adds to it */

	bool yanking; /* the last key yanked; the rest is about that */
	size_t yank_from, yank_len, yank_nth;
};

struct editor *editor_new(void)
{
	return xcalloc(1, sizeof(struct editor));
}

void editor_free(struct editor *e)
{
	if (!e)
		return;
	recall_done(&e->recall);
	for (size_t i = 0; i < ARRAY_LEN(e->kills); i++)
		free(e->kills[i]);
	free(e);
}

const char *editor_text(const struct editor *e)
{
	return e->text;
}

size_t editor_len(const struct editor *e)
{
	return e->len;
}

size_t editor_cursor(const struct editor *e)
{
	return e->cursor;
}

/* Places */

static size_t cluster_end(const struct editor *e, size_t at)
{
	return at + text_next_cluster(e->text + at, e->len - at);
}

/* The first place between two clusters that is not before at. */
static size_t cluster_edge(const struct editor *e, size_t at)
{
	size_t edge = 0;
	while (edge < at)
		edge = cluster_end(e, edge);
	return edge;
}

/* The start of the cluster before at, which is between two; 0: there is none. */
static size_t cluster_start(const struct editor *e, size_t at)
{
	size_t start = 0;
	for (size_t next = 0; next < at; next = cluster_end(e, next))
		start = next;
	return start;
}

/* What words are made of. */
static bool is_letter(const char *cluster)
{
	utf8proc_int32_t c;
	if (utf8proc_iterate((const utf8proc_uint8_t *)cluster, -1, &c) <= 0)
		return false;
	utf8proc_category_t category = utf8proc_category(c);
	return c == '_' || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO);
}

static bool is_no_space(const char *cluster)
{
	return *cluster != ' ' && *cluster != '\n';
}

/* The start of the last run of inside() that begins before the cursor. */
static size_t run_start(const struct editor *e, bool (*inside)(const char *cluster))
{
	size_t start = 0;
	bool was_inside = false;
	for (size_t at = 0; at < e->cursor; at = cluster_end(e, at)) {
		bool is_inside = inside(e->text + at);
		if (is_inside && !was_inside)
			start = at;
		was_inside = is_inside;
	}
	return start;
}

/* The end of the first word that ends behind the cursor. */
static size_t word_end(const struct editor *e)
{
	size_t at = e->cursor;
	while (at < e->len && !is_letter(e->text + at))
		at = cluster_end(e, at);
	while (at < e->len && is_letter(e->text + at))
		at = cluster_end(e, at);
	return at;
}

/* Changes */

static enum editor_result move(struct editor *e, size_t to)
{
	if (to == e->cursor)
		return EDITOR_UNCHANGED;
	e->cursor = to;
	return EDITOR_CHANGED;
}

bool editor_replace(struct editor *e, size_t from, size_t to, const char *text, size_t len)
{
	assert(from <= to && to <= e->len);
	if (e->len - (to - from) + len > MESSAGE_BYTES_MAX)
		return false;
	memmove(e->text + from + len, e->text + to, e->len - to);
	memcpy(e->text + from, text, len);
	e->len = e->len - (to - from) + len;
	e->text[e->len] = '\0';
	e->cursor = cluster_edge(e, from + len);
	e->killing = e->yanking = false;
	return true;
}

static void delete_range(struct editor *e, size_t from, size_t to)
{
	bool fits = editor_replace(e, from, to, "", 0);
	assert(fits);
	(void)fits;
}

static enum editor_result delete_text(struct editor *e, size_t from, size_t to)
{
	if (from == to)
		return EDITOR_UNCHANGED;
	delete_range(e, from, to);
	return EDITOR_CHANGED;
}

/* Puts what fits of text at the cursor; *ret_len: how much that was. */
static enum editor_result insert(struct editor *e, const char *text, size_t len, size_t *ret_len)
{
	size_t room = MESSAGE_BYTES_MAX - e->len;
	size_t n = utf8_cut(text, len, room);
	if (!utf8_valid(text, n))
		n = 0; /* not even one character fits */
	bool fits = editor_replace(e, e->cursor, e->cursor, text, n);
	assert(fits);
	(void)fits;
	*ret_len = n;
	return n < len ? EDITOR_FULL : EDITOR_CHANGED;
}

static enum editor_result insert_text(struct editor *e, const char *text, size_t len)
{
	size_t inserted;
	return insert(e, text, len, &inserted);
}

static enum editor_result show_line(struct editor *e, const char *line)
{
	if (!line)
		return EDITOR_UNCHANGED;
	bool fits = editor_replace(e, 0, e->len, line, strlen(line));
	assert(fits); /* it was written here */
	(void)fits;
	return EDITOR_CHANGED;
}

/* Swaps the cluster before the cursor with the one behind it; at the end, the last two. */
static enum editor_result transpose(struct editor *e)
{
	size_t middle = e->cursor < e->len ? e->cursor : cluster_start(e, e->len);
	size_t from = cluster_start(e, middle), to = cluster_end(e, middle);
	if (middle == 0 || middle == e->len)
		return EDITOR_UNCHANGED;
	char *swapped = xcalloc(to - from, 1);
	memcpy(swapped, e->text + middle, to - middle);
	memcpy(swapped + (to - middle), e->text + from, middle - from);
	bool fits = editor_replace(e, from, to, swapped, to - from);
	assert(fits);
	(void)fits;
	free(swapped);
	return EDITOR_CHANGED;
}

/* Killing and yanking */

static char *joined(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char *text = xcalloc(a_len + b_len + 1, 1);
	memcpy(text, a, a_len);
	memcpy(text + a_len, b, b_len);
	return text;
}

/* Adds what is about to be killed to the newest kill, on the side it lay. Kills in a row come out
 * of one text, so together they are no longer than that. */
static void extend_kill(struct editor *e, size_t from, size_t to)
{
	char *old = e->kills[0];
	size_t old_len = strlen(old);
	if (from < e->cursor)
		e->kills[0] = joined(e->text + from, to - from, old, old_len);
	else
		e->kills[0] = joined(old, old_len, e->text + from, to - from);
	free(old);
}

static void begin_kill(struct editor *e, size_t from, size_t to)
{
	size_t last = ARRAY_LEN(e->kills) - 1;
	free(e->kills[last]);
	memmove(e->kills + 1, e->kills, last * sizeof(e->kills[0]));
	e->kills[0] = joined(e->text + from, to - from, "", 0);
}

static enum editor_result kill_text(struct editor *e, size_t from, size_t to, bool was_killing)
{
	if (from < to) {
		if (was_killing)
			extend_kill(e, from, to);
		else
			begin_kill(e, from, to);
	}
	enum editor_result result = delete_text(e, from, to);
	e->killing = was_killing || result == EDITOR_CHANGED;
	return result;
}

static enum editor_result yank(struct editor *e, size_t nth)
{
	if (!e->kills[nth])
		return EDITOR_UNCHANGED;
	size_t from = e->cursor;
	enum editor_result result = insert(e, e->kills[nth], strlen(e->kills[nth]), &e->yank_len);
	e->yanking = true;
	e->yank_from = from;
	e->yank_nth = nth;
	return result;
}

/* Puts an older kill in place of the one just yanked. */
static enum editor_result yank_pop(struct editor *e, bool was_yanking)
{
	if (!was_yanking)
		return EDITOR_UNCHANGED;
	size_t nth = e->yank_nth + 1;
	if (nth == ARRAY_LEN(e->kills) || !e->kills[nth])
		nth = 0;
	delete_range(e, e->yank_from, e->yank_from + e->yank_len);
	return yank(e, nth);
}

/* Keys */

static size_t text_len(const struct editor *e)
{
	size_t len = e->len;
	while (len > 0 && e->text[len - 1] == '\n')
		len--;
	return len;
}

size_t editor_take(struct editor *e, char ret_text[MESSAGE_BYTES_MAX + 1])
{
	size_t len = text_len(e);
	e->text[len] = '\0';
	memcpy(ret_text, e->text, len + 1);
	if (len > 0)
		recall_add(&e->recall, e->text);
	e->len = len;
	delete_range(e, 0, len);
	return len;
}

static enum editor_result enter(struct editor *e)
{
	return text_len(e) > 0 ? EDITOR_SEND : delete_text(e, 0, e->len);
}

enum editor_result editor_key(struct editor *e, const struct key *key)
{
	bool killing = e->killing, yanking = e->yanking;
	e->killing = e->yanking = false;
	switch (key->code) {
	case KEY_TEXT:
		return insert_text(e, key->text, key->len);
	case KEY_ALT_ENTER:
	case KEY_PASTED_NEWLINE:
		return insert_text(e, "\n", 1);
	case KEY_ENTER:
		return enter(e);
	case KEY_TAB:
		return EDITOR_COMPLETE;
	case KEY_BACKSPACE:
		return delete_text(e, cluster_start(e, e->cursor), e->cursor);
	case KEY_DELETE:
		return delete_text(e, e->cursor, cluster_end(e, e->cursor));
	case KEY_CTRL_D:
		return e->len == 0 ? EDITOR_EOF
				   : delete_text(e, e->cursor, cluster_end(e, e->cursor));
	case KEY_LEFT:
	case KEY_CTRL_B:
		return move(e, cluster_start(e, e->cursor));
	case KEY_RIGHT:
	case KEY_CTRL_F:
		return move(e, cluster_end(e, e->cursor));
	case KEY_HOME:
	case KEY_CTRL_A:
		return move(e, 0);
	case KEY_END:
	case KEY_CTRL_E:
		return move(e, e->len);
	case KEY_ALT_B:
		return move(e, run_start(e, is_letter));
	case KEY_ALT_F:
		return move(e, word_end(e));
	case KEY_UP:
	case KEY_CTRL_P:
		return show_line(e, recall_older(&e->recall, e->text));
	case KEY_DOWN:
	case KEY_CTRL_N:
		return show_line(e, recall_newer(&e->recall));
	case KEY_CTRL_K:
		return kill_text(e, e->cursor, e->len, killing);
	case KEY_CTRL_U:
		return kill_text(e, 0, e->cursor, killing);
	case KEY_CTRL_W:
		return kill_text(e, run_start(e, is_no_space), e->cursor, killing);
	case KEY_ALT_BACKSPACE:
		return kill_text(e, run_start(e, is_letter), e->cursor, killing);
	case KEY_ALT_D:
		return kill_text(e, e->cursor, word_end(e), killing);
	case KEY_CTRL_Y:
		return yank(e, 0);
	case KEY_ALT_Y:
		return yank_pop(e, yanking);
	case KEY_CTRL_T:
		return transpose(e);
	case KEY_CTRL_C:
		return EDITOR_INTERRUPT;
	case KEY_CTRL_L:
		return EDITOR_REDRAW;
	case KEY_CTRL_Z:
		return EDITOR_SUSPEND;
	case KEY_ESCAPE:
		return EDITOR_UNCHANGED;
	}
	return EDITOR_UNCHANGED;
}
