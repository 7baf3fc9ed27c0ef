/* users: short questions about others, and what one says of oneself.
 * https://modern.ircdocs.horse/#user-based-queries */
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts of answers ---- */

bool irc_shows_room(const struct irc_dialog *irc, const struct member *m)
{
	bool hides = m->user->flags & USER_INVISIBLE;
	return irc_sees(irc, m->room) &&
	       (!hides || m->user == irc_user(irc) || (irc_user(irc)->flags & USER_OPERATOR) ||
		room_member(m->room, irc_user(irc)));
}

long long irc_idle_seconds(const struct irc_dialog *irc, const struct user *u)
{
	int64_t idle_ms = irc_chat(irc)->now_ms - u->spoke_ms;
	return idle_ms > 0 ? idle_ms / 1000 : 0;
}

/* "::1" would be read as the last parameter: "0::1" is the same address. */
const char *irc_session_address(const struct session *s, char text[IRC_ADDRESS_SIZE])
{
	const struct dialog *d = CONTAINER_OF(s, const struct dialog, session);
	struct address peer = { 0 };
	memcpy(peer.ip, d->ip, sizeof(d->ip));
	text[0] = '0';
	address_host(&peer, text + 1);
	return text[1] == ':' ? text : text + 1;
}

const char *irc_address(const struct irc_dialog *irc, const struct user *u,
			char text[IRC_ADDRESS_SIZE])
{
	bool may_know = u == irc_user(irc) || (irc_user(irc)->flags & USER_OPERATOR);
	return may_know ? irc_session_address(u->first_session, text) : "255.255.255.255";
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

/* "nick*=-user@host" for each that is here. */
static void show_hosts(struct irc_dialog *irc, const struct request *r, enum irc_numeric numeric)
{
	struct buf list = { 0 };
	char text[IRC_ADDRESS_SIZE];
	buf_add_text(&list, "");
	for (size_t i = 0; i < r->argc && i < USERHOST_MAX; i++) {
		const struct user *u = irc_find(irc, r->argv[i]);
		if (list.len > IRC_LINE_BYTES / 2) {
			irc_numeric(irc, numeric, list.bytes);
			list.len = 0;
		}
		if (u)
			buf_printf(&list, "%s%s%s=%c%s@%s", list.len > 0 ? " " : "", u->nick,
				   u->flags & USER_OPERATOR ? "*" : "", user_away(u) ? '-' : '+',
				   u->user,
				   numeric == RPL_USERIP ? irc_address(irc, u, text) : u->host);
	}
	irc_numeric(irc, numeric, list.bytes);
	buf_done(&list);
}

void irc_cmd_userhost(struct irc_dialog *irc, const struct request *r)
{
	show_hosts(irc, r, RPL_USERHOST);
}

void irc_cmd_userip(struct irc_dialog *irc, const struct request *r)
{
	show_hosts(irc, r, RPL_USERIP);
}

/* ---- of oneself ---- */

/* https://ircv3.net/specs/extensions/pre-away */
static void come_away(struct irc_dialog *irc, const char *why)
{
	struct irc_applicant *a = irc_applicant(irc);
	free(a->away);
	a->away = xstrdup(why);
	irc_numeric(irc, why[0] ? RPL_NOWAWAY : RPL_UNAWAY);
}

void irc_cmd_away(struct irc_dialog *irc, const struct request *r)
{
	char why[AWAY_BYTES_MAX + 1];
	irc_cut(why, sizeof(why), irc_arg(r, 0));
	if (irc_user(irc))
		chat_set_away(&irc->dialog.session, why);
	else if (irc->caps & CAP_PRE_AWAY)
		come_away(irc, why);
	else
		irc_numeric(irc, ERR_NOTREGISTERED);
}

/* https://ircv3.net/specs/extensions/setname */
void irc_cmd_setname(struct irc_dialog *irc, const struct request *r)
{
	enum refusal why = REFUSED_TOO_LONG;
	if (irc_arg(r, 0)[0])
		why = chat_set_real(&irc->dialog.session, irc_arg(r, 0));
	if (why != REFUSED_NOT)
		irc_fail(irc, FAIL_REALNAME);
}
