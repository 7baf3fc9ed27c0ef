#include "client/shown.h"

#include "base/text.h"

#include <string.h>
#include <time.h>

static void add_time(const struct shown *what, struct buf *out)
{
	time_t then = (time_t)(what->time_ms / 1000), now = time(NULL);
	struct tm then_tm, now_tm;
	char text[32];
	localtime_r(&then, &then_tm);
	localtime_r(&now, &now_tm);
	bool today = then_tm.tm_yday == now_tm.tm_yday && then_tm.tm_year == now_tm.tm_year;
	strftime(text, sizeof(text), today ? "%H:%M " : "%m-%d %H:%M ", &then_tm);
	buf_add_text(out, text);
}

static void add_nick(const char *nick, const char *(*colour)(const char *nick), struct buf *out)
{
	const char *sgr = colour ? colour(nick) : NULL;
	buf_printf(out, "%s%s%s", sgr ? sgr : "", nick, sgr ? "\x1b[0m" : "");
}

static void add_private(const struct shown *what, enum words_lang lang, struct buf *out)
{
	if (what->own)
		buf_printf(out, words_of(lang, WORDS_PRIVATE_TO), what->nick);
	else
		buf_add_text(out, words_of(lang, WORDS_PRIVATE));
}

void shown_format(const struct shown *what, const char *here, enum words_lang lang,
		  const char *(*colour)(const char *nick), struct buf *out)
{
	bool speaker = !(what->private && what->own);
	add_time(what, out);
	if (what->room[0] && strcmp(what->room, here) != 0)
		buf_printf(out, "[%s] ", what->room);
	if (what->private)
		add_private(what, lang, out);
	switch (what->kind) {
	case SHOWN_MESSAGE:
		if (speaker) {
			add_nick(what->nick, colour, out);
			buf_add_text(out, ": ");
		}
		break;
	case SHOWN_ACTION:
		buf_add_text(out, "* ");
		if (speaker) {
			add_nick(what->nick, colour, out);
			buf_add_text(out, " ");
		}
		break;
	case SHOWN_NOTICE:
		buf_printf(out, "-%s- ", what->nick);
		break;
	case SHOWN_EVENT:
	case SHOWN_INFO:
		buf_add_text(out, "-- ");
		break;
	case SHOWN_ERROR:
		buf_add_text(out, "!! ");
		break;
	}
	buf_add_text(out, what->text);
}

void shown_clean(const char *bytes, size_t len, struct buf *out)
{
	static const char replacement[] = "\xEF\xBF\xBD";
	while (len > 0) {
		size_t good = utf8_valid_length(bytes, len);
		text_add_shown(out, bytes, good);
		bytes += good;
		len -= good;
		if (len > 0) {
			buf_add_text(out, replacement);
			bytes++;
			len--;
		}
	}
	buf_add(out, "", 0);
}
