/* answer.h: what one request is answered, gathered until it is complete.
 *
 * Each request opens an answer, and all that is said while it runs goes there. If it says something
 * that is on its way to the disk, or reads history, its answer stays open until that comes back.
 * Answers leave in the order of their requests, so one that has to wait holds back those behind it;
 * when they are many, the next request waits, too.
 *
 * The label of a request is put on its answer as https://ircv3.net/specs/extensions/labeled-response
 * has it: on its only line, on a batch around its lines, or on an ACK. Core thread. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_ANSWER_H
#define TEAHOUSE_PROTOCOLS_IRC_ANSWER_H

#include "core/event.h"
#include "protocols/irc/fails.h"
#include "protocols/irc/numerics.h"
#include "protocols/request.h"

#include <stdarg.h>

struct irc_answer;
struct irc_dialog;

#define IRC_LABEL_BYTES_MAX 64
#define IRC_BATCH_MAX 0x7fff /* the highest name of a batch: then they begin anew */

/* { 0 } is none. */
struct irc_answers {
	struct irc_answer *first, *last; /* not sent yet, in the order of their requests */
	struct irc_answer *current; /* what is said goes here; NULL: no request is being answered */
	uint32_t held;              /* about the bytes of all of them */
	uint16_t last_batch;        /* its name, 1 to IRC_BATCH_MAX; 0: there was none yet */
	uint16_t open_batch : 15;   /* in which events are said; 0: in none */
	uint16_t closing : 1;       /* the goodbye is said */
};

/* r is about to run. */
void irc_answer_begin(struct irc_dialog *irc, const struct request *r);
/* It has run; so many events, or reads, are still to come back for it. */
void irc_answer_end(struct irc_dialog *irc, unsigned pending);

/* The label of the request that is running goes to another, which completes it: its answer has none. */
void irc_answer_take_label(struct irc_dialog *irc, char label[IRC_LABEL_BYTES_MAX + 1]);
/* What is being answered completes the one that label was taken from. "": nothing changes. */
void irc_answer_give_label(struct irc_dialog *irc, const char *label);

/* Something came back that an unfinished answer waited for: an event, which the oldest did, or what made
 * the dialog busy, which is the newest. What is said from here on is part of it, until
 * irc_answer_returned(). false: nothing was waited for, or what is said now is part of an answer already:
 * of the request that runs, or of what came back. */
enum irc_return { IRC_RETURN_EVENT, IRC_RETURN_SLOW };
bool irc_answer_return(struct irc_dialog *irc, enum irc_return what);
void irc_answer_returned(struct irc_dialog *irc);
/* What is answered now waits for one more event. */
void irc_answer_expect(struct irc_dialog *irc);

/* What is said until irc_answer_resume() is beside all answers: somebody else did it. */
struct irc_answer *irc_answer_aside(struct irc_dialog *irc);
void irc_answer_resume(struct irc_dialog *irc, struct irc_answer *a);

/* Sends what is complete, as far as the connection takes it. */
void irc_answers_flush(struct irc_dialog *irc);
/* Nothing comes back any more; when all that is there is sent, the connection ends. */
void irc_answers_close(struct irc_dialog *irc);
void irc_answers_done(struct irc_answers *all);

/* Lines, each with its CR LF, that are so many units: lines, and whole batches, of which the only one gets the
 * label. Outside of an answer they are sent at once. */
void irc_answer_add(struct irc_dialog *irc, const char *lines, size_t len, size_t units);

/* ---- say.c ---- */

/* A line of the server's: ":name " and what printf() makes of the rest. It is cut at 512 bytes,
 * between two characters. */
void irc_say(struct irc_dialog *irc, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same from him: ":nick!user@host ". */
void irc_say_of_himself(struct irc_dialog *irc, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same from source, whoever that is. */
void irc_say_as(struct irc_dialog *irc, const char *source, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A numeric: the arguments are those of its row in numerics.h. */
void irc_numeric(struct irc_dialog *irc, enum irc_numeric numeric, ...);
/* ERROR, the last line there is; host: his, as others see it. */
void irc_say_error(struct irc_dialog *irc, const char *host, const char *why);
/* A standard reply that the specification of what he asked has: the arguments are those of its row in
 * fails.h. */
void irc_fail(struct irc_dialog *irc, enum irc_fail fail, ...);
void irc_fail_v(struct irc_dialog *irc, enum irc_fail fail, va_list args);
/* One that no specification has words for: to who does not know
 * https://ircv3.net/specs/extensions/standard-replies it is a notice. */
void irc_remark(struct irc_dialog *irc, enum irc_fail fail, ...);
/* An event, as he gets it; what is not shown to him is nothing. */
void irc_say_event(struct irc_dialog *irc, const struct event *e, unsigned variant);

/* Opens a batch, if he has the capability: all that is said until its end is in it. target: "" for none. */
void irc_batch_begin(struct irc_dialog *irc, const char *type, const char *target);
void irc_batch_end(struct irc_dialog *irc);
/* A name for one more. */
unsigned irc_batch_number(struct irc_dialog *irc);

/* The answer is as long as one of rows may be. The first time somebody looks then, it says so. */
bool irc_answer_is_full(struct irc_dialog *irc);
/* So much is held back that nothing more is to be asked. */
bool irc_answers_are_full(const struct irc_dialog *irc);

#endif
