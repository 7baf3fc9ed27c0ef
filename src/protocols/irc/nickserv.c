/* nickserv: what NickServ does for accounts and nicks; see service.h. */
#include "protocols/irc/service.h"

#include "core/force.h"
#include "core/voucher.h"
#include "protocols/irc/enrol.h"
#include "protocols/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (24LL * 3600 * 1000)
#define INVITATION_DAYS 30

/* ---- registering, logging in and out ---- */

void irc_service_enrolled(struct irc_dialog *irc, const char *name, enum enrol_problem problem)
{
	(void)name;
	ns_say_words(irc, irc_enrol_text(irc, problem));
}

static void ns_register(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct enrol_wish wish = { .verb = "REGISTER",
				   .name = irc_user(irc)->nick,
				   .password = call->argv[0],
				   .email = "",
				   .code = "",
				   .by_service = true };
	for (size_t i = 1; i < call->argc; i++)
		*(strchr(call->argv[i], '@') ? &wish.email : &wish.code) = call->argv[i];
	enum enrol_problem problem = ns_own(call) ? ENROL_LOGGED_IN : irc_enrol(irc, &wish);
	if (problem != ENROL_FINE)
		ns_say_words(irc, irc_enrol_text(irc, problem));
}

/* The password was looked at. false: he is told that it was not right. */
static bool is_proved(struct irc_dialog *irc, const struct irc_errand *e, enum refusal why)
{
	if (why == REFUSED_SUSPENDED)
		ns_say(irc, TEXT_NS_SUSPENDED, e->account->name, e->account->record.suspended);
	else if (why != REFUSED_NOT)
		ns_refuse(irc, why);
	return why == REFUSED_NOT;
}

static void identified(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		       const struct password_answer *answer)
{
	(void)answer;
	if (!is_proved(irc, e, why))
		return;
	if (irc_log_in(irc, e->account))
		ns_say(irc, TEXT_NS_LOGGED_IN, e->account->name);
	else
		ns_say(irc, TEXT_NS_OTHER_SESSIONS);
}

/* A password may have spaces; then the account stands before it. */
static void ns_identify(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	const char *name = call->argc > 1 ? call->argv[0] : irc_user(irc)->nick;
	if (!irc_check_login(irc, name, call->rest[call->argc > 1], identified))
		ns_say(irc, TEXT_NS_TRY_AGAIN);
}

static void ns_logout(const struct service_call *call)
{
	if (irc_log_in(call->irc, NULL))
		ns_say(call->irc, TEXT_NS_LOGGED_OUT);
	else
		ns_say(call->irc, TEXT_NS_OTHER_SESSIONS);
}

/* ---- who has one's nick ---- */

/* What he does is on its way to the disk, or an operator acts in his place: see core/force.h. */
static bool is_busy(struct irc_dialog *irc, const struct user *who)
{
	const struct chat_need need = { .as = who };
	bool busy = chat_must_wait(irc_chat(irc), &irc->dialog.session, &need);
	chat_let_go(irc_chat(irc), &irc->dialog.session);
	return busy;
}

static void end_ghost(struct irc_dialog *irc, const char *nick)
{
	struct user *who = irc_find(irc, nick);
	char name[NICK_BYTES_MAX + 1];
	if (!who) {
		ns_say(irc, TEXT_NS_NOT_HERE, nick);
	} else if (who == irc_user(irc)) {
		ns_say(irc, TEXT_NS_YOURSELF);
	} else if (is_busy(irc, who)) {
		ns_say(irc, TEXT_NS_TRY_AGAIN);
	} else {
		snprintf(name, sizeof(name), "%s", who->nick);
		chat_expel(&irc->dialog.session, who,
			   text_of(irc->dialog.all->lang, TEXT_NS_GHOST_WHY));
		ns_say(irc, TEXT_NS_GHOSTED, name);
	}
}

