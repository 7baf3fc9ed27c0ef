#include "core/nick.h"

#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Characters that some protocol or command gives a meaning of its own. */
static const char nick_forbidden[] = "!@,:*?.#&~%+$";
static const char room_forbidden[] = ",";

/* The beginnings of the plain protocol's own lines, which no nick may forge. */
static const char system_mark[] = "系统消息";
static const char private_mark[] = "[私聊";

/* Letters that are taken for Latin ones: Cyrillic and Greek, both cases, and a few more. Facts of
 * Unicode's confusables (UTS 39), kept to what a nick in lower case is mistaken for. */
static const struct lookalike {
	utf8proc_int32_t letter;
	char latin;
} lookalikes[] = {
	{ 0x0131, 'i' }, { 0x0251, 'a' }, { 0x0261, 'g' }, { 0x0269, 'i' }, { 0x0391, 'a' },
	{ 0x0392, 'b' }, { 0x0395, 'e' }, { 0x0396, 'z' }, { 0x0397, 'h' }, { 0x0399, 'i' },
	{ 0x039A, 'k' }, { 0x039C, 'm' }, { 0x039D, 'n' }, { 0x039F, 'o' }, { 0x03A1, 'p' },
	{ 0x03A4, 't' }, { 0x03A5, 'y' }, { 0x03A7, 'x' }, { 0x03B1, 'a' }, { 0x03B3, 'y' },
	{ 0x03B9, 'i' }, { 0x03BA, 'k' }, { 0x03BD, 'v' }, { 0x03BF, 'o' }, { 0x03C1, 'p' },
	{ 0x03C3, 'o' }, { 0x03C5, 'u' }, { 0x03C7, 'x' }, { 0x03F2, 'c' }, { 0x03F3, 'j' },
	{ 0x0405, 's' }, { 0x0406, 'i' }, { 0x0408, 'j' }, { 0x0410, 'a' }, { 0x0412, 'b' },
	{ 0x0415, 'e' }, { 0x041A, 'k' }, { 0x041C, 'm' }, { 0x041D, 'h' }, { 0x041E, 'o' },
	{ 0x0420, 'p' }, { 0x0421, 'c' }, { 0x0422, 't' }, { 0x0423, 'y' }, { 0x0425, 'x' },
	{ 0x042C, 'b' }, { 0x0430, 'a' }, { 0x0435, 'e' }, { 0x043A, 'k' }, { 0x043E, 'o' },
	{ 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0443, 'y' }, { 0x0445, 'x' }, { 0x0455, 's' },
	{ 0x0456, 'i' }, { 0x0458, 'j' }, { 0x0474, 'v' }, { 0x0475, 'v' }, { 0x04AE, 'y' },
	{ 0x04AF, 'y' }, { 0x04BB, 'h' }, { 0x04C0, 'i' }, { 0x04CF, 'i' }, { 0x0501, 'd' },
	{ 0x050C, 'g' }, { 0x051A, 'q' }, { 0x051B, 'q' }, { 0x051C, 'w' }, { 0x051D, 'w' },
	{ 0x054D, 'u' }, { 0x0555, 'o' }, { 0x0570, 'h' }, { 0x0578, 'n' }, { 0x057D, 'u' },
	{ 0x0581, 'g' }, { 0x0585, 'o' }, { 0x1D04, 'c' }, { 0x1D0F, 'o' }, { 0x1D1C, 'u' },
	{ 0x1D20, 'v' }, { 0x1D21, 'w' }, { 0x1D22, 'z' }, { 0x2170, 'i' }, { 0x217C, 'l' },
	{ 0x217D, 'c' }, { 0x217E, 'd' }, { 0x217F, 'm' },
};

static utf8proc_int32_t decode(const char **at, const char *end)
{
	utf8proc_int32_t c;
	*at += utf8proc_iterate((const utf8proc_uint8_t *)*at, end - *at, &c);
	return c;
}

static bool character_is_allowed(utf8proc_int32_t c, const char *forbidden)
{
	/* Most names are ASCII, and each message names a room: no tables for them. */
	if (c < 0x80)
		return c > ' ' && c != 0x7F && !strchr(forbidden, (char)c);
	/* Invisible: two nicks could differ by nothing (RFC 8264, 9.13; some of them are letters). */
	if (utf8proc_get_property(c)->ignorable)
		return false;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned */
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

static bool characters_are_allowed(const char *name, size_t len, const char *forbidden)
{
	const char *at = name, *end = name + len;
	while (at < end)
		if (!character_is_allowed(decode(&at, end), forbidden))
			return false;
	return true;
}

/* RFC 8265, 3.3.2: wide and narrow forms become the ordinary ones. */
static utf8proc_int32_t map_width(utf8proc_int32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property(c);
	if (p->decomp_type != UTF8PROC_DECOMP_TYPE_WIDE &&
	    p->decomp_type != UTF8PROC_DECOMP_TYPE_NARROW)
		return c;
	utf8proc_int32_t plain[4];
	int last_boundclass = UTF8PROC_BOUNDCLASS_START;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, plain, ARRAY_LEN(plain),
						     UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
						     &last_boundclass);
	return n == 1 ? plain[0] : c;
}

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool put(char key[NAME_KEY_SIZE], const char *bytes, size_t len)
{
	if (len >= NAME_KEY_SIZE)
		return false;
	memcpy(key, bytes, len);
	key[len] = '\0';
	return true;
}

