/* modes: of rooms and of oneself. https://modern.ircdocs.horse/#mode-message */
#include "protocols/irc/handlers.h"

#include <string.h>

/* ---- of a room ---- */

static void show_room(struct irc_dialog *irc, const struct room *r)
{
	struct buf text = { 0 };
	rules_text(&r->rules, room_rank(r, irc_user(irc)) > STANDING_OUTSIDER, &text);
	irc_numeric(irc, RPL_CHANNELMODEIS, r->name, text.bytes);
	irc_numeric(irc, RPL_CREATIONTIME, r->name, (long long)(r->since_ms / 1000));
	buf_done(&text);
}

static void show_list(struct irc_dialog *irc, struct room *r, char letter)
{
	const struct mask_list *list = rules_list(&r->rules, letter);
	enum irc_numeric row = letter == 'b'   ? RPL_BANLIST
			       : letter == 'e' ? RPL_EXCEPTLIST
					       : RPL_INVEXLIST;
	enum irc_numeric end = letter == 'b'   ? RPL_ENDOFBANLIST
			       : letter == 'e' ? RPL_ENDOFEXCEPTLIST
					       : RPL_ENDOFINVEXLIST;
	for (size_t i = 0; i < list->count; i++) {
		const struct rule_mask *m = &list->items[i];
		irc_numeric(irc, row, r->name, m->mask, m->by, (long long)(m->time_ms / 1000));
	}
	irc_numeric(irc, end, r->name);
}

/* What was asked, as far as it makes sense, is one change of the room. */
struct mode_asking {
	struct irc_dialog *irc;
	struct room *room;
	struct mode_set set;
	size_t args;       /* changes with an argument so far */
	bool refused;      /* he was told that he may not: once is enough */
	uint64_t answered; /* lists that were shown, letters that were unknown: once each, too */
};

static bool is_answered(struct mode_asking *a, char letter)
{
	uint64_t bit = UINT64_C(1) << (letter > '?' ? letter - '?' : 0);
	bool before = a->answered & bit;
	a->answered |= bit;
	return before;
}

static void refuse_rank(struct mode_asking *a)
{
	if (!a->refused)
		irc_numeric(a->irc, ERR_CHANOPRIVSNEEDED, a->room->name);
	a->refused = true;
}

static bool asker_may(const struct mode_asking *a, enum action action)
{
	return permission_given(action, room_rank(a->room, irc_user(a->irc)), a->room->rules.flags);
}

static void refuse_argument(struct mode_asking *a, const struct mode_change *change)
{
	irc_numeric(a->irc, ERR_INVALIDMODEPARAM, a->room->name, change->mode->letter,
		    irc_word(change->arg), "Invalid parameter");
}

static void refuse_change(struct mode_asking *a, const struct mode_change *change, enum refusal why)
{
	switch (why) {
	case REFUSED_NOT_OPERATOR:
	case REFUSED_NOT_IN_ROOM:
		refuse_rank(a);
		return;
	case REFUSED_NOT_THERE:
		irc_numeric(a->irc, ERR_USERNOTINCHANNEL, change->arg, a->room->name);
		return;
	case REFUSED_MODE_ARGUMENT:
		refuse_argument(a, change);
		return;
	case REFUSED_LIST_FULL:
		irc_numeric(a->irc, ERR_BANLISTFULL, a->room->name, change->mode->letter);
		return;
	case REFUSED_SERVER_ONLY:
		irc_numeric(a->irc, ERR_ONLYSERVERSCANCHANGE, a->room->name);
		return;
	case REFUSED_INSECURE_MEMBER:
		irc_numeric(a->irc, ERR_ALLMUSTSSL, a->room->name);
		return;
	case REFUSED_FORWARD:
		irc_numeric(a->irc, ERR_CHANOPRIVSNEEDED, change->arg);
		return;
	default:
		irc_refuse(a->irc, why, "MODE", change->arg);
		return;
	}
}

static void ask_change(struct mode_asking *a, const struct mode_change *change)
{
	if (a->set.count >= MODE_CHANGES_MAX || a->args >= MODE_ARGS_MAX)
		return;
	a->args += mode_takes_arg(change->mode, change->on);
	enum refusal why = mode_set_try(&a->irc->dialog.session, a->room, change, &a->set);
	if (why != REFUSED_NOT)
		refuse_change(a, change, why);
}

static void ask_list(struct mode_asking *a, char letter)
{
	if (is_answered(a, letter))
		return;
	if (letter == 'b' || asker_may(a, ACTION_SEE_LISTS))
		show_list(a->irc, a->room, letter);
	else
		refuse_rank(a);
}

static void ask_missing(struct mode_asking *a, const struct mode *mode)
{
	if (asker_may(a, permission_to_change(mode)))
		irc_numeric(a->irc, ERR_INVALIDMODEPARAM, a->room->name, mode->letter, "*",
			    "You must specify a parameter");
	else
		refuse_rank(a);
}