static void ghost_proved(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
			 const struct password_answer *answer)
{
	(void)answer;
	if (is_proved(irc, e, why))
		end_ghost(irc, e->name);
}

static void ns_ghost(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	const char *nick = call->argv[0];
	const struct account *own = ns_own(call);
	const struct user *who = irc_find(irc, nick);
	if (!who || (own && (who->account == own || irc_is_account(irc, own, nick))))
		end_ghost(irc, nick);
	else if (call->argc < 2)
		ns_say(irc, TEXT_NS_NOT_YOURS);
	else if (irc_check_login(irc, nick, call->rest[1], ghost_proved))
		irc_extras(irc)->errand->name = xstrdup(nick);
	else
		ns_say(irc, TEXT_NS_TRY_AGAIN);
}

/* ---- what is known ---- */

static void ns_info(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	enum lang lang = irc->dialog.all->lang;
	const struct account *own = ns_own(call);
	const char *fallback = own ? own->name : irc_user(irc)->nick;
	const struct account *a = ns_account(irc, call->argc > 0 ? call->argv[0] : fallback);
	char created[IRC_TIME_SIZE], seen[IRC_TIME_SIZE];
	if (!a)
		return;
	irc_time_text(a->record.created_ms, created);
	irc_time_text(a->record.seen_ms, seen);
	ns_say(irc, TEXT_NS_INFO, a->name, created, seen, (unsigned)a->user_count);
	if (a->record.suspended[0])
		ns_say(irc, TEXT_NS_SUSPENDED, a->name, a->record.suspended);
	if (a == own || (irc_user(irc)->flags & USER_OPERATOR))
		ns_say(irc, TEXT_NS_INFO_MORE,
		       a->record.email[0] ? a->record.email : text_of(lang, TEXT_NS_NONE),
		       a->record.cert_count,
		       text_of(lang, a->record.totp[0] ? TEXT_NS_ON : TEXT_NS_OFF));
}

static void ns_sessions(const struct service_call *call)
{
	const struct account *a = ns_own(call);
	char since[IRC_TIME_SIZE];
	for (size_t i = 0; i < a->user_count; i++) {
		const struct user *u = a->users[i];
		irc_time_text(u->since_ms, since);
		for (const struct session *s = u->first_session; s; s = s->next)
			ns_say(call->irc, TEXT_NS_SESSION, u->nick,
			       CONTAINER_OF(s, const struct dialog, session)->protocol->scheme,
			       u->host, since);
	}
}

/* ---- ending it ---- */

static void dropped(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		    const struct password_answer *answer)
{
	(void)e, (void)answer;
	if (why == REFUSED_NOT)
		ns_say(irc, TEXT_NS_DROPPED);
	else
		ns_refuse(irc, why);
}

static void drop_proved(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
			const struct password_answer *answer)
{
	(void)answer;
	if (!is_proved(irc, e, why))
		return;
	why = chat_account_drop(&irc->dialog.session, e->account);
	if (why == REFUSED_NOT)
		irc_errand_again(irc, e, dropped);
	else
		ns_refuse(irc, why);
}

static void ns_drop(const struct service_call *call)
{
	if (!irc_check_login(call->irc, ns_own(call)->name, call->rest[0], drop_proved))
		ns_say(call->irc, TEXT_NS_TRY_AGAIN);
}

/* ---- for operators of the server ---- */

static void reset_made(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		       const struct password_answer *answer)
{
	struct session *s = &irc->dialog.session;
	if (why == REFUSED_NOT)
		why = chat_account_set_password(s, e->account, answer->hash, answer->scram);
	/* Whoever lost his password may have lost the other factor with it. */
	if (why == REFUSED_NOT && e->account->record.totp[0])
		why = chat_account_set_totp(s, e->account, "");
	if (why == REFUSED_NOT)
		irc_errand_again(irc, e, ns_done);
	else
		ns_refuse(irc, why);
}

static void ns_resetpass(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_account(irc, call->argv[0]);
	if (a)
		ns_change_password(irc, a, call->rest[1], reset_made);
}

