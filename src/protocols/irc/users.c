/* users: short questions about others, and what one says of oneself.
 * https://modern.ircdocs.horse/#user-based-queries */
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
		irc_fail(irc, "SETNAME", "INVALID_REALNAME", "", "Realname is not valid");
}
