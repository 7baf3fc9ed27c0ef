/* nick.h: what may be a nick or a room's name, and which of them are the same.
 *
 * Compared by PRECIS UsernameCaseMapped (RFC 8265, 3.3): width mapping, lower case, NFC. Names that
 * look alike across scripts are the same too, unless both are pure ASCII. */
#ifndef TEAHOUSE_CORE_NICK_H
#define TEAHOUSE_CORE_NICK_H

#include "base/base.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>

/* Mapping may lengthen a name: a name whose key does not fit is not valid. */
#define NAME_KEY_SIZE (ROOM_BYTES_MAX * 3 + 1)

enum casemapping {
	CASEMAPPING_PRECIS,
	CASEMAPPING_ASCII, /* A to Z only, and nothing looks alike */
};

/* The key two names share if they are the same. false: not valid, key is untouched. A nick is 1 to
 * max bytes of UTF-8 without spaces, controls and the characters that protocols need, and does not
 * look like a line of the server's own. */
MUST_USE bool nick_key(const char *nick, size_t len, size_t max, enum casemapping mapping,
		       char key[NAME_KEY_SIZE]);

/* The same for a room: "#" and at least one more character. */
MUST_USE bool room_key(const char *name, size_t len, size_t max, enum casemapping mapping,
		       char key[NAME_KEY_SIZE]);

/* What is left of a nick when letters of other scripts that look like Latin ones are those. Two nicks
 * with one skeleton are the same unless both are ASCII, which by then have one key. nick is valid. */
void nick_skeleton(const char *nick, enum casemapping mapping, char skeleton[NAME_KEY_SIZE]);

#endif
