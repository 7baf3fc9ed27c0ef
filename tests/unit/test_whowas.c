/* Who was here: the last ones, the newest first. */
#include "core/whowas.h"

#include "core/session.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

/* "n3" leaves at 3 ms. */
static void leave(struct whowas *w, int number)
{
	char real[] = "Some One";
	char host[] = "host.example";
	char names[32], user[] = "u";
	struct user u = { .nick = names, .key_at = 16, .user = user, .real = real, .host = host };
	snprintf(names, 16, "N%d", number);
	snprintf(names + 16, 16, "n%d", number);
	whowas_add(w, &u, number);
}

/* "3 2 1 ": the numbers of all, from the newest on. */
static const char *all(const struct whowas *w)
{
	static char text[256];
	const struct whowas_entry *e;
	text[0] = '\0';
	for (size_t i = 0; (e = whowas_at(w, i)); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", e->nick + 1);
	return text;
}

TEST(whowas_keeps_a_copy_of_who_left)
{
	struct whowas *w = whowas_new(3);
	CHECK_EQ(whowas_at(w, 0), NULL, "nobody yet");
	leave(w, 1);
	const struct whowas_entry *e = whowas_at(w, 0);
	CHECK_STR(e->key, "n1");
	CHECK_STR(e->nick, "N1");
	CHECK_STR(e->user, "u");
	CHECK_STR(e->host, "host.example");
	CHECK_STR(e->real, "Some One");
	CHECK_EQ(e->left_ms, 1, "when he left");
	CHECK_EQ(whowas_at(w, 1), NULL, "no more");
	whowas_free(w);
}

TEST(whowas_forgets_the_oldest)
{
	static const char *const expected[] = { "1 ",     "2 1 ",   "3 2 1 ", "4 3 2 ",
						"5 4 3 ", "6 5 4 ", "7 6 5 " };
	struct whowas *w = whowas_new(3);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		leave(w, (int)i + 1);
		CHECK_STR(all(w), expected[i]);
	}
	whowas_free(w);
}

TEST(whowas_may_remember_nobody)
{
	struct whowas *w = whowas_new(0);
	leave(w, 1);
	CHECK_STR(all(w), "");
	whowas_free(w);
	whowas_free(NULL);
}
