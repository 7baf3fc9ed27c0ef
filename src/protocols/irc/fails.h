/* fails.h: standard replies, with all their words: https://ircv3.net/specs/extensions/standard-replies
 *
 * What stands in the comment in front of a row is in docs/IRC.md, too (tools/irc-tables); the specification
 * is the command's, if none is named. tests/system checks that each is seen in a transcript. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_FAILS_H
#define TEAHOUSE_PROTOCOLS_IRC_FAILS_H

/* name, "FAIL" or "NOTE", command, code, a format for what is behind it; all of these together are a format
 * for the arguments of irc_fail() or irc_remark() */
/* clang-format off */
#define IRC_FAILS(X)                                                                               \
	/* server.lang says in which language. Only with accounts.require_login. */                \
	X(FAIL_ACCOUNT_REQUIRED, "FAIL", "*", "ACCOUNT_REQUIRED", ":%s")                           \
	/* https://ircv3.net/specs/extensions/utf8-only                                            \
	 * Of any command; * if that cannot be read. Nothing of the line is done. */               \
	X(FAIL_INVALID_UTF8, "FAIL", "%s", "INVALID_UTF8",                                         \
	  ":Message rejected, your IRC software MUST use UTF-8 encoding on this network")          \
	/* The disk is full, or does not answer. PRIVMSG to a room is told 404. A notice to who    \
	 * lacks standard-replies, as the next two. */                                             \
	X(FAIL_CANNOT_STORE, "FAIL", "%s", "CANNOT_STORE", "%s :%s")                               \
	/* A kick or a mode that was done all the same: after a restart it is as it was. */        \
	X(NOTE_NOT_STORED, "NOTE", "%s", "NOT_STORED", "%s :%s")                                   \
	/* Too many passwords are being checked. */                                                \
	X(FAIL_TRY_AGAIN, "FAIL", "OPER", "TRY_AGAIN", ":%s")                                      \
	X(FAIL_BATCH_SIGN, "FAIL", "BATCH", "INVALID_REFTAG",                                      \
	  "%s :A reference tag begins with + or -")                                                \
	/* Letters, digits and - are one. */                                                       \
	X(FAIL_BATCH_REFERENCE, "FAIL", "BATCH", "INVALID_REFTAG", "%s :Invalid reference tag")    \
	/* The reference and the type. */                                                          \
	X(FAIL_BATCH_TYPE, "FAIL", "BATCH", "UNKNOWN_TYPE", "%s %s :Unknown batch type")           \
	/* After a minute. */                                                                      \
	X(FAIL_BATCH_TIMEOUT, "FAIL", "BATCH", "TIMEOUT", "%s :Batch was left open for too long")  \
	X(FAIL_MULTILINE_BYTES, "FAIL", "BATCH", "MULTILINE_MAX_BYTES",                            \
	  "%d :Multiline batch max-bytes exceeded")                                                \
	X(FAIL_MULTILINE_LINES, "FAIL", "BATCH", "MULTILINE_MAX_LINES",                            \
	  "%d :Multiline batch max-lines exceeded")                                                \
	/* The batch's, and the line's. */                                                         \
	X(FAIL_MULTILINE_TARGET, "FAIL", "BATCH", "MULTILINE_INVALID_TARGET",                      \
	  "%s %s :Invalid multiline target")                                                       \
	/* It is the end of the one that was open. */                                              \
	X(FAIL_MULTILINE_ANOTHER, "FAIL", "BATCH", "MULTILINE_INVALID", ":Another batch was open") \
	X(FAIL_MULTILINE_BLANK, "FAIL", "BATCH", "MULTILINE_INVALID",                              \
	  ":Multiline batch with blank lines only")                                                \
	X(FAIL_MULTILINE_BLANK_JOINED, "FAIL", "BATCH", "MULTILINE_INVALID",                       \
	  ":Multiline batch with concatenated blank line")                                         \
	/* ACTION in several lines is none of them. */                                             \
	X(FAIL_MULTILINE_CONTROL, "FAIL", "BATCH", "MULTILINE_INVALID",                            \
	  ":Multiline batch with CTCP")                                                            \
	X(FAIL_MULTILINE_COMMAND, "FAIL", "BATCH", "MULTILINE_INVALID",                            \
	  ":Only PRIVMSG or NOTICE may be part of a multiline batch")                              \
	X(FAIL_MULTILINE_MIXED, "FAIL", "BATCH", "MULTILINE_INVALID",                              \
	  ":PRIVMSG and NOTICE in one multiline batch")                                            \
	X(FAIL_MULTILINE_NO_TARGET, "FAIL", "BATCH", "MULTILINE_INVALID",                          \
	  ":Multiline batch without target")                                                       \
	X(FAIL_MULTILINE_NO_TEXT, "FAIL", "BATCH", "MULTILINE_INVALID",                            \
	  ":Multiline batch without text")                                                         \
	/* For an end, and for a line with the tag. */                                             \
	X(FAIL_MULTILINE_NOT_OPEN, "FAIL", "BATCH", "MULTILINE_INVALID", ":No such batch is open") \
	/* Too long, or not UTF-8. */                                                              \
	X(FAIL_MULTILINE_SPOILT, "FAIL", "BATCH", "MULTILINE_INVALID",                             \
	  ":Multiline batch with a line that could not be read")                                   \
	/* https://ircv3.net/specs/extensions/chathistory                                          \
	 * Not there, or not to be read by him. CHATHISTORY's subcommand is in front, here and in  \
	 * what follows. */                                                                        \
	X(FAIL_HISTORY_TARGET, "FAIL", "%s", "INVALID_TARGET",                                     \
	  "%s%s :Messages could not be retrieved")                                                 \
	/* https://ircv3.net/specs/extensions/chathistory                                          \
	 * Also if nothing there has the id. */                                                    \
	X(FAIL_HISTORY_ERROR, "FAIL", "%s", "MESSAGE_ERROR",                                       \
	  "%s%s :Messages could not be retrieved")                                                 \
	/* https://ircv3.net/specs/extensions/chathistory */                                       \
	X(FAIL_HISTORY_BUSY, "FAIL", "%s", "MESSAGE_ERROR", "%s%s :%s")                            \
	X(FAIL_HISTORY_COMMAND, "FAIL", "CHATHISTORY", "INVALID_PARAMS", "%s %s%s:Unknown command")\
	X(FAIL_HISTORY_TOO_FEW, "FAIL", "CHATHISTORY", "INVALID_PARAMS",                           \
	  "%s %s%s:Insufficient parameters")                                                       \
	X(FAIL_HISTORY_TOO_MANY, "FAIL", "CHATHISTORY", "INVALID_PARAMS",                          \
	  "%s %s%s:Too many parameters")                                                           \
	/* The argument is in front. */                                                            \
	X(FAIL_HISTORY_TIME, "FAIL", "CHATHISTORY", "INVALID_PARAMS", "%s %s%s:Invalid timestamp") \
	/* The argument is in front. */                                                            \
	X(FAIL_HISTORY_REFERENCE, "FAIL", "CHATHISTORY", "INVALID_PARAMS",                         \
	  "%s %s%s:Invalid message reference")                                                     \
	/* No number, or 0. */                                                                     \
	X(FAIL_HISTORY_LIMIT, "FAIL", "CHATHISTORY", "INVALID_PARAMS", "%s %s%s:Invalid limit")    \
	X(FAIL_HISTORY_USAGE, "FAIL", "HISTORY", "INVALID_PARAMS",                                 \
	  ":Usage: HISTORY [target] [1 to %d]")                                                    \
	/* The target that is none, or the time. */                                                \
	X(FAIL_MARK_PARAMS, "FAIL", "MARKREAD", "INVALID_PARAMS", "%s :Invalid parameters")        \
	X(FAIL_MARK_MISSING, "FAIL", "MARKREAD", "NEED_MORE_PARAMS", ":Missing parameters")        \
	/* Of a guest: he has as many as he may. */                                                \
	X(FAIL_MARK_ERROR, "FAIL", "MARKREAD", "INTERNAL_ERROR",                                   \
	  "%s :The read timestamp could not be set")                                               \
	/* To who has draft/metadata-2. */                                                         \
	X(FAIL_METADATA_KEY_2, "FAIL", "METADATA", "KEY_INVALID", "%s :Invalid key")               \
	X(FAIL_METADATA_KEY, "FAIL", "METADATA", "INVALID_KEY", "%s :Invalid key")                 \
	/* To who has draft/metadata-2. */                                                         \
	X(FAIL_METADATA_VALUE_2, "FAIL", "METADATA", "VALUE_INVALID",                              \
	  ":Value is too long or not UTF8")                                                        \
	X(FAIL_METADATA_VALUE, "FAIL", "METADATA", "INVALID_VALUE", "%s :Value is too long")       \
	X(FAIL_METADATA_TARGET, "FAIL", "METADATA", "INVALID_TARGET", "%s :Invalid target")        \
	X(FAIL_METADATA_NOT_SET, "FAIL", "METADATA", "KEY_NOT_SET", "%s %s :Key not set")          \
	X(FAIL_METADATA_DENIED, "FAIL", "METADATA", "KEY_NO_PERMISSION",                           \
	  "%s %s :Permission denied")                                                              \
	X(FAIL_METADATA_FULL, "FAIL", "METADATA", "LIMIT_REACHED", "%s :Metadata limit reached")   \
	/* Fifty changes at once, then one a second. The seconds to wait are behind the key. */    \
	X(FAIL_METADATA_TOO_OFTEN, "FAIL", "METADATA", "RATE_LIMITED",                             \
	  "%s %s %d :Too many changes")                                                            \
	X(FAIL_METADATA_COMMAND, "FAIL", "METADATA", "SUBCOMMAND_INVALID",                         \
	  "%s :Invalid subcommand")                                                                \
	X(FAIL_METADATA_SUBS, "FAIL", "METADATA", "TOO_MANY_SUBS", "%s :Too many subscriptions")   \
	X(FAIL_MONITOR_PARAMS, "FAIL", "MONITOR", "INVALID_PARAMS", "%s :It is one of + - C L S")  \
	/* Neither here nor on disk, or redacted already. */                                       \
	X(FAIL_REDACT_MESSAGE, "FAIL", "REDACT", "UNKNOWN_MSGID",                                  \
	  "%s %s :This message does not exist or is too old")                                      \
	X(FAIL_REDACT_DENIED, "FAIL", "REDACT", "REDACT_FORBIDDEN",                                \
	  "%s %s :You are not authorised to delete this message")                                  \
	/* Not there, or he is not in it. */                                                       \
	X(FAIL_REDACT_TARGET, "FAIL", "REDACT", "INVALID_TARGET",                                  \
	  "%s :You cannot delete messages from %s")                                                \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * Without accounts.before_connect. */                                                     \
	X(FAIL_COMPLETE_CONNECTION_REQUIRED, "FAIL", "%s", "COMPLETE_CONNECTION_REQUIRED",         \
	  "%s :%s")                                                                                \
	/* https://ircv3.net/specs/extensions/account-registration */                              \
	X(FAIL_ALREADY_AUTHENTICATED, "FAIL", "%s", "ALREADY_AUTHENTICATED", "%s :%s")             \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * * is one's nick. */                                                                     \
	X(FAIL_NEED_NICK, "FAIL", "%s", "NEED_NICK", "%s :%s")                                     \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * It can be no nick, or somebody else has that nick just now. */                          \
	X(FAIL_BAD_ACCOUNT_NAME, "FAIL", "%s", "BAD_ACCOUNT_NAME", "%s :%s")                       \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * Without accounts.custom_name. */                                                        \
	X(FAIL_ACCOUNT_NAME_MUST_BE_NICK, "FAIL", "%s", "ACCOUNT_NAME_MUST_BE_NICK", "%s :%s")     \
	/* https://ircv3.net/specs/extensions/account-registration */                              \
	X(FAIL_ACCOUNT_EXISTS, "FAIL", "%s", "ACCOUNT_EXISTS", "%s :%s")                           \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * Accounts cannot be registered, too many were, or the disk takes nothing: the words say  \
	 * which. */                                                                               \
	X(FAIL_TEMPORARILY_UNAVAILABLE, "FAIL", "%s", "TEMPORARILY_UNAVAILABLE", "%s :%s")         \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * Of the invitation that stands in front of the e-mail address. VERIFY: there is nothing  \
	 * to prove. */                                                                            \
	X(FAIL_INVALID_CODE, "FAIL", "%s", "INVALID_CODE", "%s :%s")                               \
	/* https://ircv3.net/specs/extensions/account-registration */                              \
	X(FAIL_INVALID_EMAIL, "FAIL", "%s", "INVALID_EMAIL", "%s :%s")                             \
	/* https://ircv3.net/specs/extensions/account-registration */                              \
	X(FAIL_UNACCEPTABLE_EMAIL, "FAIL", "%s", "UNACCEPTABLE_EMAIL", "%s :%s")                   \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * Empty, or longer than 1000 bytes. */                                                    \
	X(FAIL_UNACCEPTABLE_PASSWORD, "FAIL", "%s", "UNACCEPTABLE_PASSWORD", "%s :%s")             \
	/* https://ircv3.net/specs/extensions/account-registration                                 \
	 * It is the account's name. */                                                            \
	X(FAIL_WEAK_PASSWORD, "FAIL", "%s", "WEAK_PASSWORD", "%s :%s")                             \
	/* Certificates, the MOTD or STS. What there was stays. */                                 \
	X(FAIL_RELOAD, "FAIL", "REHASH", "RELOAD_FAILED",                                          \
	  ":Not all of it can be read: see the server's log")                                      \
	/* Of a room where nobody is, too. */                                                      \
	X(FAIL_RENAME_USED, "FAIL", "RENAME", "CHANNEL_NAME_IN_USE",                               \
	  "%s %s :The channel name is already taken")                                              \
	/* It can be no room's name, or either of them is the lobby's. */                          \
	X(FAIL_RENAME, "FAIL", "RENAME", "CANNOT_RENAME", "%s %s :The channel cannot be renamed")  \
	/* Ten times at once, then once a minute. */                                               \
	X(FAIL_RENAME_SOON, "FAIL", "RENAME", "CANNOT_RENAME",                                     \
	  "%s %s :The channel was renamed too often")                                              \
	/* Letters, digits, - and dots between them, 63 at most. */                                \
	X(FAIL_HOST, "FAIL", "SETHOST", "INVALID_HOST", "%s :This cannot be a host")               \
	/* Empty, or longer than NAMELEN. */                                                       \
	X(FAIL_REALNAME, "FAIL", "SETNAME", "INVALID_REALNAME", ":Realname is not valid")          \
	/* Longer than 192 bytes. */                                                               \
	X(FAIL_MASK, "FAIL", "SILENCE", "INVALID_MASK", "%s :This cannot be a mask")
/* clang-format on */

#define IRC_FAIL_ENUM(name, kind, verb, code, format) name,
enum irc_fail { IRC_FAILS(IRC_FAIL_ENUM) };
#undef IRC_FAIL_ENUM

#endif
