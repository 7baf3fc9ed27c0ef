/* dialog.h: the half of a protocol that runs on the core thread: what one session asks, in its order,
 * and what it is answered.
 *
 * A request waits here, undecided, while what it depends on is on its way to the disk (see
 * chat_must_wait()), and everything its connection asked later waits behind it. How many may wait is
 * bounded by the window that the I/O thread keeps: it parses no more until these are answered.
 *
 *   NAMING ──nick accepted──▶ READY ──quit, end of input──▶ LEAVING ──connection gone──▶ freed
 *      └───────────────────── end of input ───────────────────▲
 *
 * The connection may be gone in any state; then the dialog ends when its last request is answered. */
#ifndef TEAHOUSE_PROTOCOLS_DIALOG_H
#define TEAHOUSE_PROTOCOLS_DIALOG_H

#include "core/chat.h"
#include "net/address.h"
#include "protocols/about.h"
#include "protocols/passwords.h"
#include "protocols/request.h"
#include "protocols/texts.h"

enum dialog_state { DIALOG_NAMING, DIALOG_READY, DIALOG_LEAVING };

/* The way to the connections. Every function returns at once; what is said to one connection arrives
 * in the order of the calls, together with chat_ports' deliveries. */
struct outlet {
	void *ctx;
	/* alone: see codec->stand_alone(). */
	void (*bytes)(void *ctx, conn_id conn, const char *bytes, size_t len, bool alone);
	/* Events rendered for this one connection. */
	void (*tell)(void *ctx, conn_id conn, struct event *const *events, size_t count,
		     unsigned variant);
	/* So many requests are answered: as many more may be parsed. */
	void (*credit)(void *ctx, conn_id conn, unsigned count);
	/* It has a nick: the time for giving one no longer counts. */
	void (*entered)(void *ctx, conn_id conn);
	/* A request is answered, and it still has no nick. */
	void (*unnamed)(void *ctx, conn_id conn);
	/* dialog_taken() is called when most of what was said has been sent. */
	void (*when_low)(void *ctx, conn_id conn);
	/* Ends the connection when everything said before has been sent. */
	void (*close)(void *ctx, conn_id conn);
	/* The dialog is over and the connection gone: its slot may be used again. */
	void (*release)(void *ctx, conn_id conn);
	/* There is no room for more answers now: requests wait. */
	bool (*is_full)(void *ctx);
};

struct protocol;

/* Of one protocol's table. */
#define COMMANDS_MAX 128

/* Who may bring others, and say where they come from: protocols/irc/webirc.c. They are numbered from 1. */
struct gateways {
	void *ctx;
	/* The one that comes from ip; 0: it is none. */
	unsigned (*find)(void *ctx, const unsigned char ip[16]);
	/* Starts a check of its password; protocol->checked() answers. Copies it. false: too many are
	 * under way. */
	bool (*check)(void *ctx, conn_id asker, unsigned gateway, const char *password);
	/* Reads an address, "10.0.0.1", and what others are to see of it. false: it is none. */
	bool (*host)(void *ctx, const char *address, unsigned char ip[16], char host[HOST_SIZE]);
	/* How those are connected whom it brings, for WHOIS; lives as long as the program. */
	const char *(*via)(void *ctx, unsigned gateway);
};

/* What its operators may ask of the whole process. */
struct control {
	void *ctx;
	/* Reads anew what may change while it runs, as the signal does. false: something is wrong with
	 * it, and in the log; what was there before stays. */
	bool (*reload)(void *ctx);
	/* Stops it soon, as the signal does; again: and begins anew, with the same arguments. */
	void (*stop)(void *ctx, bool again);
};

