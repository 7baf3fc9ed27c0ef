/* input: what comes over a connection becomes requests. I/O threads.
 *
 * A line has at most 512 bytes, and before them at most 4096 bytes of tags; whatever is longer is
 * passed over to its end and answered with 417: https://ircv3.net/specs/extensions/message-tags */
#include "protocols/irc/irc.h"

#include "base/text.h"
#include "protocols/irc/line.h"

#include <stdlib.h>
#include <string.h>

static void ask(struct wire *w, const struct irc_command *row)
{
	w->ops->ask(w, request_new(&row->command, NULL, 0, false));
}

/* The tags that say something to the server; their values stay as they came. */
static void take_tags(struct request *r, char *tags)
{
	char *key, *value;
	while (irc_tag_next(&tags, &key, &value)) {
		if (strcmp(key, "label") == 0)
			r->label = value;
		else if (strcmp(key, "batch") == 0)
			r->batch = value;
		else if (strcmp(key, "draft/multiline-concat") == 0)
			r->flag = true;
	}
}

/* With the "@" and the space behind, if there is one. line ends after len bytes, with no NUL there. */
static size_t tags_length(const char *line, size_t len)
{
	const char *space = line[0] == '@' ? memchr(line, ' ', len) : NULL;
	if (line[0] != '@')
		return 0;
	return space ? (size_t)(space + 1 - line) : len;
}

/* A request keeps its line, and its arguments point into it; behind the line lie its client-only
 * tags, and its tags once more to be cut up. */
static struct request *request_of(const char *line, size_t len)
{
	struct irc_line parsed;
	struct buf text = { 0 };
	size_t tags_len = tags_length(line, len);
	buf_add(&text, line, len);
	buf_add(&text, "", 1);
	size_t client_only = text.len;
	if (tags_len > 1) {
		char *copy = xcalloc(tags_len, 1);
		memcpy(copy, line + 1, tags_len - 1);
		copy[strcspn(copy, " ")] = '\0';
		irc_tags_client_only(copy, &text);
		free(copy);
	}
	struct request *r = request_new(&irc_unknown.command, text.bytes, text.len, false);
	buf_done(&text);
	r->tags = r->text + client_only;
	if (!irc_line_parse(r->text, &parsed)) {
		free(r);
		return NULL;
	}
	const struct irc_command *row = irc_command_find(parsed.verb);
	take_tags(r, parsed.tags);
	if (!row) {
		r->argv[r->argc++] = parsed.verb;
		return r;
	}
	r->command = &row->command;
	r->argc = parsed.param_count;
	memcpy(r->argv, parsed.params, parsed.param_count * sizeof(parsed.params[0]));
	return r;
}

static size_t skip_spaces(const char *line, size_t len, size_t at)
{
	while (at < len && line[at] == ' ')
		at++;
	return at;
}

/* A CR inside would end the line for some of those it is sent on to, and begin another. */
static bool is_text(const char *line, size_t len)
{
	return !memchr(line, '\0', len) && !memchr(line, '\r', len) && utf8_valid(line, len);
}

/* The verb of a line that is not text, if it is one, and its label, if the tags are text. */
static void ask_bad_bytes(struct wire *w, const char *line, size_t len)
{
	size_t tags = tags_length(line, len), from = skip_spaces(line, len, tags), to;
	if (from < len && line[from] == ':') {
		const char *space = memchr(line + from, ' ', len - from);
		from = space ? skip_spaces(line, len, (size_t)(space - line)) : len;
	}
	for (to = from; to < len && ((line[to] | 32) >= 'a' && (line[to] | 32) <= 'z'); to++)
		;
	bool is_verb = to - from < 16 && (to == len || line[to] == ' ');
	struct buf text = { 0 };
	buf_add(&text, line + from, is_verb ? to - from : 0);
	buf_add(&text, "", 1);
	size_t copy = text.len;
	if (tags > 1 && is_text(line, tags))
		buf_add(&text, line + 1, tags - 1);
	buf_add(&text, "", 1);
	struct request *r = request_new(&irc_bad_bytes.command, text.bytes, text.len, false);
	buf_done(&text);
	r->argv[r->argc++] = r->text;
	r->text[copy + strcspn(r->text + copy, " ")] = '\0';
	take_tags(r, r->text + copy);
	r->batch = ""; /* no batch takes it */
	w->ops->ask(w, r);
}

