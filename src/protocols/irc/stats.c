/* stats: what the server counts. https://modern.ircdocs.horse/#stats-message
 *
 * How long it is up (u) and which commands were asked for (m) is for everybody. */
#include "protocols/irc/handlers.h"

#include <string.h>

/* About links, addresses and bans: Modern IRC has them, and they are for operators. Nothing is kept
 * that they could show. */
#define STATS_PRIVATE "chikloyCHIKLOY"

static void stats_uptime(struct irc_dialog *irc)
{
	int64_t up_s = (irc_chat(irc)->now_ms - irc_about(irc)->started_ms) / 1000;
	int minutes = (int)(up_s / 60 % (24 * 60));
	irc_numeric(irc, RPL_STATSUPTIME, (long long)(up_s / (24 * 3600)), minutes / 60,
		    minutes % 60, (int)(up_s % 60));
}

static void stats_commands(struct irc_dialog *irc)
{
	const uint64_t *uses = irc->dialog.all->uses;
	for (size_t i = 0; i < irc_command_count; i++)
		if (uses[i] > 0)
			irc_numeric(irc, RPL_STATSCOMMANDS, irc_commands[i].command.verb,
				    (unsigned long long)uses[i]);
}

void irc_cmd_stats(struct irc_dialog *irc, const struct request *r)
{
	const char *query = irc_arg(r, 0);
	if (!query[0]) {
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "STATS");
		return;
	}
	if (!irc_asks_here(irc, r, 1))
		return;
	if (strchr(STATS_PRIVATE, query[0]) && !(irc_user(irc)->flags & USER_OPERATOR)) {
		irc_numeric(irc, ERR_NOPRIVILEGES);
		return;
	}
	if (query[0] == 'u')
		stats_uptime(irc);
	else if (query[0] == 'm')
		stats_commands(irc);
	irc_numeric(irc, RPL_ENDOFSTATS, irc_word(query));
}
