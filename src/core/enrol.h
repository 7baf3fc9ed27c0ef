/* enrol.h: what is done with accounts: made, changed, dropped. See account.h for what they are.
 *
 * Each change is one stored event with the whole record as it will be, so the last one counts. Whoever
 * asked for it, with s, is told by s->ops->happened() or refused() of EVENT_ACCOUNT, also if s has no
 * user. Whether he may is for the caller to know: it is his own account, or he is an operator. */
#ifndef TEAHOUSE_CORE_ENROL_H
#define TEAHOUSE_CORE_ENROL_H

#include "core/account.h"
#include "core/chat.h"

/* Where these events happen: a place that is no room. */
#define ACCOUNTS_PLACE "$accounts"

/* A new account. The strings are copied. */
struct enrolment {
	const char *name;
	const char *nick; /* which name must be unless the rules say otherwise; NULL: it need not */
	const char *hash; /* of its password */
	const char *scram;   /* likewise */
	const char *email;   /* "": none */
	const char *voucher; /* the hash of an invitation; "": none */
	bool by_operator;    /* the rules about who may register do not count */
};

/* May it be made, as far as can be said before there are hash and scram? s's own nick does not keep him
 * from its name. REFUSED_NICK_INVALID, REFUSED_NICK_RESERVED (a service's), REFUSED_NOT_HIS_NICK,
 * REFUSED_ACCOUNT_EXISTS (or looks like it), REFUSED_NICK_TAKEN (by somebody who is here),
 * REFUSED_REGISTER_OFF, REFUSED_VOUCHER, REFUSED_EMAIL, REFUSED_LIST_FULL (ACCOUNTS_MAX). */
enum refusal chat_account_refusal(const struct session *s, const struct enrolment *how);
/* Makes it, and takes its name at once: of two that ask for one the second gets REFUSED_ACCOUNT_EXISTS.
 * It does not log s in: chat_set_account() does, when it has happened. */
MUST_USE enum refusal chat_account_register(struct session *s, const struct enrolment *how);

/* Changes, which may follow each other without waiting. REFUSED_NO_SUCH_ACCOUNT: it is about to be
 * dropped. */
MUST_USE enum refusal chat_account_set_password(struct session *s, struct account *a,
						const char *hash, const char *scram);
/* REFUSED_EMAIL: it is too long, or none where there must be one. */
MUST_USE enum refusal chat_account_set_email(struct session *s, struct account *a,
					     const char *email);
/* "": none. */
MUST_USE enum refusal chat_account_set_totp(struct session *s, struct account *a,
					    const char *secret);
/* REFUSED_TOO_LONG: ACCOUNT_SETTINGS_BYTES_MAX. */
MUST_USE enum refusal chat_account_set_settings(struct session *s, struct account *a,
						const char *settings);
/* Makes a change of its metadata; asked: s is told. See annotate.h, which knows what may be. REFUSED_LIST_FULL:
 * METADATA_KEYS_MAX. */
MUST_USE enum refusal chat_account_annotate(struct session *s, struct account *a,
					    const char *change, bool asked);
/* REFUSED_ALREADY_THERE: it is this account's, or another's; REFUSED_LIST_FULL: ACCOUNT_CERTS_MAX. */
MUST_USE enum refusal chat_account_add_cert(struct session *s, struct account *a,
					    const char *fingerprint);
/* REFUSED_NOT_THERE: it has no such certificate. */
MUST_USE enum refusal chat_account_remove_cert(struct session *s, struct account *a,
					       const char *fingerprint);
/* Nobody may log in, and whoever is, no longer is; "": again they may. */
MUST_USE enum refusal chat_account_suspend(struct session *s, struct account *a, const char *why);
/* Whoever is logged in to it no longer is. */
MUST_USE enum refusal chat_account_drop(struct session *s, struct account *a);

/* Somebody logged in to a just now; it is written down if what is known is older than ACCOUNT_SEEN_MS. */
void chat_account_saw(struct session *s, struct account *a);

/* One as it was stored. false: it is none, or another has its name by today's rules: it is passed over,
 * and stays stored. */
bool chat_add_account(struct chat *chat, uint64_t id, const char *record, size_t len);

/* ---- for apply.c: an EVENT_ACCOUNT is on disk, or will never be ---- */

void account_apply(struct chat *chat, const struct event *e);
void account_refuse(struct chat *chat, const struct event *e);

#endif
