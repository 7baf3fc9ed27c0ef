#include "protocols/irc/login.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- errands ---- */

bool irc_has_errand(const struct irc_dialog *irc)
{
	return irc->extras && irc->extras->errand;
}

struct irc_errand *irc_errand_begin(struct irc_dialog *irc, irc_then *then)
{
	struct irc_errand *e = xcalloc(1, sizeof(*e));
	irc_errand_again(irc, e, then);
	return e;
}

void irc_errand_again(struct irc_dialog *irc, struct irc_errand *e, irc_then *then)
{
	assert(!irc_has_errand(irc));
	irc_extras(irc)->errand = e;
	e->then = then;
}

static void errand_free(struct irc_errand *e)
{
	account_point(&e->account, NULL);
	free(e->name);
	free(e->email);
	free(e->hash);
	free(e);
}

void irc_errand_drop(struct irc_dialog *irc)
{
	if (!irc_has_errand(irc))
		return;
	errand_free(irc->extras->errand);
	irc->extras->errand = NULL;
	irc_extras_settle(irc);
}

bool irc_errand_return(struct irc_dialog *irc, enum refusal why,
		       const struct password_answer *answer)
{
	struct irc_errand *e = irc->extras ? irc->extras->errand : NULL;
	bool is_heard = !irc->dialog.gone && irc->dialog.state != DIALOG_LEAVING;
	if (!e)
		return false;
	irc->extras->errand = NULL;
	if (is_heard)
		e->then(irc, e, why, answer);
	if (irc->extras && irc->extras->errand == e)
		return false;
	errand_free(e);
	irc_extras_settle(irc);
	return true;
}

/* ---- accounts ---- */

struct account *irc_account(const struct irc_dialog *irc, const char *name)
{
	return account_find(irc_chat(irc), name, strlen(name));
}

bool irc_is_account(const struct irc_dialog *irc, const struct account *a, const char *name)
{
	return irc_account(irc, name) == a;
}

/* ---- passwords ---- */

/* His password was right when he gave it, which may be a while ago; what else is there? No code counts
 * twice, also not of two who come at once. */
static enum refusal account_refusal(const struct irc_errand *e,
				    const struct password_answer *answer)
{
	struct account *a = e->account;
	if (!a || a->state != ACCOUNT_THERE || strcmp(a->record.hash, e->hash) != 0 ||
	    (a->record.totp[0] && answer->totp_step <= a->totp_step))
		return REFUSED_PASSWORD;
	if (answer->totp_step > 0)
		a->totp_step = answer->totp_step;
	return a->record.suspended[0] ? REFUSED_SUSPENDED : REFUSED_NOT;
}

bool irc_errand_checked(struct irc_dialog *irc, const struct password_answer *answer)
{
	const struct irc_errand *e = irc->extras ? irc->extras->errand : NULL;
	enum refusal why = answer->ok ? REFUSED_NOT : REFUSED_PASSWORD;
	if (e && answer->ok && answer->job == PASSWORD_OF_ACCOUNT)
		why = account_refusal(e, answer);
	return irc_errand_return(irc, why, answer);
}

/* "secret 123456" is a password and a code, if one is needed. */
static void split_code(const struct account *a, char *password, struct password_question *question)
{
	char *space = a && a->record.totp[0] ? strrchr(password, ' ') : NULL;
	question->code = "";
	if (space) {
		*space = '\0';
		question->code = space + 1;
	}
}

bool irc_check_login(struct irc_dialog *irc, const char *name, const char *password, irc_then *then)
{
	/* Of one who is gone the last may still be looked at. */
	if (!dialog_can_wait(&irc->dialog))
		return false;
	struct account *a = irc_account(irc, name);
	char *copy = xstrdup(password);
	size_t len = strlen(copy);
	struct password_question question = {
		.job = PASSWORD_OF_ACCOUNT,
		.name = a ? a->name : name,
		.password = copy,
		.hash = a ? a->record.hash : "",
		.totp = a ? a->record.totp : "",
		.totp_step = a ? a->totp_step : 0,
	};
	split_code(a, copy, &question);
	struct irc_errand *e = irc_errand_begin(irc, then);
	account_point(&e->account, a);
	e->hash = xstrdup(question.hash);
	e->keeps_busy = true;
	bool asked = dialog_check(&irc->dialog, &question);
	if (!asked)
		irc_errand_drop(irc);
	sodium_memzero(copy, len);
	free(copy);
	return asked;
}

bool irc_make_password(struct irc_dialog *irc, const char *password)
{
	const struct password_question question = { .job = PASSWORD_MAKE,
						    .name = "",
						    .password = password,
						    .hash = "",
						    .totp = "",
						    .code = "" };
	irc->extras->errand->keeps_busy = true;
	return dialog_check(&irc->dialog, &question);
}

/* ---- being logged in ---- */

void irc_say_login(struct irc_dialog *irc, const char *account)
{
	char source[USER_SOURCE_SIZE] = "*!*@*";
	if (irc_user(irc))
		user_source(irc_user(irc), source);
	if (account[0])
		irc_numeric(irc, RPL_LOGGEDIN, source, account, account);
	else
		irc_numeric(irc, RPL_LOGGEDOUT, source);
}

bool irc_log_in(struct irc_dialog *irc, struct account *a)
{
	struct session *s = &irc->dialog.session;
	bool has_others = s->user && s->user->first_session->next;
	if (has_others && s->account != a)
		return false;
	chat_set_account(s, a);
	irc_say_login(irc, a ? a->name : "");
	return true;
}
