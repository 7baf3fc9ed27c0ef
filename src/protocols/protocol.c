#include "protocols/protocol.h"

#include "protocols/irc/irc.h"
#include "protocols/plain.h"

#include <string.h>

/* What a protocol has that is IRC, whatever carries it. */
#define IRC                                                                                        \
	.codec = &irc_codec, .dialog_size = sizeof(struct irc_dialog),                             \
	.session_ops = &irc_session_ops, .opened = irc_opened,                                     \
	.certificate = irc_showed_certificate, .taken = irc_taken, .checked = irc_checked,         \
	.about_changed = irc_about_changed, .closed = irc_closed, .asks_password = true

const struct protocol protocols[] = {
	{
		.scheme = "plain",
		.port = "4567",
		.codec = &plain_codec,
		.dialog_size = sizeof(struct plain_dialog),
		.session_ops = &plain_session_ops,
		.way_in = "nc %s %s",
	},
	{
		.scheme = "irc",
		.port = "6667",
		IRC,
		.way_in = "irssi -c %s -p %s",
	},
	{
		.scheme = "ircs",
		.port = "6697",
		IRC,
		.is_tls = true,
		.only_public = true,
		.way_in = "irssi, and there: /connect -tls -notls_verify %s %s",
	},
	{ 0 },
};

const struct protocol *protocol_find(const char *scheme)
{
	for (const struct protocol *p = protocols; p->scheme; p++)
		if (strcmp(p->scheme, scheme) == 0)
			return p;
	return NULL;
}
