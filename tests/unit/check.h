/* check.h: how a unit test is written. One program per file, test_NAME.c:
 *
 *     #include "tests/unit/check.h"
 *
 *     TEST(text_fits_where_it_ends)
 *     {
 *             CHECK_EQ(text_len("茶"), 3, "bytes, not characters");
 *     }
 *
 * A TEST registers itself; main() is in check.c and runs them in the order of the file. A name on
 * the command line runs the tests that match it ("*" is any text). A failed check ends its test at
 * once, so check on the test's own thread only. */
#ifndef TEAHOUSE_TESTS_CHECK_H
#define TEAHOUSE_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct check_test {
	const char *name;
	void (*run)(void);
	struct check_test *next;
};

#define TEST(test)                                                                                 \
	static void test_##test(void);                                                             \
	__attribute__((constructor)) static void register_##test(void)                             \
	{                                                                                          \
		static struct check_test self = { #test, test_##test, NULL };                      \
		check_register(&self);                                                             \
	}                                                                                          \
	static void test_##test(void)

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)

/* Whole numbers, bools, enums and pointers. why: the sentence to read when it fails. */
#define CHECK_EQ(actual, expected, why)                                                            \
	do {                                                                                       \
		_Static_assert(_Generic((actual), float : 0, double : 0, default : 1),             \
			       "CHECK_EQ would cut the fraction off");                             \
		check_equal((intmax_t)(actual), (intmax_t)(expected), #actual, why, __FILE__,      \
			    __LINE__);                                                             \
	} while (0)

/* Strings; NULL equals only NULL. */
#define CHECK_STR(actual, expected) check_string((actual), (expected), #actual, __FILE__, __LINE__)

void check_register(struct check_test *test);
void check_true(bool condition, const char *what, const char *file, int line);
void check_equal(intmax_t actual, intmax_t expected, const char *what, const char *why,
		 const char *file, int line);
void check_string(const char *actual, const char *expected, const char *what, const char *file,
		  int line);

#endif
