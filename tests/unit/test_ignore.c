/* Whom somebody does not hear, and how often he is told of it. */
#include "tests/unit/check.h"

#include "core/ignore.h"
#include "tests/unit/memory.h"

#include <string.h>

static struct memory m;

TEST(he_is_told_of_callers_once_a_minute)
{
	memory_open(&m, 0);
	int ann = memory_enter_irc(&m, "ann", ""), bob = memory_enter_irc(&m, "bob", "");
	memory_type(&m, ann, "MODE ann +g");
	memory_pass_over(&m);
	for (int minute = 0; minute < 2; minute++) {
		memory_type(&m, bob, "PRIVMSG ann :one");
		CHECK(strstr(memory_seen(&m, ann), " 718 ann bob someone@somewhere :"));
		CHECK(strstr(memory_seen(&m, bob), " 717 bob ann :"));
		memory_tick(&m, 59999, false);
		memory_type(&m, bob, "PRIVMSG ann :two");
		CHECK_STR(memory_seen(&m, ann), "");
		const char *seen = memory_seen(&m, bob);
		CHECK(strstr(seen, " 716 bob ann :") && !strstr(seen, " 717 "));
		memory_tick(&m, 1, false);
	}
	memory_tick(&m, -200000, false); /* the clock is set back */
	memory_type(&m, bob, "PRIVMSG ann :three");
	CHECK(strstr(memory_seen(&m, ann), " 718 "));
	CHECK_EQ(m.flight_count, 0, "nothing is kept");
	memory_close(&m);
}

TEST(what_is_silenced_is_not_kept)
{
	memory_open(&m, 0);
	int ann = memory_enter_irc(&m, "ann", ""), wang = memory_enter(&m, "小王");
	memory_type(&m, ann, "SILENCE +小王");
	memory_pass_over(&m);
	memory_type(&m, wang, "/msg ann 在吗");
	CHECK_EQ(m.flight_count, 0, "nothing is kept");
	CHECK_STR(memory_seen(&m, wang), "");
	/* It is the nick that is meant: under another he is heard. */
	memory_type(&m, wang, "/nick 老王");
	memory_type(&m, wang, "/msg ann 在吗");
	CHECK_EQ(m.flight_count, 1, "on its way");
	memory_commit(&m, 1);
	CHECK(strstr(memory_seen(&m, ann), " PRIVMSG ann :在吗"));
	memory_close(&m);
}
