/* hub_listen: where the hub listens, and who comes there. */
#include "server/hub_parts.h"

#include "base/log.h"

#include <stdio.h>

/* ---- new connections ---- */

bool hub_is_exempt(const struct hub *hub, const struct address *peer)
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

void hub_wake_listeners(struct hub *hub)
{
	if (hub->now_ms >= hub->rest_until && !switchboard_is_overflowing(&hub->switchboard)) {
		hub->rest_until = 0;
		hub_rest(hub, false);
	}
}

/* ---- where ---- */

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

bool hub_listen(struct hub *hub, struct err *err)
{
	const struct config *c = hub->config;
	if (c->listen_count == 0)
		return hub_listen_by_default(hub, err);
	for (size_t i = 0; i < c->listen_count; i++)
		if (!hub_listen_on(hub, &c->listen[i], err))
			return false;
	return true;
}

void hub_close_listeners(struct hub *hub)
{
	for (size_t i = 0; i < hub->listener_count; i++) {
		loop_del(hub->loop, hub->listeners[i].listener.fd);
		listener_close(&hub->listeners[i].listener);
	}
	hub->listener_count = 0;
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
