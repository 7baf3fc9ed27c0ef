/* shown.h: one thing that a person is shown, before anybody knows how.
 *
 * What came from a server has been made harmless: valid UTF-8 without controls and bidirectional
 * overrides (base/text.h). Strings live until the call returns; "" if there is nothing to say. */
#ifndef TEAHOUSE_CLIENT_SHOWN_H
#define TEAHOUSE_CLIENT_SHOWN_H

#include "base/buf.h"
#include "client/terminal/colour.h"
#include "client/words.h"

#include <stdbool.h>

enum shown_kind {
	SHOWN_MESSAGE, /* nick said text */
	SHOWN_ACTION,
	SHOWN_NOTICE,
	SHOWN_EVENT, /* text tells all of it: somebody came, the topic is another */
	SHOWN_INFO,  /* the client's own words, or an answer to a question */
	SHOWN_ERROR,
};

struct shown {
	enum shown_kind kind;
	int64_t time_ms;   /* Unix time */
	const char *room;  /* where; "": nowhere in particular */
	const char *nick;  /* who; of private talk, the other one */
	const char *text;  /* one line */
	bool private, own; /* between two; said by oneself */
	bool old;          /* from the history */
};

/* Adds its line, without a newline. here: the room that is talked in, whose name is left out. me: one's
 * own nick, which stands out where others say it. */
void shown_format(const struct shown *what, const char *here, const char *me, enum lang lang,
		  enum colour_depth depth, struct buf *out);

/* text with whatever is no UTF-8 replaced by U+FFFD, and then as base/text.h shows it. */
void shown_clean(const char *bytes, size_t len, struct buf *out);

#endif
