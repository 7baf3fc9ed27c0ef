/* delivery.h: the rooms' members that live on one I/O thread, and how an event reaches them.
 *
 * What somebody says in a row in one room is a run: it is rendered and put into each member's output
 * at once, so that a hundred short messages cost a walk over a thousand members and not a hundred. A run
 * is as long as nothing comes between; whoever says anything else to a connection flushes it first. */
#ifndef TEAHOUSE_SERVER_DELIVERY_H
#define TEAHOUSE_SERVER_DELIVERY_H

#include "core/event.h"
#include "net/group.h"

struct codec;

#define RUN_EVENTS_MAX 64

struct delivery {
	struct conn_set *conns;
	struct group **groups; /* by the slot of the room; NULL: nobody of it was ever here */
	size_t groups_size;
	struct event *run[RUN_EVENTS_MAX];
	size_t run_count, run_bytes;
	const struct conn *skip;
	size_t lines, said; /* put into outputs in this turn; bytes of what was said */
};

void delivery_init(struct delivery *d, struct conn_set *conns);
/* All conns have left their groups, and the set was flushed since. */
void delivery_done(struct delivery *d);

/* c is in a room from now on, or has another variant of what is said there. Flushes. */
void delivery_put(struct delivery *d, uint32_t room_slot, struct conn *c, const struct codec *codec,
		  unsigned variant);
/* Not in it: fine. Flushes. */
void delivery_remove(struct delivery *d, uint32_t room_slot, struct conn *c);

/* Tells all members of e's rooms but skip (NULL: nobody), in the next flush at the latest. Takes the
 * reference. */
void delivery_add(struct delivery *d, struct event *e, const struct conn *skip);
void delivery_flush(struct delivery *d);

/* So much was put into outputs since the turn began that it had better be written. */
bool delivery_is_much(const struct delivery *d);
void delivery_begin_turn(struct delivery *d);

#endif
