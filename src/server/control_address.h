/* control_address.h: where a running server is told what to do, data/control.sock, and how.
 *
 * One request on a connection, one answer, a line each, at most CONTROL_LINE_BYTES_MAX long:
 *
 *     account-add NAME PASSWORD      ok account NAME is registered
 *     account-passwd NAME PASSWORD   no there is no account NAME
 *     account-drop NAME              ok …
 *     account-invite HOURS           ok abcd-efgh-jkmn-pqrs
 *     oper-add NAME PASSWORD         no …
 *
 * Words are separated by one space; a password is the rest of the line. */
#ifndef TEAHOUSE_SERVER_CONTROL_ADDRESS_H
#define TEAHOUSE_SERVER_CONTROL_ADDRESS_H

#include "base/err.h"

#include <sys/socket.h>
#include <sys/un.h>

struct control_address {
	struct sockaddr_un un;
	int folder; /* open while un is in use, since that may lead through it; -1: it does not */
};

/* End with control_address_done(). */
MUST_USE bool control_address(const char *dir, struct control_address *ret, struct err *err);
void control_address_done(struct control_address *a);

/* Asks the server that runs on dir, and waits for its answer, without "ok " or "no ": ERR_DENIED. Nobody
 * runs there: ERR_CLOSED. answer has CONTROL_LINE_BYTES_MAX. */
MUST_USE bool control_ask(const char *dir, const char *request, size_t len, char *answer,
			  struct err *err);
/* Whether somebody would answer, for asking before a person types a password. */
MUST_USE bool control_is_there(const char *dir, struct err *err);

#endif
