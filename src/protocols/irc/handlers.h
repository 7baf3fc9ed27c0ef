/* handlers.h: what the commands of IRC do: the functions that the table in commands.c names.
 *
 * Each is called on the core thread, with a request that its row allows: he is registered if that is
 * needed, and there are as many arguments as it takes. What it says goes into the request's answer. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_HANDLERS_H
#define TEAHOUSE_PROTOCOLS_IRC_HANDLERS_H

#include "protocols/irc/irc.h"

void irc_cmd_batch(struct irc_dialog *irc, const struct request *r);

void irc_cmd_cap(struct irc_dialog *irc, const struct request *r);

void irc_cmd_metadata(struct irc_dialog *irc, const struct request *r);

void irc_cmd_nick(struct irc_dialog *irc, const struct request *r);
void irc_cmd_pass(struct irc_dialog *irc, const struct request *r);
void irc_cmd_ping(struct irc_dialog *irc, const struct request *r);
void irc_cmd_pong(struct irc_dialog *irc, const struct request *r);
void irc_cmd_quit(struct irc_dialog *irc, const struct request *r);
void irc_cmd_user(struct irc_dialog *irc, const struct request *r);

void irc_cmd_invite(struct irc_dialog *irc, const struct request *r);
void irc_cmd_join(struct irc_dialog *irc, const struct request *r);
void irc_cmd_kick(struct irc_dialog *irc, const struct request *r);
void irc_cmd_knock(struct irc_dialog *irc, const struct request *r);
void irc_cmd_list(struct irc_dialog *irc, const struct request *r);
void irc_cmd_names(struct irc_dialog *irc, const struct request *r);
void irc_cmd_part(struct irc_dialog *irc, const struct request *r);
void irc_cmd_rename(struct irc_dialog *irc, const struct request *r);
void irc_cmd_topic(struct irc_dialog *irc, const struct request *r);

void irc_cmd_mode(struct irc_dialog *irc, const struct request *r);

void irc_cmd_accept(struct irc_dialog *irc, const struct request *r);
void irc_cmd_silence(struct irc_dialog *irc, const struct request *r);

void irc_cmd_monitor(struct irc_dialog *irc, const struct request *r);

void irc_cmd_notice(struct irc_dialog *irc, const struct request *r);
void irc_cmd_privmsg(struct irc_dialog *irc, const struct request *r);
void irc_cmd_tagmsg(struct irc_dialog *irc, const struct request *r);

void irc_cmd_die(struct irc_dialog *irc, const struct request *r);
void irc_cmd_kill(struct irc_dialog *irc, const struct request *r);
void irc_cmd_oper(struct irc_dialog *irc, const struct request *r);
void irc_cmd_rehash(struct irc_dialog *irc, const struct request *r);
void irc_cmd_restart(struct irc_dialog *irc, const struct request *r);
void irc_cmd_sajoin(struct irc_dialog *irc, const struct request *r);
void irc_cmd_samode(struct irc_dialog *irc, const struct request *r);
void irc_cmd_sanick(struct irc_dialog *irc, const struct request *r);
void irc_cmd_sapart(struct irc_dialog *irc, const struct request *r);
void irc_cmd_sethost(struct irc_dialog *irc, const struct request *r);
void irc_cmd_wallops(struct irc_dialog *irc, const struct request *r);

void irc_cmd_away(struct irc_dialog *irc, const struct request *r);
void irc_cmd_ison(struct irc_dialog *irc, const struct request *r);
void irc_cmd_setname(struct irc_dialog *irc, const struct request *r);
void irc_cmd_userhost(struct irc_dialog *irc, const struct request *r);
void irc_cmd_userip(struct irc_dialog *irc, const struct request *r);
void irc_cmd_webirc(struct irc_dialog *irc, const struct request *r);

void irc_cmd_who(struct irc_dialog *irc, const struct request *r);
void irc_cmd_whois(struct irc_dialog *irc, const struct request *r);
void irc_cmd_whowas(struct irc_dialog *irc, const struct request *r);

void irc_cmd_admin(struct irc_dialog *irc, const struct request *r);
void irc_cmd_help(struct irc_dialog *irc, const struct request *r);
void irc_cmd_info(struct irc_dialog *irc, const struct request *r);
void irc_cmd_isupport(struct irc_dialog *irc, const struct request *r);
void irc_cmd_link(struct irc_dialog *irc, const struct request *r);
void irc_cmd_links(struct irc_dialog *irc, const struct request *r);
void irc_cmd_lusers(struct irc_dialog *irc, const struct request *r);
void irc_cmd_map(struct irc_dialog *irc, const struct request *r);
void irc_cmd_motd(struct irc_dialog *irc, const struct request *r);
void irc_cmd_stats(struct irc_dialog *irc, const struct request *r);
void irc_cmd_summon(struct irc_dialog *irc, const struct request *r);
void irc_cmd_time(struct irc_dialog *irc, const struct request *r);
void irc_cmd_trace(struct irc_dialog *irc, const struct request *r);
void irc_cmd_users(struct irc_dialog *irc, const struct request *r);
void irc_cmd_version(struct irc_dialog *irc, const struct request *r);

void irc_cmd_markread(struct irc_dialog *irc, const struct request *r);
void irc_cmd_chathistory(struct irc_dialog *irc, const struct request *r);
void irc_cmd_history(struct irc_dialog *irc, const struct request *r);
void irc_cmd_redact(struct irc_dialog *irc, const struct request *r);

void irc_cmd_authenticate(struct irc_dialog *irc, const struct request *r);
void irc_cmd_chanserv(struct irc_dialog *irc, const struct request *r);
void irc_cmd_nickserv(struct irc_dialog *irc, const struct request *r);
void irc_cmd_register(struct irc_dialog *irc, const struct request *r);
void irc_cmd_verify(struct irc_dialog *irc, const struct request *r);

#endif
