/* settings: what one changes of one's own account through NickServ: SET and CERT. See service.h. */
#include "protocols/irc/service.h"

#include "base/totp.h"
#include "protocols/irc/enrol.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- SET ---- */

static void password_made(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
			  const struct password_answer *answer)
{
	if (why == REFUSED_NOT)
		why = chat_account_set_password(&irc->dialog.session, e->account, answer->hash,
						answer->scram);
	if (why == REFUSED_NOT)
		irc_errand_again(irc, e, ns_done);
	else
		ns_refuse(irc, why);
}

void ns_change_password(struct irc_dialog *irc, struct account *a, const char *password,
			irc_then *then)
{
	enum enrol_problem problem = irc_enrol_password(a->name, password);
	if (problem == ENROL_FINE) {
		account_point(&irc_errand_begin(irc, then)->account, a);
		if (irc_make_password(irc, password))
			return;
		irc_errand_drop(irc);
		problem = ENROL_BUSY;
	}
	ns_say_words(irc, irc_enrol_text(irc, problem));
}

static void set_email(const struct service_call *call)
{
	struct account *a = ns_own(call);
	ns_await(call->irc, a, chat_account_set_email(&call->irc->dialog.session, a, call->argv[1]),
		 ns_done);
}

/* ---- the second factor ---- */

static void forget_secret(struct irc_dialog *irc)
{
	char **secret = &irc_extras(irc)->totp;
	if (*secret)
		sodium_memzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
	irc_extras_settle(irc);
}

/* It counts once he has shown that he can read its codes. */
static void totp_on(struct irc_dialog *irc)
{
	const struct passwords *p = &irc->dialog.all->passwords;
	unsigned char bytes[TOTP_SECRET_BYTES];
	char text[TOTP_TEXT_SIZE];
	p->draw(p->ctx, bytes, sizeof(bytes));
	totp_text(bytes, text);
	forget_secret(irc);
	irc_extras(irc)->totp = xstrdup(text);
	ns_say(irc, TEXT_NS_TOTP_SECRET, text);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
}

static bool is_code(struct irc_dialog *irc, struct account *a, const char *secret, const char *code)
{
	bool ok = totp_is(secret, code, irc_chat(irc)->now_ms / 1000, &a->totp_step);
	if (!ok)
		ns_say(irc, TEXT_NS_TOTP_WRONG);
	return ok;
}

static void totp_off(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_own(call);
	if (!a->record.totp[0])
		ns_say(irc, TEXT_NS_TOTP_NONE);
	else if (is_code(irc, a, a->record.totp, call->argv[2]))
		ns_await(irc, a, chat_account_set_totp(&irc->dialog.session, a, ""), ns_done);
}

static void totp_confirm(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_own(call);
	const char *secret = irc->extras ? irc->extras->totp : NULL;
	if (!secret) {
		ns_say(irc, TEXT_NS_TOTP_NONE);
	} else if (is_code(irc, a, secret, call->argv[1])) {
		ns_await(irc, a, chat_account_set_totp(&irc->dialog.session, a, secret), ns_done);
		forget_secret(irc);
	}
}

static void set_totp(const struct service_call *call)
{
	const char *word = call->argv[1];
	if (strcasecmp(word, "ON") == 0 && ns_own(call)->record.totp[0])
		ns_say(call->irc, TEXT_NS_TOTP_THERE);
	else if (strcasecmp(word, "ON") == 0)
		totp_on(call->irc);
	else if (strcasecmp(word, "OFF") == 0)
		totp_off(call);
	else if (word[0])
		totp_confirm(call);
	else
		ns_say_usage(call);
}

void ns_set(const struct service_call *call)
{
	const char *what = call->argv[0];
	if (strcasecmp(what, "PASSWORD") == 0 && call->argc > 1)
		ns_change_password(call->irc, ns_own(call), call->rest[1], password_made);
	else if (strcasecmp(what, "EMAIL") == 0)
		set_email(call);
	else if (strcasecmp(what, "TOTP") == 0)
		set_totp(call);
	else
		ns_say_usage(call);
}

/* ---- CERT ---- */

/* As programs write them: "AB:CD:…" or without colons. false: it is none. */
static bool read_fingerprint(const char *text, char fingerprint[FINGERPRINT_SIZE])
{
	size_t len = 0;
	for (; *text; text++) {
		if (*text == ':')
			continue;
		if (len + 1 == FINGERPRINT_SIZE)
			return false;
		fingerprint[len++] = (char)tolower((unsigned char)*text);
	}
	fingerprint[len] = '\0';
	return fingerprint_valid(fingerprint);
}

static void cert_change(const struct service_call *call, bool add)
{
	struct irc_dialog *irc = call->irc;
	struct account *a = ns_own(call);
	struct session *s = &irc->dialog.session;
	const char *shown = irc->extras ? irc->extras->certificate : NULL;
	char fingerprint[FINGERPRINT_SIZE];
	if (!read_fingerprint(call->argc > 1 ? call->argv[1] : shown ? shown : "", fingerprint)) {
		ns_say(irc, TEXT_NS_NO_CERT);
		return;
	}
	enum refusal why = add ? chat_account_add_cert(s, a, fingerprint)
			       : chat_account_remove_cert(s, a, fingerprint);
	if (why == REFUSED_LIST_FULL)
		ns_say(irc, TEXT_NS_CERTS_FULL);
	else
		ns_await(irc, a, why, ns_done);
}

static void cert_list(const struct service_call *call)
{
	const struct account_record *r = &ns_own(call)->record;
	for (size_t i = 0; i < r->cert_count; i++)
		ns_say(call->irc, TEXT_NS_CERT, r->certs[i]);
	if (r->cert_count == 0)
		ns_say(call->irc, TEXT_NS_CERT, text_of(call->irc->dialog.all->lang, TEXT_NS_NONE));
}

void ns_cert(const struct service_call *call)
{
	const char *what = call->argv[0];
	if (strcasecmp(what, "ADD") == 0)
		cert_change(call, true);
	else if (strcasecmp(what, "DEL") == 0)
		cert_change(call, false);
	else if (strcasecmp(what, "LIST") == 0)
		cert_list(call);
	else
		ns_say_usage(call);
}
