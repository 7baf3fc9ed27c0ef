/* list: which rooms there are. https://modern.ircdocs.horse/#list-message */
#include "protocols/irc/handlers.h"

#include <string.h>

static void list_room(struct irc_dialog *irc, const struct room *r)
{
	if (r->first && irc_sees(irc, r) && !irc_answer_is_full(irc))
		irc_numeric(irc, RPL_LIST, r->name, r->member_count, r->topic ? r->topic : "");
}

void irc_cmd_list(struct irc_dialog *irc, const struct request *r)
{
	char name[IRC_LINE_BYTES];
	const char *names = irc_arg(r, 0);
	const struct chat *chat = irc_chat(irc);
	irc_numeric(irc, RPL_LISTSTART);
	for (size_t i = 0; !names[0] && i < chat->room_slots && !irc_answer_is_full(irc); i++)
		if (chat->rooms[i])
			list_room(irc, chat->rooms[i]);
	while (irc_next_word(&names, name, sizeof(name))) {
		const struct room *room = irc_room(irc, name);
		if (room)
			list_room(irc, room);
	}
	irc_numeric(irc, RPL_LISTEND);
}
