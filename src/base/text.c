#include "base/text.h"

#include <string.h>

/* Unicode's table 3-7: how many bytes follow a first byte, and what the second may be. */
struct lead {
	unsigned char from, to, more, second_from, second_to;
};

static const struct lead leads[] = {
	{ 0xC2, 0xDF, 1, 0x80, 0xBF }, { 0xE0, 0xE0, 2, 0xA0, 0xBF }, { 0xE1, 0xEC, 2, 0x80, 0xBF },
	{ 0xED, 0xED, 2, 0x80, 0x9F }, { 0xEE, 0xEF, 2, 0x80, 0xBF }, { 0xF0, 0xF0, 3, 0x90, 0xBF },
	{ 0xF1, 0xF3, 3, 0x80, 0xBF }, { 0xF4, 0xF4, 3, 0x80, 0x8F },
};

/* The length of the character at bytes; 0: broken; more than len: it goes on behind the end. */
static size_t utf8_length(const unsigned char *bytes, size_t len)
{
	if (bytes[0] < 0x80)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
		const struct lead *l = &leads[i];
		if (bytes[0] < l->from || bytes[0] > l->to)
			continue;
		for (size_t at = 1; at <= l->more && at < len; at++) {
			unsigned char low = at == 1 ? l->second_from : 0x80;
			unsigned char high = at == 1 ? l->second_to : 0xBF;
			if (bytes[at] < low || bytes[at] > high)
				return 0;
		}
		return (size_t)l->more + 1;
	}
	return 0;
}

static bool eight_are_ascii(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	return (word & UINT64_C(0x8080808080808080)) == 0;
}

size_t utf8_valid_length(const char *bytes, size_t len)
{
	size_t at = 0;
	while (at < len) {
		if (len - at >= 8 && eight_are_ascii(bytes + at)) {
			at += 8;
			continue;
		}
		size_t n = utf8_length((const unsigned char *)bytes + at, len - at);
		if (n == 0 || n > len - at)
			break;
		at += n;
	}
	return at;
}

bool utf8_valid(const char *bytes, size_t len)
{
	return utf8_valid_length(bytes, len) == len;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t utf8_unfinished(const char *bytes, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		if (is_continuation(bytes[len - back]))
			continue;
		size_t n = utf8_length((const unsigned char *)bytes + len - back, back);
		return n > back ? back : 0;
	}
	return 0;
}

size_t utf8_cut(const char *bytes, size_t len, size_t max)
{
	if (len <= max)
		return len;
	size_t at = max;
	while (at > 0 && max - at < 4 && is_continuation(bytes[at]))
		at--;
	return at > 0 ? at : max;
}

/* The character at bytes, valid and complete, as a number. */
static uint32_t utf8_decode(const unsigned char *b, size_t n)
{
	static const unsigned char masks[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c = b[0] & masks[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (b[i] & 0x3F);
	return c;
}

static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 ||
	       c == 0x2029;
}

static size_t digits(const char *text, size_t len, size_t max, bool hex)
{
	size_t n = 0;
	while (n < len && n < max &&
	       ((text[n] >= '0' && text[n] <= '9') ||
		(hex && ((text[n] | 32) >= 'a' && (text[n] | 32) <= 'f'))))
		n++;
	return n;
}

/* A colour: one or two digits, or after \x04 six hexadecimal ones and no fewer: "bad" is a word. */
static size_t one_colour(const char *text, size_t len, bool hex)
{
	size_t n = digits(text, len, hex ? 6 : 2, hex);
	return hex && n < 6 ? 0 : n;
}

/* The colours behind a colour code: "4", "04,12", "FF0000,00FF00". */
static size_t colour_length(const char *text, size_t len, bool hex)
{
	size_t n = one_colour(text, len, hex);
	if (n == 0 || n + 1 >= len || text[n] != ',')
		return n;
	size_t back = one_colour(text + n + 1, len - n - 1, hex);
	return back ? n + 1 + back : n;
}

void text_add_shown(struct buf *out, const char *text, size_t len)
{
	size_t at = 0;
	while (at < len) {
		const char *from = text + at;
		size_t n = utf8_length((const unsigned char *)from, len - at);
		if (n == 0 || n > len - at)
			return;
		uint32_t c = utf8_decode((const unsigned char *)from, n);
		at += n;
		if (c == '\t')
			buf_add(out, " ", 1);
		else if (c == 0x03 || c == 0x04)
			at += colour_length(text + at, len - at, c == 0x04);
		else if (!is_hidden(c))
			buf_add(out, from, n);
	}
}

bool text_is_formatted(const char *text, size_t len)
{
	static const char codes[] = "\x02\x03\x04\x0F\x11\x16\x1D\x1E\x1F";
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] && strchr(codes, text[i]))
			return true;
	return false;
}
