/* irc.h: what the files of the client's IRC share.
 *
 *   irc.c    getting in, errors, and the table of what a server may say
 *   talk.c   what is said, now and before
 *   rooms.c  who comes and goes, and the commands */
#ifndef TEAHOUSE_CLIENT_IRC_IRC_H
#define TEAHOUSE_CLIENT_IRC_IRC_H

#include "client/past.h"
#include "client/speech.h"
#include "protocols/irc/line.h"

/* https://ircv3.net/specs/extensions/message-tags: a tag of our own, which the history keeps too. */
#define LINE_TAG "+teahouse/line"

/* Capabilities that the server has granted. */
enum irc_cap {
	HAS_TIME = BIT(0),
	HAS_TAGS = BIT(1),
	HAS_BATCH = BIT(2),
	HAS_ECHO = BIT(3),
	HAS_LABEL = BIT(4),
	HAS_HISTORY = BIT(5),
};

/* A page of history on its way. */
struct page {
	char batch[64];             /* its name; "": not begun */
	char room[MODEL_ROOM_SIZE]; /* "": none is on its way */
	size_t asked;
	struct kept_lines lines;
};

struct irc {
	unsigned caps;      /* of enum irc_cap */
	char offered[2048]; /* of CAP LS, so far */
	int64_t heard_ms;   /* when something last came */
	int64_t pinged_ms;  /* when it was asked whether it is still there; 0: not since then */
	struct page page;
};

/* One message of the server, cut up. */
struct message {
	struct irc_line line;
	char nick[MODEL_NICK_SIZE]; /* of its source */
	bool from_user;             /* not a server's */
	const char *id, *label, *batch, *line_tag;
	int64_t time_ms;
};

static inline struct irc *irc_of(const struct model *m)
{
	return m->own;
}

/* The index-th parameter, and the last one; "" if there is none. */
const char *message_param(const struct message *msg, size_t index);
const char *message_last_param(const struct message *msg);

/* ---- talk.c ---- */

/* He is in r: its past is fetched, if the server has one, before anything is shown or said there. */
void talk_begin_past(struct model *m, struct model_room *r);
/* The next room whose past is due. */
void talk_ask_next_past(struct model *m);
/* All that was said in the room is known: what it lacks of ours is said again. */
void talk_room_is_up_to_date(struct model *m, const char *name);
/* Says a line, in a way that tells when it has arrived. */
void talk_say(struct model *m, struct out_line *line);
/* What the server says. */
void talk_on_batch(struct model *m, const struct message *msg);
void talk_on_said(struct model *m, const struct message *msg);
void talk_on_pong(struct model *m, const struct message *msg);

/* ---- rooms.c ---- */

/* A command of a person's; false: there is none like it. */
bool rooms_command(struct model *m, const char *verb, const char *args);
void rooms_quit(struct model *m);
/* What the server says. */
void rooms_on_join(struct model *m, const struct message *msg);
void rooms_on_part(struct model *m, const struct message *msg);
void rooms_on_quit(struct model *m, const struct message *msg);
void rooms_on_kick(struct model *m, const struct message *msg);
void rooms_on_nick(struct model *m, const struct message *msg);
void rooms_on_topic(struct model *m, const struct message *msg);
void rooms_on_mode(struct model *m, const struct message *msg);
void rooms_on_invite(struct model *m, const struct message *msg);
void rooms_on_topic_is(struct model *m, const struct message *msg);
void rooms_on_topic_none(struct model *m, const struct message *msg);
void rooms_on_names(struct model *m, const struct message *msg);
void rooms_on_names_end(struct model *m, const struct message *msg);

#endif
