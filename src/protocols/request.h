/* request.h: a parsed line on its way to the core: which command, with which arguments.
 *
 * Made by a codec on an I/O thread, freed on the core's. */
#ifndef TEAHOUSE_PROTOCOLS_REQUEST_H
#define TEAHOUSE_PROTOCOLS_REQUEST_H

#include "base/limits.h"
#include "core/chat.h"

struct dialog;
struct request;

/* A row of a protocol's table of commands; the dialog enforces what it says. */
struct command {
	const char *verb;
	/* When it may be asked for: BIT()s of enum dialog_state. Asked otherwise, it is passed over. */
	unsigned states;
	/* true: what it depends on is on its way to the disk. It asks chat_must_wait() for each thing
	 * that it would touch, and for nothing in particular if there is none. NULL: waits only for
	 * its own user's events. */
	bool (*waits)(struct dialog *d, const struct request *r);
	void (*run)(struct dialog *d, const struct request *r);
};

struct request {
	struct request *next;
	const struct command *command;
	bool flag;         /* the protocol's own: something about how it was asked */
	const char *label; /* names it in its answer; "": it has none */
	const char *batch; /* the reference of the batch that it is part of; "": of none */
	const char *tags;  /* what came along with it, as it came; "": nothing */
	size_t argc;       /* 0 in a protocol whose commands divide text themselves */
	const char *argv[REQUEST_ARGS_MAX];
	size_t text_len; /* bytes */
	char text[];     /* the argument, or all of them; valid UTF-8, no NUL but at an end */
};

/* No arguments, label, batch or tags: a codec that divides its lines sets those, and they point into text or
 * to constants. text may be NULL if len is 0. Never NULL. Free with free(). */
struct request *request_new(const struct command *command, const char *text, size_t len, bool flag);

#endif
