/* commands: the table of IRC's commands, who may ask them, and what they wait for. */
#include "protocols/irc/batch.h"
#include "protocols/irc/handlers.h"
#include "protocols/irc/service.h"

#include <assert.h>
#include <string.h>

/* ---- running one ---- */

static const struct irc_command *row_of(const struct request *r)
{
	return CONTAINER_OF(r->command, struct irc_command, command);
}

/* One that is to name something, and names nothing, is as good as missing. */
static bool has_arguments(const struct irc_command *row, const struct request *r)
{
	if (r->argc < row->min_args)
		return false;
	for (size_t i = 0; row->names && row->names[i] && i < row->min_args; i++)
		if (row->names[i] != '-' && !r->argv[i][0])
			return false;
	return true;
}

/* false: he is told why he may not ask this. */
static bool is_allowed(struct irc_dialog *irc, const struct irc_command *row,
		       const struct request *r)
{
	bool is_in = irc_user(irc) != NULL;
	if (row->when == IRC_AFTER && !is_in)
		irc_numeric(irc, ERR_NOTREGISTERED);
	else if (row->when == IRC_BEFORE && is_in)
		irc_numeric(irc, ERR_ALREADYREGISTERED);
	else if (!has_arguments(row, r))
		irc_numeric(irc, ERR_NEEDMOREPARAMS, row->command.verb);
	else if (row->operators && !(irc_user(irc)->flags & USER_OPERATOR))
		irc_numeric(irc, ERR_NOPRIVILEGES);
	else
		return true;
	return false;
}

/* What is no row of the table is not counted: an unknown verb, a line that is none. */
static void count_use(struct irc_dialog *irc, const struct irc_command *row)
{
	size_t index = ((uintptr_t)row - (uintptr_t)irc_commands) / sizeof(*row);
	if (index < irc_command_count)
		irc->dialog.all->uses[index]++;
}

static unsigned in_flight(const struct irc_dialog *irc)
{
	const struct user *u = irc_user(irc);
	return u ? u->messages_in_flight + u->changes_in_flight : 0;
}

static void irc_run(struct dialog *d, const struct request *r)
{
	struct irc_dialog *irc = irc_of(d);
	const struct irc_command *row = row_of(r);
	const struct user *before = irc_user(irc);
	unsigned flew = in_flight(irc);
	irc_batch_expire(irc);
	count_use(irc, row);
	irc_answer_begin(irc, r);
	if (irc_batch_claims(irc, r))
		irc_batch_take(irc, row, r);
	else if (is_allowed(irc, row, r))
		row->run(irc, r);
	/* Who has left is told nothing more; and what is in flight of who has just entered was said through
	 * his other sessions, or is not answered. */
	unsigned pending = before && irc_user(irc) ? in_flight(irc) - flew : 0;
	irc_answer_end(irc, pending + d->busy);
}

/* ---- waiting ---- */

static void need_target(struct irc_dialog *irc, char kind, const char *name, struct chat_need *need)
{
	struct chat *chat = irc_chat(irc);
	const struct user *u = irc_user(irc);
	if (kind == 'b') {
		kind = 't';
		name = irc_batch_target(irc, name);
	}
	char prefix;
	if (kind == 't' && irc_rank_target(name, &prefix))
		name = irc_rank_target(name, &prefix);
	bool is_room = strchr("rje", kind) || (kind == 't' && name[0] == '#');
	if (!is_room) {
		need->user = irc_find(irc, name);
		need->as = kind == 'u' ? need->user : NULL;
		return;
	}
	struct room *room = room_find(chat, name, strlen(name));
	need->room = room;
	/* Nothing is woken for somebody who may not come in. */
	if (kind == 'e' ||
	    (kind == 'j' && room && !room_member(room, u) && u->room_count < ROOMS_PER_USER_MAX))
		need->entering = room;
}

/* A CTCP is not stored, and would overtake the messages before it (talk.c); nor is a command for a
 * service. */
