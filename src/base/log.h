/* log.h: what the operator reads, one logfmt line each on standard error.
 *
 *     2026-11-23T14:05:09Z warn slow-reader conn=17 queued=1048600
 *
 * Under systemd (JOURNAL_STREAM is set) the time is left out and the level is the "<4>" that the
 * journal understands. Any thread; a line is one write(), so lines never mix. */
#ifndef TEAHOUSE_BASE_LOG_H
#define TEAHOUSE_BASE_LOG_H

#include "base/base.h"

/* what is a word to search for; fmt gives key=value pairs; "%s", "": none. */
void log_info(const char *what, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *what, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_error(const char *what, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
