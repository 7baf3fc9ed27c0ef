/* join: "teahouse join", from its options to its exit code: what connects the model, the connection and
 * the face. */
#include "client/join.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "client/face.h"
#include "client/link.h"
#include "client/model.h"
#include "client/options.h"
#include "client/speech.h"
#include "client/terminal/terminal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GREETING_MS 400      /* a server that speaks first does so by then */
#define NAMING_MS 30000      /* time for getting in */
#define GOODBYE_WAIT_MS 5000 /* for the end of the connection, once quit is said */
#define RETRY_MS_MAX 30000

/*  WAITING ──time──▶ CONNECTING ──open──▶ GREETING ──known what it speaks──▶ TALKING ──gone──▶ WAITING
 *                        └───────────────────────── failed ───────────────────────────────────▲     */
enum join_state { JOIN_WAITING, JOIN_CONNECTING, JOIN_GREETING, JOIN_TALKING };

struct join {
	const struct join_options *options;
	struct loop *loop;
	struct link link;
	struct model model;
	struct face *face;
	enum join_state state;
	const struct speech *speech; /* NULL: to be found out by who speaks first */
	struct buf greeting;
	bool asking; /* for a nick */
	bool was_in; /* at least once */
	bool input_ended, over;
	int64_t until_ms; /* of what the state waits for */
	int64_t quit_ms;  /* when goodbye was said; 0: not yet */
	int retry_ms;
	int code;
};

static void finish(struct join *j, int code)
{
	if (!j->over)
		j->code = code;
	j->over = true;
}

static void prompt(struct join *j)
{
	const struct model *m = &j->model;
	const char *name = m->nick[0] ? m->nick : m->wanted_nick;
	struct buf nick = { 0 }, room = { 0 };
	shown_clean(name, strlen(name), &nick);
	if (m->here)
		shown_clean(m->here->name, strlen(m->here->name), &room);
	j->face->ops->prompt(j->face, nick.bytes, room.bytes ? room.bytes : "", j->asking);
	buf_done(&nick);
	buf_done(&room);
}

static void say(struct join *j, enum shown_kind kind, const char *text)
{
	const struct shown what = { .kind = kind,
				    .time_ms = clock_wall_ms(),
				    .room = "",
				    .nick = "",
				    .text = text };
	j->face->ops->show(j->face, &what, "");
}

/* ---- what the model asks ---- */

static void on_send(void *ctx, const char *bytes, size_t len)
{
	struct join *j = ctx;
	link_send(&j->link, bytes, len);
}

static void on_show(void *ctx, const struct shown *what)
{
	struct join *j = ctx;
	j->face->ops->show(j->face, what, j->model.here ? j->model.here->name : "");
}

static void on_changed(void *ctx)
{
	struct join *j = ctx;
	if (j->model.state == MODEL_HERE) {
		j->was_in = true;
		j->retry_ms = 0;
		j->until_ms = INT64_MAX;
	}
	prompt(j);
}

static void on_ask_nick(void *ctx)
{
	struct join *j = ctx;
	if (!j->model.interactive) {
		finish(j, MODEL_END_NICK);
		return;
	}
	j->asking = true;
	j->until_ms = INT64_MAX;
	model_tell(&j->model, SHOWN_INFO, NULL, WORDS_NICK_ASK);
	prompt(j);
}

static void on_hang_up(void *ctx)
{
	struct join *j = ctx;
	link_finish(&j->link, words_of(j->model.lang, WORDS_TIMED_OUT));
}

static void on_model_end(void *ctx, enum model_end why)
{
	finish(ctx, (int)why);
}

/* ---- the connection ---- */

static void connect_now(struct join *j)
{
	const struct join_options *o = j->options;
	int64_t now_ms = loop_now(j->loop);
	j->state = JOIN_CONNECTING;
	j->speech = o->speech;
	j->asking = false;
	buf_done(&j->greeting);
	link_open(&j->link, o->url.host, o->url.port, now_ms);
}

