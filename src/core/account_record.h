/* account_record.h: all that is kept of an account, and how it is written down.
 *
 * As text it is a line for each thing that there is, "key value"; a line's end in a value is "\n",
 * and a backslash "\\". So a record travels in an event and lies in the database, and nobody on the way
 * needs to know what is in it. */
#ifndef TEAHOUSE_CORE_ACCOUNT_RECORD_H
#define TEAHOUSE_CORE_ACCOUNT_RECORD_H

#include "base/buf.h"
#include "base/limits.h"

#include <stdbool.h>

#define FINGERPRINT_SIZE 65 /* SHA-256 of a certificate: 64 digits of hex, in lower case */

/* All strings are its own, and never NULL: "" is none. { 0 } is no record yet. */
struct account_record {
	char *name;                      /* as it is shown */
	char *hash;                      /* of the password: argon2id */
	char *scram;                     /* what SCRAM-SHA-256 checks by: base/scram.h */
	char *email;                     /* as it was given; nobody has written there */
	char *totp;                      /* the secret of the second factor: base/totp.h */
	char *suspended;                 /* why nobody may log in */
	char *settings;                  /* words, for whoever has settings */
	char *metadata;                  /* as metadata_write() has it */
	char (*certs)[FINGERPRINT_SIZE]; /* that he logs in with; in the order of their coming */
	size_t cert_count;
	int64_t created_ms; /* Unix time */
	int64_t seen_ms;    /* when somebody last logged in, to within ACCOUNT_SEEN_MS */
};

/* Empty but for its name. */
void account_record_init(struct account_record *r, const char *name);
void account_record_done(struct account_record *r);
/* to is no record yet. */
void account_record_copy(struct account_record *to, const struct account_record *from);
/* *at, a string of a record, becomes a copy of text. */
void account_record_set(char **at, const char *text);

/* false: there are ACCOUNT_CERTS_MAX already. fingerprint_valid() it is. */
MUST_USE bool account_record_add_cert(struct account_record *r, const char *fingerprint);
/* false: it was not there. */
bool account_record_remove_cert(struct account_record *r, const char *fingerprint);
bool account_record_has_cert(const struct account_record *r, const char *fingerprint);
bool fingerprint_valid(const char *text);

/* Adds it as text. */
void account_record_write(const struct account_record *r, struct buf *out);
/* r is no record yet. Keys that are not known are passed over. false: it is broken, or has no name; r
 * is { 0 } then. */
MUST_USE bool account_record_read(struct account_record *r, const char *text, size_t len);

#endif
