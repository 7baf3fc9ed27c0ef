/* Events as lines of IRC: every kind of them, in every variant. */
#include "core/mask.h"
#include "protocols/irc/irc.h"

#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TIME "time=2023-11-14T22:13:20.123Z"
#define TEA ":tea!user@host.example "
#define ALL_VARIANTS (IRC_INVITED * 2)

static const enum event_kind kinds[] = {
	EVENT_MESSAGE, EVENT_ACTION, EVENT_NOTICE, EVENT_TOPIC,   EVENT_KICK,   EVENT_MODE,
	EVENT_SEAL,    EVENT_JOIN,   EVENT_PART,   EVENT_QUIT,    EVENT_NICK,   EVENT_CROWD,
	EVENT_AWAY,    EVENT_NAME,   EVENT_INVITE, EVENT_TAGS,    EVENT_CTCP,   EVENT_CTCP_REPLY,
	EVENT_WALLOPS, EVENT_HOST,   EVENT_LOGIN,  EVENT_INVITED, EVENT_RETURN,
};

/* By a program of the account "leaf", with everything that its kind may have. */
static struct event *event_of(enum event_kind kind, const char *room, const char *to,
			      const char *text)
{
	struct event *e = event_new(&(struct event_draft){
		.kind = kind,
		.from = { "tea", "user", "host.example", "leaf" },
		.from_bot = true,
		.from_operator = true,
		.room_name = room,
		.to_nick = to,
		.text = text,
		.text_len = strlen(text),
		.tags = kind == EVENT_TAGS || event_is_message(kind) ? "+x=y;+z" : "",
	});
	e->time_ms = 1700000000123;
	e->id = event_is_stored(kind) ? 0x1f : 0;
	e->seq = 0x2a;
	return e;
}

/* Until the next call. */
static const char *rendered(const struct event *e, unsigned variant, const char *tags)
{
	static struct buf out;
	out.len = 0;
	buf_add_text(&out, ""); /* so that there is something to look at */
	irc_render_tagged(e, variant, tags, &out);
	return out.len > 0 ? out.bytes : "";
}

static void set_time_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

