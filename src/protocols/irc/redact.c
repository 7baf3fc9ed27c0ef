/* redact: REDACT, https://ircv3.net/specs/extensions/message-redaction */
#include "protocols/irc/handlers.h"

#include "core/redact.h"

#include <stdlib.h>
#include <string.h>

static void fail(struct irc_dialog *irc, enum refusal why, const char *target, const char *id)
{
	switch (why) {
	case REFUSED_NO_SUCH_MESSAGE:
		irc_fail(irc, FAIL_REDACT_MESSAGE, irc_word(target), irc_word(id));
		return;
	case REFUSED_NOT_OPERATOR:
		irc_fail(irc, FAIL_REDACT_DENIED, irc_word(target), irc_word(id));
		return;
	case REFUSED_NO_SUCH_ROOM:
	case REFUSED_NO_SUCH_NICK:
	case REFUSED_NOT_IN_ROOM:
		irc_fail(irc, FAIL_REDACT_TARGET, irc_word(target), irc_word(target));
		return;
	default:
		irc_refuse(irc, why, "REDACT", target);
		return;
	}
}

/* Whose it is stands on the disk: the rest follows when that is read. */
void irc_cmd_redact(struct irc_dialog *irc, const struct request *r)
{
	struct session *s = &irc->dialog.session;
	const char *target = irc_arg(r, 0), *text = irc_arg(r, 1);
	struct room *room = irc_room(irc, target);
	const struct partner with = partner_find(irc_chat(irc), target);
	enum refusal why = REFUSED_NO_SUCH_NICK;
	uint64_t id = 0;
	if (!(irc->caps & CAP_MESSAGE_REDACTION)) {
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, "REDACT");
		return;
	}
	if (!dialog_can_wait(&irc->dialog))
		return;
	if (!irc_msgid_parse(text, &id))
		id = 0; /* nothing has it */
	if (room)
		why = chat_find(s, room, id);
	else if (partner_exists(&with))
		why = chat_find_with(s, &with, id);
	if (why == REFUSED_NOT)
		irc_note_reading(irc, "REDACT", text, room ? room->name : partner_name(&with),
				 irc_arg(r, 2));
	else
		fail(irc, why, target, text);
}

static enum refusal redact(struct irc_dialog *irc, const struct irc_reading *r,
			   const struct event *said)
{
	struct session *s = &irc->dialog.session;
	struct room *room = irc_room(irc, r->target);
	const struct partner with = partner_find(irc_chat(irc), r->target);
	if (!said)
		return REFUSED_NO_SUCH_MESSAGE;
	if (room)
		return chat_redact(s, room, said, r->reason);
	if (!partner_exists(&with))
		return REFUSED_NO_SUCH_NICK;
	return chat_redact_with(s, &with, said, r->reason);
}

void irc_redact_found(struct irc_dialog *irc, struct event *const *events, size_t count,
		      enum read_end end)
{
	const struct irc_reading *r = irc->extras->reading;
	enum refusal why = REFUSED_STALLED;
	if (end != READ_FAILED)
		why = redact(irc, r, count > 0 ? events[0] : NULL);
	if (why == REFUSED_NOT)
		irc_answer_expect(irc);
	else
		fail(irc, why, r->target, r->context);
}
