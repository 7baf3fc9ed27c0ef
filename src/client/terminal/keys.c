#include "client/terminal/keys.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

#define ESC 0x1B
#define BEL 0x07
#define CANCEL 0x18
#define SUBSTITUTE 0x1A
#define DEL 0x7F

static const char paste_end[] = "\x1b[201~";

void keys_init(struct keys *k, void (*on_key)(const struct key *key, void *ctx), void *ctx)
{
	*k = (struct keys){ .on_key = on_key, .ctx = ctx };
}

/* Text */

static void hand_on_text(struct keys *k)
{
	size_t len = k->run_len;
	k->run_len = 0;
	if (len > 0)
		k->on_key(&(struct key){ KEY_TEXT, k->run, len }, k->ctx);
}

static void hand_on(struct keys *k, enum key_code code)
{
	hand_on_text(k);
	k->on_key(&(struct key){ code, NULL, 0 }, k->ctx);
}

static void add_character(struct keys *k, const char *bytes, size_t len)
{
	if (k->run_len + len > sizeof(k->run))
		hand_on_text(k);
	memcpy(k->run + k->run_len, bytes, len);
	k->run_len += len;
}

/* U+0080 to U+009F: controls in two bytes. */
static bool is_c1(const char *character, size_t len)
{
	return len == 2 && (unsigned char)character[0] == 0xC2 &&
	       (unsigned char)character[1] < 0xA0;
}

/* A byte of a character that is not ASCII. What can no longer become one is dropped. */
static void take_part(struct keys *k, char byte)
{
	k->character[k->character_len++] = byte;
	if (utf8_unfinished(k->character, k->character_len) == k->character_len)
		return;
	size_t len = k->character_len;
	k->character_len = 0;
	if (utf8_valid(k->character, len)) {
		if (!is_c1(k->character, len))
			add_character(k, k->character, len);
	} else if (len > 1) {
		take_part(k, byte); /* it may begin the next one */
	}
}

/* Sequences */

/* What the keyboard sends as ESC, perhaps "[", perhaps numbers, and a last letter. */
static const struct final {
	char letter;
	enum key_code alone, modified; /* by Alt or Ctrl */
} finals[] = {
	{ 'A', KEY_UP, KEY_UP },       { 'B', KEY_DOWN, KEY_DOWN }, { 'C', KEY_RIGHT, KEY_ALT_F },
	{ 'D', KEY_LEFT, KEY_ALT_B },  { 'H', KEY_HOME, KEY_HOME }, { 'F', KEY_END, KEY_END },
	{ 'M', KEY_ENTER, KEY_ENTER }, /* of the keypad, SS3 only */
};

/* "ESC [ number ~". */
static const struct numbered {
	unsigned number;
	enum key_code alone, modified;
} numbereds[] = {
	{ 1, KEY_HOME, KEY_HOME }, { 7, KEY_HOME, KEY_HOME },    { 4, KEY_END, KEY_END },
	{ 8, KEY_END, KEY_END },   { 3, KEY_DELETE, KEY_ALT_D },
};

static void run_final(struct keys *k, char letter, bool modified)
{
	for (size_t i = 0; i < ARRAY_LEN(finals); i++)
		if (finals[i].letter == letter)
			hand_on(k, modified ? finals[i].modified : finals[i].alone);
}

static void run_numbered(struct keys *k, unsigned number, bool modified)
{
	if (number == 200) {
		k->pasting = true;
		k->end_len = 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(numbereds); i++)
		if (numbereds[i].number == number)
			hand_on(k, modified ? numbereds[i].modified : numbereds[i].alone);
}

/* The number at *at, and what ends it, passed over. Anything big is as unknown as 9999. */
static unsigned take_number(const char **at)
{
	unsigned number = 0;
	for (; **at >= '0' && **at <= '9'; ++*at)
		if (number < 1000)
			number = number * 10 + (unsigned)(**at - '0');
	if (**at == ';')
		++*at;
	return number;
}

/* xterm's modifiers: one more than Shift 1, Alt 2, Ctrl 4. */
static bool is_modified(unsigned modifier)
{
	return modifier > 1 && ((modifier - 1) & 6) != 0;
}

static void end_csi(struct keys *k, char letter)
{
	k->state = KEYS_GROUND;
	if (k->sequence_len >= sizeof(k->sequence))
		return;
	k->sequence[k->sequence_len] = '\0';
	const char *at = k->sequence;
	unsigned number = take_number(&at);
	unsigned modifier = take_number(&at);
	if (*at)
		return; /* private, or with a third number: not a key we know */
	if (letter == '~')
		run_numbered(k, number, is_modified(modifier));
	else if (letter != 'M')
		run_final(k, letter, is_modified(modifier));
}

static void take_ground(struct keys *k, char byte);

static void take_csi(struct keys *k, char byte)
{
	if (k->sequence_len == 0 && byte == '[') {
		k->state = KEYS_CONSOLE;
	} else if (byte >= 0x20 && byte < 0x40) {
		if (k->sequence_len < sizeof(k->sequence))
			k->sequence[k->sequence_len++] = byte;
	} else if (byte >= 0x40 && byte < DEL) {
		end_csi(k, byte);
	} else {
		k->state = KEYS_GROUND; /* broken off */
		take_ground(k, byte);
	}
}

static void take_ss3(struct keys *k, char byte)
{
	if (byte >= '0' && byte <= '9')
		return; /* a modifier, as some old terminals send it */
	k->state = KEYS_GROUND;
	if (byte >= 0x20 && byte < DEL)
		run_final(k, byte, false);
	else
		take_ground(k, byte);
}

