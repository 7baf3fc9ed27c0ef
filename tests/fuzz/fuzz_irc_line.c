/* fuzz_irc_line: any bytes as a line of IRC: its parts lie in it and are what a part may be, tags
 * survive being escaped and being cleaned twice, and what is split is whole characters. */
#include "protocols/irc/line.h"
#include "protocols/irc/split.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* A string with nothing behind its NUL. */
static char *exact(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);
	must(copy, "there is memory");
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static const char *text_in(const struct buf *b)
{
	return b->len > 0 ? b->bytes : "";
}

static void must_be_inside(const char *part, const char *text, size_t len)
{
	must(part >= text && part + strlen(part) <= text + len, "a part lies in the line");
}

static void check_param(const struct irc_line *line, size_t i)
{
	const char *param = line->params[i];
	if (i + 1 < line->param_count)
		must(*param && *param != ':' && !strchr(param, ' '),
		     "only the last parameter is empty, begins with a colon or has a space");
}

static void check_client_only(const char *tags)
{
	struct buf once = { 0 }, twice = { 0 };
	irc_tags_client_only(tags, &once);
	irc_tags_client_only(text_in(&once), &twice);
	must(strcmp(text_in(&once), text_in(&twice)) == 0, "clean tags stay as they are");
	must(once.len <= strlen(tags), "tags get no longer");
	char *copy = exact(text_in(&once), once.len), *at = copy, *key, *value;
	while (irc_tag_next(&at, &key, &value))
		must(key[0] == '+' && key[1] != '\0', "only client-only tags are kept");
	free(copy);
	buf_done(&once);
	buf_done(&twice);
}

static void check_tags(char *tags, const char *text, size_t len)
{
	char *key, *value;
	check_client_only(tags);
	while (irc_tag_next(&tags, &key, &value)) {
		must_be_inside(tags, text, len);
		must_be_inside(key, text, len);
		must_be_inside(value, text, len);
		must(*key && !strchr(key, '=') && !strchr(key, ';') && !strchr(value, ';'),
		     "a tag is one tag, with a key");
		size_t value_len = strlen(value);
		irc_tag_unescape(value);
		must(strlen(value) <= value_len, "a value gets no longer");
	}
}

static void check_line(const char *bytes, size_t len)
{
	struct irc_line line;
	char *text = exact(bytes, len);
	if (irc_line_parse(text, &line)) {
		must_be_inside(line.tags, text, len);
		must_be_inside(line.source, text, len);
		must_be_inside(line.verb, text, len);
		must(*line.verb && !strpbrk(line.verb, " abcdefghijklmnopqrstuvwxyz"),
		     "a verb is one word in capital letters");
		must(!strchr(line.tags, ' ') && !strchr(line.source, ' '), "words have no space");
		must(line.param_count <= IRC_PARAMS_MAX, "there are 15 parameters at most");
		for (size_t i = 0; i < line.param_count; i++) {
			must_be_inside(line.params[i], text, len);
			check_param(&line, i);
		}
		check_tags(line.tags, text, len);
	}
	free(text);
}

static void check_escape(const char *value)
{
	struct buf written = { 0 };
	irc_tag_escape(&written, value);
	must(!strpbrk(written.bytes, "; \r\n"), "a written value is in one tag of one line");
	irc_tag_unescape(written.bytes);
	must(strcmp(written.bytes, value) == 0, "what was escaped comes back");
	buf_done(&written);
}

static void check_split(const char *bytes, size_t len, size_t max)
{
	char *text = malloc(len ? len : 1); /* not even a NUL behind it */
	must(text, "there is memory");
	memcpy(text, bytes, len);
	for (size_t at = 0; at < len;) {
		size_t n = irc_split(text + at, len - at, max);
		must(n > 0 && n <= len - at, "a piece is some of the text");
		must(utf8_valid(text + at, n), "a piece is whole characters");
		must(n <= max || utf8_cut(text + at, n, n - 1) == n - 1,
		     "a piece fits, or is one character");
		at += n;
		if (at < len && text[at] == ' ')
			at++;
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	/* The first byte is how long a piece may be; the line ends at its first NUL. */
	const char *bytes = (const char *)data + 1;
	size_t len = strnlen(bytes, size - 1);
	char *text = exact(bytes, len);
	check_line(text, len);
	check_escape(text);
	check_client_only(text);
	if (utf8_valid(text, len))
		check_split(text, len, data[0]);
	free(text);
	return 0;
}
