/* plain: what a plain connection asks is done, and answered. Core thread. docs/plain.md tells the
 * protocol as a user sees it. */
#include "protocols/plain.h"

#include "base/text.h"
#include "core/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO_NICKS_MAX 500  /* one /who names so many, and then says how many more there are */
#define WHO_LINE_BYTES 400 /* about where a line of names ends */
#define HISTORY_DEFAULT 20

/* A command that a user types. */
struct plain_verb {
	const char *verb;
	bool takes_text; /* one that does not is no command when something follows it */
	bool message;
	bool stores;
	void (*need)(struct plain_dialog *p, const char *text, struct chat_need *need);
	void (*run)(struct plain_dialog *p, const char *text);
};

static struct plain_dialog *plain_dialog(struct dialog *d)
{
	return CONTAINER_OF(d, struct plain_dialog, dialog);
}

static struct session *session(struct plain_dialog *p)
{
	return &p->dialog.session;
}

static struct chat *chat(struct plain_dialog *p)
{
	return p->dialog.all->chat;
}

static void say(struct plain_dialog *p, enum text text)
{
	dialog_say(&p->dialog, text);
}

/* Puts a refusal into words; name is the room or nick that was asked for. */
static void say_refusal(struct plain_dialog *p, enum refusal why, const char *name)
{
	struct dialog *d = &p->dialog;
	switch (why) {
	case REFUSED_NOT:
		return;
	case REFUSED_NICK_INVALID:
		dialog_say(d, TEXT_REFUSED_NICK_INVALID);
		return;
	case REFUSED_NICK_TAKEN:
	case REFUSED_NICK_RESERVED:
		dialog_say(d, TEXT_REFUSED_NICK_TAKEN);
		return;
	case REFUSED_ROOM_INVALID:
		dialog_say(d, TEXT_REFUSED_ROOM_INVALID);
		return;
	case REFUSED_NO_SUCH_ROOM:
		dialog_say(d, TEXT_REFUSED_NO_SUCH_ROOM, name);
		return;
	case REFUSED_NO_SUCH_NICK:
		dialog_say(d, TEXT_REFUSED_NO_SUCH_NICK, name);
		return;
	case REFUSED_NOT_IN_ROOM:
		dialog_say(d, TEXT_REFUSED_NOT_IN_ROOM, name);
		return;
	case REFUSED_TOO_MANY_ROOMS:
		dialog_say(d, TEXT_REFUSED_TOO_MANY_ROOMS);
		return;
	case REFUSED_NO_ROOM_FOR_ROOMS:
		dialog_say(d, TEXT_REFUSED_NO_ROOM_FOR_ROOMS);
		return;
	case REFUSED_NOT_OPERATOR:
		dialog_say(d, TEXT_REFUSED_NOT_OPERATOR, name);
		return;
	case REFUSED_SPEECH:
		dialog_say(d, TEXT_REFUSED_SPEECH, name);
		return;
	case REFUSED_GUEST:
		dialog_say(d, TEXT_REFUSED_GUEST, name);
		return;
	case REFUSED_COLOURS:
		dialog_say(d, TEXT_REFUSED_COLOURS, name);
		return;
	case REFUSED_SLOW:
		dialog_say(d, TEXT_REFUSED_SLOW,
			   room_slow_left(chat(p), p->room, session(p)->user));
		return;
	case REFUSED_BANNED:
		dialog_say(d, TEXT_REFUSED_BANNED, name);
		return;
	case REFUSED_INVITE_ONLY:
	case REFUSED_KEY:
		dialog_say(d, TEXT_REFUSED_CLOSED, name);
		return;
	case REFUSED_CROWDED:
		dialog_say(d, TEXT_REFUSED_CROWDED, name);
		return;
	case REFUSED_NO_ACCOUNT:
		dialog_say(d, TEXT_REFUSED_NO_ACCOUNT, name);
		return;
	case REFUSED_INSECURE:
		dialog_say(d, TEXT_REFUSED_INSECURE, name);
		return;
	case REFUSED_NICK_HELD:
		dialog_say(d, TEXT_REFUSED_NICK_HELD, chat_nick_holder(session(p))->name);
		return;
	case REFUSED_NO_SUCH_MESSAGE:
	case REFUSED_NOTICE: /* nobody says notices or CTCPs, kicks, invites or changes modes here */
	case REFUSED_CTCP:
	case REFUSED_OPEN:
	case REFUSED_KNOCKS:
	case REFUSED_SERVER_ONLY:
	case REFUSED_INSECURE_MEMBER:
	case REFUSED_FORWARD:
	case REFUSED_NOT_THERE:
	case REFUSED_ALREADY_THERE:
	case REFUSED_MODE_ARGUMENT:
	case REFUSED_LIST_FULL:
	case REFUSED_TOO_OFTEN:
	case REFUSED_NO_SUCH_ACCOUNT: /* or has an account */
	case REFUSED_ACCOUNT_EXISTS:
	case REFUSED_NOT_HIS_NICK:
	case REFUSED_REGISTER_OFF:
	case REFUSED_VOUCHER:
	case REFUSED_EMAIL:
	case REFUSED_LOGIN:
	case REFUSED_PASSWORD:
	case REFUSED_SUSPENDED:
		return;
	case REFUSED_TOO_LONG:
		dialog_say(d, TEXT_TOO_LONG, MESSAGE_BYTES_MAX, MESSAGE_LINES_MAX);
		return;
	case REFUSED_DEGRADED:
		dialog_say(d, TEXT_REFUSED_DEGRADED);
		return;
	case REFUSED_STALLED:
		dialog_say(d, TEXT_REFUSED_STALLED);
		return;
	case REFUSED_SILENCED:
		return;
	case REFUSED_STRANGER:
	case REFUSED_CALLER:
	case REFUSED_CALLER_TOLD:
		dialog_say(d, TEXT_REFUSED_PRIVATE, name);
		return;
	case REFUSED_FULL:
		dialog_say(d, TEXT_REFUSED_BUSY);
		return;
	}
}

