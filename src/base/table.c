#include "base/table.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct table_slot {
	const void *key; /* NULL: never used, or (value is the grave) no longer */
	void *value;
	uint32_t len, hash; /* of the key, in bytes */
};

static char grave; /* its address marks a slot that look-ups must walk past */

static_assert(TABLE_SECRET_BYTES == crypto_shorthash_KEYBYTES, "SipHash's key");

void table_init(struct table *t, const unsigned char secret[TABLE_SECRET_BYTES])
{
	*t = (struct table){ 0 };
	memcpy(t->secret, secret, TABLE_SECRET_BYTES);
}

void table_done(struct table *t)
{
	free(t->slots);
	t->slots = NULL;
	t->size = t->used = t->dead = 0;
}

static uint32_t table_hash(const struct table *t, const void *key, size_t len)
{
	uint64_t hash;
	static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash's result");
	crypto_shorthash((unsigned char *)&hash, key, len, t->secret);
	return (uint32_t)hash;
}

static struct table_slot *table_slot(const struct table *t, const void *key, size_t len,
				     uint32_t hash)
{
	if (t->size == 0)
		return NULL;
	size_t mask = t->size - 1;
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		struct table_slot *s = &t->slots[at];
		if (!s->key && !s->value)
			return NULL;
		if (s->key && s->hash == hash && s->len == len && memcmp(s->key, key, len) == 0)
			return s;
	}
}

void *table_find(const struct table *t, const void *key, size_t len)
{
	struct table_slot *s = table_slot(t, key, len, table_hash(t, key, len));
	return s ? s->value : NULL;
}

static void table_put(struct table *t, const struct table_slot *what)
{
	size_t mask = t->size - 1;
	size_t at = what->hash & mask;
	while (t->slots[at].key)
		at = (at + 1) & mask;
	if (t->slots[at].value == &grave)
		t->dead--;
	t->slots[at] = *what;
	t->used++;
}

/* Keeps a third of the slots free; graves go. */
static void table_grow(struct table *t)
{
	if ((t->used + t->dead + 1) * 3 < t->size * 2)
		return;
	struct table old = *t;
	size_t size = 16;
	while ((old.used + 1) * 2 > size)
		size *= 2;
	t->slots = xcalloc(size, sizeof(*t->slots));
	t->size = size;
	t->used = t->dead = 0;
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].key)
			table_put(t, &old.slots[i]);
	free(old.slots);
}

void table_add(struct table *t, const void *key, size_t len, void *value)
{
	assert(value && !table_find(t, key, len));
	table_grow(t);
	struct table_slot slot = { key, value, (uint32_t)len, table_hash(t, key, len) };
	table_put(t, &slot);
}

void *table_remove(struct table *t, const void *key, size_t len)
{
	struct table_slot *s = table_slot(t, key, len, table_hash(t, key, len));
	if (!s)
		return NULL;
	void *value = s->value;
	*s = (struct table_slot){ .value = &grave };
	t->used--;
	t->dead++;
	return value;
}
