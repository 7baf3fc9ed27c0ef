/* speech.h: a protocol as the client speaks it. */
#ifndef TEAHOUSE_CLIENT_SPEECH_H
#define TEAHOUSE_CLIENT_SPEECH_H

#include "client/model.h"

struct speech {
	const char *scheme;
	size_t piece_bytes; /* of text in one line */
	bool by_line;       /* line() is called with whole lines; else bytes() */
	void (*connected)(struct model *m);
	void (*gone)(struct model *m);
	void (*line)(struct model *m, char *line);
	void (*bytes)(struct model *m, const char *bytes, size_t len);
	/* The nick to try is m->wanted_nick. */
	void (*name)(struct model *m);
	/* Not now: tick() says when. NULL: at any time. */
	bool (*may_say)(const struct model *m);
	/* Says a line of the unsent. */
	void (*say)(struct model *m, struct out_line *line);
	/* A command that the model does not do by itself; args is what follows it. false: unknown. */
	bool (*command)(struct model *m, const char *verb, const char *args);
	void (*quit)(struct model *m);
	void (*tick)(struct model *m); /* NULL: nothing is ever due */
	int (*wait)(const struct model *m);
};

extern const struct speech speech_irc, speech_plain;

/* What greets: the plain protocol's first words, as far as they have come. */
enum greeting { GREETING_UNSURE, GREETING_PLAIN, GREETING_NONE };
enum greeting speech_greeting(const char *bytes, size_t len);

#endif
