#include "protocols/irc/metadata.h"

#include "core/account.h"
#include "protocols/irc/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool speaks_3(const struct irc_dialog *irc)
{
	return irc->caps & CAP_METADATA_3;
}

/* ---- what is said ---- */

void irc_metadata_say(struct irc_dialog *irc, const char *target, const char *key,
		      const char *value)
{
	if (value)
		irc_numeric(irc, RPL_KEYVALUE, target, key, value);
	else
		irc_numeric(irc, RPL_KEYNOTSET, target, key);
}

/* What he did not ask for. */
void irc_metadata_say_news(struct irc_dialog *irc, const char *target, const char *key,
			   const char *value)
{
	if (speaks_3(irc))
		irc_metadata_say(irc, target, key, value);
	else if (value)
		irc_say(irc, "METADATA %s %s * :%s", target, key, value);
	else
		irc_say(irc, "METADATA %s %s *", target, key);
}

void irc_metadata_fail_key(struct irc_dialog *irc, const char *key)
{
	irc_fail(irc, speaks_3(irc) ? FAIL_METADATA_KEY : FAIL_METADATA_KEY_2, irc_word(key));
}

static void fail_target(struct irc_dialog *irc, const char *target)
{
	irc_fail(irc, FAIL_METADATA_TARGET, irc_word(target));
}

static void fail_value(struct irc_dialog *irc, const char *key)
{
	if (speaks_3(irc))
		irc_fail(irc, FAIL_METADATA_VALUE, key);
	else
		irc_fail(irc, FAIL_METADATA_VALUE_2);
}

static void refuse(struct irc_dialog *irc, enum refusal why, const char *target, const char *key)
{
	switch ((int)why) {
	case REFUSED_NOT:
		return;
	case REFUSED_NOT_THERE:
		irc_fail(irc, FAIL_METADATA_NOT_SET, target, key);
		return;
	case REFUSED_LIST_FULL:
		irc_fail(irc, FAIL_METADATA_FULL, target);
		return;
	case REFUSED_TOO_LONG:
		fail_value(irc, key);
		return;
	case REFUSED_TOO_OFTEN:
		irc_fail(irc, FAIL_METADATA_TOO_OFTEN, target, key,
			 chat_metadata_wait(&irc->dialog.session));
		return;
	case REFUSED_NO_SUCH_ROOM:
		fail_target(irc, target);
		return;
	case REFUSED_NOT_OPERATOR:
	case REFUSED_NOT_IN_ROOM:
		irc_fail(irc, FAIL_METADATA_DENIED, target, irc_word(key));
		return;
	default:
		irc_refuse(irc, why, "METADATA", target);
	}
}

/* ---- whose ---- */

/* false: he is told that there is none. */
static bool find_target(struct irc_dialog *irc, const char *name, struct irc_metadata_target *ret)
{
	struct user *u = irc_user(irc);
	*ret = (struct irc_metadata_target){ .name = "*" };
	if (!u && strcmp(name, "*") == 0) {
		ret->metadata = &irc_applicant(irc)->metadata;
		return true;
	}
	if (u && name[0] == '#')
		ret->what.room = irc_room(irc, name);
	else if (u)
		ret->what.user = strcmp(name, "*") == 0 ? u : irc_find(irc, name);
	if (!ret->what.room && !ret->what.user) {
		fail_target(irc, name);
		return false;
	}
	ret->name = ret->what.room ? ret->what.room->name : ret->what.user->nick;
	ret->metadata = annotated_metadata(&ret->what);
	return true;
}

/* The same, if he may read it; key: what he is told that he may not. */
bool irc_metadata_find(struct irc_dialog *irc, const char *name, const char *key,
		       struct irc_metadata_target *ret)
{
	if (!find_target(irc, name, ret))
		return false;
	if (!irc_user(irc))
		return true;
	enum refusal why = chat_metadata_refusal(&irc->dialog.session, &ret->what);
	refuse(irc, why, ret->name, key);
	return why == REFUSED_NOT;
}