TEST(each_kind_of_event_has_its_line)
{
	static const struct {
		enum event_kind kind;
		const char *room, *to, *text, *line;
	} cases[] = {
		{ EVENT_MESSAGE, "#tea", "", "hello", TEA "PRIVMSG #tea :hello\r\n" },
		{ EVENT_MESSAGE, "", "cup", "hello", TEA "PRIVMSG cup :hello\r\n" },
		{ EVENT_ACTION, "#tea", "", "waves",
		  TEA "PRIVMSG #tea :\x01"
		      "ACTION waves\x01\r\n" },
		{ EVENT_NOTICE, "#tea", "", "hello", TEA "NOTICE #tea :hello\r\n" },
		{ EVENT_TOPIC, "#tea", "", "green tea", TEA "TOPIC #tea :green tea\r\n" },
		{ EVENT_TOPIC, "#tea", "", "", TEA "TOPIC #tea :\r\n" },
		{ EVENT_KICK, "#tea", "cup", "it is cold", TEA "KICK #tea cup :it is cold\r\n" },
		{ EVENT_MODE, "#tea", "", "+o-v cup pot", TEA "MODE #tea +o-v cup pot\r\n" },
		{ EVENT_SEAL, "#tea", "", "", "" },
		{ EVENT_JOIN, "#tea", "", "Tea Leaf", TEA "JOIN #tea\r\n" },
		{ EVENT_PART, "#tea", "", "", TEA "PART #tea\r\n" },
		{ EVENT_PART, "#tea", "", "bye", TEA "PART #tea :bye\r\n" },
		{ EVENT_QUIT, "", "", "Quit: bye", TEA "QUIT :Quit: bye\r\n" },
		{ EVENT_NICK, "", "", "leaf", TEA "NICK :leaf\r\n" },
		{ EVENT_CROWD, "#tea", "", "", "" },
		{ EVENT_AWAY, "", "", "out", "" },
		{ EVENT_NAME, "", "", "Leaf", "" },
		{ EVENT_INVITE, "#tea", "cup", "", TEA "INVITE cup #tea\r\n" },
		{ EVENT_TAGS, "#tea", "", "", "" },
		{ EVENT_CTCP, "", "cup", "\x01VERSION\x01",
		  TEA "PRIVMSG cup :\x01VERSION\x01\r\n" },
		{ EVENT_CTCP_REPLY, "", "cup", "\x01VERSION 1\x01",
		  TEA "NOTICE cup :\x01VERSION 1\x01\r\n" },
		{ EVENT_WALLOPS, "", "", "hear me", TEA "WALLOPS :hear me\r\n" },
		{ EVENT_HOST, "", "", "new.host", TEA "QUIT :Changing host\r\n" },
		{ EVENT_RETURN, "#tea", "", "Leaf", TEA "JOIN #tea\r\n" },
		{ EVENT_RETURN, "#tea", "+ov tea tea", "Leaf",
		  TEA "JOIN #tea\r\n" TEA "MODE #tea +ov tea tea\r\n" },
		{ EVENT_LOGIN, "", "", "leaf", "" },
		{ EVENT_INVITED, "#tea", "cup", "", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event *e = event_of(cases[i].kind, cases[i].room, cases[i].to,
					   cases[i].text);
		CHECK_STR(rendered(e, 0, ""), cases[i].line);
		CHECK_STR(rendered(e, VARIANT_CROWDED | VARIANT_ANSWER, ""), cases[i].line);
		event_unref(e);
	}
}

TEST(each_variant_adds_its_own)
{
	static const struct {
		enum event_kind kind;
		const char *text;
		unsigned variant;
		const char *line;
	} cases[] = {
		{ EVENT_MESSAGE, "hi", IRC_TAGS,
		  "@msgid=1f;bot;+x=y;+z " TEA "PRIVMSG #tea :hi\r\n" },
		{ EVENT_MESSAGE, "hi", IRC_TIME, "@" TIME " " TEA "PRIVMSG #tea :hi\r\n" },
		{ EVENT_MESSAGE, "hi", IRC_ACCOUNT, "@account=leaf " TEA "PRIVMSG #tea :hi\r\n" },
		{ EVENT_MESSAGE, "hi", IRC_TAGS | IRC_TIME | IRC_ACCOUNT,
		  "@" TIME ";msgid=1f;account=leaf;bot;+x=y;+z " TEA "PRIVMSG #tea :hi\r\n" },
		{ EVENT_TAGS, "", IRC_TAGS, "@msgid=p2a;bot;+x=y;+z " TEA "TAGMSG #tea\r\n" },
		{ EVENT_CTCP, "\x01PING\x01", IRC_TAGS,
		  "@msgid=p2a;bot " TEA "PRIVMSG #tea :\x01PING\x01\r\n" },
		{ EVENT_TOPIC, "green", IRC_TAGS, "@msgid=1f;bot " TEA "TOPIC #tea :green\r\n" },
		{ EVENT_JOIN, "Leaf", IRC_EXTENDED_JOIN, TEA "JOIN #tea leaf :Leaf\r\n" },
		{ EVENT_JOIN, "Leaf", IRC_EXTENDED_JOIN | IRC_TIME,
		  "@" TIME " " TEA "JOIN #tea leaf :Leaf\r\n" },
		{ EVENT_AWAY, "out", IRC_AWAY, TEA "AWAY :out\r\n" },
		{ EVENT_AWAY, "", IRC_AWAY, TEA "AWAY\r\n" },
		{ EVENT_NAME, "Leaf", IRC_SETNAME, TEA "SETNAME :Leaf\r\n" },
		{ EVENT_HOST, "new.host", IRC_CHGHOST, TEA "CHGHOST user new.host\r\n" },
		{ EVENT_RETURN, "Leaf", IRC_CHGHOST, "" },
		{ EVENT_RETURN, "Leaf", IRC_EXTENDED_JOIN | IRC_TAGS,
		  "@bot " TEA "JOIN #tea leaf :Leaf\r\n" },
		{ EVENT_LOGIN, "leaf", IRC_LOGIN, TEA "ACCOUNT leaf\r\n" },
		{ EVENT_LOGIN, "", IRC_LOGIN | IRC_ACCOUNT, "@account=leaf " TEA "ACCOUNT *\r\n" },
		{ EVENT_INVITED, "", IRC_INVITED, TEA "INVITE  #tea\r\n" },
		{ EVENT_AWAY, "out", IRC_AWAY | IRC_OPERATOR, "@draft/oper " TEA "AWAY :out\r\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event *e = event_of(cases[i].kind, "#tea", "", cases[i].text);
		CHECK_STR(rendered(e, cases[i].variant, ""), cases[i].line);
		event_unref(e);
	}
}

TEST(a_guest_has_no_account)
{
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_JOIN,
		.from = { "tea", "user", "host.example", "" },
		.room_name = "#tea",
		.text = "Leaf",
		.text_len = 4,
	});
	CHECK_STR(rendered(e, IRC_EXTENDED_JOIN | IRC_ACCOUNT | IRC_TAGS, ""),
		  TEA "JOIN #tea * :Leaf\r\n");
	event_unref(e);
}

