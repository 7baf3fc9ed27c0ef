/* expire.h: bans that go by themselves (~t, see ban.h). Core thread. */
#ifndef TEAHOUSE_CORE_EXPIRE_H
#define TEAHOUSE_CORE_EXPIRE_H

#include "core/chat.h"

/* Has the server take off the bans whose time is over, as a MODE of its own. */
void expire_tick(struct chat *chat);
/* r's lists have changed: expire_tick() is due when the first of its bans ends, if not before. */
void expire_note(struct chat *chat, const struct room *r);

#endif
