/* talk: PRIVMSG, NOTICE, TAGMSG. https://modern.ircdocs.horse/#sending-messages */
#include "protocols/irc/handlers.h"
#include "protocols/irc/service.h"

#include "protocols/irc/line.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char ctcp_action[] = "\x01"
				  "ACTION ";

/* What kind of event text is, and the words in it: "/me waves" comes as a CTCP ACTION
 * (https://modern.ircdocs.horse/ctcp), and no other CTCP is kept. */
static enum event_kind kind_of(bool notice, const char **text, size_t *len)
{
	if (**text != '\x01')
		return notice ? EVENT_NOTICE : EVENT_MESSAGE;
	size_t head = strlen(ctcp_action);
	if (notice || strncmp(*text, ctcp_action, head) != 0)
		return notice ? EVENT_CTCP_REPLY : EVENT_CTCP;
	*text += head;
	*len -= head;
	if (*len > 0 && (*text)[*len - 1] == '\x01')
		*len -= 1;
	return EVENT_ACTION;
}

const char *irc_rank_target(const char *target, char *ret_prefix)
{
	const char *at = target;
	unsigned lowest = 0;
	for (unsigned rank; *at && (rank = mode_rank_of(*at)) != 0; at++)
		if (lowest == 0 || rank < lowest) {
			lowest = rank;
			*ret_prefix = *at;
		}
	return lowest != 0 && *at == '#' ? at : NULL;
}

static void say_to_rank(struct irc_dialog *irc, const char *verb, const char *target, char prefix,
			enum event_kind kind, const struct words *words)
{
	char ignored;
	struct room *room = irc_room(irc, irc_rank_target(target, &ignored));
	if (room)
		irc_refuse(irc, chat_say_to_rank(&irc->dialog.session, room, prefix, kind, words),
			   verb, room->name);
	else
		irc_refuse(irc, REFUSED_NO_SUCH_ROOM, verb, target);
}

/* A service hears what is a line, and nothing that a program says by itself, or it would answer one that
 * answers it. */
static void say_to_service(struct irc_dialog *irc, const struct irc_service *service,
			   const char *verb, enum event_kind kind, const struct words *words)
{
	if (strcmp(verb, "PRIVMSG") != 0 || kind != EVENT_MESSAGE)
		return;
	char *line = xstrdup(words->text);
	size_t len = strlen(line);
	line[strcspn(line, "\n")] = '\0';
	irc_service_ask(irc, service, line);
	sodium_memzero(line, len);
	free(line);
}

void irc_say_to(struct irc_dialog *irc, const char *verb, const char *target, enum event_kind kind,
		const struct words *words)
{
	const struct irc_service *service = irc_service_find(irc, target);
	if (service) {
		say_to_service(irc, service, verb, kind, words);
		return;
	}
	struct session *s = &irc->dialog.session;
	struct room *room = irc_room(irc, target);
	struct user *to = irc_find(irc, target);
	char prefix;
	if (irc_rank_target(target, &prefix)) {
		say_to_rank(irc, verb, target, prefix, kind, words);
	} else if (room) {
		irc_refuse(irc, chat_say(s, room, kind, words), verb, room->name);
	} else if (to) {
		enum refusal why = chat_say_to(s, to, kind, words);
		irc_refuse(irc, why, verb, to->nick);
		if (why == REFUSED_NOT && user_away(to) && strcmp(verb, "PRIVMSG") == 0)
			irc_numeric(irc, RPL_AWAY, to->nick, user_away(to));
	} else {
		irc_refuse(irc, target[0] == '#' ? REFUSED_NO_SUCH_ROOM : REFUSED_NO_SUCH_NICK,
			   verb, target);
	}
}

/* What is one line is told as one line, or not at all: nobody is left to find out that it was cut.
 * https://modern.ircdocs.horse/#errinputtoolong-417 */
static bool fits_one_line(const struct irc_dialog *irc, const char *verb, const char *target,
			  const char *text)
{
	const struct user *u = irc_user(irc);
	size_t source = strlen(u->nick) + strlen(u->user) + strlen(u->host) + strlen(":!@ ");
	size_t rest = strlen(verb) + strlen(target) + strlen(text) + strlen("  :\r\n");
	return source + rest <= IRC_LINE_BYTES;
}

static void say_to_each(struct irc_dialog *irc, const struct request *r, const char *verb,
			enum event_kind kind, const struct words *words)
{
	char target[IRC_LINE_BYTES];
	const char *targets = irc_arg(r, 0);
	for (size_t i = 0; irc_next_word(&targets, target, sizeof(target)); i++) {
		if (i == IRC_TARGETS_MAX) {
			if (strcmp(verb, "NOTICE") != 0)
				irc_numeric(irc, ERR_TOOMANYTARGETS, irc_word(target));
			return;
		}
		if (fits_one_line(irc, verb, target, irc_arg(r, 1)))
			irc_say_to(irc, verb, target, kind, words);
		else
			irc_numeric(irc, ERR_INPUTTOOLONG);
	}
}

static void say_text(struct irc_dialog *irc, const struct request *r, const char *verb)
{
	bool notice = strcmp(verb, "NOTICE") == 0;
	struct words words = { .text = irc_arg(r, 1),
			       .len = strlen(irc_arg(r, 1)),
			       .tags = r->tags };
	enum event_kind kind = kind_of(notice, &words.text, &words.len);
	if (irc_arg(r, 0)[0] && words.len > 0)
		say_to_each(irc, r, verb, kind, &words);
	else if (!notice && !irc_arg(r, 0)[0])
		irc_numeric(irc, ERR_NORECIPIENT, verb);
	else if (!notice)
		irc_numeric(irc, ERR_NOTEXTTOSEND);
}

void irc_cmd_privmsg(struct irc_dialog *irc, const struct request *r)
{
	say_text(irc, r, "PRIVMSG");
}

void irc_cmd_notice(struct irc_dialog *irc, const struct request *r)
{
	say_text(irc, r, "NOTICE");
}

/* https://ircv3.net/specs/client-tags/react, and whatever its sender wants to be kept; the rest, such as
 * "is typing", is gone when it was seen. */
static bool is_kept(const char *tags)
{
	static const char *const keys[] = { "+draft/react", "+draft/unreact", "+draft/persist" };
	char *copy = xstrdup(tags), *at = copy, *key, *value;
	bool kept = false;
	while (!kept && irc_tag_next(&at, &key, &value))
		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			kept = kept || strcmp(key, keys[i]) == 0;
	free(copy);
	return kept;
}

/* https://ircv3.net/specs/extensions/message-tags */
void irc_cmd_tagmsg(struct irc_dialog *irc, const struct request *r)
{
	const struct words words = { .text = "", .tags = r->tags };
	if (!(irc->caps & CAP_MESSAGE_TAGS))
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, "TAGMSG");
	else if (!irc_arg(r, 0)[0])
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "TAGMSG");
	else if (words.tags[0])
		say_to_each(irc, r, "TAGMSG", is_kept(r->tags) ? EVENT_REACTION : EVENT_TAGS,
			    &words);
}