/* About what an event takes on the wire: each of its lines has a head. */
static size_t event_bytes(const struct event *e)
{
	size_t lines = 1;
	for (const char *at = e->text; (at = strchr(at, '\n')); at++)
		lines++;
	return e->text_len + lines * (NICK_BYTES_MAX + ROOM_BYTES_MAX + 32);
}

static void tell(struct plain_dialog *p, struct event *e, unsigned variant)
{
	dialog_tell(&p->dialog, &e, 1, variant, event_bytes(e));
}

/* ---- rooms ---- */

static unsigned plain_variant(const struct session *s, const struct room *r)
{
	const struct dialog *d = CONTAINER_OF(s, const struct dialog, session);
	const struct plain_dialog *p = CONTAINER_OF(d, const struct plain_dialog, dialog);
	return (d->all->lang == LANG_EN ? PLAIN_ENGLISH : 0u) |
	       (r && r != p->room ? PLAIN_ELSEWHERE : 0u);
}

static void show_variant(struct plain_dialog *p, const struct room *r)
{
	const struct chat_ports *ports = &chat(p)->ports;
	struct session *s = session(p);
	ports->put_member(ports->ctx, r->slot, s->conn, plain_variant(s, r));
}

/* From now on p speaks in r (NULL: nowhere). */
static void go_to(struct plain_dialog *p, struct room *r)
{
	struct room *before = p->room;
	p->room = r;
	if (before && before != r && room_member(before, session(p)->user))
		show_variant(p, before);
	if (r)
		show_variant(p, r);
}

/* Names of rooms may be written without their "#". */
static size_t room_name(const char *text, char name[ROOM_BYTES_MAX + 2])
{
	int len = snprintf(name, ROOM_BYTES_MAX + 2, "%s%s", text[0] == '#' ? "" : "#", text);
	return len < ROOM_BYTES_MAX + 2 ? (size_t)len
					: ROOM_BYTES_MAX + 1; /* too long to be valid */
}

static struct room *find_room(struct plain_dialog *p, const char *text)
{
	char name[ROOM_BYTES_MAX + 2];
	return room_find(chat(p), name, room_name(text, name));
}

