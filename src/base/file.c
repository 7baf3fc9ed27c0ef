#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As read(), but all there is; one byte more than size shows that it is too much. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
	size_t len = 0;
	while (len <= size) {
		char beyond;
		ssize_t n = len < size ? read(fd, bytes + len, size - len) : read(fd, &beyond, 1);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n == 0)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)len;
}

enum file_result file_read(const char *path, void *bytes, size_t size, size_t *ret_len,
			   struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		bool none = errno == ENOENT;
		err_errno(err, "cannot read %s", path);
		return none ? FILE_NONE : FILE_FAILED;
	}
	ssize_t len = read_all(fd, bytes, size);
	bool ok = len >= 0 || err_errno(err, "cannot read %s", path);
	close(fd);
	if (ok && (size_t)len > size)
		ok = err_set(err, ERR_LIMIT, "%s has more than %zu bytes", path, size);
	if (ok)
		*ret_len = (size_t)len;
	return ok ? FILE_READ : FILE_FAILED;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno != EINTR)
			return false;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool write_aside(const char *aside, const void *bytes, size_t len)
{
	int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool ok = write_all(fd, bytes, len) && fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

/* A rename is on disk when its folder is. folder ends with the last slash before the file's name. */
static bool sync_folder(const char *folder)
{
	int fd = open(folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

bool file_write(const char *path, const void *bytes, size_t len, struct err *err)
{
	char aside[PATH_MAX], folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if ((size_t)snprintf(aside, sizeof(aside), "%s.new", path) >= sizeof(aside))
		return err_set(err, ERR_LIMIT, "the path %.60s… is too long", path);
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 0, path);
	return (write_aside(aside, bytes, len) && rename(aside, path) == 0 &&
		sync_folder(folder)) ||
	       err_errno(err, "cannot write %s", path);
}
