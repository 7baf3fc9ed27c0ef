/* hub_parts.h: the hub from inside, for its own files only.
 *
 *   hub.c         what happens in a turn, signals, stopping
 *   hub_listen.c  where it listens, and who comes
 *   hub_ports.c   what the chat, the log and the dialogs are handed
 *   hub_open.c    making it, and taking it apart */
#ifndef TEAHOUSE_SERVER_HUB_PARTS_H
#define TEAHOUSE_SERVER_HUB_PARTS_H

#include "core/chat.h"
#include "eventlog/eventlog.h"
#include "net/listener.h"
#include "protocols/dialog.h"
#include "server/control.h"
#include "server/credentials.h"
#include "server/hub.h"
#include "server/switchboard.h"

struct hub_listener {
	struct watch watch;
	struct hub *hub;
	struct listener listener;
	const struct protocol *protocol;
};

/*  SERVING ──signal──▶ SETTLING ──nothing in flight──▶ GOODBYES ──all I/O threads done──▶ STOPPED  */
enum hub_state { HUB_SERVING, HUB_SETTLING, HUB_GOODBYES, HUB_STOPPED };

struct hub {
	const struct config *config;
	struct loop *loop;
	struct chat *chat;
	struct eventlog *log;
	struct dialogs dialogs;
	struct about about;
	unsigned char secret[SECRET_BYTES];
	struct credentials *credentials;
	struct control_socket *control;
	struct tls_config *tls; /* NULL: nobody listens with TLS */

	struct switchboard switchboard;
	size_t ios_stopped;

	struct hub_listener listeners[LISTENERS_MAX];
	size_t listener_count;
	bool resting;            /* the listeners are */
	bool out_of_descriptors; /* the log has said so */
	int64_t rest_until;      /* out of descriptors; 0: the I/O threads have too much to do */

	enum hub_state state;
	bool begins_anew;            /* when it has stopped */
	bool disk_fails, disk_hangs; /* as operators know */
	int64_t now_ms, stopping_since_ms;
	int signal_fd;
	int terminal; /* the descriptor of the one it was started at; -1: none */
	struct watch signal_watch;
};

/* hub_listen.c: as the configuration has it; nobody is listened to any longer, nor again. */
MUST_USE bool hub_listen(struct hub *hub, struct err *err);
void hub_close_listeners(struct hub *hub);
/* Rates and log-in delays are not for that address. */
bool hub_is_exempt(const struct hub *hub, const struct address *peer);
/* They rest while there is no room for more connections; and are woken when there is. */
void hub_wake_listeners(struct hub *hub);

/* hub_ports.c: what each of them calls; ctx is the hub. */
struct chat_ports hub_chat_ports(struct hub *hub);
struct eventlog_sink hub_log_sink(struct hub *hub);
struct passwords hub_passwords(struct hub *hub);
struct gateways hub_gateways(struct hub *hub);
/* Answers of the threads that check passwords: for credentials_turn(). */
void hub_on_checked(void *ctx, uint64_t cookie, const struct password_answer *answer);
/* Any thread: the core has something to do. */
void hub_wake(void *ctx);

/* hub.c: what operators of the server may have it do; and its signals, from now on. */
struct control hub_control(struct hub *hub);
MUST_USE bool hub_watch_signals(struct hub *hub, struct err *err);

#endif
