#include "protocols/irc/help.h"

#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <string.h>

#define INDEX_COLUMNS 72

/* clang-format off */
const struct help helps[] = {
	{ "ACCEPT", "nick{,-nick}|*", "Who may talk to you in private though you are +g." },
	{ "ADMIN", "[server]", "Who runs the server." },
	{ "AUTHENTICATE", "mechanism or data", "Logs in, for clients (SASL)." },
	{ "AWAY", "[why]", "Says that you are away, and without words that you are back." },
	{ "BATCH", "+name type [target] or -name", "Says several lines as one message, for clients." },
	{ "CAP", "LS|LIST|REQ|END [capabilities]", "What your client and the server agree on." },
	{ "CHATHISTORY", "subcommand target … limit", "What was said, for clients." },
	{ "CONNECT", "server [port [server]]", "There is no other server." },
	{ "DIE", "", "Stops the server." },
	{ "HELP", "[command]", "This." },
	{ "HELPOP", "[command]", "The same as HELP." },
	{ "HISTORY", "[room or nick] [count]", "What was said there last." },
	{ "INFO", "[server]", "About the server." },
	{ "INVITE", "[nick room]", "Lets somebody into a room; alone: the rooms you are invited to." },
	{ "ISON", "nick{ nick}", "Which of them are here." },
	{ "ISUPPORT", "", "What clients may count on here." },
	{ "JOIN", "room{,room} [key{,key}]", "Enters rooms, and makes those that are not there; 0: leaves all." },
	{ "KICK", "room nick [why]", "Puts somebody out of a room." },
	{ "KILL", "nick why", "Ends somebody's connection." },
	{ "KNOCK", "room [why]", "Asks to be invited to a room." },
	{ "LINKS", "", "The servers of this network." },
	{ "LIST", "[room or mask{,…}] [condition{,…}]", "Rooms: *mask* !mask >3 <10 members, C<60 C>60 minutes old, T<60 T>60 since the topic." },
	{ "LUSERS", "", "How many are here." },
	{ "MAP", "", "The servers of this network, as a tree." },
	{ "MARKREAD", "target [timestamp=…]", "Up to where you have read, for clients." },
	{ "METADATA", "target subcommand [keys]", "What is known about somebody or a room, for clients." },
	{ "MODE", "room or nick [changes [arguments]]", "Shows or changes modes." },
	{ "MONITOR", "+|- nick{,nick} or C|L|S", "Tells you when somebody comes and goes." },
	{ "MOTD", "[server]", "The message of the day." },
	{ "NAMES", "room{,room}", "Who is in a room." },
	{ "NICK", "nick", "Gives you this nick." },
	{ "NOTICE", "target{,target} text", "Says something that no program answers." },
	{ "OPER", "name password", "Makes you an operator of the server." },
	{ "PART", "room{,room} [why]", "Leaves rooms." },
	{ "PASS", "password", "Comes first where the server wants a password." },
	{ "PING", "token", "Is answered with PONG, when all that you asked before is done." },
	{ "PONG", "token", "Answers a PING of the server." },
	{ "PRIVMSG", "target{,target} text", "Says something in a room, or to somebody in private." },
	{ "QUIT", "[why]", "Goodbye." },
	{ "REDACT", "target msgid [why]", "Takes back a message." },
	{ "REGISTER", "account email password", "Makes an account; * is your nick." },
	{ "REHASH", "", "Reads the server's certificates again." },
	{ "RENAME", "room name [why]", "Gives a room another name." },
	{ "RESTART", "", "Stops the server and starts it anew." },
	{ "SAJOIN", "nick room{,room}", "Takes somebody into rooms." },
	{ "SAMODE", "room changes [arguments]", "Changes modes of a room in the server's name." },
	{ "SANICK", "nick nick", "Gives somebody another nick." },
	{ "SAPART", "nick room{,room} [why]", "Takes somebody out of rooms." },
	{ "SETHOST", "host", "Changes where you are seen to come from." },
	{ "SETNAME", "name", "Changes your real name." },
	{ "SILENCE", "[+mask{,-mask}]", "Whom you do not hear in private." },
	{ "SQUIT", "server why", "There is no other server." },
	{ "STATS", "letter [server]", "u: how long the server is up; m: which commands were used." },
	{ "SUMMON", "user", "Is not done here." },
	{ "TAGMSG", "target{,target}", "Tags without a text, for clients." },
	{ "TIME", "[server]", "The server's time." },
	{ "TOPIC", "room [text]", "Shows or changes what a room is about." },
	{ "TRACE", "[nick]", "Who is connected." },
	{ "USER", "name 0 * real name", "Who you are, when you enter." },
	{ "USERHOST", "nick{ nick}", "Where they are seen to come from, and who is away." },
	{ "USERIP", "nick{ nick}", "Their addresses, for those who may know." },
	{ "USERS", "[server]", "Is not done here." },
	{ "VERIFY", "account code", "Proves that the e-mail address of a new account is yours." },
	{ "VERSION", "[server]", "What runs here, and what it can do." },
	{ "WALLOPS", "text", "Tells everybody who wants to hear it." },
	{ "WEBIRC", "password gateway host address", "Who somebody is whom a gateway brings." },
	{ "WHO", "[room, nick or mask] [o][%fields[,token]]", "Who is here." },
	{ "WHOIS", "[server] nick", "About somebody." },
	{ "WHOWAS", "nick [count]", "About somebody who has left." },
};
/* clang-format on */

