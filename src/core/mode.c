#include "core/mode.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

const struct mode modes[MODE_COUNT] = {
	{ 'q', MODE_RANK, RANK_OWNER, '~' },
	{ 'a', MODE_RANK, RANK_ADMIN, '&' },
	{ 'o', MODE_RANK, RANK_OPERATOR, '@' },
	{ 'h', MODE_RANK, RANK_HALFOP, '%' },
	{ 'v', MODE_RANK, RANK_VOICE, '+' },
	{ 'b', MODE_LIST, 0, 0 },
	{ 'e', MODE_LIST, 0, 0 },
	{ 'I', MODE_LIST, 0, 0 },
	{ 'k', MODE_KEY, 0, 0 },
	{ 'l', MODE_LIMIT, 0, 0 },
	{ 'f', MODE_FORWARD, 0, 0 },
	{ 'd', MODE_SLOW, 0, 0 },
	{ 'C', MODE_FLAG, ROOM_NO_CTCP, 0 },
	{ 'M', MODE_FLAG, ROOM_ACCOUNTS_SPEAK, 0 },
	{ 'N', MODE_FLAG, ROOM_NICKS_STAY, 0 },
	{ 'R', MODE_FLAG, ROOM_ACCOUNTS_ENTER, 0 },
	{ 'T', MODE_FLAG, ROOM_NO_NOTICE, 0 },
	{ 'c', MODE_FLAG, ROOM_NO_COLOURS, 0 },
	{ 'i', MODE_FLAG, ROOM_INVITE_ONLY, 0 },
	{ 'm', MODE_FLAG, ROOM_MODERATED, 0 },
	{ 'n', MODE_FLAG, ROOM_NO_OUTSIDE, 0 },
	{ 'r', MODE_FLAG, ROOM_REGISTERED, 0 },
	{ 's', MODE_FLAG, ROOM_SECRET, 0 },
	{ 't', MODE_FLAG, ROOM_TOPIC_LOCKED, 0 },
	{ 'z', MODE_FLAG, ROOM_SECURE, 0 },
};

const struct mode *mode_find(char letter)
{
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (modes[i].letter == letter)
			return &modes[i];
	return NULL;
}

unsigned mode_rank_of(char prefix)
{
	for (size_t i = 0; i < RANK_COUNT; i++)
		if (modes[i].prefix == prefix)
			return modes[i].bit;
	return 0;
}

bool mode_takes_arg(const struct mode *m, bool on)
{
	switch (m->kind) {
	case MODE_RANK:
	case MODE_LIST:
	case MODE_KEY:
		return true;
	case MODE_LIMIT:
	case MODE_FORWARD:
	case MODE_SLOW:
		return on;
	case MODE_FLAG:
		break;
	}
	return false;
}

void mode_text(const struct mode_change *changes, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || changes[i].on != changes[i - 1].on)
			buf_add_text(out, changes[i].on ? "+" : "-");
		buf_add(out, &changes[i].mode->letter, 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (!mode_takes_arg(changes[i].mode, changes[i].on))
			continue;
		/* Or the arguments behind it would go to the wrong letters when it is read back. */
		assert(*changes[i].arg && !strchr(changes[i].arg, ' '));
		buf_printf(out, " %s", changes[i].arg);
	}
}

size_t mode_parse(char *text, struct mode_change *changes, size_t max)
{
	const char *args[MODE_CHANGES_MAX], *word;
	char *rest = NULL, letter;
	const char *letters = strtok_r(text, " ", &rest);
	struct mode_reader r = { .letters = letters ? letters : "", .args = args, .on = true };
	while (r.arg_count < MODE_CHANGES_MAX && (word = strtok_r(NULL, " ", &rest)))
		args[r.arg_count++] = word;

	size_t count = 0;
	enum mode_read what;
	while (count < max && count < MODE_CHANGES_MAX &&
	       (what = mode_read(&r, &changes[count], &letter)) != MODE_READ_END)
		count += what == MODE_READ_CHANGE;
	return count;
}

/* The whole character, or the rest of it would be more unknown letters. */
static char take_letter(struct mode_reader *r)
{
	char letter = *r->letters++;
	while (((unsigned char)*r->letters & 0xC0) == 0x80)
		r->letters++;
	return letter > ' ' && letter < 0x7F && letter != ':' ? letter : '?';
}

static const char *take_arg(struct mode_reader *r)
{
	if (r->arg_count == 0)
		return "";
	r->arg_count--;
	return *r->args++;
}

enum mode_read mode_read(struct mode_reader *r, struct mode_change *ret, char *ret_letter)
{
	for (; *r->letters == '+' || *r->letters == '-'; r->letters++)
		r->on = *r->letters == '+';
	if (!*r->letters)
		return MODE_READ_END;
	*ret_letter = take_letter(r);
	*ret = (struct mode_change){ .on = r->on, .mode = mode_find(*ret_letter), .arg = "" };
	if (!ret->mode)
		return MODE_READ_UNKNOWN;
	if (!mode_takes_arg(ret->mode, ret->on))
		return MODE_READ_CHANGE;
	ret->arg = take_arg(r);
	/* Some programs send the key, others anything: a wrong one keeps no operator from it. */
	if (ret->mode->kind == MODE_KEY && !ret->on)
		ret->arg = "*";
	if (*ret->arg)
		return MODE_READ_CHANGE;
	return ret->mode->kind == MODE_LIST ? MODE_READ_LIST : MODE_READ_MISSING;
}

bool mode_key_valid(const char *key)
{
	size_t len = strlen(key);
	if (len == 0 || len > KEY_BYTES_MAX || *key == ':' || !utf8_valid(key, len))
		return false;
	for (const unsigned char *at = (const unsigned char *)key; *at; at++) {
		bool is_c1 = at[0] == 0xC2 && at[1] < 0xA0;
		if (*at <= ' ' || *at == 0x7F || *at == ',' || is_c1)
			return false;
	}
	return true;
}

bool mode_number_parse(const char *text, unsigned max, unsigned *ret)
{
	unsigned number = 0;
	for (const char *at = text; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		number = number * 10 + (unsigned)(*at - '0');
		if (number > max)
			return false;
	}
	if (number == 0)
		return false;
	*ret = number;
	return true;
}
