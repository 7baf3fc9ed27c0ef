/* control_client.h: who is on data/control.sock, and what he asks: shared by control.c, which has the
 * sockets, and control_verbs.c, which has what may be asked. */
#ifndef TEAHOUSE_SERVER_CONTROL_CLIENT_H
#define TEAHOUSE_SERVER_CONTROL_CLIENT_H

#include "server/code.h"
#include "server/control.h"
#include "server/control_address.h"

struct verb;

/*  FREE ──accepted──▶ READING ──line──▶ ASKING ──next turn──▶ WORKING ──answered, or gone──▶ FREE  */
enum client_state { CLIENT_FREE, CLIENT_READING, CLIENT_ASKING, CLIENT_WORKING };

struct client {
	struct watch watch;
	struct session session;
	struct control_socket *all;
	enum client_state state;
	int fd;
	int64_t until_ms; /* READING: for its line */
	const struct verb *verb;
	char name[NICK_BYTES_MAX + 1];
	char code[CODE_SIZE];
	size_t len;
	char line[CONTROL_LINE_BYTES_MAX];
};

struct control_socket {
	struct watch watch;
	struct loop *loop;
	struct chat *chat;
	struct credentials *credentials;
	uint32_t next_generation;
	int64_t rests_until_ms; /* out of descriptors: nobody is accepted; 0: whoever comes is */
	int fd;
	struct client clients[CONTROL_CONNS_MAX];
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 4096];
};

/* Answers with a line, which ends it. */
void client_answer(struct client *c, bool ok, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Does what its line says, in a turn, when the chat knows what time it is; or answers that it cannot. */
void client_run(struct client *c);

/* Of its session. */
extern const struct session_ops control_session_ops;

#endif
