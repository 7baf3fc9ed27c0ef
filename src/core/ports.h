/* ports.h: all that the chat is handed from outside: order and durability, a way to its members'
 * connections, a way to read what was said. No sockets, no SQL, no clock in here: a test hands in
 * arrays. Every function is called on the core's thread and returns at once. */
#ifndef TEAHOUSE_CORE_PORTS_H
#define TEAHOUSE_CORE_PORTS_H

#include "core/event.h"

/* Names a connection for good: slot in the low half, generation in the high one. 0: nobody. */
typedef uint64_t conn_id;

/* What is read, and what for; answered by chat_read_done(). */
struct chat_read {
	enum {
		READ_WAKE,    /* a room's last words */
		READ_PAST,    /* what somebody asked for */
		READ_TARGETS, /* where something was said: the last words of each place */
	} what;
	const struct event_part *parts; /* during the call only, with their keys */
	size_t part_count;
	conn_id asker;            /* but for READ_WAKE */
	uint32_t room_slot;       /* READ_WAKE */
	struct event_span window; /* READ_TARGETS: in which the last words must lie */
	uint64_t redactions;      /* chat->redactions.count when it began */
};

struct chat_ports {
	void *ctx;
	/* Puts a stored event into the log, which takes the caller's reference if it answers
	 * REFUSED_NOT: then chat_apply() or chat_refuse() follows, never within the call. */
	enum refusal (*propose)(void *ctx, struct event *e);
	/* The log takes nothing more before some of it is on disk: whoever would store waits. */
	bool (*log_is_full)(void *ctx);
	/* false: too many reads are under way. */
	bool (*read)(void *ctx, const struct chat_read *read);
	/* A place that is never spoken in again: the end of a private conversation. */
	void (*forget)(void *ctx, const char *room_key);
	/* To all members of e->rooms but its origin. */
	void (*deliver)(void *ctx, struct event *e);
	/* Who is in which room, in the order of the deliveries. Putting twice changes the variant. */
	void (*put_member)(void *ctx, uint32_t room_slot, conn_id conn, unsigned variant);
	void (*remove_member)(void *ctx, uint32_t room_slot, conn_id conn);
};

#endif
