/* codec.h: the half of a protocol that runs on the I/O threads: bytes in, requests out; events in,
 * bytes out. It knows no state of the chat. */
#ifndef TEAHOUSE_PROTOCOLS_CODEC_H
#define TEAHOUSE_PROTOCOLS_CODEC_H

#include "net/conn.h"
#include "protocols/request.h"
#include "protocols/texts.h"

struct wire;

/* Of a rendering, for every protocol; a protocol's own bits begin at VARIANT_OWN_BITS. */
enum variant_bits {
	VARIANT_ANSWER = BIT(0),  /* for whoever asked for the event */
	VARIANT_PAST = BIT(1),    /* from the history: with its time */
	VARIANT_CROWDED = BIT(2), /* one of many at once: see core/crowd.h */
	VARIANT_OWN_BITS = 3,
};

/* What a codec may ask of the I/O thread. */
struct wire_ops {
	/* Hands a request to the core; it is the core's from now on. */
	void (*ask)(struct wire *w, struct request *r);
	/* May it parse one more request? If not, take() stops there and is called again later. */
	bool (*may_ask)(const struct wire *w);
	/* Calls codec->quiet() when nothing came for CHUNK_QUIET_MS; each call starts anew. */
	void (*wait_quiet)(struct wire *w);
	/* Ends the connection: it is no client of this protocol. what is for the log. */
	void (*reject)(struct wire *w, const char *what);
};

struct codec {
	size_t wire_size; /* of the protocol's own struct, which is or begins with a struct wire */
	/* A new connection: says hello. NULL: it does not. */
	void (*open)(struct wire *w);
	void (*done)(struct wire *w);
	/* Takes bytes; returns how many, all unless may_ask() said no. */
	size_t (*take)(struct wire *w, const char *bytes, size_t len);
	/* What wait_quiet() waited for. NULL: it is never called. */
	void (*quiet)(struct wire *w);
	/* Asks the peer whether it is still there; whatever it says is the answer. NULL: this protocol
	 * has no such question. */
	void (*ping)(struct wire *w);
	/* The end of the input: what is left of it is asked, and then the end itself. */
	void (*end)(struct wire *w);
	/* What was sent last must reach the client by itself, before anything else. NULL: no dialog of
	 * this protocol says such a thing. */
	void (*stand_alone)(struct wire *w);
	/* Adds what is said to somebody whose connection the server ends; why is one of TEXT_BYE_*.
	 * Nothing: the end alone tells it. */
	void (*farewell)(const struct wire *w, enum text why, struct buf *out);
	/* Adds the lines that e is in a variant; nothing: it is not shown there. Any thread. */
	void (*render)(const struct event *e, unsigned variant, struct buf *out);
};

/* A connection as its codec sees it; lives on its I/O thread. */
struct wire {
	const struct codec *codec;
	const struct wire_ops *ops;
	struct conn *conn;
	struct buf partial; /* what came of a line, or of a chunk */
	enum lang lang;
	bool overlong; /* more came than may be kept: the rest is passed over */
	bool started;  /* something came already */
};

#endif
