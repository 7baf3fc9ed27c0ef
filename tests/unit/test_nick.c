#include "core/nick.h"

#include "base/text.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>

#define PRECIS CASEMAPPING_PRECIS
#define ASCII CASEMAPPING_ASCII

static bool valid(const char *nick, enum casemapping mapping)
{
	char key[NAME_KEY_SIZE];
	return nick_key(nick, strlen(nick), NICK_BYTES_MAX, mapping, key);
}

static const char *key_of(const char *nick, enum casemapping mapping)
{
	static char keys[2][NAME_KEY_SIZE];
	static int at;
	at = !at;
	return nick_key(nick, strlen(nick), NICK_BYTES_MAX, mapping, keys[at]) ? keys[at] : NULL;
}

static const char *skeleton_of(const char *nick, enum casemapping mapping)
{
	static char skeletons[2][NAME_KEY_SIZE];
	static int at;
	at = !at;
	nick_skeleton(nick, mapping, skeletons[at]);
	return skeletons[at];
}

TEST(nick_key_takes_what_every_protocol_can_carry)
{
	static const struct {
		const char *nick;
		bool valid;
		const char *why;
	} cases[] = {
		{ "tea", true, "letters" },
		{ "茶人", true, "any script" },
		{ "чай", true, "any script" },
		{ "شاي", true, "any direction" },
		{ "7up", true, "a digit may come first" },
		{ "a-b_c|d[e]{f}\\`^'\"=/;()<>", true, "signs that no protocol needs" },
		{ "\xf0\x9f\x8d\xb5", true, "a cup of tea is a character" },
		{ "e\xcc\x81", true, "a letter and its accent" },
		{ "[私", true, "the beginning of a mark" },
		{ "我的系统消息", true, "the mark, but not in front" },
		{ "系统", true, "half a mark" },
		{ "", false, "nothing" },
		{ "a b", false, "a space ends an IRC parameter" },
		{ "a\xc2\xa0z", false, "a space that does not break is one" },
		{ "a\xe3\x80\x80", false, "an ideographic space" },
		{ "a\tb", false, "a control" },
		{ "a\nb", false, "the end of a line" },
		{ "a\x7f", false, "DEL" },
		{ "a\x02", false, "bold" },
		{ "a\xc2\x85", false, "C1" },
		{ "a\xe2\x80\xa8", false, "a line separator" },
		{ "a\xe2\x80\xa9", false, "a paragraph separator" },
		{ "\xe8\x8c", false, "half a character" },
		{ "\xff", false, "no UTF-8 at all" },
		{ "a\xed\xa0\x80", false, "a surrogate" },
		{ "a\xee\x80\x80", false, "private use: everybody sees another one" },
		{ "a\xf0\x90\x8e\x86", true, "a letter of Ugaritic" },
		{ "a\xcd\xb8", false, "not assigned" },
		/* what cannot be seen */
		{ "a\xc2\xad", false, "a soft hyphen" },
		{ "a\xe2\x80\x8b", false, "a space without width" },
		{ "a\xe2\x80\x8d", false, "a joiner" },
		{ "a\xe2\x80\xae", false, "a right-to-left override" },
		{ "a\xe2\x81\xa6", false, "an isolate" },
		{ "\xef\xbb\xbfz", false, "a byte order mark" },
		{ "a\xef\xb8\x8f", false, "a variation selector" },
		{ "a\xcd\x8f", false, "a grapheme joiner" },
		{ "\xe3\x85\xa4", false, "a Hangul filler: a letter, and invisible" },
		{ "\xef\xbe\xa0", false, "its narrow form" },
		{ "a\xe1\x85\x9f", false, "another filler" },
		{ "a\xf3\xa0\x84\x80", false, "a variation selector far away" },
		/* the server's own lines */
		{ "系统消息", false, "the mark of the server's lines" },
		{ "系统消息tea", false, "the beginning of one" },
		{ "[私聊", false, "the mark of private talk" },
		{ "tea[私聊]pot", false, "anywhere in it" },
		{ "［私聊］tea", false, "in full width" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(valid(cases[i].nick, PRECIS), cases[i].valid, cases[i].why);
		CHECK_EQ(valid(cases[i].nick, ASCII), cases[i].valid, cases[i].why);
	}
	char key[NAME_KEY_SIZE];
	CHECK_EQ(nick_key("a\0b", 3, NICK_BYTES_MAX, PRECIS, key), false, "a NUL");
}

TEST(nick_key_refuses_each_sign_that_means_something)
{
	static const char signs[] = "!@,:*?.#&~%+$";

	for (int c = 1; c < 0x80; c++) {
		char nick[3][4] = { { (char)c, 'a' }, { 'a', (char)c, 'a' }, { 'a', (char)c } };
		char why[32];
		bool fine = c > ' ' && c < 0x7f && !strchr(signs, c);
		snprintf(why, sizeof(why), "the character 0x%02x", (unsigned)c);
		for (size_t i = 0; i < 3; i++) {
			CHECK_EQ(valid(nick[i], PRECIS), fine, why);
			CHECK_EQ(valid(nick[i], ASCII), fine, why);
		}
	}
	/* in full width they become the same under PRECIS, and are seen to be others without */
	for (const char *sign = signs; *sign; sign++) {
		char nick[5] = { 'a', (char)0xef, (char)0xbc, (char)(0x80 | (*sign - 0x20)) };
		if (*sign >= 0x60) {
			nick[2] = (char)0xbd;
			nick[3] = (char)(0x80 | (*sign - 0x60));
		}
		CHECK_EQ(valid(nick, PRECIS), false, nick);
		CHECK_EQ(valid(nick, ASCII), true, nick);
	}
}

/* The configured ceiling, and the compiled one above it. */
TEST(nick_key_counts_bytes)
{
	char key[NAME_KEY_SIZE] = "untouched", nick[ROOM_BYTES_MAX + 2];

	memset(nick, 'x', sizeof(nick));
	for (size_t max = 1; max <= ROOM_BYTES_MAX; max++) {
		CHECK_EQ(nick_key(nick, max, max, PRECIS, key), true, "at the edge");
		CHECK_EQ(strlen(key), max, "all of it");
		CHECK_EQ(nick_key(nick, max + 1, max, PRECIS, key), false, "one beyond");
		CHECK_EQ(strlen(key), max, "untouched on failure");
	}
	CHECK_EQ(nick_key(nick, ROOM_BYTES_MAX + 1, SIZE_MAX, PRECIS, key), false,
		 "no name is longer");
	CHECK_EQ(nick_key("茶茶茶茶茶茶茶茶茶茶xx", 32, NICK_BYTES_MAX, PRECIS, key), true,
		 "bytes, not characters");
	CHECK_EQ(nick_key("茶茶茶茶茶茶茶茶茶茶茶", 33, NICK_BYTES_MAX, PRECIS, key), false,
		 "bytes, not characters");
}

/* Characters that grow most when they are folded, as many as a room's name may have. */
TEST(nick_key_has_room_for_every_fold)
{
	static const char *const growing[] = {
		"\xc8\xba",         /* U+023A, one byte more in lower case */
		"\xc4\xb0",         /* U+0130, an I with its dot */
		"\xe0\xa5\x98",     /* U+0958, two characters in NFC */
		"\xef\xac\xac",     /* U+FB2C, three characters in NFC */
		"\xf0\x9d\x85\xa0", /* U+1D160, three of four bytes each */
		"\xef\xbd\xb6",     /* U+FF76, a narrow katakana */
	};

	for (size_t i = 0; i < ARRAY_LEN(growing); i++) {
		char name[ROOM_BYTES_MAX + 1] = "#", key[NAME_KEY_SIZE], skeleton[NAME_KEY_SIZE];
		while (strlen(name) + strlen(growing[i]) <= ROOM_BYTES_MAX)
			strncat(name, growing[i], sizeof(name) - 1 - strlen(name));
		CHECK_EQ(room_key(name, strlen(name), ROOM_BYTES_MAX, PRECIS, key), true, name);
		CHECK(utf8_valid(key, strlen(key)));
		nick_skeleton(name + 1, PRECIS, skeleton);
		CHECK(utf8_valid(skeleton, strlen(skeleton)));
	}
}

TEST(nick_key_is_shared_by_names_that_are_the_same)
{
	static const struct {
		const char *one, *other;
		bool precis, ascii;
	} cases[] = {
		{ "tea", "tea", true, true },
		{ "Tea", "tEA", true, true },
		{ "tea", "tee", false, false },
		{ "É", "é", true, false },
		{ "ЧАЙ", "чай", true, false },
		{ "ΤΣΑΪ", "τσαϊ", true, false },
		/* composed or not */
		{ "é", "e\xcc\x81", true, false },
		{ "É", "e\xcc\x81", true, false },
		{ "\xea\xb0\x80", "\xe1\x84\x80\xe1\x85\xa1", true, false }, /* Hangul */
		/* wide and narrow */
		{ "ｔｅａ", "tea", true, false },
		{ "ＴＥＡ", "tea", true, false },
		{ "ｶﾞ", "ガ", true, false },
		{ "７", "7", true, false },
		/* compatible, but not the same: only width is mapped */
		{ "ﬁ", "fi", false, false },
		{ "①", "1", false, false },
		/* RFC 1459 thought so: we do not */
		{ "[a]", "{a}", false, false },
		{ "a\\", "a|", false, false },
		/* lower case, not folded: RFC 8265 */
		{ "straße", "strasse", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *one = key_of(cases[i].one, PRECIS),
			   *other = key_of(cases[i].other, PRECIS);
		CHECK(one && other);
		CHECK_EQ(strcmp(one, other) == 0, cases[i].precis, cases[i].one);
		one = key_of(cases[i].one, ASCII);
		other = key_of(cases[i].other, ASCII);
		CHECK(one && other);
		CHECK_EQ(strcmp(one, other) == 0, cases[i].ascii, cases[i].one);
	}
	CHECK_STR(key_of("Tea茶É", PRECIS), "tea茶é");
	CHECK_STR(key_of("Tea茶É", ASCII), "tea茶É");
}

/* A nick may be taken under its own key again. */
TEST(nick_key_of_a_key_is_the_key)
{
	static const char *const nicks[] = { "Tea", "É",         "ＴＥＡ", "ΤΣΑΪ",
					     "ｶﾞ",  "e\xcc\x81", "ẞ",      "ǅ" };

	for (size_t i = 0; i < ARRAY_LEN(nicks); i++) {
		char key[NAME_KEY_SIZE];
		snprintf(key, sizeof(key), "%s", key_of(nicks[i], PRECIS));
		CHECK_STR(key_of(key, PRECIS), key);
	}
}

TEST(nick_skeleton_sees_through_letters_that_look_alike)
{
	static const struct {
		const char *one, *other;
		bool alike;
	} cases[] = {
		{ "admin", "аdmin", true },  /* Cyrillic а */
		{ "admin", "ADMІN", true },  /* Cyrillic І */
		{ "cop", "сор", true },      /* all Cyrillic */
		{ "COP", "СОР", true },      /* in capitals */
		{ "ivo", "ινο", true },      /* all Greek */
		{ "Bob", "Вob", true },      /* Cyrillic В */
		{ "xena", "хеnа", true },    /* three of four */
		{ "mild", "ⅿⅰⅼⅾ", true },    /* Roman numerals */
		{ "MILD", "ⅯⅠⅬⅮ", true },    /* in capitals, too */
		{ "hat", "Һat", true },      /* a capital whose small letter is alike */
		{ "tea", "ｔｅａ", true },   /* width is mapped as in a key */
		{ "é", "е\xcc\x81", true },  /* a Cyrillic е and an accent */
		{ "admin", "admyn", false }, /* a letter is a letter */
		{ "чай", "чаи", false },     { "茶", "荼", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(valid(cases[i].one, PRECIS) && valid(cases[i].other, PRECIS));
		CHECK_EQ(strcmp(skeleton_of(cases[i].one, PRECIS),
				skeleton_of(cases[i].other, PRECIS)) == 0,
			 cases[i].alike, cases[i].other);
	}
	CHECK_STR(skeleton_of("Tea", PRECIS), "tea");
	CHECK_STR(skeleton_of("СОР茶", PRECIS), "cop茶");
	CHECK_STR(skeleton_of("СОР", ASCII), "СОР");
	CHECK_STR(skeleton_of("Tea", ASCII), "tea");
}

/* ASCII is never changed but for its case, so that nothing in it looks alike. */
TEST(nick_skeleton_of_ascii_is_its_key)
{
	for (int c = '!'; c < 0x7f; c++) {
		char nick[2] = { (char)c, '\0' };
		if (valid(nick, PRECIS))
			CHECK_STR(skeleton_of(nick, PRECIS), key_of(nick, PRECIS));
	}
}

/* The table is bisected: a letter that is out of order would not be found. These are all of them,
 * as UTF-8 in the order of their numbers, and what they look like. */
TEST(nick_lookalikes_are_all_found)
{
	static const struct {
		const char *letters, *latin;
	} scripts[] = {
		{ "ıɑɡɩ", "iagi" },
		{ "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx" },
		{ "αγικνορσυχϲϳ", "ayikvopouxcj" },
		{ "ЅІЈАВЕКМНОРСТУХЬ", "sijabekmhopctyxb" },
		{ "аекорсухѕіјѴѵҮүһӀӏԁԌԚԛԜԝ", "aekopcyxsijvvyyhiidgqqww" },
		{ "ՍՕհոսցօ", "uohnugo" },
		{ "ᴄᴏᴜᴠᴡᴢⅰⅼⅽⅾⅿ", "couvwzilcdm" },
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		CHECK_STR(skeleton_of(scripts[i].letters, PRECIS), scripts[i].latin);
}

TEST(room_key_is_a_hash_and_at_least_one_more_character)
{
	static const struct {
		const char *name;
		bool valid;
		const char *key;
	} cases[] = {
		{ "#tea", true, "#tea" },
		{ "#Tea", true, "#tea" },
		{ "#茶馆", true, "#茶馆" },
		{ "##", true, "##" },
		{ "#a:b.c!d@e*f?", true, "#a:b.c!d@e*f?" },
		{ "#系统消息", true, "#系统消息" },
		{ "#ＴＥＡ", true, "#tea" },
		{ "#", false, NULL },
		{ "", false, NULL },
		{ "tea", false, NULL },
		{ "&tea", false, NULL },
		{ "＃tea", false, NULL },
		{ "#a,b", false, NULL },
		{ "#a，b", false, NULL }, /* a comma once its width is mapped */
		{ "#a b", false, NULL },
		{ "#a\x07", false, NULL },
		{ "#\xe3\x85\xa4", false, NULL },
		{ "#\xe8\x8c", false, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char key[NAME_KEY_SIZE] = "";
		size_t len = strlen(cases[i].name);
		CHECK_EQ(room_key(cases[i].name, len, ROOM_BYTES_MAX, PRECIS, key), cases[i].valid,
			 cases[i].name);
		CHECK_STR(key, cases[i].valid ? cases[i].key : "");
	}
}

TEST(room_key_counts_bytes)
{
	char key[NAME_KEY_SIZE], name[ROOM_BYTES_MAX + 2];

	memset(name, 'x', sizeof(name));
	name[0] = '#';
	for (size_t max = 2; max <= ROOM_BYTES_MAX; max++) {
		CHECK_EQ(room_key(name, max, max, PRECIS, key), true, "at the edge");
		CHECK_EQ(room_key(name, max + 1, max, PRECIS, key), false, "one beyond");
	}
	CHECK_EQ(room_key(name, ROOM_BYTES_MAX + 1, SIZE_MAX, PRECIS, key), false,
		 "no name is longer");
	CHECK_EQ(room_key("#", 1, ROOM_BYTES_MAX, PRECIS, key), false, "a room has a name");
}
