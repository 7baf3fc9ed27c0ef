/* about.h: what the server says of itself, from its configuration. Core thread. */
#ifndef TEAHOUSE_SERVER_ABOUT_H
#define TEAHOUSE_SERVER_ABOUT_H

#include "protocols/about.h"
#include "server/config.h"

/* Reads its files, too. config lives as long as a. End with about_done(). */
MUST_USE bool about_open(struct about *a, const struct config *config, struct err *err);
void about_done(struct about *a);

/* Reads the configuration once more, where config came from, and takes from it what may change while the
 * server runs: the MOTD, and STS. What is wrong changes nothing. */
MUST_USE bool about_read_again(struct about *a, const struct config *config, struct err *err);

#endif
