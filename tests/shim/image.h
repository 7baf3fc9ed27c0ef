/* image.h: what a process believes a file to hold, while the disk holds what was synced.
 *
 * One image per path, shared by all who open it, from any thread. It outlives the last of them, as
 * the system's cache would; only a removed file's image ends with its last user. */
#ifndef TEAHOUSE_TESTS_IMAGE_H
#define TEAHOUSE_TESTS_IMAGE_H

#include <sqlite3.h>
#include <stdbool.h>

struct image;

/* The image of the file at path; a new one holds what is in real. End with image_close(). NULL: real
 * cannot be read. */
struct image *image_open(const char *path, sqlite3_file *real);
void image_close(struct image *image);

/* Forgets the path: the file is being removed. */
void image_remove(const char *path);

/* -1: there is none. */
sqlite3_int64 image_size_at(const char *path);
sqlite3_int64 image_size(struct image *image);

/* As in sqlite3_io_methods: a short read fills up with zeroes. */
int image_read(struct image *image, void *bytes, int len, sqlite3_int64 at);
int image_write(struct image *image, const void *bytes, int len, sqlite3_int64 at);
int image_truncate(struct image *image, sqlite3_int64 size);

/* Brings real up to date and syncs it with these flags. */
int image_sync(struct image *image, sqlite3_file *real, int flags);

#endif
