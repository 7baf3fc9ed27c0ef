/* colour.h: what may be coloured, and how: the only escape sequences within a line of text.
 *
 * Who is asked not to colour does not: https://no-color.org. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_COLOUR_H
#define TEAHOUSE_CLIENT_TERMINAL_COLOUR_H

#include "base/buf.h"

enum colour_mode { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER }; /* --color */

enum colour_depth {
	COLOUR_NONE,
	COLOUR_16,
	COLOUR_256,
};

/* What the terminal behind fd gets: nothing if it is none or NO_COLOR is set, unless colours are
 * wanted always; 16 or 256 as TERM and COLORTERM say. */
enum colour_depth colour_depth(enum colour_mode mode, int fd);

/* Each adds text, and around it what begins and ends the colour; without colours text alone. */

/* A nick has the same colour always and everywhere: one of twelve (of six with 16 colours) that can
 * be read on black and on white. */
void colour_add_nick(struct buf *out, enum colour_depth depth, const char *nick, size_t len);
/* What matters less: times, joins. */
void colour_add_faint(struct buf *out, enum colour_depth depth, const char *text, size_t len);
/* What matters more: one's own nick being said. */
void colour_add_strong(struct buf *out, enum colour_depth depth, const char *text, size_t len);

#endif