static void talk(struct join *j, const struct speech *speech)
{
	struct buf greeting = j->greeting;
	j->greeting = (struct buf){ 0 };
	j->state = JOIN_TALKING;
	j->until_ms = loop_now(j->loop) + NAMING_MS;
	model_connected(&j->model, speech);
	if (greeting.len > 0)
		model_bytes(&j->model, greeting.bytes, greeting.len);
	buf_done(&greeting);
}

static void on_opened(void *ctx)
{
	struct join *j = ctx;
	j->state = JOIN_GREETING;
	j->until_ms = loop_now(j->loop) + GREETING_MS;
	if (j->speech)
		talk(j, j->speech);
}

static void on_bytes(void *ctx, const char *bytes, size_t len)
{
	struct join *j = ctx;
	if (j->state == JOIN_TALKING) {
		model_bytes(&j->model, bytes, len);
		return;
	}
	buf_add(&j->greeting, bytes, len);
	switch (speech_greeting(j->greeting.bytes, j->greeting.len)) {
	case GREETING_UNSURE:
		return;
	case GREETING_PLAIN:
		talk(j, &speech_plain);
		return;
	case GREETING_NONE:
		talk(j, &speech_irc);
		return;
	}
}

static bool all_was_said(const struct join *j)
{
	const struct model *m = &j->model;
	return m->unsent.count == 0 && !m->failed && (m->speech != &speech_plain || m->arrived);
}

static void on_closed(void *ctx, const char *why)
{
	struct join *j = ctx;
	bool was_leaving = j->model.leaving;
	model_gone(&j->model);
	if (was_leaving) {
		finish(j, all_was_said(j) ? 0 : MODEL_END_FAILED);
		return;
	}
	if (j->over)
		return;
	if (!j->model.interactive || (!j->was_in && j->state != JOIN_TALKING)) {
		char text[512];
		snprintf(text, sizeof(text), words_of(j->model.lang, WORDS_UNREACHABLE),
			 j->options->name, why);
		say(j, SHOWN_ERROR, text);
		finish(j, MODEL_END_UNREACHABLE);
		return;
	}
	j->retry_ms = j->retry_ms == 0 ? 1000 : j->retry_ms * 2;
	if (j->retry_ms > RETRY_MS_MAX)
		j->retry_ms = RETRY_MS_MAX;
	j->state = JOIN_WAITING;
	j->until_ms = loop_now(j->loop) + j->retry_ms;
	model_tell(&j->model, SHOWN_ERROR, NULL, WORDS_LOST, why, j->retry_ms / 1000);
}

/* ---- the face ---- */

static void leave(struct join *j)
{
	if (j->state != JOIN_TALKING || j->model.state != MODEL_HERE) {
		finish(j, all_was_said(j) ? 0 : MODEL_END_FAILED);
		return;
	}
	model_quit(&j->model);
	if (j->model.interactive)
		j->quit_ms = loop_now(j->loop);
}

/* A pipe's lines are said before it goes, however long it takes to get in. */
static void on_input_ended(void *ctx)
{
	struct join *j = ctx;
	j->input_ended = true;
	if (j->model.interactive || j->model.state == MODEL_HERE)
		leave(j);
}

static void on_line(void *ctx, const char *line)
{
	struct join *j = ctx;
	if (j->asking) {
		j->asking = false;
		j->until_ms = loop_now(j->loop) + NAMING_MS;
		model_set_nick(&j->model, line);
		prompt(j);
	} else if (strcmp(line, "/quit") == 0) {
		on_input_ended(j);
	} else if (j->model.interactive) {
		model_input(&j->model, line);
	} else {
		model_say(&j->model, line);
	}
}

static void on_broken(void *ctx)
{
	finish(ctx, MODEL_END_FAILED);
}

static bool wants_line(void *ctx)
{
	const struct join *j = ctx;
	return j->model.unsent.count < UNSENT_IN_FLIGHT * 2;
}

/* ---- time ---- */