/* The last of events, oldest first, as many as one answer may hold. */
static void tell_past(struct plain_dialog *p, struct event *const *events, size_t count,
		      const struct room *r)
{
	size_t bytes = 0, first = count;
	while (first > 0 && bytes + event_bytes(events[first - 1]) <= p->dialog.all->answer_max)
		bytes += event_bytes(events[--first]);
	dialog_tell(&p->dialog, events + first, count - first,
		    plain_variant(session(p), r) | VARIANT_PAST, bytes);
}

static void show_past(struct plain_dialog *p, const struct room *r)
{
	struct event *events[REPLAY_MAX];
	for (size_t i = 0; i < r->replay_count; i++)
		events[i] = room_replay(chat(p), r, i);
	tell_past(p, events, r->replay_count, r);
}

/* ---- getting in ---- */

static void ask_again(struct plain_dialog *p, enum text why)
{
	dialog_say_alone(&p->dialog, why);
	say(p, TEXT_GREETING);
}

/* Spaces around a nick are passed over. */
static const char *trim(const char *text, size_t *len)
{
	while (*len > 0 && *text == ' ') {
		text++;
		*len -= 1;
	}
	while (*len > 0 && text[*len - 1] == ' ')
		*len -= 1;
	return text;
}

static void enter(struct plain_dialog *p, const char *nick, size_t len)
{
	const struct outlet *out = &p->dialog.all->outlet;
	nick = trim(nick, &len);
	enum refusal why = user_nick_refusal(chat(p), NULL, NULL, nick, len);
	if (why != REFUSED_NOT) {
		ask_again(p, why == REFUSED_NICK_INVALID ? TEXT_NICK_INVALID : TEXT_NICK_TAKEN);
		return;
	}
	dialog_say_alone(&p->dialog, TEXT_NICK_ACCEPTED);
	out->entered(out->ctx, session(p)->conn);
	dialog_enter(&p->dialog, DIALOG_READY);
	const struct introduction how = { .user = "plain",
					  .via = "plain TCP",
					  .flags = USER_CLOAKED };
	const char *lobby = chat(p)->config.lobby;
	why = chat_enter(session(p), nick, len, &how);
	if (why == REFUSED_NOT && *lobby)
		why = chat_join(session(p), lobby, strlen(lobby), "");
	say_refusal(p, why, lobby);
	/* Whoever reads in chunks compares what he reads with the seed's lines: not a byte more. */
	if (p->lines)
		say(p, TEXT_HELP_HINT);
}

/* ---- commands ---- */

static void cmd_help(struct plain_dialog *p, const char *text)
{
	(void)text;
	say(p, TEXT_HELP);
}

static void cmd_who(struct plain_dialog *p, const char *text)
{
	const struct room *r = *text ? find_room(p, text) : p->room;
	size_t shown = 0;
	char head[256];
	struct buf line = { 0 };
	if (!r || !room_member(r, session(p)->user)) {
		if (*text)
			say_refusal(p, r ? REFUSED_NOT_IN_ROOM : REFUSED_NO_SUCH_ROOM, text);
		else
			say(p, TEXT_ROOM_NOWHERE);
		return;
	}
	snprintf(head, sizeof(head), text_of(p->dialog.all->lang, TEXT_HERE), r->name,
		 r->member_count);
	for (const struct member *m = r->first; m && shown < WHO_NICKS_MAX; m = m->next, shown++) {
		if (line.len > WHO_LINE_BYTES) {
			buf_add(&line, "\n", 1);
			dialog_say_bytes(&p->dialog, line.bytes, line.len);
			line.len = 0;
		}
		if (line.len == 0)
			buf_add_text(&line, head);
		buf_printf(&line, " %s", m->user->nick);
	}
	buf_add(&line, "\n", 1);
	dialog_say_bytes(&p->dialog, line.bytes, line.len);
	if (shown < r->member_count)
		dialog_say(&p->dialog, TEXT_HERE_MORE, r->member_count - shown);
	buf_done(&line);
}

/* A room's topic as it may be shown, or nothing; out has bytes in any case. */
static void add_topic(struct buf *out, const struct room *r)
{
	buf_add_text(out, "");
	if (r->topic)
		text_add_shown(out, r->topic, strlen(r->topic));
}

