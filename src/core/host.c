#include "core/host.h"

#include "core/decide.h"

#include <assert.h>
#include <string.h>

bool host_valid(const char *text)
{
	size_t len = strlen(text);
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-.";
	return len > 0 && len < HOST_BYTES_MAX + 1 && strspn(text, allowed) == len &&
	       text[0] != '.' && text[len - 1] != '.' && !strstr(text, "..");
}

void chat_set_host(struct user *u, const char *host, const struct session *asker)
{
	struct event_draft draft = { .kind = EVENT_HOST, .text = host, .text_len = strlen(host) };
	struct session *s = u->first_session;
	assert(!asker || asker->user == u);
	if (strcmp(u->host, host) == 0)
		return;
	struct event *e = new_user_event(s, &draft);
	e->origin = asker ? asker->conn : 0;
	enum refusal refusal = chat_do(s->chat, e);
	assert(refusal == REFUSED_NOT);
	(void)refusal;
}

/* While they are out of his rooms, his sessions are told nothing that is told there. */
static void move_sessions(struct chat *chat, const struct user *u, bool in)
{
	const struct chat_ports *ports = &chat->ports;
	for (const struct member *m = u->first_room; m; m = m->next_room)
		for (const struct session *s = u->first_session; s; s = s->next)
			if (in)
				ports->put_member(ports->ctx, m->room->slot, s->conn,
						  s->ops->variant(s, m->room));
			else
				ports->remove_member(ports->ctx, m->room->slot, s->conn);
}

static void add_ranks(const struct member *m, struct buf *out)
{
	struct mode_change changes[MODE_CHANGES_MAX];
	size_t count = 0;
	for (size_t i = 0; i < MODE_COUNT && modes[i].kind == MODE_RANK; i++)
		if (m->ranks & modes[i].bit)
			changes[count++] = (struct mode_change){ true, &modes[i], m->user->nick };
	mode_text(changes, count, out);
}

static void tell_return(struct chat *chat, const struct member *m, const struct event *changed)
{
	struct buf ranks = { 0 };
	const struct event_room where = { .slot = m->room->slot };
	add_ranks(m, &ranks);
	const struct event_draft draft = {
		.kind = EVENT_RETURN,
		.from = user_sender(m->user),
		.from_bot = changed->from_bot,
		.from_operator = changed->from_operator,
		.room_name = m->room->name,
		.to_nick = ranks.bytes,
		.rooms = &where,
		.room_count = 1,
		.text = m->user->real,
		.text_len = strlen(m->user->real),
	};
	struct event *e = event_new(&draft);
	e->time_ms = changed->time_ms;
	chat->ports.deliver(chat->ports.ctx, e);
	event_unref(e);
	buf_done(&ranks);
}

void host_apply(struct chat *chat, struct event *e)
{
	struct user *u = user_find_id(chat, e->user_id);
	user_set_host(u, e->text);
	room_forget_bans(u);
	move_sessions(chat, u, false);
	if (e->room_count > 0)
		chat->ports.deliver(chat->ports.ctx, e);
	for (const struct member *m = u->first_room; m; m = m->next_room)
		tell_return(chat, m, e);
	move_sessions(chat, u, true);
	user_tell(u, e);
}
