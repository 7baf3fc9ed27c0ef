/* users: who somebody is, and what one says of oneself.
 * https://modern.ircdocs.horse/#user-based-queries */
#include "protocols/irc/handlers.h"

#include "core/mask.h"
#include "core/whowas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- WHO ---- */

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

/* ---- WHOIS, WHOWAS ---- */

static void whois_rooms(struct irc_dialog *irc, const struct user *u)
{
	struct buf list = { 0 };
	for (const struct member *m = u->first_room; m; m = m->next_room) {
		char prefixes[IRC_PREFIXES_SIZE];
		if (!irc_sees(irc, m->room) ||
		    ((u->flags & USER_INVISIBLE) && !room_member(m->room, irc_user(irc))))
			continue;
		if (list.len > IRC_LINE_BYTES / 2) {
			irc_numeric(irc, RPL_WHOISCHANNELS, u->nick, list.bytes);
			list.len = 0;
		}
		buf_printf(&list, "%s%s%s", list.len > 0 ? " " : "", irc_prefixes(irc, m, prefixes),
			   m->room->name);
	}
	if (list.len > 0)
		irc_numeric(irc, RPL_WHOISCHANNELS, u->nick, list.bytes);
	buf_done(&list);
}

/* https://modern.ircdocs.horse/#rplwhoiscertfp-276; one for each of his clients that showed one. */
static void whois_certificates(struct irc_dialog *irc, const struct user *u)
{
	if (u != irc_user(irc) && !(irc_user(irc)->flags & USER_OPERATOR))
		return;
	for (struct session *s = u->first_session; s; s = s->next)
		if (s->ops == &irc_session_ops && irc_of_session(s)->extras &&
		    irc_of_session(s)->extras->certificate)
			irc_numeric(irc, RPL_WHOISCERTFP, u->nick,
				    irc_of_session(s)->extras->certificate);
}

static void whois_one(struct irc_dialog *irc, const struct user *u)
{
	const struct about *about = irc_about(irc);
	int64_t idle_ms = irc_chat(irc)->now_ms - u->spoke_ms;
	irc_numeric(irc, RPL_WHOISUSER, u->nick, u->user, u->host, u->real);
	whois_rooms(irc, u);
	irc_numeric(irc, RPL_WHOISSERVER, u->nick, about->name, about->description);
	if (u->flags & USER_OPERATOR)
		irc_numeric(irc, RPL_WHOISOPERATOR, u->nick);
	if (u->flags & USER_BOT)
		irc_numeric(irc, RPL_WHOISBOT, u->nick);
	whois_certificates(irc, u);
	if (u->via[0])
		irc_numeric(irc, RPL_WHOISSPECIAL, u->nick, u->via);
	if (user_away(u))
		irc_numeric(irc, RPL_AWAY, u->nick, user_away(u));
	irc_numeric(irc, RPL_WHOISIDLE, u->nick, (long long)(idle_ms > 0 ? idle_ms / 1000 : 0),
		    (long long)(u->since_ms / 1000));
}

/* "WHOIS nick", or "WHOIS server nick", where the server may be named by the nick again. */
void irc_cmd_whois(struct irc_dialog *irc, const struct request *r)
{
	const char *nick = r->argc > 1 ? r->argv[1] : irc_arg(r, 0);
	const char *server = r->argc > 1 ? r->argv[0] : "";
	if (!nick[0]) {
		irc_numeric(irc, ERR_NONICKNAMEGIVEN);
		return;
	}
	const struct user *u = irc_find(irc, nick);
	if (server[0] && !irc_is_here(irc, server) && irc_find(irc, server) != u) {
		irc_numeric(irc, ERR_NOSUCHSERVER, irc_word(server));
		return;
	}
	if (u)
		whois_one(irc, u);
	else
		irc_numeric(irc, ERR_NOSUCHNICK, irc_word(nick));
	irc_numeric(irc, RPL_ENDOFWHOIS, u ? u->nick : irc_word(nick));
}

