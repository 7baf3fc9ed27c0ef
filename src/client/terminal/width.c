#include "client/terminal/width.h"

#include <utf8proc.h>

#define VARIATION_SELECTOR_16 0xFE0F /* as an emoji, please */
#define ZERO_WIDTH_JOINER 0x200D
#define KEYCAP 0x20E3
#define EMOJI_PLANE_START 0x1F000

/* The character at bytes; broken ones are one byte and -1. */
static size_t decode(const char *bytes, size_t len, utf8proc_int32_t *ret)
{
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)bytes,
					      (utf8proc_ssize_t)len, ret);
	if (n > 0)
		return (size_t)n;
	*ret = -1;
	return 1;
}

size_t text_next_cluster(const char *bytes, size_t len)
{
	if (len == 0)
		return 0;
	utf8proc_int32_t last, next, state = 0;
	size_t at = decode(bytes, len, &last);
	while (last >= 0 && at < len) {
		size_t n = decode(bytes + at, len - at, &next);
		if (next < 0 || utf8proc_grapheme_break_stateful(last, next, &state))
			break;
		at += n;
		last = next;
	}
	return at;
}

static int boundclass(utf8proc_int32_t c)
{
	return (int)utf8proc_get_property(c)->boundclass;
}

/* Where Unicode keeps room for Han (planes 2 and 3, https://unicode.org/reports/tr11/) and for the
 * pictographs to come: characters newer than utf8proc's tables are wide there. */
static bool will_be_wide(utf8proc_int32_t c)
{
	return (c >= 0x20000 && c <= 0x3FFFD) || (c >= 0x1FA70 && c <= 0x1FAFF);
}

/* One character by itself. */
static unsigned character_columns(utf8proc_int32_t c)
{
	if (utf8proc_category(c) == UTF8PROC_CATEGORY_CN && will_be_wide(c))
		return 2;
	return (unsigned)utf8proc_charwidth(c);
}

/* Whether what follows the first character makes a picture of it
 * (https://unicode.org/reports/tr51/): a variation selector, another picture joined to it, a
 * keycap, a second half of a flag. */
static bool makes_emoji(utf8proc_int32_t first, utf8proc_int32_t before, utf8proc_int32_t c)
{
	int kind = boundclass(first);
	if (kind == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR)
		return boundclass(c) == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
	if (kind == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
		return c == VARIATION_SELECTOR_16 ||
		       (before == ZERO_WIDTH_JOINER &&
			boundclass(c) == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC);
	return c == KEYCAP && before == VARIATION_SELECTOR_16;
}

static unsigned cluster_columns(const char *cluster, size_t len)
{
	utf8proc_int32_t first = 0, before = 0, c;
	unsigned columns = 0;
	for (size_t at = 0; at < len; before = c) {
		size_t n = decode(cluster + at, len - at, &c);
		if (c < 0)
			return 0;
		if (at == 0)
			first = c;
		else if (makes_emoji(first, before, c))
			return 2;
		at += n;
		columns += character_columns(c);
	}
	return columns < 2 ? columns : 2;
}

unsigned text_columns(const char *bytes, size_t len)
{
	unsigned columns = 0;
	for (size_t at = 0; at < len;) {
		size_t n = text_next_cluster(bytes + at, len - at);
		columns += cluster_columns(bytes + at, n);
		at += n;
	}
	return columns;
}

bool text_is_plain(const char *cluster, size_t len)
{
	utf8proc_int32_t c;
	if (len == 0 || decode(cluster, len, &c) != len || c < 0)
		return false;
	return c < 0x80 || (c < EMOJI_PLANE_START && utf8proc_charwidth(c) == 2 &&
			    utf8proc_category(c) == UTF8PROC_CATEGORY_LO);
}
