#include "server/throttle.h"

#include "base/limits.h"
#include "base/table.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct bucket {
	uint64_t key;
	int64_t empty_ms; /* when it will have drained (GCRA: ITU-T I.371, annex A) */
	struct bucket *older, *newer;
};

struct throttle {
	int64_t each_ms; /* one drains in; 0: nothing is counted */
	struct table by_key;
	struct bucket *oldest, *newest;
	size_t count;
};

static const void *key_of_bucket(const void *value, size_t *ret_len)
{
	const struct bucket *b = value;
	*ret_len = sizeof(b->key);
	return &b->key;
}

struct throttle *throttle_new(size_t rate, int64_t period_ms)
{
	unsigned char secret[TABLE_SECRET_BYTES];
	struct throttle *t = xcalloc(1, sizeof(*t));
	randombytes_buf(secret, sizeof(secret));
	table_init(&t->by_key, secret, key_of_bucket);
	t->each_ms = rate > 0 ? period_ms / (int64_t)rate : 0;
	if (rate > 0 && t->each_ms == 0)
		t->each_ms = 1;
	return t;
}

static void list_remove(struct throttle *t, struct bucket *b)
{
	*(b->older ? &b->older->newer : &t->oldest) = b->newer;
	*(b->newer ? &b->newer->older : &t->newest) = b->older;
	t->count--;
}

static void list_add(struct throttle *t, struct bucket *b)
{
	b->older = t->newest;
	b->newer = NULL;
	*(t->newest ? &t->newest->newer : &t->oldest) = b;
	t->newest = b;
	t->count++;
}

static void forget_oldest(struct throttle *t)
{
	struct bucket *b = t->oldest;
	table_remove(&t->by_key, b);
	list_remove(t, b);
	free(b);
}

void throttle_free(struct throttle *t)
{
	if (!t)
		return;
	while (t->oldest)
		forget_oldest(t);
	table_done(&t->by_key);
	free(t);
}

size_t throttle_level(const struct throttle *t, uint64_t key, int64_t now_ms)
{
	const struct bucket *b = table_find(&t->by_key, &key, sizeof(key));
	if (!b || b->empty_ms <= now_ms)
		return 0;
	return (size_t)((b->empty_ms - now_ms + t->each_ms - 1) / t->each_ms);
}

void throttle_add(struct throttle *t, uint64_t key, int64_t now_ms)
{
	struct bucket *b = table_find(&t->by_key, &key, sizeof(key));
	if (t->each_ms == 0)
		return;
	if (b) {
		list_remove(t, b);
	} else {
		if (t->count >= THROTTLES_KEPT)
			forget_oldest(t);
		b = xcalloc(1, sizeof(*b));
		b->key = key;
		table_add(&t->by_key, b);
	}
	if (b->empty_ms < now_ms)
		b->empty_ms = now_ms;
	b->empty_ms += t->each_ms;
	list_add(t, b);
}
