/* caps: capability negotiation, https://ircv3.net/specs/extensions/capability-negotiation */
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct cap {
	const char *name;
	unsigned bit;       /* of enum irc_cap */
	unsigned variant;   /* of enum irc_variant: it changes how events look */
	const char *values; /* for CAP LS 302; NULL: none */
} caps[] = {
	{ "account-tag", CAP_ACCOUNT_TAG, IRC_ACCOUNT, NULL },
	{ "away-notify", CAP_AWAY_NOTIFY, IRC_AWAY, NULL },
	{ "batch", CAP_BATCH, 0, NULL },
	{ "cap-notify", CAP_CAP_NOTIFY, 0, NULL },
	{ "draft/channel-rename", CAP_CHANNEL_RENAME, 0, NULL },
	{ "draft/chathistory", CAP_CHATHISTORY, 0, NULL },
	{ "echo-message", CAP_ECHO_MESSAGE, 0, NULL },
	{ "extended-join", CAP_EXTENDED_JOIN, IRC_EXTENDED_JOIN, NULL },
	{ "labeled-response", CAP_LABELED_RESPONSE, 0, NULL },
	{ "message-tags", CAP_MESSAGE_TAGS, IRC_TAGS, NULL },
	{ "multi-prefix", CAP_MULTI_PREFIX, 0, NULL },
	{ "server-time", CAP_SERVER_TIME, IRC_TIME, NULL },
	{ "setname", CAP_SETNAME, IRC_SETNAME, NULL },
	{ "userhost-in-names", CAP_USERHOST_IN_NAMES, 0, NULL },
	{ "znc.in/self-message", CAP_SELF_MESSAGE, 0, NULL },
};

unsigned irc_variant_of(const struct irc_dialog *irc)
{
	unsigned variant = 0;
	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (irc->caps & caps[i].bit)
			variant |= caps[i].variant;
	return variant;
}

static const struct cap *cap_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (strcmp(caps[i].name, name) == 0)
			return &caps[i];
	return NULL;
}

/* His rooms' events look different from now on. */
static void caps_set(struct irc_dialog *irc, unsigned set)
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

/* The names of those in which, as many lines as it takes. */
static void caps_say(struct irc_dialog *irc, const char *subcommand, unsigned which, bool values)
{
	struct buf list = { 0 };
	size_t max = IRC_LINE_BYTES - 128;
	buf_add_text(&list, "");
	for (size_t i = 0; i < ARRAY_LEN(caps); i++) {
		const struct cap *c = &caps[i];
		if (!(which & c->bit))
			continue;
		if (list.len + strlen(c->name) > max) {
			irc_say(irc, "CAP %s %s %s:%s", irc_nick(irc), subcommand,
				irc->cap_302 ? "* " : "", list.bytes);
			list.len = 0;
		}
		buf_printf(&list, "%s%s", list.len > 0 ? " " : "", c->name);
		if (values && c->values)
			buf_printf(&list, "=%s", c->values);
	}
	irc_say(irc, "CAP %s %s :%s", irc_nick(irc), subcommand, list.bytes);
	buf_done(&list);
}

static void cap_ls(struct irc_dialog *irc, const char *version)
{
	unsigned long number = strtoul(version, NULL, 10);
	irc->negotiating = irc->negotiating || !irc_user(irc);
	if (number >= 302) {
		irc->cap_302 = true;
		irc->caps |= CAP_CAP_NOTIFY;
	}
	caps_say(irc, "LS", ~0u, number >= 302);
}

/* All of it or nothing. */
static bool cap_requested(unsigned *set, const char *words)
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
		if (!c)
			return false;
		*set = off ? *set & ~c->bit : *set | c->bit;
		at += len;
	}
	return true;
}

static void cap_req(struct irc_dialog *irc, const char *words)
{
	unsigned set = irc->caps;
	irc->negotiating = irc->negotiating || !irc_user(irc);
	if (!cap_requested(&set, words)) {
		irc_say(irc, "CAP %s NAK :%s", irc_nick(irc), words);
		return;
	}
	if (irc->cap_302)
		set |= CAP_CAP_NOTIFY;
	irc_say(irc, "CAP %s ACK :%s", irc_nick(irc), words);
	caps_set(irc, set);
}

static void cap_end(struct irc_dialog *irc)
{
	irc->negotiating = false;
	if (!irc_user(irc))
		irc_try_to_enter(irc);
}

void irc_cmd_cap(struct irc_dialog *irc, const struct request *r)
{
	const char *subcommand = irc_arg(r, 0);
	if (strcasecmp(subcommand, "LS") == 0)
		cap_ls(irc, irc_arg(r, 1));
	else if (strcasecmp(subcommand, "LIST") == 0)
		caps_say(irc, "LIST", irc->caps, false);
	else if (strcasecmp(subcommand, "REQ") == 0)
		cap_req(irc, irc_arg(r, 1));
	else if (strcasecmp(subcommand, "END") == 0)
		cap_end(irc);
	else
		irc_numeric(irc, ERR_INVALIDCAPCMD, irc_word(subcommand));
}
