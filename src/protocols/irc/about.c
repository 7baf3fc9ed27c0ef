/* about: what the server says of itself. https://modern.ircdocs.horse/#server-queries-and-commands */
#include "protocols/irc/handlers.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void irc_show_lusers(struct irc_dialog *irc)
{
	const struct chat *chat = irc_chat(irc);
	size_t users = chat->user_count, most = chat->user_count_max;
	size_t unknown = irc->dialog.all->naming_count;
	irc_numeric(irc, RPL_LUSERCLIENT, users - chat->invisible_count, chat->invisible_count);
	if (chat->operator_count > 0)
		irc_numeric(irc, RPL_LUSEROP, chat->operator_count);
	if (unknown > 0)
		irc_numeric(irc, RPL_LUSERUNKNOWN, unknown);
	if (chat->open_rooms > 0)
		irc_numeric(irc, RPL_LUSERCHANNELS, chat->open_rooms);
	irc_numeric(irc, RPL_LUSERME, users);
	irc_numeric(irc, RPL_LOCALUSERS, users, most, users, most);
	irc_numeric(irc, RPL_GLOBALUSERS, users, most, users, most);
}

void irc_show_motd(struct irc_dialog *irc)
{
	const char *motd = irc_about(irc)->motd;
	char line[IRC_LINE_BYTES];
	if (!motd || !motd[0]) {
		irc_numeric(irc, ERR_NOMOTD);
		return;
	}
	irc_numeric(irc, RPL_MOTDSTART, irc_about(irc)->name);
	for (const char *at = motd; *at;) {
		size_t len = strcspn(at, "\r\n");
		snprintf(line, sizeof(line), "%.*s", (int)utf8_cut(at, len, sizeof(line) - 1), at);
		irc_numeric(irc, RPL_MOTD, line);
		at += len;
		at += *at == '\r';
		at += *at == '\n';
	}
	irc_numeric(irc, RPL_ENDOFMOTD);
}

/* A question may name the server that is to answer it, or somebody who is connected there. */
bool irc_asks_here(struct irc_dialog *irc, const struct request *r, size_t index)
{
	const char *server = irc_arg(r, index);
	if (!server[0] || mask_match(server, irc_about(irc)->name) || irc_find(irc, server))
		return true;
	irc_numeric(irc, ERR_NOSUCHSERVER, irc_word(server));
	return false;
}

void irc_cmd_lusers(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_show_lusers(irc);
}

void irc_cmd_motd(struct irc_dialog *irc, const struct request *r)
{
	if (irc_asks_here(irc, r, 0))
		irc_show_motd(irc);
}

void irc_cmd_version(struct irc_dialog *irc, const struct request *r)
{
	if (!irc_asks_here(irc, r, 0))
		return;
	irc_numeric(irc, RPL_VERSION, irc_about(irc)->name, "seen means durable");
	irc_show_isupport(irc);
}

void irc_cmd_time(struct irc_dialog *irc, const struct request *r)
{
	char text[IRC_TIME_SIZE];
	if (!irc_asks_here(irc, r, 0))
		return;
	irc_time_text(irc_chat(irc)->now_ms, text);
	irc_numeric(irc, RPL_TIME, irc_about(irc)->name, text);
}

void irc_cmd_info(struct irc_dialog *irc, const struct request *r)
{
	static const char *const lines[] = {
		"teahouse " TEAHOUSE_VERSION
		": a chat room that anyone enters with what is at hand.",
		"What anyone has seen here is on disk, in one order for everybody.",
	};
	char started[IRC_TIME_SIZE];
	if (!irc_asks_here(irc, r, 0))
		return;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		irc_numeric(irc, RPL_INFO, lines[i]);
	irc_time_text(irc_about(irc)->started_ms, started);
	irc_say(irc, "%03d %s :On line since %s", RPL_INFO, irc_nick(irc), started);
	irc_numeric(irc, RPL_ENDOFINFO);
}

/* https://modern.ircdocs.horse/#admin-message */
void irc_cmd_admin(struct irc_dialog *irc, const struct request *r)
{
	const struct about *about = irc_about(irc);
	if (!irc_asks_here(irc, r, 0))
		return;
	if (!about->admin[0]) {
		irc_numeric(irc, ERR_NOADMININFO, about->name);
		return;
	}
	irc_numeric(irc, RPL_ADMINME, about->name);
	irc_numeric(irc, RPL_ADMINLOC1, about->description);
	irc_numeric(irc, RPL_ADMINLOC2, about->network);
	irc_numeric(irc, RPL_ADMINEMAIL, about->admin);
}

/* RFC 2812, 4.5 and 4.6: who is logged in at the machine is nobody's business. */
void irc_cmd_summon(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_numeric(irc, ERR_SUMMONDISABLED);
}

void irc_cmd_users(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_numeric(irc, ERR_USERSDISABLED);
}
