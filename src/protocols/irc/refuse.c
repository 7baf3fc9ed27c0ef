/* refuse: why something cannot be, in IRC's numerics and standard replies. */
#include "protocols/irc/irc.h"

#include <stdio.h>
#include <string.h>

const char *irc_verb_of(enum event_kind kind)
{
	switch (kind) {
	case EVENT_NOTICE:
		return "NOTICE";
	case EVENT_TOPIC:
		return "TOPIC";
	case EVENT_KICK:
		return "KICK";
	case EVENT_MODE:
		return "MODE";
	case EVENT_REACTION:
		return "TAGMSG";
	case EVENT_REDACT:
		return "REDACT";
	case EVENT_RENAME:
		return "RENAME";
	case EVENT_METADATA:
		return "METADATA";
	case EVENT_ACCOUNT:
		return "REGISTER";
	default:
		return "PRIVMSG";
	}
}

/* Where it was said, people see a numeric. */
static void refuse_storing(struct irc_dialog *irc, const char *verb, const char *name,
			   enum text text)
{
	const char *words = text_of(irc->dialog.all->lang, text);
	if (strcmp(verb, "PRIVMSG") == 0 && name[0] == '#')
		irc_numeric(irc, ERR_CANNOTSENDTOCHAN, name, words);
	else
		irc_remark(irc, FAIL_CANNOT_STORE, verb, name, words);
}

/* Why he cannot speak in a room. */
static const char *silence_of(enum refusal why)
{
	switch (why) {
	case REFUSED_GUEST:
		return "Only those who are logged in may speak here (+M)";
	case REFUSED_NOTICE:
		return "No notices here (+T)";
	case REFUSED_CTCP:
		return "No CTCP here (+C)";
	case REFUSED_COLOURS:
		return "No formatting here (+c)";
	default:
		return "Cannot send to channel";
	}
}

/* Slow mode. */
static void refuse_soon(struct irc_dialog *irc, const char *name)
{
	char words[64];
	const struct room *r = irc_room(irc, name);
	unsigned left = r ? room_slow_left(irc_chat(irc), r, irc_user(irc)) : 0;
	snprintf(words, sizeof(words), "You may speak again in %u second%s (+d)", left,
		 left == 1 ? "" : "s");
	irc_numeric(irc, ERR_CANNOTSENDTOCHAN, name, words);
}

