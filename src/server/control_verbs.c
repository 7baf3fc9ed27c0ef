/* control_verbs: what may be asked of a running server, and how it is done. See control_address.h. */
#include "server/control_client.h"

#include "base/log.h"
#include "base/text.h"
#include "core/enrol.h"
#include "core/voucher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	client_answer(c, false, "%s", words_of(why));
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
		client_answer(c, false, "an invitation is good for 1 to %d hours",
			      VOUCHER_HOURS_MAX);
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
	client_answer(c, true, c->verb->done, c->name);
}

static const struct verb verbs[] = {
	{ "account-add", account_add, account_added, "account %s is registered", true },
	{ "account-passwd", account_passwd, account_passed, "account %s has a new password", true },
	{ "account-drop", account_drop, NULL, "account %s is dropped", false },
	{ "account-invite", account_invite, NULL, NULL, false },
	{ "oper-add", oper_add, oper_added, "%s is an operator", true },
};

/* ---- what comes back ---- */

void control_checked(struct control_socket *all, conn_id cookie, const struct password_answer *made)
{
	for (size_t i = 0; i < CONTROL_CONNS_MAX; i++) {
		struct client *c = &all->clients[i];
		if (c->state != CLIENT_WORKING || c->session.conn != cookie)
			continue;
		if (made->ok)
			c->verb->made(c, made);
		else
			client_answer(c, false, "%s", made->reason);
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
		client_answer(c, true, "%s", c->code);
		return;
	}
	log_info("control", "verb=%s name=%s", c->verb->verb, e->to_nick);
	client_answer(c, true, c->verb->done, e->to_nick);
}

static void on_refused(struct session *s, const struct event *e, enum refusal why)
{
	(void)e;
	refuse(client_of(s), why);
}

/* The rest is for those who have entered. */
const struct session_ops control_session_ops = {
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
void client_run(struct client *c)
{
	char *rest = c->line;
	size_t len = (size_t)((char *)memchr(c->line, '\n', c->len) - c->line);
	c->state = CLIENT_WORKING;
	c->line[len] = '\0';
	if (memchr(c->line, '\0', len) || !utf8_valid(c->line, len)) {
		client_answer(c, false, "that is no UTF-8 text");
		return;
	}
	const char *verb = take_word(&rest), *word = take_word(&rest);
	c->verb = verb ? verb_find(verb) : NULL;
	if (!c->verb || !word || !rest != !c->verb->has_rest) {
		client_answer(c, false, "that cannot be asked");
		return;
	}
	if (strlen(word) > NICK_BYTES_MAX) {
		client_answer(c, false, "a name has at most %d bytes", NICK_BYTES_MAX);
		return;
	}
	snprintf(c->name, sizeof(c->name), "%s", word);
	c->verb->run(c, word, rest);
}