/* All dialogs of the server, as far as they have something in common. */
struct dialogs {
	struct chat *chat;
	struct outlet outlet;
	struct passwords passwords;
	struct gateways gateways;
	struct control control;
	const struct about *about;
	enum lang lang;
	size_t naming_count; /* dialogs in DIALOG_NAMING */
	size_t turn_bytes;   /* of answers made in this turn */
	size_t answer_max;   /* bytes that one answer may have, and about as much may be unsent */
	struct dialog *first_waiting, *last_waiting;
	uint64_t uses[COMMANDS_MAX]; /* of IRC's commands, in the order of their table */
	uint64_t seen_moves;         /* chat->moves when all that wait were last looked at */
};

/* The protocol puts it first into a struct of its own. */
struct dialog {
	struct session session;
	struct dialogs *all;
	const struct protocol *protocol;
	struct request *first, *last; /* waiting */
	struct dialog *prev_waiting, *next_waiting;
	unsigned char ip[16]; /* the peer's, as struct address has it (net/address.h) */
	uint32_t unsent;   /* bytes answered since it was last known to have taken most of them */
	uint16_t answered; /* requests since the last credit */
	uint8_t state;     /* enum dialog_state; only dialog_enter() writes it */
	uint8_t why;  /* the connection is gone, in words for others: TEXT_WHY_* of enum text */
	bool ahead;   /* too many of them: whatever comes waits */
	bool waiting; /* in the list of all that wait */
	bool busy;    /* a slow answer is under way: whatever comes waits */
	bool gone;    /* the connection is */
	bool closed;  /* it ends when all is sent: nothing more is said */
};

/* What a protocol is to the core; see protocol.h for the table. host is what others see of peer. */
struct dialog *dialog_open(struct dialogs *all, const struct protocol *p, conn_id conn,
			   const char *host, const struct address *peer);

/* Ends it at once, with everything it asked; the server is going. */
void dialog_free(struct dialog *d);

/* Takes r: runs it, or keeps it until it may run. */
void dialog_ask(struct dialog *d, struct request *r);

/* The connection is gone, why: TEXT_WHY_*. After what it asked, the dialog ends, too. */
void dialog_gone(struct dialog *d, enum text why);

/* The connection has sent most of what was answered: what waited for that goes on. */
void dialog_taken(struct dialog *d);

/* So much was answered in this turn that whoever does not ask is served first. */
bool dialogs_are_done(const struct dialogs *all);

/* Once a turn: runs what waited and may run now. */
void dialogs_turn(struct dialogs *all);
/* dialogs_turn() has something to look at. */
bool dialogs_may_move(const struct dialogs *all);

/* ---- for handlers ---- */

/* Only along the arrows above. */
void dialog_enter(struct dialog *d, enum dialog_state next);
/* There is somebody to wait for a slow answer. If not, nothing slow may begin: of a connection that is gone
 * nothing waits, and all that it asked for would begin at once. */
bool dialog_can_wait(const struct dialog *d);
/* From now on everything waits; dialog_answered() ends it. */
void dialog_busy(struct dialog *d);
/* Asks about a password, which makes it busy: protocol->checked() answers. false: the server has too many
 * under way, or nobody waits for it, and nothing was asked. */
bool dialog_check(struct dialog *d, const struct password_question *question);
/* What waited for the answer runs at the end of this turn. */
void dialog_answered(struct dialog *d);

/* A request made an answer of so many bytes, to be sent later: it costs the turn as what is sent does. */
void dialog_made(struct dialog *d, size_t bytes);
/* Ends the connection when everything said before has been sent. */
void dialog_close(struct dialog *d);

/* Says a text of the table, or bytes. */
void dialog_say(struct dialog *d, enum text text, ...);
/* Copies them. Nothing is said to a connection that is gone, or after dialog_close(). */
void dialog_say_bytes(struct dialog *d, const char *bytes, size_t len);
/* Tells events, rendered as variant; about so many bytes. */
void dialog_tell(struct dialog *d, struct event *const *events, size_t count, unsigned variant,
		 size_t bytes);
/* Says a text that must arrive by itself. */
void dialog_say_alone(struct dialog *d, enum text text);

#endif
