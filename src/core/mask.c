#include "core/mask.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

static bool is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* Moves *at behind its character, which is there. */
static utf8proc_int32_t take(const char **at)
{
	if (is_ascii(**at))
		return *(*at)++;
	utf8proc_int32_t c;
	utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &c);
	assert(len > 0);
	*at += len;
	return c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Moves both behind a character if these match. */
static bool take_same(const char **mask, const char **text)
{
	if (!**mask)
		return false;
	if (is_ascii(**mask) && is_ascii(**text)) {
		if (**mask != '?' && lower(**mask) != lower(**text))
			return false;
		++*mask;
		++*text;
		return true;
	}
	const char *mask_at = *mask, *text_at = *text;
	utf8proc_int32_t wanted = take(&mask_at), c = take(&text_at);
	if (wanted != '?' && wanted != c && utf8proc_tolower(wanted) != utf8proc_tolower(c))
		return false;
	*mask = mask_at;
	*text = text_at;
	return true;
}

/* Only the last star seen may have to take more: whatever an earlier one could take instead, the
 * last one can take too. */
bool mask_match(const char *mask, const char *text)
{
	const char *behind_star = NULL,
		   *star_end = NULL; /* in mask; in text, what it takes so far */
	while (*text) {
		if (*mask == '*') {
			behind_star = ++mask;
			star_end = text;
		} else if (!take_same(&mask, &text)) {
			if (!behind_star)
				return false;
			take(&star_end);
			mask = behind_star;
			text = star_end;
		}
	}
	return mask[strspn(mask, "*")] == '\0';
}

bool mask_same(const char *a, const char *b)
{
	while (*a && *b)
		if (utf8proc_tolower(take(&a)) != utf8proc_tolower(take(&b)))
			return false;
	return *a == *b;
}

static bool is_space_or_control(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);
	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZS ||
	       category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool mask_is_word(const char *mask)
{
	if (*mask == '\0' || *mask == ':')
		return false;
	while (*mask)
		if (is_space_or_control(take(&mask)))
			return false;
	return true;
}

/* A mask as it is completed: len goes on counting when the text is full. */
struct draft {
	char text[MASK_SIZE];
	size_t len;
};

static void draft_add(struct draft *d, char c)
{
	if (d->len < MASK_BYTES_MAX)
		d->text[d->len] = c;
	d->len++;
}

/* Adds what is between from and to. */
static void draft_add_part(struct draft *d, const char *from, const char *to)
{
	if (from == to)
		draft_add(d, '*');
	for (const char *at = from; at < to; at++)
		if (at == from || at[0] != '*' || at[-1] != '*')
			draft_add(d, *at);
}

bool mask_complete(const char *mask, char out[MASK_SIZE])
{
	if (!mask_is_word(mask))
		return false;
	const char *end = mask + strlen(mask), *bang = strchr(mask, '!');
	const char *at = strchr(bang ? bang : mask, '@');
	/* Without a "!", what has a "@" leaves out the nick, and what has none is nothing else. */
	const char *nick_end = bang ? bang : at ? mask : end;

	struct draft d = { 0 };
	draft_add_part(&d, mask, nick_end);
	draft_add(&d, '!');
	draft_add_part(&d, bang ? bang + 1 : nick_end, at ? at : end);
	draft_add(&d, '@');
	draft_add_part(&d, at ? at + 1 : end, end);
	if (d.len > MASK_BYTES_MAX)
		return false;
	memcpy(out, d.text, sizeof(d.text));
	return true;
}
