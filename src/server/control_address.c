#include "server/control_address.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_WAIT_S 60

bool control_address(const char *dir, struct control_address *ret, struct err *err)
{
	*ret = (struct control_address){ .un.sun_family = AF_UNIX, .folder = -1 };
	size_t size = sizeof(ret->un.sun_path);
	if ((size_t)snprintf(ret->un.sun_path, size, "%s/control.sock", dir) < size)
		return true;
	/* An address has room for 107 bytes, and paths are longer than that. */
	ret->folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ret->folder < 0)
		return err_errno(err, "cannot open %s", dir);
	snprintf(ret->un.sun_path, size, "/proc/self/fd/%d/control.sock", ret->folder);
	return true;
}

void control_address_done(struct control_address *a)
{
	if (a->folder >= 0)
		close(a->folder);
	a->folder = -1;
}

/* ---- asking ---- */

static bool nobody_is_there(const char *dir, struct err *err)
{
	return err_set(err, ERR_CLOSED,
		       "no server runs on %s: start it with teahouse serve, or say --data with its "
		       "folder",
		       dir);
}

/* -1: reason in err. */
static int control_connect(const char *dir, struct err *err)
{
	const struct timeval patience = { .tv_sec = ANSWER_WAIT_S };
	struct control_address address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_errno(err, "cannot make a socket");
		return -1;
	}
	bool ok = control_address(dir, &address, err);
	if (ok && connect(fd, (const struct sockaddr *)&address.un, sizeof(address.un)) < 0) {
		bool nobody = errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR;
		ok = nobody ? nobody_is_there(dir, err)
			    : err_errno(err, "cannot ask the server on %s", dir);
	}
	control_address_done(&address);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (ok)
		return fd;
	if (err->code == ERR_IO && errno == ENOENT)
		nobody_is_there(dir, err); /* not even a folder */
	close(fd);
	return -1;
}

bool control_is_there(const char *dir, struct err *err)
{
	int fd = control_connect(dir, err);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return false;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A line, without its end. */
static bool receive_line(int fd, char *line, struct err *err)
{
	size_t len = 0;
	while (len < CONTROL_LINE_BYTES_MAX) {
		ssize_t n = recv(fd, line + len, CONTROL_LINE_BYTES_MAX - len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return err_errno(err, "the server does not answer");
		if (n <= 0)
			return err_set(err, ERR_IO,
				       n < 0 ? "the server does not answer"
					     : "the server stopped before it answered");
		len += (size_t)n;
		char *end = memchr(line, '\n', len);
		if (!end)
			continue;
		*end = '\0';
		return true;
	}
	return err_set(err, ERR_IO, "the server's answer is none");
}

bool control_ask(const char *dir, const char *request, size_t len, char *answer, struct err *err)
{
	char line[CONTROL_LINE_BYTES_MAX];
	int fd = control_connect(dir, err);
	if (fd < 0)
		return false;
	/* A server that has no time says so at once, and takes nothing. */
	bool sent = send_all(fd, request, len) || errno == EPIPE || errno == ECONNRESET ||
		    err_errno(err, "cannot ask the server");
	bool ok = sent && receive_line(fd, line, err);
	close(fd);
	if (!ok)
		return false;
	if (strncmp(line, "ok ", 3) != 0)
		return err_set(err, ERR_DENIED, "%s",
			       strncmp(line, "no ", 3) == 0 ? line + 3 : line);
	snprintf(answer, CONTROL_LINE_BYTES_MAX, "%s", line + 3);
	return true;
}
