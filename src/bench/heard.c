#include "bench/heard.h"

#include <string.h>

/* Takes what stands before the next space, and the space. */
static struct piece take_word(struct piece *rest)
{
	struct piece word = *rest;
	const char *space = rest->len > 0 ? memchr(rest->at, ' ', rest->len) : NULL;
	if (space)
		word.len = (size_t)(space - rest->at);
	size_t taken = word.len + (space != NULL);
	rest->at += taken;
	rest->len -= taken;
	return word;
}

bool heard_parse(struct heard *h, const char *line, size_t len)
{
	struct piece rest = { line, len };
	if (len > 0 && line[len - 1] == '\r')
		rest.len--;
	h->tags = (struct piece){ line, 0 };
	if (rest.len > 0 && *rest.at == '@')
		h->tags = take_word(&rest);
	if (rest.len > 0 && *rest.at == ':')
		take_word(&rest);
	h->verb = take_word(&rest);
	h->args = rest;
	return h->verb.len > 0;
}

int heard_numeric(const struct heard *h)
{
	int value = 0;
	if (h->verb.len != 3)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (h->verb.at[i] < '0' || h->verb.at[i] > '9')
			return 0;
		value = value * 10 + h->verb.at[i] - '0';
	}
	return value;
}

struct piece heard_next(struct piece *args)
{
	if (args->len == 0 || *args->at != ':')
		return take_word(args);
	struct piece last = { args->at + 1, args->len - 1 };
	args->at += args->len;
	args->len = 0;
	return last;
}

struct piece heard_tag(const struct heard *h, const char *key)
{
	size_t key_len = strlen(key);
	const char *at = h->tags.at + 1, *end = h->tags.at + h->tags.len;
	while (h->tags.len > 0 && at < end) {
		const char *semicolon = memchr(at, ';', (size_t)(end - at));
		const char *tag_end = semicolon ? semicolon : end;
		size_t len = (size_t)(tag_end - at);
		if (len > key_len && memcmp(at, key, key_len) == 0 && at[key_len] == '=')
			return (struct piece){ at + key_len + 1, len - key_len - 1 };
		at = tag_end + 1;
	}
	return (struct piece){ "", 0 };
}

bool piece_is(struct piece p, const char *word)
{
	return strlen(word) == p.len && memcmp(p.at, word, p.len) == 0;
}
