/* The tokens of RPL_ISUPPORT: in order, and in a form that every client can read. */
#include "protocols/irc/isupport.h"
#include "tests/unit/check.h"

#include <string.h>

TEST(tokens_are_sorted)
{
	for (size_t i = 1; i < isupport_count; i++)
		CHECK_EQ(strcmp(isupport_tokens[i - 1].name, isupport_tokens[i].name) < 0, true,
			 isupport_tokens[i].name);
}

TEST(tokens_have_a_value_or_make_one)
{
	for (size_t i = 0; i < isupport_count; i++)
		CHECK_EQ(!isupport_tokens[i].value, isupport_tokens[i].make != NULL,
			 isupport_tokens[i].name);
}

/* https://modern.ircdocs.horse/#rplisupport-005: letters and digits, then printable ASCII. */
TEST(tokens_can_be_read)
{
	static const char names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	for (size_t i = 0; i < isupport_count; i++) {
		const struct isupport *t = &isupport_tokens[i];
		const char *name = strncmp(t->name, "draft/", 6) == 0 ? t->name + 6 : t->name;
		CHECK_EQ(strspn(name, names), strlen(name), t->name);
		for (const char *at = t->value ? t->value : ""; *at; at++)
			CHECK_EQ(*at > ' ' && *at < 0x7F && *at != '=' && *at != '\\', true,
				 t->name);
	}
}
