/* enrol: REGISTER and VERIFY. https://ircv3.net/specs/extensions/account-registration */
#include "protocols/irc/enrol.h"

#include "protocols/irc/handlers.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool irc_enrol_value(const struct irc_dialog *irc, struct buf *out)
{
	const struct account_rules *rules = &irc_chat(irc)->config.accounts;
	const struct {
		bool holds;
		const char *key;
	} keys[] = {
		{ rules->before_connect, "before-connect" },
		{ rules->custom_name, "custom-account-name" },
		{ rules->needs_email, "email-required" },
	};
	size_t from = out->len;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].holds)
			buf_printf(out, "%s%s", out->len > from ? "," : "", keys[i].key);
	return rules->may_register != REGISTER_OFF;
}

/* ---- why not ---- */

static const struct {
	enum irc_fail fail;
	enum text text;
} problems[] = {
	[ENROL_FINE] = { .text = TEXT_ENROL_DONE },
	[ENROL_TOO_EARLY] = { FAIL_COMPLETE_CONNECTION_REQUIRED, TEXT_ENROL_TOO_EARLY },
	[ENROL_LOGGED_IN] = { FAIL_ALREADY_AUTHENTICATED, TEXT_ENROL_LOGGED_IN },
	[ENROL_NO_NICK] = { FAIL_NEED_NICK, TEXT_ENROL_NO_NICK },
	[ENROL_BAD_NAME] = { FAIL_BAD_ACCOUNT_NAME, TEXT_ENROL_BAD_NAME },
	[ENROL_NOT_NICK] = { FAIL_ACCOUNT_NAME_MUST_BE_NICK, TEXT_ENROL_NOT_NICK },
	[ENROL_EXISTS] = { FAIL_ACCOUNT_EXISTS, TEXT_ENROL_EXISTS },
	[ENROL_NICK_USED] = { FAIL_BAD_ACCOUNT_NAME, TEXT_ENROL_NICK_USED },
	[ENROL_OFF] = { FAIL_TEMPORARILY_UNAVAILABLE, TEXT_ENROL_OFF },
	[ENROL_NEEDS_CODE] = { FAIL_INVALID_CODE, TEXT_ENROL_NEEDS_CODE },
	[ENROL_BAD_CODE] = { FAIL_INVALID_CODE, TEXT_ENROL_BAD_CODE },
	[ENROL_BAD_EMAIL] = { FAIL_INVALID_EMAIL, TEXT_ENROL_BAD_EMAIL },
	[ENROL_LONG_EMAIL] = { FAIL_UNACCEPTABLE_EMAIL, TEXT_ENROL_LONG_EMAIL },
	[ENROL_BAD_PASSWORD] = { FAIL_UNACCEPTABLE_PASSWORD, TEXT_ENROL_BAD_PASSWORD },
	[ENROL_WEAK_PASSWORD] = { FAIL_WEAK_PASSWORD, TEXT_ENROL_WEAK_PASSWORD },
	[ENROL_TOO_OFTEN] = { FAIL_TEMPORARILY_UNAVAILABLE, TEXT_ENROL_TOO_OFTEN },
	[ENROL_FULL] = { FAIL_TEMPORARILY_UNAVAILABLE, TEXT_ENROL_FULL },
	[ENROL_BUSY] = { FAIL_TEMPORARILY_UNAVAILABLE, TEXT_WHY_BUSY },
	[ENROL_CANNOT_STORE] = { FAIL_TEMPORARILY_UNAVAILABLE, TEXT_ENROL_CANNOT_STORE },
};

const char *irc_enrol_text(const struct irc_dialog *irc, enum enrol_problem problem)
{
	return text_of(irc->dialog.all->lang, problems[problem].text);
}

