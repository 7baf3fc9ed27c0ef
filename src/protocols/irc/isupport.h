/* isupport.h: what clients may count on here: the tokens of RPL_ISUPPORT.
 * https://modern.ircdocs.horse/#rplisupport-parameters */
#ifndef TEAHOUSE_PROTOCOLS_IRC_ISUPPORT_H
#define TEAHOUSE_PROTOCOLS_IRC_ISUPPORT_H

#include "protocols/irc/irc.h"

/* Bytes of a value that is made when it is asked for, with the NUL. */
#define ISUPPORT_VALUE_SIZE 160

struct isupport {
	const char *name;
	const char *value; /* "": the name says it all */
	/* Makes the value, where that depends on the configuration; NULL: it does not. false: the
	 * token is left out. */
	bool (*make)(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE]);
};

/* In the order of their names. Only what works is in it. */
extern const struct isupport isupport_tokens[];
extern const size_t isupport_count;

#endif
