/* markread: up to where he has read. https://ircv3.net/specs/extensions/read-marker */
#include "protocols/irc/handlers.h"

#include <string.h>

static void say_mark(struct irc_dialog *irc, const char *name, int64_t time_ms)
{
	char text[IRC_TIME_SIZE];
	if (time_ms < 0) {
		irc_say(irc, "MARKREAD %s *", name);
		return;
	}
	irc_time_text(time_ms, text);
	irc_say(irc, "MARKREAD %s timestamp=%s", name, text);
}

void irc_show_mark(struct irc_dialog *irc, const char *name)
{
	if (irc_user(irc) && (irc->caps & CAP_READ_MARKER))
		say_mark(irc, name, chat_marked(&irc->dialog.session, name));
}

static void fail_params(struct irc_dialog *irc, const char *what)
{
	irc_fail(irc, FAIL_MARK_PARAMS, irc_word(what));
}

void irc_cmd_markread(struct irc_dialog *irc, const struct request *r)
{
	static const char prefix[] = "timestamp=";
	const char *name = irc_arg(r, 0), *time = irc_arg(r, 1);
	int64_t time_ms;
	if (!(irc->caps & CAP_READ_MARKER)) {
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, "MARKREAD");
	} else if (!name[0]) {
		irc_fail(irc, FAIL_MARK_MISSING);
	} else if (!chat_can_mark(&irc->dialog.session, name)) {
		fail_params(irc, name);
	} else if (r->argc == 1) {
		irc_show_mark(irc, name);
	} else if (strncmp(time, prefix, strlen(prefix)) != 0 ||
		   !irc_time_parse(time + strlen(prefix), &time_ms)) {
		fail_params(irc, time);
	} else if (chat_mark(&irc->dialog.session, name, time_ms) != REFUSED_NOT) {
		irc_fail(irc, FAIL_MARK_ERROR, name);
	}
}
