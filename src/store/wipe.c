#include "store/wipe.h"

#include <string.h>

#define PAGE_BYTES 4096     /* of the databases we make */
#define FILE_HEAD_BYTES 100 /* in front of the first page's own */

/* How SQLite would write into the file, and how it does. One kind of file for all connections. */
static const sqlite3_io_methods *below;
static sqlite3_io_methods above;

static size_t number_at(const unsigned char *bytes)
{
	return (size_t)bytes[0] << 8 | bytes[1];
}

bool wipe_page(unsigned char *page, size_t len, size_t head)
{
	const unsigned char *h = page + head;
	bool inner = h[0] == 2 || h[0] == 5, leaf = h[0] == 10 || h[0] == 13;
	size_t count = number_at(h + 3), cells = number_at(h + 5);
	const unsigned char *pointers = h + (inner ? 12 : 8);
	size_t gap = (size_t)(pointers - page) + 2 * count;
	if (!(inner || leaf) || gap > cells || cells > len)
		return false;
	for (size_t i = 0; i < count; i++)
		if (number_at(pointers + 2 * i) < cells || number_at(pointers + 2 * i) >= len)
			return false;
	memset(page + gap, 0, cells - gap);
	return true;
}

static int wipe_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	unsigned char page[PAGE_BYTES];
	if (len != PAGE_BYTES || offset % PAGE_BYTES != 0)
		return below->xWrite(file, bytes, len, offset);
	memcpy(page, bytes, PAGE_BYTES);
	wipe_page(page, PAGE_BYTES, offset == 0 ? FILE_HEAD_BYTES : 0);
	return below->xWrite(file, page, len, offset);
}

void wipe_install(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    !file)
		return;
	if (!below) {
		below = file->pMethods;
		above = *below;
		above.xWrite = wipe_write;
	}
	if (file->pMethods == below)
		file->pMethods = &above;
}