static void ask_all(struct mode_asking *a, const struct request *r)
{
	struct mode_reader reader = { r->argv[1], r->argv + 2, r->argc - 2, true };
	struct mode_change change;
	char letter;
	for (;;) {
		switch (mode_read(&reader, &change, &letter)) {
		case MODE_READ_END:
			return;
		case MODE_READ_CHANGE:
			ask_change(a, &change);
			break;
		case MODE_READ_LIST:
			ask_list(a, letter);
			break;
		case MODE_READ_UNKNOWN:
			if (!is_answered(a, letter))
				irc_numeric(a->irc, ERR_UNKNOWNMODE, letter);
			break;
		case MODE_READ_MISSING:
			ask_missing(a, change.mode);
			break;
		}
	}
}

static void mode_room(struct irc_dialog *irc, struct room *room, const struct request *r)
{
	struct mode_asking a = { .irc = irc, .room = room };
	if (!irc_sees(irc, room)) {
		irc_numeric(irc, ERR_NOTONCHANNEL, room->name);
		return;
	}
	if (r->argc < 2) {
		show_room(irc, room);
		return;
	}
	ask_all(&a, r);
	if (a.set.count > 0)
		irc_refuse(irc, chat_set_modes(&irc->dialog.session, room, &a.set), "MODE",
			   room->name);
}

/* ---- of oneself ---- */

static const struct user_mode {
	char letter;
	unsigned flag;
	bool to_set; /* by oneself; anybody may take one off */
} user_modes[] = {
	{ 'B', USER_BOT, true },
	{ 'i', USER_INVISIBLE, true },
	{ 'o', USER_OPERATOR, false },
	{ 'w', USER_WALLOPS, true },
};

void irc_user_modes(const struct user *u, char text[8])
{
	for (size_t i = 0; i < ARRAY_LEN(user_modes); i++)
		if (u->flags & user_modes[i].flag)
			*text++ = user_modes[i].letter;
	*text = '\0';
}

/* What is different now, as a mode text. */
void irc_say_user_changes(struct irc_dialog *irc, unsigned before)
{
	const struct user *u = irc_user(irc);
	struct buf text = { 0 };
	for (int on = 1; on >= 0; on--) {
		bool first = true;
		for (size_t i = 0; i < ARRAY_LEN(user_modes); i++) {
			unsigned flag = user_modes[i].flag;
			if (((before ^ u->flags) & flag) == 0 || ((u->flags & flag) != 0) != on)
				continue;
			buf_printf(&text, "%s%c", first ? (on ? "+" : "-") : "",
				   user_modes[i].letter);
			first = false;
		}
	}
	if (text.len > 0)
		irc_say(irc, "MODE %s :%s", u->nick, text.bytes);
	buf_done(&text);
}

void irc_set_user_flags(struct irc_dialog *irc, unsigned flags)
{
	struct user *u = irc_user(irc);
	unsigned before = u->flags;
	user_set_flags(irc_chat(irc), u, flags);
	irc_say_user_changes(irc, before);
}

static void mode_self(struct irc_dialog *irc, const struct request *r)
{
	unsigned flags = irc_user(irc)->flags;
	bool on = true, unknown = false;
	for (const char *at = irc_arg(r, 1); *at; at++) {
		if (*at == '+' || *at == '-') {
			on = *at == '+';
			continue;
		}
		size_t i = 0;
		while (i < ARRAY_LEN(user_modes) && user_modes[i].letter != *at)
			i++;
		if (i == ARRAY_LEN(user_modes))
			unknown = true;
		else if (!on)
			flags &= ~user_modes[i].flag;
		else if (user_modes[i].to_set)
			flags |= user_modes[i].flag;
	}
	if (unknown)
		irc_numeric(irc, ERR_UMODEUNKNOWNFLAG);
	irc_set_user_flags(irc, flags);
}

static void mode_user(struct irc_dialog *irc, struct user *u, const struct request *r)
{
	char modes_text[8];
	if (u != irc_user(irc)) {
		irc_numeric(irc, ERR_USERSDONTMATCH);
	} else if (r->argc < 2) {
		irc_user_modes(u, modes_text);
		irc_numeric(irc, RPL_UMODEIS, modes_text);
	} else {
		mode_self(irc, r);
	}
}

void irc_cmd_mode(struct irc_dialog *irc, const struct request *r)
{
	const char *name = irc_arg(r, 0);
	struct room *room = irc_room(irc, name);
	struct user *u = irc_find(irc, name);
	if (room)
		mode_room(irc, room, r);
	else if (u)
		mode_user(irc, u, r);
	else
		irc_refuse(irc, name[0] == '#' ? REFUSED_NO_SUCH_ROOM : REFUSED_NO_SUCH_NICK,
			   "MODE", name);
}
