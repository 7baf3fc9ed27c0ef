#include "tests/unit/memory.h"

#include "core/enrol.h"
#include "protocols/irc/irc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct memory_conn *conn_of(struct memory *m, conn_id conn)
{
	assert(conn > 0 && conn <= m->conn_count);
	return &m->conns[conn];
}

/* A protocol that a test made up needs none. */
static const struct codec *codec_of(const struct memory_conn *c)
{
	return c->protocol->codec ? c->protocol->codec : &plain_codec;
}

/* ---- ports ---- */

static enum refusal on_propose(void *ctx, struct event *e)
{
	struct memory *m = ctx;
	if (m->refuse != REFUSED_NOT)
		return m->refuse;
	assert(m->flight_count < ARRAY_LEN(m->flight));
	e->id = m->next_id++;
	e->seq = e->id;
	e->time_ms = m->now_ms;
	m->flight[m->flight_count++] = e;
	return REFUSED_NOT;
}

static bool on_is_full(void *ctx)
{
	const struct memory *m = ctx;
	return m->full;
}

static bool on_read(void *ctx, const struct chat_read *read)
{
	struct memory *m = ctx;
	if (m->read_count == ARRAY_LEN(m->reads))
		return false;
	struct memory_read *r = &m->reads[m->read_count++];
	assert(read->part_count <= ARRAY_LEN(r->parts));
	r->read = *read;
	r->disk_count = m->disk_count;
	for (size_t i = 0; i < read->part_count; i++) {
		r->parts[i] = read->parts[i];
		if (read->parts[i].room_key)
			snprintf(r->keys[i], sizeof(r->keys[i]), "%s", read->parts[i].room_key);
	}
	return true;
}

static void on_forget(void *ctx, const char *room_key)
{
	struct memory *m = ctx;
	snprintf(m->forgotten, sizeof(m->forgotten), "%s", room_key);
}

static void on_deliver(void *ctx, struct event *e)
{
	struct memory *m = ctx;
	for (size_t i = 1; i <= m->conn_count; i++) {
		struct memory_conn *c = &m->conns[i];
		for (size_t r = 0; r < e->room_count && i != e->origin; r++) {
			unsigned variant = c->variant[e->rooms[r].slot];
			size_t before = c->seen.len;
			if (variant == 0)
				continue;
			variant = (variant - 1) | (e->rooms[r].crowded ? VARIANT_CROWDED : 0u);
			codec_of(c)->render(e, variant, &c->seen);
			if (c->seen.len > before)
				break; /* once, in however many rooms */
		}
	}
}

static void on_put(void *ctx, uint32_t room_slot, conn_id conn, unsigned variant)
{
	assert(room_slot < MEMORY_ROOMS_MAX);
	conn_of(ctx, conn)->variant[room_slot] = variant + 1;
}

static void on_remove(void *ctx, uint32_t room_slot, conn_id conn)
{
	conn_of(ctx, conn)->variant[room_slot] = 0;
}

/* ---- outlet ---- */

static void on_bytes(void *ctx, conn_id conn, const char *bytes, size_t len, bool alone)
{
	(void)alone;
	buf_add(&conn_of(ctx, conn)->seen, bytes, len);
}

static void on_tell(void *ctx, conn_id conn, struct event *const *events, size_t count,
		    unsigned variant)
{
	struct memory_conn *c = conn_of(ctx, conn);
	for (size_t i = 0; i < count; i++)
		codec_of(c)->render(events[i], variant, &c->seen);
}

static void on_credit(void *ctx, conn_id conn, unsigned count)
{
	conn_of(ctx, conn)->credit += count;
}

static void on_entered(void *ctx, conn_id conn)
{
	conn_of(ctx, conn)->entered = true;
}

static void on_unnamed(void *ctx, conn_id conn)
{
	conn_of(ctx, conn)->unnamed++;
}

static void on_when_low(void *ctx, conn_id conn)
{
	conn_of(ctx, conn)->asked_low = true;
}

static void on_close(void *ctx, conn_id conn)
{
	conn_of(ctx, conn)->closed = true;
}

