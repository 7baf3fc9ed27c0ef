/* numerics.h: IRC's three-digit replies, with the words that stand behind the nick.
 *
 * Names, numbers and parameters: https://modern.ircdocs.horse/#numerics. tests/system checks that each
 * of them is seen in a transcript. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_NUMERICS_H
#define TEAHOUSE_PROTOCOLS_IRC_NUMERICS_H

/* name, number, a format for irc_numeric()'s arguments */
/* clang-format off */
#define IRC_NUMERICS(X)                                                                            \
	X(RPL_WELCOME, 1, ":Welcome to %s, %s")                                                    \
	X(RPL_YOURHOST, 2, ":Your host is %s, running teahouse " TEAHOUSE_VERSION)                 \
	X(RPL_CREATED, 3, ":This server was started %s")                                           \
	/* Letters of users' modes, of rooms' modes, and of those of them that take an             \
	 * argument. */                                                                            \
	X(RPL_MYINFO, 4, "%s teahouse-" TEAHOUSE_VERSION " BRZgioswx CIMNRTabcdefhiklmnoqrstvz Iabdefhkloqv")\
	/* 13 tokens to a line. */                                                                 \
	X(RPL_ISUPPORT, 5, "%s :are supported by this server")                                     \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_MAP, 15, ":%s [users: %zu]")                                                         \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_MAPEND, 17, ":End of /MAP")                                                          \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-3.4.8 */                          \
	X(RPL_TRACEOPERATOR, 204, "Oper operators %s")                                             \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-3.4.8 */                          \
	X(RPL_TRACEUSER, 205, "User users %s")                                                     \
	/* Unknown commands are not counted. */                                                    \
	X(RPL_STATSCOMMANDS, 212, "%s %llu")                                                       \
	X(RPL_ENDOFSTATS, 219, "%s :End of /STATS report")                                         \
	/* Only of oneself. */                                                                     \
	X(RPL_UMODEIS, 221, "+%s")                                                                 \
	X(RPL_STATSUPTIME, 242, ":Server Up %lld days %d:%02d:%02d")                               \
	X(RPL_LUSERCLIENT, 251, ":There are %zu users and %zu invisible on 1 server")              \
	/* Not of none. */                                                                         \
	X(RPL_LUSEROP, 252, "%zu :operator(s) online")                                             \
	/* Not of none. */                                                                         \
	X(RPL_LUSERUNKNOWN, 253, "%zu :unknown connection(s)")                                     \
	/* Those somebody is in; not of none. */                                                   \
	X(RPL_LUSERCHANNELS, 254, "%zu :channels formed")                                          \
	X(RPL_LUSERME, 255, ":I have %zu clients and 0 servers")                                   \
	X(RPL_ADMINME, 256, "%s :Administrative info")                                             \
	X(RPL_ADMINLOC1, 257, ":%s")                                                               \
	X(RPL_ADMINLOC2, 258, ":%s")                                                               \
	X(RPL_ADMINEMAIL, 259, ":%s")                                                              \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-3.4.8 */                          \
	X(RPL_TRACEEND, 262, "%s teahouse-" TEAHOUSE_VERSION " :End of TRACE")                     \
	X(RPL_LOCALUSERS, 265, "%zu %zu :Current local users %zu, max %zu")                        \
	X(RPL_GLOBALUSERS, 266, "%zu %zu :Current global users %zu, max %zu")                      \
	/* To himself and operators. */                                                            \
	X(RPL_WHOISCERTFP, 276, "%s :has client certificate fingerprint %s")                       \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_SILELIST, 271, "%s %s")                                                              \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_ENDOFSILELIST, 272, "%s :End of silence list")                                       \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_ACCEPTLIST, 281, "%s")                                                               \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_ENDOFACCEPT, 282, ":End of accept list")                                             \
	X(RPL_AWAY, 301, "%s :%s")                                                                 \
	X(RPL_USERHOST, 302, ":%s")                                                                \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-4.9 */                            \
	X(RPL_ISON, 303, ":%s")                                                                    \
	X(RPL_UNAWAY, 305, ":You are no longer marked as being away")                              \
	X(RPL_NOWAWAY, 306, ":You have been marked as being away")                                 \
	X(RPL_WHOISUSER, 311, "%s %s %s * :%s")                                                    \
	X(RPL_WHOISSERVER, 312, "%s %s :%s")                                                       \
	X(RPL_WHOISOPERATOR, 313, "%s :is a server operator")                                      \
	X(RPL_WHOWASUSER, 314, "%s %s %s * :%s")                                                   \
	X(RPL_ENDOFWHO, 315, "%s :End of WHO list")                                                \
	X(RPL_WHOISIDLE, 317, "%s %lld %lld :seconds idle, signon time")                           \
	X(RPL_ENDOFWHOIS, 318, "%s :End of /WHOIS list")                                           \
	X(RPL_WHOISCHANNELS, 319, "%s :%s")                                                        \
	/* Only of who is not connected by IRC: "plain TCP", or a gateway's name. */               \
	X(RPL_WHOISSPECIAL, 320, "%s :is connected by %s")                                         \
	X(RPL_LISTSTART, 321, "Channel :Users  Name")                                              \
	X(RPL_LIST, 322, "%s %zu :%s")                                                             \
	X(RPL_LISTEND, 323, ":End of /LIST")                                                       \
	/* Arguments, such as the key, are for members only. */                                    \
	X(RPL_CHANNELMODEIS, 324, "%s %s")                                                         \
	X(RPL_CREATIONTIME, 329, "%s %lld")                                                        \
	X(RPL_WHOISACCOUNT, 330, "%s %s :is logged in as")                                         \
	X(RPL_NOTOPIC, 331, "%s :No topic is set")                                                 \
	X(RPL_TOPIC, 332, "%s :%s")                                                                \
	X(RPL_TOPICWHOTIME, 333, "%s %s %lld")                                                     \
	/* https://ircv3.net/specs/extensions/bot-mode */                                          \
	X(RPL_WHOISBOT, 335, "%s :is a bot")                                                       \
	/* 336, not 346, which is the list of +I. */                                               \
	X(RPL_INVITELIST, 336, "%s")                                                               \
	X(RPL_ENDOFINVITELIST, 337, ":End of /INVITE list")                                        \
	/* The address; to himself and operators, once for each of his connections. */             \
	X(RPL_WHOISACTUALLY, 338, "%s %s :is actually using host")                                 \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_USERIP, 340, ":%s")                                                                  \
	/* The nick, then the room. */                                                             \
	X(RPL_INVITING, 341, "%s %s")                                                              \
	X(RPL_INVEXLIST, 346, "%s %s %s %lld")                                                     \
	X(RPL_ENDOFINVEXLIST, 347, "%s :End of channel invite exception list")                     \
	X(RPL_EXCEPTLIST, 348, "%s %s %s %lld")                                                    \
	X(RPL_ENDOFEXCEPTLIST, 349, "%s :End of channel exception list")                           \
	X(RPL_VERSION, 351, "teahouse-" TEAHOUSE_VERSION " %s :%s")                                \
	X(RPL_WHOREPLY, 352, "%s %s %s %s %s %s :0 %s")                                            \
	/* @ of a secret room, = of any other. */                                                  \
	X(RPL_NAMREPLY, 353, "%s %s :%s")                                                          \
	/* https://ircv3.net/specs/extensions/whox */                                              \
	X(RPL_WHOSPCRPL, 354, "%s")                                                                \
	X(RPL_LINKS, 364, "%s %s :0 %s")                                                           \
	X(RPL_ENDOFLINKS, 365, "* :End of /LINKS list")                                            \
	X(RPL_ENDOFNAMES, 366, "%s :End of /NAMES list")                                           \
	X(RPL_BANLIST, 367, "%s %s %s %lld")                                                       \
	X(RPL_ENDOFBANLIST, 368, "%s :End of channel ban list")                                    \
	X(RPL_ENDOFWHOWAS, 369, "%s :End of WHOWAS")                                               \
	X(RPL_INFO, 371, ":%s")                                                                    \
	X(RPL_MOTD, 372, ":- %s")                                                                  \
	X(RPL_ENDOFINFO, 374, ":End of INFO list")                                                 \
	X(RPL_MOTDSTART, 375, ":- %s Message of the day - ")                                       \
	X(RPL_ENDOFMOTD, 376, ":End of /MOTD command")                                             \
	/* To himself and operators. */                                                            \
	X(RPL_WHOISMODES, 379, "%s :is using modes +%s")                                           \
	X(RPL_YOUREOPER, 381, ":You are now a server operator")                                    \
	X(RPL_REHASHING, 382, "teahouse :Rehashing")                                               \
	X(RPL_TIME, 391, "%s :%s")                                                                 \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * To himself, if he has no chghost. */                                                    \
	X(RPL_VISIBLEHOST, 396, "%s :is now your visible host")                                    \
	X(ERR_NOSUCHNICK, 401, "%s :No such nick/channel")                                         \
	X(ERR_NOSUCHSERVER, 402, "%s :No such server")                                             \
	X(ERR_NOSUCHCHANNEL, 403, "%s :No such channel")                                           \
	/* Also if it cannot be stored: the words say why. */                                      \
	X(ERR_CANNOTSENDTOCHAN, 404, "%s :%s")                                                     \
	/* Also if the server has as many rooms as it may. */                                      \
	X(ERR_TOOMANYCHANNELS, 405, "%s :You have joined too many channels")                       \
	X(ERR_WASNOSUCHNICK, 406, "%s :There was no such nickname")                                \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-5.2 */                            \
	X(ERR_TOOMANYTARGETS, 407, "%s :Too many targets")                                         \
	X(ERR_NOORIGIN, 409, ":No origin specified")                                               \
	/* https://ircv3.net/specs/extensions/capability-negotiation */                            \
	X(ERR_INVALIDCAPCMD, 410, "%s :Invalid CAP command")                                       \
	X(ERR_NORECIPIENT, 411, ":No recipient given (%s)")                                        \
	X(ERR_NOTEXTTOSEND, 412, ":No text to send")                                               \
	/* More than 512 bytes, or 4096 of tags. The connection stays. */                          \
	X(ERR_INPUTTOOLONG, 417, ":Input line was too long")                                       \
	/* Before one has entered it is 451. */                                                    \
	X(ERR_UNKNOWNCOMMAND, 421, "%s :Unknown command")                                          \
	X(ERR_NOMOTD, 422, ":MOTD File is missing")                                                \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-5.2 */                            \
	X(ERR_NOADMININFO, 423, "%s :No administrative info available")                            \
	X(ERR_NONICKNAMEGIVEN, 431, ":No nickname given")                                          \
	X(ERR_ERRONEUSNICKNAME, 432, "%s :Erroneous nickname")                                     \
	/* Also for what looks like another's nick, and one of an account. */                      \
	X(ERR_NICKNAMEINUSE, 433, "%s :Nickname is already in use")                                \
	X(ERR_USERNOTINCHANNEL, 441, "%s %s :They aren't on that channel")                         \
	X(ERR_NOTONCHANNEL, 442, "%s :You're not on that channel")                                 \
	X(ERR_USERONCHANNEL, 443, "%s %s :is already on channel")                                  \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-5.2 */                            \
	X(ERR_SUMMONDISABLED, 445, ":SUMMON has been disabled")                                    \
	/* https://datatracker.ietf.org/doc/html/rfc2812#section-5.2 */                            \
	X(ERR_USERSDISABLED, 446, ":USERS has been disabled")                                      \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * The room, not the nick. */                                                              \
	X(ERR_NONICKCHANGE, 447, "%s :Cannot change nickname while on this channel (+N)")          \
	X(ERR_NOTREGISTERED, 451, ":You have not registered")                                      \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_ACCEPTFULL, 456, ":Accept list is full")                                             \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_ACCEPTEXIST, 457, "%s :is already on your accept list")                              \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_ACCEPTNOT, 458, "%s :is not on your accept list")                                    \
	X(ERR_NEEDMOREPARAMS, 461, "%s :Not enough parameters")                                    \
	X(ERR_ALREADYREGISTERED, 462, ":You may not reregister")                                   \
	X(ERR_PASSWDMISMATCH, 464, ":Password incorrect")                                          \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * +r. */                                                                                  \
	X(ERR_ONLYSERVERSCANCHANGE, 468, "%s :Only the server can change that mode")               \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * +f: the room that was asked for, and the one he is in now. */                           \
	X(ERR_LINKCHANNEL, 470, "%s %s :Forwarding to another channel")                            \
	X(ERR_CHANNELISFULL, 471, "%s :Cannot join channel (+l)")                                  \
	X(ERR_UNKNOWNMODE, 472, "%c :is unknown mode char to me")                                  \
	X(ERR_INVITEONLYCHAN, 473, "%s :Cannot join channel (+i)")                                 \
	X(ERR_BANNEDFROMCHAN, 474, "%s :Cannot join channel (+b)")                                 \
	X(ERR_BADCHANNELKEY, 475, "%s :Cannot join channel (+k)")                                  \
	/* A name that begins with # and can be no room's. */                                      \
	X(ERR_BADCHANMASK, 476, "%s :Bad Channel Mask")                                            \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * +R of a room and of a user; a notice to one is passed over without a word. Who may not  \
	 * speak in a room because of +M is told 404. */                                           \
	X(ERR_NEEDREGGEDNICK, 477, "%s :%s")                                                       \
	/* https://datatracker.ietf.org/doc/html/rfc2811#section-4.3 */                            \
	X(ERR_BANLISTFULL, 478, "%s %c :Channel list is full")                                     \
	X(ERR_NOPRIVILEGES, 481, ":Permission Denied- You're not an IRC operator")                 \
	X(ERR_CHANOPRIVSNEEDED, 482, "%s :You're not channel operator")                            \
	X(ERR_CANTKILLSERVER, 483, ":You can't kill a server!")                                    \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * +z. */                                                                                  \
	X(ERR_SECUREONLYCHAN, 489, "%s :Cannot join channel (+z): you are not connected in TLS")   \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * +z. */                                                                                  \
	X(ERR_ALLMUSTSSL, 490, "%s :All members of the channel must be connected in TLS")          \
	X(ERR_UMODEUNKNOWNFLAG, 501, ":Unknown MODE flag")                                         \
	X(ERR_USERSDONTMATCH, 502, ":Cannot change mode for other users")                          \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_SILELISTFULL, 511, "%s :Your silence list is full")                                  \
	X(ERR_HELPNOTFOUND, 524, "%s :No help available on this topic")                            \
	X(RPL_WHOISSECURE, 671, "%s :is using a secure connection")                                \
	/* No argument: *. Also an extended ban that is none. */                                   \
	X(ERR_INVALIDMODEPARAM, 696, "%s %c %s :%s")                                               \
	X(RPL_HELPSTART, 704, "%s :%s")                                                            \
	X(RPL_HELPTXT, 705, "%s :%s")                                                              \
	X(RPL_ENDOFHELP, 706, "%s :%s")                                                            \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * To halfops and those above. */                                                          \
	X(RPL_KNOCK, 710, "%s %s!%s@%s :has asked for an invite%s%s")                              \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_KNOCKDLVR, 711, "%s :Your KNOCK has been delivered")                                 \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_TOOMANYKNOCK, 712, "%s :Too many KNOCKs (user)")                                     \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_CHANOPEN, 713, "%s :Channel is open")                                                \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(ERR_KNOCKONCHAN, 714, "%s :You are already on that channel")                             \
	/* https://defs.ircdocs.horse/defs/numerics.html */                                        \
	X(RPL_TARGUMODEG, 716, "%s :is in +g mode: only whom they accept may talk to them")        \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * Behind 716, if 718 was sent. */                                                         \
	X(RPL_TARGNOTIFY, 717, "%s :has been told that you would talk to them")                    \
	/* https://defs.ircdocs.horse/defs/numerics.html                                           \
	 * Once a minute at most. */                                                               \
	X(RPL_UMODEGMSG, 718, "%s %s@%s :would talk to you, and you are +g: ACCEPT lets them")     \
	/* https://ircv3.net/specs/extensions/monitor */                                           \
	X(RPL_MONONLINE, 730, ":%s")                                                               \
	/* https://ircv3.net/specs/extensions/monitor */                                           \
	X(RPL_MONOFFLINE, 731, ":%s")                                                              \
	/* https://ircv3.net/specs/extensions/monitor */                                           \
	X(RPL_MONLIST, 732, ":%s")                                                                 \
	/* https://ircv3.net/specs/extensions/monitor */                                           \
	X(RPL_ENDOFMONLIST, 733, ":End of MONITOR list")                                           \
	/* https://ircv3.net/specs/extensions/monitor                                              \
	 * Those that fitted are on it. */                                                         \
	X(ERR_MONLISTFULL, 734, "%zu %s :Monitor list is full")                                    \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_WHOISKEYVALUE, 760, "%s %s * :%s")                                                   \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_KEYVALUE, 761, "%s %s * :%s")                                                        \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_KEYNOTSET, 766, "%s %s :key not set")                                                \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_METADATASUBOK, 770, "%s")                                                            \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_METADATAUNSUBOK, 771, "%s")                                                          \
	/* https://ircv3.net/specs/extensions/metadata */                                          \
	X(RPL_METADATASUBS, 772, "%s")                                                             \
	/* https://ircv3.net/specs/extensions/metadata                                             \
	 * Of a room with more than 200 people, and of those where one is already. */              \
	X(RPL_METADATASYNCLATER, 774, "%s")                                                        \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * However he logged in, and by whatever session. Before he is in, these nine are to "*". */  \
	X(RPL_LOGGEDIN, 900, "%s %s :You are now logged in as %s")                                 \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * Also if the account was dropped or suspended. */                                        \
	X(RPL_LOGGEDOUT, 901, "%s :You are now logged out")                                        \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * The password is right, and the account suspended. */                                    \
	X(ERR_NICKLOCKED, 902, ":You must use a nick assigned to you")                             \
	/* https://ircv3.net/specs/extensions/sasl-3.1 */                                          \
	X(RPL_SASLSUCCESS, 903, ":SASL authentication successful")                                 \
	/* https://ircv3.net/specs/extensions/sasl-3.1 */                                          \
	X(ERR_SASLFAIL, 904, ":SASL authentication failed")                                        \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * A chunk of more than 400 bytes. */                                                      \
	X(ERR_SASLTOOLONG, 905, ":SASL message too long")                                          \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * By "*", or because he enters. */                                                        \
	X(ERR_SASLABORTED, 906, ":SASL authentication aborted")                                    \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * Others of his connections would become somebody else, too. */                           \
	X(ERR_SASLALREADY, 907, ":You have already authenticated using SASL")                      \
	/* https://ircv3.net/specs/extensions/sasl-3.1                                             \
	 * Before 904. */                                                                          \
	X(RPL_SASLMECHS, 908, "%s :are available SASL mechanisms")

/* clang-format on */

#define IRC_NUMERIC_ENUM(name, number, format) name = (number),
enum irc_numeric { IRC_NUMERICS(IRC_NUMERIC_ENUM) };
#undef IRC_NUMERIC_ENUM

#endif
