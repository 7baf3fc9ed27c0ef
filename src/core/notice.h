/* notice.h: what the server says to its operators: who did what to whom, and how it fares. */
#ifndef TEAHOUSE_CORE_NOTICE_H
#define TEAHOUSE_CORE_NOTICE_H

#include "base/base.h"

struct chat;
struct session;

/* Tells what printf() makes of the rest to everybody who wants to hear it (USER_NOTICES), but not but's
 * session, whose doing it is; NULL: to all. */
void chat_notice(struct chat *chat, const struct session *but, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
