#include "core/force.h"

#include "core/decide.h"

#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Nobody asked for it who would be answered. */
static enum refusal do_to(struct chat *chat, struct event *e)
{
	e->origin = 0;
	return chat_do(chat, e);
}

static void tell_killed(struct session *by, struct user *who, const char *reason)
{
	struct event_draft draft = {
		.kind = EVENT_KILL,
		.to_nick = who->nick,
		.text = reason,
		.text_len = strlen(reason),
	};
	struct event *e = new_event(by, &draft);
	e->time_ms = by->chat->now_ms;
	for (struct session *s = who->first_session; s; s = s->next)
		s->ops->received(s, e);
	event_unref(e);
}

void chat_expel(struct session *by, struct user *who, const char *reason)
{
	struct chat *chat = by->chat;
	struct session *sessions[SESSIONS_PER_USER_MAX];
	size_t count = 0;
	char why[REASON_BYTES_MAX + 1];
	size_t room = REASON_BYTES_MAX - strlen("Killed ( ())") - strlen(by->user->nick);
	snprintf(why, sizeof(why), "Killed (%s (%.*s))", by->user->nick,
		 (int)utf8_cut(reason, strlen(reason), room), reason);
	tell_killed(by, who, reason);
	for (struct session *s = who->first_session; s; s = s->next)
		sessions[count++] = s;

	struct event_draft draft = { .kind = EVENT_QUIT, .text = why, .text_len = strlen(why) };
	struct event *quit = event_ref(new_user_event(who->first_session, &draft));
	enum refusal refusal = do_to(chat, quit);
	assert(refusal == REFUSED_NOT);
	(void)refusal;
	for (size_t i = 0; i < count; i++)
		sessions[i]->ops->expelled(sessions[i], quit);
	event_unref(quit);
}

enum refusal chat_force_join(struct chat *chat, struct user *who, const char *room, size_t len)
{
	struct room *r = NULL;
	if (who->room_count >= ROOMS_PER_USER_MAX)
		return REFUSED_TOO_MANY_ROOMS;
	enum refusal why = room_for_joining(chat, room, len, &r);
	if (why != REFUSED_NOT)
		return why;
	if (room_member(r, who))
		return REFUSED_ALREADY_THERE;
	struct event_draft draft = { .kind = EVENT_JOIN,
				     .text = who->real,
				     .text_len = strlen(who->real) };
	return do_to(chat, new_room_event(who->first_session, r, &draft));
}

enum refusal chat_force_part(struct chat *chat, struct user *who, struct room *r,
			     const char *reason)
{
	struct event_draft draft = { .kind = EVENT_PART,
				     .text = reason,
				     .text_len = strlen(reason) };
	if (!room_member(r, who))
		return REFUSED_NOT_THERE;
	return do_to(chat, new_room_event(who->first_session, r, &draft));
}

enum refusal chat_force_rename(struct chat *chat, struct user *who, const char *nick, size_t len)
{
	struct event_draft draft = { .kind = EVENT_NICK, .text = nick, .text_len = len };
	enum refusal why = user_nick_refusal(chat, who, who->account, nick, len);
	if (why != REFUSED_NOT)
		return why;
	return do_to(chat, new_user_event(who->first_session, &draft));
}
