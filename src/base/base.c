#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_end(void *memory)
{
	if (memory)
		return memory;
	fputs("teahouse: out of memory\n", stderr);
	abort();
}

void *xcalloc(size_t count, size_t size)
{
	return or_end(calloc(count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return or_end(strdup(text));
}

void *xrealloc(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return or_end(NULL);
	size_t bytes = count * size;
	return or_end(realloc(old, bytes ? bytes : 1));
}

void *xgrow(void *array, size_t *count, size_t index, size_t size)
{
	size_t larger = *count ? *count : 64;
	if (index < *count)
		return array;
	while (larger <= index)
		larger *= 2;
	char *grown = xrealloc(array, larger, size);
	memset(grown + *count * size, 0, (larger - *count) * size);
	*count = larger;
	return grown;
}
