/* rooms: who comes and goes, and what a person may ask. See irc.h. */
#include "client/irc/irc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- who comes and goes ---- */

void rooms_on_join(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, message_param(msg, 0), model_is_me(m, msg->nick));
	if (!r)
		return;
	if (!model_is_me(m, msg->nick)) {
		model_tell(m, SHOWN_EVENT, r, WORDS_ENTERED, msg->nick);
		return;
	}
	/* Whoever is back after a reconnect goes on where he was. */
	bool back = r->wanted && m->here;
	r->joined = r->wanted = true;
	snprintf(r->name, sizeof(r->name), "%s", message_param(msg, 0));
	if (!back)
		model_set_here(m, r);
}

static void tell_left(struct model *m, const struct model_room *r, const char *nick,
		      const char *why)
{
	if (*why)
		model_tell(m, SHOWN_EVENT, r, WORDS_LEFT_WHY, nick, why);
	else
		model_tell(m, SHOWN_EVENT, r, WORDS_LEFT, nick);
}

static void left(struct model *m, const char *room, const char *nick, const char *why)
{
	struct model_room *r = model_room(m, room, false);
	if (!r)
		return;
	if (!model_is_me(m, nick)) {
		tell_left(m, r, nick, why);
		return;
	}
	r->joined = r->wanted = false;
	model_tell(m, SHOWN_INFO, NULL, WORDS_PART_OF, r->name);
	if (m->here != r)
		return;
	struct model_room *next = m->rooms;
	while (next && !next->joined)
		next = next->next;
	model_set_here(m, next);
	if (next)
		model_tell(m, SHOWN_INFO, NULL, WORDS_IN_ROOM, next->name);
	else
		model_tell(m, SHOWN_INFO, NULL, WORDS_NO_ROOM);
}

void rooms_on_part(struct model *m, const struct message *msg)
{
	left(m, message_param(msg, 0), msg->nick, message_param(msg, 1));
}

void rooms_on_quit(struct model *m, const struct message *msg)
{
	if (!model_is_me(m, msg->nick))
		tell_left(m, NULL, msg->nick, message_param(msg, 0));
}

void rooms_on_kick(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, message_param(msg, 0), false);
	model_tell(m, SHOWN_EVENT, r, WORDS_KICKED, message_param(msg, 1), msg->nick,
		   message_param(msg, 2));
	if (r && model_is_me(m, message_param(msg, 1)))
		left(m, r->name, m->nick, "");
}

void rooms_on_nick(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_EVENT, NULL, WORDS_RENAMED, msg->nick, message_param(msg, 0));
	if (!model_is_me(m, msg->nick))
		return;
	snprintf(m->nick, sizeof(m->nick), "%s", message_param(msg, 0));
	snprintf(m->wanted_nick, sizeof(m->wanted_nick), "%s", message_param(msg, 0));
	m->ops.changed(m->ops.ctx);
}

void rooms_on_topic(struct model *m, const struct message *msg)
{
	const struct model_room *r = model_room(m, message_param(msg, 0), false);
	if (message_last_param(msg)[0])
		model_tell(m, SHOWN_EVENT, r, WORDS_TOPIC_SET, msg->nick, message_last_param(msg));
	else
		model_tell(m, SHOWN_EVENT, r, WORDS_TOPIC_REMOVED, msg->nick);
}

void rooms_on_mode(struct model *m, const struct message *msg)
{
	struct buf text = { 0 };
	const struct model_room *r = model_room(m, message_param(msg, 0), false);
	if (!r)
		return;
	for (size_t i = 1; i < msg->line.param_count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", message_param(msg, i));
	model_tell(m, SHOWN_EVENT, r, WORDS_MODE, msg->nick, text.bytes ? text.bytes : "");
	buf_done(&text);
}

void rooms_on_invite(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, NULL, WORDS_INVITED, msg->nick, message_param(msg, 1));
}

void rooms_on_topic_is(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, model_room(m, message_param(msg, 1), false), WORDS_TOPIC_IS,
		   message_last_param(msg));
}

void rooms_on_topic_none(struct model *m, const struct message *msg)
{
	model_tell(m, SHOWN_INFO, model_room(m, message_param(msg, 1), false), WORDS_TOPIC_NONE);
}

