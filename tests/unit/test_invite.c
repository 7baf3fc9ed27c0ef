/* Invitations, and how each of them ends. Driven through a chat in memory: they hang on real rooms and
 * users. */
#include "core/invite.h"

#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct memory m;
static int host, guest;

static struct user *user(int conn)
{
	return memory_user(&m, conn);
}

static struct room *room(const char *name)
{
	return memory_room(&m, name);
}

/* #0 to #(count - 1), with host in each of them; and a guest. */
static void open_rooms(int count)
{
	char line[32];
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "");
	guest = memory_enter_irc(&m, "guest", "");
	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "JOIN #%d", i);
		memory_type(&m, host, line);
	}
}

/* The invitations of guest, the newest first: "1 0 ". */
static const char *all(void)
{
	static char text[1024];
	text[0] = '\0';
	for (const struct invite *i = invite_first(user(guest)); i; i = i->next_user)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
			 i->room->name + 1);
	return text;
}

TEST(invite_twice_is_once)
{
	open_rooms(2);
	invite_add(room("#0"), user(guest), false);
	CHECK(invite_find(room("#0"), user(guest)));
	CHECK(!invite_find(room("#1"), user(guest)));
	CHECK(!invite_find(room("#0"), user(host)));
	invite_add(room("#1"), user(guest), false);
	invite_add(room("#0"), user(guest), false);
	CHECK_STR(all(), "1 0 ");
	memory_close(&m);
}

TEST(invite_is_used_up)
{
	open_rooms(3);
	for (int i = 0; i < 3; i++)
		invite_add(m.chat->rooms[i], user(guest), false);
	invite_use(room("#1"), user(guest));
	CHECK_STR(all(), "2 0 ");
	invite_use(room("#1"), user(guest)); /* none is there */
	CHECK_STR(all(), "2 0 ");
	invite_use(room("#2"), user(guest));
	invite_use(room("#0"), user(guest));
	CHECK_STR(all(), "");
	memory_close(&m);
}

TEST(invite_ends_with_the_oldest_beyond_so_many)
{
	open_rooms(ROOMS_PER_USER_MAX);
	int other = memory_enter_irc(&m, "other", "");
	memory_type(&m, other, "JOIN #one-more");
	for (int i = 0; i < INVITES_PER_USER_MAX; i++)
		invite_add(m.chat->rooms[i], user(guest), false);
	CHECK(invite_find(room("#0"), user(guest)));
	invite_add(room("#one-more"), user(guest), false);
	CHECK(!invite_find(room("#0"), user(guest)));
	CHECK(invite_find(room("#1"), user(guest)));
	CHECK(invite_find(room("#one-more"), user(guest)));
	invite_add(room("#0"), user(other), false); /* each user has his own */
	CHECK(invite_find(room("#1"), user(guest)));
	memory_close(&m);
}

TEST(invite_of_somebody_silenced_is_none)
{
	open_rooms(2);
	memory_type(&m, host, "INVITE guest #0");
	memory_type(&m, guest, "SILENCE host!*@*");
	memory_pass_over(&m);
	memory_type(&m, host, "INVITE guest #1");
	CHECK_STR(memory_seen(&m, guest), "");
	CHECK_STR(memory_seen(&m, host), ":tea.example 341 host guest #1\r\n");
	CHECK_STR(all(), "0 ");
	memory_close(&m);
}

TEST(invite_ends_with_its_room_and_with_its_user)
{
	open_rooms(2);
	invite_add(room("#0"), user(guest), false);
	invite_add(room("#1"), user(guest), false);
	invite_add(room("#0"), user(host), false);
	memory_type(&m, host, "PART #0");
	CHECK_STR(all(), "1 ");
	CHECK_EQ(invite_first(user(host)), NULL, "all of the room's");
	memory_type(&m, guest, "QUIT");
	CHECK_EQ(room("#1")->invites, NULL, "none is left of him");
	memory_close(&m);
}
