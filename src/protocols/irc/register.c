/* register: from the first line to the welcome, and out again.
 * https://modern.ircdocs.horse/#connection-registration */
#include "protocols/irc/handlers.h"

#include "base/text.h"
#include "protocols/irc/batch.h"
#include "protocols/irc/login.h"
#include "protocols/irc/metadata.h"
#include "protocols/protocol.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the welcome ---- */

static void welcome(struct irc_dialog *irc)
{
	const struct about *about = irc_about(irc);
	char source[USER_SOURCE_SIZE], started[IRC_TIME_SIZE];
	user_source(irc_user(irc), source);
	irc_time_text(about->started_ms, started);
	irc_numeric(irc, RPL_WELCOME, about->network, source);
	irc_numeric(irc, RPL_YOURHOST, about->name);
	irc_numeric(irc, RPL_CREATED, started);
	irc_numeric(irc, RPL_MYINFO, about->name);
	irc_show_isupport(irc);
	irc_show_lusers(irc);
	irc_metadata_welcome(irc);
	irc_show_motd(irc);
}

/* A password, which nobody needs any longer. */
static void forget(char **password)
{
	if (*password)
		sodium_memzero(*password, strlen(*password));
	free(*password);
	*password = NULL;
}

void irc_opened(struct dialog *d)
{
	irc_extras(irc_of(d))->applicant = xcalloc(1, sizeof(struct irc_applicant));
}

void irc_showed_certificate(struct dialog *d, const char *fingerprint)
{
	irc_extras(irc_of(d))->certificate = xstrdup(fingerprint);
}

static void forget_registration(struct irc_dialog *irc)
{
	struct irc_applicant *a = irc_applicant(irc);
	if (!a)
		return;
	forget(&a->password);
	forget(&a->login);
	free(a->user);
	free(a->real);
	free(a->away);
	free(a->brought);
	metadata_done(&a->metadata);
	free(a);
	irc->extras->applicant = NULL;
	irc_extras_settle(irc);
}

static void enter(struct irc_dialog *irc)
{
	struct session *s = &irc->dialog.session;
	const struct outlet *out = &irc->dialog.all->outlet;
	struct irc_applicant *a = irc_applicant(irc);
	unsigned asked = a->flags;
	const struct introduction how = {
		.user = a->user,
		.real = a->real,
		.away = a->away,
		.via = a->brought ? a->brought->via : NULL,
		.flags = asked | USER_CLOAKED | (irc_is_secure(irc) ? USER_SECURE : 0),
	};
	enum refusal why = chat_enter(s, a->nick, strlen(a->nick), &how);
	if (why != REFUSED_NOT) {
		/* Somebody was quicker. He may ask for another, and has none until then. */
		char nick[sizeof(a->nick)];
		memcpy(nick, a->nick, sizeof(nick));
		if (why != REFUSED_LOGIN)
			a->nick[0] = '\0';
		irc_refuse(irc, why, "NICK", nick);
		if (why == REFUSED_LOGIN)
			irc_say_goodbye(irc, "You must log in");
		return;
	}
	chat_bring_metadata(s, &a->metadata);
	forget_registration(irc);
	dialog_enter(&irc->dialog, DIALOG_READY);
	out->entered(out->ctx, s->conn);
	welcome(irc);
	if (s == s->user->first_session)
		irc_say_user_changes(irc, s->user->flags & ~asked);
	chat_show_rooms(s);
}

static void refuse_password(struct irc_dialog *irc)
{
	irc_numeric(irc, ERR_PASSWDMISMATCH);
	irc_say_goodbye(irc, "Password incorrect");
}

static void pass_then(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		      const struct password_answer *answer)
{
	(void)answer;
	if (why == REFUSED_NOT && irc_log_in(irc, e->account))
		enter(irc);
	else
		refuse_password(irc);
}