void irc_cmd_whowas(struct irc_dialog *irc, const struct request *r)
{
	const struct chat *chat = irc_chat(irc);
	const char *nick = irc_arg(r, 0);
	char key[NAME_KEY_SIZE], left[IRC_TIME_SIZE];
	long max = strtol(irc_arg(r, 1), NULL, 10), found = 0;
	const struct whowas_entry *e;
	if (!nick[0]) {
		irc_numeric(irc, ERR_NONICKNAMEGIVEN);
		return;
	}
	if (!nick_key(nick, strlen(nick), chat->config.nick_bytes, chat->config.casemapping, key))
		key[0] = '\0';
	for (size_t i = 0; (e = whowas_at(chat->whowas, i)) && (max <= 0 || found < max); i++) {
		if (strcmp(e->key, key) != 0)
			continue;
		irc_time_text(e->left_ms, left);
		irc_numeric(irc, RPL_WHOWASUSER, e->nick, e->user, e->host, e->real);
		irc_numeric(irc, RPL_WHOISSERVER, e->nick, irc_about(irc)->name, left);
		found++;
	}
	if (found == 0)
		irc_numeric(irc, ERR_WASNOSUCHNICK, irc_word(nick));
	irc_numeric(irc, RPL_ENDOFWHOWAS, irc_word(nick));
}

/* ---- short questions ---- */

void irc_cmd_ison(struct irc_dialog *irc, const struct request *r)
{
	struct buf list = { 0 };
	char word[IRC_LINE_BYTES];
	buf_add_text(&list, "");
	for (size_t i = 0; i < r->argc; i++)
		for (const char *at = r->argv[i]; *(at += strspn(at, " "));) {
			size_t len = strcspn(at, " ");
			snprintf(word, sizeof(word), "%.*s", (int)len, at);
			const struct user *u = irc_find(irc, word);
			if (u && list.len < IRC_LINE_BYTES - 128)
				buf_printf(&list, "%s%s", list.len > 0 ? " " : "", u->nick);
			at += len;
		}
	irc_numeric(irc, RPL_ISON, list.bytes);
	buf_done(&list);
}

#define USERHOST_MAX 5

void irc_cmd_userhost(struct irc_dialog *irc, const struct request *r)
{
	struct buf list = { 0 };
	buf_add_text(&list, "");
	for (size_t i = 0; i < r->argc && i < USERHOST_MAX; i++) {
		const struct user *u = irc_find(irc, r->argv[i]);
		if (u)
			buf_printf(&list, "%s%s%s=%c%s@%s", list.len > 0 ? " " : "", u->nick,
				   u->flags & USER_OPERATOR ? "*" : "", user_away(u) ? '-' : '+',
				   u->user, u->host);
	}
	irc_numeric(irc, RPL_USERHOST, list.bytes);
	buf_done(&list);
}

/* ---- of oneself ---- */

void irc_cmd_away(struct irc_dialog *irc, const struct request *r)
{
	char why[AWAY_BYTES_MAX + 1];
	const char *words = irc_arg(r, 0);
	irc_cut(why, sizeof(why), words);
	chat_set_away(&irc->dialog.session, why);
}

/* https://ircv3.net/specs/extensions/setname */
void irc_cmd_setname(struct irc_dialog *irc, const struct request *r)
{
	enum refusal why = REFUSED_TOO_LONG;
	if (irc_arg(r, 0)[0])
		why = chat_set_real(&irc->dialog.session, irc_arg(r, 0));
	if (why != REFUSED_NOT)
		irc_fail(irc, "SETNAME", "INVALID_REALNAME", "", "Realname is not valid");
}

void irc_cmd_oper(struct irc_dialog *irc, const struct request *r)
{
	const struct passwords *p = &irc->dialog.all->passwords;
	if (p->check(p->ctx, irc->dialog.session.conn, irc_arg(r, 0), irc_arg(r, 1)))
		dialog_busy(&irc->dialog);
	else
		irc_fail(irc, "OPER", "TRY_AGAIN", "",
			 text_of(irc->dialog.all->lang, TEXT_WHY_BUSY));
}

void irc_became_operator(struct irc_dialog *irc, bool ok, const char *host)
{
	if (!ok) {
		irc_numeric(irc, ERR_PASSWDMISMATCH);
		return;
	}
	unsigned before = irc_user(irc)->flags;
	chat_make_operator(&irc->dialog.session, host);
	irc_numeric(irc, RPL_YOUREOPER);
	irc_say_user_changes(irc, before);
}
