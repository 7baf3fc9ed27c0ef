#include "server/hub.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "core/enrol.h"
#include "core/notice.h"
#include "core/voucher.h"
#include "eventlog/eventlog.h"
#include "net/listener.h"
#include "server/about.h"
#include "server/certificate.h"
#include "server/code.h"
#include "server/control.h"
#include "server/credentials.h"
#include "server/switchboard.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Requests of one I/O thread in one turn, so that none waits for long behind another's. */
#define REQUESTS_PER_TURN 4096
/* Of STOP_MS: for what is in flight, before goodbyes are said. */
#define STOP_SETTLE_MS 800

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

/* ---- the chat's ports: to the members, and to the log ---- */

static void hub_deliver(void *ctx, struct event *e)
{
	struct hub *hub = ctx;
	switchboard_deliver(&hub->switchboard, e);
}

static void hub_put_member(void *ctx, uint32_t room_slot, conn_id conn, unsigned variant)
{
	struct hub *hub = ctx;
	switchboard_put_member(&hub->switchboard, room_slot, conn, variant);
}

static void hub_remove_member(void *ctx, uint32_t room_slot, conn_id conn)
{
	struct hub *hub = ctx;
	switchboard_remove_member(&hub->switchboard, room_slot, conn);
}

static enum refusal hub_propose(void *ctx, struct event *e)
{
	struct hub *hub = ctx;
	return eventlog_propose(hub->log, e);
}

static bool hub_log_is_full(void *ctx)
{
	const struct hub *hub = ctx;
	return eventlog_is_full(hub->log);
}

static bool hub_read(void *ctx, const struct chat_read *read)
{
	struct hub *hub = ctx;
	struct chat_read *cookie = xcalloc(1, sizeof(*cookie));
	*cookie = *read;
	cookie->parts = NULL; /* their places may be gone when the answer comes */
	if (eventlog_read(hub->log, read->parts, read->part_count, cookie))
		return true;
	free(cookie);
	return false;
}

static void hub_forget(void *ctx, const char *room_key)
{
	struct hub *hub = ctx;
	eventlog_forget(hub->log, room_key);
}

static bool hub_on_room(void *ctx, const struct history_room *room)
{
	struct hub *hub = ctx;
	const struct stored_room stored = { room->name,     room->topic,      room->topic_by,
					    room->topic_ms, room->sealed_seq, room->metadata };
	chat_add_room(hub->chat, &stored);
	return true;
}

static bool hub_on_account(void *ctx, const struct history_account *account)
{
	struct hub *hub = ctx;
	if (!chat_add_account(hub->chat, account->number, account->record, account->record_len))
		log_warn("account-passed-over", "name=%s", account->name);
	return true;
}

static bool hub_on_voucher(void *ctx, const char *hash, int64_t expires_ms)
{
	struct hub *hub = ctx;
	chat_add_voucher(hub->chat, hash, expires_ms);
	return true;
}

static bool hub_on_mark(void *ctx, const char *account, const char *target, int64_t time_ms)
{
	struct hub *hub = ctx;
	chat_add_mark(hub->chat, account, target, time_ms);
	return true;
}

static void hub_on_apply(void *ctx, struct event *e)
{
	struct hub *hub = ctx;
	chat_apply(hub->chat, e);
}

static void hub_on_refuse(void *ctx, struct event *e, enum refusal why)
{
	struct hub *hub = ctx;
	chat_refuse(hub->chat, e, why);
}

static void hub_on_read(void *ctx, void *cookie, struct event *const *events, size_t count,
			enum read_end end)
{
	struct hub *hub = ctx;
	chat_read_done(hub->chat, cookie, events, count, end);
	free(cookie);
}

static void hub_wake(void *ctx)
{
	struct hub *hub = ctx;
	loop_wake(hub->loop);
}

/* ---- new connections ---- */

static bool hub_is_exempt(const struct hub *hub, const struct address *peer)
{
	for (size_t i = 0; i < hub->config->exempt_count; i++)
		if (network_has(&hub->config->exempt[i], peer))
			return true;
	return false;
}