static bool fold_ascii(const char *name, size_t len, char key[NAME_KEY_SIZE])
{
	if (!put(key, name, len))
		return false;
	for (char *at = key; *at; at++)
		*at = ascii_lower(*at);
	return true;
}

static bool is_ascii(const char *name, size_t len)
{
	unsigned char seen = 0;
	for (size_t i = 0; i < len; i++)
		seen |= (unsigned char)name[i];
	return seen < 0x80;
}

/* Maps width and case with letter(), then composes (NFC). */
static bool fold(const char *name, size_t len, utf8proc_int32_t (*letter)(utf8proc_int32_t),
		 char key[NAME_KEY_SIZE])
{
	if (is_ascii(name, len))
		return fold_ascii(name, len, key);
	char mapped[ROOM_BYTES_MAX * 4 + 4];
	size_t used = 0;
	const char *at = name, *end = name + len;
	while (at < end) {
		utf8proc_int32_t c = letter(map_width(decode(&at, end)));
		if (used + 4 > sizeof(mapped))
			return false;
		used += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)mapped + used);
	}
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)mapped, (utf8proc_ssize_t)used,
					  &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	bool ok = n > 0 && put(key, (const char *)composed, (size_t)n);
	free(composed);
	return ok;
}

static bool name_key(const char *name, size_t len, enum casemapping mapping,
		     char key[NAME_KEY_SIZE])
{
	if (mapping == CASEMAPPING_PRECIS)
		return fold(name, len, utf8proc_tolower, key);
	return fold_ascii(name, len, key);
}

static bool is_name(const char *name, size_t len, size_t max, const char *forbidden,
		    enum casemapping mapping, char key[NAME_KEY_SIZE])
{
	if (len == 0 || len > max || len > ROOM_BYTES_MAX || !utf8_valid(name, len) ||
	    !characters_are_allowed(name, len, forbidden))
		return false;
	/* A full-width colon is a colon once mapped. */
	return name_key(name, len, mapping, key) &&
	       characters_are_allowed(key, strlen(key), forbidden);
}

static bool looks_like_system(const char *nick)
{
	return strncmp(nick, system_mark, strlen(system_mark)) == 0 || strstr(nick, private_mark);
}

bool nick_key(const char *nick, size_t len, size_t max, enum casemapping mapping,
	      char key[NAME_KEY_SIZE])
{
	char found[NAME_KEY_SIZE], precis[NAME_KEY_SIZE];
	if (!is_name(nick, len, max, nick_forbidden, mapping, found))
		return false;
	/* People read it, whatever the machine compares by. */
	if (looks_like_system(found) || !name_key(nick, len, CASEMAPPING_PRECIS, precis) ||
	    looks_like_system(precis))
		return false;
	memcpy(key, found, NAME_KEY_SIZE);
	return true;
}

bool room_key(const char *name, size_t len, size_t max, enum casemapping mapping,
	      char key[NAME_KEY_SIZE])
{
	char found[NAME_KEY_SIZE];
	if (len < 2 || name[0] != '#' || !is_name(name, len, max, room_forbidden, mapping, found))
		return false;
	memcpy(key, found, NAME_KEY_SIZE);
	return true;
}

/* 0: c looks like no Latin letter. */
static char lookalike_of(utf8proc_int32_t c)
{
	size_t low = 0, high = ARRAY_LEN(lookalikes);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (lookalikes[middle].letter < c)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < ARRAY_LEN(lookalikes) && lookalikes[low].letter == c)
		return lookalikes[low].latin;
	return 0;
}

static utf8proc_int32_t latin_or_lower(utf8proc_int32_t c)
{
	utf8proc_int32_t lower = utf8proc_tolower(c);
	char latin = lookalike_of(c);
	if (!latin)
		latin = lookalike_of(lower);
	return latin ? latin : lower;
}

void nick_skeleton(const char *nick, enum casemapping mapping, char skeleton[NAME_KEY_SIZE])
{
	bool ok = mapping == CASEMAPPING_PRECIS ? fold(nick, strlen(nick), latin_or_lower, skeleton)
						: name_key(nick, strlen(nick), mapping, skeleton);
	assert(ok);
	(void)ok;
}
