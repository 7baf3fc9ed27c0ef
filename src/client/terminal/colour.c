#include "client/terminal/colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the 256, those whose contrast (WCAG 2.1, 1.4.3) is at least 4 to 1 against black and against
 * white, as many as can be told apart. The 16 differ from terminal to terminal; the dark ones are
 * made to be read on either. */
static const unsigned char nick_colours[] = { 131, 130, 64, 28, 30, 31, 27, 63, 98, 164, 162, 161 };
static const unsigned char nick_colours_16[] = { 31, 32, 33, 34, 35, 36 };

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

enum colour_depth colour_depth(enum colour_mode mode, int fd)
{
	const char *kind = getenv("TERM");
	if (!kind)
		kind = "";
	if (mode == COLOUR_NEVER)
		return COLOUR_NONE;
	if (mode == COLOUR_AUTO &&
	    (is_set("NO_COLOR") || !isatty(fd) || !*kind || strcmp(kind, "dumb") == 0))
		return COLOUR_NONE;
	return is_set("COLORTERM") || strstr(kind, "256") || strstr(kind, "kitty") ? COLOUR_256
										   : COLOUR_16;
}

static void add(struct buf *out, enum colour_depth depth, const char *begin, const char *text,
		size_t len)
{
	if (depth != COLOUR_NONE)
		buf_add_text(out, begin);
	buf_add(out, text, len);
	if (depth != COLOUR_NONE)
		buf_add_text(out, "\x1b[m");
}

/* FNV-1a: no secret, since the same nick has to look the same tomorrow. */
static uint32_t hash(const char *bytes, size_t len)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)bytes[i]) * 16777619u;
	return h;
}

void colour_add_nick(struct buf *out, enum colour_depth depth, const char *nick, size_t len)
{
	uint32_t h = hash(nick, len);
	struct buf begin = { 0 };
	if (depth == COLOUR_256)
		buf_printf(&begin, "\x1b[38;5;%dm", nick_colours[h % ARRAY_LEN(nick_colours)]);
	else
		buf_printf(&begin, "\x1b[%dm", nick_colours_16[h % ARRAY_LEN(nick_colours_16)]);
	add(out, depth, begin.bytes, nick, len);
	buf_done(&begin);
}

void colour_add_faint(struct buf *out, enum colour_depth depth, const char *text, size_t len)
{
	add(out, depth, "\x1b[2m", text, len);
}

void colour_add_strong(struct buf *out, enum colour_depth depth, const char *text, size_t len)
{
	add(out, depth, "\x1b[1m", text, len);
}
