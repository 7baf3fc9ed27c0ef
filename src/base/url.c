#include "base/url.h"

#include <stdlib.h>
#include <string.h>

/* Copies [from, to) if it fits and is not empty. */
static bool take(char *out, size_t size, const char *from, const char *to)
{
	size_t len = (size_t)(to - from);
	if (len == 0 || len >= size)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

static bool take_port(char *out, size_t size, const char *from, const char *to)
{
	if (from == to)
		return true;
	if (*from++ != ':' || !take(out, size, from, to))
		return false;
	if (strspn(out, "0123456789") != strlen(out))
		return false;
	return strtol(out, NULL, 10) <= 65535;
}

bool url_parse(const char *text, struct url *ret, struct err *err)
{
	struct url url = { .port = "" };
	const char *mark = strstr(text, "://");
	if (!mark || !take(url.scheme, sizeof(url.scheme), text, mark))
		goto bad;
	const char *host = mark + 3;
	const char *end = host + strcspn(host, "/");
	const char *host_end;
	if (*host == '[') {
		host_end = strchr(host, ']');
		if (!host_end || host_end > end ||
		    !take(url.host, sizeof(url.host), host + 1, host_end))
			goto bad;
		host_end++;
	} else {
		host_end = host + strcspn(host, ":/");
		if (!take(url.host, sizeof(url.host), host, host_end))
			goto bad;
	}
	if (!take_port(url.port, sizeof(url.port), host_end, end))
		goto bad;
	if (end[0] == '/' && end[1] &&
	    !take(url.room, sizeof(url.room), end + 1, end + strlen(end)))
		goto bad;
	*ret = url;
	return true;
bad:
	return err_set(err, ERR_INVALID,
		       "\"%.100s\" is not an address: write it as plain://127.0.0.1:4567", text);
}
