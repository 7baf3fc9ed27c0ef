/* control.h: a running server is told what to do, on data/control.sock (0600): see control_address.h.
 *
 * Only to this user, or root, who are asked of the kernel (SO_PEERCRED), and to CONTROL_CONNS_MAX at a
 * time, who have CONTROL_LINE_MS for their line. Each is a session of the chat that never enters, so
 * what it changes goes the way of all changes, and its "ok" means that it is on disk. On the core's
 * loop; nothing here waits. */
#ifndef TEAHOUSE_SERVER_CONTROL_H
#define TEAHOUSE_SERVER_CONTROL_H

#include "core/chat.h"
#include "net/loop.h"
#include "server/credentials.h"

struct control_socket;

/* Makes the socket; one that was left behind is replaced, since the caller has locked dir. All of these
 * outlive it. End with control_close(). NULL: reason in err. */
struct control_socket *control_open(const char *dir, struct loop *loop, struct chat *chat,
				    struct credentials *credentials, struct err *err);
/* Nobody is answered any more. NULL is fine. */
void control_close(struct control_socket *c);

/* Once a turn, after chat_tick(): does what was asked, lets go whoever has not said his line in time. */
void control_turn(struct control_socket *c, int64_t now_ms);
/* Milliseconds until control_turn() has something to do; -1: nothing. */
int control_wait(const struct control_socket *c, int64_t now_ms);

/* Whether a cookie of credentials_check() is one of here, whose answer control_checked() takes. */
bool control_has(conn_id cookie);
void control_checked(struct control_socket *c, conn_id cookie,
		     const struct password_answer *answer);

#endif