/* A nick may have what a tag's value may not. */
TEST(an_account_is_escaped)
{
	struct event *e = event_new(&(struct event_draft){
		.kind = EVENT_QUIT,
		.from = { "tea", "user", "host.example", "a;b\\c" },
	});
	CHECK_STR(rendered(e, IRC_ACCOUNT, ""), "@account=a\\:b\\\\c " TEA "QUIT :\r\n");
	event_unref(e);
}

TEST(given_tags_come_first_and_on_every_line)
{
	struct event *e = event_of(EVENT_MESSAGE, "#tea", "", "one\n\ntwo");
	CHECK_STR(rendered(e, 0, "batch=3"), "@batch=3 " TEA "PRIVMSG #tea :one\r\n"
					     "@batch=3 " TEA "PRIVMSG #tea :two\r\n");
	/* Two lines are one message, which has one id. */
	CHECK_STR(rendered(e, IRC_TAGS | IRC_TIME, "batch=3"),
		  "@batch=3;" TIME ";msgid=1f;bot;+x=y;+z " TEA "PRIVMSG #tea :one\r\n"
		  "@batch=3;" TIME ";bot;+x=y;+z " TEA "PRIVMSG #tea :two\r\n");
	event_unref(e);
}

TEST(the_past_has_its_time_in_words_for_whom_there_is_no_better_way)
{
	set_time_zone("UTC");
	struct event *said = event_of(EVENT_MESSAGE, "#tea", "", "hi");
	struct event *done = event_of(EVENT_ACTION, "#tea", "", "waves");
	CHECK_STR(rendered(said, VARIANT_PAST, ""), TEA "PRIVMSG #tea :[11-14 22:13] hi\r\n");
	CHECK_STR(rendered(said, VARIANT_PAST | IRC_TIME, ""),
		  "@" TIME " " TEA "PRIVMSG #tea :hi\r\n");
	CHECK_STR(rendered(done, VARIANT_PAST, ""), TEA "PRIVMSG #tea :\x01"
							"ACTION [11-14 22:13] waves\x01\r\n");
	set_time_zone("Asia/Shanghai");
	CHECK_STR(rendered(said, VARIANT_PAST, ""), TEA "PRIVMSG #tea :[11-15 06:13] hi\r\n");
	event_unref(said);
	event_unref(done);
}

TEST(what_is_not_shown_leaves_what_is_there)
{
	struct buf out = { 0 };
	struct event *e = event_of(EVENT_AWAY, "#tea", "", "out");
	buf_add_text(&out, "before");
	irc_render_tagged(e, IRC_TIME, "batch=3", &out);
	CHECK_EQ(out.len, strlen("before"), "nothing was added");
	event_unref(e);
	buf_done(&out);
}

/* ---- long ones ---- */

