#include "server/delivery.h"

#include "protocols/protocol.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What ends a turn. Up to there everything is gathered, and each connection is written to once; then
 * sockets are read again. */
#define LINES_PER_TURN (128 * 1024)
#define SAID_PER_TURN (OUTPUT_BYTES_MAX / 4)

/* A run fits the chunks of one rendering (GROUP_PIECES_MAX), whatever stands around the words. */
#define RUN_TEXT_MAX 512 /* of one event; a longer one goes alone, as do tags and several lines */
#define RUN_BYTES_MAX 8192

void delivery_init(struct delivery *d, struct conn_set *conns)
{
	*d = (struct delivery){ .conns = conns };
}

void delivery_done(struct delivery *d)
{
	assert(d->run_count == 0);
	for (size_t i = 0; i < d->groups_size; i++)
		group_free(d->groups[i]);
	free(d->groups);
}

/* ---- rooms ---- */

static struct group *delivery_group(struct delivery *d, uint32_t slot)
{
	d->groups = xgrow(d->groups, &d->groups_size, slot, sizeof(*d->groups));
	if (!d->groups[slot])
		d->groups[slot] = group_new();
	return d->groups[slot];
}

/* The codec is part of the variant's key, so that a room may hold many protocols. */
#define VARIANT_CODEC_SHIFT 24

static unsigned variant_key(const struct codec *codec, unsigned variant)
{
	for (size_t i = 0; protocols[i].scheme; i++)
		if (protocols[i].codec == codec)
			return variant | (unsigned)i << VARIANT_CODEC_SHIFT;
	return variant;
}

void delivery_put(struct delivery *d, uint32_t room_slot, struct conn *c, const struct codec *codec,
		  unsigned variant)
{
	delivery_flush(d);
	group_put(delivery_group(d, room_slot), c, variant_key(codec, variant));
}

void delivery_remove(struct delivery *d, uint32_t room_slot, struct conn *c)
{
	delivery_flush(d);
	group_remove(delivery_group(d, room_slot), c);
}

/* ---- events ---- */

struct rendering {
	struct event *const *events;
	size_t count;
	const struct event_room *rooms[ROOMS_PER_USER_MAX]; /* of the groups that are sent to */
};

static void delivery_render(void *ctx, size_t index, unsigned key, struct buf *out)
{
	const struct rendering *r = ctx;
	unsigned variant = key & (BIT(VARIANT_CODEC_SHIFT) - 1);
	if (r->rooms[index]->crowded)
		variant |= VARIANT_CROWDED;
	for (size_t i = 0; i < r->count; i++)
		protocols[key >> VARIANT_CODEC_SHIFT].codec->render(r->events[i], variant, out);
}

void delivery_flush(struct delivery *d)
{
	struct group *groups[ROOMS_PER_USER_MAX];
	struct rendering rendering = { .events = d->run, .count = d->run_count };
	size_t count = 0;
	if (d->run_count == 0)
		return;
	const struct event *e = d->run[0];
	assert(e->room_count <= ROOMS_PER_USER_MAX);
	for (size_t i = 0; i < e->room_count; i++) {
		uint32_t slot = e->rooms[i].slot;
		if (slot >= d->groups_size || !d->groups[slot] || d->groups[slot]->count == 0)
			continue;
		rendering.rooms[count] = &e->rooms[i];
		groups[count++] = d->groups[slot];
		d->lines += d->groups[slot]->count * d->run_count;
	}
	group_send(d->conns, groups, count, d->skip, delivery_render, &rendering);
	for (size_t i = 0; i < d->run_count; i++)
		event_unref(d->run[i]);
	d->run_count = d->run_bytes = 0;
}

static bool is_short_message(const struct event *e)
{
	return event_is_message(e->kind) && e->room_count == 1 && e->text_len <= RUN_TEXT_MAX &&
	       e->joint_count == 0 && !e->tags[0] && !memchr(e->text, '\n', e->text_len);
}

static bool delivery_goes_on(const struct delivery *d, const struct event *e)
{
	const struct event *first = d->run[0];
	return d->run_count > 0 && d->run_count < RUN_EVENTS_MAX &&
	       d->run_bytes + e->text_len <= RUN_BYTES_MAX && is_short_message(first) &&
	       is_short_message(e) && first->rooms[0].slot == e->rooms[0].slot &&
	       first->origin == e->origin;
}

void delivery_add(struct delivery *d, struct event *e, const struct conn *skip)
{
	if (!delivery_goes_on(d, e))
		delivery_flush(d);
	d->skip = skip;
	d->run[d->run_count++] = e;
	d->run_bytes += e->text_len;
	d->said += e->text_len;
}

bool delivery_is_much(const struct delivery *d)
{
	return d->lines >= LINES_PER_TURN || d->said >= SAID_PER_TURN;
}

void delivery_begin_turn(struct delivery *d)
{
	d->lines = d->said = 0;
}
