/* loop.h: waits until a file descriptor is ready. epoll, level-triggered, behind six functions, so
 * that another system's call can take its place.
 *
 * A loop belongs to the thread that waits in it; only loop_wake() may be called from elsewhere. What
 * a watch belongs to is not freed inside ready(), since the same wait may have more to say of it. */
#ifndef TEAHOUSE_NET_LOOP_H
#define TEAHOUSE_NET_LOOP_H

#include "base/err.h"

enum loop_events {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_BROKEN = 4, /* reset by the peer; told whether asked for or not */
};

/* Lives inside what is watched; CONTAINER_OF() leads back. */
struct watch {
	void (*ready)(struct watch *w, unsigned events);
};

struct loop;

/* NULL: reason in err. */
struct loop *loop_new(struct err *err);
/* NULL is fine. What was watched stays open. */
void loop_free(struct loop *loop);

/* events: of enum loop_events. fd and w stay the caller's. */
MUST_USE bool loop_add(struct loop *loop, int fd, unsigned events, struct watch *w,
		       struct err *err);
/* fd was added. 0: only LOOP_BROKEN is told. */
void loop_mod(struct loop *loop, int fd, unsigned events, struct watch *w);
/* Before fd is closed. */
void loop_del(struct loop *loop, int fd);

/* Calls ready() of all that became ready, after timeout_ms at the latest (below 0: no limit). */
void loop_wait(struct loop *loop, int timeout_ms);

/* clock_monotonic_ms() as it was when the last wait ended: for what happens in ready(). */
int64_t loop_now(const struct loop *loop);

/* Ends the wait under way or the next one. Any thread; cheap when it has been woken already. */
void loop_wake(struct loop *loop);

#endif
