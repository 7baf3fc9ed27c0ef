#include "base/queue.h"

#include "base/limits.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <sched.h>

TEST(queue_keeps_the_order_and_no_more_than_its_slots)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 64, QUEUE_SLOTS };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct queue q;
		size_t pushed = 0, popped = 0, item = 0;

		queue_init(&q, sizes[i], sizeof(item));
		CHECK(queue_is_empty(&q));
		CHECK_EQ(queue_pop(&q, &item), false, "nothing was pushed");
		/* A few times round, so that it wraps in the middle of a filling. */
		for (size_t round = 0; round < 5; round++) {
			while (queue_push(&q, &pushed))
				pushed++;
			CHECK_EQ(pushed - popped, sizes[i], "full at its slots, not one before");
			CHECK_EQ(queue_push(&q, &(size_t){ 999999 }), false,
				 "nothing happens when full");
			for (size_t n = 0; n < sizes[i] / 2 + 1; n++, popped++) {
				CHECK_EQ(queue_is_empty(&q), false, "something is in it");
				CHECK(queue_pop(&q, &item));
				CHECK_EQ(item, popped, "first in, first out");
			}
		}
		while (queue_pop(&q, &item))
			CHECK_EQ(item, popped++, "to the last one");
		CHECK_EQ(popped, pushed, "nothing is lost");
		CHECK(queue_is_empty(&q));
		queue_done(&q);
	}
}

TEST(queue_copies_the_whole_item)
{
	struct item {
		char name[13];
		double number;
	} in = { "茶", 0.5 }, out = { "", 0 };
	struct queue q;

	queue_init(&q, 2, sizeof(in));
	CHECK(queue_push(&q, &in));
	in.number = 1;
	CHECK(queue_push(&q, &in));
	in.name[0] = 'x';
	CHECK(queue_pop(&q, &out));
	CHECK_STR(out.name, "茶");
	CHECK(out.number == 0.5);
	CHECK(queue_pop(&q, &out));
	CHECK_STR(out.name, "茶");
	CHECK(out.number == 1);
	queue_done(&q);
}

/* What an item points to is handed over with it: ThreadSanitizer watches the plain writes. */
struct parcel {
	size_t number, copy;
};

struct sender_thread {
	struct queue *queue;
	struct parcel *parcels;
	size_t count;
};

static void *push_all(void *arg)
{
	struct sender_thread *s = arg;
	for (size_t i = 0; i < s->count; i++) {
		struct parcel *p = &s->parcels[i];
		p->number = p->copy = i;
		while (!queue_push(s->queue, &p))
			sched_yield();
	}
	return NULL;
}

TEST(queue_hands_over_between_two_threads)
{
	static struct parcel parcels[100000];
	static const size_t sizes[] = { 1, 2, QUEUE_SLOTS };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct queue q;
		struct sender_thread s = { &q, parcels, i == 0 ? 2000 : ARRAY_LEN(parcels) };
		pthread_t thread;
		size_t wrong = 0;

		queue_init(&q, sizes[i], sizeof(struct parcel *));
		CHECK_EQ(pthread_create(&thread, NULL, push_all, &s), 0, "a thread");
		for (size_t got = 0; got < s.count; got++) {
			struct parcel *p;
			while (!queue_pop(&q, &p))
				sched_yield();
			wrong += p->number != got || p->copy != got;
			p->number = p->copy = 0;
		}
		CHECK_EQ(pthread_join(thread, NULL), 0, "it ends");
		CHECK_EQ(wrong, 0, "every parcel, in order, with what is in it");
		CHECK(queue_is_empty(&q));
		queue_done(&q);
	}
}
