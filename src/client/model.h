/* model.h: what a client knows of the place it is in: the rooms, what was said, what it has yet to
 * say. It knows no terminal, no socket and no clock: all are handed in.
 *
 * Bytes of the server go in, bytes for the server and things to be shown come out. The protocol is
 * IRC or the plain one: speech.h. A model outlives its connections: what was not seen to arrive is
 * said again on the next one, unless the history shows that it did arrive; and what others said
 * meanwhile is fetched and shown, once, before what is new.
 *
 *   OFFLINE ──model_connected()──▶ NAMING ──the nick is accepted──▶ HERE ──model_gone()──▶ OFFLINE
 *                                    └──────────────────────────────────────▲             */
#ifndef TEAHOUSE_CLIENT_MODEL_H
#define TEAHOUSE_CLIENT_MODEL_H

#include "base/buf.h"
#include "base/limits.h"
#include "client/shown.h"
#include "client/unsent.h"
#include "client/words.h"

struct speech;

enum model_state { MODEL_OFFLINE, MODEL_NAMING, MODEL_HERE };

/* Why the client ends for good: its exit code. */
enum model_end {
	MODEL_END_ASKED = 0, /* and everything said has arrived */
	MODEL_END_FAILED = 1,
	MODEL_END_UNREACHABLE = 3,
	MODEL_END_LOGIN = 5,
	MODEL_END_NICK = 6,
};

struct model_ops {
	void *ctx;
	void (*send)(void *ctx, const char *bytes, size_t len);
	void (*show)(void *ctx, const struct shown *what);
	/* The nick is refused, and what was tried instead, too: model_set_nick() with another one. */
	void (*ask_nick)(void *ctx);
	/* The prompt: the current room or nick changed. */
	void (*changed)(void *ctx);
	/* The server is silent: this connection is of no use, another one may be. */
	void (*hang_up)(void *ctx);
	/* It makes no sense to go on: the log-in is refused, or (unless it is interactive) the room. */
	void (*end)(void *ctx, enum model_end why);
};

#define MODEL_NICK_SIZE 128
#define MODEL_ROOM_SIZE 256
#define MODEL_VERB_SIZE (MESSAGE_BYTES_MAX + 1)
#define MODEL_LINE_MAX 16384 /* of the server's; longer ones are left out */
#define MODEL_HELD_MAX 10000 /* lines of a room kept until its past is there */
#define MODEL_PAGE 500       /* messages of the past that are asked for at a time */
#define MODEL_PAGES_MAX 20
#define MODEL_FIRST_PAST 50 /* shown when a room is first entered */

/* Something said in a room, kept until it may be shown. */
struct kept_line {
	char *id, *nick, *text;
	enum shown_kind kind;
	int64_t time_ms;
	bool own;
};

struct kept_lines {
	struct kept_line *items;
	size_t count, size;
};

struct model_room {
	struct model_room *next;
	char name[MODEL_ROOM_SIZE];
	bool joined;
	bool wanted;      /* entered, and not left: again after a reconnect */
	bool catching_up; /* its past is being fetched */
	bool past_asked;  /* a person asked for it: shown at once */
	char *last_id;    /* of the last message shown; NULL: none yet */
	int64_t last_ms;
	unsigned pages;
	struct kept_lines past, held; /* fetched, oldest first; and come meanwhile */
	struct buf names;             /* of a NAMES under way */
	bool names_asked;
};

struct model {
	struct model_ops ops;
	const struct speech *speech; /* NULL: not known yet */
	enum model_state state;
	enum lang lang;
	int64_t now_ms; /* Unix time */
	char nick[MODEL_NICK_SIZE], wanted_nick[MODEL_NICK_SIZE];
	unsigned nick_tries;
	char *password;                  /* of the server; NULL: none */
	struct model_room *rooms, *here; /* here: talked in; NULL: none */
	struct unsent unsent;
	uint64_t next_line, run; /* make the ids of lines */
	struct buf partial;      /* what came of a line */
	bool overlong;
	bool leaving; /* quit was said */
	bool arrived; /* the server's goodbye says that all that was said has arrived */
	bool failed;  /* something that was said was refused */
	bool interactive;
	void *own; /* the speech's */
};

/* run: random. password: "" for none. */
void model_init(struct model *m, const struct model_ops *ops, const char *nick, uint64_t run,
		enum lang lang);
void model_done(struct model *m);

/* A room to enter as soon as one can. */
void model_want_room(struct model *m, const char *name);
/* For a nick that was refused. */
void model_set_nick(struct model *m, const char *nick);

/* speech: what is spoken there. */
void model_connected(struct model *m, const struct speech *speech);
void model_bytes(struct model *m, const char *bytes, size_t len);
void model_gone(struct model *m);

/* What somebody typed, or a line of standard input: a command or something to say. */
void model_input(struct model *m, const char *line);
/* The same, but nothing is a command. false: the unsent is full. */
bool model_say(struct model *m, const char *text);
/* Says goodbye; what is in the unsent goes first. */
void model_quit(struct model *m);

/* The time; and what is due by it. */
void model_tick(struct model *m, int64_t now_ms);
/* Milliseconds until model_tick() has something to do; -1: nothing. */
int model_wait(const struct model *m);

/* ---- for the speeches ---- */

struct model_room *model_room(struct model *m, const char *name, bool make);
void model_set_here(struct model *m, struct model_room *r);
/* kind: an info, an error or an event in r (NULL: nowhere). */
void model_tell(struct model *m, enum shown_kind kind, const struct model_room *r, enum words which,
		...);
void model_tell_text(struct model *m, enum shown_kind kind, const struct model_room *r,
		     const char *text);
/* nick and text are clean; the room is not. */
void model_show(struct model *m, const struct shown *what);
/* Something was said, live or from the past; strings as the server sent them. */
void model_said(struct model *m, const struct shown *what);
/* It is there: shows it as one's own, forgets it. */
void model_arrived(struct model *m, struct out_line *line, int64_t time_ms, bool show);
/* He is in. */
void model_entered(struct model *m, const char *nick);
/* Sends what waits, as far as it may go. */
void model_push(struct model *m);
void model_sendf(struct model *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool model_is_me(const struct model *m, const char *nick);

#endif
