/* oper: what operators of the server may do. https://modern.ircdocs.horse/#operator-messages */
#include "protocols/irc/handlers.h"

#include "core/force.h"
#include "core/host.h"
#include "core/notice.h"

#include <string.h>
#include <strings.h>

void irc_tell_use(struct irc_dialog *irc, const struct request *r)
{
	char source[USER_SOURCE_SIZE];
	struct buf text = { 0 };
	user_source(irc_user(irc), source);
	buf_printf(&text, "%s used %s", source, r->command->verb);
	for (size_t i = 0; i < r->argc; i++)
		buf_printf(&text, " %s", r->argv[i]);
	chat_notice(irc_chat(irc), &irc->dialog.session, "%s", text.bytes);
	buf_done(&text);
}

/* ---- becoming one ---- */

void irc_cmd_oper(struct irc_dialog *irc, const struct request *r)
{
	const struct password_question question = { .job = PASSWORD_OF_OPER,
						    .name = irc_arg(r, 0),
						    .password = irc_arg(r, 1) };
	if (!dialog_check(&irc->dialog, &question))
		irc_remark(irc, FAIL_TRY_AGAIN, text_of(irc->dialog.all->lang, TEXT_WHY_BUSY));
}

void irc_became_operator(struct irc_dialog *irc, bool ok, const char *host)
{
	struct session *s = &irc->dialog.session;
	unsigned before = s->user->flags;
	char source[USER_SOURCE_SIZE];
	user_source(s->user, source);
	chat_notice(irc_chat(irc), s, "%s %s", source,
		    ok ? "is an operator now" : "could not become an operator");
	if (!ok) {
		irc_numeric(irc, ERR_PASSWDMISMATCH);
		return;
	}
	irc_numeric(irc, RPL_YOUREOPER);
	user_set_flags(irc_chat(irc), s->user, before | USER_OPERATOR);
	irc_say_user_changes(irc, before);
	if (host[0])
		chat_set_host(s->user, host, s);
}

void irc_cmd_sethost(struct irc_dialog *irc, const struct request *r)
{
	const char *host = irc_arg(r, 0);
	if (!host_valid(host)) {
		irc_fail(irc, FAIL_HOST, irc_word(host));
		return;
	}
	irc_tell_use(irc, r);
	chat_set_host(irc_user(irc), host, &irc->dialog.session);
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
	if (who) {
		irc_tell_use(irc, r);
		chat_expel(&irc->dialog.session, who, why);
	} else if (strcasecmp(nick, irc_about(irc)->name) == 0) {
		irc_numeric(irc, ERR_CANTKILLSERVER);
	} else {
		irc_refuse(irc, REFUSED_NO_SUCH_NICK, "KILL", nick);
	}
}

/* In whose place the first argument says; NULL: he is told that there is none. */
static struct user *user_to_act_for(struct irc_dialog *irc, const struct request *r)
{
	struct user *who = irc_find(irc, irc_arg(r, 0));
	if (who)
		irc_tell_use(irc, r);
	else
		irc_refuse(irc, REFUSED_NO_SUCH_NICK, r->command->verb, irc_arg(r, 0));
	return who;
}

void irc_cmd_sajoin(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES];
	const char *names = irc_arg(r, 1);
	struct user *who = user_to_act_for(irc, r);
	while (who && irc_next_word(&names, name, sizeof(name))) {
		enum refusal why = chat_force_join(irc_chat(irc), who, name, strlen(name));
		if (why == REFUSED_ALREADY_THERE)
			irc_numeric(irc, ERR_USERONCHANNEL, who->nick, name);
		else
			irc_refuse(irc, why, "SAJOIN", name);
	}
}

void irc_cmd_sapart(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES], reason[REASON_BYTES_MAX + 1];
	const char *names = irc_arg(r, 1);
	struct user *who = user_to_act_for(irc, r);
	irc_cut(reason, sizeof(reason), irc_arg(r, 2));
	while (who && irc_next_word(&names, name, sizeof(name))) {
		struct room *room = irc_room(irc, name);
		enum refusal why = room ? chat_force_part(irc_chat(irc), who, room, reason)
					: REFUSED_NO_SUCH_ROOM;
		if (why == REFUSED_NOT_THERE)
			irc_numeric(irc, ERR_USERNOTINCHANNEL, who->nick, name);
		else
			irc_refuse(irc, why, "SAPART", name);
	}
}

void irc_cmd_sanick(struct irc_dialog *irc, const struct request *r)
{
	const char *nick = irc_arg(r, 1);
	struct user *who = user_to_act_for(irc, r);
	if (who && strcmp(who->nick, nick) != 0)
		irc_refuse(irc, chat_force_rename(irc_chat(irc), who, nick, strlen(nick)), "SANICK",
			   nick);
}

/* ---- to the server ---- */

void irc_cmd_rehash(struct irc_dialog *irc, const struct request *r)
{
	const struct control *c = &irc->dialog.all->control;
	irc_tell_use(irc, r);
	irc_numeric(irc, RPL_REHASHING);
	if (!c->reload(c->ctx))
		irc_fail(irc, FAIL_RELOAD);
}

void irc_cmd_die(struct irc_dialog *irc, const struct request *r)
{
	const struct control *c = &irc->dialog.all->control;
	irc_tell_use(irc, r);
	c->stop(c->ctx, false);
}

void irc_cmd_restart(struct irc_dialog *irc, const struct request *r)
{
	const struct control *c = &irc->dialog.all->control;
	irc_tell_use(irc, r);
	c->stop(c->ctx, true);
}
