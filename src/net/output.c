#include "net/output.h"

#include "base/base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct range *ranges(struct output *o)
{
	return o->more ? o->more : o->inside;
}

static const struct range *ranges_const(const struct output *o)
{
	return o->more ? o->more : o->inside;
}

void output_clear(struct output *o, struct arena_pool *pool)
{
	for (uint32_t i = o->first; i < o->count; i++)
		chunk_unref(pool, ranges(o)[i].chunk);
	free(o->more);
	*o = (struct output){ 0 };
}

static void output_make_room(struct output *o)
{
	uint32_t size = o->more ? o->size : OUTPUT_INLINE;
	if (o->count < size)
		return;
	if (o->first > 0) {
		memmove(ranges(o), ranges(o) + o->first,
			(o->count - o->first) * sizeof(struct range));
		o->count -= o->first;
		o->first = 0;
		return;
	}
	struct range *more = xrealloc(o->more, size * 2u, sizeof(*more));
	if (!o->more)
		memcpy(more, o->inside, sizeof(o->inside));
	o->more = more;
	o->size = size * 2;
}

static void output_push(struct output *o, struct range r)
{
	output_make_room(o);
	r.chunk->refs++;
	ranges(o)[o->count++] = r;
}

static void output_gather(struct output *o, struct arena_pool *pool)
{
	struct output gathered = { 0 };
	struct chunk *chunk = NULL;
	for (uint32_t i = o->first; i < o->count; i++) {
		const struct range *old = &ranges(o)[i];
		for (size_t at = old->from; at < old->to;) {
			struct range r;
			at += arena_add(pool, &chunk, old->chunk->bytes + at, old->to - at, &r);
			output_add(&gathered, pool, r);
		}
	}
	if (chunk)
		chunk_unref(pool, chunk);
	output_clear(o, pool);
	*o = gathered;
}

void output_add(struct output *o, struct arena_pool *pool, struct range r)
{
	if (r.from == r.to)
		return;
	struct range *last = o->count > o->first ? &ranges(o)[o->count - 1] : NULL;
	o->bytes += r.to - r.from;
	if (last && last->chunk == r.chunk && last->to == r.from) {
		last->to = r.to;
		return;
	}
	output_push(o, r);
	/* When nothing can be gained (few bytes a range are the point), leave it. */
	size_t held = o->count - o->first;
	if (held > OUTPUT_RANGES_MAX && o->bytes / held < ARENA_BYTES / 2)
		output_gather(o, pool);
}

size_t output_pieces(const struct output *o, struct iovec *pieces, size_t max, size_t bytes_max)
{
	size_t n = 0;
	for (uint32_t i = o->first; i < o->count && n < max && bytes_max > 0; i++) {
		const struct range *r = &ranges_const(o)[i];
		size_t len = r->to - r->from;
		if (len > bytes_max)
			len = bytes_max;
		pieces[n++] = (struct iovec){ r->chunk->bytes + r->from, len };
		bytes_max -= len;
	}
	return n;
}

void output_sent(struct output *o, struct arena_pool *pool, size_t len)
{
	assert(len <= o->bytes);
	o->bytes -= (uint32_t)len;
	while (len > 0) {
		struct range *r = &ranges(o)[o->first];
		size_t n = r->to - r->from;
		if (n > len) {
			r->from += (uint32_t)len;
			return;
		}
		len -= n;
		chunk_unref(pool, r->chunk);
		o->first++;
	}
	if (o->first == o->count)
		output_clear(o, pool);
}

bool output_keep_line(struct output *o, struct arena_pool *pool)
{
	size_t kept = 0;
	for (uint32_t i = o->first; i < o->count; i++) {
		struct range *r = &ranges(o)[i];
		const char *from = r->chunk->bytes + r->from;
		const char *end = memchr(from, '\n', r->to - r->from);
		if (!end) {
			kept += r->to - r->from;
			continue;
		}
		r->to = r->from + (uint32_t)(end + 1 - from);
		kept += r->to - r->from;
		for (uint32_t drop = i + 1; drop < o->count; drop++)
			chunk_unref(pool, ranges(o)[drop].chunk);
		o->count = i + 1;
		o->bytes = (uint32_t)kept;
		return true;
	}
	return false;
}
