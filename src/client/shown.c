#include "client/shown.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

struct formatting {
	const struct shown *what;
	enum lang lang;
	enum colour_depth depth;
	struct buf *out;
};

static void add_time(const struct formatting *f)
{
	time_t then = (time_t)(f->what->time_ms / 1000), now = time(NULL);
	struct tm then_tm, now_tm;
	char text[32];
	localtime_r(&then, &then_tm);
	localtime_r(&now, &now_tm);
	bool today = then_tm.tm_yday == now_tm.tm_yday && then_tm.tm_year == now_tm.tm_year;
	strftime(text, sizeof(text), today ? "%H:%M" : "%m-%d %H:%M", &then_tm);
	colour_add_faint(f->out, f->depth, text, strlen(text));
	buf_add(f->out, " ", 1);
}

static void add_nick(const struct formatting *f, const char *after)
{
	colour_add_nick(f->out, f->depth, f->what->nick, strlen(f->what->nick));
	buf_add_text(f->out, after);
}

static void add_private(const struct formatting *f)
{
	if (f->what->own)
		buf_printf(f->out, words_of(f->lang, WORDS_PRIVATE_TO), f->what->nick);
	else
		buf_add_text(f->out, words_of(f->lang, WORDS_PRIVATE));
}

static void add_speaker(const struct formatting *f)
{
	bool named = !(f->what->private && f->what->own);
	switch (f->what->kind) {
	case SHOWN_MESSAGE:
		if (named)
			add_nick(f, ": ");
		return;
	case SHOWN_ACTION:
		buf_add_text(f->out, "* ");
		if (named)
			add_nick(f, " ");
		return;
	case SHOWN_NOTICE:
		buf_add_text(f->out, "-");
		add_nick(f, "- ");
		return;
	case SHOWN_EVENT:
	case SHOWN_INFO:
	case SHOWN_ERROR:
		return;
	}
}

/* Does somebody else say me? As a whole word, where words have ends. */
static bool says(const struct shown *what, const char *me)
{
	const char *at = what->text;
	size_t len = strlen(me);
	while (len > 0 && !what->own && (at = strcasestr(at, me))) {
		bool begins = at == what->text || !isalnum((unsigned char)at[-1]);
		if (begins && !isalnum((unsigned char)at[len]))
			return true;
		at += len;
	}
	return false;
}

static void add_text(const struct formatting *f, const char *me)
{
	const struct shown *what = f->what;
	size_t len = strlen(what->text);
	switch (what->kind) {
	case SHOWN_MESSAGE:
	case SHOWN_ACTION:
	case SHOWN_NOTICE:
		if (says(what, me))
			colour_add_strong(f->out, f->depth, what->text, len);
		else
			buf_add(f->out, what->text, len);
		return;
	case SHOWN_EVENT:
	case SHOWN_INFO:
		buf_add_text(f->out, "-- ");
		colour_add_faint(f->out, f->depth, what->text, len);
		return;
	case SHOWN_ERROR:
		buf_add_text(f->out, "!! ");
		colour_add_strong(f->out, f->depth, what->text, len);
		return;
	}
}

void shown_format(const struct shown *what, const char *here, const char *me, enum lang lang,
		  enum colour_depth depth, struct buf *out)
{
	const struct formatting f = { what, lang, depth, out };
	add_time(&f);
	if (what->room[0] && strcmp(what->room, here) != 0)
		buf_printf(out, "[%s] ", what->room);
	if (what->private)
		add_private(&f);
	add_speaker(&f);
	add_text(&f, me);
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
