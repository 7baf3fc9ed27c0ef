#include "base/table.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

static const char grave; /* its address marks a place that look-ups must walk past */

static_assert(TABLE_SECRET_BYTES == crypto_shorthash_KEYBYTES, "SipHash's key");

void table_init(struct table *t, const unsigned char secret[TABLE_SECRET_BYTES], table_key *key)
{
	*t = (struct table){ .key = key };
	memcpy(t->secret, secret, TABLE_SECRET_BYTES);
}

void table_done(struct table *t)
{
	free(t->values);
	t->values = NULL;
	t->size = t->used = t->dead = 0;
}

static uint32_t table_hash(const struct table *t, const void *key, size_t len)
{
	uint64_t hash;
	static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash's result");
	crypto_shorthash((unsigned char *)&hash, key, len, t->secret);
	return (uint32_t)hash;
}

static bool table_is_at(const struct table *t, size_t at, const void *key, size_t len)
{
	size_t its_len;
	const void *its_key = t->key(t->values[at], &its_len);
	return its_len == len && memcmp(its_key, key, len) == 0;
}

static size_t table_place(const struct table *t, const void *key, size_t len)
{
	if (t->size == 0)
		return NOWHERE;
	uint32_t hash = table_hash(t, key, len);
	size_t mask = t->size - 1;
	for (size_t at = hash & mask; t->values[at]; at = (at + 1) & mask)
		if (t->hashes[at] == hash && t->values[at] != &grave &&
		    table_is_at(t, at, key, len))
			return at;
	return NOWHERE;
}

void *table_find(const struct table *t, const void *key, size_t len)
{
	size_t at = table_place(t, key, len);
	return at == NOWHERE ? NULL : (void *)(uintptr_t)t->values[at];
}

static void table_put(struct table *t, const void *value, uint32_t hash)
{
	size_t mask = t->size - 1;
	size_t at = hash & mask;
	while (t->values[at] && t->values[at] != &grave)
		at = (at + 1) & mask;
	if (t->values[at] == &grave)
		t->dead--;
	t->values[at] = value;
	t->hashes[at] = hash;
	t->used++;
}

/* Keeps a third of the places free; graves go. */
static void table_grow(struct table *t)
{
	if ((t->used + t->dead + 1) * 3 < t->size * 2)
		return;
	struct table old = *t;
	size_t size = 16;
	while ((old.used + 1) * 2 > size)
		size *= 2;
	t->values = xcalloc(size, sizeof(*t->values) + sizeof(*t->hashes));
	t->hashes = (uint32_t *)(void *)(t->values + size);
	t->size = size;
	t->used = t->dead = 0;
	for (size_t i = 0; i < old.size; i++)
		if (old.values[i] && old.values[i] != &grave)
			table_put(t, old.values[i], old.hashes[i]);
	free(old.values);
}

void table_add(struct table *t, const void *value)
{
	size_t len;
	const void *key = t->key(value, &len);
	assert(table_place(t, key, len) == NOWHERE);
	table_grow(t);
	table_put(t, value, table_hash(t, key, len));
}

void table_remove(struct table *t, const void *value)
{
	size_t len;
	const void *key = t->key(value, &len);
	size_t at = table_place(t, key, len);
	if (at == NOWHERE)
		return;
	assert(t->values[at] == value);
	t->values[at] = &grave;
	t->used--;
	t->dead++;
}
