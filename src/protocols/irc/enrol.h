/* enrol.h: registering an account, by REGISTER and VERIFY or through NickServ. Core thread. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_ENROL_H
#define TEAHOUSE_PROTOCOLS_IRC_ENROL_H

#include "protocols/irc/login.h"

/* Why it cannot be. */
enum enrol_problem {
	ENROL_FINE,
	ENROL_TOO_EARLY,
	ENROL_LOGGED_IN,
	ENROL_NO_NICK,
	ENROL_BAD_NAME,
	ENROL_NOT_NICK,
	ENROL_EXISTS,
	ENROL_NICK_USED,
	ENROL_OFF,
	ENROL_NEEDS_CODE,
	ENROL_BAD_CODE,
	ENROL_BAD_EMAIL,
	ENROL_LONG_EMAIL,
	ENROL_BAD_PASSWORD,
	ENROL_WEAK_PASSWORD,
	ENROL_TOO_OFTEN,
	ENROL_FULL,
	ENROL_BUSY,
	ENROL_CANNOT_STORE,
};

struct enrol_wish {
	const char *verb; /* that asks; lives as long as the program */
	const char *name, *password;
	const char *email; /* "": none */
	const char *code;  /* of an invitation; "": none */
	bool by_service;   /* through NickServ, which tells the end */
};

/* Begins; the end is told later, and he is logged in. Anything but ENROL_FINE: it ends here. */
enum enrol_problem irc_enrol(struct irc_dialog *irc, const struct enrol_wish *wish);
/* In words, in the server's language. */
const char *irc_enrol_text(const struct irc_dialog *irc, enum enrol_problem problem);
/* Why an account could not be made or changed; from core/enrol.h. */
enum enrol_problem irc_enrol_problem(enum refusal why);
/* May it be the password of the account called name? */
enum enrol_problem irc_enrol_password(const char *name, const char *password);

/* nickserv.c: the end of what was begun by_service. */
void irc_service_enrolled(struct irc_dialog *irc, const char *name, enum enrol_problem problem);

#endif