static bool on_is_answers_full(void *ctx)
{
	const struct memory *m = ctx;
	return m->no_answers;
}

static void on_release(void *ctx, conn_id conn)
{
	conn_of(ctx, conn)->released = true;
	conn_of(ctx, conn)->dialog = NULL;
}

/* ---- passwords ---- */

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static bool on_check(void *ctx, conn_id asker, const struct password_question *question)
{
	struct memory *m = ctx;
	if (m->no_checks)
		return false;
	m->check = (struct memory_check){ .asker = asker,
					  .job = question->job,
					  .proved = question->ok };
	copy(m->check.name, sizeof(m->check.name), question->name);
	copy(m->check.password, sizeof(m->check.password), question->password);
	copy(m->check.hash, sizeof(m->check.hash), question->hash);
	copy(m->check.code, sizeof(m->check.code), question->code);
	return true;
}

static bool on_may_register(void *ctx, conn_id asker)
{
	const struct memory *m = ctx;
	(void)asker;
	return !m->no_registrations;
}

/* Not random at all, but never the same. */
static void on_draw(void *ctx, void *bytes, size_t len)
{
	struct memory *m = ctx;
	memset(bytes, ++m->drawn, len);
}

static void on_draw_code(void *ctx, char code[PASSWORD_CODE_SIZE])
{
	struct memory *m = ctx;
	snprintf(code, PASSWORD_CODE_SIZE, "abcd-efgh-jkmn-%04u", ++m->drawn % 10000u);
}

/* No hash, but one for each code. */
static void on_hash_code(void *ctx, const char *code, char hash[PASSWORD_CODE_HASH_SIZE])
{
	unsigned sum = 5381;
	(void)ctx;
	for (; *code; code++)
		sum = sum * 33 + (unsigned char)*code;
	snprintf(hash, PASSWORD_CODE_HASH_SIZE, "%064x", sum);
}

/* ---- wires ---- */

/* Whose line is being taken: one at a time. */
static struct memory_conn *typing;

static void on_ask(struct wire *w, struct request *r)
{
	assert(w == typing->wire);
	dialog_ask(typing->dialog, r);
}

static bool on_may_ask(const struct wire *w)
{
	(void)w;
	return true;
}

static void on_wait_quiet(struct wire *w)
{
	(void)w;
}

static void on_reject(struct wire *w, const char *what)
{
	(void)w;
	(void)what;
	assert(false);
}

static struct wire *wire_new(const struct codec *codec)
{
	static const struct wire_ops ops = { on_ask, on_may_ask, on_wait_quiet, on_reject };
	struct wire *w = xcalloc(1, codec->wire_size);
	*w = (struct wire){ .codec = codec, .ops = &ops };
	return w;
}

static void wire_free(struct wire *w)
{
	if (w)
		w->codec->done(w);
	free(w);
}

/* ---- the test's side ---- */

void memory_open(struct memory *m, size_t replay)
{
	static const unsigned char secret[TABLE_SECRET_BYTES] = "sixteen bytes..";
	const struct chat_config config = {
		.name = "tea.example",
		.lobby = "#lobby",
		.replay = replay,
		.rooms_max = 150,
		.nick_bytes = NICK_BYTES_MAX,
		.room_bytes = ROOM_BYTES_MAX,
		.user_bytes = USER_BYTES_MAX,
		.whowas = 100,
		.monitor = 3,
	};
	static const struct about about = {
		.name = "tea.example",
		.network = "Tea",
		.description = "A house",
	};
	const struct chat_ports ports = {
		m, on_propose, on_is_full, on_read, on_forget, on_deliver, on_put, on_remove,
	};
	memset(m, 0, sizeof(*m));
	m->next_id = 1;
	m->now_ms = 1000000;
	m->chat = chat_new(&config, &ports, secret);
	m->dialogs = (struct dialogs){
		.chat = m->chat,
		.lang = LANG_ZH,
		.outlet = { m, on_bytes, on_tell, on_credit, on_entered, on_unnamed, on_when_low,
			    on_close, on_release, on_is_answers_full },
		.passwords = { .ctx = m,
			       .check = on_check,
			       .may_register = on_may_register,
			       .draw = on_draw,
			       .draw_code = on_draw_code,
			       .hash_code = on_hash_code },
		.about = &about,
		.answer_max = ANSWER_BYTES_MAX,
	};
	chat_tick(m->chat, m->now_ms, false);
}

