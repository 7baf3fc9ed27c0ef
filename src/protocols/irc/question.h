/* question.h: what a CHATHISTORY asks for, read from its arguments.
 * https://ircv3.net/specs/extensions/chathistory */
#ifndef TEAHOUSE_PROTOCOLS_IRC_QUESTION_H
#define TEAHOUSE_PROTOCOLS_IRC_QUESTION_H

#include "core/event.h"
#include "protocols/irc/fails.h"

struct irc_question {
	const char *target; /* an argument; NULL: TARGETS, whose window is the first span */
	struct event_span spans[2];
	size_t span_count;
};

/* false: *ret_context is the argument that cannot be read, or ""; *ret_why says what is wrong. Ids are not
 * looked up: one that can be no id of ours is UINT64_MAX. */
bool irc_question_read(size_t argc, const char *const *argv, struct irc_question *ret,
		       const char **ret_context, enum irc_fail *ret_why);

/* From 1 on. */
bool irc_limit_parse(const char *text, size_t *ret);

#endif
