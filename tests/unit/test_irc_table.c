/* The table of IRC's commands: that it can be searched, and that its rows make sense. */
#include "protocols/irc/irc.h"
#include "tests/unit/check.h"

#include <string.h>

TEST(the_table_is_sorted)
{
	for (size_t i = 1; i < irc_command_count; i++)
		CHECK_EQ(strcmp(irc_commands[i - 1].command.verb, irc_commands[i].command.verb) < 0,
			 true, irc_commands[i].command.verb);
}

TEST(every_row_is_found_by_its_verb)
{
	static const char *const none[] = { "", "A", "JOI", "JOINS", "join", "ZZZ", "unknown" };
	CHECK(irc_command_count > 30);
	for (size_t i = 0; i < irc_command_count; i++)
		CHECK_EQ(irc_command_find(irc_commands[i].command.verb) == &irc_commands[i], true,
			 irc_commands[i].command.verb);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		CHECK_EQ(irc_command_find(none[i]), NULL, none[i]);
}

TEST(every_row_can_run)
{
	const struct irc_command *const besides[] = { &irc_unknown, &irc_too_long, &irc_bad_bytes,
						      &irc_end };
	for (size_t i = 0; i < irc_command_count + ARRAY_LEN(besides); i++) {
		const struct irc_command *row = i < irc_command_count
							? &irc_commands[i]
							: besides[i - irc_command_count];
		const struct command *c = &row->command;
		CHECK_EQ(c->states, BIT(DIALOG_NAMING) | BIT(DIALOG_READY), c->verb);
		CHECK_EQ(c->run && c->waits && row->run, true, c->verb);
	}
}

TEST(rows_name_what_there_is)
{
	for (size_t i = 0; i < irc_command_count; i++) {
		const struct irc_command *row = &irc_commands[i];
		const char *verb = row->command.verb, *names = row->names ? row->names : "";
		CHECK_EQ(strspn(names, "rtnjbue-"), strlen(names), verb);
		CHECK_EQ(strlen(names) <= REQUEST_ARGS_MAX, true, verb);
		CHECK_EQ(row->min_args <= REQUEST_ARGS_MAX, true, verb);
		/* Before he is in he is nobody whose words could be on their way. */
		CHECK_EQ(!(row->names || row->stores) || row->when != IRC_BEFORE, true, verb);
		CHECK_EQ(!(row->message || row->operators) || row->when == IRC_AFTER, true, verb);
		CHECK_EQ(!row->message || row->stores, true, verb);
		/* In another's place only they act, and nothing of that is kept. */
		CHECK_EQ(!strpbrk(names, "ue") || (row->operators && !row->stores), true, verb);
	}
}
