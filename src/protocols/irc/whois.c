/* whois: all that is told about one who is here, or was.
 * https://modern.ircdocs.horse/#whois-message */
#include "protocols/irc/handlers.h"
#include "protocols/irc/service.h"

#include "core/mask.h"
#include "core/whowas.h"
#include "protocols/irc/metadata.h"

#include <stdlib.h>
#include <string.h>

/* ---- who is here ---- */

static void whois_rooms(struct irc_dialog *irc, const struct user *u)
{
	struct buf list = { 0 };
	for (const struct member *m = u->first_room; m; m = m->next_room) {
		char prefixes[IRC_PREFIXES_SIZE];
		if (!irc_shows_room(irc, m))
			continue;
		if (list.len > IRC_LINE_BYTES / 2) {
			irc_numeric(irc, RPL_WHOISCHANNELS, u->nick, list.bytes);
			list.len = 0;
		}
		buf_printf(&list, "%s%s%s", list.len > 0 ? " " : "", irc_prefixes(irc, m, prefixes),
			   m->room->name);
	}
	if (list.len > 0)
		irc_numeric(irc, RPL_WHOISCHANNELS, u->nick, list.bytes);
	buf_done(&list);
}

/* What is for himself and for operators: one line for each of his clients. */
static void whois_private(struct irc_dialog *irc, const struct user *u)
{
	char text[IRC_ADDRESS_SIZE], flags[IRC_USER_MODES_SIZE];
	if (u != irc_user(irc) && !(irc_user(irc)->flags & USER_OPERATOR))
		return;
	for (struct session *s = u->first_session; s; s = s->next) {
		const struct irc_extras *extras = s->ops == &irc_session_ops
							  ? irc_of_session(s)->extras
							  : NULL;
		if (extras && extras->certificate)
			irc_numeric(irc, RPL_WHOISCERTFP, u->nick, extras->certificate);
		irc_numeric(irc, RPL_WHOISACTUALLY, u->nick, irc_session_address(s, text));
	}
	irc_user_modes(u, flags);
	irc_numeric(irc, RPL_WHOISMODES, u->nick, flags);
}

static void whois_one(struct irc_dialog *irc, const struct user *u)
{
	const struct about *about = irc_about(irc);
	irc_numeric(irc, RPL_WHOISUSER, u->nick, u->user, u->host, u->real);
	whois_rooms(irc, u);
	irc_numeric(irc, RPL_WHOISSERVER, u->nick, about->name, about->description);
	if (u->flags & USER_OPERATOR)
		irc_numeric(irc, RPL_WHOISOPERATOR, u->nick);
	if (u->account)
		irc_numeric(irc, RPL_WHOISACCOUNT, u->nick, user_account(u));
	if (u->flags & USER_BOT)
		irc_numeric(irc, RPL_WHOISBOT, u->nick);
	whois_private(irc, u);
	if (u->flags & USER_SECURE)
		irc_numeric(irc, RPL_WHOISSECURE, u->nick);
	if (u->via[0])
		irc_numeric(irc, RPL_WHOISSPECIAL, u->nick, u->via);
	if (user_away(u))
		irc_numeric(irc, RPL_AWAY, u->nick, user_away(u));
	irc_metadata_whois(irc, u);
	irc_numeric(irc, RPL_WHOISIDLE, u->nick, irc_idle_seconds(irc, u),
		    (long long)(u->since_ms / 1000));
}

/* "WHOIS nick", or "WHOIS server nick", where the server may be named by the nick again. Of several
 * nicks the first is told about, as TARGMAX says; the end repeats what was asked. */
void irc_cmd_whois(struct irc_dialog *irc, const struct request *r)
{
	const char *nicks = r->argc > 1 ? r->argv[1] : irc_arg(r, 0), *at = nicks;
	const char *server = r->argc > 1 ? r->argv[0] : "";
	char nick[IRC_LINE_BYTES];
	if (!irc_next_word(&at, nick, sizeof(nick))) {
		irc_numeric(irc, ERR_NONICKNAMEGIVEN);
		return;
	}
	/* Named twice, a nick that is not here is just that, and no server. */
	const struct user *u = irc_find(irc, nick);
	if (r->argc > 1 && strcmp(server, nick) != 0 && !irc_asks_here(irc, r, 0))
		return;
	if (u)
		whois_one(irc, u);
	else if (!irc_show_service(irc, nick))
		irc_numeric(irc, ERR_NOSUCHNICK, irc_word(nick));
	irc_numeric(irc, RPL_ENDOFWHOIS, irc_word(nicks));
}

/* ---- who was ---- */

/* How many who had this nick, or one that the mask means, are told about: max at most, unless it is 0. */
static long whowas_one(struct irc_dialog *irc, const char *nick, long max)
{
	const struct chat *chat = irc_chat(irc);
	char key[NAME_KEY_SIZE], left[IRC_TIME_SIZE];
	bool is_mask = strpbrk(nick, "*?");
	const struct whowas_entry *e;
	long found = 0;
	if (!nick_key(nick, strlen(nick), chat->config.nick_bytes, chat->config.casemapping, key))
		key[0] = '\0';
	for (size_t i = 0; (e = whowas_at(chat->whowas, i)) && (max <= 0 || found < max) &&
			   !irc_answer_is_full(irc);
	     i++) {
		if (is_mask ? !mask_match(nick, e->nick) : strcmp(e->key, key) != 0)
			continue;
		irc_time_text(e->left_ms, left);
		irc_numeric(irc, RPL_WHOWASUSER, e->nick, e->user, e->host, e->real);
		irc_numeric(irc, RPL_WHOISSERVER, e->nick, irc_about(irc)->name, left);
		found++;
	}
	return found;
}

void irc_cmd_whowas(struct irc_dialog *irc, const struct request *r)
{
	char nick[IRC_LINE_BYTES];
	const char *nicks = irc_arg(r, 0);
	long max = strtol(irc_arg(r, 1), NULL, 10);
	if (!nicks[strspn(nicks, ",")]) {
		irc_numeric(irc, ERR_NONICKNAMEGIVEN);
		return;
	}
	for (size_t i = 0; irc_next_word(&nicks, nick, sizeof(nick)); i++) {
		if (i == IRC_TARGETS_MAX) {
			irc_numeric(irc, ERR_TOOMANYTARGETS, irc_word(nick));
			break;
		}
		if (whowas_one(irc, nick, max) == 0)
			irc_numeric(irc, ERR_WASNOSUCHNICK, irc_word(nick));
	}
	irc_numeric(irc, RPL_ENDOFWHOWAS, irc_word(irc_arg(r, 0)));
}