bool irc_metadata_next_key(struct irc_metadata_keys *k, char key[IRC_LINE_BYTES])
{
	for (;;) {
		k->at += strspn(k->at, " ");
		if (*k->at)
			break;
		if (k->index == k->request->argc)
			return false;
		k->at = k->request->argv[k->index++];
		if (!*k->at) {
			key[0] = '\0';
			return true;
		}
	}
	size_t len = strcspn(k->at, " ");
	snprintf(key, IRC_LINE_BYTES, "%.*s", (int)len, k->at);
	k->at += len;
	return true;
}

struct irc_metadata_keys irc_metadata_keys(const struct request *r)
{
	return (struct irc_metadata_keys){ r, 2, "" };
}

/* ---- reading ---- */

static void cmd_get(struct irc_dialog *irc, const struct request *r)
{
	struct irc_metadata_target t;
	struct irc_metadata_keys keys = irc_metadata_keys(r);
	char key[IRC_LINE_BYTES];
	if (r->argc < 3)
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "METADATA");
	if (r->argc < 3 || !irc_metadata_find(irc, r->argv[0], r->argv[2], &t))
		return;
	irc_batch_begin(irc, "metadata", t.name);
	while (irc_metadata_next_key(&keys, key)) {
		if (metadata_key_valid(key))
			irc_metadata_say(irc, t.name, key, metadata_find(t.metadata, key));
		else
			irc_metadata_fail_key(irc, key);
	}
	irc_batch_end(irc);
}

static void cmd_list(struct irc_dialog *irc, const struct request *r)
{
	struct irc_metadata_target t;
	if (!irc_metadata_find(irc, r->argv[0], "*", &t))
		return;
	irc_batch_begin(irc, "metadata", t.name);
	for (size_t i = 0; i < t.metadata->count; i++)
		irc_metadata_say(irc, t.name, t.metadata->items[i].key, t.metadata->items[i].value);
	irc_batch_end(irc);
}

/* ---- setting ---- */

/* Before he is in: kept until he is. */
static void set_early(struct irc_dialog *irc, const char *key, const char *value)
{
	struct metadata *m = &irc_applicant(irc)->metadata;
	enum refusal why = REFUSED_NOT;
	if (!value && !metadata_find(m, key))
		why = REFUSED_NOT_THERE;
	else if (value && strlen(value) > METADATA_VALUE_BYTES_MAX)
		why = REFUSED_TOO_LONG;
	else if (value && m->count >= METADATA_KEYS_MAX && !metadata_find(m, key))
		why = REFUSED_LIST_FULL;
	refuse(irc, why, "*", key);
	if (why != REFUSED_NOT)
		return;
	metadata_set(m, key, value);
	irc_metadata_say(irc, "*", key, value);
}

static void cmd_set(struct irc_dialog *irc, const struct request *r)
{
	struct irc_metadata_target t;
	const char *key = irc_arg(r, 2), *value = r->argc > 3 ? r->argv[3] : NULL;
	if (r->argc < 3)
		irc_numeric(irc, ERR_NEEDMOREPARAMS, "METADATA");
	else if (!find_target(irc, r->argv[0], &t))
		return;
	else if (!metadata_key_valid(key))
		irc_metadata_fail_key(irc, key);
	else if (!irc_user(irc))
		set_early(irc, key, value);
	else
		refuse(irc, chat_set_metadata(&irc->dialog.session, &t.what, key, value), t.name,
		       key);
}

static void clear_early(struct irc_dialog *irc)
{
	struct metadata *m = &irc_applicant(irc)->metadata;
	irc_batch_begin(irc, "metadata", "*");
	for (size_t i = 0; i < m->count; i++)
		irc_metadata_say(irc, "*", m->items[i].key, NULL);
	irc_batch_end(irc);
	metadata_done(m);
}

static void cmd_clear(struct irc_dialog *irc, const struct request *r)
{
	struct irc_metadata_target t;
	if (!find_target(irc, r->argv[0], &t))
		return;
	if (!irc_user(irc)) {
		clear_early(irc);
		return;
	}
	irc_extras(irc)->clearing = true;
	enum refusal why = chat_clear_metadata(&irc->dialog.session, &t.what);
	if (why == REFUSED_NOT)
		return;
	irc->extras->clearing = false;
	irc_extras_settle(irc);
	if (why != REFUSED_NOT_THERE) {
		refuse(irc, why, t.name, "*");
		return;
	}
	irc_batch_begin(irc, "metadata", t.name);
	irc_batch_end(irc);
}