static void hub_adopt(struct hub *hub, const struct protocol *p, int fd, const struct address *peer)
{
	char host[HOST_SIZE];
	struct switchboard *board = &hub->switchboard;
	conn_id conn = switchboard_connect(board, p, fd, hub_is_exempt(hub, peer));
	secret_cloak(hub->secret, peer, host);
	switchboard_conn(board, conn)->dialog = dialog_open(&hub->dialogs, p, conn, host, peer);
}

static void hub_rest(struct hub *hub, bool resting)
{
	if (hub->resting == resting)
		return;
	hub->resting = resting;
	for (size_t i = 0; i < hub->listener_count; i++)
		loop_mod(hub->loop, hub->listeners[i].listener.fd, resting ? 0 : LOOP_READ,
			 &hub->listeners[i].watch);
}

static void hub_on_connection(struct watch *w, unsigned events)
{
	struct hub_listener *l = CONTAINER_OF(w, struct hub_listener, watch);
	struct hub *hub = l->hub;
	(void)events;
	/* A signal in the same wait may have closed the listener. */
	if (hub->state != HUB_SERVING)
		return;
	for (size_t i = 0; i < ACCEPT_PER_TURN && !hub->resting; i++) {
		struct address peer;
		int fd;
		switch (listener_accept(&l->listener, &fd, &peer)) {
		case ACCEPT_ONE:
			hub_adopt(hub, l->protocol, fd, &peer);
			break;
		case ACCEPT_NONE:
			hub->out_of_descriptors = false;
			return;
		case ACCEPT_NO_ROOM:
			if (!hub->out_of_descriptors)
				log_warn("no-descriptors", "connections wait until one is free");
			hub->out_of_descriptors = true;
			hub->rest_until = loop_now(hub->loop) + ACCEPT_RETRY_MS;
			hub_rest(hub, true);
			return;
		}
		if (switchboard_is_overflowing(&hub->switchboard))
			hub_rest(hub, true);
	}
}

static void hub_wake_listeners(struct hub *hub)
{
	if (hub->now_ms >= hub->rest_until && !switchboard_is_overflowing(&hub->switchboard)) {
		hub->rest_until = 0;
		hub_rest(hub, false);
	}
}

/* ---- in: from the I/O threads ---- */

static void hub_handle(struct hub *hub, const struct to_core *item)
{
	struct switchboard_conn *c = item->conn == 0
					     ? NULL
					     : switchboard_conn(&hub->switchboard, item->conn);
	struct dialog *d = c ? c->dialog : NULL;
	switch (item->kind) {
	case TO_CORE_REQUEST:
		if (d && hub->state == HUB_SERVING)
			dialog_ask(d, item->request);
		else
			free(item->request);
		return;
	case TO_CORE_CERTIFICATE:
		if (d && d->protocol->certificate)
			d->protocol->certificate(d, item->fingerprint);
		free(item->fingerprint);
		return;
	case TO_CORE_LOW:
		if (d)
			dialog_taken(d);
		return;
	case TO_CORE_GONE:
		hub->rest_until = 0; /* a descriptor is free */
		if (d)
			dialog_gone(d, item->why);
		return;
	case TO_CORE_STOPPED:
		hub->ios_stopped++;
		return;
	}
}

/* What the core has to say goes before what it is asked: while it does not fit, nothing is taken. */
static void hub_take(struct hub *hub)
{
	for (size_t i = 0; i < hub->switchboard.io_count; i++) {
		struct io *io = &hub->switchboard.ios[i];
		struct to_core item;
		for (size_t n = 0;
		     n < REQUESTS_PER_TURN && !switchboard_is_overflowing(&hub->switchboard) &&
		     !dialogs_are_done(&hub->dialogs);
		     n++) {
			if (!queue_pop(&io->to_core, &item))
				break;
			hub_handle(hub, &item);
		}
		if (atomic_exchange(&io->io_waits, false))
			loop_wake(io->loop);
	}
}

/* ---- passwords: to and from the threads that check them ---- */