static void ns_suspend(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_account(irc, call->argv[0]);
	const char *why = call->argc > 1 ? call->rest[1]
					 : text_of(irc->dialog.all->lang, TEXT_NS_NO_REASON);
	if (a)
		ns_await(irc, a, chat_account_suspend(&irc->dialog.session, a, why), ns_done);
}

static void ns_unsuspend(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_account(irc, call->argv[0]);
	if (a)
		ns_await(irc, a, chat_account_suspend(&irc->dialog.session, a, ""), ns_done);
}

static void invited(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		    const struct password_answer *answer)
{
	(void)answer;
	if (why == REFUSED_NOT)
		ns_say(irc, TEXT_NS_INVITATION, e->name, (unsigned)INVITATION_DAYS);
	else
		ns_refuse(irc, why);
}

static void ns_invite(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	const struct passwords *p = &irc->dialog.all->passwords;
	char code[PASSWORD_CODE_SIZE], hash[PASSWORD_CODE_HASH_SIZE];
	p->draw_code(p->ctx, code);
	p->hash_code(p->ctx, code, hash);
	enum refusal why = chat_make_voucher(&irc->dialog.session, hash,
					     irc_chat(irc)->now_ms + INVITATION_DAYS * DAY_MS);
	if (why == REFUSED_NOT)
		irc_errand_begin(irc, invited)->name = xstrdup(code);
	else if (why == REFUSED_LIST_FULL)
		ns_say(irc, TEXT_NS_INVITATIONS_FULL);
	else
		ns_refuse(irc, why);
}

/* ---- the table ---- */

#define ANYBODY SERVICE_ANYBODY
#define ACCOUNT SERVICE_ACCOUNT
#define OPERATOR SERVICE_OPERATOR

/* clang-format off */
const struct service_row nickserv_rows[] = {
	{ "REGISTER", "<password> [<email>] [<invitation>]", TEXT_NS_HELP_REGISTER, 1, ANYBODY, ns_register },
	{ "IDENTIFY", "[<account>] <password> [<code>]", TEXT_NS_HELP_IDENTIFY, 1, ANYBODY, ns_identify },
	{ "LOGOUT", "", TEXT_NS_HELP_LOGOUT, 0, ACCOUNT, ns_logout },
	{ "GHOST", "<nick> [<password>]", TEXT_NS_HELP_GHOST, 1, ANYBODY, ns_ghost },
	{ "INFO", "[<account>]", TEXT_NS_HELP_INFO, 0, ANYBODY, ns_info },
	{ "SET", "PASSWORD <password> | EMAIL [<email>] | TOTP ON|OFF|<code>", TEXT_NS_HELP_SET, 1, ACCOUNT, ns_set },
	{ "CERT", "ADD [<fingerprint>] | DEL <fingerprint> | LIST", TEXT_NS_HELP_CERT, 1, ACCOUNT, ns_cert },
	{ "SESSIONS", "", TEXT_NS_HELP_SESSIONS, 0, ACCOUNT, ns_sessions },
	{ "DROP", "<password>", TEXT_NS_HELP_DROP, 1, ACCOUNT, ns_drop },
	{ "RESETPASS", "<account> <password>", TEXT_NS_HELP_RESETPASS, 2, OPERATOR, ns_resetpass },
	{ "SUSPEND", "<account> [<reason>]", TEXT_NS_HELP_SUSPEND, 1, OPERATOR, ns_suspend },
	{ "UNSUSPEND", "<account>", TEXT_NS_HELP_UNSUSPEND, 1, OPERATOR, ns_unsuspend },
	{ "INVITE", "", TEXT_NS_HELP_INVITE, 0, OPERATOR, ns_invite },
	{ "HELP", "", TEXT_NS_HELP_HELP, 0, ANYBODY, ns_help },
};
/* clang-format on */

const size_t nickserv_row_count = ARRAY_LEN(nickserv_rows);
