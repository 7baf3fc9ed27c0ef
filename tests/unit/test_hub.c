/* The whole server in one process, over real sockets: with queues of two between its threads, so
 * that everything that can be full is full all the time. */
#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include "server/hub.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GUESTS 20
#define LINES 150
#define TIMEOUT_MS 60000

struct guest {
	int fd;
	char *heard;
	size_t heard_len;
	bool ended;
};

static struct config config;

static void *run(void *arg)
{
	return hub_run(arg) ? arg : NULL;
}

static int enter(const char *url)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	return fd;
}

static void say(int fd, const char *text)
{
	size_t len = strlen(text);
	EXPECT(write(fd, text, len) == (ssize_t)len);
}

/* Reads until every guest has heard what, count times, or its end. */
static void hear(struct guest *guests, const char *what, size_t count)
{
	for (size_t open = 1; open > 0;) {
		struct pollfd polls[GUESTS];
		open = 0;
		for (size_t i = 0; i < GUESTS; i++) {
			size_t found = 0;
			for (const char *at = guests[i].heard; (at = strstr(at, what)); at++)
				found++;
			bool done = guests[i].ended || found >= count;
			polls[i] = (struct pollfd){ done ? -1 : guests[i].fd, POLLIN, 0 };
			open += !done;
		}
		if (open == 0)
			return;
		EXPECT(poll(polls, GUESTS, TIMEOUT_MS) > 0);
		for (size_t i = 0; i < GUESTS; i++) {
			char bytes[65536];
			if (!polls[i].revents)
				continue;
			ssize_t n = read(guests[i].fd, bytes, sizeof(bytes));
			guests[i].ended = n <= 0;
			if (n <= 0)
				continue;
			guests[i].heard = realloc(guests[i].heard,
						  guests[i].heard_len + (size_t)n + 1);
			memcpy(guests[i].heard + guests[i].heard_len, bytes, (size_t)n);
			guests[i].heard_len += (size_t)n;
			guests[i].heard[guests[i].heard_len] = '\0';
		}
	}
}

/* The lines of one speaker, in the order in which a listener heard them. */
static void check_order(const struct guest *g, int speaker)
{
	char head[32];
	int next = 0;
	snprintf(head, sizeof(head), "\ng%d:line ", speaker);
	for (const char *at = g->heard; (at = strstr(at, head)); at++)
		EXPECT(strtol(at + strlen(head), NULL, 10) == next++);
	EXPECT(next == LINES);
}

static void everybody_talks(const char *url)
{
	struct guest guests[GUESTS] = { 0 };
	char line[64];
	for (int i = 0; i < GUESTS; i++) {
		guests[i].fd = enter(url);
		guests[i].heard = calloc(1, 1);
		snprintf(line, sizeof(line), "g%d\n", i);
		say(guests[i].fd, line);
		/* One after the other, so that each sees all the later ones come. */
		for (char byte = 0; byte != '/';)
			EXPECT(read(guests[i].fd, &byte, 1) == 1);
	}
	for (int n = 0; n < LINES; n++)
		for (int i = 0; i < GUESTS; i++) {
			snprintf(line, sizeof(line), "line %d\n", n);
			say(guests[i].fd, line);
		}
	snprintf(line, sizeof(line), ":line %d\n", LINES - 1);
	hear(guests, line, GUESTS - 1);
	for (int i = 0; i < GUESTS; i++) {
		for (int speaker = 0; speaker < GUESTS; speaker++)
			if (speaker != i)
				check_order(&guests[i], speaker);
		say(guests[i].fd, "quit\n");
	}
	hear(guests, "never said", 1);
	for (int i = 0; i < GUESTS; i++) {
		EXPECT(strcmp(guests[i].heard + guests[i].heard_len - strlen("退出"), "退出") == 0);
		close(guests[i].fd);
		free(guests[i].heard);
	}
}

struct shape {
	size_t threads, queue_slots;
};

static int serve_and_talk(void *ctx)
{
	const struct shape *shape = ctx;
	char url[128], way_in[128], *dir = folder_new();
	struct err err = { 0 };
	sigset_t term;
	pthread_t thread;
	void *settled;
	EXPECT(sodium_init() >= 0);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	config_init(&config);
	config.threads = shape->threads;
	config.line_rate = 0;
	snprintf(config.data, sizeof(config.data), "%s", dir);
	EXPECT(config_set(&config, "server.listen=plain://127.0.0.1:0", &err));
	EXPECT(config_finish(&config, &err));
	struct hub *hub = hub_new(&config, shape->queue_slots, &err);
	EXPECT(hub);
	EXPECT(hub_place(hub, 0, url, way_in));
	EXPECT(pthread_create(&thread, NULL, run, hub) == 0);
	everybody_talks(url);
	kill(getpid(), SIGTERM);
	pthread_join(thread, &settled);
	EXPECT(settled);
	hub_free(hub);
	folder_remove(dir);
	return 0;
}

static int talk(size_t threads, size_t queue_slots)
{
	struct shape shape = { threads, queue_slots };
	return in_child(serve_and_talk, &shape);
}

TEST(queues_of_two_lose_nothing_and_keep_the_order)
{
	CHECK_EQ(talk(1, 2), 0, "one I/O thread");
	CHECK_EQ(talk(3, 2), 0, "three of them");
	CHECK_EQ(talk(0, 2), 0, "none beside the core's");
}

TEST(queues_as_they_are_lose_nothing_either)
{
	CHECK_EQ(talk(2, QUEUE_SLOTS), 0, "two I/O threads");
}
