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

/* clang-format off */
const struct isupport isupport_tokens[] = {
	{ "ACCEPT", STRING(ACCEPTS_PER_USER_MAX), NULL },
	{ "ACCOUNTEXTBAN", "a,account", NULL },
	{ "AWAYLEN", STRING(AWAY_BYTES_MAX), NULL },
	{ "BOT", "B", NULL },
	{ "CALLERID", "g", NULL },
	{ "CASEMAPPING", "ascii", NULL },
	{ "CHANLIMIT", "#:" STRING(ROOMS_PER_USER_MAX), NULL },
	{ "CHANMODES", "beI,k,lfd,CMNRTcimnrstz", NULL },
	{ "CHANNELLEN", NULL, make_room_bytes },
	{ "CHANTYPES", "#", NULL },
	{ "CHATHISTORY", STRING(HISTORY_MAX), NULL },
	{ "ELIST", "CMNTU", NULL },
	{ "EXCEPTS", "e", NULL },
	{ "EXTBAN", "~,amrt", NULL },
	{ "HOSTLEN", STRING(HOST_BYTES_MAX), NULL },
	{ "INVEX", "I", NULL },
	{ "KEYLEN", STRING(KEY_BYTES_MAX), NULL },
	{ "KICKLEN", STRING(REASON_BYTES_MAX), NULL },
	{ "MAXLIST", "beI:" STRING(ROOM_MASKS_MAX), NULL },
	{ "MODES", STRING(MODE_ARGS_MAX), NULL },
	{ "MONITOR", NULL, make_monitor },
	{ "MSGREFTYPES", "msgid,timestamp", NULL },
	{ "NAMELEN", STRING(REAL_BYTES_MAX), NULL },
	{ "NETWORK", NULL, make_network },
	{ "NICKLEN", NULL, make_nick_bytes },
	{ "PREFIX", "(qaohv)~&@%+", NULL },
	{ "SAFELIST", "", NULL },
	{ "SILENCE", STRING(SILENCES_PER_USER_MAX), NULL },
	{ "STATUSMSG", "~&@%+", NULL },
	{ "TARGMAX", "JOIN:,KICK:1,LIST:,MONITOR:,NAMES:,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,WHOIS:1", NULL },
	{ "TOPICLEN", STRING(TOPIC_BYTES_MAX), NULL },
	{ "USERLEN", NULL, make_user_bytes },
	{ "UTF8ONLY", "", NULL },
	{ "WHOX", "", NULL },
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