enum enrol_problem irc_enrol_problem(enum refusal why)
{
	switch (why) {
	case REFUSED_NOT:
		return ENROL_FINE;
	case REFUSED_NICK_INVALID:
	case REFUSED_NICK_RESERVED:
		return ENROL_BAD_NAME;
	case REFUSED_NOT_HIS_NICK:
		return ENROL_NOT_NICK;
	case REFUSED_ACCOUNT_EXISTS:
		return ENROL_EXISTS;
	case REFUSED_NICK_TAKEN:
		return ENROL_NICK_USED;
	case REFUSED_REGISTER_OFF:
		return ENROL_OFF;
	case REFUSED_VOUCHER:
		return ENROL_BAD_CODE;
	case REFUSED_EMAIL:
		return ENROL_BAD_EMAIL;
	case REFUSED_LIST_FULL:
		return ENROL_FULL;
	case REFUSED_DEGRADED:
	case REFUSED_STALLED:
		return ENROL_CANNOT_STORE;
	default:
		return ENROL_BUSY;
	}
}

enum enrol_problem irc_enrol_password(const char *name, const char *password)
{
	size_t len = strlen(password);
	if (len == 0 || len > PASSWORD_BYTES_MAX)
		return ENROL_BAD_PASSWORD;
	return strcasecmp(name, password) == 0 ? ENROL_WEAK_PASSWORD : ENROL_FINE;
}

/* ---- how it goes ---- */

/* Told by who was asked. */
static void tell_end(struct irc_dialog *irc, const struct irc_errand *e, enum enrol_problem problem)
{
	if (e->by_service)
		irc_service_enrolled(irc, e->name, problem);
	else if (problem == ENROL_FINE)
		irc_say(irc, "%s SUCCESS %s :%s", e->verb, e->name, irc_enrol_text(irc, problem));
	else
		irc_fail(irc, problems[problem].fail, e->verb, e->name,
			 irc_enrol_text(irc, problem));
}

static void stored(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		   const struct password_answer *answer)
{
	struct account *a = irc_account(irc, e->name);
	(void)answer;
	tell_end(irc, e, irc_enrol_problem(why));
	if (why != REFUSED_NOT || !a)
		return;
	/* He has no other sessions: they would be logged in to something, and so would he. */
	bool ok = irc_log_in(irc, a);
	(void)ok;
}

static struct enrolment enrolment_of(const struct irc_dialog *irc, const char *name,
				     const char *email, const char *voucher)
{
	return (struct enrolment){ .name = name,
				   .nick = irc_nick(irc),
				   .hash = "",
				   .scram = "",
				   .email = email,
				   .voucher = voucher };
}

static void made(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		 const struct password_answer *answer)
{
	struct enrolment how = enrolment_of(irc, e->name, e->email, e->hash);
	if (why == REFUSED_NOT) {
		how.hash = answer->hash;
		how.scram = answer->scram;
		why = chat_account_register(&irc->dialog.session, &how);
	}
	if (why == REFUSED_NOT)
		irc_errand_again(irc, e, stored);
	else
		tell_end(irc, e, irc_enrol_problem(why));
}

static enum enrol_problem may_enrol(struct irc_dialog *irc, const struct enrol_wish *w,
				    const char *voucher)
{
	const struct enrolment how = enrolment_of(irc, w->name, w->email, voucher);
	const struct passwords *p = &irc->dialog.all->passwords;
	if (strlen(w->email) > EMAIL_BYTES_MAX)
		return ENROL_LONG_EMAIL;
	enum enrol_problem problem = irc_enrol_problem(
		chat_account_refusal(&irc->dialog.session, &how));
	if (problem == ENROL_BAD_CODE && !w->code[0])
		problem = ENROL_NEEDS_CODE;
	if (problem == ENROL_FINE || problem == ENROL_NEEDS_CODE) {
		enum enrol_problem weak = irc_enrol_password(w->name, w->password);
		problem = weak != ENROL_FINE ? weak : problem;
	}
	if (problem == ENROL_FINE && !p->may_register(p->ctx, irc->dialog.session.conn))
		problem = ENROL_TOO_OFTEN;
	return problem;
}

