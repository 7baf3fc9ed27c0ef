#include "protocols/irc/isupport.h"

#include "protocols/irc/handlers.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A line has 15 parameters at most, of which his nick and the words at the end are two. */
#define TOKENS_PER_LINE 13
/* Of all its tokens: what is left is for the names of the server and of whoever asks. */
#define LINE_BYTES 380

#define STRING(value) STRING_OF(value)
#define STRING_OF(value) #value

static bool make_number(size_t number, char value[ISUPPORT_VALUE_SIZE])
{
	snprintf(value, ISUPPORT_VALUE_SIZE, "%zu", number);
	return true;
}

static bool make_room_bytes(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	return make_number(irc_chat(irc)->config.room_bytes, value);
}

static bool make_nick_bytes(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	return make_number(irc_chat(irc)->config.nick_bytes, value);
}

static bool make_user_bytes(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	return make_number(irc_chat(irc)->config.user_bytes, value);
}

static bool make_monitor(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	return make_number(irc_chat(irc)->config.monitor, value);
}

/* Tokens are ASCII, with one "=" each: all other bytes are written "\xE8". */
static bool make_network(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	size_t len = 0;
	static_assert(NETWORK_BYTES_MAX * 4 < ISUPPORT_VALUE_SIZE, "if all of it is escaped");
	for (const char *at = irc_about(irc)->network; *at; at++) {
		unsigned char c = (unsigned char)*at;
		bool plain = c > ' ' && c < 0x7F && c != '=' && c != '\\';
		len += (size_t)snprintf(value + len, ISUPPORT_VALUE_SIZE - len,
					plain ? "%c" : "\\x%02X", c);
	}
	return true;
}

static bool make_icon(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	static_assert(ICON_BYTES_MAX < ISUPPORT_VALUE_SIZE, "it is as it is");
	snprintf(value, ISUPPORT_VALUE_SIZE, "%s", irc_about(irc)->icon);
	return value[0];
}

static bool make_account_required(const struct irc_dialog *irc, char value[ISUPPORT_VALUE_SIZE])
{
	value[0] = '\0';
	return irc_chat(irc)->config.accounts.needs_login;
}

