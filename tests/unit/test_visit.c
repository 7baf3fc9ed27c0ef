/* Who may enter a room, and what he is there then. */
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

static struct memory m;
static int host, guest;

static int ask(int conn, const char *line)
{
	return memory_ask(&m, conn, line);
}

/* host is in #tea with these modes, besides +nt; guest (guest!someone@somewhere) is not. */
static void open_tea(const char *changes)
{
	char line[128];
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "");
	guest = memory_enter_irc(&m, "guest", "");
	ask(host, "JOIN #tea");
	snprintf(line, sizeof(line), "MODE #tea %s", changes);
	CHECK_EQ(ask(host, line), 0, line);
}

static unsigned ranks(int conn, const char *room)
{
	const struct member *member = room_member(memory_room(&m, room), memory_user(&m, conn));
	CHECK(member);
	return member->ranks;
}

TEST(a_door_opens_to_whom_the_modes_let_in)
{
	static const struct {
		const char *modes, *asked;
		int error;
	} cases[] = {
		{ "+m", "JOIN #tea", 0 },
		{ "+s", "JOIN #tea", 0 },
		{ "+i", "JOIN #tea", 473 },
		{ "+iI guest", "JOIN #tea", 0 },
		{ "+iI other", "JOIN #tea", 473 },
		{ "+ie guest", "JOIN #tea", 473 },
		{ "+k green", "JOIN #tea", 475 },
		{ "+k green", "JOIN #tea Green", 475 },
		{ "+k green", "JOIN #tea green", 0 },
		{ "+l 1", "JOIN #tea", 471 },
		{ "+l 2", "JOIN #tea", 0 },
		{ "+b guest", "JOIN #tea", 474 },
		{ "+b *!someone@*", "JOIN #tea", 474 },
		{ "+b *!*@elsewhere", "JOIN #tea", 0 },
		{ "+be guest *!*@somewhere", "JOIN #tea", 0 },
		{ "+bI guest guest", "JOIN #tea", 474 },
		{ "+ibe guest guest", "JOIN #tea", 473 },
		{ "+iIk guest green", "JOIN #tea", 475 },
		{ "+kl green 1", "JOIN #tea green", 471 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_tea(cases[i].modes);
		CHECK_EQ(ask(guest, cases[i].asked), cases[i].error, cases[i].modes);
		CHECK_EQ(room_member(memory_room(&m, "#tea"), memory_user(&m, guest)) != NULL,
			 cases[i].error == 0, cases[i].modes);
		memory_close(&m);
	}
}

TEST(keys_go_with_the_rooms_they_were_given_for)
{
	open_tea("+k green");
	ask(host, "JOIN #cup");
	ask(host, "MODE #cup +k black");
	CHECK_EQ(ask(guest, "JOIN #tea,#cup black,green"), 475, "the other way round");
	CHECK_EQ(ask(guest, "JOIN #cup,#new,#tea black,x,green"), 0, "each with its own");
	CHECK_EQ(memory_user(&m, guest)->room_count, 3, "he is in all of them");
	memory_close(&m);
}

TEST(an_invitation_opens_once)
{
	open_tea("+i");
	CHECK_EQ(ask(host, "INVITE guest #tea"), 0, "an operator may");
	CHECK(strstr(memory_seen(&m, guest), ":host!someone@somewhere INVITE guest #tea\r\n"));
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "invited");
	ask(guest, "PART #tea");
	CHECK_EQ(ask(guest, "JOIN #tea"), 473, "used up");
	memory_close(&m);
}

TEST(an_invitation_opens_nothing_but_a_closed_door)
{
	open_tea("+ik green");
	ask(host, "INVITE guest #tea");
	CHECK_EQ(ask(guest, "JOIN #tea"), 475, "a key is a key");
	CHECK_EQ(ask(guest, "JOIN #tea green"), 0, "the attempt has not used it up");
	memory_close(&m);
}

TEST(whoever_came_in_before_needs_no_invitation_and_keeps_none)
{
	open_tea("-s");
	ask(host, "INVITE guest #tea");
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "it is open");
	ask(guest, "PART #tea");
	ask(host, "MODE #tea +i");
	CHECK_EQ(ask(guest, "JOIN #tea"), 473, "it was used by entering");
	memory_close(&m);
}

TEST(an_operator_of_the_server_enters_everywhere)
{
	open_tea("+ikbl green guest 1");
	ask(guest, "OPER boss secret");
	CHECK_STR(m.check.name, "boss");
	CHECK_STR(m.check.password, "secret");
	memory_answer_check(&m, false, "");
	CHECK_EQ(memory_error(&m, guest), 464, "not yet");
	CHECK_EQ(ask(guest, "JOIN #tea"), 474, "he is a guest");
	ask(guest, "OPER boss Secret");
	memory_answer_check(&m, true, "");
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "whatever the modes say");
	CHECK_EQ(ranks(guest, "#tea"), 0, "that is no rank there");
	memory_close(&m);
}

TEST(the_first_one_is_operator_and_nobody_in_the_lobby)
{
	open_tea("+v host");
	ask(guest, "JOIN #tea");
	CHECK_EQ(ranks(host, "#tea"), RANK_OPERATOR | RANK_VOICE, "the first");
	CHECK_EQ(ranks(guest, "#tea"), 0, "the second");
	CHECK_EQ(memory_room(&m, "#tea")->rules.flags, ROOM_NO_OUTSIDE | ROOM_TOPIC_LOCKED,
		 "+nt by default");
	ask(host, "PART #tea");
	ask(host, "JOIN #tea");
	CHECK_EQ(ranks(host, "#tea"), 0, "a rank ends with leaving");

	ask(host, "JOIN #lobby");
	CHECK_EQ(ranks(host, "#lobby"), 0, "the lobby is everybody's");
	CHECK_EQ(memory_room(&m, "#lobby")->rules.flags, ROOM_NO_OUTSIDE, "+n, and free topics");
	memory_close(&m);
}

TEST(an_emptied_room_begins_anew)
{
	open_tea("+ikl green 1");
	ask(host, "MODE #tea +b guest");
	ask(host, "PART #tea");
	CHECK_EQ(ask(guest, "JOIN #tea"), 0, "its modes went with the last one");
	CHECK_EQ(ranks(guest, "#tea"), RANK_OPERATOR, "he is the first now");
	CHECK_EQ(memory_room(&m, "#tea")->rules.flags, ROOM_NO_OUTSIDE | ROOM_TOPIC_LOCKED,
		 "a new room's");
	CHECK_EQ(ask(host, "JOIN #tea"), 0, "no key, no limit");
	memory_close(&m);
}

TEST(a_refused_newcomer_leaves_nothing_behind)
{
	open_tea("+i");
	size_t rooms = m.chat->room_count;
	m.chat->config.rooms_max = rooms;
	CHECK_EQ(ask(guest, "JOIN #one-more"), 405, "there may be no more rooms");
	CHECK_EQ(ask(guest, "JOIN #bad\x07name"), 476, "not a name");
	CHECK_EQ(ask(guest, "JOIN no-room"), 403, "not even like one");
	CHECK_EQ(ask(guest, "JOIN #tea"), 473, "closed");
	CHECK_EQ(m.chat->room_count, rooms, "as before");
	CHECK_EQ(memory_user(&m, guest)->room_count, 0, "nowhere");
	memory_close(&m);
}
