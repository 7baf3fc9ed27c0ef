/* caps: capability negotiation, https://ircv3.net/specs/extensions/capability-negotiation */
#include "protocols/irc/handlers.h"
#include "protocols/irc/login.h"

#include "protocols/protocol.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CAP_VERSION 302 /* values, lists of several lines, and NEW and DEL */

/* Adds what stands behind the "=". false: he is not offered it. */
typedef bool cap_value(const struct irc_dialog *irc, struct buf *out);

/* https://ircv3.net/specs/extensions/sts: who came in plain text is told where to come instead, and who
 * came by TLS, for how long to do so. It is told, and never asked for. */
static bool sts_value(const struct irc_dialog *irc, struct buf *out)
{
	const struct about *about = irc_about(irc);
	bool is_tls = irc->dialog.protocol->is_tls;
	if (is_tls)
		buf_printf(out, "duration=%" PRId64, about->sts_seconds);
	else
		buf_printf(out, "port=%u", about->tls_port);
	/* 0 seconds take it back: nobody is sent there any longer. */
	return about->tls_port != 0 && about->sts_seconds >= (is_tls ? 0 : 1);
}

/* https://ircv3.net/specs/extensions/multiline */
static bool multiline_value(const struct irc_dialog *irc, struct buf *out)
{
	(void)irc;
	buf_printf(out, "max-bytes=%d,max-lines=%d", MESSAGE_BYTES_MAX, MESSAGE_LINES_MAX);
	return true;
}

/* https://ircv3.net/specs/extensions/metadata */
static bool metadata_value(const struct irc_dialog *irc, struct buf *out)
{
	(void)irc;
	buf_printf(out, "before-connect,max-subs=%d,max-keys=%d,max-value-bytes=%d",
		   METADATA_SUBS_MAX, METADATA_KEYS_MAX, METADATA_VALUE_BYTES_MAX);
	return true;
}

