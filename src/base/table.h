/* table.h: finds things by a name. A hash table for look-up only: it is never walked, so that the
 * order of what happens cannot depend on a hash.
 *
 * Keyed SipHash (libsodium), because strangers choose the names. A place costs 12 bytes, since keys
 * are not kept: they live in what they find, and stay unchanged while it is in the table. */
#ifndef TEAHOUSE_BASE_TABLE_H
#define TEAHOUSE_BASE_TABLE_H

#include "base/base.h"

#include <stdbool.h>

#define TABLE_SECRET_BYTES 16

/* The key of something in the table, and its length. */
typedef const void *table_key(const void *value, size_t *ret_len);

struct table {
	const void **values; /* NULL: never used; or the grave: no longer */
	uint32_t *hashes;    /* of their keys; in the same allocation */
	table_key *key;
	size_t size, used, dead; /* places; holding something; once held something */
	unsigned char secret[TABLE_SECRET_BYTES];
};

/* secret is random, and the same for all tables of a process if that is handy. */
void table_init(struct table *t, const unsigned char secret[TABLE_SECRET_BYTES], table_key *key);
/* Forgets everything; what was found is not freed. */
void table_done(struct table *t);

/* NULL: not there. */
void *table_find(const struct table *t, const void *key, size_t len);

/* Adds value (not NULL), whose key is not in the table yet. */
void table_add(struct table *t, const void *value);

/* Takes out what has value's key: value itself. Not there: fine. */
void table_remove(struct table *t, const void *value);

#endif