static void irc_line_came(struct wire *w, const char *line, size_t len)
{
	while (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0 && !w->overlong)
		return;
	size_t tags = len > 0 ? tags_length(line, len) : 0;
	if (w->overlong || tags > IRC_TAGS_BYTES || len - tags > IRC_LINE_BYTES - 2) {
		ask(w, &irc_too_long);
	} else if (!is_text(line, len)) {
		ask_bad_bytes(w, line, len);
	} else {
		struct request *r = request_of(line, len);
		if (r)
			w->ops->ask(w, r);
	}
	w->overlong = false;
}

/* What talks TLS (RFC 8446, 5.1) or HTTP (RFC 9112, 3) came to the wrong door. */
static bool is_tls(struct wire *w, const char *bytes, size_t len)
{
	bool is_first = !w->started && !w->overlong && w->partial.len == 0 && len > 0;
	if (!is_first || bytes[0] != 0x16)
		return false;
	w->ops->reject(w, "tls");
	return true;
}

static bool is_http(struct wire *w, const char *line, size_t len)
{
	if (w->started)
		return false;
	w->started = true;
	if (!memmem(line, len, " HTTP/", 6))
		return false;
	w->ops->reject(w, "http");
	return true;
}

/* Of a line: one byte more than may be, so that it is known to be too long, and its "\r". */
#define KEPT_BYTES_MAX (IRC_TAGS_BYTES + IRC_LINE_BYTES)

static void irc_keep(struct wire *w, const char *bytes, size_t len)
{
	if (w->overlong || w->partial.len + len > KEPT_BYTES_MAX) {
		w->overlong = true;
		buf_done(&w->partial);
		return;
	}
	buf_add(&w->partial, bytes, len);
}

static size_t irc_take(struct wire *w, const char *bytes, size_t len)
{
	size_t at = 0;
	if (is_tls(w, bytes, len))
		return len;
	while (at < len) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		if (!newline) {
			irc_keep(w, bytes + at, len - at);
			return len;
		}
		size_t n = (size_t)(newline - bytes) - at;
		if (!w->ops->may_ask(w))
			return at;
		bool whole = w->partial.len == 0 && !w->overlong && n <= KEPT_BYTES_MAX;
		if (!whole)
			irc_keep(w, bytes + at, n);
		const char *line = whole ? bytes + at : w->partial.bytes;
		size_t line_len = whole ? n : w->partial.len;
		if (is_http(w, line_len > 0 ? line : "", line_len))
			return len;
		irc_line_came(w, line_len > 0 ? line : "", line_len);
		buf_done(&w->partial);
		at += n + 1;
	}
	return at;
}

/* A line without its end was not finished, and nobody knows what it would have been. */
static void irc_on_end(struct wire *w)
{
	ask(w, &irc_end);
}

static void irc_done(struct wire *w)
{
	buf_done(&w->partial);
}

static void irc_ping(struct wire *w)
{
	static const char ping[] = "PING :teahouse\r\n";
	conn_send(w->conn, ping, strlen(ping));
}

/* TEXT_BYE_* are whole lines of the plain protocol. */
static enum text farewell_words(enum text why)
{
	switch ((int)why) {
	case TEXT_BYE_SLOW:
		return TEXT_WHY_SLOW;
	case TEXT_BYE_UNNAMED:
		return TEXT_WHY_UNNAMED;
	case TEXT_BYE_PING:
		return TEXT_WHY_PING;
	default:
		return TEXT_WHY_STOPPING;
	}
}

static void irc_farewell(const struct wire *w, enum text why, struct buf *out)
{
	(void)w;
	buf_printf(out, "ERROR :Closing link: (%s)\r\n", text_of(LANG_EN, farewell_words(why)));
}

static void irc_render(const struct event *e, unsigned variant, struct buf *out)
{
	irc_render_tagged(e, variant, "", out);
}

const struct codec irc_codec = {
	.wire_size = sizeof(struct wire),
	.done = irc_done,
	.take = irc_take,
	.end = irc_on_end,
	.ping = irc_ping,
	.farewell = irc_farewell,
	.render = irc_render,
};
