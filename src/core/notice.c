/* notice: said to everybody who wants to hear it: by an operator, or by the server to its operators. */
#include "core/notice.h"

#include "base/text.h"
#include "core/decide.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void chat_tell_all(struct session *s, const char *text)
{
	struct event_draft draft = { .kind = EVENT_WALLOPS,
				     .text = text,
				     .text_len = strlen(text) };
	struct event *e = new_event(s, &draft);
	e->time_ms = s->chat->now_ms;
	for (struct user *u = s->chat->first_user; u; u = u->next)
		if (u->flags & USER_WALLOPS)
			for (struct session *each = u->first_session; each; each = each->next)
				each->ops->received(each, e);
	event_unref(e);
}

static void tell_notice(struct chat *chat, struct user *u, conn_id but, const char *text)
{
	const struct event_draft draft = {
		.kind = EVENT_SERVER_NOTICE,
		.from.nick = chat->config.name,
		.to_nick = u->nick,
		.text = text,
		.text_len = strlen(text),
	};
	struct event *e = event_new(&draft);
	e->time_ms = chat->now_ms;
	e->origin = but;
	user_tell(u, e);
	event_unref(e);
}

void chat_notice(struct chat *chat, const struct session *but, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text[strlen(text) - utf8_unfinished(text, strlen(text))] = '\0';
	for (struct user *u = chat->first_user; u; u = u->next)
		if (u->flags & USER_NOTICES)
			tell_notice(chat, u, but ? but->conn : 0, text);
}