void irc_refuse(struct irc_dialog *irc, enum refusal why, const char *verb, const char *name)
{
	bool is_storing = why == REFUSED_DEGRADED || why == REFUSED_STALLED || why == REFUSED_FULL;
	if (strcmp(verb, "NOTICE") == 0 && !is_storing)
		return;
	char prefix;
	bool is_room = name[0] == '#' || irc_rank_target(name, &prefix);
	name = irc_word(name);
	switch (why) {
	case REFUSED_NOT:
		return;
	case REFUSED_NICK_INVALID:
		irc_numeric(irc, ERR_ERRONEUSNICKNAME, name);
		return;
	case REFUSED_NICK_TAKEN:
		irc_numeric(irc, ERR_NICKNAMEINUSE, name);
		return;
	case REFUSED_NICK_RESERVED:
		irc_numeric(irc, ERR_NICKNAMEINUSE, name);
		irc_say(irc, "NOTICE %s :%s", irc_nick(irc),
			text_of(irc->dialog.all->lang, TEXT_NICK_RESERVED));
		return;
	case REFUSED_LOGIN:
		irc_fail(irc, FAIL_ACCOUNT_REQUIRED,
			 text_of(irc->dialog.all->lang, TEXT_LOGIN_REQUIRED));
		return;
	case REFUSED_ROOM_INVALID:
		irc_numeric(irc, is_room ? ERR_BADCHANMASK : ERR_NOSUCHCHANNEL, name);
		return;
	case REFUSED_NO_SUCH_ROOM:
		irc_numeric(irc, ERR_NOSUCHCHANNEL, name);
		return;
	case REFUSED_NO_SUCH_NICK:
		irc_numeric(irc, ERR_NOSUCHNICK, name);
		return;
	case REFUSED_NOT_IN_ROOM:
		irc_numeric(irc, ERR_NOTONCHANNEL, name);
		return;
	case REFUSED_TOO_MANY_ROOMS:
	case REFUSED_NO_ROOM_FOR_ROOMS:
		irc_numeric(irc, ERR_TOOMANYCHANNELS, name);
		return;
	case REFUSED_TOO_LONG:
		irc_numeric(irc, ERR_INPUTTOOLONG);
		return;
	case REFUSED_NOT_OPERATOR:
		irc_numeric(irc, ERR_CHANOPRIVSNEEDED, name);
		return;
	case REFUSED_SPEECH:
	case REFUSED_GUEST:
	case REFUSED_NOTICE:
	case REFUSED_CTCP:
	case REFUSED_COLOURS:
		irc_numeric(irc, ERR_CANNOTSENDTOCHAN, name, silence_of(why));
		return;
	case REFUSED_SLOW:
		refuse_soon(irc, name);
		return;
	case REFUSED_BANNED:
		irc_numeric(irc, ERR_BANNEDFROMCHAN, name);
		return;
	case REFUSED_INVITE_ONLY:
		irc_numeric(irc, ERR_INVITEONLYCHAN, name);
		return;
	case REFUSED_KEY:
		irc_numeric(irc, ERR_BADCHANNELKEY, name);
		return;
	case REFUSED_CROWDED:
		irc_numeric(irc, ERR_CHANNELISFULL, name);
		return;
	case REFUSED_NO_ACCOUNT:
		irc_numeric(irc, ERR_NEEDREGGEDNICK, name,
			    "Cannot join channel (+R): you are not logged in");
		return;
	case REFUSED_INSECURE:
		irc_numeric(irc, ERR_SECUREONLYCHAN, name);
		return;
	case REFUSED_NICK_HELD:
		irc_numeric(irc, ERR_NONICKCHANGE, chat_nick_holder(&irc->dialog.session)->name);
		return;
	case REFUSED_SILENCED: /* who is not heard is not told so */
	case REFUSED_NO_SUCH_MESSAGE:
	case REFUSED_NOT_THERE: /* these say something else than a name: who asks says it */
	case REFUSED_ALREADY_THERE:
	case REFUSED_MODE_ARGUMENT:
	case REFUSED_LIST_FULL:
	case REFUSED_TOO_OFTEN:
	case REFUSED_NO_SUCH_ACCOUNT: /* so do those about accounts */
	case REFUSED_ACCOUNT_EXISTS:
	case REFUSED_NOT_HIS_NICK:
	case REFUSED_REGISTER_OFF:
	case REFUSED_VOUCHER:
	case REFUSED_EMAIL:
	case REFUSED_OPEN:
	case REFUSED_KNOCKS:
	case REFUSED_SERVER_ONLY:
	case REFUSED_INSECURE_MEMBER:
	case REFUSED_FORWARD:
	case REFUSED_PASSWORD:
	case REFUSED_SUSPENDED:
		return;
	case REFUSED_DEGRADED:
		refuse_storing(irc, verb, name, TEXT_WHY_DEGRADED);
		return;
	case REFUSED_STALLED:
		refuse_storing(irc, verb, name, TEXT_WHY_STALLED);
		return;
	case REFUSED_STRANGER:
		irc_numeric(irc, ERR_NEEDREGGEDNICK, name, "They hear only who is logged in");
		return;
	case REFUSED_CALLER:
	case REFUSED_CALLER_TOLD:
		irc_numeric(irc, RPL_TARGUMODEG, name);
		if (why == REFUSED_CALLER_TOLD)
			irc_numeric(irc, RPL_TARGNOTIFY, name);
		return;
	case REFUSED_FULL:
		refuse_storing(irc, verb, name, TEXT_WHY_BUSY);
		return;
	}
}