static bool follows_messages(const struct irc_dialog *irc, const struct irc_command *row,
			     const struct request *r)
{
	return row->message && irc_arg(r, 1)[0] != '\x01' && !irc_service_find(irc, irc_arg(r, 0));
}

/* Who may not ask it makes nobody wait, and wakes nothing. */
static bool may_name(const struct irc_dialog *irc, const struct irc_command *row)
{
	const struct user *u = irc_user(irc);
	return u && (!row->operators || (u->flags & USER_OPERATOR));
}

static bool irc_waits(struct dialog *d, const struct request *r)
{
	struct irc_dialog *irc = irc_of(d);
	const struct irc_command *row = row_of(r);
	const struct chat_need base = { .message = follows_messages(irc, row, r),
					.stores = row->stores };
	char word[IRC_LINE_BYTES];
	bool waits = irc_answers_are_full(irc) && !d->gone;
	if (irc_batch_claims(irc, r))
		return waits; /* it is only kept */
	waits = chat_must_wait(irc_chat(irc), &d->session, &base) || waits;
	bool acts = false, names = row->names && may_name(irc, row);
	for (size_t i = 0; names && row->names[i] && i < r->argc; i++) {
		const char *at = r->argv[i];
		while (row->names[i] != '-' && irc_next_word(&at, word, sizeof(word))) {
			struct chat_need need = base;
			need_target(irc, row->names[i], word, &need);
			/* All are looked at, so that all that sleep wake up at once. */
			bool for_it = chat_must_wait(irc_chat(irc), &d->session, &need);
			acts = acts || (for_it && need.as);
			waits = waits || for_it;
		}
	}
	if (!acts)
		chat_let_go(irc_chat(irc), &d->session);
	return waits;
}

/* ---- the table ---- */

static void irc_run_unknown(struct irc_dialog *irc, const struct request *r)
{
	if (irc_user(irc))
		irc_numeric(irc, ERR_UNKNOWNCOMMAND, irc_arg(r, 0));
	else
		irc_numeric(irc, ERR_NOTREGISTERED);
}

static void irc_run_too_long(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_numeric(irc, ERR_INPUTTOOLONG);
	irc_batch_spoil(irc);
}

/* https://ircv3.net/specs/extensions/utf8-only */
static void irc_run_bad_bytes(struct irc_dialog *irc, const struct request *r)
{
	irc_fail(irc, FAIL_INVALID_UTF8, irc_arg(r, 0)[0] ? irc_arg(r, 0) : "*");
	irc_batch_spoil(irc);
}

static void irc_run_end(struct irc_dialog *irc, const struct request *r)
{
	(void)r;
	irc_say_goodbye(irc, text_of(LANG_EN, TEXT_WHY_CLOSED));
}

#define ROW(verb_)                                                                                 \
	{                                                                                          \
		.verb = verb_, .states = BIT(DIALOG_NAMING) | BIT(DIALOG_READY),                   \
		.waits = irc_waits, .run = irc_run                                                 \
	}
#define ANY IRC_ANYTIME
#define PRE IRC_BEFORE
#define REG IRC_AFTER