/* cookie: the conn_id of whoever gave one, whose dialog may have ended meanwhile. */
static void hub_on_checked(void *ctx, uint64_t cookie, const struct password_answer *answer)
{
	struct hub *hub = ctx;
	if (control_has(cookie)) {
		control_checked(hub->control, cookie, answer);
		return;
	}
	struct switchboard_conn *c = switchboard_conn(&hub->switchboard, cookie);
	struct dialog *d = c ? c->dialog : NULL;
	if (d && d->protocol->checked)
		d->protocol->checked(d, answer);
}

/* Stands for where it comes from; 0: it is exempt from rates. */
static uint64_t hub_address(struct hub *hub, conn_id conn)
{
	const struct switchboard_conn *c = switchboard_conn(&hub->switchboard, conn);
	struct address peer = { 0 };
	if (!c || !c->dialog)
		return 0;
	memcpy(peer.ip, c->dialog->ip, sizeof(peer.ip));
	return hub_is_exempt(hub, &peer) ? 0 : secret_address(hub->secret, &peer);
}

static bool hub_check_password(void *ctx, conn_id conn, const struct password_question *question)
{
	struct hub *hub = ctx;
	const struct credential_asker asker = { conn, hub_address(hub, conn) };
	return credentials_check(hub->credentials, question, &asker, hub->now_ms);
}

static bool hub_may_register(void *ctx, conn_id conn)
{
	struct hub *hub = ctx;
	return credentials_may_register(hub->credentials, hub_address(hub, conn), hub->now_ms);
}

static void hub_draw(void *ctx, void *bytes, size_t len)
{
	(void)ctx;
	randombytes_buf(bytes, len);
}

static void hub_draw_code(void *ctx, char code[PASSWORD_CODE_SIZE])
{
	(void)ctx;
	code_draw(code);
}

static void hub_hash_code(void *ctx, const char *code, char hash[PASSWORD_CODE_HASH_SIZE])
{
	struct hub *hub = ctx;
	credentials_hash_code(hub->credentials, code, hash);
}

static struct passwords hub_passwords(struct hub *hub)
{
	return (struct passwords){
		.ctx = hub,
		.server_has_one = credentials_server_has_password(hub->credentials),
		.check = hub_check_password,
		.may_register = hub_may_register,
		.draw = hub_draw,
		.draw_code = hub_draw_code,
		.hash_code = hub_hash_code,
	};
}

static unsigned hub_find_gateway(void *ctx, const unsigned char ip[16])
{
	const struct hub *hub = ctx;
	struct address peer = { 0 };
	memcpy(peer.ip, ip, sizeof(peer.ip));
	return gateways_find(&hub->config->gateways, &peer);
}

static bool hub_check_gateway(void *ctx, conn_id asker, unsigned gateway, const char *password)
{
	struct hub *hub = ctx;
	const struct gateway *g = gateways_get(&hub->config->gateways, gateway);
	const struct password_question question = { .job = PASSWORD_OF_GATEWAY,
						    .name = g ? g->name : "",
						    .password = password };
	return g && hub_check_password(hub, asker, &question);
}

static bool hub_gateway_host(void *ctx, const char *address, unsigned char ip[16],
			     char host[HOST_SIZE])
{
	const struct hub *hub = ctx;
	struct network one;
	struct address peer = { 0 };
	if (strchr(address, '/') || !network_parse(address, &one, NULL))
		return false;
	memcpy(peer.ip, one.ip, sizeof(peer.ip));
	memcpy(ip, one.ip, sizeof(peer.ip));
	secret_cloak(hub->secret, &peer, host);
	return true;
}

static const char *hub_gateway_via(void *ctx, unsigned gateway)
{
	const struct hub *hub = ctx;
	const struct gateway *g = gateways_get(&hub->config->gateways, gateway);
	return g ? g->via : "a gateway";
}

/* ---- signals ---- */

static bool hub_reload_about(struct hub *hub)
{
	struct about before = hub->about;
	struct err err;
	before.motd = NULL; /* it may be freed */
	if (!about_read_again(&hub->about, hub->config, &err)) {
		log_error("configuration-reload-failed", "reason=\"%s\"", err.text);
		return false;
	}
	log_info("configuration-reloaded", "motd=%s", hub->about.motd ? "yes" : "no");
	switchboard_tell_about(&hub->switchboard, &before);
	return true;
}

