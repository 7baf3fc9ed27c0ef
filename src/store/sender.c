#include "store/sender.h"

#include "store/database.h"

#include <stdlib.h>
#include <string.h>

enum { FIND, ADD, STATEMENTS };

static const char *const sender_sql[STATEMENTS] = {
	[FIND] = "SELECT id FROM sender WHERE nick = ? AND user = ? AND host = ? AND account = ?",
	[ADD] = "INSERT INTO sender (nick, user, host, account) VALUES (?, ?, ?, ?)",
};

/* Each sender has one place, where his hash says, and takes it from whoever had it before. */
struct kept_sender {
	int64_t number;                     /* 0: nobody */
	char *nick, *user, *host, *account; /* one allocation: free nick */
};

struct sender_cache {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	struct kept_sender kept[SENDERS_KEPT];
};

struct sender_cache *sender_cache_new(sqlite3 *db, struct err *err)
{
	struct sender_cache *c = xcalloc(1, sizeof(*c));
	c->db = db;
	if (!statements_prepare(db, c->statements, sender_sql, STATEMENTS, err)) {
		free(c);
		return NULL;
	}
	return c;
}

void sender_cache_forget(struct sender_cache *c)
{
	for (size_t i = 0; i < SENDERS_KEPT; i++)
		free(c->kept[i].nick);
	memset(c->kept, 0, sizeof(c->kept));
}

void sender_cache_free(struct sender_cache *c)
{
	if (!c)
		return;
	sender_cache_forget(c);
	statements_finalize(c->statements, STATEMENTS);
	free(c);
}

/* FNV-1a, without a secret: all that a collision costs is a look-up in the database. */
static uint32_t sender_hash(uint32_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	} while (*text++ != '\0'); /* the NUL counts: "ab" "c" is not "a" "bc" */
	return hash;
}

static struct kept_sender *sender_place(struct sender_cache *c, const struct sender *who)
{
	uint32_t hash = sender_hash(2166136261u, who->nick);
	hash = sender_hash(hash, who->user);
	hash = sender_hash(hash, who->host);
	hash = sender_hash(hash, who->account);
	return &c->kept[hash % SENDERS_KEPT];
}

static bool sender_is(const struct kept_sender *kept, const struct sender *who)
{
	return kept->number != 0 && strcmp(kept->nick, who->nick) == 0 &&
	       strcmp(kept->user, who->user) == 0 && strcmp(kept->host, who->host) == 0 &&
	       strcmp(kept->account, who->account) == 0;
}

static void sender_keep(struct kept_sender *kept, const struct sender *who, int64_t number)
{
	size_t nick = strlen(who->nick) + 1, user = strlen(who->user) + 1;
	size_t host = strlen(who->host) + 1, account = strlen(who->account) + 1;

	free(kept->nick);
	kept->number = number;
	kept->nick = xcalloc(1, nick + user + host + account);
	kept->user = memcpy(kept->nick + nick, who->user, user);
	kept->host = memcpy(kept->user + user, who->host, host);
	kept->account = memcpy(kept->host + host, who->account, account);
	memcpy(kept->nick, who->nick, nick);
}

static void sender_bind(sqlite3_stmt *st, const struct sender *who)
{
	statement_bind_text(st, 1, who->nick, strlen(who->nick));
	statement_bind_text(st, 2, who->user, strlen(who->user));
	statement_bind_text(st, 3, who->host, strlen(who->host));
	statement_bind_text(st, 4, who->account, strlen(who->account));
}

bool sender_number(struct sender_cache *c, const struct sender *who, int64_t *ret_number)
{
	struct kept_sender *kept = sender_place(c, who);
	int64_t number;

	if (sender_is(kept, who)) {
		*ret_number = kept->number;
		return true;
	}
	sender_bind(c->statements[FIND], who);
	if (!statement_number(c->statements[FIND], 0, &number))
		return false;
	if (number == 0) {
		sender_bind(c->statements[ADD], who);
		if (!statement_run(c->statements[ADD]))
			return false;
		number = sqlite3_last_insert_rowid(c->db);
	}
	sender_keep(kept, who, number);
	*ret_number = number;
	return true;
}
