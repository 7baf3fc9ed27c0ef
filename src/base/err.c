#include "base/err.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* At most size bytes with the NUL, and none of a character that does not fit. */
static void err_fill(struct err *err, size_t size, const char *fmt, va_list args)
{
	vsnprintf(err->text, size, fmt, args);
	size_t len = strlen(err->text);
	err->text[len - utf8_unfinished(err->text, len)] = '\0';
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	if (!err)
		return false;
	va_list args;
	va_start(args, fmt);
	err->code = code;
	err_fill(err, sizeof(err->text), fmt, args);
	va_end(args);
	return false;
}

bool err_errno(struct err *err, const char *fmt, ...)
{
	int number = errno;
	if (!err)
		return false;
	/* GNU's strerror_r: safe on any thread, and the answer may lie outside the buffer. */
	char buffer[96], reason[100];
	snprintf(reason, sizeof(reason), ": %s", strerror_r(number, buffer, sizeof(buffer)));
	va_list args;
	va_start(args, fmt);
	err->code = ERR_IO;
	/* A sentence with a long path in it is cut, the reason never. */
	err_fill(err, sizeof(err->text) - strlen(reason), fmt, args);
	va_end(args);
	memcpy(err->text + strlen(err->text), reason, strlen(reason) + 1);
	return false;
}