/* An event with the longest names there are. */
static struct event *longest(enum event_kind kind, const char *text, size_t len)
{
	char nick[NICK_BYTES_MAX + 1], user[USER_BYTES_MAX + 1], host[HOST_BYTES_MAX + 1];
	char room[ROOM_BYTES_MAX + 1];
	struct {
		char *text;
		size_t size;
		char fill;
	} names[] = { { nick, sizeof(nick), 'n' },
		      { user, sizeof(user), 'u' },
		      { host, sizeof(host), 'h' },
		      { room, sizeof(room), '#' } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		memset(names[i].text, names[i].fill, names[i].size - 1);
		names[i].text[names[i].size - 1] = '\0';
	}
	struct event *e = event_new(&(struct event_draft){
		.kind = kind,
		.from = { nick, user, host, nick },
		.from_bot = true,
		.room_name = room,
		.to_nick = nick,
		.text = text,
		.text_len = len,
		.tags = "+x",
	});
	e->time_ms = 1700000000123;
	e->id = e->seq = UINT64_MAX;
	return e;
}

/* The most that a kind's text may have. */
static size_t text_max(enum event_kind kind)
{
	switch (kind) {
	case EVENT_TOPIC:
		return TOPIC_BYTES_MAX;
	case EVENT_KICK:
	case EVENT_PART:
	case EVENT_QUIT:
		return REASON_BYTES_MAX;
	case EVENT_MODE: /* of its own form: many_modes_are_many_lines */
		return 0;
	case EVENT_HOST:
		return HOST_BYTES_MAX;
	case EVENT_JOIN:
	case EVENT_NAME:
	case EVENT_RETURN:
		return REAL_BYTES_MAX;
	case EVENT_NICK:
	case EVENT_LOGIN:
		return NICK_BYTES_MAX;
	case EVENT_AWAY:
		return AWAY_BYTES_MAX;
	case EVENT_WALLOPS: /* a line as it came */
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
		return IRC_LINE_BYTES;
	default:
		return MESSAGE_BYTES_MAX;
	}
}

/* A line has its end, and fits without its tags. */
static const char *check_line(const char *line)
{
	const char *end = strstr(line, "\r\n");
	CHECK(end);
	if (line[0] == '@')
		line = strchr(line, ' ') + 1;
	CHECK_EQ(line[0], ':', "its source");
	CHECK(end + 2 - line <= IRC_LINE_BYTES);
	CHECK(memchr(line, '\n', (size_t)(end - line)) == NULL);
	return end + 2;
}

TEST(no_line_is_too_long)
{
	static char text[MESSAGE_BYTES_MAX];
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct event *e = longest(kinds[i], text, text_max(kinds[i]));
		for (unsigned variant = 0; variant < ALL_VARIANTS; variant++)
			for (const char *at = rendered(e, variant, "batch=123"); *at;)
				at = check_line(at);
		event_unref(e);
	}
}

TEST(many_modes_are_many_lines)
{
	char text[MODE_CHANGES_MAX * (MASK_BYTES_MAX + 2)] = "+bbbbbb";
	for (char c = 'a'; c <= 'f'; c++) {
		size_t len = strlen(text);
		text[len] = ' ';
		memset(text + len + 1, c, MASK_BYTES_MAX);
	}
	struct event *e = event_of(EVENT_MODE, "#tea", "", text);
	const char *lines = rendered(e, 0, "");
	size_t masks = 0;
	for (const char *at = lines; *at;)
		at = check_line(at);
	for (char c = 'a'; c <= 'f'; c++) {
		char mask[MASK_BYTES_MAX + 1] = "";
		memset(mask, c, MASK_BYTES_MAX);
		masks += strstr(lines, mask) != NULL;
	}
	CHECK_EQ(masks, 6, "all are there, and whole");
	event_unref(e);
}

/* The texts of all lines, as they follow each other, are text but for one space between two. */
static void check_nothing_is_lost(const char *text, const char *lines, const char *head,
				  const char *tail)
{
	size_t count = 0;
	for (const char *at = lines; *at; count++) {
		const char *end = strstr(at, "\r\n") - strlen(tail);
		const char *words = strstr(at, head) + strlen(head);
		CHECK(end > words);
		CHECK_EQ(strncmp(end, tail, strlen(tail)), 0, "its tail");
		text += count > 0 && *text == ' ';
		CHECK_EQ(strncmp(words, text, (size_t)(end - words)), 0, text);
		text += end - words;
		at = end + strlen(tail) + 2;
	}
	CHECK_STR(text, "");
	CHECK(count > 1);
}