void memory_close(struct memory *m)
{
	for (size_t i = 1; i <= m->conn_count; i++) {
		if (m->conns[i].dialog)
			dialog_free(m->conns[i].dialog);
		wire_free(m->conns[i].wire);
		buf_done(&m->conns[i].seen);
	}
	for (size_t i = 0; i < m->flight_count; i++)
		event_unref(m->flight[i]);
	for (size_t i = 0; i < m->disk_count; i++)
		event_unref(m->disk[i]);
	chat_free(m->chat);
}

int memory_connect_to(struct memory *m, const struct protocol *p)
{
	assert(m->conn_count < MEMORY_CONNS_MAX);
	conn_id conn = ++m->conn_count;
	m->conns[conn].protocol = p;
	if (p->codec == &irc_codec)
		m->conns[conn].wire = wire_new(p->codec);
	m->conns[conn].dialog = dialog_open(&m->dialogs, p, conn, "somewhere",
					    &(struct address){ 0 });
	return (int)conn;
}

int memory_connect(struct memory *m)
{
	return memory_connect_to(m, protocol_find("plain"));
}

struct account *memory_account(struct memory *m, const char *name)
{
	struct account_record r;
	struct buf text = { 0 };
	account_record_init(&r, name);
	r.created_ms = r.seen_ms = m->now_ms;
	account_record_write(&r, &text);
	bool ok = chat_add_account(m->chat, m->next_id++, text.bytes, text.len);
	assert(ok);
	(void)ok;
	account_record_done(&r);
	buf_done(&text);
	return account_find(m->chat, name, strlen(name));
}

void memory_log_in(struct memory *m, int conn, struct account *a)
{
	account_point(&m->conns[conn].dialog->session.account, a);
}

static void wire_type(struct memory_conn *c, const char *text)
{
	struct buf line = { 0 };
	buf_printf(&line, "%s\r\n", text);
	typing = c;
	size_t taken = c->wire->codec->take(c->wire, line.bytes, line.len);
	assert(taken == line.len);
	(void)taken;
	buf_done(&line);
}

static void memory_turn(struct memory *m)
{
	m->dialogs.turn_bytes = 0;
	dialogs_turn(&m->dialogs);
}

void memory_type(struct memory *m, int conn, const char *text)
{
	struct memory_conn *c = &m->conns[conn];
	if (c->wire)
		wire_type(c, text);
	else
		dialog_ask(c->dialog, request_new(&plain_text, text, strlen(text), true));
	memory_turn(m);
}

int memory_error(struct memory *m, int conn)
{
	static const char server[] = ":tea.example ";
	const char *at = memory_seen(m, conn);
	while ((at = strstr(at, server))) {
		at += strlen(server);
		int numeric = (int)strtol(at, NULL, 10);
		if (numeric >= 400)
			return numeric;
	}
	return 0;
}

int memory_ask(struct memory *m, int conn, const char *line)
{
	memory_type(m, conn, line);
	memory_commit(m, 100);
	return memory_error(m, conn);
}

void memory_pass_over(struct memory *m)
{
	for (size_t i = 1; i <= m->conn_count; i++)
		m->conns[i].seen.len = 0;
}

int memory_enter(struct memory *m, const char *nick)
{
	int conn = memory_connect(m);
	memory_type(m, conn, nick);
	memory_pass_over(m);
	return conn;
}

int memory_enter_irc(struct memory *m, const char *nick, const char *caps)
{
	char line[IRC_LINE_BYTES];
	int conn = memory_connect_to(m, protocol_find("irc"));
	snprintf(line, sizeof(line), "CAP REQ :%s", caps);
	memory_type(m, conn, line);
	snprintf(line, sizeof(line), "NICK %s", nick);
	memory_type(m, conn, line);
	memory_type(m, conn, "USER someone 0 * :Some One");
	memory_type(m, conn, "CAP END");
	memory_pass_over(m);
	return conn;
}

