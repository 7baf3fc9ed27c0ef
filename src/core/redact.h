/* redact.h: taking back what was said: one's own words, or others' by those who look after a room.
 *
 * Who said something is on disk, so it is read first: chat_find(), then chat_redact() with what was
 * found. Once a redaction is applied nothing that is read later, or on its way, has the words. */
#ifndef TEAHOUSE_CORE_REDACT_H
#define TEAHOUSE_CORE_REDACT_H

#include "core/chat.h"
#include "core/talk.h"

/* Reads what was said under this id in r, or between s's user and with: s->ops->history() answers
 * with it alone, or nothing. REFUSED_NO_SUCH_MESSAGE: nobody has seen it yet. */
MUST_USE enum refusal chat_find(struct session *s, const struct room *r, uint64_t id);
MUST_USE enum refusal chat_find_with(struct session *s, const struct partner *with, uint64_t id);

/* Redacts said, which was found; why is "" or his reason, which a room in which he may not speak is not
 * told. REFUSED_NOT_OPERATOR: it is not his. */
MUST_USE enum refusal chat_redact(struct session *s, struct room *r, const struct event *said,
				  const char *why);
MUST_USE enum refusal chat_redact_with(struct session *s, const struct partner *with,
				       const struct event *said, const char *why);

/* ---- for apply.c and past.c ---- */

/* A redaction is applied: what it is about leaves its room's memory, and all answers. */
void redactions_note(struct chat *chat, struct room *r, const struct event *e);
/* Drops from events, which are kept by others, what was redacted since a read began that noted
 * chat->redactions.count then; returns how many are left. *ret_ok is false when that is too long ago. */
size_t redactions_drop(const struct chat *chat, uint64_t since, struct event **events, size_t count,
		       bool *ret_ok);

#endif
