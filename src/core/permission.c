#include "core/permission.h"

#include "base/base.h"
#include "core/mode.h"

/* The highest standing in the rows that apply is the one it takes. */
static const struct rule {
	enum action action;
	unsigned flag; /* 0: the row applies to every room */
	enum standing needed;
} rules[] = {
	{ ACTION_SEE, 0, STANDING_BANNED },
	{ ACTION_SEE, ROOM_SECRET, STANDING_MEMBER },
	{ ACTION_SPEAK, 0, STANDING_OUTSIDER },
	{ ACTION_SPEAK, ROOM_NO_OUTSIDE, STANDING_MEMBER },
	{ ACTION_SPEAK, ROOM_MODERATED, STANDING_VOICE },
	{ ACTION_SET_TOPIC, 0, STANDING_MEMBER },
	{ ACTION_SET_TOPIC, ROOM_TOPIC_LOCKED, STANDING_OPERATOR },
	{ ACTION_INVITE, 0, STANDING_MEMBER },
	{ ACTION_INVITE, ROOM_INVITE_ONLY, STANDING_OPERATOR },
	{ ACTION_KICK, 0, STANDING_OPERATOR },
	{ ACTION_SET_MODES, 0, STANDING_OPERATOR },
};

enum standing permission_needed(enum action a, unsigned flags)
{
	enum standing needed = STANDING_BANNED;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];
		bool applies = r->action == a && (r->flag == 0 || (r->flag & flags));
		if (applies && r->needed > needed)
			needed = r->needed;
	}
	return needed;
}

bool permission_given(enum action a, enum standing s, unsigned flags)
{
	return s >= permission_needed(a, flags);
}
