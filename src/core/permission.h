/* permission.h: who may do what in a room. */
#ifndef TEAHOUSE_CORE_PERMISSION_H
#define TEAHOUSE_CORE_PERMISSION_H

#include <stdbool.h>

enum action {
	ACTION_SEE, /* that there is such a room, who is in it, its topic; see below */
	ACTION_SPEAK,
	ACTION_SET_TOPIC,
	ACTION_INVITE,
	ACTION_KICK,
	ACTION_SET_MODES,
};

/* How somebody stands to a room: each may do what those before it may. */
enum standing {
	STANDING_BANNED, /* in the room or not, a ban keeps him from speaking, and he has no rank */
	STANDING_OUTSIDER,
	STANDING_MEMBER,
	STANDING_VOICE,
	STANDING_OPERATOR,
	STANDING_SERVER_OPERATOR, /* in the room or not; may do everything */
};

/* The least standing that a takes in a room with these flags (enum room_flag, mode.h). */
enum standing permission_needed(enum action a, unsigned flags);

/* A ban takes nobody's sight: for ACTION_SEE, s is how he would stand without it. */
bool permission_given(enum action a, enum standing s, unsigned flags);

#endif