static void add_room(struct plain_dialog *p, struct buf *out, const struct room *r)
{
	struct buf topic = { 0 };
	add_topic(&topic, r);
	buf_printf(out, text_of(p->dialog.all->lang, TEXT_ROOM_ROW), r->name, r->member_count,
		   topic.len ? ": " : "", topic.bytes);
	buf_done(&topic);
}

static void cmd_rooms(struct plain_dialog *p, const char *text)
{
	struct buf list = { 0 };
	size_t more = 0;
	(void)text;
	for (size_t i = 0; i < chat(p)->room_slots; i++) {
		const struct room *r = chat(p)->rooms[i];
		if (!r || !r->first)
			continue;
		if (list.len < p->dialog.all->answer_max / 2)
			add_room(p, &list, r);
		else
			more++;
	}
	if (more > 0)
		buf_printf(&list, text_of(p->dialog.all->lang, TEXT_ROOMS_MORE), more);
	if (list.len == 0)
		buf_add_text(&list, text_of(p->dialog.all->lang, TEXT_ROOMS_NONE));
	dialog_say_bytes(&p->dialog, list.bytes, list.len);
	buf_done(&list);
}

static void need_join(struct plain_dialog *p, const char *text, struct chat_need *need)
{
	struct room *r = find_room(p, text);
	need->room = r;
	/* Nothing is woken for somebody who may not come in. */
	if (r && !room_member(r, session(p)->user) &&
	    session(p)->user->room_count < ROOMS_PER_USER_MAX)
		need->entering = r;
}

static void cmd_join(struct plain_dialog *p, const char *text)
{
	char name[ROOM_BYTES_MAX + 2];
	size_t len = room_name(text, name);
	if (!*text) {
		say(p, TEXT_USAGE_JOIN);
		return;
	}
	struct room *r = room_find(chat(p), name, len);
	if (r && room_member(r, session(p)->user)) {
		go_to(p, r);
		dialog_say(&p->dialog, TEXT_ROOM_NOW, r->name);
		return;
	}
	enum refusal why = chat_join(session(p), name, len, "");
	const struct room *to = why == REFUSED_NOT ? NULL
						   : chat_forward(session(p), name, len, why);
	if (!to) {
		say_refusal(p, why, name);
		return;
	}
	dialog_say(&p->dialog, TEXT_FORWARDED, name, to->name);
	say_refusal(p, chat_join(session(p), to->name, strlen(to->name), ""), to->name);
}

static void need_part(struct plain_dialog *p, const char *text, struct chat_need *need)
{
	need->room = *text ? find_room(p, text) : p->room;
}

static void cmd_part(struct plain_dialog *p, const char *text)
{
	struct room *r = *text ? find_room(p, text) : p->room;
	if (!r && *text)
		say_refusal(p, REFUSED_NO_SUCH_ROOM, text);
	else if (!r)
		say(p, TEXT_ROOM_NOWHERE);
	else if (chat_part(session(p), r, "") == REFUSED_NOT_IN_ROOM)
		say_refusal(p, REFUSED_NOT_IN_ROOM, r->name);
}

static void cmd_msg(struct plain_dialog *p, const char *text)
{
	size_t nick_len = strcspn(text, " ");
	const char *words = text + nick_len + strspn(text + nick_len, " ");
	const struct words said = { .text = words, .len = strlen(words), .tags = "" };
	if (nick_len == 0 || !*words) {
		say(p, TEXT_USAGE_MSG);
		return;
	}
	struct user *to = user_find(chat(p), text, nick_len);
	char nick[64];
	snprintf(nick, sizeof(nick), "%.*s", nick_len > NICK_BYTES_MAX ? 0 : (int)nick_len, text);
	say_refusal(p,
		    to ? chat_say_to(session(p), to, EVENT_MESSAGE, &said) : REFUSED_NO_SUCH_NICK,
		    nick);
}

static void need_room(struct plain_dialog *p, const char *text, struct chat_need *need)
{
	(void)text;
	need->room = p->room;
}

static void say_in_room(struct plain_dialog *p, enum event_kind kind, const char *text)
{
	const struct words words = { .text = text, .len = strlen(text), .tags = "" };
	if (!p->room)
		say(p, TEXT_ROOM_NOWHERE);
	else
		say_refusal(p, chat_say(session(p), p->room, kind, &words), p->room->name);
}

