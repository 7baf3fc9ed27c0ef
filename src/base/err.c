#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	if (!err)
		return false;
	va_list args;
	va_start(args, fmt);
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return false;
}

bool err_errno(struct err *err, const char *fmt, ...)
{
	int number = errno;
	if (!err)
		return false;
	va_list args;
	va_start(args, fmt);
	err->code = ERR_IO;
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	size_t used = strlen(err->text);
	/* GNU's strerror_r: safe on any thread, and the answer may lie outside the buffer. */
	char buffer[96];
	snprintf(err->text + used, sizeof(err->text) - used, ": %s",
		 strerror_r(number, buffer, sizeof(buffer)));
	return false;
}
