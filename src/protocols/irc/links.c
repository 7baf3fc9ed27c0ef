/* links: the servers of the network, of which there is one, and what is asked about ties between them. */
#include "protocols/irc/handlers.h"

/* https://modern.ircdocs.horse/#links-message */
void irc_cmd_links(struct irc_dialog *irc, const struct request *r)
{
	const struct about *about = irc_about(irc);
	(void)r;
	irc_numeric(irc, RPL_LINKS, about->name, about->name, about->description);
	irc_numeric(irc, RPL_ENDOFLINKS);
}

void irc_cmd_map(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_numeric(irc, RPL_MAP, irc_about(irc)->name, irc_chat(irc)->user_count);
	irc_numeric(irc, RPL_MAPEND);
}

static void trace_one(struct irc_dialog *irc, const struct user *u)
{
	irc_numeric(irc, u->flags & USER_OPERATOR ? RPL_TRACEOPERATOR : RPL_TRACEUSER, u->nick);
}

/* Who is at this end: one by his nick, oneself, or for an operator everybody. */
void irc_cmd_trace(struct irc_dialog *irc, const struct request *r)
{
	const struct user *u = irc_find(irc, irc_arg(r, 0)), *self = irc_user(irc);
	if (!irc_asks_here(irc, r, 0))
		return;
	if (u || !(self->flags & USER_OPERATOR))
		trace_one(irc, u ? u : self);
	else
		for (u = irc_chat(irc)->first_user; u && !irc_answer_is_full(irc); u = u->next)
			trace_one(irc, u);
	irc_numeric(irc, RPL_TRACEEND, irc_about(irc)->name);
}

/* CONNECT and SQUIT: there is no other server to be tied to.
 * https://modern.ircdocs.horse/#connect-message https://modern.ircdocs.horse/#squit-message */
void irc_cmd_link(struct irc_dialog *irc, const struct request *r)
{
	irc_numeric(irc, ERR_NOSUCHSERVER, irc_word(irc_arg(r, 0)));
}
