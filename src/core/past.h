/* past.h: what was said before, for those who may read it.
 *
 * A room's history is for its members, unless a ban keeps them from speaking; a conversation's for its
 * two. Nothing is ever read that is not applied yet: it will be told live. */
#ifndef TEAHOUSE_CORE_PAST_H
#define TEAHOUSE_CORE_PAST_H

#include "core/chat.h"
#include "core/talk.h"

#define PAST_SPANS_MAX 2 /* of one question: what is around something is before and after it */

/* Read spans of what was said in r, or between s's user and with: s->ops->history() answers with
 * the first span's and then the second's. All limits together are at most HISTORY_MAX.
 * REFUSED_NO_SUCH_MESSAGE: a bound names nothing that he could have seen. */
MUST_USE enum refusal chat_history(struct session *s, const struct room *r,
				   const struct event_span *spans, size_t count);
MUST_USE enum refusal chat_history_with(struct session *s, const struct partner *with,
					const struct event_span *spans, size_t count);

/* Finds the rooms and people whose last words for or from him lie in window, whose bounds are times:
 * s->ops->targets() answers. At most TARGETS_MAX places are looked at, his rooms first, and as many
 * of his account's conversations, those that were begun last. */
MUST_USE enum refusal chat_targets(struct session *s, const struct event_span *window);

/* For redact.c: reads what may be read of one place, from after_seq on. */
MUST_USE enum refusal past_read(struct session *s, const char *key, uint64_t after_seq,
				const struct event_span *spans, size_t count);

#endif