void memory_cut(struct memory *m, int conn)
{
	dialog_gone(m->conns[conn].dialog, TEXT_WHY_RESET);
	memory_turn(m);
}

static struct event *take_flight(struct memory *m)
{
	struct event *e = m->flight[0];
	memmove(m->flight, m->flight + 1, --m->flight_count * sizeof(*m->flight));
	return e;
}

void memory_commit(struct memory *m, size_t count)
{
	while (count-- > 0 && m->flight_count > 0) {
		struct event *e = take_flight(m);
		m->disk[m->disk_count++] = e;
		chat_apply(m->chat, e);
	}
	memory_turn(m);
}

void memory_fail(struct memory *m)
{
	size_t count = m->flight_count;
	while (count-- > 0) {
		struct event *e = take_flight(m);
		chat_refuse(m->chat, e, REFUSED_DEGRADED);
		event_unref(e);
	}
	memory_turn(m);
}

static bool is_redacted(const struct memory *m, size_t disk_count, uint64_t id)
{
	for (size_t i = 0; i < disk_count; i++)
		if (m->disk[i]->kind == EVENT_REDACT && m->disk[i]->about_id == id)
			return true;
	return false;
}

static size_t memory_find(struct memory *m, const struct memory_read *r, size_t part,
			  struct event **found)
{
	const struct event_span *span = &r->parts[part].span;
	size_t count = 0, passed = 0;
	for (size_t i = 0; i < m->disk_count; i++)
		if (strcmp(m->disk[i]->room_key, r->keys[part]) == 0 &&
		    event_is_in(m->disk[i], span) && !is_redacted(m, r->disk_count, m->disk[i]->id))
			found[count++] = m->disk[i];
	if (count <= span->limit)
		return count;
	passed = span->oldest ? 0 : count - span->limit;
	memmove(found, found + passed, span->limit * sizeof(*found));
	return span->limit;
}

void memory_answer_read(struct memory *m, enum read_end end)
{
	assert(m->read_count > 0);
	struct memory_read r = m->reads[0];
	struct event *found[ARRAY_LEN(m->disk) * ARRAY_LEN(r.parts)];
	size_t count = 0;
	memmove(m->reads, m->reads + 1, --m->read_count * sizeof(*m->reads));
	for (size_t i = 0; i < r.read.part_count && end == READ_DONE; i++)
		count += memory_find(m, &r, i, found + count);
	chat_read_done(m->chat, &r.read, found, count, end);
	memory_turn(m);
}

void memory_answer_check(struct memory *m, bool ok, const char *text)
{
	struct memory_conn *c = conn_of(m, m->check.asker);
	const struct password_answer answer = { .job = m->check.job,
						.ok = ok,
						.host = text,
						.hash = text,
						.scram = text,
						.reason = ok ? "" : text };
	if (c->dialog)
		c->protocol->checked(c->dialog, &answer);
	memory_turn(m);
}

void memory_take(struct memory *m, int conn)
{
	m->conns[conn].asked_low = false;
	dialog_taken(m->conns[conn].dialog);
	memory_turn(m);
}

void memory_tick(struct memory *m, int64_t ms, bool stalled)
{
	m->now_ms += ms;
	chat_tick(m->chat, m->now_ms, stalled);
	memory_turn(m);
}

struct user *memory_user(const struct memory *m, int conn)
{
	const struct dialog *d = m->conns[conn].dialog;
	return d ? d->session.user : NULL;
}

struct room *memory_room(const struct memory *m, const char *name)
{
	return room_find(m->chat, name, strlen(name));
}

const char *memory_seen(struct memory *m, int conn)
{
	static char seen[65536];
	struct memory_conn *c = &m->conns[conn];
	snprintf(seen, sizeof(seen), "%s", c->seen.len ? c->seen.bytes : "");
	c->seen.len = 0;
	return seen;
}
