/* host.h: somebody gets another host, as others see it.
 *
 * https://ircv3.net/specs/extensions/chghost: who knows it is told so (EVENT_HOST). To everybody else it
 * looks as if he left and came back, with the ranks he had (EVENT_RETURN, one for each room). His own
 * sessions never see him leave. Core thread. */
#ifndef TEAHOUSE_CORE_HOST_H
#define TEAHOUSE_CORE_HOST_H

#include "core/event.h"

struct chat;

/* Letters, digits, '-' and '.', no dot at an end or beside another; at most 63 bytes. */
bool host_valid(const char *text);

/* chat_apply()'s: all but the answer to whoever asked for it. */
void host_apply(struct chat *chat, struct event *e);

#endif
