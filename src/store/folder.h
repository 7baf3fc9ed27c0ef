/* folder.h: the data folder, which belongs to one server at a time. */
#ifndef TEAHOUSE_STORE_FOLDER_H
#define TEAHOUSE_STORE_FOLDER_H

#include "base/err.h"

/* Creates path (and its parents, 0700) if needed and locks it: flock() on path/lock, a file of its
 * own, since SQLite's locks are not for us. Sets *ret_fd to the lock, released by close(). Errors
 * say the path and what to do: not writable, not a folder, held by another server (ERR_DENIED). */
MUST_USE bool folder_lock(const char *path, int *ret_fd, struct err *err);

#endif
