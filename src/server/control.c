#include "server/control.h"

#include "base/log.h"
#include "base/text.h"
#include "core/enrol.h"
#include "core/voucher.h"
#include "server/code.h"
#include "server/control_address.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 16
#define CONN_SLOT UINT32_MAX /* of conn_ids: no connection of the switchboard has it */

/*  FREE ──accepted──▶ READING ──line──▶ ASKING ──next turn──▶ WORKING ──answered, or gone──▶ FREE  */
enum client_state { CLIENT_FREE, CLIENT_READING, CLIENT_ASKING, CLIENT_WORKING };

struct client {
	struct watch watch;
	struct session session;
	struct control_socket *all;
	enum client_state state;
	int fd;
	int64_t until_ms; /* READING: for its line */
	const struct verb *verb;
	char name[NICK_BYTES_MAX + 1];
	char code[CODE_SIZE];
	size_t len;
	char line[CONTROL_LINE_BYTES_MAX];
};

struct control_socket {
	struct watch watch;
	struct loop *loop;
	struct chat *chat;
	struct credentials *credentials;
	uint32_t next_generation;
	int fd;
	struct client clients[CONTROL_CONNS_MAX];
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 4096];
};

/* What may be asked. */
struct verb {
	const char *verb;
	/* What follows the verb: a name or a number; and behind that the rest, or NULL. Answers, or
	 * starts what will. */
	void (*run)(struct client *c, const char *word, const char *rest);
	/* The password is made into this. */
	void (*made)(struct client *c, const struct password_answer *answer);
	const char *done; /* of the name */
	bool has_rest;
};

/* ---- answering ---- */

static void client_end(struct client *c)
{
	if (c->state == CLIENT_FREE)
		return;
	loop_del(c->all->loop, c->fd);
	close(c->fd);
	session_close(&c->session);
	sodium_memzero(c->line, sizeof(c->line));
	sodium_memzero(c->code, sizeof(c->code));
	c->state = CLIENT_FREE;
}

