/* The texts of HELP: one for each command, in lines that fit. */
#include "protocols/irc/help.h"
#include "protocols/irc/irc.h"
#include "tests/unit/check.h"

#include <string.h>

TEST(every_command_has_its_help)
{
	for (size_t i = 0; i < irc_command_count; i++)
		CHECK_EQ(help_find(irc_commands[i].command.verb) != NULL, true,
			 irc_commands[i].command.verb);
}

TEST(helps_are_sorted)
{
	for (size_t i = 1; i < help_count; i++)
		CHECK_EQ(strcmp(helps[i - 1].verb, helps[i].verb) < 0, true, helps[i].verb);
}

TEST(helps_fit_into_a_line)
{
	for (size_t i = 0; i < help_count; i++) {
		CHECK_EQ(strlen(helps[i].verb) + strlen(helps[i].args) < 200, true, helps[i].verb);
		CHECK_EQ(strlen(helps[i].what) > 0 && strlen(helps[i].what) < 200, true,
			 helps[i].verb);
	}
}
