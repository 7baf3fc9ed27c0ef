/* buf.h: bytes that grow. The owner sees to a ceiling before adding what a stranger sent. */
#ifndef TEAHOUSE_BASE_BUF_H
#define TEAHOUSE_BASE_BUF_H

#include "base/base.h"

struct buf {
	char *bytes; /* NULL until something is added */
	uint32_t len, size;
};

/* { 0 } is an empty buf too. */
void buf_done(struct buf *b);

/* Both keep a NUL behind the last byte, not counted in len. */
void buf_add(struct buf *b, const char *bytes, size_t len);
/* A string, without its NUL. */
void buf_add_text(struct buf *b, const char *text);
/* As printf() would print it. */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Takes the first len bytes away. */
void buf_drop(struct buf *b, size_t len);

#endif
