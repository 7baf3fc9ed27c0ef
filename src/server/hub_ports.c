/* hub_ports: what the chat, the log and the dialogs are handed: the ways to each other, to the connections
 * and to the threads that check passwords. */
#include "server/hub_parts.h"

#include "base/log.h"
#include "core/account.h"
#include "core/enrol.h"
#include "core/marks.h"
#include "core/voucher.h"
#include "server/code.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void hub_wake(void *ctx)
{
	struct hub *hub = ctx;
	loop_wake(hub->loop);
}

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

struct chat_ports hub_chat_ports(struct hub *hub)
{
	return (struct chat_ports){
		.ctx = hub,
		.propose = hub_propose,
		.log_is_full = hub_log_is_full,
		.read = hub_read,
		.forget = hub_forget,
		.deliver = hub_deliver,
		.put_member = hub_put_member,
		.remove_member = hub_remove_member,
	};
}

struct eventlog_sink hub_log_sink(struct hub *hub)
{
	return (struct eventlog_sink){
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
}

/* ---- passwords: to and from the threads that check them ---- */

/* cookie: the conn_id of whoever gave one, whose dialog may have ended meanwhile. */
void hub_on_checked(void *ctx, uint64_t cookie, const struct password_answer *answer)
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

struct passwords hub_passwords(struct hub *hub)
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

struct gateways hub_gateways(struct hub *hub)
{
	return (struct gateways){ hub, hub_find_gateway, hub_check_gateway, hub_gateway_host,
				  hub_gateway_via };
}
