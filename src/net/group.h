/* group.h: connections of one I/O thread that get the same bytes: a room's members there.
 *
 * Members of a group may need different bytes (another protocol, other capabilities): that is their
 * variant, a number whose meaning the caller knows. What is sent is rendered once per variant, into
 * a chunk that the group keeps per variant while it fills, and each member's output gets a range. */
#ifndef TEAHOUSE_NET_GROUP_H
#define TEAHOUSE_NET_GROUP_H

#include "base/buf.h"
#include "net/conn.h"

#define GROUP_PIECES_MAX 8 /* chunks that one rendering may touch: 112 KiB at least */

struct group_variant {
	unsigned key;
	size_t members;
	struct chunk *chunk;
	/* Of the event being sent: */
	bool rendered;
	size_t piece_count;
	struct range pieces[GROUP_PIECES_MAX];
};

struct group_member {
	struct conn *conn;
	uint32_t variant; /* index into variants */
};

struct group {
	struct group_member *members;
	size_t count, size;
	struct group_variant *variants;
	size_t variant_count;
	struct group *next_touched;
	bool touched; /* holds chunks, or did when the last turn was flushed */
};

/* Empty. Never NULL. */
struct group *group_new(void);
/* Nobody is in it; g is not touched since the last flush. NULL is fine. */
void group_free(struct group *g);

/* Puts c in, or changes its variant if it is in. */
void group_put(struct group *g, struct conn *c, unsigned variant);
/* Not in: fine. */
void group_remove(struct group *g, struct conn *c);

/* Writes what members of a variant get of groups[index] into out; nothing: they get nothing. */
typedef void group_render(void *ctx, size_t index, unsigned variant, struct buf *out);

/* Sends to every member of the groups once, however many of them it is in, but not to skip. */
void group_send(struct conn_set *set, struct group *const groups[], size_t count,
		const struct conn *skip, group_render *render, void *ctx);

/* conn_set_flush()'s: gives chunks back that nobody points into any longer. */
void group_flushed(struct conn_set *set);

/* conn_free()'s: out of all groups. */
void group_leave_all(struct conn *c);

#endif
