/* login.h: who somebody is, however he proves it, and what takes its time about accounts.
 *
 * A password takes a while to be checked, or to be hashed, and an account until it is on disk. What is to
 * happen then is an errand; a dialog has one at most, and answers nothing else meanwhile. Core thread. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_LOGIN_H
#define TEAHOUSE_PROTOCOLS_IRC_LOGIN_H

#include "core/enrol.h"
#include "protocols/irc/irc.h"

struct irc_errand;

/* What was asked for is so, or why it is not: REFUSED_PASSWORD (no such account, or not its password),
 * REFUSED_SUSPENDED, or what core/enrol.h says. answer: of a password, NULL if it was none. It may go on
 * with irc_errand_again(); if not, e is freed when this returns. */
typedef void irc_then(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		      const struct password_answer *answer);

/* Strings are its own; NULL: there is none. */
struct irc_errand {
	irc_then *then;
	struct account *account; /* that it is about, counted; NULL: none yet */
	char *name, *email;      /* of a new account */
	char *hash; /* of its invitation; or what the password is held against, as it was then */
	const char *verb; /* that asked for it */
	bool by_service;  /* through NickServ */
	bool keeps_busy;  /* the dialog does nothing else, however long it takes */
};

/* One is under way. Nearly always he has to wait until it is over, but not if the disk does not answer: no
 * other may begin then. */
bool irc_has_errand(const struct irc_dialog *irc);
/* A new one, and what comes back next is its. */
struct irc_errand *irc_errand_begin(struct irc_dialog *irc, irc_then *then);
/* In a then(): something else is to come back first. */
void irc_errand_again(struct irc_dialog *irc, struct irc_errand *e, irc_then *then);
/* Nothing will come back after all: it was refused at once. */
void irc_errand_drop(struct irc_dialog *irc);
/* It came back. false: there is none, or it goes on. */
bool irc_errand_return(struct irc_dialog *irc, enum refusal why,
		       const struct password_answer *answer);
/* The same of an answer about a password. */
bool irc_errand_checked(struct irc_dialog *irc, const struct password_answer *answer);

/* NULL: there is none of that name, in any spelling. */
struct account *irc_account(const struct irc_dialog *irc, const char *name);
/* name, in whatever spelling, is a's. */
bool irc_is_account(const struct irc_dialog *irc, const struct account *a, const char *name);

/* Has a password looked at as that of the account called name, with the code of its second factor behind
 * a space if it has one. then() follows; with the errand's account, unless there is none. false: too many
 * are being looked at, or he is gone, and nothing follows. */
MUST_USE bool irc_check_login(struct irc_dialog *irc, const char *name, const char *password,
			      irc_then *then);
/* Has what is kept of a new password made, for the errand that there is. false: likewise. */
MUST_USE bool irc_make_password(struct irc_dialog *irc, const char *password);

/* Is logged in to a from now on, and told so (900); NULL: no longer (901). false: he cannot be, because
 * he has other sessions, which would be, too. */
MUST_USE bool irc_log_in(struct irc_dialog *irc, struct account *a);
/* 900 or 901, of what happened to him. */
void irc_say_login(struct irc_dialog *irc, const char *account);

/* sasl.c: an exchange that is under way is given up, and he is told. */
void irc_sasl_abort(struct irc_dialog *irc);
void irc_sasl_free(struct irc_dialog *irc);
/* Adds the mechanisms that he is offered, with commas: the value of its capability. */
bool irc_sasl_mechanisms(const struct irc_dialog *irc, struct buf *out);

/* enrol.c: the value of its capability; false: nobody may register. */
bool irc_enrol_value(const struct irc_dialog *irc, struct buf *out);
/* What he began and did not finish is forgotten. */
void irc_enrol_free(struct irc_dialog *irc);

#endif