/* clang-format off */
const struct irc_command irc_commands[] = {
	/* verb              names  when args message stores  operators */
	{ ROW("ACCEPT"),      NULL,  REG, 0, false, false, false, irc_cmd_accept },
	{ ROW("ADMIN"),       NULL,  REG, 0, false, false, false, irc_cmd_admin },
	{ ROW("AUTHENTICATE"), NULL, ANY, 1, false, false, false, irc_cmd_authenticate },
	{ ROW("AWAY"),        NULL,  ANY, 0, false, false, false, irc_cmd_away },
	{ ROW("BATCH"),       "b",   REG, 1, true,  true,  false, irc_cmd_batch },
	{ ROW("CAP"),         NULL,  ANY, 1, false, false, false, irc_cmd_cap },
	{ ROW("CHANSERV"),    NULL,  REG, 0, false, false, false, irc_cmd_chanserv },
	{ ROW("CHATHISTORY"), "-t",  REG, 0, false, false, false, irc_cmd_chathistory },
	{ ROW("CONNECT"),     NULL,  REG, 1, false, false, true,  irc_cmd_link },
	{ ROW("CS"),          NULL,  REG, 0, false, false, false, irc_cmd_chanserv },
	{ ROW("DIE"),         NULL,  REG, 0, false, false, true,  irc_cmd_die },
	{ ROW("HELP"),        NULL,  REG, 0, false, false, false, irc_cmd_help },
	{ ROW("HELPOP"),      NULL,  REG, 0, false, false, false, irc_cmd_help },
	{ ROW("HISTORY"),     "t",   REG, 0, false, false, false, irc_cmd_history },
	{ ROW("INFO"),        NULL,  REG, 0, false, false, false, irc_cmd_info },
	{ ROW("INVITE"),      "nr",  REG, 0, false, false, false, irc_cmd_invite },
	{ ROW("ISON"),        NULL,  REG, 1, false, false, false, irc_cmd_ison },
	{ ROW("ISUPPORT"),    NULL,  ANY, 0, false, false, false, irc_cmd_isupport },
	{ ROW("JOIN"),        "j",   REG, 1, false, false, false, irc_cmd_join },
	{ ROW("KICK"),        "rn",  REG, 2, false, true,  false, irc_cmd_kick },
	{ ROW("KILL"),        "u",   REG, 2, false, false, true,  irc_cmd_kill },
	{ ROW("KNOCK"),       "r",   REG, 1, false, false, false, irc_cmd_knock },
	{ ROW("LINKS"),       NULL,  REG, 0, false, false, false, irc_cmd_links },
	{ ROW("LIST"),        "r",   REG, 0, false, false, false, irc_cmd_list },
	{ ROW("LUSERS"),      NULL,  REG, 0, false, false, false, irc_cmd_lusers },
	{ ROW("MAP"),         NULL,  REG, 0, false, false, false, irc_cmd_map },
	{ ROW("MARKREAD"),    NULL,  REG, 0, false, true,  false, irc_cmd_markread },
	{ ROW("METADATA"),    "t",   ANY, 2, false, true,  false, irc_cmd_metadata },
	{ ROW("MODE"),        "t",   REG, 1, false, true,  false, irc_cmd_mode },
	{ ROW("MONITOR"),     NULL,  REG, 1, false, false, false, irc_cmd_monitor },
	{ ROW("MOTD"),        NULL,  REG, 0, false, false, false, irc_cmd_motd },
	{ ROW("NAMES"),       "r",   REG, 0, false, false, false, irc_cmd_names },
	{ ROW("NICK"),        NULL,  ANY, 0, false, false, false, irc_cmd_nick },
	{ ROW("NICKSERV"),    NULL,  REG, 0, false, true,  false, irc_cmd_nickserv },
	{ ROW("NOTICE"),      "t",   REG, 0, true,  true,  false, irc_cmd_notice },
	{ ROW("NS"),          NULL,  REG, 0, false, true,  false, irc_cmd_nickserv },
	{ ROW("OPER"),        NULL,  REG, 2, false, false, false, irc_cmd_oper },
	{ ROW("PART"),        "r",   REG, 1, false, false, false, irc_cmd_part },
	{ ROW("PASS"),        NULL,  PRE, 1, false, false, false, irc_cmd_pass },
	{ ROW("PING"),        NULL,  ANY, 0, false, false, false, irc_cmd_ping },
	{ ROW("PONG"),        NULL,  ANY, 0, false, false, false, irc_cmd_pong },
	{ ROW("PRIVMSG"),     "t",   REG, 0, true,  true,  false, irc_cmd_privmsg },
	{ ROW("QUIT"),        NULL,  ANY, 0, false, false, false, irc_cmd_quit },
	{ ROW("REDACT"),      "t-",  REG, 2, false, true,  false, irc_cmd_redact },
	{ ROW("REGISTER"),    NULL,  ANY, 3, false, true,  false, irc_cmd_register },
	{ ROW("REHASH"),      NULL,  REG, 0, false, false, true,  irc_cmd_rehash },
	{ ROW("RENAME"),      "rr",  REG, 2, false, true,  false, irc_cmd_rename },
	{ ROW("RESTART"),     NULL,  REG, 0, false, false, true,  irc_cmd_restart },
	{ ROW("SAJOIN"),      "ue",  REG, 2, false, false, true,  irc_cmd_sajoin },
	{ ROW("SAMODE"),      "r",   REG, 2, false, true,  true,  irc_cmd_samode },
	{ ROW("SANICK"),      "u",   REG, 2, false, false, true,  irc_cmd_sanick },
	{ ROW("SAPART"),      "ur",  REG, 2, false, false, true,  irc_cmd_sapart },
	{ ROW("SETHOST"),     NULL,  REG, 1, false, false, true,  irc_cmd_sethost },
	{ ROW("SETNAME"),     NULL,  REG, 1, false, false, false, irc_cmd_setname },
	{ ROW("SILENCE"),     NULL,  REG, 0, false, false, false, irc_cmd_silence },
	{ ROW("SQUIT"),       NULL,  REG, 2, false, false, true,  irc_cmd_link },
	{ ROW("STATS"),       NULL,  REG, 1, false, false, false, irc_cmd_stats },
	{ ROW("SUMMON"),      NULL,  REG, 0, false, false, false, irc_cmd_summon },
	{ ROW("TAGMSG"),      "t",   REG, 0, false, true,  false, irc_cmd_tagmsg },
	{ ROW("TIME"),        NULL,  REG, 0, false, false, false, irc_cmd_time },
	{ ROW("TOPIC"),       "r",   REG, 1, false, true,  false, irc_cmd_topic },
	{ ROW("TRACE"),       NULL,  REG, 0, false, false, false, irc_cmd_trace },
	{ ROW("USER"),        NULL,  PRE, 4, false, false, false, irc_cmd_user },
	{ ROW("USERHOST"),    NULL,  REG, 1, false, false, false, irc_cmd_userhost },
	{ ROW("USERIP"),      NULL,  REG, 1, false, false, false, irc_cmd_userip },
	{ ROW("USERS"),       NULL,  REG, 0, false, false, false, irc_cmd_users },
	{ ROW("VERIFY"),      NULL,  ANY, 2, false, true,  false, irc_cmd_verify },
	{ ROW("VERSION"),     NULL,  REG, 0, false, false, false, irc_cmd_version },
	{ ROW("WALLOPS"),     NULL,  REG, 1, false, false, true,  irc_cmd_wallops },
	{ ROW("WEBIRC"),      NULL,  PRE, 4, false, false, false, irc_cmd_webirc },
	{ ROW("WHO"),         "t",   REG, 0, false, false, false, irc_cmd_who },
	{ ROW("WHOIS"),       NULL,  REG, 0, false, false, false, irc_cmd_whois },
	{ ROW("WHOWAS"),      NULL,  REG, 0, false, false, false, irc_cmd_whowas },
};
/* clang-format on */

const size_t irc_command_count = ARRAY_LEN(irc_commands);
static_assert(ARRAY_LEN(irc_commands) <= COMMANDS_MAX, "each has a count of its uses");

const struct irc_command irc_unknown = { ROW("unknown"), .run = irc_run_unknown };
const struct irc_command irc_too_long = { ROW("too long"), .run = irc_run_too_long };
const struct irc_command irc_bad_bytes = { ROW("bad bytes"), .run = irc_run_bad_bytes };
const struct irc_command irc_end = { ROW("end"), .run = irc_run_end };

const struct irc_command *irc_command_find(const char *verb)
{
	size_t low = 0, high = irc_command_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(irc_commands[middle].command.verb, verb);
		if (order == 0)
			return &irc_commands[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
