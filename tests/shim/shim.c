/* How a test can tell whether something was on the disk.
 *
 * After a kill -9 all is still there: what a process wrote is in the system's cache, and only a
 * power cut would show that nobody synced it. So this VFS, which lies over SQLite's own, keeps that
 * cache in the process: databases, their logs and journals are images in memory (image.c), a write
 * changes the image, and only a sync brings the real file up to date. A kill -9 takes the images
 * along, and what is left is what a power cut leaves.
 *
 * Real at once are locks, the shared memory beside a write-ahead log, and creating and removing
 * files: a cut that undoes a removal is not played. Another process sees only what was synced, so a
 * database belongs to one process while that one runs.
 *
 * Stalling and failing is decided here, before an image is touched. A stalled sync holds no lock of
 * ours: reading and writing go on. */
#include "tests/shim/shim.h"

#include "tests/shim/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct shim_file {
	sqlite3_file base; /* SQLite knows us by this */
	struct image *image;
	bool failed;
	sqlite3_file *real; /* behind us in the same memory */
};

static sqlite3_vfs *under; /* SQLite's own */
static const char *stall_path, *fail_path;

static struct shim_file *shim(sqlite3_file *file)
{
	return (struct shim_file *)file;
}

static void shim_stall(void)
{
	while (stall_path && access(stall_path, F_OK) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* SQLITE_OK, SQLITE_FULL or what an I/O error is called. */
static int shim_failure(sqlite3_file *file, int io_error)
{
	char word[16] = "";
	FILE *f = fail_path ? fopen(fail_path, "re") : NULL;

	if (!f)
		return SQLITE_OK;
	bool full = fscanf(f, "%15s", word) == 1 && strcmp(word, "full") == 0;
	fclose(f);
	shim(file)->failed = !full; /* SQLite's own notes no errno for a full disk either */
	errno = full ? ENOSPC : EIO;
	return full ? SQLITE_FULL : io_error;
}

static int shim_close(sqlite3_file *file)
{
	image_close(shim(file)->image);
	return shim(file)->real->pMethods->xClose(shim(file)->real);
}

static int shim_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	return image_read(shim(file)->image, bytes, len, at);
}

static int shim_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	int rc = shim_failure(file, SQLITE_IOERR_WRITE);
	return rc != SQLITE_OK ? rc : image_write(shim(file)->image, bytes, len, at);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return image_truncate(shim(file)->image, size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
	shim_stall();
	int rc = shim_failure(file, SQLITE_IOERR_FSYNC);
	return rc != SQLITE_OK ? rc : image_sync(shim(file)->image, shim(file)->real, flags);
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	*ret_size = image_size(shim(file)->image);
	return SQLITE_OK;
}

static int shim_file_control(sqlite3_file *file, int op, void *arg)
{
	if (op == SQLITE_FCNTL_LAST_ERRNO && shim(file)->failed) {
		*(int *)arg = EIO;
		return SQLITE_OK;
	}
	if (op == SQLITE_FCNTL_SIZE_HINT)
		return SQLITE_OK; /* it would change the real file */
	return shim(file)->real->pMethods->xFileControl(shim(file)->real, op, arg);
}

static int shim_lock(sqlite3_file *file, int lock)
{
	return shim(file)->real->pMethods->xLock(shim(file)->real, lock);
}

static int shim_unlock(sqlite3_file *file, int lock)
{
	return shim(file)->real->pMethods->xUnlock(shim(file)->real, lock);
}

static int shim_check_reserved(sqlite3_file *file, int *ret_reserved)
{
	return shim(file)->real->pMethods->xCheckReservedLock(shim(file)->real, ret_reserved);
}

static int shim_sector_size(sqlite3_file *file)
{
	return shim(file)->real->pMethods->xSectorSize(shim(file)->real);
}

static int shim_characteristics(sqlite3_file *file)
{
	return shim(file)->real->pMethods->xDeviceCharacteristics(shim(file)->real);
}

static int shim_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
	return shim(file)->real->pMethods->xShmMap(shim(file)->real, region, size, extend, ret);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return shim(file)->real->pMethods->xShmLock(shim(file)->real, offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
	shim(file)->real->pMethods->xShmBarrier(shim(file)->real);
}

static int shim_shm_unmap(sqlite3_file *file, int remove)
{
	return shim(file)->real->pMethods->xShmUnmap(shim(file)->real, remove);
}

/* Version 2: no xFetch(), which would hand out the real file's bytes. */
static const sqlite3_io_methods shim_methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_reserved,
	.xFileControl = shim_file_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		     int *ret_flags)
{
	const int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
	struct shim_file *f = shim(file);

	(void)vfs;
	if (!path || !(flags & kept)) /* a temporary file: nobody expects it after a cut */
		return under->xOpen(under, path, file, flags, ret_flags);

	memset(f, 0, sizeof(*f));
	f->real = (sqlite3_file *)(f + 1);
	int rc = under->xOpen(under, path, f->real, flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	f->image = image_open(path, f->real);
	if (!f->image) {
		f->real->pMethods->xClose(f->real);
		return SQLITE_CANTOPEN;
	}
	f->base.pMethods = &shim_methods;
	return SQLITE_OK;
}

static int shim_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	image_remove(path);
	return under->xDelete(under, path, sync_folder);
}

/* To SQLite an empty file is no file: a log that was never synced is one that must be found. */
static int shim_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_yes)
{
	(void)vfs;
	sqlite3_int64 size = image_size_at(path);
	if (flags == SQLITE_ACCESS_EXISTS && size >= 0) {
		*ret_yes = size > 0;
		return SQLITE_OK;
	}
	return under->xAccess(under, path, flags, ret_yes);
}

void shim_install(void)
{
	static sqlite3_vfs vfs; /* SQLite keeps it */

	under = sqlite3_vfs_find(NULL);
	if (!under)
		abort();
	vfs = *under; /* clock, randomness and the like stay as they are */
	vfs.zName = "shim";
	vfs.szOsFile += (int)sizeof(struct shim_file);
	vfs.xOpen = shim_open;
	vfs.xDelete = shim_delete;
	vfs.xAccess = shim_access;
	sqlite3_vfs_register(&vfs, 1);
	stall_path = getenv("SHIM_STALL");
	fail_path = getenv("SHIM_FAIL");
}
