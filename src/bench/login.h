/* login.h: a client of a crowd logs in while it registers: to the account of its own nick's name, by
 * SASL PLAIN. See https://ircv3.net/specs/extensions/sasl-3.1
 *
 *   CAP REQ, NICK, USER, AUTHENTICATE PLAIN ──"AUTHENTICATE +"──▶ who it is ──903──▶ CAP END */
#ifndef TEAHOUSE_BENCH_LOGIN_H
#define TEAHOUSE_BENCH_LOGIN_H

#include "bench/crowd.h"

#define LOGIN_CAP "sasl"
/* Every other numeric of SASL's is a refusal. */
#define LOGGED_IN 900     /* RPL_LOGGEDIN: as whom */
#define LOGIN_SUCCESS 903 /* RPL_SASLSUCCESS */

/* Asks for the log-in, behind CAP REQ and before CAP END. */
void login_begin(struct client *c);
/* The server says "AUTHENTICATE": says who it is. nick: its own, which is the account's name, too. */
void login_prove(struct client *c, const char *nick);

#endif