static void cmd_me(struct plain_dialog *p, const char *text)
{
	if (*text)
		say_in_room(p, EVENT_ACTION, text);
	else
		say(p, TEXT_USAGE_ME);
}

static void cmd_nick(struct plain_dialog *p, const char *text)
{
	if (*text)
		say_refusal(p, chat_rename(session(p), text, strlen(text)), text);
	else
		say(p, TEXT_USAGE_NICK);
}

static void cmd_history(struct plain_dialog *p, const char *text)
{
	char *end = NULL;
	unsigned long count = *text ? strtoul(text, &end, 10) : HISTORY_DEFAULT;
	if (*text && (*end || count == 0 || count > HISTORY_MAX || text[0] == '-')) {
		dialog_say(&p->dialog, TEXT_USAGE_HISTORY, HISTORY_MAX);
		return;
	}
	if (!p->room) {
		say(p, TEXT_ROOM_NOWHERE);
		return;
	}
	const struct event_span span = { .limit = count };
	if (!dialog_can_wait(&p->dialog))
		return;
	enum refusal why = chat_history(session(p), p->room, &span, 1);
	if (why == REFUSED_NOT)
		dialog_busy(&p->dialog);
	say_refusal(p, why, p->room->name);
}

static void show_topic(struct plain_dialog *p, const struct room *r)
{
	struct buf topic = { 0 };
	add_topic(&topic, r);
	if (r->topic)
		dialog_say(&p->dialog, TEXT_TOPIC_IS, r->name, topic.bytes, r->topic_by);
	else
		dialog_say(&p->dialog, TEXT_TOPIC_NONE, r->name);
	buf_done(&topic);
}

static void cmd_topic(struct plain_dialog *p, const char *text)
{
	if (!p->room)
		say(p, TEXT_ROOM_NOWHERE);
	else if (!*text)
		show_topic(p, p->room);
	else if (strlen(text) > TOPIC_BYTES_MAX)
		dialog_say(&p->dialog, TEXT_TOO_LONG, TOPIC_BYTES_MAX, 1);
	else
		say_refusal(p, chat_set_topic(session(p), p->room, text, strlen(text)),
			    p->room->name);
}

static void leave(struct plain_dialog *p, bool goodbye)
{
	chat_leave(session(p), "");
	p->room = NULL;
	dialog_enter(&p->dialog, DIALOG_LEAVING);
	if (goodbye)
		say(p, TEXT_GOODBYE);
	dialog_close(&p->dialog);
}

static void cmd_quit(struct plain_dialog *p, const char *text)
{
	(void)text;
	leave(p, true);
}

static void cmd_say(struct plain_dialog *p, const char *text)
{
	say_in_room(p, EVENT_MESSAGE, text);
}

static const struct plain_verb verb_say = { "", true, true, true, need_room, cmd_say };

/* clang-format off */
static const struct plain_verb verbs[] = {
	/* verb       text   message stores */
	{ "/help",    false, false, false, NULL,      cmd_help },
	{ "/history", true,  false, false, need_room, cmd_history },
	{ "/join",    true,  false, false, need_join, cmd_join },
	{ "/me",      true,  true,  true,  need_room, cmd_me },
	{ "/msg",     true,  true,  true,  NULL,      cmd_msg },
	{ "/nick",    true,  false, false, NULL,      cmd_nick },
	{ "/part",    true,  false, false, need_part, cmd_part },
	{ "/quit",    false, false, false, NULL,      cmd_quit },
	{ "/rooms",   false, false, false, NULL,      cmd_rooms },
	{ "/topic",   true,  false, true,  need_room, cmd_topic },
	{ "/who",     true,  false, false, need_room, cmd_who },
	{ "quit",     false, false, false, NULL,      cmd_quit },
};
/* clang-format on */

