/* hub: what the core thread does in a turn, and how it is told to stop. */
#include "server/hub.h"

#include "server/hub_parts.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/notice.h"
#include "server/about.h"
#include "server/certificate.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Requests of one I/O thread in one turn, so that none waits for long behind another's. */
#define REQUESTS_PER_TURN 4096
/* Of STOP_MS: for what is in flight, before goodbyes are said. */
#define STOP_SETTLE_MS 800

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
		credentials_forget(hub->credentials, item->conn);
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
	hub_close_listeners(hub);
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

struct control hub_control(struct hub *hub)
{
	return (struct control){ hub, hub_reload, hub_stop_by_operator };
}

bool hub_watch_signals(struct hub *hub, struct err *err)
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
