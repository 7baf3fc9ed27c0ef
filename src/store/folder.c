#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* mkdir -p, for ourselves alone. path is put together again on the way. */
static bool folder_create(char *path, struct err *err)
{
	for (char *slash = path;; slash++) {
		slash = strchrnul(slash + 1, '/');
		char end = *slash;
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return err_errno(err,
					 "cannot create the folder %s; choose another with --data",
					 path);
		*slash = end;
		if (end == '\0')
			return true;
	}
}

static bool folder_check(const char *path, struct err *err)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_errno(err, "cannot use %s as data folder; choose another with --data",
				 path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVALID,
			       "%s is not a folder; choose another data folder with --data", path);
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) < 0)
		return err_errno(err,
				 "cannot write to the data folder %s; give this user the right to, "
				 "or choose another with --data",
				 path);
	return true;
}

static bool folder_hold(const char *path, const char *lock, int *ret_fd, struct err *err)
{
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, "cannot open %s; choose another data folder with --data",
				 lock);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_DENIED,
				"another teahouse uses the data folder %s; stop it, "
				"or choose another with --data",
				path);
		else
			err_errno(err, "cannot lock %s", lock);
		close(fd);
		return false;
	}
	*ret_fd = fd;
	return true;
}

bool folder_lock(const char *path, int *ret_fd, struct err *err)
{
	char copy[PATH_MAX], lock[PATH_MAX];
	int len = snprintf(lock, sizeof(lock), "%s/lock", path);

	if (path[0] == '\0' || len < 0 || (size_t)len >= sizeof(lock))
		return err_set(err, ERR_INVALID, "the name of the data folder is %s",
			       path[0] ? "too long" : "empty");
	snprintf(copy, sizeof(copy), "%s", path);
	return folder_create(copy, err) && folder_check(path, err) &&
	       folder_hold(path, lock, ret_fd, err);
}
