/* memory.h: a whole chat in memory: core and protocols, no thread, socket, disk or clock.
 *
 * What would go to the disk waits in a list until the test says that it is there, and so does the
 * answer to a password. What a connection would be sent is collected as text. Connections are numbered
 * from 1. What is typed in IRC goes through its codec, as a line does that comes from the network. */
#ifndef TEAHOUSE_TESTS_UNIT_MEMORY_H
#define TEAHOUSE_TESTS_UNIT_MEMORY_H

#include "base/buf.h"
#include "protocols/plain.h"
#include "protocols/protocol.h"

#define MEMORY_CONNS_MAX 200
#define MEMORY_ROOMS_MAX 256

struct memory_conn {
	const struct protocol *protocol;
	struct dialog *dialog;
	struct wire *wire; /* NULL: plain, whose requests are made here */
	struct buf seen;
	unsigned variant[MEMORY_ROOMS_MAX]; /* by room slot; 0: not in it, else one more than it is */
	unsigned credit, unnamed;
	bool entered, closed, released, asked_low;
};

struct memory {
	struct chat *chat;
	struct dialogs dialogs;
	struct memory_conn conns[MEMORY_CONNS_MAX + 1];
	size_t conn_count;
	struct event *flight[1024]; /* on its way to the disk, in order */
	size_t flight_count;
	struct event *disk[1024];
	size_t disk_count;
	uint64_t next_id;
	struct memory_read {
		struct chat_read read;
		struct event_part parts[4];
		char keys[4][64]; /* theirs */
		size_t disk_count; /* what was on disk by then: a redaction that came later it misses */
	} reads[16];               /* asked, not answered */
	size_t read_count;
	struct memory_check { /* of a password: asked, not answered */
		conn_id asker;
		enum password_job job;
		char name[64], password[128], hash[128], code[32];
		bool proved;
	} check;
	bool no_registrations; /* there were too many */
	unsigned drawn;        /* how often something was that nobody can guess */
	bool no_checks;        /* too many are under way */
	enum refusal refuse;   /* what is proposed */
	bool full;             /* the log */
	bool no_answers;       /* there is no room for more answers */
	char forgotten[64];    /* the last place that was */
	int64_t now_ms;
};

void memory_open(struct memory *m, size_t replay);
void memory_close(struct memory *m);

/* A new connection; returns its number. */
int memory_connect(struct memory *m);
/* The same in another protocol than plain. */
int memory_connect_to(struct memory *m, const struct protocol *p);
/* An account of that name, with nothing in it: it has always been there. */
struct account *memory_account(struct memory *m, const char *name);
/* The connection, which has not entered, is logged in to it. */
void memory_log_in(struct memory *m, int conn, struct account *a);
/* A line of it, without its end. */
void memory_type(struct memory *m, int conn, const char *text);
/* connect and a nick; what it saw until then is passed over. */
int memory_enter(struct memory *m, const char *nick);
/* The same in IRC, with capabilities: "batch echo-message", or "". He is in no room yet. */
int memory_enter_irc(struct memory *m, const char *nick, const char *caps);
/* The connection is gone without a word. */
void memory_cut(struct memory *m, int conn);

/* The first count events in flight are on disk (all, if there are fewer), and applied. */
void memory_commit(struct memory *m, size_t count);
/* They never will be. */
void memory_fail(struct memory *m);
/* Answers the oldest read from what is on disk. */
void memory_answer_read(struct memory *m, enum read_end end);
/* Answers the password that was asked about last, if who asked is still there. text: an operator's host,
 * or what is kept of what was made, or why it was not. */
void memory_answer_check(struct memory *m, bool ok, const char *text);
/* It has taken most of what it was sent. */
void memory_take(struct memory *m, int conn);
/* Time passes. */
void memory_tick(struct memory *m, int64_t ms, bool stalled);

/* NULL: it has no nick yet, or any longer. */
struct user *memory_user(const struct memory *m, int conn);
/* NULL: there is none. */
struct room *memory_room(const struct memory *m, const char *name);

/* What the connection was sent since it was last looked at; stays until the next look at it. */
const char *memory_seen(struct memory *m, int conn);
/* The first error among it, a numeric of IRC, or 0: looks at it as memory_seen() does. */
int memory_error(struct memory *m, int conn);
/* Types line, lets all of it reach the disk, and returns the error that conn is told of, or 0. */
int memory_ask(struct memory *m, int conn, const char *line);
/* Nobody has seen anything. */
void memory_pass_over(struct memory *m);

#endif