/* The server's own password was right, or it has none. */
static void log_in_and_enter(struct irc_dialog *irc)
{
	struct irc_applicant *a = irc_applicant(irc);
	if (!a->login || irc->dialog.session.account) {
		enter(irc);
		return;
	}
	char *colon = strchr(a->login, ':');
	char *name = strndup(a->login, (size_t)(colon - a->login));
	if (!irc_check_login(irc, name, colon + 1, pass_then))
		irc_say_goodbye(irc, "The server is busy, please try again");
	free(name);
}

void irc_try_to_enter(struct irc_dialog *irc)
{
	const struct dialogs *all = irc->dialog.all;
	const struct irc_applicant *a = irc_applicant(irc);
	if (a->negotiating || !a->nick[0] || !a->user)
		return;
	irc_sasl_abort(irc);
	if (!all->passwords.server_has_one)
		log_in_and_enter(irc);
	else if (!a->password)
		refuse_password(irc);
	else if (!dialog_check(&irc->dialog,
			       &(struct password_question){ .job = PASSWORD_OF_SERVER,
							    .password = a->password }))
		irc_say_goodbye(irc, "The server is busy, please try again");
}

/* false: it is not all, more is to come back. */
static bool checked(struct irc_dialog *irc, const struct password_answer *answer)
{
	switch (answer->job) {
	case PASSWORD_OF_SERVER:
		if (answer->ok)
			log_in_and_enter(irc);
		else
			refuse_password(irc);
		return !irc_has_errand(irc);
	case PASSWORD_OF_OPER:
		irc_became_operator(irc, answer->ok, answer->host);
		return true;
	case PASSWORD_OF_GATEWAY:
		irc_brought(irc, answer->ok);
		return true;
	case PASSWORD_OF_ACCOUNT:
	case PASSWORD_PROVED:
	case PASSWORD_MAKE:
		irc_errand_checked(irc, answer);
		return !irc_has_errand(irc);
	case PASSWORD_ADD_OPER: /* nobody asks for it here */
		return true;
	}
	return true;
}

void irc_checked(struct dialog *d, const struct password_answer *answer)
{
	struct irc_dialog *irc = irc_of(d);
	bool returned = irc_answer_return(irc, IRC_RETURN_SLOW);
	bool over = d->gone || d->state == DIALOG_LEAVING || checked(irc, answer);
	if (returned && !over)
		irc_answer_expect(irc);
	if (returned)
		irc_answer_returned(irc);
	if (over)
		dialog_answered(d);
}

/* ---- what is needed for it ---- */

/* An account's nick he may have if he logs in to it before he enters, also if he is here already. */
static bool may_be_his(const struct irc_dialog *irc, const char *nick, enum refusal why)
{
	const struct user *u = irc_find(irc, nick);
	const struct irc_applicant *a = irc_applicant(irc);
	bool may_log_in = a->negotiating || a->login;
	return why == REFUSED_NICK_RESERVED || (u && u->account && may_log_in);
}

void irc_cmd_nick(struct irc_dialog *irc, const struct request *r)
{
	struct session *s = &irc->dialog.session;
	const char *nick = irc_arg(r, 0);
	size_t len = strlen(nick);
	if (len == 0) {
		irc_numeric(irc, ERR_NONICKNAMEGIVEN);
		return;
	}
	if (irc_user(irc)) {
		/* https://modern.ircdocs.horse/#nick-message: the same again is no change */
		if (strcmp(irc_user(irc)->nick, nick) != 0)
			irc_refuse(irc, chat_rename(s, nick, len), "NICK", nick);
		return;
	}
	enum refusal why = chat_nick_refusal(s, nick, len);
	if (why != REFUSED_NOT && !may_be_his(irc, nick, why)) {
		irc_refuse(irc, why, "NICK", nick);
		return;
	}
	memcpy(irc_applicant(irc)->nick, nick, len + 1);
	irc_try_to_enter(irc);
}

/* A user name is part of "nick!user@host": nothing that would make that ambiguous. */
static char *clean_user(const char *user)
{
	char *clean = xcalloc(strlen(user) + 2, 1);
	size_t len = 0;
	for (; *user; user++)
		if (!strchr("!@: ~", *user) && (unsigned char)*user > 0x20 &&
		    (unsigned char)*user != 0x7F)
			clean[len++] = *user;
	if (len == 0)
		clean[0] = 'u';
	return clean;
}

