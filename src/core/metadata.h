/* metadata.h: what programs say of a room or of somebody: values by keys, such as an avatar.
 * https://ircv3.net/specs/extensions/metadata
 *
 * A change is text, a line for each key: "key value" sets it, perhaps to nothing, "key" removes it. So it
 * travels in an event, and all that there is can be written down as the change that makes it. */
#ifndef TEAHOUSE_CORE_METADATA_H
#define TEAHOUSE_CORE_METADATA_H

#include "base/buf.h"
#include "base/limits.h"

#include <stdbool.h>

struct metadata_item {
	char *key; /* one allocation with its value */
	const char *value;
};

/* { 0 } is none. In the order in which keys were first set. */
struct metadata {
	struct metadata_item *items;
	size_t count;
};

void metadata_done(struct metadata *m);

/* a-z, 0-9 and "_./-", at most METADATA_KEY_BYTES_MAX of them. */
bool metadata_key_valid(const char *key);

/* NULL: it is not set. */
const char *metadata_find(const struct metadata *m, const char *key);
/* value NULL: no longer. */
void metadata_set(struct metadata *m, const char *key, const char *value);

/* Adds the line of one key to a change; value NULL: it is removed. */
void metadata_add_change(struct buf *change, const char *key, const char *value);
/* All that there is, and all of it removed. */
void metadata_write(const struct metadata *m, struct buf *change);
void metadata_write_clear(const struct metadata *m, struct buf *change);

/* Takes the next line off *at. key and value (NULL: removed) live in text, which is changed. false: that
 * was all. */
bool metadata_next(char **at, const char **ret_key, const char **ret_value);
/* Makes all of a change. */
void metadata_change(struct metadata *m, const char *change);

#endif