static bool hub_reload_tls(struct hub *hub)
{
	if (!hub->tls)
		return true;
	if (!certificate_reload(hub->config, &hub->tls))
		return false;
	switchboard_set_tls(&hub->switchboard, hub->tls);
	return true;
}

/* false: something stays as it was. */
static bool hub_reload(void *ctx)
{
	struct hub *hub = ctx;
	bool told = hub_reload_about(hub), secured = hub_reload_tls(hub);
	return told && secured;
}

/* The window it was started in is closed. */
static bool hub_lost_terminal(const struct hub *hub)
{
	return hub->terminal >= 0 && !isatty(hub->terminal);
}

static int find_terminal(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			return fd;
	return -1;
}

static void hub_stop(struct hub *hub)
{
	hub->state = HUB_SETTLING;
	eventlog_hurry(hub->log);
	hub->stopping_since_ms = clock_monotonic_ms();
	for (size_t i = 0; i < hub->listener_count; i++) {
		loop_del(hub->loop, hub->listeners[i].listener.fd);
		listener_close(&hub->listeners[i].listener);
	}
	hub->listener_count = 0;
}

/* An operator of the chat says so. */
static void hub_stop_by_operator(void *ctx, bool again)
{
	struct hub *hub = ctx;
	if (hub->state != HUB_SERVING)
		return;
	log_info("stopped-by-operator", "again=%s", again ? "yes" : "no");
	hub->begins_anew = again;
	hub_stop(hub);
}

bool hub_begins_anew(const struct hub *hub)
{
	return hub->begins_anew;
}

