/* sasl.h: messages of SASL as IRC carries them, and what one of PLAIN says. Pure.
 * https://ircv3.net/specs/extensions/sasl-3.1 and https://www.rfc-editor.org/rfc/rfc4616
 *
 * A message is base64, cut into chunks of SASL_CHUNK_BYTES; the first that is shorter is its last, and
 * "+" is one without anything. */
#ifndef TEAHOUSE_PROTOCOLS_SASL_H
#define TEAHOUSE_PROTOCOLS_SASL_H

#include "base/buf.h"

#include <stdbool.h>

#define SASL_CHUNK_BYTES 400

enum sasl_taken {
	SASL_MORE,       /* the message goes on */
	SASL_WHOLE,      /* that was all of it, decoded */
	SASL_LONG,       /* longer than SASL_BYTES_MAX */
	SASL_CHUNK_LONG, /* that is no chunk, for its length */
	SASL_BROKEN,     /* no base64 */
};

/* Takes a chunk, which is added to text ({ 0 } is an empty one); the message is there in its stead when
 * it is whole, and text.len its length. After anything but SASL_MORE the next chunk begins a message,
 * in an empty text. */
enum sasl_taken sasl_take(struct buf *text, const char *chunk);

/* Cuts a message into chunks and says each. */
void sasl_say(const char *message, size_t len, void (*say)(void *ctx, const char *chunk),
	      void *ctx);

/* Parts of message, each a string; acts_as is "" for himself. */
struct sasl_plain {
	const char *acts_as, *account, *password;
};

/* message has a NUL behind it (as a buf has), and is what they point to. false: it is none of PLAIN's, or
 * something is missing. */
MUST_USE bool sasl_plain_parse(const char *message, size_t len, struct sasl_plain *ret);

#endif
