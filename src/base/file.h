/* file.h: small files, read and written whole. */
#ifndef TEAHOUSE_BASE_FILE_H
#define TEAHOUSE_BASE_FILE_H

#include "base/err.h"

enum file_result { FILE_READ, FILE_NONE, FILE_FAILED };

/* Reads path into bytes, which has size. FILE_NONE: there is no such file. FILE_FAILED: it cannot be
 * read, or has more (ERR_LIMIT). err says why for both. */
MUST_USE enum file_result file_read(const char *path, void *bytes, size_t size, size_t *ret_len,
				    struct err *err);

/* Makes or replaces path, for this user alone (0600): written aside, as path.new, and renamed, so that
 * a crash leaves the old file or the new one. When this returns true the new one is on disk. */
MUST_USE bool file_write(const char *path, const void *bytes, size_t len, struct err *err);

#endif
