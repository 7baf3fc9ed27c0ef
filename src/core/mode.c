#include "core/mode.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

const struct mode modes[MODE_COUNT] = {
	/* https://modern.ircdocs.horse/#founder-prefix
	 * Owner: whom nobody but owners puts out. Owners give it. */
	{ 'q', MODE_RANK, RANK_OWNER, '~' },
	/* https://modern.ircdocs.horse/#protected-prefix
	 * Admin: whom only admins and owners put out. Owners give it. */
	{ 'a', MODE_RANK, RANK_ADMIN, '&' },
	/* https://modern.ircdocs.horse/#operator-prefix
	 * Operator: all modes, h, o and v, the name. Anybody may give up a rank of his own. */
	{ 'o', MODE_RANK, RANK_OPERATOR, '@' },
	/* https://modern.ircdocs.horse/#halfop-prefix
	 * Halfop: v, b, e, I, the topic, invitations; kicks halfops and those below. */
	{ 'h', MODE_RANK, RANK_HALFOP, '%' },
	/* https://modern.ircdocs.horse/#voice-prefix
	 * Speaks where m, M, d or a ban would keep one from it. */
	{ 'v', MODE_RANK, RANK_VOICE, '+' },
	/* https://modern.ircdocs.horse/#ban-channel-mode
	 * Keeps out, and silences who is there without a rank. The list is for all who see the
	 * room. */
	{ 'b', MODE_LIST, 0, 0 },
	/* https://modern.ircdocs.horse/#ban-exception-channel-mode
	 * The list is for halfops and above. */
	{ 'e', MODE_LIST, 0, 0 },
	/* https://modern.ircdocs.horse/#invite-exception-channel-mode
	 * Passes i, and nothing else. The list is for halfops and above. */
	{ 'I', MODE_LIST, 0, 0 },
	/* https://modern.ircdocs.horse/#key-channel-mode
	 * 1 to 23 bytes without space, comma or control, no colon in front; else 696. -k takes any
	 * word, or none, for the key. */
	{ 'k', MODE_KEY, 0, 0 },
	/* https://modern.ircdocs.horse/#client-limit-channel-mode
	 * 1 to 1000000; else 696. */
	{ 'l', MODE_LIMIT, 0, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Who is kept out by b i k l R goes to that room instead (470), once: nothing leads on
	 * from there. Whoever sets it is an operator there, too (482), and somebody must be there
	 * (696). */
	{ 'f', MODE_FORWARD, 0, 0 },
	/* Slow mode, 1 to 3600: a member without a rank says one thing in so many seconds (404
	 * says how long it still takes). Of who speaks from outside, all that he says anywhere
	 * counts. Not the delayed joining that other servers have under this letter. */
	{ 'd', MODE_SLOW, 0, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * No CTCP but ACTION, from nobody but server operators: 404; a NOTICE is never answered. */
	{ 'C', MODE_FLAG, ROOM_NO_CTCP, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Only who is logged in speaks, or has a rank: 404. */
	{ 'M', MODE_FLAG, ROOM_ACCOUNTS_SPEAK, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Who has no rank keeps his nick while he is there: 447. */
	{ 'N', MODE_FLAG, ROOM_NICKS_STAY, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Only who is logged in enters: 477. */
	{ 'R', MODE_FLAG, ROOM_ACCOUNTS_ENTER, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * No notices but server operators' (and those have no answer). */
	{ 'T', MODE_FLAG, ROOM_NO_NOTICE, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * No formatting at all, from nobody but server operators: 404. Nothing is taken out. */
	{ 'c', MODE_FLAG, ROOM_NO_COLOURS, 0 },
	/* https://modern.ircdocs.horse/#invite-only-channel-mode */
	{ 'i', MODE_FLAG, ROOM_INVITE_ONLY, 0 },
	/* https://modern.ircdocs.horse/#moderated-channel-mode
	 * Who has a rank speaks: 404. */
	{ 'm', MODE_FLAG, ROOM_MODERATED, 0 },
	/* https://modern.ircdocs.horse/#no-external-messages-mode
	 * 404. */
	{ 'n', MODE_FLAG, ROOM_NO_OUTSIDE, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Registered: only the server sets it (468). */
	{ 'r', MODE_FLAG, ROOM_REGISTERED, 0 },
	/* https://modern.ircdocs.horse/#secret-channel-mode
	 * As if it were not there, to all but members: LIST, NAMES, WHO, WHOIS; MODE and TOPIC say
	 * 442. */
	{ 's', MODE_FLAG, ROOM_SECRET, 0 },
	/* https://modern.ircdocs.horse/#protected-topic-mode
	 * Halfops and above. */
	{ 't', MODE_FLAG, ROOM_TOPIC_LOCKED, 0 },
	/* https://defs.ircdocs.horse/defs/chanmodes.html
	 * Only who is connected in TLS enters (489). Cannot be set while somebody else is there
	 * (490). */
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
