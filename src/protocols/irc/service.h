/* service.h: NickServ and ChanServ: the server itself, answering as if it were somebody. Core thread.
 *
 * What is said to them is a command, by PRIVMSG or by a command of IRC's own (NS, CS …). It goes nowhere
 * else: it is not stored, not echoed, and nobody but the service sees it. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_SERVICE_H
#define TEAHOUSE_PROTOCOLS_IRC_SERVICE_H

#include "protocols/irc/login.h"

#define SERVICE_WORDS_MAX 8

/* A command, which its row allows. */
struct service_call {
	struct irc_dialog *irc;
	const struct service_row *row;
	size_t argc;
	const char *argv[SERVICE_WORDS_MAX]; /* words; "" where there is none */
	const char *rest[SERVICE_WORDS_MAX]; /* all from that word on */
};

struct service_row {
	const char *verb;
	const char *usage; /* its arguments, for people */
	enum text help;
	size_t min_args;
	enum { SERVICE_ANYBODY, SERVICE_ACCOUNT, SERVICE_OPERATOR } who; /* may ask */
	void (*run)(const struct service_call *call);
};

struct irc_service;

/* name may have "@server" behind it. NULL: no service is called so. */
const struct irc_service *irc_service_find(const struct irc_dialog *irc, const char *name);
/* text is a command for it. */
void irc_service_ask(struct irc_dialog *irc, const struct irc_service *service, const char *text);
/* The middle of a WHOIS; false: it is no service. */
bool irc_show_service(struct irc_dialog *irc, const char *name);

/* ---- for the commands of a service ---- */

/* Says a text of the table to whom a command of NickServ is answered. */
void ns_say(struct irc_dialog *irc, enum text text, ...);
void ns_say_words(struct irc_dialog *irc, const char *words);
/* How the command is used. */
void ns_say_usage(const struct service_call *call);
/* Lists the commands that he may use. */
void ns_help(const struct service_call *call);

/* The account he is logged in to; there is one, if the row says so. */
struct account *ns_own(const struct service_call *call);
/* The account called so; NULL: he was told that there is none. */
struct account *ns_account(struct irc_dialog *irc, const char *name);
/* A change of a was asked for: done() follows, unless it was refused at once, of which he is told. */
void ns_await(struct irc_dialog *irc, struct account *a, enum refusal why, irc_then *then);
/* What ns_await() mostly waits for: he is told that it is done, or why not. */
void ns_done(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
	     const struct password_answer *answer);
void ns_refuse(struct irc_dialog *irc, enum refusal why);

/* nickserv.c: its commands, and their number. */
extern const struct service_row nickserv_rows[];
extern const size_t nickserv_row_count;
/* settings.c: has a new password made for a; then() follows, unless it cannot be one, of which he is
 * told. */
void ns_change_password(struct irc_dialog *irc, struct account *a, const char *password,
			irc_then *then);
/* SET and CERT. */
void ns_set(const struct service_call *call);
void ns_cert(const struct service_call *call);

#endif
