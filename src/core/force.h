/* force.h: what an operator of the server does to somebody: puts him out, or acts in his place.
 *
 * To everybody it looks as if he had done it himself; his sessions are told as if it had been another
 * of them. Whether the operator may is the caller's to know, and that nothing of whom it is done to is
 * in flight: see struct chat_need, as. */
#ifndef TEAHOUSE_CORE_FORCE_H
#define TEAHOUSE_CORE_FORCE_H

#include "core/chat.h"

/* Puts who out of the server, with all his sessions, which may be by's too: each receives an EVENT_KILL
 * and then learns by ops->expelled() that it is over. */
void chat_expel(struct session *by, struct user *who, const char *reason);

/* Like chat_join(), without looking at the door; in it already: REFUSED_ALREADY_THERE. */
MUST_USE enum refusal chat_force_join(struct chat *chat, struct user *who, const char *room,
				      size_t len);
/* r may be forgotten when it returns. */
MUST_USE enum refusal chat_force_part(struct chat *chat, struct user *who, struct room *r,
				      const char *reason);
MUST_USE enum refusal chat_force_rename(struct chat *chat, struct user *who, const char *nick,
					size_t len);

#endif
