/* rooms: entering and leaving them, who is there, what they are about, and who is put out.
 * https://modern.ircdocs.horse/#channel-operations */
#include "protocols/irc/handlers.h"

#include "base/text.h"
#include "core/invite.h"

#include <stdio.h>
#include <string.h>

bool irc_sees(const struct irc_dialog *irc, const struct room *r)
{
	return permission_given(ACTION_SEE, room_rank(r, irc_user(irc)), r->rules.flags);
}

/* ---- parts of answers ---- */

const char *irc_prefixes(const struct irc_dialog *irc, const struct member *m,
			 char text[IRC_PREFIXES_SIZE])
{
	size_t len = 0, max = irc->caps & CAP_MULTI_PREFIX ? RANK_COUNT : 1;
	for (size_t i = 0; i < MODE_COUNT && modes[i].kind == MODE_RANK; i++)
		if ((m->ranks & modes[i].bit) && len < max)
			text[len++] = modes[i].prefix;
	text[len] = '\0';
	return text;
}

void irc_show_topic(struct irc_dialog *irc, const struct room *r)
{
	irc_numeric(irc, RPL_TOPIC, r->name, r->topic);
	irc_numeric(irc, RPL_TOPICWHOTIME, r->name, r->topic_by, (long long)(r->topic_ms / 1000));
}

static void add_name(struct irc_dialog *irc, struct buf *line, const struct member *m)
{
	char prefixes[IRC_PREFIXES_SIZE];
	const struct user *u = m->user;
	buf_add_text(line, line->len > 0 ? " " : "");
	buf_add_text(line, irc_prefixes(irc, m, prefixes));
	buf_add_text(line, u->nick);
	if (irc->caps & CAP_USERHOST_IN_NAMES)
		buf_printf(line, "!%s@%s", u->user, u->host);
}

static bool shows_member(const struct irc_dialog *irc, const struct room *r, const struct member *m)
{
	return !(m->user->flags & USER_INVISIBLE) || room_member(r, irc_user(irc));
}

static void show_members(struct irc_dialog *irc, const struct room *r)
{
	const char *symbol = r->rules.flags & ROOM_SECRET ? "@" : "=";
	size_t max = IRC_LINE_BYTES - 2 - strlen(irc_about(irc)->name) - strlen(irc_nick(irc)) -
		     strlen(r->name) - strlen(": 353  = :") - USER_SOURCE_SIZE - RANK_COUNT - 1;
	struct buf line = { 0 };
	for (const struct member *m = r->first; m; m = m->next) {
		if (!shows_member(irc, r, m))
			continue;
		if (line.len > max) {
			irc_numeric(irc, RPL_NAMREPLY, symbol, r->name, line.bytes);
			line.len = 0;
		}
		add_name(irc, &line, m);
	}
	if (line.len > 0)
		irc_numeric(irc, RPL_NAMREPLY, symbol, r->name, line.bytes);
	buf_done(&line);
}

void irc_show_names(struct irc_dialog *irc, const struct room *r)
{
	show_members(irc, r);
	irc_numeric(irc, RPL_ENDOFNAMES, r->name);
}

/* ---- coming and going ---- */

static void part_all(struct irc_dialog *irc)
{
	struct user *u = irc_user(irc);
	while (u->first_room)
		irc_refuse(irc, chat_part(&irc->dialog.session, u->first_room->room, ""), "JOIN",
			   "");
}

/* Who is kept out of one room may be sent into another, once. */
static void join_one(struct irc_dialog *irc, const char *name, const char *key)
{
	struct session *s = &irc->dialog.session;
	enum refusal why = chat_join(s, name, strlen(name), key);
	const struct room *to = why == REFUSED_NOT ? NULL
						   : chat_forward(s, name, strlen(name), why);
	if (!to) {
		irc_refuse(irc, why, "JOIN", name);
		return;
	}
	irc_numeric(irc, ERR_LINKCHANNEL, irc_room(irc, name)->name, to->name);
	irc_refuse(irc, chat_join(s, to->name, strlen(to->name), ""), "JOIN", to->name);
}

void irc_cmd_join(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES], key[IRC_LINE_BYTES];
	const char *names = irc_arg(r, 0), *keys = irc_arg(r, 1);
	if (strcmp(names, "0") == 0) {
		part_all(irc);
		return;
	}
	while (irc_next_word(&names, name, sizeof(name))) {
		if (!irc_next_word(&keys, key, sizeof(key)))
			key[0] = '\0';
		join_one(irc, name, key);
	}
}

void irc_cmd_part(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES], why[REASON_BYTES_MAX + 1];
	const char *names = irc_arg(r, 0), *words = irc_arg(r, 1);
	irc_cut(why, sizeof(why), words);
	while (irc_next_word(&names, name, sizeof(name))) {
		struct room *room = irc_room(irc, name);
		irc_refuse(irc,
			   room ? chat_part(&irc->dialog.session, room, why) : REFUSED_NO_SUCH_ROOM,
			   "PART", name);
	}
}

static void kick_one(struct irc_dialog *irc, const char *name, const char *nick, const char *why)
{
	struct room *room = irc_room(irc, name);
	struct user *who = irc_find(irc, nick);
	if (!room) {
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, "KICK", name);
		return;
	}
	if (!who) {
		irc_refuse(irc, REFUSED_NO_SUCH_NICK, "KICK", nick);
		return;
	}
	enum refusal refusal = chat_kick(&irc->dialog.session, room, who, why);
	if (refusal == REFUSED_NOT_THERE)
		irc_numeric(irc, ERR_USERNOTINCHANNEL, who->nick, room->name);
	else
		irc_refuse(irc, refusal, "KICK", room->name);
}

