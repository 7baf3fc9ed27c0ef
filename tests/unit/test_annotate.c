/* Metadata of rooms, guests and accounts: who may set it, who hears of it, what the disk has to do with it. */
#include "core/annotate.h"

#include "core/account.h"
#include "protocols/irc/irc.h"
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)
#define S ":tea.example "

static struct memory m;
static int host, guest;

static void open_tea(void)
{
	memory_open(&m, 0);
	host = memory_enter_irc(&m, "host", "draft/metadata-3 standard-replies");
	guest = memory_enter_irc(&m, "guest", "draft/metadata-3");
	memory_type(&m, host, "JOIN #tea");
	memory_type(&m, guest, "JOIN #tea");
	memory_type(&m, guest, "METADATA * SUB url");
	memory_pass_over(&m);
}

/* A session of an account, with capabilities. */
static int come(struct account *a, const char *nick)
{
	char line[64];
	int conn = memory_connect_to(&m, protocol_find("irc"));
	memory_log_in(&m, conn, a);
	memory_type(&m, conn, "CAP REQ :draft/metadata-3");
	snprintf(line, sizeof(line), "NICK %s", nick);
	memory_type(&m, conn, line);
	memory_type(&m, conn, "USER x 0 * :x");
	memory_type(&m, conn, "CAP END");
	return conn;
}

TEST(metadata_of_a_room_is_seen_when_it_is_stored)
{
	open_tea();
	memory_type(&m, host, "METADATA #tea SET url :x");
	memory_type(&m, host, "METADATA #tea LIST");
	CHECK_EQ(m.flight_count, 1, "on its way to the disk");
	SEES(host, "");
	SEES(guest, "");
	memory_commit(&m, 1);
	SEES(host, S "761 host #tea url * :x\r\n" S "761 host #tea url * :x\r\n");
	SEES(guest, S "761 guest #tea url * :x\r\n");
	memory_type(&m, host, "METADATA #tea CLEAR");
	memory_fail(&m);
	SEES(host, S
	     "FAIL METADATA CANNOT_STORE #tea :没有发出: 服务器的磁盘暂时写不进去，请稍后再试\r\n");
	SEES(guest, "");
	memory_close(&m);
}

TEST(metadata_of_a_guest_is_told_once)
{
	open_tea();
	for (int i = 0; i < 3; i++) {
		char line[32];
		snprintf(line, sizeof(line), "JOIN #%d", i);
		memory_type(&m, host, line);
		memory_type(&m, guest, line);
	}
	memory_pass_over(&m);
	memory_type(&m, host, "METADATA * SET url :x");
	CHECK_EQ(m.flight_count, 0, "it is not stored");
	SEES(host, S "761 host host url * :x\r\n");
	SEES(guest, S "761 guest host url * :x\r\n");
	memory_type(&m, host, "METADATA * SET avatar :x");
	SEES(guest, "");
	memory_type(&m, host, "PART #tea,#0,#1,#2");
	memory_pass_over(&m);
	memory_type(&m, host, "METADATA * SET url :y");
	SEES(guest, "");
	memory_close(&m);
}

