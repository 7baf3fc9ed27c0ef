/* base.h: the few macros that every file may use. */
#ifndef TEAHOUSE_BASE_BASE_H
#define TEAHOUSE_BASE_BASE_H

#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n) (1u << (n))
#define BIT64(n) (UINT64_C(1) << (n))

/* The struct of the given type whose field is at ptr. */
#define CONTAINER_OF(ptr, type, field) ((type *)container_of((ptr), offsetof(type, field)))

static inline void *container_of(const void *field, size_t offset)
{
	return (char *)field - offset;
}

/* Zeroed memory for small objects of a fixed size. Ends the program when there is none: a chat that
 * cannot get a hundred bytes cannot keep a promise either. Sizes chosen by a peer are checked
 * against limits.h first. Free with free(). */
void *xcalloc(size_t count, size_t size);

/* A copy of text, with the same end as xcalloc(). */
char *xstrdup(const char *text);

/* As realloc() of count elements, with the same end as xcalloc(). */
void *xrealloc(void *old, size_t count, size_t size);
/* Makes room for array[index] by doubling, from 64 on; what is new is zeroed. */
void *xgrow(void *array, size_t *count, size_t index, size_t size);

#endif