/* One room, and several nicks: each is put out by a KICK of his own. */
void irc_cmd_kick(struct irc_dialog *irc, const struct request *r)
{
	char nick[IRC_LINE_BYTES], why[REASON_BYTES_MAX + 1];
	const char *nicks = irc_arg(r, 1);
	const char *words = irc_arg(r, 2)[0] ? irc_arg(r, 2) : irc_nick(irc);
	irc_cut(why, sizeof(why), words);
	for (size_t i = 0; irc_next_word(&nicks, nick, sizeof(nick)); i++) {
		if (i == IRC_TARGETS_MAX) {
			irc_numeric(irc, ERR_TOOMANYTARGETS, irc_word(nick));
			return;
		}
		kick_one(irc, irc_arg(r, 0), nick, why);
	}
}

static void list_invites(struct irc_dialog *irc)
{
	for (const struct invite *i = invite_first(irc_user(irc)); i; i = i->next_user)
		irc_numeric(irc, RPL_INVITELIST, i->room->name);
	irc_numeric(irc, RPL_ENDOFINVITELIST);
}

void irc_cmd_invite(struct irc_dialog *irc, const struct request *r)
{
	struct user *who = irc_find(irc, irc_arg(r, 0));
	struct room *room = irc_room(irc, irc_arg(r, 1));
	if (r->argc == 0) {
		list_invites(irc);
		return;
	}
	if (r->argc == 1) {
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "INVITE");
		return;
	}
	if (!who || !room) {
		irc_refuse(irc, who ? REFUSED_NO_SUCH_ROOM : REFUSED_NO_SUCH_NICK, "INVITE",
			   who ? irc_arg(r, 1) : irc_arg(r, 0));
		return;
	}
	enum refusal why = chat_invite(&irc->dialog.session, room, who);
	if (why == REFUSED_ALREADY_THERE)
		irc_numeric(irc, ERR_USERONCHANNEL, who->nick, room->name);
	else
		irc_refuse(irc, why, "INVITE", room->name);
	if (why == REFUSED_NOT && user_away(who))
		irc_numeric(irc, RPL_AWAY, who->nick, user_away(who));
}

/* https://modern.ircdocs.horse has no KNOCK: this is what most servers make of it. */
void irc_cmd_knock(struct irc_dialog *irc, const struct request *r)
{
	char why[REASON_BYTES_MAX + 1];
	struct room *room = irc_room(irc, irc_arg(r, 0));
	irc_cut(why, sizeof(why), irc_arg(r, 1));
	/* A secret room is none to who stands outside. */
	if (!room || !irc_sees(irc, room)) {
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, "KNOCK", irc_arg(r, 0));
		return;
	}
	enum refusal refusal = chat_knock(&irc->dialog.session, room, why);
	if (refusal == REFUSED_ALREADY_THERE)
		irc_numeric(irc, ERR_KNOCKONCHAN, room->name);
	else if (refusal == REFUSED_OPEN)
		irc_numeric(irc, ERR_CHANOPEN, room->name);
	else if (refusal == REFUSED_KNOCKS)
		irc_numeric(irc, ERR_TOOMANYKNOCK, room->name);
	else
		irc_refuse(irc, refusal, "KNOCK", room->name);
}

/* ---- what there is ---- */

void irc_cmd_topic(struct irc_dialog *irc, const struct request *r)
{
	const char *name = irc_arg(r, 0), *text = irc_arg(r, 1);
	struct room *room = irc_room(irc, name);
	if (!room)
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, "TOPIC", name);
	else if (r->argc > 1)
		irc_refuse(irc,
			   chat_set_topic(&irc->dialog.session, room, text,
					  utf8_cut(text, strlen(text), TOPIC_BYTES_MAX)),
			   "TOPIC", room->name);
	else if (!irc_sees(irc, room))
		irc_refuse(irc, REFUSED_NOT_IN_ROOM, "TOPIC", room->name);
	else if (room->topic)
		irc_show_topic(irc, room);
	else
		irc_numeric(irc, RPL_NOTOPIC, room->name);
}

/* With one end for all of them (RFC 1459, 4.2.5). */
static void show_all_names(struct irc_dialog *irc)
{
	const struct chat *chat = irc_chat(irc);
	for (size_t i = 0; i < chat->room_slots && !irc_answer_is_full(irc); i++)
		if (chat->rooms[i] && chat->rooms[i]->first && irc_sees(irc, chat->rooms[i]))
			show_members(irc, chat->rooms[i]);
	irc_numeric(irc, RPL_ENDOFNAMES, "*");
}

/* Of a room that is not there, or not to be seen, or when there is enough, there is only the end. */
void irc_cmd_names(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES];
	const char *names = irc_arg(r, 0);
	if (!names[0])
		show_all_names(irc);
	while (irc_next_word(&names, name, sizeof(name))) {
		const struct room *room = irc_room(irc, name);
		if (room && irc_sees(irc, room) && !irc_answer_is_full(irc))
			irc_show_names(irc, room);
		else
			irc_numeric(irc, RPL_ENDOFNAMES, irc_word(name));
	}
}
