/* line_tool: shows what the server makes of lines of IRC, for tests/system/test_parser_vectors.py.
 *
 * Reads lines from standard input and writes the parts of each, a letter, the part and a NUL: "t" and
 * "=" for each tag's key and unescaped value, "s" the source, "v" the verb, "p" each parameter, and
 * "." to end the line; "." alone: there is no verb. */
#include "protocols/irc/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(char what, const char *part)
{
	printf("%c%s%c", what, part, '\0');
}

static void show(struct irc_line *line)
{
	char *key, *value;
	while (irc_tag_next(&line->tags, &key, &value)) {
		irc_tag_unescape(value);
		put('t', key);
		put('=', value);
	}
	put('s', line->source);
	put('v', line->verb);
	for (size_t i = 0; i < line->param_count; i++)
		put('p', line->params[i]);
}

int main(void)
{
	char *text = NULL;
	size_t size = 0;
	struct irc_line line;
	while (getline(&text, &size, stdin) > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (irc_line_parse(text, &line))
			show(&line);
		put('.', "");
	}
	free(text);
	return 0;
}
