#include "core/enrol.h"

#include "core/annotate.h"
#include "core/decide.h"
#include "core/voucher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- proposing ---- */

/* r NULL: the account is dropped. */
static struct event *account_event(struct session *s, const struct account *a,
				   const struct account_record *r, const char *voucher)
{
	struct buf text = { 0 };
	if (r)
		account_record_write(r, &text);
	struct event_draft draft = {
		.kind = EVENT_ACCOUNT,
		.room_key = ACCOUNTS_PLACE,
		.room_name = ACCOUNTS_PLACE,
		.to_nick = a->name,
		.text = text.bytes,
		.text_len = text.len,
		.tags = voucher,
	};
	struct event *e = new_event(s, &draft);
	buf_done(&text);
	return e;
}

/* What a will be is r, whose strings it takes in any case. */
static enum refusal propose(struct chat *chat, struct account *a, struct account_record *r,
			    struct event *e)
{
	enum refusal why = chat_do(chat, e);
	if (why != REFUSED_NOT) {
		account_record_done(r);
		return why;
	}
	if (a->next)
		account_record_done(a->next);
	else
		a->next = xcalloc(1, sizeof(*a->next));
	*a->next = *r;
	a->in_flight++;
	return REFUSED_NOT;
}

/* ---- a new one ---- */

static bool nick_is_anothers(const struct session *s, const char *name, size_t len)
{
	return user_nick_refusal(s->chat, s->user, NULL, name, len) == REFUSED_NICK_TAKEN;
}

static bool is_his_nick(const struct chat *chat, const char *nick, const char *name)
{
	char a[NAME_KEY_SIZE], b[NAME_KEY_SIZE];
	return nick_key(nick, strlen(nick), NICK_BYTES_MAX, chat->config.casemapping, a) &&
	       nick_key(name, strlen(name), NICK_BYTES_MAX, chat->config.casemapping, b) &&
	       strcmp(a, b) == 0;
}

static enum refusal name_refusal(const struct session *s, const struct enrolment *how)
{
	const struct chat *chat = s->chat;
	char key[NAME_KEY_SIZE];
	size_t len = strlen(how->name);
	if (!nick_key(how->name, len, chat->config.nick_bytes, chat->config.casemapping, key))
		return REFUSED_NICK_INVALID;
	if (account_is_service(chat, how->name))
		return REFUSED_NICK_RESERVED;
	if (how->nick && !chat->config.accounts.custom_name &&
	    !is_his_nick(chat, how->nick, how->name))
		return REFUSED_NOT_HIS_NICK;
	if (account_like(chat, how->name))
		return REFUSED_ACCOUNT_EXISTS;
	return nick_is_anothers(s, how->name, len) ? REFUSED_NICK_TAKEN : REFUSED_NOT;
}

static enum refusal email_refusal(const struct chat *chat, const char *email)
{
	size_t len = strlen(email);
	if (len == 0)
		return chat->config.accounts.needs_email ? REFUSED_EMAIL : REFUSED_NOT;
	const char *at = strchr(email, '@');
	bool plausible = at && at > email && at[1] && !strpbrk(email, " \t\r\n");
	return len <= EMAIL_BYTES_MAX && plausible ? REFUSED_NOT : REFUSED_EMAIL;
}

static enum refusal rules_refusal(const struct chat *chat, const struct enrolment *how)
{
	if (chat->config.accounts.may_register == REGISTER_OFF)
		return REFUSED_REGISTER_OFF;
	enum refusal why = email_refusal(chat, how->email);
	if (why == REFUSED_NOT &&
	    (chat->config.accounts.may_register == REGISTER_INVITE || how->voucher[0]) &&
	    !voucher_find(chat, how->voucher))
		why = REFUSED_VOUCHER;
	return why;
}

enum refusal chat_account_refusal(const struct session *s, const struct enrolment *how)
{
	enum refusal why = name_refusal(s, how);
	if (why == REFUSED_NOT && !how->by_operator)
		why = rules_refusal(s->chat, how);
	if (why == REFUSED_NOT && s->chat->account_count >= ACCOUNTS_MAX)
		why = REFUSED_LIST_FULL;
	return why;
}

