/* face.h: what a person, or a script, has of the client: where lines come from and where they go.
 *
 * line.c is for a terminal, pipe.c for everything else. One thread. */
#ifndef TEAHOUSE_CLIENT_FACE_H
#define TEAHOUSE_CLIENT_FACE_H

#include "base/err.h"
#include "client/shown.h"
#include "client/terminal/colour.h"
#include "net/loop.h"

struct face;

/* What a face tells the client. */
struct face_sink {
	void *ctx;
	void (*line)(void *ctx, const char *line);
	/* There is no more input. */
	void (*ended)(void *ctx);
	/* Nobody sees any longer what is shown. */
	void (*broken)(void *ctx);
	/* false: no more lines just now. NULL: any number. */
	bool (*wants_line)(void *ctx);
};

struct face_ops {
	void (*show)(struct face *f, const struct shown *what, const char *here);
	/* The nick and the room it speaks in ("" for none yet), or that a nick is asked for. */
	void (*prompt)(struct face *f, const char *nick, const char *room, bool asking);
	/* Once a turn, behind loop_wait(). */
	void (*turn)(struct face *f, int64_t now_ms);
	int (*wait)(const struct face *f, int64_t now_ms, int wait_ms);
	void (*free)(struct face *f);
};

struct face {
	const struct face_ops *ops;
	struct face_sink sink;
	struct loop *loop;
	enum lang lang;
};

/* Standard input and output as they are. Never NULL. */
struct face *pipe_new(struct loop *loop, const struct face_sink *sink, enum lang lang);
/* Both are a terminal. NULL: reason in err. */
struct face *line_new(struct loop *loop, const struct face_sink *sink, enum lang lang,
		      enum colour_mode colour, struct err *err);

#endif
