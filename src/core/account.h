/* account.h: a registered name, which belongs to whoever can prove that it is his.
 *
 * All accounts are in memory: found by name exactly as nicks are, so that a name is taken with all that
 * looks like it (nick.h). What is changed goes through the log, see enrol.h; until it is on disk the
 * account is as it was, but its name is taken from the moment somebody asks for it.
 *
 *   COMING ──on disk──▶ THERE ──dropped──▶ GONE
 *      └────refused──────────────────────────▲
 *
 * Sessions and users point to the account they are logged in to, and are counted: it is freed with the
 * last of them. Whoever waits for something, such as a password to be checked, keeps its name, and looks
 * for it again. Core thread. */
#ifndef TEAHOUSE_CORE_ACCOUNT_H
#define TEAHOUSE_CORE_ACCOUNT_H

#include "core/account_record.h"
#include "core/marks.h"
#include "core/metadata.h"

#include <stdint.h>

struct account;
struct chat;
struct user;

enum may_register { REGISTER_OPEN, REGISTER_INVITE, REGISTER_OFF };

/* What the server wants of accounts: [accounts] of the configuration. */
struct account_rules {
	enum may_register may_register;
	bool before_connect; /* one may register before one is in */
	bool needs_email;
	bool needs_login; /* nobody is let in without an account */
	bool custom_name; /* an account's name need not be the nick of whoever registers it */
};

enum account_state { ACCOUNT_COMING, ACCOUNT_THERE, ACCOUNT_GONE };

/* What finds it by one of its certificates. */
struct account_cert {
	struct account *account;
	const char *fingerprint; /* the record's */
};

struct account {
	uint64_t id;    /* never used again; 0 while it is coming */
	char *name;     /* as it is shown; never changes */
	char *key;      /* see nick.h */
	char *skeleton; /* NULL if it is the key */
	unsigned refs;
	enum account_state state;
	struct account_record record; /* as it is on disk */
	struct metadata metadata;     /* the record's */
	/* As it will be when all that is in flight has landed; NULL: nothing is. */
	struct account_record *next;
	bool drops; /* and it will be no more */
	unsigned in_flight;
	struct account_cert *certs; /* one for each of the record's, most in chat->account_certs */
	/* Those who are logged in to it, in the order of their coming. */
	struct user **users;
	size_t user_count, user_size;
	struct marks marks; /* stored beside the record */
	uint64_t totp_step; /* the last whose code was used: totp.h */
	size_t at;          /* in chat->account_list */
};

/* Takes part in nothing but counting; NULL is fine. *at becomes a. */
void account_point(struct account **at, struct account *a);
void account_add_user(struct account *a, struct user *u);
void account_remove_user(struct account *a, struct user *u);

/* NULL: there is none of that name, in any spelling; or it is still coming. name need not be valid. */
struct account *account_find(const struct chat *chat, const char *name, size_t len);
struct account *account_find_id(const struct chat *chat, uint64_t id);
/* The one whose certificate it is. NULL: nobody's. */
struct account *account_find_cert(const struct chat *chat, const char *fingerprint);
/* The one whose name that is, or looks like it, coming or there; NULL: none. nick is valid. */
struct account *account_like(const struct chat *chat, const char *nick);
/* The name of one of the server's own services, or like it: nobody's. nick is valid. */
bool account_is_service(const struct chat *chat, const char *nick);

/* As it is, or as it will be when all that is in flight has landed. */
const struct account_record *account_latest(const struct account *a);

/* A new one that is in the tables from now on: COMING, with one reference, which is the chat's. */
struct account *account_new(struct chat *chat, const char *name);
/* It has been given its id. */
void account_set_id(struct chat *chat, struct account *a, uint64_t id);
/* Nobody finds it any longer: GONE. */
void account_end(struct chat *chat, struct account *a);
/* It is what r says, whose strings it takes. */
void account_become(struct chat *chat, struct account *a, struct account_record *r);

/* ---- for chat.c ---- */

void accounts_init(struct chat *chat, const unsigned char *secret);
void accounts_done(struct chat *chat);

#endif
