#include "core/permission.h"

#include "tests/unit/check.h"

#include <stdio.h>

enum { FLAG_SETS = ROOM_FLAGS_ALL + 1 };

/* The rules once more, as one would tell them: who is this, and what may he do? */

static bool banned_may(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_SEE:
		return !(flags & ROOM_SECRET);
	case ACTION_CHANGE_NICK:
		return !(flags & ROOM_NICKS_STAY);
	case ACTION_SPEAK_AS_GUEST:
		return !(flags & ROOM_ACCOUNTS_SPEAK);
	case ACTION_NOTICE:
		return !(flags & ROOM_NO_NOTICE);
	case ACTION_CTCP:
		return !(flags & ROOM_NO_CTCP);
	case ACTION_COLOUR:
		return !(flags & ROOM_NO_COLOURS);
	default:
		return false;
	}
}

static bool outsider_may(enum action a, unsigned flags)
{
	if (a == ACTION_KNOCK)
		return true;
	if (a == ACTION_SPEAK)
		return !(flags & (ROOM_NO_OUTSIDE | ROOM_MODERATED));
	return banned_may(a, flags);
}

static bool member_may(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_SEE:
	case ACTION_READ_HISTORY:
		return true;
	case ACTION_SPEAK:
		return !(flags & ROOM_MODERATED);
	case ACTION_SET_TOPIC:
		return !(flags & ROOM_TOPIC_LOCKED);
	case ACTION_INVITE:
		return !(flags & ROOM_INVITE_ONLY);
	default:
		return outsider_may(a, flags);
	}
}

static bool voice_may(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_SPEAK:
	case ACTION_SPEAK_AS_GUEST:
	case ACTION_SPEAK_TO_RANK:
	case ACTION_PASS_SLOW_MODE:
	case ACTION_CHANGE_NICK:
		return true;
	default:
		return member_may(a, flags);
	}
}

static bool halfop_may(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_SET_TOPIC:
	case ACTION_HEAR_KNOCKS:
	case ACTION_INVITE:
	case ACTION_KICK:
	case ACTION_REDACT:
	case ACTION_SEE_LISTS:
	case ACTION_SET_LISTS:
	case ACTION_SET_VOICE:
		return true;
	default:
		return voice_may(a, flags);
	}
}

static bool operator_may(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_KICK_OPERATOR:
	case ACTION_SET_MODES:
	case ACTION_SET_HALFOP:
	case ACTION_SET_OPERATOR:
	case ACTION_RENAME:
	case ACTION_SET_METADATA:
		return true;
	default:
		return halfop_may(a, flags);
	}
}

static bool admin_may(enum action a, unsigned flags)
{
	return a == ACTION_KICK_ADMIN || operator_may(a, flags);
}

static bool owner_may(enum action a, unsigned flags)
{
	return a == ACTION_KICK_OWNER || a == ACTION_SET_ADMIN || a == ACTION_SET_OWNER ||
	       admin_may(a, flags);
}

static bool server_operator_may(enum action a, unsigned flags)
{
	(void)a;
	(void)flags;
	return true;
}

static const struct who {
	enum standing standing;
	const char *name;
	bool (*may)(enum action a, unsigned flags);
} everybody[] = {
	{ STANDING_BANNED, "banned", banned_may },
	{ STANDING_OUTSIDER, "outsider", outsider_may },
	{ STANDING_MEMBER, "member", member_may },
	{ STANDING_VOICE, "voice", voice_may },
	{ STANDING_HALFOP, "halfop", halfop_may },
	{ STANDING_OPERATOR, "operator", operator_may },
	{ STANDING_ADMIN, "admin", admin_may },
	{ STANDING_OWNER, "owner", owner_may },
	{ STANDING_SERVER_OPERATOR, "server operator", server_operator_may },
};

