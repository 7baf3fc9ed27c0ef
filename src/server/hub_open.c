/* hub_open: making a hub, and taking it apart. */
#include "server/hub_parts.h"

#include "server/about.h"
#include "server/certificate.h"
#include "server/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

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
	const struct chat_ports ports = hub_chat_ports(hub);
	const struct eventlog_sink sink = hub_log_sink(hub);
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
		.gateways = hub_gateways(hub),
		.control = hub_control(hub),
		.lang = hub->config->lang,
		.answer_max = hub->config->output_bytes / 2 < ANSWER_BYTES_MAX
				      ? hub->config->output_bytes / 2
				      : ANSWER_BYTES_MAX,
		.outlet = switchboard_outlet(&hub->switchboard),
	};
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