static void hub_on_signal(struct watch *w, unsigned events)
{
	struct hub *hub = CONTAINER_OF(w, struct hub, signal_watch);
	struct signalfd_siginfo info;
	(void)events;
	if (read(hub->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (hub->state != HUB_SERVING) {
		hub->begins_anew = hub->begins_anew && info.ssi_signo == SIGHUP;
		return;
	}
	/* What is wrong with it is in the log. */
	if (info.ssi_signo == SIGHUP && !hub_lost_terminal(hub))
		(void)hub_reload(hub);
	else
		hub_stop(hub);
}

static void hub_check_stopping(struct hub *hub)
{
	int64_t since = hub->now_ms - hub->stopping_since_ms;
	if (hub->state == HUB_SETTLING &&
	    (eventlog_is_settled(hub->log) || since >= STOP_SETTLE_MS)) {
		hub->state = HUB_GOODBYES;
		switchboard_stop(&hub->switchboard);
	}
	/* Whoever left may have left something to be written: the seal of a room. */
	if (hub->state == HUB_GOODBYES && hub->ios_stopped == hub->switchboard.io_count &&
	    !eventlog_is_writing(hub->log))
		hub->state = HUB_STOPPED;
}

/* ---- a turn ---- */

/* Its operators are told what the log says, too. */
static void hub_tell_of_disk(struct hub *hub)
{
	bool fails = eventlog_is_degraded(hub->log), hangs = eventlog_is_stalled(hub->log);
	if (fails != hub->disk_fails)
		chat_notice(hub->chat, NULL, "%s",
			    fails ? "the disk takes nothing: nothing new can be said"
				  : "the disk takes everything again");
	if (hangs != hub->disk_hangs)
		chat_notice(hub->chat, NULL, "%s",
			    hangs ? "the disk does not answer: nothing new can be said"
				  : "the disk answers again");
	hub->disk_fails = fails;
	hub->disk_hangs = hangs;
}

static void hub_work(struct hub *hub)
{
	int64_t wall_ms = clock_wall_ms();
	hub->dialogs.turn_bytes = 0;
	chat_tick(hub->chat, wall_ms, eventlog_is_stalled(hub->log));
	/* Whom the last turn had no time for goes before what is new. */
	dialogs_turn(&hub->dialogs);
	hub_take(hub);
	control_turn(hub->control, hub->now_ms);
	credentials_turn(hub->credentials, hub->now_ms, hub_on_checked, hub);
	eventlog_turn(hub->log, hub->now_ms, wall_ms);
	chat_tick(hub->chat, wall_ms, eventlog_is_stalled(hub->log));
	hub_tell_of_disk(hub);
	dialogs_turn(&hub->dialogs);
	/* What waited may have been proposed just now. */
	eventlog_turn(hub->log, hub->now_ms, wall_ms);
}

static void hub_turn(struct hub *hub)
{
	hub->now_ms = clock_monotonic_ms();
	switchboard_push(&hub->switchboard);
	if (!switchboard_is_full(&hub->switchboard))
		hub_work(hub);
	if (hub->resting && hub->state == HUB_SERVING)
		hub_wake_listeners(hub);
	if (hub->state != HUB_SERVING)
		hub_check_stopping(hub);
	switchboard_wake(&hub->switchboard);
}

static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

static int hub_wait(const struct hub *hub)
{
	int64_t now_ms = clock_monotonic_ms();
	int wait_ms = shorter(eventlog_wait(hub->log, now_ms), chat_wait(hub->chat));
	if (dialogs_may_move(&hub->dialogs))
		return 0;
	wait_ms = shorter(wait_ms, credentials_wait(hub->credentials, now_ms));
	wait_ms = shorter(wait_ms, control_wait(hub->control, now_ms));
	if (hub->resting)
		wait_ms = shorter(wait_ms, ACCEPT_RETRY_MS / 10);
	if (hub->state != HUB_SERVING)
		wait_ms = shorter(wait_ms, STOP_LINGER_MS / 10);
	for (size_t i = 0; i < hub->switchboard.io_count; i++) {
		if (!queue_is_empty(&hub->switchboard.ios[i].to_core) &&
		    !switchboard_is_overflowing(&hub->switchboard))
			return 0;
		if (!hub->switchboard.ios[i].has_thread)
			wait_ms = io_wait(&hub->switchboard.ios[i], now_ms, wait_ms);
	}
	return wait_ms;
}

bool hub_run(struct hub *hub)
{
	while (hub->state != HUB_STOPPED) {
		loop_wait(hub->loop, hub_wait(hub));
		hub_turn(hub);
		for (size_t i = 0; i < hub->switchboard.io_count; i++)
			if (!hub->switchboard.ios[i].has_thread)
				io_turn(&hub->switchboard.ios[i], clock_monotonic_ms());
		if (hub->state != HUB_SERVING && hub->now_ms - hub->stopping_since_ms >= STOP_MS)
			return false;
	}
	return !eventlog_is_writing(hub->log);
}

/* ---- making and ending ---- */

static bool hub_open_credentials(struct hub *hub, struct err *err)
{
	if (secret_load(hub->config->data, hub->secret, err))
		hub->credentials = credentials_open(hub->config, hub->secret, hub_wake, hub, err);
	return hub->credentials;
}

static bool hub_open_log(struct hub *hub, struct err *err)
{
	unsigned char secret[TABLE_SECRET_BYTES];
	const struct chat_config config = {
		.name = hub->config->name,
		.lobby = hub->config->lobby,
		.replay = hub->config->replay,
		.rooms_max = hub->config->rooms,
		.nick_bytes = hub->config->nick_bytes,
		.user_bytes = hub->config->user_bytes,
		.whowas = hub->config->whowas,
		.monitor = hub->config->monitor,
		.room_bytes = hub->config->room_bytes,
		.casemapping = hub->config->casemapping,
		.accounts = hub->config->accounts,
	};
	const struct chat_ports ports = {
		.ctx = hub,
		.propose = hub_propose,
		.log_is_full = hub_log_is_full,
		.read = hub_read,
		.forget = hub_forget,
		.deliver = hub_deliver,
		.put_member = hub_put_member,
		.remove_member = hub_remove_member,
	};
	const struct eventlog_sink sink = {
		.ctx = hub,
		.room = hub_on_room,
		.mark = hub_on_mark,
		.account = hub_on_account,
		.voucher = hub_on_voucher,
		.apply = hub_on_apply,
		.refuse = hub_on_refuse,
		.read = hub_on_read,
		.wake = hub_wake,
	};
	randombytes_buf(secret, sizeof(secret));
	hub->chat = chat_new(&config, &ports, secret);
	hub->log = eventlog_open(hub->config->data, hub->config->durability, secret, &sink, err);
	if (!hub->log)
		return false;
	chat_resume(hub->chat, eventlog_run(hub->log), eventlog_last_id(hub->log));
	hub->dialogs = (struct dialogs){
		.chat = hub->chat,
		.about = &hub->about,
		.passwords = hub_passwords(hub),
		.gateways = { hub, hub_find_gateway, hub_check_gateway, hub_gateway_host,
			      hub_gateway_via },
		.control = { hub, hub_reload, hub_stop_by_operator },
		.lang = hub->config->lang,
		.answer_max = hub->config->output_bytes / 2 < ANSWER_BYTES_MAX
				      ? hub->config->output_bytes / 2
				      : ANSWER_BYTES_MAX,
		.outlet = switchboard_outlet(&hub->switchboard),
	};
	return true;
}

/* Everyone must show something that some protocols cannot ask for. */
static bool hub_has_demand(const struct hub *hub)
{
	return credentials_server_has_password(hub->credentials) ||
	       hub->config->accounts.needs_login;
}

static bool hub_refuse_place(const struct hub *hub, const char *scheme, struct err *err)
{
	if (credentials_server_has_password(hub->credentials))
		return err_set(err, ERR_INVALID,
			       "there is a server.password, and %s:// cannot ask for one: do not "
			       "listen on it",
			       scheme);
	return err_set(err, ERR_INVALID,
		       "accounts.require_login is on, and on %s:// nobody can log in: do not "
		       "listen on it",
		       scheme);
}

static bool hub_listen_on(struct hub *hub, const struct url *url, struct err *err)
{
	struct hub_listener *l = &hub->listeners[hub->listener_count];
	*l = (struct hub_listener){
		.watch.ready = hub_on_connection,
		.hub = hub,
		.listener.fd = -1,
		.protocol = protocol_find(url->scheme),
	};
	if (hub_has_demand(hub) && !l->protocol->asks_password)
		return hub_refuse_place(hub, url->scheme, err);
	if (!listener_open(&l->listener, url->host, url->port, err))
		return false;
	hub->listener_count++;
	return loop_add(hub->loop, l->listener.fd, LOOP_READ, &l->watch, err);
}

/* Without --listen: the protocols on their ports, on this machine's two addresses or on all of them.
 * A machine without IPv6 is no error. */
static bool hub_listen_by_default(struct hub *hub, struct err *err)
{
	bool everywhere = hub->config->is_public;
	for (const struct protocol *p = protocols; p->scheme; p++) {
		struct url url = { 0 };
		struct err why;
		if ((hub_has_demand(hub) && !p->asks_password) || (p->only_public && !everywhere))
			continue;
		snprintf(url.scheme, sizeof(url.scheme), "%s", p->scheme);
		snprintf(url.port, sizeof(url.port), "%s", p->port);
		snprintf(url.host, sizeof(url.host), "%s", everywhere ? "0.0.0.0" : "127.0.0.1");
		if (!hub_listen_on(hub, &url, err))
			return false;
		snprintf(url.host, sizeof(url.host), "%s", everywhere ? "::" : "::1");
		if (hub_listen_on(hub, &url, &why))
			continue;
		if (why.code == ERR_DENIED) {
			*err = why;
			return false;
		}
		log_warn("no-ipv6", "reason=\"%s\"", why.text);
	}
	return true;
}

static bool hub_listen(struct hub *hub, struct err *err)
{
	const struct config *c = hub->config;
	if (c->listen_count == 0)
		return hub_listen_by_default(hub, err);
	for (size_t i = 0; i < c->listen_count; i++)
		if (!hub_listen_on(hub, &c->listen[i], err))
			return false;
	return true;
}

/* Late, when little can go wrong any more: a server that does not start shows no code. */
static bool hub_make_code(struct hub *hub, struct err *err)
{
	for (size_t i = 0; i < hub->listener_count; i++)
		if (hub->listeners[i].protocol->checked)
			return credentials_make_code(hub->credentials, err);
	return true;
}

static bool hub_open_tls(struct hub *hub, struct err *err)
{
	for (size_t i = hub->listener_count; i-- > 0;)
		if (hub->listeners[i].protocol->is_tls)
			hub->about.tls_port = hub->listeners[i].listener.bound.port;
	bool wanted = hub->about.tls_port != 0;
	hub->tls = wanted ? certificate_open(hub->config, err) : NULL;
	return !wanted || hub->tls;
}

bool hub_fingerprint(const struct hub *hub, size_t index, char text[TLS_FINGERPRINT_SIZE])
{
	if (!hub->tls || index >= tls_config_count(hub->tls))
		return false;
	tls_config_fingerprint(hub->tls, index, text);
	return true;
}

const char *hub_first_code(const struct hub *hub)
{
	return credentials_first_code(hub->credentials);
}

static bool hub_watch_signals(struct hub *hub, struct err *err)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	hub->terminal = find_terminal();
	hub->signal_watch.ready = hub_on_signal;
	hub->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (hub->signal_fd < 0)
		return err_errno(err, "cannot listen to signals");
	return loop_add(hub->loop, hub->signal_fd, LOOP_READ, &hub->signal_watch, err);
}

static bool hub_start_threads(struct hub *hub, size_t queue_slots, struct err *err)
{
	const struct config *c = hub->config;
	const struct io_config config = {
		.lang = c->lang,
		.register_timeout_ms = (int64_t)c->register_timeout_s * 1000,
		.ping_interval_ms = (int64_t)c->ping_interval_s * 1000,
		.ping_timeout_ms = (int64_t)c->ping_timeout_s * 1000,
		.line_rate = (unsigned)c->line_rate,
		.output_max = c->output_bytes,
		.queue_slots = queue_slots,
		.core_loop = hub->loop,
	};
	if (!switchboard_init(&hub->switchboard, c->threads, &config, err))
		return false;
	switchboard_set_tls(&hub->switchboard, hub->tls);
	return switchboard_start(&hub->switchboard, err);
}

static bool hub_open_control(struct hub *hub, struct err *err)
{
	hub->control = control_open(hub->config->data, hub->loop, hub->chat, hub->credentials, err);
	return hub->control;
}

struct hub *hub_new(const struct config *config, size_t queue_slots, struct err *err)
{
	struct hub *hub = xcalloc(1, sizeof(*hub));
	hub->config = config;
	hub->signal_fd = -1;
	hub->loop = loop_new(err);
	if (hub->loop && about_open(&hub->about, hub->config, err) &&
	    hub_open_credentials(hub, err) && hub_listen(hub, err) && hub_open_tls(hub, err) &&
	    hub_open_log(hub, err) && hub_open_control(hub, err) && hub_watch_signals(hub, err) &&
	    hub_make_code(hub, err) && hub_start_threads(hub, queue_slots, err))
		return hub;
	hub_free(hub);
	return NULL;
}

void hub_free(struct hub *hub)
{
	if (!hub)
		return;
	if (hub->state != HUB_STOPPED)
		switchboard_stop(&hub->switchboard);
	switchboard_done(&hub->switchboard);
	for (size_t i = 0; i < hub->listener_count; i++)
		listener_close(&hub->listeners[i].listener);
	tls_config_unref(hub->tls);
	control_close(hub->control);
	credentials_close(hub->credentials);
	eventlog_close(hub->log);
	chat_free(hub->chat);
	about_done(&hub->about);
	if (hub->signal_fd >= 0)
		close(hub->signal_fd);
	loop_free(hub->loop);
	free(hub);
}

bool hub_place(const struct hub *hub, size_t index, char url[128], char way_in[128])
{
	char address[ADDRESS_TEXT], host[ADDRESS_TEXT], port[8];
	if (index >= hub->listener_count)
		return false;
	const struct hub_listener *l = &hub->listeners[index];
	address_text(&l->listener.bound, address);
	/* Whoever listens everywhere is found here, too. */
	if (address_is_any(&l->listener.bound))
		snprintf(host, sizeof(host), "%s", address[0] == '[' ? "::1" : "127.0.0.1");
	else
		address_host(&l->listener.bound, host);
	snprintf(port, sizeof(port), "%u", l->listener.bound.port);
	snprintf(url, 128, "%s://%s", l->protocol->scheme, address);
	snprintf(way_in, 128, l->protocol->way_in, host, port);
	return true;
}