/* clang-format off */
const struct isupport isupport_tokens[] = {
	/* https://defs.ircdocs.horse/defs/isupport.html
	 * How many. */
	{ "ACCEPT", STRING(ACCEPTS_PER_USER_MAX), NULL },
	/* https://ircv3.net/specs/extensions/account-extban */
	{ "ACCOUNTEXTBAN", "a,account", NULL },
	/* Bytes; longer ones are cut. */
	{ "AWAYLEN", STRING(AWAY_BYTES_MAX), NULL },
	/* https://ircv3.net/specs/extensions/bot-mode */
	{ "BOT", "B", NULL },
	/* https://defs.ircdocs.horse/defs/isupport.html */
	{ "CALLERID", "g", NULL },
	/* More names are the same than this says; the server always sends the spelling that was
	 * chosen. */
	{ "CASEMAPPING", "ascii", NULL },
	{ "CHANLIMIT", "#:" STRING(ROOMS_PER_USER_MAX), NULL },
	{ "CHANMODES", "beI,k,lfd,CMNRTcimnrstz", NULL },
	/* limits.room_bytes. */
	{ "CHANNELLEN", NULL, make_room_bytes },
	{ "CHANTYPES", "#", NULL },
	/* https://ircv3.net/specs/extensions/chathistory */
	{ "CHATHISTORY", STRING(HISTORY_MAX), NULL },
	/* C is the age of a room, T of a topic, in minutes: see LIST. */
	{ "ELIST", "CMNTU", NULL },
	{ "EXCEPTS", "e", NULL },
	{ "EXTBAN", "~,amrt", NULL },
	{ "HOSTLEN", STRING(HOST_BYTES_MAX), NULL },
	{ "INVEX", "I", NULL },
	/* https://defs.ircdocs.horse/defs/isupport.html
	 * Longer ones are refused (696). */
	{ "KEYLEN", STRING(KEY_BYTES_MAX), NULL },
	/* Bytes of a reason; PART's, QUIT's and KILL's are cut there, too. */
	{ "KICKLEN", STRING(REASON_BYTES_MAX), NULL },
	/* Of each list. */
	{ "MAXLIST", "b:" STRING(ROOM_MASKS_MAX) ",e:" STRING(ROOM_MASKS_MAX) ",I:" STRING(ROOM_MASKS_MAX), NULL },
	/* Changes with an argument; the rest is passed over. */
	{ "MODES", STRING(MODE_ARGS_MAX), NULL },
	/* https://ircv3.net/specs/extensions/monitor
	 * limits.monitor, of a connection. */
	{ "MONITOR", NULL, make_monitor },
	/* https://ircv3.net/specs/extensions/chathistory */
	{ "MSGREFTYPES", "msgid,timestamp", NULL },
	/* https://ircv3.net/specs/extensions/setname
	 * Bytes; USER's is cut, SETNAME's refused. */
	{ "NAMELEN", STRING(REAL_BYTES_MAX), NULL },
	/* server.network. Bytes that are no token's are written \\xE8. */
	{ "NETWORK", NULL, make_network },
	/* limits.nick_bytes. */
	{ "NICKLEN", NULL, make_nick_bytes },
	{ "PREFIX", "(qaohv)~&@%+", NULL },
	/* One LIST is 1 MiB at most, and says so. */
	{ "SAFELIST", "", NULL },
	{ "SILENCE", STRING(SILENCES_PER_USER_MAX), NULL },
	/* Who has a rank may say it. */
	{ "STATUSMSG", "~&@%+", NULL },
	/* What is not named takes one target. */
	{ "TARGMAX", "JOIN:,KICK:4,LIST:,MONITOR:,NAMES:,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,WHOIS:1,WHOWAS:4", NULL },
	{ "TOPICLEN", STRING(TOPIC_BYTES_MAX), NULL },
	/* limits.user_bytes. */
	{ "USERLEN", NULL, make_user_bytes },
	/* https://ircv3.net/specs/extensions/utf8-only */
	{ "UTF8ONLY", "", NULL },
	/* https://ircv3.net/specs/extensions/whox */
	{ "WHOX", "", NULL },
	/* https://ircv3.net/specs/extensions/account-registration
	 * Only where accounts.require_login is set. */
	{ "draft/ACCOUNTREQUIRED", NULL, make_account_required },
	/* https://ircv3.net/specs/extensions/network-icon
	 * server.icon; left out without one. */
	{ "draft/ICON", NULL, make_icon },
};
/* clang-format on */

const size_t isupport_count = ARRAY_LEN(isupport_tokens);

/* A line in the making. */
struct tokens {
	struct buf line;
	size_t count;
};

static void tokens_say(struct irc_dialog *irc, struct tokens *t)
{
	if (t->count > 0)
		irc_numeric(irc, RPL_ISUPPORT, t->line.bytes);
	t->line.len = 0;
	t->count = 0;
}

static void tokens_add(struct irc_dialog *irc, struct tokens *t, const char *name,
		       const char *value)
{
	size_t len = strlen(name) + strlen(value) + 2;
	if (t->count == TOKENS_PER_LINE || t->line.len + len > LINE_BYTES)
		tokens_say(irc, t);
	buf_printf(&t->line, "%s%s%s%s", t->count > 0 ? " " : "", name, value[0] ? "=" : "", value);
	t->count++;
}

void irc_show_isupport(struct irc_dialog *irc)
{
	struct tokens t = { 0 };
	if (irc->caps & CAP_EXTENDED_ISUPPORT)
		irc_batch_begin(irc, "draft/isupport", "");
	for (size_t i = 0; i < isupport_count; i++) {
		const struct isupport *token = &isupport_tokens[i];
		char made[ISUPPORT_VALUE_SIZE];
		if (!token->make)
			tokens_add(irc, &t, token->name, token->value);
		else if (token->make(irc, made))
			tokens_add(irc, &t, token->name, made);
	}
	tokens_say(irc, &t);
	irc_batch_end(irc);
	buf_done(&t.line);
}

/* https://ircv3.net/specs/extensions/extended-isupport */
void irc_cmd_isupport(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	if (irc_user(irc) || (irc->caps & CAP_EXTENDED_ISUPPORT))
		irc_show_isupport(irc);
	else
		irc_numeric(irc, ERR_NOTREGISTERED);
}
