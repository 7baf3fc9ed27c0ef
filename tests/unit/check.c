#include "tests/unit/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct check_test *first, **end = &first;
static size_t count;

void check_register(struct check_test *test)
{
	*end = test;
	end = &test->next;
	count++;
}

void check_true(bool condition, const char *what, const char *file, int line)
{
	if (condition)
		return;
	print_error("not true: %s\n", what);
	_fail(file, line);
}

void check_equal(intmax_t actual, intmax_t expected, const char *what, const char *why,
		 const char *file, int line)
{
	if (actual == expected)
		return;
	print_error("%s is %jd (%#jx), expected %jd (%#jx): %s\n", what, actual, (uintmax_t)actual,
		    expected, (uintmax_t)expected, why);
	_fail(file, line);
}

static const char *quoted(const char *text, char *room, size_t size)
{
	if (!text)
		return "NULL";
	size_t len = strlen(text);
	size_t at = 0;
	room[at++] = '"';
	for (size_t i = 0; i < len && at + 8 < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < ' ' || c == 0x7f || c == '"' || c == '\\')
			at += (size_t)snprintf(room + at, size - at, "\\x%02x", c);
		else
			room[at++] = text[i];
	}
	room[at++] = '"';
	room[at] = '\0';
	return room;
}

void check_string(const char *actual, const char *expected, const char *what, const char *file,
		  int line)
{
	char is[4000], want[4000]; /* cmocka prints no more at a time */

	if (actual == expected || (actual && expected && strcmp(actual, expected) == 0))
		return;
	print_error("%s is\n    %s\nexpected\n    %s\n", what, quoted(actual, is, sizeof(is) / 4),
		    quoted(expected, want, sizeof(want) / 4));
	_fail(file, line);
}

static void run(void **state)
{
	const struct check_test *test = *state;
	test->run();
}

int main(int argc, char **argv)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	size_t i = 0;

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	for (struct check_test *test = first; test; test = test->next)
		tests[i++] = (struct CMUnitTest){ test->name, run, NULL, NULL, test };
	int failed = _cmocka_run_group_tests(argv[0], tests, count, NULL, NULL);
	free(tests);
	return failed != 0;
}
