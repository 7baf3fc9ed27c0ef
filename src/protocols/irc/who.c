/* who: who is here, by room, nick or mask. https://modern.ircdocs.horse/#who-message */
#include "protocols/irc/handlers.h"

#include "core/mask.h"

#include <stdio.h>
#include <string.h>

static void who_one(struct irc_dialog *irc, const struct user *u, const struct member *m)
{
	char prefixes[IRC_PREFIXES_SIZE] = "", flags[16];
	if (m)
		irc_prefixes(irc, m, prefixes);
	snprintf(flags, sizeof(flags), "%s%s%s%s", user_away(u) ? "G" : "H",
		 u->flags & USER_OPERATOR ? "*" : "", prefixes, u->flags & USER_BOT ? "B" : "");
	irc_numeric(irc, RPL_WHOREPLY, m ? m->room->name : "*", u->user, u->host,
		    irc_about(irc)->name, u->nick, flags, u->real);
}

/* A room that both are in, or one of u's that he may see. */
static const struct member *who_room(struct irc_dialog *irc, const struct user *u)
{
	const struct member *seen = NULL;
	for (const struct member *m = u->first_room; m; m = m->next_room) {
		if (room_member(m->room, irc_user(irc)))
			return m;
		if (!seen && irc_sees(irc, m->room))
			seen = m;
	}
	return seen;
}

static bool who_matches(const struct user *u, const char *mask)
{
	return mask_match(mask, u->nick) || mask_match(mask, u->user) ||
	       mask_match(mask, u->host) || mask_match(mask, u->real);
}

static bool is_hidden(struct irc_dialog *irc, const struct user *u)
{
	return (u->flags & USER_INVISIBLE) && u != irc_user(irc) &&
	       !(irc_user(irc)->flags & USER_OPERATOR) && !user_shares_room(u, irc_user(irc));
}

static void who_mask(struct irc_dialog *irc, const char *mask, bool operators)
{
	bool all = !mask[0] || strcmp(mask, "0") == 0 || strcmp(mask, "*") == 0;
	for (const struct user *u = irc_chat(irc)->first_user; u && !irc_answer_is_full(irc);
	     u = u->next)
		if (!is_hidden(irc, u) && (!operators || (u->flags & USER_OPERATOR)) &&
		    (all || who_matches(u, mask)))
			who_one(irc, u, who_room(irc, u));
}

static void who_in_room(struct irc_dialog *irc, const struct room *r, bool operators)
{
	bool inside = room_member(r, irc_user(irc)) != NULL;
	for (const struct member *m = r->first; m && !irc_answer_is_full(irc); m = m->next)
		if ((!operators || (m->user->flags & USER_OPERATOR)) &&
		    (inside || !is_hidden(irc, m->user)))
			who_one(irc, m->user, m);
}

void irc_cmd_who(struct irc_dialog *irc, const struct request *r)
{
	const char *mask = irc_arg(r, 0);
	bool operators = strcmp(irc_arg(r, 1), "o") == 0;
	const struct user *u = irc_find(irc, mask);
	if (mask[0] == '#') {
		const struct room *room = irc_room(irc, mask);
		if (room && irc_sees(irc, room))
			who_in_room(irc, room, operators);
	} else if (u) {
		if (!operators || (u->flags & USER_OPERATOR))
			who_one(irc, u, who_room(irc, u));
	} else {
		who_mask(irc, mask, operators);
	}
	irc_numeric(irc, RPL_ENDOFWHO, irc_word(mask));
}
