#include "base/err.h"

#include "base/text.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <string.h>

TEST(err_is_a_code_and_a_sentence)
{
	struct err err = { ERR_NONE, "" };

	CHECK_EQ(err_set(&err, ERR_LIMIT, "room %s has %d members", "#tea", 7), false,
		 "so that a refusal is one line");
	CHECK_EQ(err.code, ERR_LIMIT, "to branch on");
	CHECK_STR(err.text, "room #tea has 7 members");
	errno = ENOENT;
	CHECK_EQ(err_errno(&err, "cannot open %s", "/tea"), false, "the same");
	CHECK_EQ(err.code, ERR_IO, "the system refused");
	CHECK_STR(err.text, "cannot open /tea: No such file or directory");
}

TEST(err_may_be_of_no_interest)
{
	CHECK_EQ(err_set(NULL, ERR_LIMIT, "nobody asked"), false, "still a failure");
	CHECK_EQ(err_errno(NULL, "nobody asked"), false, "still a failure");
}

/* A sentence that is too long ends between two characters, whatever its length is. */
TEST(err_that_is_too_long_stays_text)
{
	struct err err;
	char tea[400];

	for (size_t i = 0; i + 3 <= sizeof(tea); i += 3)
		memcpy(tea + i, "茶", 3);
	tea[399] = '\0';
	for (size_t before = 0; before < 4; before++) {
		err_set(&err, ERR_INVALID, "%.*s%s", (int)before, "abc", tea);
		size_t len = strlen(err.text);
		CHECK(utf8_valid(err.text, len));
		CHECK_EQ(len, before + (sizeof(err.text) - 1 - before) / 3 * 3,
			 "as many characters as fit");
	}
	memset(tea, 'x', sizeof(err.text));
	tea[sizeof(err.text) - 1] = '\0';
	err_set(&err, ERR_INVALID, "%s", tea);
	CHECK_STR(err.text, tea);
}

/* A path may be longer than the sentence has room for. */
TEST(err_cuts_the_sentence_and_never_the_reason)
{
	struct err err;
	char path[1000];
	static const char reason[] = ": Permission denied";

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	errno = EACCES;
	err_errno(&err, "cannot open %s", path);
	CHECK_EQ(strlen(err.text), sizeof(err.text) - 1, "all room is used");
	CHECK_STR(err.text + strlen(err.text) - strlen(reason), reason);
}
