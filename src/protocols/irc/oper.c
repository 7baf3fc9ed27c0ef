/* oper: what operators of the server may do. https://modern.ircdocs.horse/#operator-messages */
#include "protocols/irc/handlers.h"

#include "core/force.h"

#include <strings.h>

/* ---- becoming one ---- */

void irc_cmd_oper(struct irc_dialog *irc, const struct request *r)
{
	const struct passwords *p = &irc->dialog.all->passwords;
	if (p->check(p->ctx, irc->dialog.session.conn, irc_arg(r, 0), irc_arg(r, 1)))
		dialog_busy(&irc->dialog);
	else
		irc_remark(irc, "FAIL", "OPER", "TRY_AGAIN", "",
			   text_of(irc->dialog.all->lang, TEXT_WHY_BUSY));
}

void irc_became_operator(struct irc_dialog *irc, bool ok, const char *host)
{
	if (!ok) {
		irc_numeric(irc, ERR_PASSWDMISMATCH);
		return;
	}
	unsigned before = irc_user(irc)->flags;
	irc_numeric(irc, RPL_YOUREOPER);
	chat_make_operator(&irc->dialog.session, host);
	irc_say_user_changes(irc, before);
}

/* ---- to everybody ---- */

void irc_cmd_wallops(struct irc_dialog *irc, const struct request *r)
{
	if (irc_arg(r, 0)[0])
		chat_tell_all(&irc->dialog.session, irc_arg(r, 0));
	else
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "WALLOPS");
}

/* ---- to somebody ---- */

/* https://modern.ircdocs.horse/#kill-message */
void irc_cmd_kill(struct irc_dialog *irc, const struct request *r)
{
	const char *nick = irc_arg(r, 0);
	struct user *who = irc_find(irc, nick);
	char why[REASON_BYTES_MAX + 1];
	irc_cut(why, sizeof(why), irc_arg(r, 1));
	if (who)
		chat_expel(&irc->dialog.session, who, why);
	else if (strcasecmp(nick, irc_about(irc)->name) == 0)
		irc_numeric(irc, ERR_CANTKILLSERVER);
	else
		irc_refuse(irc, REFUSED_NO_SUCH_NICK, "KILL", nick);
}
