/* monitor: whoever wants to know who comes and goes. https://ircv3.net/specs/extensions/monitor */
#include "protocols/irc/handlers.h"
#include "protocols/irc/metadata.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Nicks that are told together, in as many numerics as it takes. */
struct nick_list {
	struct irc_dialog *irc;
	enum irc_numeric numeric;
	struct buf text;
};

static void list_flush(struct nick_list *l)
{
	if (l->text.len > 0 && l->numeric == ERR_MONLISTFULL)
		irc_numeric(l->irc, l->numeric, irc_chat(l->irc)->config.monitor, l->text.bytes);
	else if (l->text.len > 0)
		irc_numeric(l->irc, l->numeric, l->text.bytes);
	buf_done(&l->text);
	l->text = (struct buf){ 0 };
}

static void PRINTF_LIKE(2, 3) list_add(struct nick_list *l, const char *fmt, ...)
{
	const size_t around = strlen(":  734  1000  :Monitor list is full\r\n");
	size_t max = IRC_LINE_BYTES - around - strlen(irc_about(l->irc)->name) -
		     strlen(irc_nick(l->irc));
	char text[IRC_LINE_BYTES];
	va_list args;
	va_start(args, fmt);
	size_t len = (size_t)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (l->text.len > 0 && l->text.len + 1 + len > max)
		list_flush(l);
	buf_printf(&l->text, "%s%s", l->text.len > 0 ? "," : "", text);
}

/* Who is here, and who is not. */
struct presences {
	struct nick_list here, away;
};

static void presences_init(struct presences *p, struct irc_dialog *irc)
{
	p->here = (struct nick_list){ .irc = irc, .numeric = RPL_MONONLINE };
	p->away = (struct nick_list){ .irc = irc, .numeric = RPL_MONOFFLINE };
}

static void presences_add(struct presences *p, const char *nick)
{
	const struct user *u = irc_find(p->here.irc, nick);
	if (u)
		list_add(&p->here, "%s!%s@%s", u->nick, u->user, u->host);
	else
		list_add(&p->away, "%s", nick);
}

static void presences_say(struct presences *p)
{
	list_flush(&p->here);
	list_flush(&p->away);
}

static void monitor_plus(struct irc_dialog *irc, const char *nicks)
{
	char nick[IRC_LINE_BYTES];
	const char *again = nicks;
	struct presences p;
	struct nick_list over = { .irc = irc, .numeric = ERR_MONLISTFULL };
	presences_init(&p, irc);
	while (irc_next_word(&nicks, nick, sizeof(nick)))
		switch (monitor_add(&irc->dialog.session, nick)) {
		case MONITOR_ADDED:
			presences_add(&p, nick);
			break;
		case MONITOR_FULL:
			list_add(&over, "%s", irc_word(nick));
			break;
		case MONITOR_INVALID:
			break;
		}
	presences_say(&p);
	list_flush(&over);
	while (irc_next_word(&again, nick, sizeof(nick)))
		if (irc_find(irc, nick))
			irc_metadata_watched(irc, irc_find(irc, nick));
}

static void monitor_minus(struct irc_dialog *irc, const char *nicks)
{
	char nick[IRC_LINE_BYTES];
	while (irc_next_word(&nicks, nick, sizeof(nick)))
		monitor_remove(&irc->dialog.session, nick);
}

static void monitor_list(struct irc_dialog *irc)
{
	struct nick_list list = { .irc = irc, .numeric = RPL_MONLIST };
	for (const struct monitoring *w = monitor_first(&irc->dialog.session); w; w = w->next_own)
		list_add(&list, "%s", w->nick);
	list_flush(&list);
	irc_numeric(irc, RPL_ENDOFMONLIST);
}

static void monitor_status(struct irc_dialog *irc)
{
	struct presences p;
	presences_init(&p, irc);
	for (const struct monitoring *w = monitor_first(&irc->dialog.session); w; w = w->next_own)
		presences_add(&p, w->nick);
	presences_say(&p);
}

void irc_cmd_monitor(struct irc_dialog *irc, const struct request *r)
{
	const char *what = irc_arg(r, 0), *nicks = irc_arg(r, 1);
	bool is_plus = strcmp(what, "+") == 0, is_minus = strcmp(what, "-") == 0;
	if ((is_plus || is_minus) && !nicks[0])
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "MONITOR");
	else if (is_plus)
		monitor_plus(irc, nicks);
	else if (is_minus)
		monitor_minus(irc, nicks);
	else if (strcasecmp(what, "C") == 0)
		monitor_clear(&irc->dialog.session);
	else if (strcasecmp(what, "L") == 0)
		monitor_list(irc);
	else if (strcasecmp(what, "S") == 0)
		monitor_status(irc);
	else
		irc_fail(irc, FAIL_MONITOR_PARAMS, irc_word(what));
}

void irc_watched(struct session *s, const struct user *who, bool here)
{
	struct irc_dialog *irc = irc_of_session(s);
	struct irc_answer *answer = irc_answer_aside(irc);
	struct presences p;
	presences_init(&p, irc);
	if (here)
		list_add(&p.here, "%s!%s@%s", who->nick, who->user, who->host);
	else
		list_add(&p.away, "%s", who->nick);
	presences_say(&p);
	if (here)
		irc_metadata_watched(irc, who);
	irc_answer_resume(irc, answer);
}
