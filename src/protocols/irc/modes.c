/* modes: of rooms; those of oneself are in user_modes.c. https://modern.ircdocs.horse/#mode-message */
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

/* A key is not repeated, and may be too long to be. */
static void refuse_argument(struct mode_asking *a, const struct mode_change *change)
{
	const char *arg = change->mode->kind == MODE_KEY ? "*" : irc_word(change->arg);
	irc_numeric(a->irc, ERR_INVALIDMODEPARAM, a->room->name, change->mode->letter, arg,
		    "Invalid parameter");
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

static void change_room(struct irc_dialog *irc, struct room *room, const struct request *r,
			bool by_server)
{
	struct mode_asking a = { .irc = irc, .room = room, .set.by_server = by_server };
	ask_all(&a, r);
	if (a.set.count > 0)
		irc_refuse(irc, chat_set_modes(&irc->dialog.session, room, &a.set), "MODE",
			   room->name);
}

static void mode_room(struct irc_dialog *irc, struct room *room, const struct request *r)
{
	if (!irc_sees(irc, room)) {
		irc_numeric(irc, ERR_NOTONCHANNEL, room->name);
		return;
	}
	if (r->argc < 2) {
		show_room(irc, room);
		return;
	}
	change_room(irc, room, r, false);
}

void irc_cmd_mode(struct irc_dialog *irc, const struct request *r)
{
	const char *name = irc_arg(r, 0);
	struct room *room = irc_room(irc, name);
	struct user *u = irc_find(irc, name);
	if (room)
		mode_room(irc, room, r);
	else if (u)
		irc_mode_user(irc, u, r);
	else
		irc_refuse(irc, name[0] == '#' ? REFUSED_NO_SUCH_ROOM : REFUSED_NO_SUCH_NICK,
			   "MODE", name);
}

/* An operator of the server may change any mode: it looks as if the server did it. */
void irc_cmd_samode(struct irc_dialog *irc, const struct request *r)
{
	struct room *room = irc_room(irc, irc_arg(r, 0));
	if (!room) {
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, "SAMODE", irc_arg(r, 0));
		return;
	}
	irc_tell_use(irc, r);
	change_room(irc, room, r, true);
}