/* ---- what changes ---- */

bool irc_is_metadata(const struct event *e)
{
	return e->kind == EVENT_METADATA || e->kind == EVENT_ABOUT ||
	       (e->kind == EVENT_ACCOUNT && e->to_key[0]);
}

/* An account's is his own, or, if he is an operator, of somebody who is logged in to it. */
static const char *target_of(struct irc_dialog *irc, const struct event *e)
{
	const struct account *a;
	if (e->kind == EVENT_METADATA)
		return e->room_name;
	if (e->kind == EVENT_ABOUT)
		return e->to_nick;
	a = account_find(irc_chat(irc), e->to_nick, strlen(e->to_nick));
	if (!a || a == irc->dialog.session.account || a->user_count == 0)
		return irc_nick(irc);
	return a->users[0]->nick;
}

void irc_metadata_happened(struct irc_dialog *irc, const struct event *e)
{
	const char *target = target_of(irc, e), *key, *value;
	char *text = xstrdup(e->kind == EVENT_ACCOUNT ? e->to_key : e->text), *at = text;
	bool clearing = irc->extras && irc->extras->clearing;
	if (clearing)
		irc_batch_begin(irc, "metadata", target);
	while (metadata_next(&at, &key, &value))
		irc_metadata_say(irc, target, key, value);
	if (clearing) {
		irc_batch_end(irc);
		irc->extras->clearing = false;
		irc_extras_settle(irc);
	}
	free(text);
}

void irc_metadata_refused(struct irc_dialog *irc, const struct event *e, enum refusal why)
{
	if (irc->extras)
		irc->extras->clearing = false;
	irc_refuse(irc, why, "METADATA", target_of(irc, e));
}

/* ---- where others show it ---- */

void irc_metadata_welcome(struct irc_dialog *irc)
{
	struct metadata all;
	if (!(irc->caps & (CAP_METADATA_2 | CAP_METADATA_3)))
		return;
	user_metadata_latest(irc_user(irc), &all);
	irc_batch_begin(irc, "metadata", irc_nick(irc));
	for (size_t i = 0; i < all.count; i++)
		irc_metadata_say_news(irc, irc_nick(irc), all.items[i].key, all.items[i].value);
	irc_batch_end(irc);
	metadata_done(&all);
}

void irc_metadata_whois(struct irc_dialog *irc, const struct user *u)
{
	const struct metadata *m = user_metadata(u);
	if (!(irc->caps & (CAP_METADATA_2 | CAP_METADATA_3)))
		return;
	for (size_t i = 0; i < m->count; i++)
		irc_numeric(irc, RPL_WHOISKEYVALUE, u->nick, m->items[i].key, m->items[i].value);
}

/* ---- METADATA ---- */

static const struct subcommand {
	const char *verb;
	bool only_oneself; /* its target is "*", or he */
	void (*run)(struct irc_dialog *irc, const struct request *r);
} subcommands[] = {
	{ "CLEAR", false, cmd_clear },        { "GET", false, cmd_get },
	{ "LIST", false, cmd_list },          { "SET", false, cmd_set },
	{ "SUB", true, irc_metadata_sub },    { "SUBS", true, irc_metadata_subs },
	{ "SYNC", false, irc_metadata_sync }, { "UNSUB", true, irc_metadata_unsub },
};

static bool is_oneself(const struct irc_dialog *irc, const char *target)
{
	return strcmp(target, "*") == 0 ||
	       (irc_user(irc) && irc_find(irc, target) == irc_user(irc));
}

void irc_cmd_metadata(struct irc_dialog *irc, const struct request *r)
{
	const char *target = r->argv[0], *verb = r->argv[1];
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++) {
		const struct subcommand *c = &subcommands[i];
		if (strcasecmp(c->verb, verb) != 0)
			continue;
		if (c->only_oneself && !is_oneself(irc, target))
			fail_target(irc, target);
		else
			c->run(irc, r);
		return;
	}
	irc_fail(irc, FAIL_METADATA_COMMAND, irc_word(verb));
}