/* It is the first that is ever sent there, so the kernel has room for it. */
static void answer(struct client *c, bool ok, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void answer(struct client *c, bool ok, const char *fmt, ...)
{
	char line[CONTROL_LINE_BYTES_MAX];
	va_list args;
	int head = snprintf(line, sizeof(line), "%s ", ok ? "ok" : "no");
	va_start(args, fmt);
	vsnprintf(line + head, sizeof(line) - (size_t)head - 1, fmt, args);
	va_end(args);
	size_t len = strlen(line);
	line[len++] = '\n';
	ssize_t ignored = send(c->fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	client_end(c);
}

static const char *words_of(enum refusal why)
{
	switch (why) {
	case REFUSED_NICK_INVALID:
		return "that cannot be the name of an account";
	case REFUSED_NICK_RESERVED:
		return "that name is kept for the server itself";
	case REFUSED_NICK_TAKEN:
		return "somebody who is here has that nick, or one like it";
	case REFUSED_ACCOUNT_EXISTS:
		return "there is an account of that name, or of one like it";
	case REFUSED_NO_SUCH_ACCOUNT:
		return "there is no such account";
	case REFUSED_LIST_FULL:
		return "there are too many already";
	case REFUSED_DEGRADED:
		return "the disk takes nothing just now";
	case REFUSED_STALLED:
		return "the disk does not answer";
	default:
		return "the server is busy, please try again";
	}
}

static void refuse(struct client *c, enum refusal why)
{
	answer(c, false, "%s", words_of(why));
}

/* ---- what may be asked ---- */

static struct account *find_account(struct client *c, const char *name)
{
	struct account *a = account_find(c->all->chat, name, strlen(name));
	if (!a)
		refuse(c, REFUSED_NO_SUCH_ACCOUNT);
	return a;
}

static void ask(struct client *c, enum password_job job, const char *name, const char *password)
{
	const struct password_question question = { .job = job,
						    .name = name,
						    .password = password };
	const struct credential_asker asker = { c->session.conn, 0 };
	if (!credentials_check(c->all->credentials, &question, &asker, loop_now(c->all->loop)))
		refuse(c, REFUSED_FULL);
}

static struct enrolment enrolment_of(const struct client *c)
{
	return (struct enrolment){ .name = c->name,
				   .email = "",
				   .voucher = "",
				   .by_operator = true };
}

static void account_add(struct client *c, const char *name, const char *password)
{
	const struct enrolment how = enrolment_of(c);
	enum refusal why = chat_account_refusal(&c->session, &how);
	(void)name;
	if (why == REFUSED_NOT)
		ask(c, PASSWORD_MAKE, "", password);
	else
		refuse(c, why);
}

static void account_added(struct client *c, const struct password_answer *made)
{
	struct enrolment how = enrolment_of(c);
	how.hash = made->hash;
	how.scram = made->scram;
	enum refusal why = chat_account_register(&c->session, &how);
	if (why != REFUSED_NOT)
		refuse(c, why);
}

static void account_passwd(struct client *c, const char *name, const char *password)
{
	if (find_account(c, name))
		ask(c, PASSWORD_MAKE, "", password);
}

static void account_passed(struct client *c, const struct password_answer *made)
{
	struct account *a = find_account(c, c->name);
	enum refusal why = a ? chat_account_set_password(&c->session, a, made->hash, made->scram)
			     : REFUSED_NOT;
	if (why != REFUSED_NOT)
		refuse(c, why);
}

static void account_drop(struct client *c, const char *name, const char *rest)
{
	struct account *a = find_account(c, name);
	enum refusal why = a ? chat_account_drop(&c->session, a) : REFUSED_NOT;
	(void)rest;
	if (why != REFUSED_NOT)
		refuse(c, why);
}

static void account_invite(struct client *c, const char *text, const char *rest)
{
	char hash[VOUCHER_HASH_SIZE];
	size_t digits = strspn(text, "0123456789");
	long hours = digits > 0 && digits < 6 && !text[digits] ? strtol(text, NULL, 10) : 0;
	(void)rest;
	if (hours < 1 || hours > VOUCHER_HOURS_MAX) {
		answer(c, false, "an invitation is good for 1 to %d hours", VOUCHER_HOURS_MAX);
		return;
	}
	code_draw(c->code);
	credentials_hash_code(c->all->credentials, c->code, hash);
	enum refusal why = chat_make_voucher(&c->session, hash,
					     c->all->chat->now_ms + (int64_t)hours * 3600 * 1000);
	if (why != REFUSED_NOT)
		refuse(c, why);
}

static void oper_add(struct client *c, const char *name, const char *password)
{
	ask(c, PASSWORD_ADD_OPER, name, password);
}

static void oper_added(struct client *c, const struct password_answer *made)
{
	(void)made;
	log_info("oper-added", "name=%s", c->name);
	answer(c, true, c->verb->done, c->name);
}

static const struct verb verbs[] = {
	{ "account-add", account_add, account_added, "account %s is registered", true },
	{ "account-passwd", account_passwd, account_passed, "account %s has a new password", true },
	{ "account-drop", account_drop, NULL, "account %s is dropped", false },
	{ "account-invite", account_invite, NULL, NULL, false },
	{ "oper-add", oper_add, oper_added, "%s is an operator", true },
};

/* ---- what comes back ---- */

bool control_has(conn_id cookie)
{
	return (uint32_t)cookie == CONN_SLOT;
}

void control_checked(struct control_socket *all, conn_id cookie, const struct password_answer *made)
{
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		struct client *c = &all->clients[i];
		if (c->state != CLIENT_WORKING || c->session.conn != cookie)
			continue;
		if (made->ok)
			c->verb->made(c, made);
		else
			answer(c, false, "%s", made->reason);
		return;
	}
}

static struct client *client_of(struct session *s)
{
	return CONTAINER_OF(s, struct client, session);
}

static void on_happened(struct session *s, struct event *e)
{
	struct client *c = client_of(s);
	if (e->kind == EVENT_VOUCHER) {
		answer(c, true, "%s", c->code);
		return;
	}
	log_info("control", "verb=%s name=%s", c->verb->verb, e->to_nick);
	answer(c, true, c->verb->done, e->to_nick);
}

static void on_refused(struct session *s, const struct event *e, enum refusal why)
{
	(void)e;
	refuse(client_of(s), why);
}

/* The rest is for those who have entered. */
static const struct session_ops control_ops = {
	.happened = on_happened,
	.refused = on_refused,
};

/* ---- a line ---- */

static const struct verb *verb_find(const char *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return &verbs[i];
	return NULL;
}

/* Cuts the first word off. NULL: there is no more. */
static char *take_word(char **at)
{
	char *word = *at, *space = word ? strchr(word, ' ') : NULL;
	if (space)
		*space = '\0';
	*at = space ? space + 1 : NULL;
	return word && word[0] ? word : NULL;
}

/* In a turn, when the chat knows what time it is. */
static void client_run(struct client *c)
{
	char *rest = c->line;
	size_t len = (size_t)((char *)memchr(c->line, '\n', c->len) - c->line);
	c->state = CLIENT_WORKING;
	c->line[len] = '\0';
	if (memchr(c->line, '\0', len) || !utf8_valid(c->line, len)) {
		answer(c, false, "that is no UTF-8 text");
		return;
	}
	const char *verb = take_word(&rest), *word = take_word(&rest);
	c->verb = verb ? verb_find(verb) : NULL;
	if (!c->verb || !word || !rest != !c->verb->has_rest) {
		answer(c, false, "that cannot be asked");
		return;
	}
	if (strlen(word) > NICK_BYTES_MAX) {
		answer(c, false, "a name has at most %d bytes", NICK_BYTES_MAX);
		return;
	}
	snprintf(c->name, sizeof(c->name), "%s", word);
	c->verb->run(c, word, rest);
}

static void client_read(struct client *c)
{
	ssize_t n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_end(c);
		return;
	}
	c->len += (size_t)n;
	if (memchr(c->line, '\n', c->len))
		c->state = CLIENT_ASKING;
	else if (c->len == sizeof(c->line))
		answer(c, false, "a request has at most %d bytes", CONTROL_LINE_BYTES_MAX);
}