static void take_string(struct keys *k, char byte)
{
	if (byte == BEL || byte == CANCEL || byte == SUBSTITUTE ||
	    (k->state == KEYS_STRING_ESC && byte == '\\'))
		k->state = KEYS_GROUND;
	else
		k->state = byte == ESC ? KEYS_STRING_ESC : KEYS_STRING;
}

/* After ESC: a sequence, a key held with Alt, or two keys. */
static void take_esc(struct keys *k, char byte)
{
	k->state = KEYS_GROUND;
	switch (byte) {
	case '[':
		k->state = KEYS_CSI;
		k->sequence_len = 0;
		return;
	case 'O':
		k->state = KEYS_SS3;
		return;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		k->state = KEYS_STRING;
		return;
	case 'b':
	case 'B':
		hand_on(k, KEY_ALT_B);
		return;
	case 'd':
	case 'D':
		hand_on(k, KEY_ALT_D);
		return;
	case 'f':
	case 'F':
		hand_on(k, KEY_ALT_F);
		return;
	case 'y':
	case 'Y':
		hand_on(k, KEY_ALT_Y);
		return;
	case '\r':
	case '\n':
		hand_on(k, KEY_ALT_ENTER);
		return;
	case DEL:
	case '\b':
		hand_on(k, KEY_ALT_BACKSPACE);
		return;
	default:
		if (byte >= 0x20 && byte < DEL)
			return; /* Alt with a key that means nothing */
		hand_on(k, KEY_ESCAPE);
		take_ground(k, byte);
	}
}

/* Keys of one byte: 0: none. KEY_TEXT is 0 and never one of them. */
static const enum key_code controls[0x20] = {
	[0x01] = KEY_CTRL_A, [0x02] = KEY_CTRL_B, [0x03] = KEY_CTRL_C,    [0x04] = KEY_CTRL_D,
	[0x05] = KEY_CTRL_E, [0x06] = KEY_CTRL_F, [0x08] = KEY_BACKSPACE, [0x09] = KEY_TAB,
	[0x0A] = KEY_ENTER,  [0x0B] = KEY_CTRL_K, [0x0C] = KEY_CTRL_L,    [0x0D] = KEY_ENTER,
	[0x0E] = KEY_CTRL_N, [0x10] = KEY_CTRL_P, [0x14] = KEY_CTRL_T,    [0x15] = KEY_CTRL_U,
	[0x17] = KEY_CTRL_W, [0x19] = KEY_CTRL_Y, [0x1A] = KEY_CTRL_Z,
};

static void take_ground(struct keys *k, char byte)
{
	if ((unsigned char)byte >= 0x80) {
		take_part(k, byte);
		return;
	}
	k->character_len = 0;
	if (byte == ESC)
		k->state = KEYS_ESC;
	else if (byte == DEL)
		hand_on(k, KEY_BACKSPACE);
	else if (byte >= 0x20)
		add_character(k, &byte, 1);
	else if (controls[(unsigned char)byte])
		hand_on(k, controls[(unsigned char)byte]);
}

/* Pasting: everything is text, to the end mark. */
static void take_pasted(struct keys *k, char byte)
{
	if (byte == paste_end[k->end_len]) {
		k->character_len = 0;
		k->after_cr = false;
		k->end_len++;
		if (paste_end[k->end_len] == '\0')
			k->pasting = false;
		return;
	}
	if (k->end_len > 0) {
		/* It was no end mark: its ESC is dropped as any control, the rest is text. */
		add_character(k, paste_end + 1, k->end_len - 1);
		k->end_len = 0;
		take_pasted(k, byte);
		return;
	}
	bool after_cr = k->after_cr;
	k->after_cr = byte == '\r';
	if ((unsigned char)byte >= 0x80) {
		take_part(k, byte);
		return;
	}
	k->character_len = 0;
	if (byte == '\r' || (byte == '\n' && !after_cr))
		hand_on(k, KEY_PASTED_NEWLINE);
	else if (byte == '\t')
		add_character(k, " ", 1);
	else if (byte >= 0x20 && byte != DEL)
		add_character(k, &byte, 1);
}

static void take(struct keys *k, char byte)
{
	if (k->pasting) {
		take_pasted(k, byte);
		return;
	}
	switch (k->state) {
	case KEYS_GROUND:
		take_ground(k, byte);
		break;
	case KEYS_ESC:
		take_esc(k, byte);
		break;
	case KEYS_CSI:
		take_csi(k, byte);
		break;
	case KEYS_SS3:
		take_ss3(k, byte);
		break;
	case KEYS_CONSOLE:
		k->state = KEYS_GROUND;
		break;
	case KEYS_STRING:
	case KEYS_STRING_ESC:
		take_string(k, byte);
		break;
	}
}

void keys_feed(struct keys *k, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		take(k, bytes[i]);
	hand_on_text(k);
}

int keys_wait_ms(const struct keys *k)
{
	if (k->pasting)
		return KEYS_PASTE_WAIT_MS;
	return k->state == KEYS_GROUND ? -1 : KEYS_WAIT_MS;
}

void keys_flush(struct keys *k)
{
	bool lone = k->state == KEYS_ESC;
	if (k->pasting && k->end_len > 0)
		add_character(k, paste_end + 1, k->end_len - 1);
	k->state = KEYS_GROUND;
	k->pasting = k->after_cr = false;
	k->end_len = 0;
	if (lone)
		hand_on(k, KEY_ESCAPE);
	hand_on_text(k);
}
