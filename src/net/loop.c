#include "net/loop.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_PER_WAIT 256

struct loop {
	int epoll_fd, wake_fd;
	int64_t now_ms;
	atomic_bool woken;
	struct watch wake_watch;
};

static unsigned to_epoll(unsigned events)
{
	return (events & LOOP_READ ? EPOLLIN : 0u) | (events & LOOP_WRITE ? EPOLLOUT : 0u);
}

static unsigned from_epoll(unsigned events)
{
	unsigned found = 0;
	if (events & (EPOLLIN | EPOLLHUP))
		found |= LOOP_READ;
	if (events & EPOLLOUT)
		found |= LOOP_WRITE;
	if (events & EPOLLERR || (events & (EPOLLHUP | EPOLLIN)) == EPOLLHUP)
		found |= LOOP_BROKEN;
	return found;
}

static void loop_on_wake(struct watch *w, unsigned events)
{
	struct loop *loop = CONTAINER_OF(w, struct loop, wake_watch);
	uint64_t count;
	(void)events;
	ssize_t got = read(loop->wake_fd, &count, sizeof(count));
	(void)got;
	/* Only now: a wake-up between the two would be taken for one that is still to come. Whoever
	 * pushes after this line writes to wake_fd again, and the next wait returns at once. Exchanged,
	 * not stored: having read what the last waker wrote, this thread sees what he had pushed. */
	atomic_exchange(&loop->woken, false);
}

struct loop *loop_new(struct err *err)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	loop->wake_watch.ready = loop_on_wake;
	loop->wake_fd = -1;
	loop->now_ms = clock_monotonic_ms();
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		err_errno(err, "cannot make an event queue");
		goto fail;
	}
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->wake_fd < 0) {
		err_errno(err, "cannot make an event counter");
		goto fail;
	}
	if (!loop_add(loop, loop->wake_fd, LOOP_READ, &loop->wake_watch, err))
		goto fail;
	return loop;
fail:
	loop_free(loop);
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	free(loop);
}

bool loop_add(struct loop *loop, int fd, unsigned events, struct watch *w, struct err *err)
{
	struct epoll_event e = { .events = to_epoll(events), .data.ptr = w };
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0)
		return err_errno(err, "cannot watch a descriptor");
	return true;
}

void loop_mod(struct loop *loop, int fd, unsigned events, struct watch *w)
{
	struct epoll_event e = { .events = to_epoll(events), .data.ptr = w };
	int failed = epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &e);
	assert(!failed);
	(void)failed;
}

void loop_del(struct loop *loop, int fd)
{
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void loop_wait(struct loop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_PER_WAIT];
	int count = epoll_wait(loop->epoll_fd, events, EVENTS_PER_WAIT, timeout_ms);
	loop->now_ms = clock_monotonic_ms();
	for (int i = 0; i < count; i++) {
		struct watch *w = events[i].data.ptr;
		w->ready(w, from_epoll(events[i].events));
	}
}

int64_t loop_now(const struct loop *loop)
{
	return loop->now_ms;
}

void loop_wake(struct loop *loop)
{
	if (atomic_exchange(&loop->woken, true))
		return;
	uint64_t one = 1;
	ssize_t put = write(loop->wake_fd, &one, sizeof(one));
	(void)put;
}
