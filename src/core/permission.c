#include "core/permission.h"

#include "base/base.h"

/* The highest standing in the rows that apply is the one it takes. Those of one action follow each other. */
static const struct rule {
	enum action action;
	unsigned flag; /* 0: the row applies to every room */
	enum standing needed;
} rules[] = {
	{ ACTION_SEE, 0, STANDING_BANNED },
	{ ACTION_SEE, ROOM_SECRET, STANDING_MEMBER },
	{ ACTION_READ_HISTORY, 0, STANDING_MEMBER },
	{ ACTION_SPEAK, 0, STANDING_OUTSIDER },
	{ ACTION_SPEAK, ROOM_NO_OUTSIDE, STANDING_MEMBER },
	{ ACTION_SPEAK, ROOM_MODERATED, STANDING_VOICE },
	{ ACTION_SPEAK_AS_GUEST, 0, STANDING_BANNED },
	{ ACTION_SPEAK_AS_GUEST, ROOM_ACCOUNTS_SPEAK, STANDING_VOICE },
	{ ACTION_NOTICE, 0, STANDING_BANNED },
	{ ACTION_NOTICE, ROOM_NO_NOTICE, STANDING_SERVER_OPERATOR },
	{ ACTION_CTCP, 0, STANDING_BANNED },
	{ ACTION_CTCP, ROOM_NO_CTCP, STANDING_SERVER_OPERATOR },
	{ ACTION_COLOUR, 0, STANDING_BANNED },
	{ ACTION_COLOUR, ROOM_NO_COLOURS, STANDING_SERVER_OPERATOR },
	{ ACTION_SPEAK_TO_RANK, 0, STANDING_VOICE },
	{ ACTION_PASS_SLOW_MODE, 0, STANDING_VOICE },
	{ ACTION_CHANGE_NICK, 0, STANDING_BANNED },
	{ ACTION_CHANGE_NICK, ROOM_NICKS_STAY, STANDING_VOICE },
	{ ACTION_SET_TOPIC, 0, STANDING_MEMBER },
	{ ACTION_SET_TOPIC, ROOM_TOPIC_LOCKED, STANDING_HALFOP },
	{ ACTION_KNOCK, 0, STANDING_OUTSIDER },
	{ ACTION_HEAR_KNOCKS, 0, STANDING_HALFOP },
	{ ACTION_INVITE, 0, STANDING_MEMBER },
	{ ACTION_INVITE, ROOM_INVITE_ONLY, STANDING_HALFOP },
	{ ACTION_KICK, 0, STANDING_HALFOP },
	{ ACTION_KICK_OPERATOR, 0, STANDING_OPERATOR },
	{ ACTION_KICK_ADMIN, 0, STANDING_ADMIN },
	{ ACTION_KICK_OWNER, 0, STANDING_OWNER },
	{ ACTION_REDACT, 0, STANDING_HALFOP },
	{ ACTION_SEE_LISTS, 0, STANDING_HALFOP },
	{ ACTION_SET_LISTS, 0, STANDING_HALFOP },
	{ ACTION_SET_MODES, 0, STANDING_OPERATOR },
	{ ACTION_SET_VOICE, 0, STANDING_HALFOP },
	{ ACTION_SET_HALFOP, 0, STANDING_OPERATOR },
	{ ACTION_SET_OPERATOR, 0, STANDING_OPERATOR },
	{ ACTION_SET_ADMIN, 0, STANDING_OWNER },
	{ ACTION_SET_OWNER, 0, STANDING_OWNER },
	{ ACTION_RENAME, 0, STANDING_OPERATOR },
	{ ACTION_SET_METADATA, 0, STANDING_OPERATOR },
};

enum standing permission_needed(enum action a, unsigned flags)
{
	enum standing needed = STANDING_BANNED;
	const struct rule *r = rules, *end = rules + ARRAY_LEN(rules);
	while (r < end && r->action != a)
		r++;
	for (; r < end && r->action == a; r++)
		if ((r->flag == 0 || (r->flag & flags)) && r->needed > needed)
			needed = r->needed;
	return needed;
}

bool permission_given(enum action a, enum standing s, unsigned flags)
{
	return s >= permission_needed(a, flags);
}

static const struct rank_rule {
	enum rank rank;
	enum standing standing;
	enum action change, kick;
} ranks[] = {
	/* the highest first */
	{ RANK_OWNER, STANDING_OWNER, ACTION_SET_OWNER, ACTION_KICK_OWNER },
	{ RANK_ADMIN, STANDING_ADMIN, ACTION_SET_ADMIN, ACTION_KICK_ADMIN },
	{ RANK_OPERATOR, STANDING_OPERATOR, ACTION_SET_OPERATOR, ACTION_KICK_OPERATOR },
	{ RANK_HALFOP, STANDING_HALFOP, ACTION_SET_HALFOP, ACTION_KICK },
	{ RANK_VOICE, STANDING_VOICE, ACTION_SET_VOICE, ACTION_KICK },
};

/* NULL: none of them. */
static const struct rank_rule *highest_of(unsigned of)
{
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		if (of & ranks[i].rank)
			return &ranks[i];
	return NULL;
}

enum action permission_to_change(const struct mode *m)
{
	if (m->kind == MODE_RANK)
		return highest_of(m->bit)->change;
	return m->kind == MODE_LIST ? ACTION_SET_LISTS : ACTION_SET_MODES;
}

enum action permission_to_kick(unsigned of)
{
	const struct rank_rule *highest = highest_of(of);
	return highest ? highest->kick : ACTION_KICK;
}

enum standing standing_of(unsigned of)
{
	const struct rank_rule *highest = highest_of(of);
	return highest ? highest->standing : STANDING_MEMBER;
}