enum refusal chat_account_register(struct session *s, const struct enrolment *how)
{
	struct account_record r;
	struct chat *chat = s->chat;
	enum refusal why = chat_account_refusal(s, how);
	if (why != REFUSED_NOT)
		return why;
	account_record_init(&r, how->name);
	account_record_set(&r.hash, how->hash);
	account_record_set(&r.scram, how->scram);
	account_record_set(&r.email, how->email);
	r.created_ms = r.seen_ms = chat->now_ms;
	struct account *a = account_new(chat, how->name);
	why = propose(chat, a, &r, account_event(s, a, &r, how->voucher));
	if (why != REFUSED_NOT)
		account_end(chat, a);
	else if (how->voucher[0])
		voucher_find(chat, how->voucher)->taken = true;
	return why;
}

/* ---- changes ---- */

/* A copy of what a will be, to be changed. false: it will be no more. */
static bool begin(const struct account *a, struct account_record *r)
{
	if (a->state != ACCOUNT_THERE || a->drops)
		return false;
	account_record_copy(r, account_latest(a));
	return true;
}

static enum refusal change(struct session *s, struct account *a, struct account_record *r)
{
	return propose(s->chat, a, r, account_event(s, a, r, ""));
}

enum refusal chat_account_set_password(struct session *s, struct account *a, const char *hash,
				       const char *scram)
{
	struct account_record r;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	account_record_set(&r.hash, hash);
	account_record_set(&r.scram, scram);
	return change(s, a, &r);
}

enum refusal chat_account_set_email(struct session *s, struct account *a, const char *email)
{
	struct account_record r;
	enum refusal why = email_refusal(s->chat, email);
	if (why != REFUSED_NOT)
		return why;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	account_record_set(&r.email, email);
	return change(s, a, &r);
}

enum refusal chat_account_set_totp(struct session *s, struct account *a, const char *secret)
{
	struct account_record r;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	account_record_set(&r.totp, secret);
	return change(s, a, &r);
}

enum refusal chat_account_set_settings(struct session *s, struct account *a, const char *settings)
{
	struct account_record r;
	if (strlen(settings) > ACCOUNT_SETTINGS_BYTES_MAX)
		return REFUSED_TOO_LONG;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	account_record_set(&r.settings, settings);
	return change(s, a, &r);
}

/* The whole change travels beside the record, for those who are told of it. */
static struct event *annotated_event(struct session *s, const struct account *a,
				     const struct account_record *r, const char *change)
{
	struct buf text = { 0 };
	account_record_write(r, &text);
	struct event_draft draft = {
		.kind = EVENT_ACCOUNT,
		.room_key = ACCOUNTS_PLACE,
		.room_name = ACCOUNTS_PLACE,
		.to_nick = a->name,
		.to_key = change,
		.text = text.bytes,
		.text_len = text.len,
	};
	struct event *e = new_event(s, &draft);
	buf_done(&text);
	return e;
}

enum refusal chat_account_annotate(struct session *s, struct account *a, const char *change,
				   bool asked)
{
	struct account_record r;
	struct metadata m = { 0 };
	struct buf text = { 0 };
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	metadata_change(&m, r.metadata);
	size_t before = m.count;
	metadata_change(&m, change);
	/* Several of its users may set some at once. */
	if (m.count > METADATA_KEYS_MAX && m.count > before) {
		metadata_done(&m);
		account_record_done(&r);
		return REFUSED_LIST_FULL;
	}
	buf_add_text(&text, "");
	metadata_write(&m, &text);
	account_record_set(&r.metadata, text.bytes);
	metadata_done(&m);
	buf_done(&text);
	struct event *e = annotated_event(s, a, &r, change);
	if (!asked)
		e->origin = 0;
	return propose(s->chat, a, &r, e);
}

enum refusal chat_account_add_cert(struct session *s, struct account *a, const char *fingerprint)
{
	struct account_record r;
	assert(fingerprint_valid(fingerprint));
	if (account_find_cert(s->chat, fingerprint) ||
	    account_record_has_cert(account_latest(a), fingerprint))
		return REFUSED_ALREADY_THERE;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	if (account_record_add_cert(&r, fingerprint))
		return change(s, a, &r);
	account_record_done(&r);
	return REFUSED_LIST_FULL;
}

