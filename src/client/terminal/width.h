/* width.h: what people take for one character, and how many columns of a terminal it fills.
 *
 * A cluster is an extended grapheme cluster (https://unicode.org/reports/tr29/): a letter with its
 * accents, a family of emoji, a flag. A cursor never stands inside one. Widths come from utf8proc
 * and not from the C library, whose tables differ between systems and know no emoji sequences.
 * Terminals disagree all the same: who draws something that must stay in place moves the cursor by
 * hand after every cluster for which text_is_plain() is false.
 *
 * Everywhere here bytes is UTF-8. What is not valid counts byte by byte, without any width. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_WIDTH_H
#define TEAHOUSE_CLIENT_TERMINAL_WIDTH_H

#include "base/base.h"

#include <stdbool.h>

/* The bytes of the cluster at the start of bytes; 0 only when len is 0. */
size_t text_next_cluster(const char *bytes, size_t len);

/* The columns that bytes fill, cluster by cluster: 0 for a control, and for a mark without a
 * letter; 2 for wide characters, emoji sequences, flags and keycaps. */
unsigned text_columns(const char *bytes, size_t len);

/* Whether every terminal gives this cluster the same columns: ASCII, Han, kana and hangul. */
bool text_is_plain(const char *cluster, size_t len);

#endif
