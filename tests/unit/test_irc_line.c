#include "protocols/irc/line.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy with nothing behind it, so that AddressSanitizer sees a look beyond the end. */
static char *exact(const char *text)
{
	char *copy = strdup(text);
	CHECK(copy);
	return copy;
}

/* The parts of a line: "{tags} <source> [VERB] [param] [param]"; "none": there is no verb. */
static const char *parts(const char *text)
{
	static char shown[1024];
	struct buf b = { 0 };
	struct irc_line line;
	char *copy = exact(text);
	if (irc_line_parse(copy, &line)) {
		if (*line.tags)
			buf_printf(&b, "{%s} ", line.tags);
		if (*line.source)
			buf_printf(&b, "<%s> ", line.source);
		buf_printf(&b, "[%s]", line.verb);
		for (size_t i = 0; i < line.param_count; i++)
			buf_printf(&b, " [%s]", line.params[i]);
	} else {
		buf_add_text(&b, "none");
	}
	CHECK(b.len < sizeof(shown));
	memcpy(shown, b.bytes, b.len + 1);
	buf_done(&b);
	free(copy);
	return shown;
}

TEST(line_is_cut_into_its_parts)
{
	static const struct {
		const char *text, *parts;
	} cases[] = {
		{ "PING", "[PING]" },
		{ "PING x", "[PING] [x]" },
		{ ":tea PING x", "<tea> [PING] [x]" },
		{ "@a=1;+b :tea!u@h PRIVMSG #t :hi", "{a=1;+b} <tea!u@h> [PRIVMSG] [#t] [hi]" },
		{ "@a PING", "{a} [PING]" },
		{ "@ : PING", "[PING]" },
		{ "PRIVMSG 茶馆 :早上好 老李", "[PRIVMSG] [茶馆] [早上好 老李]" },
		/* what begins the last parameter, and what does not */
		{ "USER a 0 * :Li Si", "[USER] [a] [0] [*] [Li Si]" },
		{ "TOPIC #t :", "[TOPIC] [#t] []" },
		{ "TOPIC #t : ", "[TOPIC] [#t] [ ]" },
		{ "TOPIC #t ::-)", "[TOPIC] [#t] [:-)]" },
		{ "TOPIC #t :a :b  ", "[TOPIC] [#t] [a :b  ]" },
		{ "TOPIC #t a:b c: :d", "[TOPIC] [#t] [a:b] [c:] [d]" },
		{ "TOPIC :", "[TOPIC] []" },
		/* spaces, of which a tab is none */
		{ "JOIN  #t   key", "[JOIN] [#t] [key]" },
		{ "JOIN #t  :key", "[JOIN] [#t] [key]" },
		{ "@a  :tea  JOIN  #t", "{a} <tea> [JOIN] [#t]" },
		{ "JOIN #t ", "[JOIN] [#t]" },
		{ "JOIN   ", "[JOIN]" },
		{ "  JOIN #t", "[JOIN] [#t]" },
		{ "JOIN a\tb\t", "[JOIN] [a\tb\t]" },
		/* verbs, and only they, and only of ASCII */
		{ "pRivmsg aZ{ :bY", "[PRIVMSG] [aZ{] [bY]" },
		{ "`az{é", "[`AZ{é]" },
		{ ":tea 001 x", "<tea> [001] [x]" },
		/* only what stands first is tags or a source */
		{ "PING @a :b", "[PING] [@a] [b]" },
		{ "PING @a b", "[PING] [@a] [b]" },
		{ ":a @b c", "<a> [@B] [c]" },
		{ ":a :b c", "<a> [:B] [c]" },
		{ "@a @b c", "{a} [@B] [c]" },
		{ "@:a b", "{:a} [B]" },
		/* no verb */
		{ "", "none" },
		{ "  ", "none" },
		{ "@", "none" },
		{ ":", "none" },
		{ "@a", "none" },
		{ ":tea", "none" },
		{ ":tea  ", "none" },
		{ "@a :tea", "none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(parts(cases[i].text), cases[i].parts);
}

TEST(line_has_its_rest_in_the_fifteenth_parameter)
{
#define FOURTEEN "a b c d e f g h i j k l m n"
#define SHOWN "[X] [a] [b] [c] [d] [e] [f] [g] [h] [i] [j] [k] [l] [m] [n]"
	static const struct {
		const char *text, *parts;
	} cases[] = {
		{ "X " FOURTEEN, SHOWN },
		{ "X " FOURTEEN "  ", SHOWN },
		{ "X " FOURTEEN " o", SHOWN " [o]" },
		{ "X " FOURTEEN " o  ", SHOWN " [o]" },
		{ "X " FOURTEEN " :o ", SHOWN " [o ]" },
		{ "X " FOURTEEN " :", SHOWN " []" },
		{ "X " FOURTEEN " o p  q", SHOWN " [o p  q]" },
		{ "X " FOURTEEN " o :p q ", SHOWN " [o :p q]" },
		{ "X " FOURTEEN " :o p :q ", SHOWN " [o p :q ]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(parts(cases[i].text), cases[i].parts);
}

/* An absent part is an empty string and in the line, too. */
TEST(line_parts_lie_in_the_line)
{
	char text[] = "ping";
	struct irc_line line;
	CHECK(irc_line_parse(text, &line));
	CHECK_STR(line.tags, "");
	CHECK_STR(line.source, "");
	CHECK(line.tags >= text && line.tags <= text + 4);
	CHECK(line.source >= text && line.source <= text + 4);
	CHECK_EQ(line.param_count, 0, "there are none");
}

TEST(tags_are_taken_one_by_one)
{
	static const struct {
		const char *tags, *walked;
	} cases[] = {
		{ "", "" },
		{ "a", "a()" },
		{ "a=", "a()" },
		{ "a=b", "a(b)" },
		{ "a=b;c;d=e", "a(b) c() d(e)" },
		{ "+a;draft/b=c;+v.org/d=e", "+a() draft/b(c) +v.org/d(e)" },
		{ "a=b=c=;d==", "a(b=c=) d(=)" },
		{ "a=1;a=2", "a(1) a(2)" },
		{ "a=\\:\\s;b=\\", "a(\\:\\s) b(\\)" },
		{ "a=茶;茶=b", "a(茶) 茶(b)" },
		{ ";;a;;b;", "a() b()" },
		{ "=x;a;=;=y", "a()" },
		{ ";", "" },
		{ "=", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = { 0 };
		char *copy = exact(cases[i].tags), *at = copy, *key, *value;
		while (irc_tag_next(&at, &key, &value))
			buf_printf(&b, "%s%s(%s)", b.len > 0 ? " " : "", key, value);
		CHECK_STR(b.len > 0 ? b.bytes : "", cases[i].walked);
		CHECK_EQ(*at, '\0', "the walk ends where the tags do");
		buf_done(&b);
		free(copy);
	}
}

TEST(tag_escapes_stand_for_what_a_tag_cannot_have)
{
	static const struct {
		const char *written, *value;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\\:\\s\\\\\\r\\n", "; \\\r\n" },
		{ "a\\:b\\sc", "a;b c" },
		{ "\\\\s", "\\s" },
		{ "\\\\\\s", "\\ " },
		{ "\\\\\\\\", "\\\\" },
		{ "raw+:=,escaped\\:\\s\\\\", "raw+:=,escaped; \\" },
		{ "早\\s上", "早 上" },
		{ "\ttab\x01", "\ttab\x01" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = { 0 };
		char *copy = exact(cases[i].written);
		irc_tag_unescape(copy);
		CHECK_STR(copy, cases[i].value);
		irc_tag_escape(&b, copy);
		CHECK_STR(b.bytes, cases[i].written);
		buf_done(&b);
		free(copy);
	}
}

TEST(tag_escapes_that_there_are_not_lose_their_backslash)
{
	static const struct {
		const char *written, *value;
	} cases[] = {
		{ "\\", "" },         { "a\\", "a" },     { "\\b", "b" },   { "\\S\\N", "SN" },
		{ "\\\\\\", "\\" },   { "\\;x", ";x" },   { "\\茶", "茶" }, { "\\ ", " " },
		{ "a\\=\\b", "a=b" }, { "\\\\b", "\\b" }, { "\\0", "0" },   { "\\\"", "\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *copy = exact(cases[i].written);
		irc_tag_unescape(copy);
		CHECK_STR(copy, cases[i].value);
		free(copy);
	}
}

static const char *client_only(const char *tags)
{
	static char shown[256];
	struct buf b = { 0 };
	irc_tags_client_only(tags, &b);
	CHECK(b.len < sizeof(shown));
	snprintf(shown, sizeof(shown), "%s", b.len > 0 ? b.bytes : "");
	buf_done(&b);
	return shown;
}

TEST(client_only_tags_are_what_others_see)
{
	static const struct {
		const char *tags, *kept;
	} cases[] = {
		{ "", "" },
		{ "label=1;typing", "" },
		{ "+typing=active", "+typing=active" },
		{ "label=1;+b=2;time=x;+a", "+b=2;+a" },
		{ "+a=", "+a" },
		{ "+a=;+b;+c==", "+a;+b;+c==" },
		{ ";+a;;", "+a" },
		/* a name of its own, whatever is in front of it */
		{ "+a=1;a=2;+A=3;+x/a=4", "+a=1;+A=3;+x/a=4" },
		{ "+", "" },
		{ "+=1;+b", "+b" },
		{ "++=1", "++=1" },
		{ "a=+b;c=+", "" },
		/* the last of each key, where it stands */
		{ "+a=1;+a=2", "+a=2" },
		{ "+a=1;+b=2;+a=3", "+b=2;+a=3" },
		{ "+b;+a=1;+a;+b=2", "+a;+b=2" },
		{ "+a;+a;+a;+ab;+a", "+ab;+a" },
		/* as it was written */
		{ "+a=\\:\\b\\;+b=茶", "+a=\\:\\b\\;+b=茶" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_STR(client_only(cases[i].tags), cases[i].kept);
		CHECK_STR(client_only(cases[i].kept), cases[i].kept);
	}
}

TEST(client_only_tags_go_behind_what_is_there)
{
	struct buf b = { 0 };
	buf_add_text(&b, "@time=x;");
	irc_tags_client_only("a;+b=1;c;+d", &b);
	CHECK_STR(b.bytes, "@time=x;+b=1;+d");
	buf_done(&b);
}
