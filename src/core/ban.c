#include "core/ban.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* What stands in front of a ban. */
enum extban {
	EXTBAN_NONE, /* it is a mask */
	EXTBAN_ACCOUNT,
	EXTBAN_MUTE,
	EXTBAN_REAL,
	EXTBAN_TIMED,
	EXTBAN_UNKNOWN,
};

/* clang-format off */
static const struct {
	const char *name; /* behind the "~" */
	enum extban what;
} names[] = {
	/* https://ircv3.net/specs/extensions/account-extban
	 * Who is logged in to it; wildcards may be in it, and ~a:* is anybody who is logged in. */
	{ "a", EXTBAN_ACCOUNT },
	/* https://ircv3.net/specs/extensions/account-extban
	 * The same; shown as ~a. */
	{ "account", EXTBAN_ACCOUNT },
	/* Whom the rest means may not speak, and that is all; in e: may speak. Once, behind ~t. */
	{ "m", EXTBAN_MUTE },
	/* A real name, with wildcards; _ stands for a space, too. */
	{ "r", EXTBAN_REAL },
	/* ~t:60: the same as the rest, and the server takes it off after so many minutes, up to a
	 * year. First of all. */
	{ "t", EXTBAN_TIMED },
};
/* clang-format on */

/* *rest is what stands behind it. "~tea@house" is a mask: its "~" is of a user name. */
static enum extban extban_of(const char *mask, const char **rest)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = mask[0] == '~' ? strspn(mask + 1, letters) : 0;
	*rest = mask;
	if (mask[0] != '~' || mask[1 + len] != ':')
		return EXTBAN_NONE;
	*rest = mask + len + 2;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i].name) == len && strncmp(names[i].name, mask + 1, len) == 0)
			return names[i].what;
	return EXTBAN_UNKNOWN;
}

/* "60:…"; 0: it is none. *rest is what stands behind it, if it is one. */
static unsigned take_minutes(const char *text, const char **rest)
{
	unsigned minutes = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9' && minutes <= BAN_MINUTES_MAX; at++)
		minutes = minutes * 10 + (unsigned)(*at - '0');
	if (*at != ':' || minutes > BAN_MINUTES_MAX)
		return 0;
	*rest = at + 1;
	return minutes;
}

/* ---- as it is written ---- */

/* What may stand before others, once and in this order: adds it to out, and moves *mask behind it. */
static bool complete_front(const char **mask, struct buf *out)
{
	const char *rest;
	if (extban_of(*mask, &rest) == EXTBAN_TIMED) {
		unsigned minutes = take_minutes(rest, mask);
		if (minutes == 0)
			return false;
		buf_printf(out, "~t:%u:", minutes);
	}
	if (extban_of(*mask, &rest) == EXTBAN_MUTE) {
		buf_add_text(out, "~m:");
		*mask = rest;
	}
	return true;
}

/* What it is about in the end. */
static bool complete_end(const char *mask, struct buf *out)
{
	char plain[MASK_SIZE];
	const char *rest;
	switch (extban_of(mask, &rest)) {
	case EXTBAN_NONE:
		if (!mask_complete(rest, plain))
			return false;
		buf_add_text(out, plain);
		return true;
	case EXTBAN_ACCOUNT:
		buf_printf(out, "~a:%s", rest);
		return rest[0];
	case EXTBAN_REAL:
		buf_printf(out, "~r:%s", rest);
		return rest[0];
	case EXTBAN_MUTE:
	case EXTBAN_TIMED:
	case EXTBAN_UNKNOWN:
		break;
	}
	return false;
}

bool ban_complete(const char *mask, char out[MASK_SIZE])
{
	struct buf text = { 0 };
	bool ok = mask_is_word(mask) && complete_front(&mask, &text) && complete_end(mask, &text) &&
		  text.len <= MASK_BYTES_MAX;
	if (ok)
		memcpy(out, text.bytes, text.len + 1);
	buf_done(&text);
	return ok;
}

/* ---- whom it means ---- */

struct person person_of(const struct user *u)
{
	struct person p = { .account = user_account(u) };
	user_source(u, p.source);
	size_t len = utf8_cut(u->real, strlen(u->real), REAL_BYTES_MAX);
	memcpy(p.real, u->real, len);
	for (char *at = p.real; *at; at++)
		if (*at == ' ')
			*at = '_';
	return p;
}

bool ban_means(const char *mask, const struct person *p, enum ban_purpose what)
{
	const char *rest;
	for (;;) {
		switch (extban_of(mask, &rest)) {
		case EXTBAN_NONE:
			return mask_match(mask, p->source);
		case EXTBAN_ACCOUNT:
			return p->account[0] && mask_match(rest, p->account);
		case EXTBAN_REAL:
			return mask_match(rest, p->real);
		case EXTBAN_MUTE:
			if (what != BAN_SPEAK)
				return false;
			mask = rest;
			break;
		case EXTBAN_TIMED:
			if (take_minutes(rest, &mask) == 0)
				return false;
			break;
		case EXTBAN_UNKNOWN: /* another version of the server wrote it */
			return false;
		}
	}
}

unsigned ban_minutes(const char *mask)
{
	const char *rest, *behind;
	return extban_of(mask, &rest) == EXTBAN_TIMED ? take_minutes(rest, &behind) : 0;
}
