#include "net/group.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct group *group_new(void)
{
	return xcalloc(1, sizeof(struct group));
}

void group_free(struct group *g)
{
	if (!g)
		return;
	assert(g->count == 0 && !g->touched);
	free(g->members);
	free(g->variants);
	free(g);
}

static struct seat *seats(struct conn *c)
{
	return c->seat_size > 1 ? c->seats : &c->seat;
}

static struct seat *seat_find(struct conn *c, const struct group *g)
{
	for (size_t i = 0; i < c->seat_count; i++)
		if (seats(c)[i].group == g)
			return &seats(c)[i];
	return NULL;
}

static void seats_grow(struct conn *c)
{
	uint16_t size = (uint16_t)(c->seat_size ? c->seat_size * 2 : 1);
	if (size > 1) {
		struct seat *larger = xcalloc(size, sizeof(*larger));
		memcpy(larger, seats(c), c->seat_count * sizeof(*larger));
		if (c->seat_size > 1)
			free(c->seats);
		c->seats = larger;
	}
	c->seat_size = size;
}

static void seat_add(struct conn *c, struct group *g, size_t at)
{
	if (c->seat_count == c->seat_size)
		seats_grow(c);
	seats(c)[c->seat_count++] = (struct seat){ g, at };
}

/* Its place is taken by the last one. */
static void seat_remove(struct conn *c, struct seat *seat)
{
	*seat = seats(c)[--c->seat_count];
	if (c->seat_count > 0)
		return;
	if (c->seat_size > 1)
		free(c->seats);
	c->seat_size = 0;
}

/* The index of key's variant. A variant that nobody has any longer is used again. */
static uint32_t group_variant(struct group *g, unsigned key)
{
	size_t found = g->variant_count;
	for (size_t i = 0; i < g->variant_count; i++) {
		if (g->variants[i].key == key)
			return (uint32_t)i;
		if (g->variants[i].members == 0 && !g->variants[i].chunk)
			found = i;
	}
	if (found == g->variant_count) {
		g->variant_count++;
		g->variants = xrealloc(g->variants, g->variant_count, sizeof(*g->variants));
	}
	g->variants[found] = (struct group_variant){ .key = key };
	return (uint32_t)found;
}

void group_put(struct group *g, struct conn *c, unsigned variant)
{
	uint32_t index = group_variant(g, variant);
	struct seat *seat = seat_find(c, g);
	g->variants[index].members++;
	if (seat) {
		g->variants[g->members[seat->at].variant].members--;
		g->members[seat->at].variant = index;
		return;
	}
	if (g->count == g->size) {
		g->size = g->size ? g->size * 2 : 2;
		g->members = xrealloc(g->members, g->size, sizeof(*g->members));
	}
	seat_add(c, g, g->count);
	g->members[g->count++] = (struct group_member){ c, index };
}

void group_remove(struct group *g, struct conn *c)
{
	struct seat *seat = seat_find(c, g);
	if (!seat)
		return;
	struct group_member *gap = &g->members[seat->at];
	g->variants[gap->variant].members--;
	*gap = g->members[--g->count];
	if (gap->conn != c)
		seat_find(gap->conn, g)->at = seat->at;
	seat_remove(c, seat);
	if (g->count == 0) {
		free(g->members);
		g->members = NULL;
		g->size = 0;
	}
}

void group_leave_all(struct conn *c)
{
	while (c->seat_count > 0)
		group_remove(seats(c)->group, c);
}

static void group_touch(struct conn_set *set, struct group *g)
{
	if (g->touched)
		return;
	g->touched = true;
	g->next_touched = set->touched;
	set->touched = g;
}

/* What the members of v get, in pieces of v's chunk. */
static void variant_fill(struct conn_set *set, struct group_variant *v, const struct buf *bytes)
{
	v->piece_count = 0;
	for (size_t at = 0; at < bytes->len && v->piece_count < GROUP_PIECES_MAX;) {
		struct range *piece = &v->pieces[v->piece_count++];
		at += arena_add(&set->pool, &v->chunk, bytes->bytes + at, bytes->len - at, piece);
		/* The next piece may leave this chunk behind before anyone points into it. */
		piece->chunk->refs++;
	}
	v->rendered = true;
}

static void variant_sent(struct conn_set *set, struct group_variant *v)
{
	if (!v->rendered)
		return;
	for (size_t i = 0; i < v->piece_count; i++)
		chunk_unref(&set->pool, v->pieces[i].chunk);
	v->piece_count = 0;
	v->rendered = false;
}

static void group_send_one(struct conn_set *set, struct group *g, size_t index,
			   const struct conn *skip, group_render *render, void *ctx)
{
	group_touch(set, g);
	for (size_t i = 0; i < g->count; i++) {
		struct conn *c = g->members[i].conn;
		struct group_variant *v = &g->variants[g->members[i].variant];
		if (c == skip || c->stamp == set->stamp)
			continue;
		if (!v->rendered) {
			set->rendered.len = 0;
			render(ctx, index, v->key, &set->rendered);
			variant_fill(set, v, &set->rendered);
		}
		if (v->piece_count == 0)
			continue;
		c->stamp = set->stamp;
		for (size_t p = 0; p < v->piece_count; p++)
			conn_send_range(c, v->pieces[p]);
	}
	for (size_t i = 0; i < g->variant_count; i++)
		variant_sent(set, &g->variants[i]);
}

void group_send(struct conn_set *set, struct group *const groups[], size_t count,
		const struct conn *skip, group_render *render, void *ctx)
{
	set->stamp++;
	for (size_t i = 0; i < count; i++)
		group_send_one(set, groups[i], i, skip, render, ctx);
}

/* Whether a chunk of g is still pointed into by somebody who has not read it. */
static bool group_give_back(struct conn_set *set, struct group *g)
{
	bool pinned = false;
	for (size_t i = 0; i < g->variant_count; i++) {
		struct group_variant *v = &g->variants[i];
		if (v->chunk && v->chunk->refs == 1) {
			chunk_unref(&set->pool, v->chunk);
			v->chunk = NULL;
		}
		pinned = pinned || v->chunk;
	}
	return pinned;
}

void group_flushed(struct conn_set *set)
{
	struct group *g = set->touched, *next;
	set->touched = NULL;
	for (; g; g = next) {
		next = g->next_touched;
		g->touched = false;
		if (group_give_back(set, g))
			group_touch(set, g);
	}
}