/* What a message means, and what it says: commands are exact words, "//" says a single "/". */
static const struct plain_verb *verb_of(const char *text, const char **ret_rest)
{
	size_t len = strcspn(text, " ");
	const char *rest = text + len + strspn(text + len, " ");
	bool one_line = !strchr(text, '\n');
	for (size_t i = 0; one_line && i < ARRAY_LEN(verbs); i++) {
		const struct plain_verb *v = &verbs[i];
		if (strlen(v->verb) != len || strncmp(v->verb, text, len) != 0)
			continue;
		if (text[len] && !v->takes_text)
			continue;
		*ret_rest = rest;
		return v;
	}
	*ret_rest = text[0] == '/' && text[1] == '/' ? text + 1 : text;
	return &verb_say;
}

/* ---- what the connection asks ---- */

#define WORDS_SIZE (MESSAGE_BYTES_MAX + 1)

/* What is asked, without what would end a line for others' programs, or be a question to them: a CR, and the
 * sign of CTCP. A nick with one of them is none. copy is used if there are any. */
static const char *words_of(const struct request *r, char copy[WORDS_SIZE])
{
	static const char signs[] = "\r\x01";
	size_t len = 0;
	if (!strpbrk(r->text, signs))
		return r->text;
	for (const char *at = r->text; *at && len < MESSAGE_BYTES_MAX; at++)
		if (!strchr(signs, *at))
			copy[len++] = *at;
	copy[len] = '\0';
	return copy;
}

/* Nothing is woken for a nick that will be refused. */
static void need_lobby(struct plain_dialog *p, const struct request *r, struct chat_need *need)
{
	const char *lobby = chat(p)->config.lobby;
	size_t len = r->text_len;
	const char *nick = trim(r->text, &len);
	need->room = room_find(chat(p), lobby, strlen(lobby));
	if (user_nick_refusal(chat(p), NULL, NULL, nick, len) == REFUSED_NOT)
		need->entering = room_find(chat(p), lobby, strlen(lobby));
}

static void need_text(struct plain_dialog *p, const struct request *r, struct chat_need *need)
{
	char copy[WORDS_SIZE];
	const char *rest;
	if (p->dialog.state == DIALOG_NAMING) {
		need_lobby(p, r, need);
		return;
	}
	const struct plain_verb *v = verb_of(words_of(r, copy), &rest);
	need->message = v->message;
	need->stores = v->stores;
	if (v->need)
		v->need(p, rest, need);
}

static bool waits_text(struct dialog *d, const struct request *r)
{
	struct chat_need need = { 0 };
	need_text(plain_dialog(d), r, &need);
	return chat_must_wait(d->all->chat, &d->session, &need);
}

static void run_text(struct dialog *d, const struct request *r)
{
	struct plain_dialog *p = plain_dialog(d);
	char copy[WORDS_SIZE];
	const char *words = words_of(r, copy), *rest;
	p->lines = r->flag;
	if (d->state == DIALOG_NAMING) {
		enter(p, r->text, r->text_len);
		return;
	}
	if (words[0])
		verb_of(words, &rest)->run(p, rest);
}

static void run_bad_bytes(struct dialog *d, const struct request *r)
{
	(void)r;
	if (d->state == DIALOG_NAMING)
		ask_again(plain_dialog(d), TEXT_NICK_INVALID);
	else
		dialog_say(d, TEXT_BAD_BYTES);
}

static void run_too_long(struct dialog *d, const struct request *r)
{
	(void)r;
	if (d->state == DIALOG_NAMING)
		ask_again(plain_dialog(d), TEXT_NICK_INVALID);
	else
		dialog_say(d, TEXT_TOO_LONG, MESSAGE_BYTES_MAX, MESSAGE_LINES_MAX);
}

static void run_end(struct dialog *d, const struct request *r)
{
	(void)r;
	leave(plain_dialog(d), false);
}

#define WHILE_HERE (BIT(DIALOG_NAMING) | BIT(DIALOG_READY))

const struct command plain_text = { "text", WHILE_HERE, waits_text, run_text };
const struct command plain_bad_bytes = { "bad bytes", WHILE_HERE, NULL, run_bad_bytes };
const struct command plain_too_long = { "too long", WHILE_HERE, NULL, run_too_long };
const struct command plain_end = { "end", WHILE_HERE, NULL, run_end };

/* ---- what the chat answers ---- */

