/* shim.h: a disk for SQLite that a test can cut off, stall and fill.
 *
 * For tests only. shim.c says how it works; the files that switch it on are named by the
 * environment, as they are when shim_install() is called:
 *
 *     SHIM_STALL=path   while the file exists, syncs wait (it is looked for every 5 ms)
 *     SHIM_FAIL=path    while the file exists, writes and syncs fail, as its first word says:
 *                       "full": no space left; anything else: an I/O error */
#ifndef TEAHOUSE_TESTS_SHIM_H
#define TEAHOUSE_TESTS_SHIM_H

/* From now on all databases that this process opens lie on this disk. Once, before any is open. */
void shim_install(void);

#endif
