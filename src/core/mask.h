/* mask.h: patterns for people, as bans have them: nick!user@host with wildcards.
 *
 * "*" stands for any text, "?" for one character, nothing else is special. Case does not matter, in
 * any script: characters are compared one by one in lower case. All strings are valid UTF-8. */
#ifndef TEAHOUSE_CORE_MASK_H
#define TEAHOUSE_CORE_MASK_H

#include "base/base.h"
#include "base/limits.h"

#include <stdbool.h>

#define MASK_SIZE (MASK_BYTES_MAX + 1)

/* Its time is in the order of strlen(mask) * strlen(text): five hundred stars are harmless. */
bool mask_match(const char *mask, const char *text);

/* Both mean the same people, whatever their case. */
bool mask_same(const char *a, const char *b);

/* mask is neither empty nor has a space or a control, and does not begin with a colon: no nick does, and
 * IRC would take it for the last argument. */
bool mask_is_word(const char *mask);

/* Completes mask to nick!user@host: what is missing or empty becomes "*", as does a run of stars.
 *
 *     nick       nick!*@*          user@host  *!user@host
 *     nick!user  nick!user@*       *          *!*@*
 *
 * false: it is no word, or too long when completed. out is untouched then. */
MUST_USE bool mask_complete(const char *mask, char out[MASK_SIZE]);

#endif
