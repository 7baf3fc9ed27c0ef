#include "core/metadata.h"

#include <stdlib.h>
#include <string.h>

void metadata_done(struct metadata *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->items[i].key);
	free(m->items);
	*m = (struct metadata){ 0 };
}

bool metadata_key_valid(const char *key)
{
	size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_./-");
	return len > 0 && len <= METADATA_KEY_BYTES_MAX && !key[len];
}

/* The index of key's item; count if there is none. */
static size_t metadata_index(const struct metadata *m, const char *key)
{
	size_t i = 0;
	while (i < m->count && strcmp(m->items[i].key, key) != 0)
		i++;
	return i;
}

const char *metadata_find(const struct metadata *m, const char *key)
{
	size_t i = metadata_index(m, key);
	return i < m->count ? m->items[i].value : NULL;
}

static void metadata_remove(struct metadata *m, size_t i)
{
	free(m->items[i].key);
	m->count--;
	memmove(m->items + i, m->items + i + 1, (m->count - i) * sizeof(*m->items));
	if (m->count == 0)
		metadata_done(m);
}

static struct metadata_item item_of(const char *key, const char *value)
{
	size_t key_size = strlen(key) + 1, value_size = strlen(value) + 1;
	char *copy = xcalloc(key_size + value_size, 1);
	memcpy(copy, key, key_size);
	memcpy(copy + key_size, value, value_size);
	return (struct metadata_item){ copy, copy + key_size };
}

void metadata_set(struct metadata *m, const char *key, const char *value)
{
	size_t i = metadata_index(m, key);
	if (!value) {
		if (i < m->count)
			metadata_remove(m, i);
		return;
	}
	struct metadata_item item = item_of(key, value);
	if (i == m->count)
		m->items = xrealloc(m->items, ++m->count, sizeof(*m->items));
	else
		free(m->items[i].key);
	m->items[i] = item;
}

/* ---- as text ---- */

void metadata_add_change(struct buf *change, const char *key, const char *value)
{
	if (change->len > 0)
		buf_add(change, "\n", 1);
	buf_add_text(change, key);
	if (!value)
		return;
	buf_add(change, " ", 1);
	buf_add_text(change, value);
}

void metadata_write(const struct metadata *m, struct buf *change)
{
	for (size_t i = 0; i < m->count; i++)
		metadata_add_change(change, m->items[i].key, m->items[i].value);
}

void metadata_write_clear(const struct metadata *m, struct buf *change)
{
	for (size_t i = 0; i < m->count; i++)
		metadata_add_change(change, m->items[i].key, NULL);
}

bool metadata_next(char **at, const char **ret_key, const char **ret_value)
{
	char *line = *at, *end = line + strcspn(line, "\n");
	if (!*line)
		return false;
	*at = *end ? end + 1 : end;
	*end = '\0';
	char *space = strchr(line, ' ');
	if (space)
		*space = '\0';
	*ret_key = line;
	*ret_value = space ? space + 1 : NULL;
	return true;
}

void metadata_change(struct metadata *m, const char *change)
{
	char *text = xstrdup(change), *at = text;
	const char *key, *value;
	while (metadata_next(&at, &key, &value))
		if (metadata_key_valid(key))
			metadata_set(m, key, value);
	free(text);
}
