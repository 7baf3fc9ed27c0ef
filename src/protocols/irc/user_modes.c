/* user_modes: what somebody is, and wants or does not want to hear. One changes only one's own.
 * https://modern.ircdocs.horse/#user-modes */
#include "protocols/irc/handlers.h"

#include <assert.h>
#include <string.h>

/* Sorted by their letters. */
/* clang-format off */
static const struct user_mode {
	char letter;
	unsigned flag;
	enum { BY_ANYBODY, BY_OPERATORS, ONLY_OFF, BY_THE_SERVER } set; /* of oneself */
} user_modes[] = {
	/* https://ircv3.net/specs/extensions/bot-mode
	 * A program: 335, B in WHO, the tag bot. */
	{ 'B', USER_BOT, BY_ANYBODY },
	/* https://defs.ircdocs.horse/defs/usermodes.html
	 * Only who is logged in may write to him in private. */
	{ 'R', USER_ACCOUNTS_ONLY, BY_ANYBODY },
	/* https://defs.ircdocs.horse/defs/usermodes.html
	 * All of his connections are in TLS, or a gateway says so: 671. */
	{ 'Z', USER_SECURE, BY_THE_SERVER },
	/* https://defs.ircdocs.horse/defs/usermodes.html
	 * Only whom he accepts may write to him in private. */
	{ 'g', USER_CALLER_ID, BY_ANYBODY },
	/* https://modern.ircdocs.horse/#invisible-user-mode
	 * Found by his exact nick, and by those who share a room with him; his rooms are for these
	 * alone. */
	{ 'i', USER_INVISIBLE, BY_ANYBODY },
	/* https://modern.ircdocs.horse/#oper-user-mode
	 * By OPER. */
	{ 'o', USER_OPERATOR, ONLY_OFF },
	/* https://defs.ircdocs.horse/defs/usermodes.html
	 * Hears by notices what other operators do with their commands, who becomes one or tries
	 * to, and when the disk takes nothing or does not answer. Ends with o. */
	{ 's', USER_NOTICES, BY_OPERATORS },
	/* https://modern.ircdocs.horse/#wallops-user-mode
	 * For anybody. */
	{ 'w', USER_WALLOPS, BY_ANYBODY },
	/* https://defs.ircdocs.horse/defs/usermodes.html
	 * His address is not shown. Everybody's. */
	{ 'x', USER_CLOAKED, BY_THE_SERVER },
};
/* clang-format on */

static_assert(ARRAY_LEN(user_modes) < IRC_USER_MODES_SIZE, "they fit");

void irc_user_modes(const struct user *u, char text[IRC_USER_MODES_SIZE])
{
	for (size_t i = 0; i < ARRAY_LEN(user_modes); i++)
		if (u->flags & user_modes[i].flag)
			*text++ = user_modes[i].letter;
	*text = '\0';
}

/* What is different now: "+iw-o". */
static void changes_text(unsigned before, unsigned now, struct buf *text)
{
	for (int on = 1; on >= 0; on--) {
		unsigned changed = on ? now & ~before : before & ~now;
		bool first = true;
		for (size_t i = 0; i < ARRAY_LEN(user_modes); i++) {
			if (!(changed & user_modes[i].flag))
				continue;
			buf_printf(text, "%s%c",
				   !first ? ""
				   : on   ? "+"
					  : "-",
				   user_modes[i].letter);
			first = false;
		}
	}
}

/* All his sessions are his. */
void irc_say_user_changes(struct irc_dialog *irc, unsigned before)
{
	const struct user *u = irc_user(irc);
	struct buf text = { 0 };
	changes_text(before, u->flags, &text);
	for (struct session *s = u->first_session; s && text.len > 0; s = s->next)
		if (s->ops == &irc_session_ops)
			irc_say(irc_of_session(s), "MODE %s :%s", u->nick, text.bytes);
	buf_done(&text);
}

static const struct user_mode *user_mode_find(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(user_modes); i++)
		if (user_modes[i].letter == letter)
			return &user_modes[i];
	return NULL;
}

static unsigned changed(const struct user *u, const struct user_mode *m, bool on, unsigned flags)
{
	bool may = m->set == BY_ANYBODY || (m->set == ONLY_OFF && !on) ||
		   (m->set == BY_OPERATORS && (!on || (u->flags & USER_OPERATOR)));
	if (!may)
		return flags;
	flags = on ? flags | m->flag : flags & ~m->flag;
	/* What only operators hear ends with being one. */
	return flags & USER_OPERATOR ? flags : flags & ~(unsigned)USER_NOTICES;
}

static void set_own(struct irc_dialog *irc, const char *letters)
{
	struct user *u = irc_user(irc);
	unsigned before = u->flags, flags = before;
	bool on = true, unknown = false;
	for (const char *at = letters; *at; at++) {
		const struct user_mode *m = user_mode_find(*at);
		if (*at == '+' || *at == '-')
			on = *at == '+';
		else if (m)
			flags = changed(u, m, on, flags);
		else
			unknown = true;
	}
	if (unknown)
		irc_numeric(irc, ERR_UMODEUNKNOWNFLAG);
	user_set_flags(irc_chat(irc), u, flags);
	irc_say_user_changes(irc, before);
}

void irc_mode_user(struct irc_dialog *irc, const struct user *u, const struct request *r)
{
	char text[IRC_USER_MODES_SIZE];
	if (u != irc_user(irc)) {
		irc_numeric(irc, ERR_USERSDONTMATCH);
	} else if (r->argc < 2) {
		irc_user_modes(u, text);
		irc_numeric(irc, RPL_UMODEIS, text);
	} else {
		set_own(irc, irc_arg(r, 1));
	}
}
