/* mode.h: the modes of a room: which there are, and changes of them as text.
 *
 * A text has IRC's form, "+ov-k 老李 小王 *": letters behind their signs, then the arguments of those
 * that take one, in the same order. What they mean: https://modern.ircdocs.horse/#channel-modes */
#ifndef TEAHOUSE_CORE_MODE_H
#define TEAHOUSE_CORE_MODE_H

#include "base/buf.h"
#include "base/limits.h"

#include <stdbool.h>

enum mode_kind {
	MODE_RANK,    /* q a o h v: of a member; the argument is his nick */
	MODE_LIST,    /* b e I: the argument is a mask */
	MODE_KEY,     /* k: has an argument both ways, which says nothing when it is taken off */
	MODE_LIMIT,   /* l: an argument when set, as the next two */
	MODE_FORWARD, /* f: the name of another room */
	MODE_SLOW,    /* d: seconds */
	MODE_FLAG,    /* all others: no argument */
};

/* Flags of a room. */
enum room_flag {
	ROOM_INVITE_ONLY = BIT(0),    /* i */
	ROOM_MODERATED = BIT(1),      /* m: only who has a rank speaks */
	ROOM_NO_OUTSIDE = BIT(2),     /* n: only members speak */
	ROOM_SECRET = BIT(3),         /* s */
	ROOM_TOPIC_LOCKED = BIT(4),   /* t */
	ROOM_NO_CTCP = BIT(5),        /* C: but for ACTION */
	ROOM_ACCOUNTS_SPEAK = BIT(6), /* M: only who is logged in speaks */
	ROOM_NICKS_STAY = BIT(7),     /* N */
	ROOM_ACCOUNTS_ENTER = BIT(8), /* R: only who is logged in comes in */
	ROOM_NO_NOTICE = BIT(9),      /* T */
	ROOM_NO_COLOURS = BIT(10),    /* c: no formatting at all */
	ROOM_REGISTERED = BIT(11),    /* r: only the server sets it */
	ROOM_SECURE = BIT(12),        /* z: everybody is connected in TLS */
	ROOM_FLAGS_ALL = BIT(13) - 1,
};

/* Flags of a member. The higher bit is the higher rank. */
enum rank {
	RANK_VOICE = BIT(0),
	RANK_HALFOP = BIT(1),
	RANK_OPERATOR = BIT(2),
	RANK_ADMIN = BIT(3),
	RANK_OWNER = BIT(4),
};

#define RANK_COUNT 5

struct mode {
	char letter;
	enum mode_kind kind;
	unsigned bit; /* a room_flag or a rank; 0: of another kind */
	char prefix;  /* of a rank, before his nick, such as '@' */
};

#define MODE_COUNT 25

/* By kind, the highest rank first. */
extern const struct mode modes[MODE_COUNT];

/* NULL: there is none. */
const struct mode *mode_find(char letter);

/* The rank with this prefix; 0: there is none. */
unsigned mode_rank_of(char prefix);

/* Does a change of m take an argument? */
bool mode_takes_arg(const struct mode *m, bool on);

struct mode_change {
	bool on; /* set, not taken off */
	const struct mode *mode;
	const char *arg; /* one word; "" if it takes none */
};

/* Adds the text of these changes, in their order and with as few signs as that allows. */
void mode_text(const struct mode_change *changes, size_t count, struct buf *out);

/* Reads such a text back. It is changed, and the changes point into it. Returns how many they are,
 * at most max and MODE_CHANGES_MAX; what is unknown or lacks its argument is passed over. */
size_t mode_parse(char *text, struct mode_change *changes, size_t max);

/* What somebody asks for, read change by change. There may be any number of letters. */
struct mode_reader {
	const char *letters; /* signs too; what is left of them */
	const char *const *args;
	size_t arg_count;
	bool on; /* true to begin with */
};

enum mode_read {
	MODE_READ_END,
	MODE_READ_CHANGE,  /* its argument is as it was sent: nobody has checked it */
	MODE_READ_LIST,    /* a list without a mask: he wants to see it */
	MODE_READ_UNKNOWN, /* no such letter; ret->mode is NULL */
	MODE_READ_MISSING, /* there is no argument left, or an empty one */
};

/* Fills ret and *ret_letter unless it is the end. *ret_letter can be sent to anybody: it is '?' for
 * a character beyond ASCII, a control, a space or a colon. The argument of -k is always "*". */
enum mode_read mode_read(struct mode_reader *r, struct mode_change *ret, char *ret_letter);

/* 1 to KEY_BYTES_MAX bytes of UTF-8 without spaces, controls and commas, and no colon in front. */
bool mode_key_valid(const char *key);

/* text is digits, from 1 to max (10^8 at most). *ret is untouched if it is not. */
MUST_USE bool mode_number_parse(const char *text, unsigned max, unsigned *ret);

#endif
