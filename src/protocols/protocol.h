/* protocol.h: the protocols there are. A new one is a file or two and a row in protocol.c. */
#ifndef TEAHOUSE_PROTOCOLS_PROTOCOL_H
#define TEAHOUSE_PROTOCOLS_PROTOCOL_H

#include "protocols/codec.h"
#include "protocols/dialog.h"

struct protocol {
	const char *scheme; /* of its URLs */
	const char *port;   /* where it listens unless told otherwise */
	const struct codec *codec;
	size_t dialog_size; /* of the protocol's own struct, which begins with a struct dialog */
	const struct session_ops *session_ops;
	/* Of a dialog; NULL: nothing to do. A new one, before its first request. */
	void (*opened)(struct dialog *d);
	/* Likewise: its client has shown a certificate, whose SHA-256 this is, in small hexadecimal
	 * digits. */
	void (*certificate)(struct dialog *d, const char *fingerprint);
	/* Most of what was said is sent: it may go on with a long answer. */
	void (*taken)(struct dialog *d);
	/* The answer to dialog_check(), which made it busy: dialog_answered() is next. */
	void (*checked)(struct dialog *d, const struct password_answer *answer);
	/* What the server says of itself has changed; before: as it was, without its MOTD. NULL: nobody
	 * needs to know. */
	void (*about_changed)(struct dialog *d, const struct about *before);
	/* Frees what the protocol's own struct holds; the session has left by then. */
	void (*closed)(struct dialog *d);
	bool asks_password; /* its clients can give passwords: the server's, an account's */
	bool is_tls;        /* the same bytes, encrypted */
	bool only_public;   /* without --listen: listened to with --public alone */
	/* How a person gets in, for the operator's terminal: "nc %s %s" of host and port. */
	const char *way_in;
};

/* NULL: there is none. */
const struct protocol *protocol_find(const char *scheme);

/* All of them, ending with a row without a scheme: in the order in which they are listened to. */
extern const struct protocol protocols[];

#endif