enum refusal chat_account_remove_cert(struct session *s, struct account *a, const char *fingerprint)
{
	struct account_record r;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	if (account_record_remove_cert(&r, fingerprint))
		return change(s, a, &r);
	account_record_done(&r);
	return REFUSED_NOT_THERE;
}

enum refusal chat_account_suspend(struct session *s, struct account *a, const char *why)
{
	struct account_record r;
	if (strlen(why) > REASON_BYTES_MAX)
		return REFUSED_TOO_LONG;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	account_record_set(&r.suspended, why);
	return change(s, a, &r);
}

enum refusal chat_account_drop(struct session *s, struct account *a)
{
	struct account_record r;
	if (!begin(a, &r))
		return REFUSED_NO_SUCH_ACCOUNT;
	enum refusal why = propose(s->chat, a, &r, account_event(s, a, NULL, ""));
	a->drops = why == REFUSED_NOT;
	return why;
}

void chat_account_saw(struct session *s, struct account *a)
{
	struct account_record r;
	int64_t now_ms = s->chat->now_ms, seen_ms = account_latest(a)->seen_ms;
	if ((now_ms >= seen_ms && now_ms - seen_ms < ACCOUNT_SEEN_MS) || !begin(a, &r))
		return;
	r.seen_ms = now_ms;
	struct event *e = account_event(s, a, &r, "");
	e->origin = e->user_id = 0; /* nobody has asked */
	enum refusal ignored = propose(s->chat, a, &r, e);
	(void)ignored;
}

/* ---- what comes back ---- */

/* The one that e is about, in whatever state. */
static struct account *account_of(const struct chat *chat, const struct event *e)
{
	char key[NAME_KEY_SIZE];
	bool valid = nick_key(e->to_nick, strlen(e->to_nick), NICK_BYTES_MAX,
			      chat->config.casemapping, key);
	struct account *a = valid ? table_find(&chat->accounts, key, strlen(key)) : NULL;
	assert(a && a->in_flight > 0);
	return a;
}

static void landed(struct account *a)
{
	if (--a->in_flight > 0)
		return;
	account_record_done(a->next);
	free(a->next);
	a->next = NULL;
}

static void log_everybody_out(struct account *a)
{
	while (a->user_count > 0)
		chat_log_out(a->users[0]);
}

void account_apply(struct chat *chat, const struct event *e)
{
	struct account_record r;
	struct account *a = account_of(chat, e);
	landed(a);
	if (e->text_len == 0) {
		log_everybody_out(a);
		account_end(chat, a);
		return;
	}
	bool ok = account_record_read(&r, e->text, e->text_len);
	assert(ok);
	(void)ok;
	account_become(chat, a, &r);
	if (a->state == ACCOUNT_COMING) {
		a->state = ACCOUNT_THERE;
		account_set_id(chat, a, e->id);
	}
	if (a->record.suspended[0])
		log_everybody_out(a);
	if (e->tags[0])
		voucher_drop(chat, e->tags);
	if (e->to_key[0])
		annotate_apply_account(chat, a, e);
}

void account_refuse(struct chat *chat, const struct event *e)
{
	struct account *a = account_of(chat, e);
	landed(a);
	a->drops = false;
	if (e->tags[0])
		voucher_release(chat, e->tags);
	if (a->state == ACCOUNT_COMING)
		account_end(chat, a);
}

bool chat_add_account(struct chat *chat, uint64_t id, const char *record, size_t len)
{
	char key[NAME_KEY_SIZE];
	struct account_record r;
	if (!account_record_read(&r, record, len))
		return false;
	if (!nick_key(r.name, strlen(r.name), NICK_BYTES_MAX, chat->config.casemapping, key) ||
	    table_find(&chat->accounts, key, strlen(key))) {
		account_record_done(&r);
		return false;
	}
	struct account *a = account_new(chat, r.name);
	account_set_id(chat, a, id);
	a->state = ACCOUNT_THERE;
	account_become(chat, a, &r);
	return true;
}
