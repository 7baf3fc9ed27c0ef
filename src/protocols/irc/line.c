#include "protocols/irc/line.h"

#include <stdlib.h>
#include <string.h>

/* Cuts off and returns the word that *at begins with; *at is then behind the spaces that follow. */
static char *word_next(char **at)
{
	char *word = *at;
	char *end = word + strcspn(word, " ");
	*at = end + strspn(end, " ");
	*end = '\0';
	return word;
}

static void make_upper(char *verb)
{
	for (; *verb; verb++)
		if (*verb >= 'a' && *verb <= 'z')
			*verb = (char)(*verb - 'a' + 'A');
}

/* All that is left becomes one parameter. */
static char *param_rest(char *rest)
{
	if (*rest == ':')
		return rest + 1;
	size_t len = strlen(rest);
	while (len > 0 && rest[len - 1] == ' ')
		len--;
	rest[len] = '\0';
	return rest;
}

bool irc_line_parse(char *text, struct irc_line *ret)
{
	char *none = text + strlen(text);
	char *at = text + strspn(text, " ");
	*ret = (struct irc_line){ .tags = none, .source = none };
	if (*at == '@')
		ret->tags = word_next(&at) + 1;
	if (*at == ':')
		ret->source = word_next(&at) + 1;
	ret->verb = word_next(&at);
	make_upper(ret->verb);
	while (*at != '\0') {
		if (*at == ':' || ret->param_count == IRC_PARAMS_MAX - 1) {
			ret->params[ret->param_count++] = param_rest(at);
			break;
		}
		ret->params[ret->param_count++] = word_next(&at);
	}
	return *ret->verb != '\0';
}

bool irc_tag_next(char **at, char **ret_key, char **ret_value)
{
	while (**at != '\0') {
		char *key = *at;
		char *end = key + strcspn(key, ";");
		*at = *end == ';' ? end + 1 : end;
		*end = '\0';
		char *value = key + strcspn(key, "=");
		if (*value == '=')
			*value++ = '\0';
		if (*key == '\0')
			continue;
		*ret_key = key;
		*ret_value = value;
		return true;
	}
	return false;
}

/* What has an escape, and behind a backslash the letter of each. */
static const char escaped[] = "; \\\r\n";
static const char letters[] = ":s\\rn";

void irc_tag_unescape(char *value)
{
	char *to = value;
	for (const char *from = value; *from != '\0'; from++) {
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		from++;
		if (*from == '\0')
			break; /* a backslash with nothing behind it stands for nothing */
		const char *letter = strchr(letters, *from);
		*to++ = letter ? escaped[letter - letters] : *from;
	}
	*to = '\0';
}

void irc_tag_escape(struct buf *out, const char *value)
{
	for (;;) {
		size_t len = strcspn(value, escaped);
		buf_add(out, value, len);
		value += len;
		if (*value == '\0')
			return;
		const char escape[] = { '\\', letters[strchr(escaped, *value) - escaped] };
		buf_add(out, escape, sizeof(escape));
		value++;
	}
}

struct tag {
	const char *key, *value;
};

static int compare_places(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

static int compare_keys(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order != 0 ? order : compare_places(a, b);
}

/* Each key's last tag, in their order; returns how many are left. By sorting: comparing each with
 * all others would let 4 KiB of tags cost a million comparisons. */
static size_t keep_last(struct tag *found, size_t count)
{
	size_t kept = 0;
	qsort(found, count, sizeof(*found), compare_keys);
	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || strcmp(found[i].key, found[i + 1].key) != 0)
			found[kept++] = found[i];
	qsort(found, kept, sizeof(*found), compare_places);
	return kept;
}

static size_t count_bytes(const char *text, char byte)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += *text == byte;
	return count;
}

void irc_tags_client_only(const char *tags, struct buf *out)
{
	size_t most = count_bytes(tags, '+');
	if (most == 0)
		return;
	struct tag *found = xcalloc(most, sizeof(*found));
	char *copy = xstrdup(tags), *at = copy, *key, *value;
	size_t count = 0;
	while (irc_tag_next(&at, &key, &value))
		if (key[0] == '+' && key[1] != '\0')
			found[count++] = (struct tag){ key, value };
	count = keep_last(found, count);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s%s%s", i > 0 ? ";" : "", found[i].key,
			   *found[i].value ? "=" : "", found[i].value);
	free(copy);
	free(found);
}
