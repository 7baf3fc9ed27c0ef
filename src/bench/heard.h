/* heard.h: a line that a server said, taken apart where it lies. */
#ifndef TEAHOUSE_BENCH_HEARD_H
#define TEAHOUSE_BENCH_HEARD_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes without a NUL behind them. */
struct piece {
	const char *at;
	size_t len;
};

/* "@tags :source VERB args", of which tags and source may be missing. */
struct heard {
	struct piece tags, verb, args;
};

/* line: without its line end, all but a \r. false: there is no verb. */
bool heard_parse(struct heard *h, const char *line, size_t len);
/* The three digits of a numeric; 0: it is none. */
int heard_numeric(const struct heard *h);
/* Takes the next argument out of args: up to a space, or all of what follows a colon. */
struct piece heard_next(struct piece *args);
/* The value of a tag as it stands there; empty: there is no such tag. */
struct piece heard_tag(const struct heard *h, const char *key);

bool piece_is(struct piece p, const char *word);

#endif
