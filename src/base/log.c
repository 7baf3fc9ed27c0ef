#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct level {
	const char *word, *journal;
};

static size_t line_head(char *line, size_t size, const struct level *level)
{
	if (getenv("JOURNAL_STREAM"))
		return (size_t)snprintf(line, size, "%s", level->journal);
	struct timespec now;
	struct tm utc;
	char stamp[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return (size_t)snprintf(line, size, "%s %s ", stamp, level->word);
}

static void log_args(const struct level *level, const char *what, const char *fmt, va_list args)
{
	char line[1024];
	size_t used = line_head(line, sizeof(line), level);
	used += (size_t)snprintf(line + used, sizeof(line) - used, "%s ", what);
	if (vsnprintf(line + used, sizeof(line) - used, fmt, args) == 0)
		line[used - 1] = '\0';
	size_t len = strlen(line);
	len -= utf8_unfinished(line, len); /* the journal shows no line that is not text */
	line[len++] = '\n';
	/* Nobody could be told that the log itself cannot be written. */
	ssize_t written = write(STDERR_FILENO, line, len);
	(void)written;
}

#define DEFINE_LOG(name, word_, journal_)                                                          \
	void name(const char *what, const char *fmt, ...)                                          \
	{                                                                                          \
		static const struct level level = { word_, journal_ };                             \
		va_list args;                                                                      \
		va_start(args, fmt);                                                               \
		log_args(&level, what, fmt, args);                                                 \
		va_end(args);                                                                      \
	}

DEFINE_LOG(log_info, "info", "<6>")
DEFINE_LOG(log_warn, "warn", "<4>")
DEFINE_LOG(log_error, "error", "<3>")
