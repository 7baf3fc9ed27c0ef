/* line.h: one line of IRC and its parts, cut in place.
 *
 * The rules: "Message Format" of https://modern.ircdocs.horse, and
 * https://ircv3.net/specs/extensions/message-tags. Lines and tags are NUL-terminated, without CR and
 * LF. Whether they are UTF-8, and no longer than they may be, is for the caller to ask before. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_LINE_H
#define TEAHOUSE_PROTOCOLS_IRC_LINE_H

#include "base/buf.h"

#include <stdbool.h>

#define IRC_PARAMS_MAX 15

/* Everything points into the line, and lives as long as it does. */
struct irc_line {
	char *tags;   /* without its "@"; "": none */
	char *source; /* without its ":"; "": none */
	char *verb;   /* in capital letters */
	char *params[IRC_PARAMS_MAX];
	size_t param_count;
};

/* Cuts text into its parts, which changes it. Any number of spaces is between two of them, and those
 * at either end of the line mean nothing, unless a ":" began the last parameter. The fifteenth one
 * has the rest of the line, ":" or not (RFC 2812, 2.3.1). false: there is no verb, and *ret means
 * nothing. */
MUST_USE bool irc_line_parse(char *text, struct irc_line *ret);

/* Takes the next tag off *at, which begins as an irc_line's tags: walking them cuts them up, so it is
 * done once. The value is still escaped; "a=" and "a" both have "". What has no key is passed over.
 * A key may come again, and then its last value is the one that counts. false: that was all. */
MUST_USE bool irc_tag_next(char **at, char **ret_key, char **ret_value);

/* Turns the escapes of a value into what they stand for, in place. */
void irc_tag_unescape(char *value);
/* Adds value as it is written in a tag. */
void irc_tag_escape(struct buf *out, const char *value);

/* Adds the client-only tags among tags, the ones for other clients: "+a=b;+c", in the order they came,
 * each key once with its last value, escaped as it was, and no "=" without a value. Nothing is added
 * when there are none. */
void irc_tags_client_only(const char *tags, struct buf *out);

#endif
