/* table.h: finds things by a name. A hash table for look-up only: it is never walked, so that the
 * order of what happens cannot depend on a hash.
 *
 * Keyed SipHash (libsodium), because strangers choose the names. Keys are not copied: they live in
 * what they find, and stay put and unchanged while it is in the table. */
#ifndef TEAHOUSE_BASE_TABLE_H
#define TEAHOUSE_BASE_TABLE_H

#include "base/base.h"

#include <stdbool.h>

#define TABLE_SECRET_BYTES 16

struct table_slot;

struct table {
	struct table_slot *slots;
	size_t size, used, dead; /* slots; holding something; once held something */
	unsigned char secret[TABLE_SECRET_BYTES];
};

/* secret is random, and the same for all tables of a process if that is handy. */
void table_init(struct table *t, const unsigned char secret[TABLE_SECRET_BYTES]);
/* Forgets everything; what was found is not freed. */
void table_done(struct table *t);

/* NULL: not there. */
void *table_find(const struct table *t, const void *key, size_t len);

/* Adds value (not NULL) under key, which is not in the table yet. */
void table_add(struct table *t, const void *key, size_t len, void *value);

/* Takes it out and returns it; NULL: it was not there. */
void *table_remove(struct table *t, const void *key, size_t len);

#endif
