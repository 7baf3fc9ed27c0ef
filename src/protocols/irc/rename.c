/* rename: a room gets another name, and keeps all else.
 * https://ircv3.net/specs/extensions/channel-rename */
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <string.h>

/* For who does not know of renaming: he leaves one room and enters another. */
static void show_as_moving(struct irc_dialog *irc, const struct event *e)
{
	struct session *s = &irc->dialog.session;
	struct room *r = irc_chat(irc)->rooms[e->rooms[0].slot];
	const struct event_draft draft = {
		.kind = EVENT_PART,
		.from = user_sender(s->user),
		.room_name = e->room_name,
		.text = e->text,
		.text_len = e->text_len,
	};
	struct event *left = event_new(&draft), *entered = chat_join_event(s, r);
	left->time_ms = e->time_ms;
	irc_say_event(irc, left, irc_variant_of(irc));
	irc_show_entry(irc, entered);
	event_unref(left);
	event_unref(entered);
}

void irc_show_rename(struct irc_dialog *irc, struct event *e)
{
	if (irc->caps & CAP_CHANNEL_RENAME)
		irc_say_event(irc, e, irc_variant_of(irc));
	else if (strcmp(e->room_key, e->to_key) != 0)
		show_as_moving(irc, e);
}

static void fail_rename(struct irc_dialog *irc, const struct room *r, const char *name,
			enum irc_fail why)
{
	char text[ROOM_BYTES_MAX + 1];
	irc_cut(text, sizeof(text), irc_word(name));
	irc_fail(irc, why, r->name, text);
}

void irc_cmd_rename(struct irc_dialog *irc, const struct request *r)
{
	char reason[REASON_BYTES_MAX + 1];
	const char *name = irc_arg(r, 1);
	struct room *room = irc_room(irc, irc_arg(r, 0));
	if (!room) {
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, "RENAME", irc_arg(r, 0));
		return;
	}
	irc_cut(reason, sizeof(reason), irc_arg(r, 2));
	enum refusal why = chat_rename_room(&irc->dialog.session, room, name, strlen(name), reason);
	if (why == REFUSED_ALREADY_THERE)
		fail_rename(irc, room, name, FAIL_RENAME_USED);
	else if (why == REFUSED_TOO_OFTEN)
		fail_rename(irc, room, name, FAIL_RENAME_SOON);
	else if (why == REFUSED_ROOM_INVALID)
		fail_rename(irc, room, name, FAIL_RENAME);
	else
		irc_refuse(irc, why, "RENAME", room->name);
}
