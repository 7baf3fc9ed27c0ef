#include "protocols/irc/split.h"

#include <assert.h>
#include <utf8proc.h>

static size_t character_next(const char *text, size_t len, utf8proc_int32_t *ret)
{
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
					      ret);
	assert(n > 0); /* it is valid UTF-8 */
	return (size_t)n;
}

/* The length of the grapheme cluster that text begins with; more than max tells no more than that:
 * a stranger may pile up accents without end. */
static size_t cluster_length(const char *text, size_t len, size_t max)
{
	utf8proc_int32_t state = 0, last, next;
	size_t at = character_next(text, len, &last);
	while (at < len && at <= max) {
		size_t n = character_next(text + at, len - at, &next);
		if (utf8proc_grapheme_break_stateful(last, next, &state))
			return at;
		last = next;
		at += n;
	}
	return at;
}

/* As many whole characters as fit, and at least one. */
static size_t characters_length(const char *text, size_t len, size_t max)
{
	utf8proc_int32_t c;
	size_t at = character_next(text, len, &c);
	for (;;) {
		size_t next = at < len ? at + character_next(text + at, len - at, &c) : at;
		if (next == at || next > max)
			return at;
		at = next;
	}
}

size_t irc_split(const char *text, size_t len, size_t max)
{
	size_t at = 0, cut = 0, space = 0;
	if (len <= max)
		return len;
	while (at <= max) {
		cut = at;
		if (text[at] == ' ')
			space = at; /* max, too: no piece needs room for it */
		at += cluster_length(text + at, len - at, max - at);
	}
	if (space > 0 && space >= max - space)
		return space;
	return cut > 0 ? cut : characters_length(text, len, max);
}