static void plain_joined(struct plain_dialog *p, struct event *e)
{
	struct room *r = chat(p)->rooms[e->rooms[0].slot];
	go_to(p, r);
	tell(p, e, plain_variant(session(p), r) | VARIANT_ANSWER);
	if (p->lines)
		show_past(p, r);
}

/* If he is no longer in the room where he spoke, he speaks in the one he entered last. */
static void leave_current(struct plain_dialog *p)
{
	const struct member *last = session(p)->user->last_room;
	/* The room may be forgotten by now: only its address is compared. */
	if (!p->room || room_member(p->room, session(p)->user))
		return;
	p->room = NULL;
	go_to(p, last ? last->room : NULL);
	if (last)
		dialog_say(&p->dialog, TEXT_ROOM_NOW, last->room->name);
	else
		say(p, TEXT_ROOM_NOWHERE);
}

static void plain_parted(struct plain_dialog *p, struct event *e)
{
	tell(p, e, plain_variant(session(p), NULL) | VARIANT_ANSWER);
	leave_current(p);
}

static void plain_happened(struct session *s, struct event *e)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	switch (e->kind) {
	case EVENT_JOIN:
		plain_joined(p, e);
		return;
	case EVENT_PART:
		plain_parted(p, e);
		return;
	case EVENT_QUIT: /* cmd_quit() says goodbye */
	case EVENT_SEAL:
	case EVENT_ACCOUNT:
	case EVENT_VOUCHER:
	case EVENT_MARK:
	case EVENT_METADATA:
	case EVENT_ABOUT:
	case EVENT_CROWD:
	case EVENT_AWAY:
	case EVENT_NAME:
	case EVENT_REACTION:
	case EVENT_TAGS:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
	case EVENT_WALLOPS:
	case EVENT_HOST:
	case EVENT_LOGIN:
	case EVENT_INVITED:
	case EVENT_RETURN:
	case EVENT_KNOCK:
	case EVENT_SERVER_NOTICE:
	case EVENT_CALLER:
	case EVENT_KILL:
		return;
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
		if (!event_is_private(e))
			return; /* the seed never echoes to the speaker: he sees what he typed */
		tell(p, e, plain_variant(s, NULL) | VARIANT_ANSWER);
		return;
	case EVENT_REDACT:
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_MODE:
	case EVENT_RENAME:
	case EVENT_INVITE:
	case EVENT_NICK:
		tell(p, e, plain_variant(s, NULL) | VARIANT_ANSWER);
		return;
	}
}

static void plain_received(struct session *s, struct event *e)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	tell(p, e, plain_variant(s, NULL));
}

/* Somebody made him enter it: he goes on speaking where he speaks. */
static void plain_entered(struct session *s, struct event *e)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	struct room *r = chat(p)->rooms[e->rooms[0].slot];
	if (!p->room)
		go_to(p, r);
	tell(p, e, plain_variant(s, r));
}

static void plain_renamed(struct session *s, struct event *e)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	tell(p, e, plain_variant(s, NULL));
}

static void plain_put_out(struct session *s, const struct event *e)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	(void)e;
	leave_current(p);
}

/* He was told why already. */
static void plain_expelled(struct session *s, const struct event *quit)
{
	(void)quit;
	leave(plain_dialog(CONTAINER_OF(s, struct dialog, session)), false);
}

static void plain_refused(struct session *s, const struct event *e, enum refusal why)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	say_refusal(p, why, event_is_private(e) ? e->to_nick : e->room_name);
}

static void plain_history(struct session *s, struct event *const *events, size_t count,
			  enum read_end end)
{
	struct plain_dialog *p = plain_dialog(CONTAINER_OF(s, struct dialog, session));
	if (end != READ_DONE)
		say(p, TEXT_HISTORY_UNREADABLE);
	else if (count == 0)
		say(p, TEXT_HISTORY_NONE);
	else
		tell_past(p, events, count, NULL);
	dialog_answered(&p->dialog);
}

const struct session_ops plain_session_ops = {
	.happened = plain_happened,
	.received = plain_received,
	.entered = plain_entered,
	.put_out = plain_put_out,
	.expelled = plain_expelled,
	.renamed = plain_renamed,
	.refused = plain_refused,
	.history = plain_history,
	.variant = plain_variant,
};
