/* url.h: where to listen or to go: plain://127.0.0.1:4567, irc://[::1]:6667/room. */
#ifndef TEAHOUSE_BASE_URL_H
#define TEAHOUSE_BASE_URL_H

#include "base/err.h"

struct url {
	char scheme[16];
	char host[256]; /* without the brackets of an IPv6 address */
	char port[6];   /* "" when the URL names none; digits, at most 65535 */
	char room[256]; /* what follows the slash; "" for none */
};

/* false: err says what is wrong with text, quoting it. */
MUST_USE bool url_parse(const char *text, struct url *ret, struct err *err);

#endif
