#include "core/talk.h"

#include "core/account.h"
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct user guest = { .id = 0xf3 }, other_guest = { .id = 0xa12 };
static struct account nine = { .id = 9 }, twelve = { .id = 12 };
static struct user of_nine = { .id = 0x12, .account = &nine };
static struct user of_twelve = { .id = 0x9, .account = &twelve };

static const char *key_of(const struct user *u, struct user *other)
{
	static char key[TALK_KEY_SIZE];
	const struct partner with = partner_of(other);
	talk_key(u, &with, key);
	return key;
}

TEST(talk_key_is_the_same_for_both)
{
	static const struct {
		struct user *a, *b;
		const char *key;
	} cases[] = {
		{ &guest, &other_guest, "pf3-pa12" }, { &of_nine, &of_twelve, "a9-a12" },
		{ &guest, &of_twelve, "a12-pf3" },    { &guest, &guest, "pf3-pf3" },
		{ &of_nine, &of_nine, "a9-a9" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(key_of(cases[i].a, cases[i].b), cases[i].key);
		CHECK_STR(key_of(cases[i].b, cases[i].a), cases[i].key);
	}
	struct account last = { .id = UINT64_MAX };
	struct user longest = { .account = &last };
	CHECK_STR(key_of(&longest, &longest), "a18446744073709551615-a18446744073709551615");
}

TEST(talk_partner_is_the_other_one_if_he_is_to_be_found)
{
	static struct memory m;
	char key[TALK_KEY_SIZE];
	memory_open(&m, 0);
	struct account *account = memory_account(&m, "an");
	struct user *me = memory_user(&m, memory_enter(&m, "me"));
	struct user *you = memory_user(&m, memory_enter(&m, "you"));
	struct partner found;

	const struct partner with = partner_of(you);
	talk_key(me, &with, key);
	CHECK(talk_partner(m.chat, key, me).user == you);
	CHECK(talk_partner(m.chat, key, you).user == me);

	const struct partner away = partner_find(m.chat, "AN");
	CHECK(away.account == account && !away.user);
	CHECK_STR(partner_name(&away), "an");
	talk_key(me, &away, key);
	found = talk_partner(m.chat, key, me);
	CHECK(found.account == account && !found.user);
	found = talk_partner(m.chat, key, you);
	CHECK(!partner_exists(&found));

	static const char *const none[] = { "",      "#room",  "p",   "p1",     "p1-",
					    "q1-q2", "-p1-p2", "a-a", "p99-p99" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		found = talk_partner(m.chat, none[i], me);
		CHECK_EQ(partner_exists(&found), false, none[i]);
	}
	found = partner_find(m.chat, "nobody");
	CHECK(!partner_exists(&found));
	memory_close(&m);
}

TEST(a_talk_ends_with_either_and_with_who_he_was)
{
	static struct memory m;
	memory_open(&m, 0);
	struct account *account = memory_account(&m, "an");
	int a = memory_enter_irc(&m, "x", "batch"), b = memory_enter_irc(&m, "b", "batch");
	struct user *an = memory_user(&m, a);
	memory_type(&m, b, "PRIVMSG x :tea?");
	memory_commit(&m, 1);
	CHECK(talk_next(an, NULL) != NULL);
	chat_set_account(&m.conns[a].dialog->session, account);
	CHECK(talk_next(an, NULL) == NULL);
	CHECK(m.forgotten[0] == 'p');
	memory_type(&m, b, "PRIVMSG x :more?");
	memory_commit(&m, 1);
	CHECK(talk_next(an, NULL) != NULL);
	memory_cut(&m, b);
	CHECK(talk_next(an, NULL) == NULL);
	CHECK(m.forgotten[0] == 'a');
	memory_close(&m);
}
