/* crowd.h: many entering or leaving a room at once.
 *
 * The first CROWD_SHOWN entries, and as many exits, of a second are shown one by one; of the rest
 * their number is told at its end, in an EVENT_CROWD. A protocol whose programs need every entry
 * (IRC) shows them all and not the EVENT_CROWD. */
#ifndef TEAHOUSE_CORE_CROWD_H
#define TEAHOUSE_CORE_CROWD_H

#include "core/event.h"

struct chat;
struct room;

/* Counts one more of kind (EVENT_JOIN, or another: an exit). true: one too many to be shown. */
bool crowd_count(struct chat *chat, struct room *r, enum event_kind kind);

/* Tells of the seconds that ended. */
void crowd_tick(struct chat *chat);

#endif