/* Sorted. Those with a namespace are last: an old client's one line may not have room for all. */
static const struct cap {
	const char *name;
	uint64_t bit;      /* CAP_* of irc.h */
	unsigned variant;  /* of enum irc_variant: it changes how events look */
	cap_value *value;  /* NULL: it has none, and everybody is offered it */
	bool needs_values; /* it means nothing to who is not told its value */
} caps[] = {
	/* https://ircv3.net/specs/extensions/account-notify */
	{ "account-notify", CAP_ACCOUNT_NOTIFY, IRC_LOGIN, NULL, false },
	/* https://ircv3.net/specs/extensions/account-tag
	 * On all that somebody says or does who is logged in. */
	{ "account-tag", CAP_ACCOUNT_TAG, IRC_ACCOUNT, NULL, false },
	/* https://ircv3.net/specs/extensions/away-notify
	 * Of oneself nothing. Of who comes into a room and is away already, too. */
	{ "away-notify", CAP_AWAY_NOTIFY, IRC_AWAY, NULL, false },
	/* https://ircv3.net/specs/extensions/batch */
	{ "batch", CAP_BATCH, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/capability-negotiation
	 * Only sts is ever new. Nothing is taken back while the server runs. */
	{ "cap-notify", CAP_CAP_NOTIFY, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/chghost
	 * Without it: he quits and comes back, with his ranks. He himself: 396. */
	{ "chghost", CAP_CHGHOST, IRC_CHGHOST, NULL, false },
	/* https://ircv3.net/specs/extensions/echo-message
	 * When it is on disk. With the same tags as the others' copy. */
	{ "echo-message", CAP_ECHO_MESSAGE, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/extended-join */
	{ "extended-join", CAP_EXTENDED_JOIN, IRC_EXTENDED_JOIN, NULL, false },
	/* https://ircv3.net/specs/extensions/extended-monitor
	 * AWAY, SETNAME, ACCOUNT and CHGHOST, each only with its own capability. */
	{ "extended-monitor", CAP_EXTENDED_MONITOR, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/invite-notify
	 * All members who have it, not only those who could invite. */
	{ "invite-notify", CAP_INVITE_NOTIFY, IRC_INVITED, NULL, false },
	/* https://ircv3.net/specs/extensions/labeled-response
	 * A label of more than 64 bytes is none. An answer that waits for the disk keeps its
	 * place. */
	{ "labeled-response", CAP_LABELED_RESPONSE, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/message-tags
	 * Tags with a + are relayed as they came, 4096 bytes with @ and space; one more is 417.
	 * msgid is on all that is stored or said, account and draft/oper only for who asked for
	 * them. */
	{ "message-tags", CAP_MESSAGE_TAGS, IRC_TAGS, NULL, false },
	/* https://ircv3.net/specs/extensions/multi-prefix */
	{ "multi-prefix", CAP_MULTI_PREFIX, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/no-implicit-names */
	{ "no-implicit-names", CAP_NO_IMPLICIT_NAMES, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/sasl-3.2
	 * EXTERNAL only in TLS. SCRAM has no channel binding, and fails where the account has a second
	 * factor. */
	{ "sasl", CAP_SASL, 0, irc_sasl_mechanisms, false },
	/* https://ircv3.net/specs/extensions/server-time
	 * Of what is stored, the time at which it was; no two messages of a room have the same,
	 * while the clock allows that. */
	{ "server-time", CAP_SERVER_TIME, IRC_TIME, NULL, false },
	/* https://ircv3.net/specs/extensions/setname */
	{ "setname", CAP_SETNAME, IRC_SETNAME, NULL, false },
	/* https://ircv3.net/specs/extensions/standard-replies
	 * FAIL is sent to everybody, where a specification has it. What none has words for is a
	 * notice to who lacks this. */
	{ "standard-replies", CAP_STANDARD_REPLIES, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/sts
	 * Told and never asked for; only with version 302. In plain text the port, in TLS the
	 * duration. */
	{ "sts", CAP_NONE, 0, sts_value, true },
	/* https://ircv3.net/specs/extensions/userhost-in-names */
	{ "userhost-in-names", CAP_USERHOST_IN_NAMES, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/account-registration
	 * The value is what the configuration allows; where nobody may register it is not offered. */
	{ "draft/account-registration", CAP_ACCOUNT_REGISTRATION, 0, irc_enrol_value, false },
	/* https://ircv3.net/specs/extensions/channel-rename */
	{ "draft/channel-rename", CAP_CHANNEL_RENAME, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/chathistory
	 * Who has it is not shown the last words of a room he enters: he asks. */
	{ "draft/chathistory", CAP_CHATHISTORY, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/chathistory
	 * Topics, kicks, modes and reactions are told, and count. Nobody's coming and going is: that
	 * is not stored. */
	{ "draft/event-playback", CAP_EVENT_PLAYBACK, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/extended-isupport */
	{ "draft/extended-isupport", CAP_EXTENDED_ISUPPORT, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/message-redaction
	 * There is no time limit. Answers lack what is redacted; with draft/event-playback they tell
	 * that something was. Without it nobody is told anything. */
	{ "draft/message-redaction", CAP_MESSAGE_REDACTION, IRC_REDACTION, NULL, false },
	/* https://ircv3.net/specs/extensions/oper-tag
	 * Without a value: who he is does not matter. */
	{ "draft/oper-tag", CAP_OPER_TAG, IRC_OPERATOR, NULL, false },
	/* https://ircv3.net/specs/extensions/pre-away */
	{ "draft/pre-away", CAP_PRE_AWAY, 0, NULL, false },
	/* https://ircv3.net/specs/extensions/metadata
	 * News are METADATA lines. */
	{ "draft/metadata-2", CAP_METADATA_2, 0, metadata_value, false },
	/* https://ircv3.net/specs/extensions/metadata
	 * News are 761 and 766. Two faults have other names: INVALID_KEY and INVALID_VALUE for
	 * KEY_INVALID and VALUE_INVALID. */
	{ "draft/metadata-3", CAP_METADATA_3, 0, metadata_value, false },
	/* https://ircv3.net/specs/extensions/multiline
	 * Only with version 302. Who has it gets what is more than a line as a batch, whoever said
	 * it and by whatever protocol. Others get its lines one by one, without the blank ones,
	 * with the id on the first. */
	{ "draft/multiline", CAP_MULTILINE, IRC_MULTILINE, multiline_value, true },
	/* https://ircv3.net/specs/extensions/read-marker
	 * The marker comes behind 353 and before 366. */
	{ "draft/read-marker", CAP_READ_MARKER, 0, NULL, false },
	/* https://wiki.znc.in/Query_buffers
	 * What another session of one's own says in private. */
	{ "znc.in/self-message", CAP_SELF_MESSAGE, 0, NULL, false },
};

unsigned irc_variant_of(const struct irc_dialog *irc)
{
	unsigned variant = 0;
	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (irc->caps & caps[i].bit)
			variant |= caps[i].variant;
	if (!(irc->caps & CAP_BATCH))
		variant &= ~(unsigned)IRC_MULTILINE; /* it comes in batches */
	return variant;
}

/* His rooms' events look different from now on. */
static void caps_set(struct irc_dialog *irc, uint64_t set)
{
	const struct chat_ports *ports = &irc_chat(irc)->ports;
	unsigned before = irc_variant_of(irc);
	irc->caps = set;
	if (!irc_user(irc) || irc_variant_of(irc) == before)
		return;
	for (struct member *m = irc_user(irc)->first_room; m; m = m->next_room)
		ports->put_member(ports->ctx, m->room->slot, irc->dialog.session.conn,
				  irc_variant_of(irc));
}

static const struct cap *cap_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (strcmp(caps[i].name, name) == 0)
			return &caps[i];
	return NULL;
}

/* ---- telling them ---- */

/* text: how it is offered to him, with its value if he is told values. false: it is not. */
static bool cap_offer(const struct irc_dialog *irc, const struct cap *c, bool values,
		      struct buf *text)
{
	buf_add_text(text, c->name);
	if (c->needs_values && !values)
		return false;
	if (!c->value)
		return true;
	size_t name_len = text->len;
	buf_add(text, "=", 1);
	bool offered = c->value(irc, text);
	if (!values || text->len == name_len + 1)
		text->len = name_len;
	return offered;
}

/* Bytes that a line of CAP has for names. */
static size_t caps_room(const struct irc_dialog *irc, const char *subcommand)
{
	return IRC_LINE_BYTES - strlen(": CAP   * :\r\n") - strlen(irc_about(irc)->name) -
	       strlen(irc_nick(irc)) - strlen(subcommand);
}

/* Says words in as many lines as it takes; more: what stands in all but the last. A word longer than a
 * line is cut. */
static void caps_say(struct irc_dialog *irc, const char *subcommand, const char *words,
		     const char *more)
{
	size_t room = caps_room(irc, subcommand);
	const char *space;
	while (strlen(words) > room && (space = memrchr(words, ' ', room + 1)) != NULL) {
		irc_say(irc, "CAP %s %s %s:%.*s", irc_nick(irc), subcommand, more,
			(int)(space - words), words);
		words = space + 1;
	}
	irc_say(irc, "CAP %s %s :%s", irc_nick(irc), subcommand, words);
}

/* What there is, or what he has. To whom does not know of several lines, those that fit one. */
static void caps_list(struct irc_dialog *irc, const char *subcommand, bool all, bool is_302)
{
	struct buf list = { 0 }, text = { 0 };
	size_t room = caps_room(irc, subcommand);
	buf_add_text(&list, "");
	for (size_t i = 0; i < ARRAY_LEN(caps); i++) {
		const struct cap *c = &caps[i];
		text.len = 0;
		if (all ? !cap_offer(irc, c, is_302, &text) : !(irc->caps & c->bit))
			continue;
		const char *name = all ? text.bytes : c->name;
		size_t len = all ? text.len : strlen(c->name);
		if (is_302 || list.len + 1 + len <= room)
			buf_printf(&list, "%s%.*s", list.len > 0 ? " " : "", (int)len, name);
	}
	caps_say(irc, subcommand, list.bytes, "* ");
	buf_done(&list);
	buf_done(&text);
}

/* Until CAP END he is not let in. */
static void hold_back(struct irc_dialog *irc, bool on)
{
	struct irc_applicant *a = irc_applicant(irc);
	if (a)
		a->negotiating = on;
}

static bool knows_302(const struct irc_dialog *irc)
{
	return irc->caps & CAP_302;
}

static void cap_ls(struct irc_dialog *irc, const char *version)
{
	bool has_values = strtol(version, NULL, 10) >= CAP_VERSION;
	hold_back(irc, true);
	if (has_values)
		irc->caps |= CAP_302 | CAP_CAP_NOTIFY;
	caps_list(irc, "LS", true, has_values);
}

/* ---- asking for them ---- */

static bool cap_may_change(const struct irc_dialog *irc, const struct cap *c, bool off)
{
	struct buf text = { 0 };
	bool offered = off || cap_offer(irc, c, true, &text);
	buf_done(&text);
	/* Who knows version 302 cannot do without cap-notify. */
	return offered && c->bit != CAP_NONE &&
	       !(off && c->bit == CAP_CAP_NOTIFY && knows_302(irc));
}

/* All of it or nothing. */
static bool cap_requested(const struct irc_dialog *irc, uint64_t *set, const char *words)
{
	char word[64];
	for (const char *at = words; *(at += strspn(at, " "));) {
		size_t len = strcspn(at, " ");
		bool off = *at == '-';
		if (len - off >= sizeof(word))
			return false;
		memcpy(word, at + off, len - off);
		word[len - off] = '\0';
		const struct cap *c = cap_find(word);
		if (!c || !cap_may_change(irc, c, off))
			return false;
		*set = off ? *set & ~c->bit : *set | c->bit;
		at += len;
	}
	return true;
}

static void cap_req(struct irc_dialog *irc, const char *words)
{
	uint64_t set = irc->caps;
	hold_back(irc, true);
	if (cap_requested(irc, &set, words)) {
		caps_say(irc, "ACK", words, "");
		caps_set(irc, set);
	} else {
		caps_say(irc, "NAK", words, "");
	}
}

/* Nothing is ever taken back while the server runs: the specification of sts forbids that for the only
 * one that could be. */
void irc_about_changed(struct dialog *d, const struct about *before)
{
	struct irc_dialog *irc = irc_of(d);
	bool is_new = d->protocol->is_tls ? before->sts_seconds != irc_about(irc)->sts_seconds
					  : before->sts_seconds <= 0;
	struct buf text = { 0 };
	if (is_new && knows_302(irc) && cap_offer(irc, cap_find("sts"), true, &text))
		caps_say(irc, "NEW", text.bytes, "");
	buf_done(&text);
}

static void cap_end(struct irc_dialog *irc)
{
	hold_back(irc, false);
	if (!irc_user(irc))
		irc_try_to_enter(irc);
}

void irc_cmd_cap(struct irc_dialog *irc, const struct request *r)
{
	const char *subcommand = irc_arg(r, 0);
	if (strcasecmp(subcommand, "LS") == 0)
		cap_ls(irc, irc_arg(r, 1));
	else if (strcasecmp(subcommand, "LIST") == 0)
		caps_list(irc, "LIST", false, knows_302(irc));
	else if (strcasecmp(subcommand, "REQ") == 0)
		cap_req(irc, irc_arg(r, 1));
	else if (strcasecmp(subcommand, "END") == 0)
		cap_end(irc);
	else
		irc_numeric(irc, ERR_INVALIDCAPCMD, irc_word(subcommand));
}