static void turn(struct join *j)
{
	int64_t now_ms = loop_now(j->loop);
	model_tick(&j->model, clock_wall_ms());
	if (j->input_ended && !j->model.leaving && j->model.state == MODEL_HERE)
		leave(j);
	if (j->state == JOIN_WAITING && now_ms >= j->until_ms)
		connect_now(j);
	else if (j->state == JOIN_GREETING && now_ms >= j->until_ms)
		talk(j, &speech_irc);
	else if (j->state == JOIN_TALKING && j->model.state == MODEL_NAMING &&
		 now_ms >= j->until_ms)
		link_finish(&j->link, words_of(j->model.lang, WORDS_TIMED_OUT));
	if (j->quit_ms && now_ms - j->quit_ms >= GOODBYE_WAIT_MS)
		finish(j, all_was_said(j) ? 0 : MODEL_END_FAILED);
	j->face->ops->turn(j->face, now_ms);
	link_turn(&j->link, now_ms);
}

static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

static int wait_for(const struct join *j)
{
	int64_t now_ms = clock_monotonic_ms();
	int wait_ms = model_wait(&j->model);
	bool timed = j->state == JOIN_WAITING || j->state == JOIN_GREETING ||
		     (j->state == JOIN_TALKING && j->model.state == MODEL_NAMING &&
		      j->until_ms < INT64_MAX);
	if (timed)
		wait_ms = shorter(wait_ms, j->until_ms > now_ms ? (int)(j->until_ms - now_ms) : 0);
	if (j->quit_ms)
		wait_ms = shorter(wait_ms, GOODBYE_WAIT_MS);
	wait_ms = link_wait(&j->link, now_ms, wait_ms);
	return j->face->ops->wait(j->face, now_ms, wait_ms);
}

/* ---- making and ending ---- */

static struct face *open_face(struct join *j, struct err *err)
{
	const struct face_sink sink = { j, on_line, on_input_ended, on_broken, NULL };
	struct face_sink patient = sink;
	patient.wants_line = wants_line;
	if (terminal_usable(STDIN_FILENO, STDOUT_FILENO)) {
		j->model.interactive = true;
		return line_new(j->loop, &sink, j->options->lang, j->options->colour, err);
	}
	return pipe_new(j->loop, &patient, j->options->lang);
}

static int run(struct join *j)
{
	connect_now(j);
	while (!j->over) {
		loop_wait(j->loop, wait_for(j));
		turn(j);
	}
	return j->code;
}

int join_main(int argc, char **argv)
{
	static struct join_options options; /* large, and there is one */
	struct join j = { .options = &options, .until_ms = INT64_MAX };
	const struct model_ops model_ops = { &j,         on_send,    on_show,     on_ask_nick,
					     on_changed, on_hang_up, on_model_end };
	const struct link_ops link_ops = { &j, on_opened, on_bytes, on_closed };
	struct err err = { 0 };
	int code = join_options_read(&options, argc, argv);
	if (code >= 0)
		return code;
	if (sodium_init() < 0 || !(j.loop = loop_new(&err))) {
		fprintf(stderr, "teahouse: %s\n", err.text[0] ? err.text : "libsodium fails");
		return MODEL_END_FAILED;
	}
	uint64_t run_id;
	randombytes_buf(&run_id, sizeof(run_id));
	model_init(&j.model, &model_ops, options.nick, run_id, options.lang);
	model_tick(&j.model, clock_wall_ms());
	if (options.password[0])
		j.model.password = xstrdup(options.password);
	if (options.room[0])
		model_want_room(&j.model, options.room);
	link_init(&j.link, j.loop, &link_ops);
	j.face = open_face(&j, &err);
	if (j.face) {
		code = run(&j);
		j.face->ops->free(j.face);
	} else {
		fprintf(stderr, "teahouse: %s\n", err.text);
		code = MODEL_END_FAILED;
	}
	model_done(&j.model);
	link_done(&j.link);
	buf_done(&j.greeting);
	loop_free(j.loop);
	return code;
}
