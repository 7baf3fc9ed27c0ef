/* wipe.h: nothing of what was deleted is left in the database's file.
 *
 * SQLite's secure_delete overwrites what is deleted. But when a page is full, half of it goes to another
 * one, and the bytes that were moved stay behind in the gap between the page's list of cells and its
 * cells: a message that is redacted later would be overwritten at its new place only. So the gap of each
 * page is emptied on its way into the file, which is where the write-ahead log is moved to: the log has
 * sums of its pages, the file has not. https://www.sqlite.org/fileformat2.html#b_tree_pages */
#ifndef TEAHOUSE_STORE_WIPE_H
#define TEAHOUSE_STORE_WIPE_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

/* From now on, for what db writes into its file. */
void wipe_install(sqlite3 *db);

/* Empties the gap of a page of len bytes; its head begins after head bytes: 100 in the first one. false:
 * it is no page with cells, and stays as it is. */
bool wipe_page(unsigned char *page, size_t len, size_t head);

#endif
