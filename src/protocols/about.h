/* about.h: what the server says of itself. */
#ifndef TEAHOUSE_PROTOCOLS_ABOUT_H
#define TEAHOUSE_PROTOCOLS_ABOUT_H

#include <stdint.h>

/* UTF-8. Only motd and sts_seconds may change while the server runs. Only motd may have control codes, such as IRC's colours: what is
 * in it is the operator's business. */
struct about {
	const char *name;        /* like a host's, with a dot in it */
	const char *network;     /* one word */
	const char *description; /* one line */
	const char *icon;        /* where its picture is; "": it has none */
	const char *admin;       /* one line: who runs it, and how to reach him; "": nobody says */
	char *motd;              /* of lines that end with \n or \r\n; NULL: none */
	int64_t started_ms;      /* Unix time */
	int64_t sts_seconds;     /* see irc/caps.c; -1: not asked for */
	uint16_t tls_port;       /* of ircs://; 0: there is none */
};

#endif
