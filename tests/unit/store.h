/* store.h: what the tests of src/store/ share: a folder to work in, events, and processes to lose. */
#ifndef TEAHOUSE_TESTS_STORE_H
#define TEAHOUSE_TESTS_STORE_H

#include "core/event.h"
#include "store/history.h"

#include <stddef.h>
#include <sys/types.h>

/* A new, empty folder; the caller removes it with folder_remove() and its files, which have no
 * folders among them. */
char *folder_new(void);
void folder_remove(char *dir);

/* Bytes of dir/name, -1 if there is none. */
long folder_file_bytes(const char *dir, const char *name);

/* Stored events, with everything that the log gives them. The text may be NULL. */
struct event *event_made(enum event_kind kind, uint64_t id, uint64_t room, uint64_t seq,
			 const char *nick, const char *text);

/* A message from tea, in room 1 and alone in it, so that seq is id. */
struct event *event_said(uint64_t id, const char *text);

/* Appends e alone, and unrefs it. */
MUST_USE bool append_one(struct history *h, struct event *e, struct err *err);

/* The texts of the messages of room that span means, with a '|' behind each: "a|b|". Until the next
 * call. NULL: reason in err. */
const char *texts_in(const char *dir, uint64_t room, const struct event_span *span,
		     struct err *err);
/* The same for the last limit messages before before_id; UINT64_MAX: of all. */
const char *texts_before(const char *dir, uint64_t room, uint64_t before_id, size_t limit,
			 struct err *err);

/* Runs part() in a process of its own, which ends there. Returns what it returned, or minus the
 * signal that ended it. It must not CHECK(): EXPECT() leaves with the number of the line. */
int in_child(int (*part)(void *ctx), void *ctx);

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			expect_failed(#condition, __FILE__, __LINE__);                             \
	} while (0)
void expect_failed(const char *what, const char *file, int line) __attribute__((noreturn));

#endif
