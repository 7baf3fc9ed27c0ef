/* relay.h: the relay's connections and rooms. relay.c reads, accepts and makes the turns,
 * relay_chat.c does what the lines ask for and sends. One thread owns all of it. */
#ifndef TEAHOUSE_BENCH_RELAY_H
#define TEAHOUSE_BENCH_RELAY_H

#include "base/limits.h"
#include "base/table.h"
#include "bench/relay_queue.h"

#define PART_MAX 1024 /* of a line that is not whole yet: whoever sends a longer one is closed */
#define NICK_SIZE 16
#define ROOM_NAME_SIZE 32
#define SAID_MAX 1024 /* runs of lines by one speaker in a room's buffer; then it is sent */

enum mode { MODE_SEND, MODE_WRITEV, MODE_ROOM };

struct conn {
	struct conn *next_touched;
	struct room *room; /* NULL: in none */
	struct queue queue;
	char *part; /* NULL: no line is unfinished */
	int fd;
	uint32_t place; /* in the room's members */
	uint16_t part_len;
	char nick[NICK_SIZE];
	bool has_user, welcomed, echo;
	bool spoke;   /* in the room's buffer are lines that are not for him */
	bool waiting; /* for the socket to take more */
	bool touched, gone;
};

/* A run of lines in a room's buffer, from the end of the one before. */
struct said {
	const struct conn *by; /* who does not get it; NULL: everybody does */
	uint32_t end;
};

struct room {
	struct room *next, *next_talking;
	struct conn **members;
	uint32_t count, size;
	/* Mode room: what was said in this turn. talk NULL: nothing. */
	struct block *talk;
	struct said *said;
	uint32_t said_count;
	bool is_talking; /* in the relay's list */
	char name[ROOM_NAME_SIZE];
};

struct relay {
	enum mode mode;
	int epoll_fd, listen_fd;
	bool is_resting;     /* out of descriptors: the listener is not watched */
	struct conn **conns; /* by descriptor */
	size_t conns_size;
	struct table room_by_name;
	struct room *rooms, *talking;
	unsigned room_count;
	struct conn *touched; /* to be flushed or freed at the end of the turn */
	struct block *block;  /* lines and answers of this turn */
	char input[PART_MAX + READ_BYTES];
};

/* Does what a line asks for; its end is taken away. */
void conn_line(struct relay *r, struct conn *c, const char *line, size_t len);

/* Asks epoll_ctl() for events. */
void conn_watch(struct relay *r, struct conn *c, int how, uint32_t events);
/* Sends what is queued, and waits for the socket with the rest. */
void conn_flush(struct relay *r, struct conn *c);
/* It is freed at the end of the turn: who walks over members now meets it still. */
void conn_leave(struct relay *r, struct conn *c);

/* Sends what was said in this turn. */
void room_flush(struct relay *r, struct room *room);
/* Takes c out of its room, if it is in one. */
void room_remove(struct conn *c);

#endif
