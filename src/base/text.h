/* text.h: UTF-8 as bytes. Lengths are bytes. */
#ifndef TEAHOUSE_BASE_TEXT_H
#define TEAHOUSE_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>

/* Well-formed as Unicode's table 3-7 has it: no overlong forms, surrogates, or above U+10FFFF. */
bool utf8_valid(const char *bytes, size_t len);

/* How many bytes at the beginning of bytes are well-formed: len if utf8_valid(). */
size_t utf8_valid_length(const char *bytes, size_t len);

/* How many bytes at the end of bytes begin a character that is not complete yet: 0 to 3. */
size_t utf8_unfinished(const char *bytes, size_t len);

/* The longest start of bytes of at most max bytes that ends between two characters. At least one
 * byte when max and len are not 0, so that broken text cannot hold anybody up. */
size_t utf8_cut(const char *bytes, size_t len, size_t max);

/* Adds text without what would disturb a terminal or another's line: C0 and C1 controls, DEL,
 * bidirectional overrides and isolates, and IRC's formatting codes with their colour numbers
 * (https://modern.ircdocs.horse/formatting). text is valid UTF-8; a tab becomes a space. */
void text_add_shown(struct buf *out, const char *text, size_t len);

/* text has formatting codes of IRC: colours, bold, italics and so on. */
bool text_is_formatted(const char *text, size_t len);

#endif
