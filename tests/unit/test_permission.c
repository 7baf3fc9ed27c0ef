#include "core/permission.h"

#include "core/mode.h"
#include "tests/unit/check.h"

#include <stdio.h>

enum { FLAG_SETS = 32 };

/* The rules once more, as one would tell them. */
static bool expected(enum action a, enum standing s, unsigned flags)
{
	if (s == STANDING_SERVER_OPERATOR || s == STANDING_OPERATOR)
		return true;
	bool is_member = s == STANDING_MEMBER || s == STANDING_VOICE;
	switch (a) {
	case ACTION_SEE:
		if (flags & ROOM_SECRET)
			return is_member;
		return true;
	case ACTION_SPEAK:
		if (s == STANDING_BANNED)
			return false;
		if ((flags & ROOM_MODERATED) && s != STANDING_VOICE)
			return false;
		if ((flags & ROOM_NO_OUTSIDE) && !is_member)
			return false;
		return true;
	case ACTION_SET_TOPIC:
		if (flags & ROOM_TOPIC_LOCKED)
			return false;
		return is_member;
	case ACTION_INVITE:
		if (flags & ROOM_INVITE_ONLY)
			return false;
		return is_member;
	case ACTION_KICK:
	case ACTION_SET_MODES:
		return false;
	}
	return false;
}

TEST(permission_given_keeps_the_rules_for_everybody_everywhere)
{
	for (enum action a = ACTION_SEE; a <= ACTION_SET_MODES; a++)
		for (enum standing s = STANDING_BANNED; s <= STANDING_SERVER_OPERATOR; s++)
			for (unsigned flags = 0; flags < FLAG_SETS; flags++) {
				char why[64];
				snprintf(why, sizeof(why), "action %u, standing %u, flags %#x", a,
					 s, flags);
				CHECK_EQ(permission_given(a, s, flags), expected(a, s, flags), why);
			}
}

TEST(permission_needed_is_the_least_that_is_given)
{
	for (enum action a = ACTION_SEE; a <= ACTION_SET_MODES; a++)
		for (unsigned flags = 0; flags < FLAG_SETS; flags++) {
			enum standing least = STANDING_BANNED;
			while (!expected(a, least, flags))
				least++;
			CHECK_EQ(permission_needed(a, flags), least, "the least standing");
		}
}
