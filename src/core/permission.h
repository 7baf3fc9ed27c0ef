/* permission.h: who may do what in a room: one table of actions, ranks and the room's modes.
 *
 * In short: halfops look after people and what they say, operators after the room, and admins and
 * owners are operators whom those below them cannot put out. */
#ifndef TEAHOUSE_CORE_PERMISSION_H
#define TEAHOUSE_CORE_PERMISSION_H

#include "core/mode.h"

#include <stdbool.h>

enum action {
	ACTION_SEE, /* that there is such a room, who is in it, its topic; see below */
	ACTION_READ_HISTORY,
	ACTION_SPEAK,
	/* What some rooms do not want, beside ACTION_SPEAK: */
	ACTION_SPEAK_AS_GUEST, /* without an account */
	ACTION_NOTICE,
	ACTION_CTCP, /* but for ACTION */
	ACTION_COLOUR,
	ACTION_SPEAK_TO_RANK,  /* to some of the members: STATUSMSG */
	ACTION_PASS_SLOW_MODE, /* speaks as often as he likes */
	ACTION_CHANGE_NICK,    /* while he is there */
	ACTION_SET_TOPIC,
	ACTION_KNOCK, /* asks for an invitation */
	ACTION_HEAR_KNOCKS,
	ACTION_INVITE,
	/* By the highest rank of whom it is done to; so is taking a rank from him. */
	ACTION_KICK, /* halfops and those below */
	ACTION_KICK_OPERATOR,
	ACTION_KICK_ADMIN,
	ACTION_KICK_OWNER,
	ACTION_REDACT,    /* what others said */
	ACTION_SEE_LISTS, /* e and I: who sees the room sees its bans */
	ACTION_SET_LISTS,
	ACTION_SET_MODES, /* all that are neither lists nor ranks */
	ACTION_SET_VOICE,
	ACTION_SET_HALFOP,
	ACTION_SET_OPERATOR,
	ACTION_SET_ADMIN,
	ACTION_SET_OWNER,
	ACTION_RENAME,
	ACTION_SET_METADATA,
	ACTION_COUNT,
};

/* How somebody stands to a room: each may do what those before it may. */
enum standing {
	STANDING_BANNED, /* in the room or not, a ban keeps him from speaking, and he has no rank */
	STANDING_OUTSIDER,
	STANDING_MEMBER,
	STANDING_VOICE,
	STANDING_HALFOP,
	STANDING_OPERATOR,
	STANDING_ADMIN,
	STANDING_OWNER,
	STANDING_SERVER_OPERATOR, /* in the room or not; may do everything */
};

/* The least standing that a takes in a room with these flags (enum room_flag, mode.h). */
enum standing permission_needed(enum action a, unsigned flags);

/* A ban takes nobody's sight: for ACTION_SEE, s is how he would stand without it. */
bool permission_given(enum action a, enum standing s, unsigned flags);

/* What it is to change m, or to kick a member of these ranks (enum rank, mode.h). */
enum action permission_to_change(const struct mode *m);
enum action permission_to_kick(unsigned ranks);

/* A member of these ranks, of which the highest counts. */
enum standing standing_of(unsigned ranks);

#endif