const size_t help_count = ARRAY_LEN(helps);

const struct help *help_find(const char *verb)
{
	for (size_t i = 0; i < help_count; i++)
		if (strcmp(helps[i].verb, verb) == 0)
			return &helps[i];
	return NULL;
}

/* All commands, so many to a line. */
static void help_index(struct irc_dialog *irc)
{
	struct buf line = { 0 };
	irc_numeric(irc, RPL_HELPSTART, "*", "What can be asked here");
	irc_numeric(irc, RPL_HELPTXT, "*", "");
	for (size_t i = 0; i < irc_command_count; i++) {
		const char *verb = irc_commands[i].command.verb;
		if (line.len + 1 + strlen(verb) > INDEX_COLUMNS) {
			irc_numeric(irc, RPL_HELPTXT, "*", line.bytes);
			line.len = 0;
		}
		buf_printf(&line, "%s%s", line.len > 0 ? " " : "", verb);
	}
	irc_numeric(irc, RPL_HELPTXT, "*", line.bytes);
	irc_numeric(irc, RPL_ENDOFHELP, "*", "HELP and one of them says more.");
	buf_done(&line);
}

static void help_topic(struct irc_dialog *irc, const struct help *h)
{
	struct buf usage = { 0 };
	buf_printf(&usage, "%s %s", h->verb, h->args);
	irc_numeric(irc, RPL_HELPSTART, h->verb, usage.bytes);
	irc_numeric(irc, RPL_HELPTXT, h->verb, "");
	if (irc_command_find(h->verb)->operators)
		irc_numeric(irc, RPL_HELPTXT, h->verb, "For operators of the server.");
	irc_numeric(irc, RPL_ENDOFHELP, h->verb, h->what);
	buf_done(&usage);
}

void irc_cmd_help(struct irc_dialog *irc, const struct request *r)
{
	char verb[IRC_LINE_BYTES];
	const char *subject = irc_arg(r, 0);
	snprintf(verb, sizeof(verb), "%s", subject);
	for (char *at = verb; *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	const struct help *h = help_find(verb);
	if (!subject[0])
		help_index(irc);
	else if (h && irc_command_find(verb))
		help_topic(irc, h);
	else
		irc_numeric(irc, ERR_HELPNOTFOUND, irc_word(subject));
}
