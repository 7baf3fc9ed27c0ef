#include "protocols/irc/help.h"

#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <string.h>

#define INDEX_COLUMNS 72

/* clang-format off */
const struct help helps[] = {
	/* https://defs.ircdocs.horse/defs/isupport.html
	 * It is the person who is let in, not the nick: as long as he is here, whatever he is
	 * called. So is whoever you write to while you are +g or +R. * lists them. */
	{ "ACCEPT", "nick{,-nick}|*", "Who may talk to you in private though you are +g or +R." },
	/* https://modern.ircdocs.horse/#admin-message
	 * 257 is the server's description, 258 the network, 259 server.admin; without that, 423. */
	{ "ADMIN", "[server]", "Who runs the server." },
	/* https://modern.ircdocs.horse/#authenticate-message
	 * https://ircv3.net/specs/extensions/sasl-3.1 https://ircv3.net/specs/extensions/sasl-3.2
	 * At any time, also again, whether the capability was asked for or not. A message has 4096 bytes at most,
	 * then 904, and the rest of it is passed over. Whom one acts as is empty or the account
	 * itself. The code of a second factor stands behind the password and a space. After 904
	 * one may begin at once, but who fails often waits for his answers. 907 if other
	 * connections have the nick and would become somebody else, too. */
	{ "AUTHENTICATE", "mechanism or data", "Logs in, for clients (SASL)." },
	/* https://modern.ircdocs.horse/#away-message https://ircv3.net/specs/extensions/pre-away
	 * "AWAY :" is the same as AWAY. Longer words are cut. 301 goes to whoever writes with
	 * PRIVMSG, invites, or asks WHOIS. "AWAY *" is to be away for no reason in particular, and
	 * before one has entered it says nothing of somebody who is here already through another
	 * connection. Every session of somebody is away, or none. */
	{ "AWAY", "[why]", "Says that you are away, and without words that you are back." },
	/* https://ircv3.net/specs/extensions/client-batch
	 * https://ircv3.net/specs/extensions/multiline
	 * Only draft/multiline is a type. One batch at a time: another one's beginning is the end
	 * of the first, with a fault. A fault is said once, and the rest of the batch is passed
	 * over. After a minute it is TIMEOUT. The batch's label is on the answer to its end. */
	{ "BATCH", "+name type [target] or -name", "Says several lines as one message, for clients." },
	/* https://ircv3.net/specs/extensions/capability-negotiation
	 * LS and REQ hold the entry until END, in whatever order NICK and USER come. Below version
	 * 302 LS has one line and no values: what means nothing without its value is not in it.
	 * REQ is all or nothing, and NAK repeats it as it was. Who asked for 302 cannot give back
	 * cap-notify. */
	{ "CAP", "LS|LIST|REQ|END [capabilities]", "What your client and the server agree on." },
	/* Said to the service of that name, which answers that rooms cannot be registered yet. */
	{ "CHANSERV", "command", "Rooms cannot be registered yet." },
	/* https://ircv3.net/specs/extensions/chathistory
	 * Rooms one is in, unless a ban keeps one from speaking there, and private conversations.
	 * A limit above CHATHISTORY is taken as that. BETWEEN has neither end, and counts from the
	 * one that is named first. An id that nothing there has is MESSAGE_ERROR. Without the
	 * capability: 421. */
	{ "CHATHISTORY", "subcommand target … limit", "What was said, for clients." },
	/* https://modern.ircdocs.horse/#connect-message
	 * There is no other server: 402. */
	{ "CONNECT", "server [port [server]]", "There is no other server." },
	/* CHANSERV, in short. */
	{ "CS", "command", "The same as CHANSERV." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-4.3
	 * What was said is stored, and everybody is told goodbye, as for SIGTERM. */
	{ "DIE", "", "Stops the server." },
	/* https://modern.ircdocs.horse/#help-message
	 * 704, 705 and 706 are of one subject, and 524 stands alone. */
	{ "HELP", "[command]", "This." },
	/* https://modern.ircdocs.horse/#help-message
	 * Some clients' word for it. */
	{ "HELPOP", "[command]", "The same as HELP." },
	/* CHATHISTORY by hand, in any client: the last words of a room one is in or of a private
	 * conversation; without a target, of the room entered last. */
	{ "HISTORY", "[room or nick] [count]", "What was said there last." },
	/* https://modern.ircdocs.horse/#info-message */
	{ "INFO", "[server]", "About the server." },
	/* https://modern.ircdocs.horse/#invite-message
	 * Members may, unless the room is +i. An operator's or halfop's invitation passes i, R and
	 * bans, a member's only i; neither passes k, l and z. Alone: 336 for each room, and 337.
	 * 301 if the guest is away. */
	{ "INVITE", "[nick room]", "Lets somebody into a room; alone: the rooms you are invited to." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-4.9
	 * Nicks may be words of their own, or all in one. */
	{ "ISON", "nick{ nick}", "Which of them are here." },
	/* https://ircv3.net/specs/extensions/extended-isupport
	 * Before one has entered only for who has draft/extended-isupport: to others it is 451. */
	{ "ISUPPORT", "", "What clients may count on here." },
	/* https://modern.ircdocs.horse/#join-message
	 * JOIN 332 333 353 366, no 331; before 366 where one has read up to, and behind it what
	 * was said there last. Keys belong to rooms by their place. Who is there already is told
	 * nothing. 0 leaves all rooms. Whoever comes first is operator, but not in the lobby; a
	 * room that nobody is in has no rules. Of several rules that keep one out the first of b R
	 * z i k l is said. */
	{ "JOIN", "room{,room} [key{,key}]", "Enters rooms, and makes those that are not there; 0: leaves all." },
	/* https://modern.ircdocs.horse/#kick-message
	 * One room and four nicks, then 407; each is told by a KICK of its own. Without a reason,
	 * the kicker's nick is one. Nobody kicks one above him, a halfop no operator. */
	{ "KICK", "room nick{,nick} [why]", "Puts somebody out of a room." },
	/* https://modern.ircdocs.horse/#kill-message
	 * Ends all of his connections, once what he said last is on disk. Of the server's name:
	 * 483. */
	{ "KILL", "nick why", "Ends somebody's connection." },
	/* https://defs.ircdocs.horse/defs/commands.html
	 * Of a room that is +i, +k or full, and once a minute (712); else 713. Halfops and those
	 * above are told by 710. Whom a ban keeps out is told 404. */
	{ "KNOCK", "room [why]", "Asks to be invited to a room." },
	/* https://modern.ircdocs.horse/#links-message
	 * This server, whatever is asked. */
	{ "LINKS", "", "The servers of this network." },
	/* https://modern.ircdocs.horse/#list-message https://modern.ircdocs.horse/#elist-parameter
	 * C and T count minutes: C<60 is younger than an hour, C>60 at least an hour old; T of a
	 * room without a topic is never met. Names and masks: one of them has to fit; conditions:
	 * all. Eight masks of each kind, then 407. Of an unknown room there is only 321 and 323, and
	 * so of a secret one. */
	{ "LIST", "[room or mask{,…}] [condition{,…}]", "Rooms: *mask* !mask >3 <10 members, C<60 C>60 minutes old, T<60 T>60 since the topic." },
	/* https://modern.ircdocs.horse/#lusers-message
	 * Visible and invisible together are 255, 265 and 266. 252, 253 and 254 are left out when
	 * they are 0. 253 counts who has not entered yet. */
	{ "LUSERS", "", "How many are here." },
	/* https://defs.ircdocs.horse/defs/numerics.html
	 * One line. */
	{ "MAP", "", "The servers of this network, as a tree." },
	/* https://ircv3.net/specs/extensions/read-marker
	 * Guests have markers, too, as long as they are here. A marker never goes back: who sets
	 * an earlier one is told the one there is. Any valid time will do, whether something was
	 * said then or not. With no marker it is *. Without the capability: 421. */
	{ "MARKREAD", "target [timestamp=…]", "Up to where you have read, for clients." },
	/* https://ircv3.net/specs/extensions/metadata
	 * A room's is set by its operators, one's own by oneself, anybody's by operators of the
	 * server. Outsiders read a room's unless it is closed. Fifty changes at once, then one a
	 * second. */
	{ "METADATA", "target subcommand [keys]", "What is known about somebody or a room, for clients." },
	/* https://modern.ircdocs.horse/#mode-message
	 * At most 12 changes with an argument and 32 in all; the rest is passed over. One 482 for
	 * all of them, and 472 once for a letter. What cancels itself out is no change. b is for
	 * all who see the room, e and I for halfops and above. Of a +s room one is not in: 442.
	 * Who changes nothing is told nothing. */
	{ "MODE", "room or nick [changes [arguments]]", "Shows or changes modes." },
	/* https://ircv3.net/specs/extensions/monitor
	 * Masks match nobody. - and C are silent. To change the case of a nick is no change. 731
	 * has a nick as it was written here. */
	{ "MONITOR", "+|- nick{,nick} or C|L|S", "Tells you when somebody comes and goes." },
	/* https://modern.ircdocs.horse/#motd-message */
	{ "MOTD", "[server]", "The message of the day." },
	/* https://modern.ircdocs.horse/#names-message
	 * Without a room: all that may be seen, and then 366 of *. Of one that is not there, or
	 * secret, only 366. Who is +i is told to members only. */
	{ "NAMES", "[room{,room}]", "Who is in a room." },
	/* https://modern.ircdocs.horse/#nick-message
	 * Compared as on every other protocol here (docs/plain.md). The same nick again is silent,
	 * another case of it is a change. 432 if it is none, 433 if it is taken or looks like one
	 * that is. One of an account is reserved for who is logged in to it: 433 as well, which
	 * before one has entered comes when all else is there. */
	{ "NICK", "nick", "Gives you this nick." },
	/* PRIVMSG to the service of that name, which is the server itself: not stored, echoed or shown
	 * to anybody. Its HELP lists its commands; passwords with a space in them come last. */
	{ "NICKSERV", "command", "Accounts and nicks; NICKSERV HELP tells which commands there are." },
	/* https://modern.ircdocs.horse/#notice-message
	 * Never answered with an error, unless it cannot be stored, or is too long for a line. */
	{ "NOTICE", "target{,target} text", "Says something that no program answers." },
	/* NICKSERV, in short. */
	{ "NS", "command", "The same as NICKSERV." },
	/* https://modern.ircdocs.horse/#oper-message
	 * Unknown name and wrong password are one: 464. Then 381, and MODE +o, to all sessions. */
	{ "OPER", "name password", "Makes you an operator of the server." },
	/* https://modern.ircdocs.horse/#part-message
	 * 403 if there is no such room, 442 if one is not in it. */
	{ "PART", "room{,room} [why]", "Leaves rooms." },
	/* https://modern.ircdocs.horse/#pass-message
	 * Counts only if it comes before NICK and USER are both there. Missing or wrong: 464,
	 * ERROR and the end. account:password logs in at the end of the registration; where the
	 * server has a password of its own, as the second PASS. */
	{ "PASS", "password or account:password", "Comes first where the server wants a password; or logs you in." },
	/* https://modern.ircdocs.horse/#ping-message
	 * Without a token: 409. The answer comes when all that was asked before is done: what was
	 * said is on disk and delivered. */
	{ "PING", "token", "Is answered with PONG, when all that you asked before is done." },
	/* https://modern.ircdocs.horse/#pong-message */
	{ "PONG", "token", "Answers a PING of the server." },
	/* https://modern.ircdocs.horse/#privmsg-message
	 * Seen means durable: the echo and all relays come when it is on disk. Four targets, then
	 * 407. A line that would be longer than 512 bytes with the sender in front is refused
	 * (417), a NOTICE, too: what is longer comes in a batch (draft/multiline). To @#room, of any prefix
	 * (STATUSMSG), may speak who has a rank there, others get 482; of several prefixes the
	 * lowest counts, and it is not in the room's history. 404 for n m b M C c T and slow mode. */
	{ "PRIVMSG", "target{,target} text", "Says something in a room, or to somebody in private." },
	/* https://modern.ircdocs.horse/#quit-message
	 * ERROR comes last, when all that was asked before is answered. Others see "Quit: why". Of
	 * several sessions of somebody only this one ends. */
	{ "QUIT", "[why]", "Goodbye." },
	/* https://ircv3.net/specs/extensions/message-redaction
	 * One's own words, as the same account or during the same stay as a guest; in a room
	 * everybody's, as a halfop. Who may not speak there redacts without giving a reason. Without
	 * the capability: 421. */
	{ "REDACT", "target msgid [why]", "Takes back a message." },
	/* https://ircv3.net/specs/extensions/account-registration
	 * Where one needs an invitation the answer is VERIFICATION_REQUIRED, and VERIFY takes its
	 * code. Somebody who uses that nick keeps it: BAD_ACCOUNT_NAME. */
	{ "REGISTER", "account email password", "Makes an account; * is your nick." },
	/* https://modern.ircdocs.horse/#rehash-message
	 * Certificates, the MOTD and tls.sts_duration, as for SIGHUP. */
	{ "REHASH", "", "Reads certificates, the MOTD and STS again." },
	/* https://ircv3.net/specs/extensions/channel-rename
	 * Operators. To who has no draft/channel-rename it looks like PART and JOIN, unless only
	 * the case changes. A name is taken, too, while a sleeping room has it. The lobby cannot
	 * be renamed. */
	{ "RENAME", "room name [why]", "Gives a room another name." },
	/* https://modern.ircdocs.horse/#restart-message
	 * The server stops as for DIE, and begins anew in the same process, with the same
	 * arguments and data, from the program as it is on disk by then. A port that was 0 is
	 * another one. */
	{ "RESTART", "", "Stops the server and starts it anew." },
	/* As if he had done it; no door is closed to him. As on InspIRCd and UnrealIRCd. */
	{ "SAJOIN", "nick room{,room}", "Takes somebody into rooms." },
	/* As if the server had done it. +r is the server's own all the same. */
	{ "SAMODE", "room changes [arguments]", "Changes modes of a room in the server's name." },
	/* As if he had done it. */
	{ "SANICK", "nick nick", "Gives somebody another nick." },
	/* As if he had done it. */
	{ "SAPART", "nick room{,room} [why]", "Takes somebody out of rooms." },
	/* Of oneself: what others see behind the @. */
	{ "SETHOST", "host", "Changes where you are seen to come from." },
	/* https://ircv3.net/specs/extensions/setname
	 * Empty, or longer than NAMELEN: INVALID_REALNAME. Nothing is cut. For everybody, whether
	 * or not he has the capability. */
	{ "SETNAME", "name", "Changes your real name." },
	/* https://modern.ircdocs.horse/#silence-parameter
	 * In private, invitations too. Whoever is not heard is told nothing, and nothing of it is
	 * stored. Alone it lists the masks. */
	{ "SILENCE", "[+mask{,-mask}]", "Whom you do not hear in private." },
	/* https://modern.ircdocs.horse/#squit-message
	 * There is no other server: 402. */
	{ "SQUIT", "server why", "There is no other server." },
	/* https://modern.ircdocs.horse/#stats-message
	 * u and m are for everybody. Of other letters there is only the end; those about links,
	 * addresses and bans are for operators (481). */
	{ "STATS", "letter [server]", "u: how long the server is up; m: which commands were used." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-4.5 */
	{ "SUMMON", "user", "Is not done here." },
	/* https://ircv3.net/specs/extensions/message-tags
	 * Only tags with a + are passed on. Without any, nothing happens. Without the capability:
	 * 421. One with +draft/react, +draft/unreact or +draft/persist is kept as a message is. */
	{ "TAGMSG", "target{,target}", "Tags without a text, for clients." },
	/* https://modern.ircdocs.horse/#time-message
	 * As server-time writes it. */
	{ "TIME", "[server]", "The server's time." },
	/* https://modern.ircdocs.horse/#topic-message
	 * Cut at TOPICLEN. Empty: there is none any longer, and 331. With +t halfops and above,
	 * else members. Of a secret room one is not in: 442. */
	{ "TOPIC", "room [text]", "Shows or changes what a room is about." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-3.4.8
	 * Of oneself, or of a nick; of all only for operators. */
	{ "TRACE", "[nick]", "Who is connected." },
	/* https://modern.ircdocs.horse/#user-message
	 * Real name or user name empty: 461. Spaces, @, !, : and ~ go out of the user name, and it
	 * is cut at USERLEN. Bits 2 and 3 of the second word ask for +w and +i (RFC 2812). */
	{ "USER", "name 0 * real name", "Who you are, when you enter." },
	/* https://modern.ircdocs.horse/#userhost-message
	 * Five nicks. */
	{ "USERHOST", "nick{ nick}", "Where they are seen to come from, and who is away." },
	/* https://defs.ircdocs.horse/defs/numerics.html
	 * Five nicks. The address is for oneself and for operators; others are told
	 * 255.255.255.255. */
	{ "USERIP", "nick{ nick}", "Their addresses, for those who may know." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-4.6 */
	{ "USERS", "[server]", "Is not done here." },
	/* https://ircv3.net/specs/extensions/account-registration */
	{ "VERIFY", "account code", "Ends REGISTER with the code of an invitation." },
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-3.4.3
	 * 351, and 005 as when one enters. */
	{ "VERSION", "[server]", "What runs here, and what it can do." },
	/* https://modern.ircdocs.horse/#wallops-message
	 * From the operator, to everybody with +w. */
	{ "WALLOPS", "text", "Tells everybody who wants to hear it." },
	/* https://ircv3.net/specs/extensions/webirc
	 * From networks that the configuration names, and before anything else; otherwise ERROR
	 * and the end. */
	{ "WEBIRC", "password gateway host address", "Who somebody is whom a gateway brings." },
	/* https://modern.ircdocs.horse/#who-message https://ircv3.net/specs/extensions/whox
	 * By room, exact nick, or mask over nick, user name, host and real name. Flags are H or G,
	 * * of an operator, prefixes, B of a bot. Who is +i is found by the exact nick, and by
	 * those who share a room with him. The room in the answer is the one that was asked for;
	 * else a shared one, or *. Fields come in WHOX's order, whatever was asked. 315 repeats
	 * what was asked. */
	{ "WHO", "[room, nick or mask] [o][%fields[,token]]", "Who is here." },
	/* https://modern.ircdocs.horse/#whois-message
	 * "WHOIS nick nick" is WHOIS nick. Unknown: 401 and 318. 338, 276 and 379 are for oneself
	 * and operators. 320 says how somebody is connected who is not by IRC. */
	{ "WHOIS", "[server] nick", "About somebody." },
	/* https://modern.ircdocs.horse/#whowas-message
	 * Newest first; a count of 0 or less is all. Unknown: 406 and 369. 312 has the time of
	 * leaving. Four nicks, then 407; * and ? stand for others (RFC 2812, 3.6.3). */
	{ "WHOWAS", "nick{,nick} [count]", "About somebody who has left." },
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
