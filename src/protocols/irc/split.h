/* split.h: cuts what is too long for one line of IRC into pieces that fit, and no word, letter or
 * emoji in two if that can be. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_SPLIT_H
#define TEAHOUSE_PROTOCOLS_IRC_SPLIT_H

#include <stddef.h>

/* How many bytes of text, which is valid UTF-8, the next piece of at most max bytes has:
 *   - all of them, if they fit; otherwise it ends
 *   - before the last space that leaves it no shorter than half of max, or else
 *   - between two grapheme clusters (https://unicode.org/reports/tr29), or else
 *   - between two characters, and one that alone is longer than max is a piece all the same.
 * A space right behind a piece is where it was cut: the caller leaves it out, and that one only.
 * 0 only when len is. */
size_t irc_split(const char *text, size_t len, size_t max);

#endif
