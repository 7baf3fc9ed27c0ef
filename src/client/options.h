/* options.h: how "teahouse join" is to run: from the command line, client.conf, or by default. */
#ifndef TEAHOUSE_CLIENT_OPTIONS_H
#define TEAHOUSE_CLIENT_OPTIONS_H

#include "base/limits.h"
#include "base/url.h"
#include "client/face.h"

struct speech;

struct join_options {
	struct url url;
	char name[300];              /* of the server, for people */
	const struct speech *speech; /* NULL: find out by who speaks first */
	char room[256];
	char nick[128];
	char password[PASSWORD_BYTES_MAX + 1]; /* of the server; "": none */
	enum lang lang;
	enum colour_mode colour;
	bool line; /* line mode, asked for */
};

/* Returns -1 to go on, or the exit code: 0 after --help, 2 after an error, which it has said. */
int join_options_read(struct join_options *o, int argc, char **argv);

#endif
