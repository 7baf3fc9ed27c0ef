#include "protocols/irc/service.h"

#include "protocols/irc/enrol.h"
#include "protocols/irc/handlers.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char nickserv_name[] = "NickServ";

static void chanserv_ask(struct irc_dialog *irc, const char *text);
static void nickserv_ask(struct irc_dialog *irc, const char *text);

static const struct irc_service {
	const char *name;
	enum text real;
	void (*ask)(struct irc_dialog *irc, const char *text);
} services[] = {
	{ nickserv_name, TEXT_NS_NAME, nickserv_ask },
	{ "ChanServ", TEXT_CS_NAME, chanserv_ask },
};

const struct irc_service *irc_service_find(const struct irc_dialog *irc, const char *name)
{
	if (name[0] == '#') /* a room, as mostly */
		return NULL;
	size_t len = strcspn(name, "@");
	if (name[len] && strcasecmp(name + len + 1, irc_about(irc)->name) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (strlen(services[i].name) == len &&
		    strncasecmp(services[i].name, name, len) == 0)
			return &services[i];
	return NULL;
}

void irc_service_ask(struct irc_dialog *irc, const struct irc_service *service, const char *text)
{
	service->ask(irc, text);
}

bool irc_show_service(struct irc_dialog *irc, const char *name)
{
	const struct irc_service *s = irc_service_find(irc, name);
	const struct about *about = irc_about(irc);
	if (!s)
		return false;
	irc_numeric(irc, RPL_WHOISUSER, s->name, s->name, about->name,
		    text_of(irc->dialog.all->lang, s->real));
	irc_numeric(irc, RPL_WHOISSERVER, s->name, about->name, about->description);
	irc_numeric(irc, RPL_WHOISBOT, s->name);
	return true;
}

/* ---- saying ---- */

static void say_as(struct irc_dialog *irc, const char *service, const char *words)
{
	char source[SERVER_NAME_BYTES_MAX + 32];
	snprintf(source, sizeof(source), "%s!%s@%s", service, service, irc_about(irc)->name);
	irc_say_as(irc, source, "NOTICE %s :%s", irc_nick(irc), words);
}

void ns_say_words(struct irc_dialog *irc, const char *words)
{
	say_as(irc, nickserv_name, words);
}

void ns_say(struct irc_dialog *irc, enum text text, ...)
{
	char words[IRC_LINE_BYTES * 2];
	va_list args;
	va_start(args, text);
	vsnprintf(words, sizeof(words), text_of(irc->dialog.all->lang, text), args);
	va_end(args);
	ns_say_words(irc, words);
}

void ns_say_usage(const struct service_call *call)
{
	char words[IRC_LINE_BYTES];
	snprintf(words, sizeof(words), "%s %s", call->row->verb, call->row->usage);
	ns_say(call->irc, TEXT_NS_USAGE, words);
}

/* ---- what commands have in common ---- */

struct account *ns_own(const struct service_call *call)
{
	return call->irc->dialog.session.account;
}

struct account *ns_account(struct irc_dialog *irc, const char *name)
{
	struct account *a = irc_account(irc, name);
	if (!a)
		ns_say(irc, TEXT_NS_NO_ACCOUNT, name);
	return a;
}

void ns_refuse(struct irc_dialog *irc, enum refusal why)
{
	switch (why) {
	case REFUSED_NO_SUCH_ACCOUNT:
	case REFUSED_PASSWORD:
		ns_say(irc, TEXT_NS_WRONG);
		return;
	case REFUSED_ALREADY_THERE:
		ns_say(irc, TEXT_NS_CERT_TAKEN);
		return;
	case REFUSED_NOT_THERE:
		ns_say(irc, TEXT_NS_CERT_MISSING);
		return;
	case REFUSED_TOO_LONG:
		ns_say(irc, TEXT_NS_TOO_LONG);
		return;
	default:
		ns_say_words(irc, irc_enrol_text(irc, irc_enrol_problem(why)));
		return;
	}
}

void ns_done(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
	     const struct password_answer *answer)
{
	(void)e, (void)answer;
	if (why == REFUSED_NOT)
		ns_say(irc, TEXT_NS_DONE);
	else
		ns_refuse(irc, why);
}

void ns_await(struct irc_dialog *irc, struct account *a, enum refusal why, irc_then *then)
{
	if (why == REFUSED_NOT)
		account_point(&irc_errand_begin(irc, then)->account, a);
	else
		ns_refuse(irc, why);
}

/* ---- the commands ---- */

static bool may_use(struct irc_dialog *irc, const struct service_row *row)
{
	return row->who != SERVICE_OPERATOR || (irc_user(irc)->flags & USER_OPERATOR);
}

void ns_help(const struct service_call *call)
{
	struct irc_dialog *irc = call->irc;
	ns_say(irc, TEXT_NS_HELP);
	for (size_t i = 0; i < nickserv_row_count; i++) {
		const struct service_row *row = &nickserv_rows[i];
		char words[IRC_LINE_BYTES];
		snprintf(words, sizeof(words), "%s%s%s: %s", row->verb, row->usage[0] ? " " : "",
			 row->usage, text_of(irc->dialog.all->lang, row->help));
		if (may_use(irc, row))
			ns_say_words(irc, words);
	}
}

static void run(struct service_call *call)
{
	if (irc_has_errand(call->irc))
		ns_say(call->irc, TEXT_NS_TRY_AGAIN);
	else if (!may_use(call->irc, call->row))
		ns_say(call->irc, TEXT_NS_OPERATORS);
	else if (call->row->who == SERVICE_ACCOUNT && !ns_own(call))
		ns_say(call->irc, TEXT_NS_LOG_IN_FIRST);
	else if (call->argc < call->row->min_args)
		ns_say_usage(call);
	else
		call->row->run(call);
}

/* Cuts words, at whose ends NULs are put, out of text. */
static void cut(struct service_call *call, char *words, const char *text)
{
	for (size_t i = 0; i < SERVICE_WORDS_MAX; i++)
		call->argv[i] = call->rest[i] = "";
	for (size_t at = strspn(words, " "); words[at] && call->argc < SERVICE_WORDS_MAX;) {
		size_t len = strcspn(words + at, " ");
		call->argv[call->argc] = words + at;
		call->rest[call->argc++] = text + at;
		at += len;
		if (words[at])
			words[at++] = '\0';
		at += strspn(words + at, " ");
	}
}

static void nickserv_ask(struct irc_dialog *irc, const char *text)
{
	struct service_call call = { .irc = irc };
	const char *rest = text + strspn(text, " ");
	size_t verb_len = strcspn(rest, " ");
	char *words = xstrdup(rest + verb_len);
	cut(&call, words, rest + verb_len);
	for (size_t i = 0; i < nickserv_row_count && !call.row; i++)
		if (strlen(nickserv_rows[i].verb) == verb_len &&
		    strncasecmp(nickserv_rows[i].verb, rest, verb_len) == 0)
			call.row = &nickserv_rows[i];
	if (call.row) {
		run(&call);
	} else {
		char verb[32];
		irc_cut(verb, verb_len + 1 < sizeof(verb) ? verb_len + 1 : sizeof(verb), rest);
		ns_say(irc, TEXT_NS_NO_COMMAND, verb);
	}
	sodium_memzero(words, strlen(rest + verb_len)); /* there may be a password in it */
	free(words);
}

static void chanserv_ask(struct irc_dialog *irc, const char *text)
{
	(void)text;
	say_as(irc, "ChanServ", text_of(irc->dialog.all->lang, TEXT_CS_NO_ROOMS));
}

/* ---- NS, CS ---- */

static void ask_by_command(struct irc_dialog *irc, const struct request *r, const char *service)
{
	struct buf text = { 0 };
	buf_add_text(&text, irc_arg(r, 0));
	for (size_t i = 1; i < r->argc; i++)
		buf_printf(&text, " %s", r->argv[i]);
	irc_service_ask(irc, irc_service_find(irc, service), text.bytes);
	sodium_memzero(text.bytes, text.len);
	buf_done(&text);
}

void irc_cmd_nickserv(struct irc_dialog *irc, const struct request *r)
{
	ask_by_command(irc, r, nickserv_name);
}

void irc_cmd_chanserv(struct irc_dialog *irc, const struct request *r)
{
	ask_by_command(irc, r, "ChanServ");
}