/* What it asked is done all the same. */
static void client_watch_end(struct client *c)
{
	char more;
	ssize_t n = recv(c->fd, &more, 1, MSG_DONTWAIT);
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		client_end(c);
}

static void on_client(struct watch *w, unsigned events)
{
	struct client *c = CONTAINER_OF(w, struct client, watch);
	(void)events;
	switch (c->state) {
	case CLIENT_FREE: /* in the same wait */
		return;
	case CLIENT_READING:
		client_read(c);
		return;
	case CLIENT_ASKING:
	case CLIENT_WORKING:
		client_watch_end(c);
		return;
	}
}

/* ---- coming ---- */

static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static struct client *free_client(struct control_socket *all)
{
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++)
		if (all->clients[i].state == CLIENT_FREE)
			return &all->clients[i];
	return NULL;
}

static void client_begin(struct control_socket *all, struct client *c, int fd)
{
	conn_id conn = (conn_id)all->next_generation++ << 32 | CONN_SLOT;
	*c = (struct client){ .watch.ready = on_client, .all = all, .fd = fd };
	if (!loop_add(all->loop, fd, LOOP_READ, &c->watch, NULL)) {
		close(fd);
		return;
	}
	session_open(&c->session, all->chat, &control_ops, conn, "");
	c->state = CLIENT_READING;
	c->until_ms = loop_now(all->loop) + CONTROL_LINE_MS;
}

static void on_connection(struct watch *w, unsigned events)
{
	static const char busy[] = "no the server is busy, please try again\n";
	struct control_socket *all = CONTAINER_OF(w, struct control_socket, watch);
	int fd = accept4(all->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	(void)events;
	if (fd < 0)
		return;
	struct client *c = may_ask(fd) ? free_client(all) : NULL;
	if (c) {
		client_begin(all, c, fd);
		return;
	}
	ssize_t ignored = send(fd, busy, strlen(busy), MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	close(fd);
}

void control_turn(struct control_socket *all, int64_t now_ms)
{
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		struct client *c = &all->clients[i];
		if (c->state == CLIENT_READING && now_ms >= c->until_ms)
			client_end(c);
		if (c->state == CLIENT_ASKING)
			client_run(c);
	}
}

int control_wait(const struct control_socket *all, int64_t now_ms)
{
	int64_t wait_ms = -1;
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		const struct client *c = &all->clients[i];
		int64_t left_ms = c->until_ms > now_ms ? c->until_ms - now_ms : 0;
		if (c->state == CLIENT_READING && (wait_ms < 0 || left_ms < wait_ms))
			wait_ms = left_ms;
	}
	return (int)wait_ms;
}

/* ---- making and ending ---- */

/* For this user alone from the moment it is there. */
static bool control_bind(struct control_socket *all, const char *dir, struct err *err)
{
	struct control_address address;
	if (!control_address(dir, &address, err))
		return false;
	mode_t before = umask(0177);
	bool ok = (unlink(all->path) == 0 || errno == ENOENT) &&
		  bind(all->fd, (const struct sockaddr *)&address.un, sizeof(address.un)) == 0 &&
		  listen(all->fd, BACKLOG) == 0;
	if (!ok)
		err_errno(err, "cannot listen on %s", all->path);
	umask(before);
	control_address_done(&address);
	return ok;
}

struct control_socket *control_open(const char *dir, struct loop *loop, struct chat *chat,
				    struct credentials *credentials, struct err *err)
{
	struct control_socket *all = xcalloc(1, sizeof(*all));
	all->watch.ready = on_connection;
	all->loop = loop;
	all->chat = chat;
	all->credentials = credentials;
	all->next_generation = 1;
	snprintf(all->path, sizeof(all->path), "%s/control.sock", dir);
	all->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (all->fd < 0)
		err_errno(err, "cannot make a socket");
	else if (control_bind(all, dir, err) &&
		 loop_add(loop, all->fd, LOOP_READ, &all->watch, err))
		return all;
	if (all->fd >= 0)
		close(all->fd);
	free(all);
	return NULL;
}

void control_close(struct control_socket *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++)
		client_end(&all->clients[i]);
	loop_del(all->loop, all->fd);
	close(all->fd);
	unlink(all->path);
	free(all);
}
