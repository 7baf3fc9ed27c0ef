/* help.h: what each command is for, in a line. https://modern.ircdocs.horse/#help-message */
#ifndef TEAHOUSE_PROTOCOLS_IRC_HELP_H
#define TEAHOUSE_PROTOCOLS_IRC_HELP_H

#include <stddef.h>

struct help {
	const char *verb, *args, *what;
};

/* In the order of their verbs: one for each row of irc_commands. The comment in front of a row names the
 * specification, and says how we read it: it is docs/IRC.md's, see tools/irc-tables. */
extern const struct help helps[];
extern const size_t help_count;

/* verb in upper case; NULL: there is none. */
const struct help *help_find(const char *verb);

#endif
