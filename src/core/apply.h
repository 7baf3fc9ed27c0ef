/* apply.h: what the files that apply share: apply.c (what is stored, and what passes) and presence.c
 * (coming, going, and what people say of themselves). */
#ifndef TEAHOUSE_CORE_APPLY_H
#define TEAHOUSE_CORE_APPLY_H

#include "core/chat.h"

/* NULL: nobody is left to be answered; or nobody asked, and e was done to its user. */
struct session *event_origin(const struct chat *chat, const struct event *e);
/* Whoever asked for e is told that it has happened. */
void apply_answer(struct chat *chat, struct event *e);

/* His sessions get nothing more of the room, and he is no member. */
void apply_take_out(struct chat *chat, struct member *m);
/* All his sessions are told so but one, which may be none. */
void apply_put_out(const struct user *u, const struct event *e, const struct session *but);

/* e is one of EVENT_JOIN to EVENT_NAME, EVENT_HOST or EVENT_LOGIN. */
void apply_presence(struct chat *chat, struct event *e);

#endif
