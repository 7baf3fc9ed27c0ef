#include "tests/shim/image.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* SQLite's own VFS takes less than 128 KiB at a time. */
#define PIECE_BYTES 65536

struct image {
	struct image *next;
	char *path; /* NULL: removed */
	unsigned users;
	pthread_mutex_t mutex; /* for what follows; path, next and users are under images_mutex */
	char *bytes;
	sqlite3_int64 size, room;
	/* What the disk lacks: bytes from dirty_from to before dirty_to, and perhaps a truncation.
	 * Clean bytes between two dirty ones are written again, which changes nothing. */
	sqlite3_int64 dirty_from, dirty_to;
	bool cut;
};

static pthread_mutex_t images_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct image *images;

static void image_clean(struct image *image)
{
	image->dirty_from = INT64_MAX;
	image->dirty_to = 0;
	image->cut = false;
}

static bool image_grow(struct image *image, sqlite3_int64 size)
{
	if (size > image->room) {
		sqlite3_int64 room = size + size / 2 + 65536;
		char *bytes = realloc(image->bytes, (size_t)room);
		if (!bytes)
			return false;
		image->bytes = bytes;
		image->room = room;
	}
	if (size > image->size) {
		memset(image->bytes + image->size, 0, (size_t)(size - image->size));
		image->size = size;
	}
	return true;
}

static void image_free(struct image *image)
{
	pthread_mutex_destroy(&image->mutex);
	free(image->bytes);
	free(image->path);
	free(image);
}

/* Moves bytes between the image and real: xRead or xWrite, piece by piece. */
static int image_move(struct image *image, sqlite3_file *real, bool write, sqlite3_int64 from,
		      sqlite3_int64 to)
{
	int rc = SQLITE_OK;

	for (sqlite3_int64 at = from; rc == SQLITE_OK && at < to; at += PIECE_BYTES) {
		int len = to - at < PIECE_BYTES ? (int)(to - at) : PIECE_BYTES;
		rc = write ? real->pMethods->xWrite(real, image->bytes + at, len, at)
			   : real->pMethods->xRead(real, image->bytes + at, len, at);
	}
	return rc;
}

static struct image *image_load(const char *path, sqlite3_file *real)
{
	struct image *image = calloc(1, sizeof(*image));
	sqlite3_int64 size = 0;

	if (!image)
		abort();
	pthread_mutex_init(&image->mutex, NULL);
	image->path = strdup(path);
	image_clean(image);
	if (image->path && real->pMethods->xFileSize(real, &size) == SQLITE_OK &&
	    image_grow(image, size) && image_move(image, real, false, 0, size) == SQLITE_OK)
		return image;
	image_free(image);
	return NULL;
}

static struct image **image_find(const char *path)
{
	struct image **at = &images;
	while (*at && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

struct image *image_open(const char *path, sqlite3_file *real)
{
	pthread_mutex_lock(&images_mutex);
	struct image **at = image_find(path);
	if (!*at)
		*at = image_load(path, real);
	struct image *image = *at;
	if (image)
		image->users++;
	pthread_mutex_unlock(&images_mutex);
	return image;
}

void image_close(struct image *image)
{
	pthread_mutex_lock(&images_mutex);
	bool over = --image->users == 0 && !image->path;
	pthread_mutex_unlock(&images_mutex);
	if (over)
		image_free(image);
}

void image_remove(const char *path)
{
	pthread_mutex_lock(&images_mutex);
	struct image **at = image_find(path), *image = *at;
	bool over = false;
	if (image) {
		*at = image->next;
		free(image->path);
		image->path = NULL;
		over = image->users == 0;
	}
	pthread_mutex_unlock(&images_mutex);
	if (over)
		image_free(image);
}

sqlite3_int64 image_size_at(const char *path)
{
	pthread_mutex_lock(&images_mutex);
	struct image *image = *image_find(path);
	sqlite3_int64 size = image ? image_size(image) : -1;
	pthread_mutex_unlock(&images_mutex);
	return size;
}

sqlite3_int64 image_size(struct image *image)
{
	pthread_mutex_lock(&image->mutex);
	sqlite3_int64 size = image->size;
	pthread_mutex_unlock(&image->mutex);
	return size;
}

int image_read(struct image *image, void *bytes, int len, sqlite3_int64 at)
{
	pthread_mutex_lock(&image->mutex);
	sqlite3_int64 there = at < image->size ? image->size - at : 0;
	if (there > len)
		there = len;
	if (there > 0)
		memcpy(bytes, image->bytes + at, (size_t)there);
	memset((char *)bytes + there, 0, (size_t)(len - there));
	pthread_mutex_unlock(&image->mutex);
	return there == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int image_write(struct image *image, const void *bytes, int len, sqlite3_int64 at)
{
	int rc = SQLITE_NOMEM;

	pthread_mutex_lock(&image->mutex);
	sqlite3_int64 from = at < image->size ? at : image->size; /* a gap becomes zeroes */
	if (image_grow(image, at + len)) {
		memcpy(image->bytes + at, bytes, (size_t)len);
		if (from < image->dirty_from)
			image->dirty_from = from;
		if (at + len > image->dirty_to)
			image->dirty_to = at + len;
		rc = SQLITE_OK;
	}
	pthread_mutex_unlock(&image->mutex);
	return rc;
}

int image_truncate(struct image *image, sqlite3_int64 size)
{
	pthread_mutex_lock(&image->mutex);
	if (size < image->size) {
		image->size = size;
		image->cut = true;
		if (image->dirty_to > size)
			image->dirty_to = size;
	}
	pthread_mutex_unlock(&image->mutex);
	return SQLITE_OK;
}

static int image_flush(struct image *image, sqlite3_file *real)
{
	int rc = image_move(image, real, true, image->dirty_from, image->dirty_to);

	if (rc == SQLITE_OK && image->cut)
		rc = real->pMethods->xTruncate(real, image->size);
	return rc;
}

int image_sync(struct image *image, sqlite3_file *real, int flags)
{
	pthread_mutex_lock(&image->mutex);
	int rc = image_flush(image, real);
	if (rc == SQLITE_OK)
		rc = real->pMethods->xSync(real, flags);
	if (rc == SQLITE_OK)
		image_clean(image);
	pthread_mutex_unlock(&image->mutex);
	return rc;
}
