#include "net/loop.h"

#include "base/clock.h"
#include "base/queue.h"
#include "tests/unit/check.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static struct err err;

/* What was said of a descriptor, and how often. */
struct seen {
	struct watch watch;
	unsigned events;
	size_t calls;
};

static void on_ready(struct watch *w, unsigned events)
{
	struct seen *s = CONTAINER_OF(w, struct seen, watch);
	s->events = events;
	s->calls++;
}

static struct loop *new_loop(void)
{
	struct loop *loop = loop_new(&err);
	CHECK(loop);
	return loop;
}

/* The events of the next wait; 0: none. */
static unsigned wait_once(struct loop *loop, struct seen *s)
{
	s->events = 0;
	loop_wait(loop, 0);
	return s->events;
}

TEST(loop_tells_what_was_asked_for)
{
	struct loop *loop = new_loop();
	struct seen s = { .watch.ready = on_ready };
	int ends[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0, "a pair");
	CHECK(loop_add(loop, ends[0], LOOP_READ, &s.watch, &err));
	CHECK_EQ(wait_once(loop, &s), 0, "nothing came");
	CHECK_EQ(write(ends[1], "tea", 3), 3, "now it comes");
	CHECK_EQ(wait_once(loop, &s), LOOP_READ, "and is told");
	CHECK_EQ(wait_once(loop, &s), LOOP_READ, "until it is read");
	loop_mod(loop, ends[0], LOOP_READ | LOOP_WRITE, &s.watch);
	CHECK_EQ(wait_once(loop, &s), LOOP_READ | LOOP_WRITE, "there is room, too");
	loop_mod(loop, ends[0], LOOP_WRITE, &s.watch);
	CHECK_EQ(wait_once(loop, &s), LOOP_WRITE, "only that");
	loop_mod(loop, ends[0], 0, &s.watch);
	CHECK_EQ(wait_once(loop, &s), 0, "nothing is wanted");
	loop_mod(loop, ends[0], LOOP_READ, &s.watch);
	loop_del(loop, ends[0]);
	CHECK_EQ(wait_once(loop, &s), 0, "no longer watched");
	loop_free(loop);
	close(ends[0]);
	close(ends[1]);
}

TEST(loop_tells_of_the_end_of_input_as_something_to_read)
{
	struct loop *loop = new_loop();
	struct seen s = { .watch.ready = on_ready };
	int ends[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0, "a pair");
	CHECK(loop_add(loop, ends[0], LOOP_READ, &s.watch, &err));
	shutdown(ends[1], SHUT_WR);
	CHECK_EQ(wait_once(loop, &s), LOOP_READ, "half closed is not broken");
	loop_free(loop);
	close(ends[0]);
	close(ends[1]);
}

TEST(loop_tells_of_a_reset_asked_or_not)
{
	struct loop *loop = new_loop();
	struct seen s = { .watch.ready = on_ready };
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), peer = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_EQ(bind(listener, (struct sockaddr *)&at, len), 0, "an address");
	CHECK_EQ(listen(listener, 1), 0, "a listener");
	CHECK_EQ(getsockname(listener, (struct sockaddr *)&at, &len), 0, "its name");
	CHECK_EQ(connect(peer, (struct sockaddr *)&at, len), 0, "a peer");
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	CHECK_EQ(send(peer, "tea", 3, 0), 3, "there is something to read, too");
	CHECK(loop_add(loop, fd, LOOP_READ, &s.watch, &err));
	loop_wait(loop, 10000);
	CHECK_EQ(s.events, LOOP_READ, "all is well");
	loop_mod(loop, fd, 0, &s.watch);
	CHECK_EQ(wait_once(loop, &s), 0, "nothing is asked for");
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
	close(peer);
	loop_wait(loop, 10000);
	CHECK_EQ(s.events & LOOP_BROKEN, LOOP_BROKEN, "told all the same");
	loop_mod(loop, fd, LOOP_READ, &s.watch);
	CHECK_EQ(wait_once(loop, &s), LOOP_READ | LOOP_BROKEN, "and beside what was asked for");
	loop_free(loop);
	close(fd);
	close(listener);
}

TEST(loop_refuses_what_cannot_be_watched)
{
	struct loop *loop = new_loop();
	struct seen s = { .watch.ready = on_ready };
	int file = memfd_create("a file is always ready", 0);

	CHECK_EQ(loop_add(loop, file, LOOP_READ, &s.watch, &err), false, "a file");
	CHECK_EQ(err.code, ERR_IO, "with a reason");
	CHECK_EQ(loop_add(loop, -1, LOOP_READ, &s.watch, NULL), false, "and nothing at all");
	close(file);
	loop_free(loop);
	loop_free(NULL);
}

/* More than one wait can tell of: each gets its turn. */
TEST(loop_serves_everybody)
{
	struct loop *loop = new_loop();
	static struct seen seen[600];
	int fds[ARRAY_LEN(seen)];

	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		seen[i] = (struct seen){ .watch.ready = on_ready };
		fds[i] = eventfd(1, EFD_NONBLOCK);
		CHECK(loop_add(loop, fds[i], LOOP_READ, &seen[i].watch, &err));
	}
	for (int i = 0; i < 3; i++)
		loop_wait(loop, 0);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		CHECK_EQ(seen[i].calls > 0, true, "nobody is left out for good");
		close(fds[i]);
	}
	loop_free(loop);
}

TEST(loop_that_was_woken_does_not_wait)
{
	struct loop *loop = new_loop();

	loop_wake(loop);
	loop_wake(loop);
	loop_wait(loop, -1); /* would never end */
	loop_wake(loop);
	loop_wait(loop, -1);
	loop_free(loop);
}

TEST(loop_knows_when_its_wait_ended)
{
	struct loop *loop = new_loop();

	int64_t before = clock_monotonic_ms();
	loop_wait(loop, 0);
	int64_t now = loop_now(loop), after = clock_monotonic_ms();
	CHECK(before <= now && now <= after);
	loop_free(loop);
}

/* Another thread pushes and wakes: not one item may stay in the queue with this thread asleep. */
struct pusher {
	struct loop *loop;
	struct queue *queue;
	size_t count;
};

static void *push_and_wake(void *arg)
{
	struct pusher *p = arg;
	for (size_t i = 0; i < p->count;) {
		if (queue_push(p->queue, &i))
			i++;
		loop_wake(p->loop);
	}
	return NULL;
}

TEST(loop_wake_from_another_thread_is_never_lost)
{
	struct loop *loop = new_loop();
	struct queue q;
	struct pusher p = { loop, &q, 50000 };
	pthread_t thread;
	size_t got = 0, item, wrong = 0;

	queue_init(&q, 4, sizeof(item));
	CHECK_EQ(pthread_create(&thread, NULL, push_and_wake, &p), 0, "a thread");
	while (got < p.count) {
		loop_wait(loop, -1);
		while (queue_pop(&q, &item))
			wrong += item != got++;
	}
	CHECK_EQ(pthread_join(thread, NULL), 0, "it ends");
	CHECK_EQ(wrong, 0, "in order");
	queue_done(&q);
	loop_free(loop);
}