/* RFC 2812, 3.1.3: bit 2 asks for +w, bit 3 for +i. What is no number is an old client's host. */
static unsigned flags_asked(const char *text)
{
	unsigned long bits = text[strspn(text, "0123456789")] ? 0 : strtoul(text, NULL, 10);
	return (bits & BIT(2) ? USER_WALLOPS : 0u) | (bits & BIT(3) ? USER_INVISIBLE : 0u);
}

void irc_cmd_user(struct irc_dialog *irc, const struct request *r)
{
	struct irc_applicant *a = irc_applicant(irc);
	if (!irc_arg(r, 3)[0] || !irc_arg(r, 0)[0]) {
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "USER");
		return;
	}
	free(a->user);
	free(a->real);
	a->user = clean_user(irc_arg(r, 0));
	a->real = xstrdup(irc_arg(r, 3));
	a->flags = flags_asked(irc_arg(r, 1));
	irc_try_to_enter(irc);
}

/* The server's password, if it has one, comes first; what comes then, or otherwise, as "account:password",
 * is his own. */
void irc_cmd_pass(struct irc_dialog *irc, const struct request *r)
{
	struct irc_applicant *a = irc_applicant(irc);
	const char *word = irc_arg(r, 0);
	bool for_server = irc->dialog.all->passwords.server_has_one && !a->password;
	/* Too late is not at all: what was given before counts. */
	if (a->nick[0] && a->user)
		return;
	char **password = !for_server && strchr(word, ':') ? &a->login : &a->password;
	forget(password);
	*password = xstrdup(word);
}

void irc_cmd_ping(struct irc_dialog *irc, const struct request *r)
{
	const char *name = irc_about(irc)->name;
	if (!irc_arg(r, 0)[0])
		irc_numeric(irc, ERR_NOORIGIN);
	else
		irc_say(irc, "PONG %s :%s", name, irc_arg(r, 0));
}

/* That it came is what matters, and the I/O thread has seen it. */
void irc_cmd_pong(struct irc_dialog *irc, const struct request *r)
{
	(void)irc;
	(void)r;
}

/* ---- going ---- */

void irc_say_end(struct irc_dialog *irc, const char *host, const char *why)
{
	forget_registration(irc);
	dialog_enter(&irc->dialog, DIALOG_LEAVING);
	irc_say_error(irc, host, why);
	irc_answers_close(irc);
}

void irc_say_goodbye(struct irc_dialog *irc, const char *why)
{
	char host[HOST_SIZE];
	snprintf(host, sizeof(host), "%s", session_host(&irc->dialog.session));
	chat_leave(&irc->dialog.session, why);
	irc_say_end(irc, host, why);
}

void irc_closed(struct dialog *d)
{
	irc_sasl_free(irc_of(d));
	irc_enrol_free(irc_of(d));
	irc_errand_drop(irc_of(d));
	forget_registration(irc_of(d));
	if (irc_of(d)->extras) {
		free(irc_of(d)->extras->reading);
		free(irc_of(d)->extras->certificate);
		forget(&irc_of(d)->extras->totp);
		irc_batch_free(irc_of(d)->extras->batch);
		irc_subs_free(irc_of(d)->extras->subs);
	}
	free(irc_of(d)->extras);
	irc_answers_done(&irc_of(d)->answers);
}

void irc_cmd_quit(struct irc_dialog *irc, const struct request *r)
{
	char why[REASON_BYTES_MAX + 1];
	const char *words = irc_arg(r, 0);
	size_t len = utf8_cut(words, strlen(words), REASON_BYTES_MAX - strlen("Quit: "));
	snprintf(why, sizeof(why), "Quit%s%.*s", len > 0 ? ": " : "", (int)len, words);
	irc_say_goodbye(irc, why);
}
