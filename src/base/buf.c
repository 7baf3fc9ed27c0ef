#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_done(struct buf *b)
{
	free(b->bytes);
	*b = (struct buf){ 0 };
}

static void buf_reserve(struct buf *b, size_t more)
{
	size_t need = b->len + more + 1;
	assert(need <= UINT32_MAX / 2);
	if (need <= b->size)
		return;
	size_t size = b->size ? b->size : 64;
	while (size < need)
		size *= 2;
	b->bytes = xrealloc(b->bytes, size, 1);
	b->size = (uint32_t)size;
}

void buf_add(struct buf *b, const char *bytes, size_t len)
{
	buf_reserve(b, len);
	if (len)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += (uint32_t)len;
	b->bytes[b->len] = '\0';
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int len = vsnprintf(b->bytes ? b->bytes + b->len : NULL, b->size - b->len, fmt, args);
	va_end(args);
	assert(len >= 0);
	if ((size_t)len >= b->size - b->len) {
		buf_reserve(b, (size_t)len);
		vsnprintf(b->bytes + b->len, (size_t)len + 1, fmt, again);
	}
	va_end(again);
	b->len += (uint32_t)len;
}

void buf_drop(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len -= (uint32_t)len;
	if (len)
		memmove(b->bytes, b->bytes + len, b->len + 1);
}
