/* past: what was said before, as it is shown to who asked for it or enters a room. */
#include "protocols/irc/irc.h"

void irc_show_events(struct irc_dialog *irc, const char *target, struct event *const *events,
		     size_t count)
{
	irc_batch_begin(irc, "chathistory", target);
	for (size_t i = 0; i < count; i++)
		irc_say_event(irc, events[i], irc_variant_of(irc) | VARIANT_PAST);
	irc_batch_end(irc);
}

void irc_show_replay(struct irc_dialog *irc, const struct room *r)
{
	struct event *events[REPLAY_MAX];
	size_t bytes = 0, first = r->replay_count;
	for (size_t i = 0; i < r->replay_count; i++)
		events[i] = room_replay(irc_chat(irc), r, i);
	while (first > 0 &&
	       bytes + irc_event_bytes(events[first - 1]) <= irc->dialog.all->answer_max)
		bytes += irc_event_bytes(events[--first]);
	if (r->replay_count > 0)
		irc_show_events(irc, r->name, events + first, r->replay_count - first);
}