void rooms_on_names(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, message_param(msg, 2), false);
	if (r && r->names.len < MODEL_LINE_MAX)
		buf_printf(&r->names, "%s%s", r->names.len ? " " : "", message_last_param(msg));
}

/* The end of NAMES: after a JOIN that is when he is in, and the past can be asked for. */
void rooms_on_names_end(struct model *m, const struct message *msg)
{
	struct model_room *r = model_room(m, message_param(msg, 1), false);
	if (!r)
		return;
	if (r->names.len > 0)
		model_tell(m, SHOWN_INFO, r, WORDS_HERE, r->names.bytes);
	buf_done(&r->names);
	if (!r->names_asked)
		talk_begin_past(m, r);
	r->names_asked = false;
}

/* ---- commands ---- */

static void full_room(const char *name, char full[MODEL_ROOM_SIZE])
{
	snprintf(full, MODEL_ROOM_SIZE, "%s%.*s", name[0] == '#' ? "" : "#",
		 (int)strcspn(name, " ,"), name);
}

static bool needs_room(struct model *m)
{
	if (!m->here)
		model_tell(m, SHOWN_ERROR, NULL, WORDS_NO_ROOM);
	return m->here != NULL;
}

static void cmd_join(struct model *m, const char *args)
{
	char room[MODEL_ROOM_SIZE];
	if (!*args) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/join ROOM");
		return;
	}
	full_room(args, room);
	struct model_room *r = model_room(m, room, false);
	if (r && r->joined) {
		model_set_here(m, r);
		model_tell(m, SHOWN_INFO, NULL, WORDS_IN_ROOM, r->name);
		return;
	}
	const char *key = args + strcspn(args, " ");
	model_sendf(m, "JOIN %s%s\r\n", room, key);
}

static void cmd_part(struct model *m, const char *args)
{
	char room[MODEL_ROOM_SIZE];
	if (*args)
		full_room(args, room);
	else if (needs_room(m))
		snprintf(room, sizeof(room), "%s", m->here->name);
	else
		return;
	model_sendf(m, "PART %s\r\n", room);
}

static void cmd_nick(struct model *m, const char *args)
{
	if (*args)
		model_sendf(m, "NICK :%s\r\n", args);
	else
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/nick NICK");
}

static void cmd_who(struct model *m, const char *args)
{
	(void)args;
	if (!needs_room(m))
		return;
	m->here->names_asked = true;
	model_sendf(m, "NAMES %s\r\n", m->here->name);
}

static void cmd_topic(struct model *m, const char *args)
{
	if (needs_room(m))
		model_sendf(m, *args ? "TOPIC %s :%s\r\n" : "TOPIC %s\r\n", m->here->name, args);
}

static void cmd_history(struct model *m, const char *args)
{
	struct irc *irc = irc_of(m);
	unsigned long count = *args ? strtoul(args, NULL, 10) : MODEL_FIRST_PAST;
	if (!needs_room(m))
		return;
	if (!(irc->caps & HAS_HISTORY) || irc->page.room[0]) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_NO_HISTORY);
		return;
	}
	if (count == 0 || count > MODEL_PAGE) {
		model_tell(m, SHOWN_ERROR, NULL, WORDS_USAGE, "/history [1-500]");
		return;
	}
	snprintf(irc->page.room, sizeof(irc->page.room), "%s", m->here->name);
	irc->page.asked = count;
	model_sendf(m, "CHATHISTORY LATEST %s * %lu\r\n", m->here->name, count);
}

static const struct irc_verb {
	const char *verb;
	void (*run)(struct model *m, const char *args);
} verbs[] = {
	{ "/history", cmd_history }, { "/join", cmd_join },   { "/nick", cmd_nick },
	{ "/part", cmd_part },       { "/topic", cmd_topic }, { "/who", cmd_who },
};

bool rooms_command(struct model *m, const char *verb, const char *args)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0) {
			if (m->state == MODEL_HERE)
				verbs[i].run(m, args);
			return true;
		}
	return false;
}

void rooms_quit(struct model *m)
{
	model_sendf(m, "QUIT\r\n");
}