TEST(metadata_of_an_account_is_kept_with_it)
{
	open_tea();
	struct account *an = memory_account(&m, "an");
	int one = come(an, "an"), two = come(an, "an");
	memory_type(&m, one, "JOIN #tea");
	memory_type(&m, two, "METADATA * SUB url");
	memory_pass_over(&m);
	memory_type(&m, one, "METADATA * SET url :x");
	CHECK_EQ(m.flight_count, 1, "on its way to the disk");
	CHECK_EQ((int)m.flight[0]->kind, EVENT_ACCOUNT, "as a part of the account");
	SEES(one, "");
	memory_commit(&m, 1);
	SEES(one, S "761 an an url * :x\r\n");
	SEES(two, S "761 an an url * :x\r\n");
	SEES(guest, S "761 guest an url * :x\r\n");
	CHECK_STR(an->record.metadata, "url x");
	CHECK_STR(metadata_find(&an->metadata, "url"), "x");

	/* It is there when he comes again, with what he says of himself then. */
	memory_type(&m, one, "QUIT");
	memory_type(&m, two, "QUIT");
	memory_pass_over(&m);
	one = memory_connect_to(&m, protocol_find("irc"));
	memory_log_in(&m, one, an);
	memory_type(&m, one, "CAP REQ :draft/metadata-3");
	memory_type(&m, one, "METADATA * SET avatar :y");
	memory_type(&m, one, "NICK an");
	memory_type(&m, one, "USER x 0 * :x");
	memory_type(&m, one, "CAP END");
	const char *welcome = memory_seen(&m, one);
	CHECK(strstr(welcome, S "761 an an url * :x\r\n" S "761 an an avatar * :y\r\n" S "422 "));
	memory_commit(&m, 1);
	SEES(one, "");
	CHECK_STR(an->record.metadata, "url x\navatar y");
	memory_type(&m, one, "METADATA * CLEAR");
	memory_commit(&m, 1);
	SEES(one, S "766 an an url :key not set\r\n" S "766 an an avatar :key not set\r\n");
	CHECK_STR(an->record.metadata, "");
	memory_close(&m);
}

/* Several who are logged in to it set some at once. */
TEST(metadata_of_an_account_has_an_end)
{
	char line[64];
	open_tea();
	struct account *an = memory_account(&m, "an");
	int one = come(an, "an"), two = come(an, "bo");
	for (int i = 1; i < METADATA_KEYS_MAX; i++) {
		snprintf(line, sizeof(line), "METADATA * SET k%d :x", i);
		memory_type(&m, one, line);
		memory_commit(&m, 1);
	}
	memory_pass_over(&m);
	memory_type(&m, one, "METADATA * SET one :x");
	memory_type(&m, two, "METADATA * SET two :x");
	SEES(two, S "FAIL METADATA LIMIT_REACHED bo :Metadata limit reached\r\n");
	memory_type(&m, two, "METADATA * SET k1 :y");
	memory_commit(&m, 2);
	SEES(one, S "761 an an one * :x\r\n");
	SEES(two, S "761 bo bo k1 * :y\r\n");
	CHECK_EQ(an->metadata.count, METADATA_KEYS_MAX, "as many as there may be");
	memory_close(&m);
}

/* Shows: FAIL METADATA RATE_LIMITED */
TEST(metadata_is_not_set_without_end)
{
	open_tea();
	for (int i = 0; i < METADATA_BURST; i++)
		memory_type(&m, host, "METADATA * SET x :x");
	memory_pass_over(&m);
	memory_type(&m, host, "METADATA * SET x :y");
	SEES(host, S "FAIL METADATA RATE_LIMITED host x 1 :Too many changes\r\n");
	memory_tick(&m, 1000, false);
	memory_type(&m, host, "METADATA * SET x :y");
	SEES(host, S "761 host host x * :y\r\n");
	memory_tick(&m, -100000, false);
	memory_type(&m, host, "METADATA * SET x :z");
	SEES(host, S "761 host host x * :z\r\n");
	memory_close(&m);
}

TEST(metadata_of_a_sealed_room_is_nobodys)
{
	open_tea();
	memory_type(&m, host, "METADATA #tea SET url :x");
	memory_commit(&m, 1);
	memory_type(&m, host, "MODE #tea +s");
	memory_commit(&m, 1);
	memory_type(&m, host, "METADATA #tea SET url :y");
	memory_cut(&m, guest);
	memory_cut(&m, host);
	memory_commit(&m, 1);
	struct room *r = room_find(m.chat, "#tea", 4);
	CHECK(r);
	CHECK_EQ(r->metadata.count, 0, "nothing is known of it");
	memory_close(&m);
}