TEST(permission_given_keeps_the_rules_for_everybody_everywhere)
{
	char why[64];
	for (enum action a = 0; a < ACTION_COUNT; a++)
		for (size_t i = 0; i < ARRAY_LEN(everybody); i++) {
			const struct who *who = &everybody[i];
			for (unsigned flags = 0; flags < FLAG_SETS; flags++) {
				bool given = permission_given(a, who->standing, flags);
				if (given == who->may(a, flags))
					continue;
				snprintf(why, sizeof(why), "action %u, %s, flags %#x", a, who->name,
					 flags);
				CHECK_EQ(given, !given, why);
			}
		}
}

TEST(permission_needed_is_the_least_that_is_given)
{
	for (enum action a = 0; a < ACTION_COUNT; a++)
		for (unsigned flags = 0; flags < FLAG_SETS; flags++) {
			size_t least = 0;
			while (!everybody[least].may(a, flags))
				least++;
			if (permission_needed(a, flags) != everybody[least].standing)
				CHECK_EQ(permission_needed(a, flags), everybody[least].standing,
					 "the least standing");
		}
}

TEST(a_mode_takes_the_permission_of_its_kind)
{
	static const struct {
		char letter;
		enum action action;
	} cases[] = {
		{ 'q', ACTION_SET_OWNER },  { 'a', ACTION_SET_ADMIN }, { 'o', ACTION_SET_OPERATOR },
		{ 'h', ACTION_SET_HALFOP }, { 'v', ACTION_SET_VOICE }, { 'b', ACTION_SET_LISTS },
		{ 'e', ACTION_SET_LISTS },  { 'I', ACTION_SET_LISTS }, { 'k', ACTION_SET_MODES },
		{ 'l', ACTION_SET_MODES },  { 'i', ACTION_SET_MODES }, { 'm', ACTION_SET_MODES },
		{ 'n', ACTION_SET_MODES },  { 's', ACTION_SET_MODES }, { 't', ACTION_SET_MODES },
		{ 'f', ACTION_SET_MODES },  { 'd', ACTION_SET_MODES }, { 'C', ACTION_SET_MODES },
		{ 'M', ACTION_SET_MODES },  { 'N', ACTION_SET_MODES }, { 'R', ACTION_SET_MODES },
		{ 'T', ACTION_SET_MODES },  { 'c', ACTION_SET_MODES }, { 'r', ACTION_SET_MODES },
		{ 'z', ACTION_SET_MODES },
	};
	CHECK_EQ(ARRAY_LEN(cases), MODE_COUNT, "each of them");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(permission_to_change(mode_find(cases[i].letter)), cases[i].action,
			 "of its kind");
}

TEST(the_highest_rank_of_a_member_counts)
{
	static const struct {
		unsigned ranks;
		enum standing standing;
		enum action kick;
	} cases[] = {
		{ 0, STANDING_MEMBER, ACTION_KICK },
		{ RANK_VOICE, STANDING_VOICE, ACTION_KICK },
		{ RANK_HALFOP, STANDING_HALFOP, ACTION_KICK },
		{ RANK_HALFOP | RANK_VOICE, STANDING_HALFOP, ACTION_KICK },
		{ RANK_OPERATOR | RANK_VOICE, STANDING_OPERATOR, ACTION_KICK_OPERATOR },
		{ RANK_ADMIN, STANDING_ADMIN, ACTION_KICK_ADMIN },
		{ RANK_ADMIN | RANK_OPERATOR | RANK_HALFOP, STANDING_ADMIN, ACTION_KICK_ADMIN },
		{ RANK_OWNER, STANDING_OWNER, ACTION_KICK_OWNER },
		{ RANK_OWNER | RANK_ADMIN | RANK_OPERATOR | RANK_HALFOP | RANK_VOICE,
		  STANDING_OWNER, ACTION_KICK_OWNER },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(standing_of(cases[i].ranks), cases[i].standing, "how he stands");
		CHECK_EQ(permission_to_kick(cases[i].ranks), cases[i].kick, "what it takes");
	}
}
