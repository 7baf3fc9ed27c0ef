/* mail.h: what the core thread and the I/O threads say to each other, through queues (base/queue.h).
 *
 * What a pointer points to belongs to the receiver from then on; an event comes with a reference. */
#ifndef TEAHOUSE_SERVER_MAIL_H
#define TEAHOUSE_SERVER_MAIL_H

#include "core/ports.h"
#include "net/tls_config.h"
#include "protocols/protocol.h"

/* Many events for one connection, rendered there. */
struct telling {
	size_t count;
	struct event *events[];
};

enum to_io_kind {
	TO_IO_CONN,    /* a new connection: fd, protocol; flag: exempt from rates */
	TO_IO_EVENT,   /* to all members of its rooms but its origin: event */
	TO_IO_TELL,    /* to one: telling, variant */
	TO_IO_BYTES,   /* to one: bytes, len; flag: alone, see codec->stand_alone() */
	TO_IO_PUT,     /* into a room: slot, variant */
	TO_IO_REMOVE,  /* out of a room: slot */
	TO_IO_CREDIT,  /* len requests are answered */
	TO_IO_ENTERED, /* it has a nick */
	TO_IO_UNNAMED, /* a request is answered, and it still has no nick */
	TO_IO_TLS,     /* for new connections from now on: tls, with a reference */
	TO_IO_LOW,     /* answer with TO_CORE_LOW when little is left to be sent */
	TO_IO_CLOSE,   /* when all is sent */
	TO_IO_RELEASE, /* the core has forgotten it: the last that is said of it */
	TO_IO_STOP,    /* says goodbye to all, and ends the thread */
};

struct to_io {
	uint8_t kind; /* enum to_io_kind */
	bool flag;
	int fd;
	uint32_t slot, variant;
	conn_id conn;
	union {
		struct event *event;
		struct telling *telling;
		char *bytes;
		const struct protocol *protocol;
		struct tls_config *tls;
	};
	size_t len;
};

enum to_core_kind {
	TO_CORE_REQUEST,
	TO_CORE_LOW,
	TO_CORE_CERTIFICATE, /* it has shown one, whose fingerprint this is; before its first request */
	TO_CORE_GONE,        /* the connection is closed: why; answered by TO_IO_RELEASE */
	TO_CORE_STOPPED,     /* the I/O thread has said all its goodbyes */
};

struct to_core {
	enum to_core_kind kind;
	enum text why; /* TEXT_WHY_* */
	conn_id conn;
	union {
		struct request *request;
		char *fingerprint; /* see conn_fingerprint() */
	};
};

/* A conn_id's halves. */
static inline uint32_t conn_slot(conn_id conn)
{
	return (uint32_t)conn;
}

static inline conn_id conn_id_of(uint32_t slot, uint32_t generation)
{
	return (conn_id)generation << 32 | slot;
}

#endif
