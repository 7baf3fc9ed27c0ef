/* plain.h: the plain protocol, which the seed's client, nc and telnet speak: docs/plain.md.
 *
 * The nickname settles how a connection is read. It came with a newline: line mode, where newlines
 * end messages. It came without: chunk mode, where CHUNK_QUIET_MS without a byte does, as the seed's
 * client has it, which also needs pauses between what it is sent. */
#ifndef TEAHOUSE_PROTOCOLS_PLAIN_H
#define TEAHOUSE_PROTOCOLS_PLAIN_H

#include "protocols/codec.h"
#include "protocols/dialog.h"

/* A rendering's bits of the plain protocol's own. */
enum plain_variant {
	PLAIN_ENGLISH = BIT(VARIANT_OWN_BITS),
	PLAIN_ELSEWHERE = BIT(VARIANT_OWN_BITS + 1), /* not the current room: its name in front */
};

enum plain_mode { PLAIN_NAMING, PLAIN_LINES, PLAIN_CHUNKS };

/* How a connection is read; plain_input.c. */
struct plain_wire {
	struct wire wire;
	enum plain_mode mode;
	uint8_t telnet;    /* how far we are in a sequence of TELNET's; plain_input.c */
	bool http;         /* it began as a request of HTTP\'s */
	bool after_return; /* the last byte was a carriage return */
};

struct plain_dialog {
	struct dialog dialog;
	struct room *room; /* the current one; NULL: none. Its user is in it */
	bool lines;        /* line mode */
};

/* What may be asked: rows of plain.c, asked by plain_input.c. Each has the flag that the connection
 * is in line mode. */
extern const struct command plain_text; /* a nick, while there is none; then a message or a command */
extern const struct command plain_bad_bytes, plain_too_long; /* the same, but it cannot be one */
extern const struct command plain_end;

/* Adds the lines that e is in a variant; plain_lines.c. */
void plain_render(const struct event *e, unsigned variant, struct buf *out);

extern const struct codec plain_codec;
extern const struct session_ops plain_session_ops;

#endif
