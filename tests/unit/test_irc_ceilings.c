/* What is said at ceilings that no transcript reaches. */
#include "base/limits.h"
#include "protocols/irc/irc.h"
#include "tests/unit/check.h"
#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#define SEES(conn, text) CHECK_STR(memory_seen(&m, conn), text)

static struct memory m;

/* Shows: FAIL MARKREAD INTERNAL_ERROR */
TEST(a_guest_has_so_many_read_markers)
{
	char line[64];
	memory_open(&m, 0);
	int guest = memory_enter_irc(&m, "guest", "draft/read-marker");
	for (int i = 0; i < MARKS_MAX; i++) {
		snprintf(line, sizeof(line), "MARKREAD #%d timestamp=2026-11-23T00:00:00.000Z", i);
		memory_type(&m, guest, line);
	}
	memory_pass_over(&m);
	memory_type(&m, guest, "MARKREAD #one-more timestamp=2026-11-23T00:00:00.000Z");
	SEES(guest, ":tea.example FAIL MARKREAD INTERNAL_ERROR #one-more :The read timestamp could "
		    "not be set\r\n");
	memory_type(&m, guest, "MARKREAD #0 timestamp=2026-11-23T00:00:01.000Z");
	SEES(guest, ":tea.example MARKREAD #0 timestamp=2026-11-23T00:00:01.000Z\r\n");
	memory_close(&m);
}

/* Shows: FAIL * MESSAGE_ERROR … :… */
TEST(so_many_read_history_at_a_time)
{
	const int max = ARRAY_LEN(m.reads);
	int guest = 0;
	memory_open(&m, 0);
	for (int i = 0; i <= max; i++) {
		char nick[16];
		snprintf(nick, sizeof(nick), "guest%d", i);
		guest = memory_enter_irc(&m, nick, "");
		memory_type(&m, guest, "JOIN #tea");
		while (i == 0 && m.read_count > 0)
			memory_answer_read(&m, READ_DONE);
		memory_pass_over(&m);
		memory_type(&m, guest, "HISTORY #tea");
	}
	CHECK(strncmp(memory_seen(&m, guest),
		      ":tea.example FAIL HISTORY MESSAGE_ERROR #tea :", 46) == 0);
	memory_close(&m);
}
