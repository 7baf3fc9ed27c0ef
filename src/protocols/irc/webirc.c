/* webirc: a gateway brings somebody, and says from where: https://ircv3.net/specs/extensions/webirc */
#include "protocols/irc/handlers.h"

#include "protocols/protocol.h"

#include <stdlib.h>
#include <string.h>

/* Nothing was asked that could depend on who he is. */
static bool is_first(const struct irc_dialog *irc)
{
	const struct irc_applicant *a = irc_applicant(irc);
	return !a->nick[0] && !a->user && !a->password && !a->away && !a->brought && !irc->caps &&
	       !a->negotiating;
}

/* "secure" and "secure=anything" are the same. */
static bool has_option(const char *options, const char *name)
{
	size_t len = strlen(name);
	for (const char *at = options; *(at += strspn(at, " ")); at += strcspn(at, " "))
		if (strncmp(at, name, len) == 0 && strchr(" =", at[len]))
			return true;
	return false;
}

/* NULL: it is checked who he is; else why not. */
static const char *bring(struct irc_dialog *irc, const struct request *r)
{
	const struct gateways *g = &irc->dialog.all->gateways;
	unsigned gateway = g->find ? g->find(g->ctx, irc->dialog.ip) : 0;
	struct irc_brought b = { .secure = has_option(irc_arg(r, 4), "secure") };
	if (!is_first(irc))
		return "WEBIRC must come first";
	if (!gateway)
		return "No WebIRC gateway";
	if (!g->host(g->ctx, irc_arg(r, 3), b.ip, b.host))
		return "Invalid WebIRC address";
	if (!dialog_can_wait(&irc->dialog) ||
	    !g->check(g->ctx, irc->dialog.session.conn, gateway, irc_arg(r, 0)))
		return "The server is busy, please try again";
	b.via = g->via(g->ctx, gateway);
	irc_applicant(irc)->brought = xcalloc(1, sizeof(b));
	*irc_applicant(irc)->brought = b;
	dialog_busy(&irc->dialog);
	return NULL;
}

void irc_cmd_webirc(struct irc_dialog *irc, const struct request *r)
{
	const char *why = bring(irc, r);
	if (why)
		irc_say_goodbye(irc, why);
}

bool irc_is_brought(const struct irc_dialog *irc)
{
	const struct irc_applicant *a = irc_applicant(irc);
	return a && a->brought && !a->brought->checked;
}

void irc_brought(struct irc_dialog *irc, bool ok)
{
	struct session *s = &irc->dialog.session;
	struct irc_brought *b = irc_applicant(irc)->brought;
	if (!ok) {
		irc_say_goodbye(irc, "Invalid WebIRC password");
		return;
	}
	b->checked = true;
	/* What was shown is the gateway's, and proves nothing of whom it brings. */
	free(irc->extras->certificate);
	irc->extras->certificate = NULL;
	memcpy(irc->dialog.ip, b->ip, sizeof(b->ip));
	free(s->host);
	s->host = xstrdup(b->host);
}

bool irc_is_secure(const struct irc_dialog *irc)
{
	const struct irc_brought *b = irc_applicant(irc)->brought;
	return irc->dialog.protocol->is_tls && (!b || b->secure);
}