enum enrol_problem irc_enrol(struct irc_dialog *irc, const struct enrol_wish *w)
{
	const struct passwords *p = &irc->dialog.all->passwords;
	char voucher[PASSWORD_CODE_HASH_SIZE] = "";
	if (w->code[0])
		p->hash_code(p->ctx, w->code, voucher);
	enum enrol_problem problem = may_enrol(irc, w, voucher);
	if (problem != ENROL_FINE)
		return problem;
	struct irc_errand *e = irc_errand_begin(irc, made);
	e->name = xstrdup(w->name);
	e->email = xstrdup(w->email);
	e->hash = xstrdup(voucher);
	e->verb = w->verb;
	e->by_service = w->by_service;
	if (irc_make_password(irc, w->password))
		return ENROL_FINE;
	irc_errand_drop(irc);
	return ENROL_BUSY;
}

/* ---- REGISTER and VERIFY ---- */

/* Asked for, and waiting for the code of an invitation. */
struct irc_enrolling {
	char *name, *email, *password;
};

void irc_enrol_free(struct irc_dialog *irc)
{
	struct irc_enrolling *e = irc->extras ? irc->extras->enrolling : NULL;
	if (!e)
		return;
	sodium_memzero(e->password, strlen(e->password));
	free(e->password);
	free(e->email);
	free(e->name);
	free(e);
	irc->extras->enrolling = NULL;
	irc_extras_settle(irc);
}

static void keep(struct irc_dialog *irc, const struct enrol_wish *w)
{
	struct irc_enrolling *e = xcalloc(1, sizeof(*e));
	irc_enrol_free(irc);
	e->name = xstrdup(w->name);
	e->email = xstrdup(w->email);
	e->password = xstrdup(w->password);
	irc_extras(irc)->enrolling = e;
}

/* What keeps him from asking at all. */
static enum enrol_problem may_ask(const struct irc_dialog *irc)
{
	if (irc_has_errand(irc))
		return ENROL_BUSY;
	if (!irc_user(irc) && !irc_chat(irc)->config.accounts.before_connect)
		return ENROL_TOO_EARLY;
	if (irc->dialog.session.account)
		return ENROL_LOGGED_IN;
	return ENROL_FINE;
}

static void fail(struct irc_dialog *irc, const char *verb, const char *name,
		 enum enrol_problem problem)
{
	irc_fail(irc, problems[problem].fail, verb, irc_word(name), irc_enrol_text(irc, problem));
}

void irc_cmd_register(struct irc_dialog *irc, const struct request *r)
{
	const char *name = irc_arg(r, 0), *email = irc_arg(r, 1);
	bool as_nick = strcmp(name, "*") == 0;
	const struct enrol_wish wish = { .verb = "REGISTER",
					 .name = as_nick ? irc_nick(irc) : name,
					 .email = strcmp(email, "*") == 0 ? "" : email,
					 .password = irc_arg(r, 2),
					 .code = "" };
	enum enrol_problem problem = may_ask(irc);
	if (problem == ENROL_FINE && strcmp(irc_nick(irc), "*") == 0)
		problem = ENROL_NO_NICK;
	if (problem == ENROL_FINE)
		problem = irc_enrol(irc, &wish);
	if (problem == ENROL_NEEDS_CODE) {
		keep(irc, &wish);
		irc_say(irc, "REGISTER VERIFICATION_REQUIRED %s :%s", wish.name,
			irc_enrol_text(irc, problem));
	} else if (problem != ENROL_FINE) {
		fail(irc, "REGISTER", problem == ENROL_NO_NICK ? "*" : wish.name, problem);
	}
}

void irc_cmd_verify(struct irc_dialog *irc, const struct request *r)
{
	const struct irc_enrolling *e = irc->extras ? irc->extras->enrolling : NULL;
	enum enrol_problem problem = may_ask(irc);
	if (problem == ENROL_FINE && (!e || strcmp(e->name, irc_arg(r, 0)) != 0))
		problem = ENROL_BAD_CODE;
	if (problem == ENROL_FINE) {
		const struct enrol_wish wish = { .verb = "VERIFY",
						 .name = e->name,
						 .email = e->email,
						 .password = e->password,
						 .code = irc_arg(r, 1) };
		problem = irc_enrol(irc, &wish);
	}
	if (problem == ENROL_FINE)
		irc_enrol_free(irc);
	else
		fail(irc, "VERIFY", irc_arg(r, 0),
		     problem == ENROL_NEEDS_CODE ? ENROL_BAD_CODE : problem);
}