TEST(a_long_message_loses_nothing)
{
	static const char *const words[] = {
		"x",       "four words of tea ",        "两岸猿声啼不住",
		"a  b   ", "👩‍👩‍👧‍👦", "e\xcc\x81"
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		char text[MESSAGE_BYTES_MAX + 1] = "";
		size_t len = 0, size = strlen(words[i]);
		for (; len + size < MESSAGE_BYTES_MAX; len += size)
			memcpy(text + len, words[i], size);
		text[len++] = '.';
		struct event *said = longest(EVENT_MESSAGE, text, len);
		struct event *done = longest(EVENT_ACTION, text, len);
		check_nothing_is_lost(text, rendered(said, IRC_TAGS, ""), "# :", "");
		check_nothing_is_lost(text, rendered(done, 0, ""),
				      "\x01"
				      "ACTION ",
				      "\x01");
		event_unref(said);
		event_unref(done);
	}
}

TEST(a_long_wallops_loses_nothing)
{
	char text[IRC_LINE_BYTES + 1];
	memset(text, 'x', IRC_LINE_BYTES);
	text[IRC_LINE_BYTES] = '\0';
	struct event *e = event_of(EVENT_WALLOPS, "", "", text);
	check_nothing_is_lost(text, rendered(e, 0, ""), "WALLOPS :", "");
	event_unref(e);
}

/* ---- times and ids ---- */

TEST(times_can_be_read_back)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 7, "1970-01-01T00:00:00.007Z" },
		{ 1700000000123, "2023-11-14T22:13:20.123Z" },
		{ 1709164800999, "2024-02-29T00:00:00.999Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
	};
	char text[IRC_TIME_SIZE];
	int64_t ms;
	set_time_zone("Asia/Shanghai"); /* it is UTC wherever the server is */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		irc_time_text(cases[i].ms, text);
		CHECK_STR(text, cases[i].text);
		CHECK_EQ(irc_time_parse(text, &ms), true, text);
		CHECK_EQ(ms, cases[i].ms, text);
	}
	CHECK(irc_time_parse("2023-11-14T22:13:20Z", &ms));
	CHECK_EQ(ms, 1700000000000, "no fraction is none");
}

TEST(what_is_no_time_is_refused)
{
	static const char *const cases[] = {
		"",
		"*",
		"now",
		"1700000000",
		"2023-11-14",
		"2023-11-14T22:13:20",
		"2023-11-14T22:13:20.123",
		"2023-11-14T22:13:20.Z",
		"2023-11-14T22:13:20.12Z",
		"2023-11-14T22:13:20.1234Z",
		"2023-11-14T22:13:20.-12Z",
		"2023-11-14 22:13:20Z",
		"2023-13-14T22:13:20Z",
		"2023-11-32T22:13:20Z",
		"2023-11-14T24:13:20Z",
		"2023-11-14T22:60:20Z",
		"2023-11-14T22:13:20.123Zulu",
		"2023-11-14T22:13:20+01:00",
		"1969-12-31T23:59:59.999Z",
		"12023-11-14T22:13:20Z",
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms;
		CHECK_EQ(irc_time_parse(cases[i], &ms), false, cases[i]);
	}
}

TEST(ids_can_be_read_back)
{
	static const uint64_t ids[] = { 1, 0x1f, 0xdeadbeef, UINT64_MAX };
	static const char *const refused[] = { "",    "p1", "1F",
					       "0x1", "-1", " 1",
					       "1 ",  "1g", "12345678901234567" };
	char text[IRC_MSGID_SIZE];
	uint64_t id;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct event *e = event_of(EVENT_MESSAGE, "#tea", "", "x");
		e->id = ids[i];
		irc_msgid_text(e, text);
		CHECK_EQ(irc_msgid_parse(text, &id), true, text);
		CHECK_EQ(id, ids[i], text);
		e->id = 0;
		e->seq = ids[i];
		irc_msgid_text(e, text);
		CHECK_EQ(irc_msgid_parse(text, &id), false, text); /* nothing comes before it */
		event_unref(e);
	}
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		CHECK_EQ(irc_msgid_parse(refused[i], &id), false, refused[i]);
}
