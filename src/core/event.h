/* event.h: what happens in the chat, as members see it.
 *
 * An event is one allocation, strings included, and counted. Whoever makes one fills it in; once it
 * has been applied it is shared between threads and nobody changes it. event_ref() and event_unref()
 * are safe on any thread; everything else about an event that is not yet shared belongs to its
 * thread. Strings are valid UTF-8, NUL-terminated, never NULL ("" when there is nothing to say). */
#ifndef TEAHOUSE_CORE_EVENT_H
#define TEAHOUSE_CORE_EVENT_H

#include "base/base.h"

#include <stdatomic.h>
#include <stdbool.h>

struct place;

enum event_kind {
	/* Stored: shown to nobody before they are on disk. These numbers are in databases. */
	EVENT_MESSAGE = 1,
	EVENT_ACTION = 2, /* "/me waves" */
	EVENT_NOTICE = 3,
	EVENT_REACTION = 4, /* tags and nothing else, to be kept: how somebody likes what was said */
	/* Changes: the rest of their room waits for them. */
	EVENT_TOPIC = 16,
	EVENT_KICK = 17,   /* to_nick is out; text: why */
	EVENT_MODE = 18,   /* text: "+o-v 老李 小王", see core/mode.h */
	EVENT_REDACT = 20, /* what has about_id is no more; text: why */
	EVENT_RENAME = 21, /* the room is to_nick from now on, whose key is to_key; text: why */
	EVENT_SEAL =
		19, /* nobody sees any longer what was said before it; members are shown nothing */
	EVENT_METADATA = 22, /* text: a change, see core/metadata.h */
	/* Of no room, and shown to nobody. to_nick: whose account; text: its record, see
	 * core/account_record.h, or "": it is dropped; tags: the hash of the voucher it uses up; to_key:
	 * what of its metadata changes. */
	EVENT_ACCOUNT = 23,
	EVENT_VOUCHER = 25, /* likewise. to_nick: its hash; text: when it expires; core/voucher.h */
	EVENT_MARK = 24, /* likewise. He has read to_nick (to_key) up to text, in ms; core/marks.h */
	/* Not stored: decided and applied in one step. */
	EVENT_JOIN = 64,
	EVENT_PART = 65,
	EVENT_QUIT = 66,
	EVENT_NICK = 67,
	EVENT_CROWD = 68,  /* many entered or left at once: how many were not shown one by one */
	EVENT_AWAY = 69,   /* text: why; "": back again */
	EVENT_NAME = 70,   /* text: a new real name */
	EVENT_INVITE = 71, /* to one, into room_name */
	EVENT_TAGS = 72,   /* tags and nothing else, such as "is typing" */
	EVENT_CTCP = 73,   /* from one program to another: text has its \x01s */
	EVENT_CTCP_REPLY = 74,
	EVENT_WALLOPS = 75, /* of an operator, to all who want to hear it */
	EVENT_HOST = 76,    /* text: a new host; from has the old one */
	EVENT_LOGIN = 77,   /* text: the account he logged in to; "": he logged out. from: before */
	EVENT_INVITED = 78, /* to_nick was invited into room_name: told to its members */
	/* He has another host, for protocols that do not know EVENT_HOST: he comes back into room_name.
	 * text: his real name; to_nick: his ranks there, as EVENT_MODE has them. */
	EVENT_RETURN = 81,
	EVENT_KNOCK = 79, /* would like to be invited into room_name; text: why */
	EVENT_SERVER_NOTICE =
		80, /* to to_nick, who is an operator; from has the server's name alone */
	EVENT_CALLER =
		83, /* whom to_nick does not accept would talk to him: he is told of that alone */
	EVENT_KILL = 82,  /* by an operator, of to_nick, who alone is told; text: why */
	EVENT_ABOUT = 84, /* metadata of to_nick; text: a change, see core/metadata.h */
};

/* Why something cannot be. The handlers of a protocol put it into words. */
enum refusal {
	REFUSED_NOT, /* all is well */
	REFUSED_NICK_INVALID,
	REFUSED_NICK_TAKEN,    /* or too like one that is in use */
	REFUSED_NICK_RESERVED, /* or too like one that is: an account's, or a service's */
	REFUSED_ROOM_INVALID,
	REFUSED_NO_SUCH_ROOM,
	REFUSED_NO_SUCH_NICK,
	REFUSED_NO_SUCH_MESSAGE,
	REFUSED_NOT_IN_ROOM,
	REFUSED_TOO_MANY_ROOMS,    /* of this user */
	REFUSED_NO_ROOM_FOR_ROOMS, /* limits.rooms */
	REFUSED_TOO_LONG,
	REFUSED_NOT_OPERATOR,
	REFUSED_SPEECH, /* the room's modes, or a ban, let him say nothing; the next ones: not that */
	REFUSED_GUEST,   /* without an account */
	REFUSED_NOTICE,  /* a notice */
	REFUSED_CTCP,    /* a CTCP */
	REFUSED_COLOURS, /* formatting */
	REFUSED_SLOW,    /* so soon: room_slow_left() says when */
	REFUSED_BANNED,  /* from entering, as the next ones */
	REFUSED_INVITE_ONLY,
	REFUSED_KEY,
	REFUSED_CROWDED,       /* the room's limit */
	REFUSED_NO_ACCOUNT,    /* only who is logged in comes in */
	REFUSED_INSECURE,      /* only who is connected in TLS does */
	REFUSED_NICK_HELD,     /* chat_nick_holder() lets him have no other */
	REFUSED_OPEN,          /* from knocking, as the next one: he may just enter */
	REFUSED_KNOCKS,        /* so soon */
	REFUSED_NOT_THERE,     /* who was named is not in the room */
	REFUSED_ALREADY_THERE, /* he is */
	REFUSED_MODE_ARGUMENT, /* no mask, key or number that could be one */
	REFUSED_LIST_FULL,
	REFUSED_SILENCED,    /* he does not want to hear it; whoever says it is told nothing */
	REFUSED_STRANGER,    /* he hears only who is logged in */
	REFUSED_CALLER,      /* he hears only whom he accepts */
	REFUSED_CALLER_TOLD, /* likewise, and was told who would talk to him */
	REFUSED_TOO_OFTEN,
	REFUSED_NO_SUCH_ACCOUNT,
	REFUSED_ACCOUNT_EXISTS, /* or one that looks like it */
	REFUSED_NOT_HIS_NICK,   /* an account's name must be the nick of who registers it */
	REFUSED_REGISTER_OFF,
	REFUSED_VOUCHER, /* no invitation, or none that is good */
	REFUSED_EMAIL,
	REFUSED_LOGIN,           /* only who is logged in may enter */
	REFUSED_PASSWORD,        /* there is no such account, or that is not its password */
	REFUSED_SUSPENDED,       /* it is, but nobody may log in */
	REFUSED_SERVER_ONLY,     /* only the server sets this mode */
	REFUSED_INSECURE_MEMBER, /* +z: somebody is there without TLS */
	REFUSED_FORWARD,         /* he is no operator of the room that +f names */
	REFUSED_DEGRADED,        /* the disk takes nothing: nothing can be stored */
	REFUSED_STALLED,         /* the disk does not answer */
	REFUSED_FULL,            /* the log has no room; the caller waits and asks again */
};

/* Who did it, as he was then. account is "" for a guest. */
struct sender {
	const char *nick, *user, *host, *account;
};

/* An end of a span of history. */
struct event_bound {
	enum { BOUND_NONE, BOUND_ID, BOUND_TIME } by;
	bool with_it; /* what it names belongs to the span */
	uint64_t id;  /* of something stored in the same place: without it there is no span */
	int64_t time_ms;
};

/* Something said, in words. */
#define EVENT_WORDS (BIT64(EVENT_MESSAGE) | BIT64(EVENT_ACTION) | BIT64(EVENT_NOTICE))

/* Events of one place: those between after and before, and of these the newest limit, or the
 * oldest. */
struct event_span {
	struct event_bound after, before;
	bool either_way; /* before may come first: then what is wanted is the newest, not the oldest */
	uint64_t after_seq; /* nothing up to this seq: see EVENT_SEAL */
	uint64_t last_id;   /* nothing newer; 0: there is no such end */
	uint64_t kinds;     /* BIT64() of the stored kinds that are wanted; 0: EVENT_WORDS */
	size_t limit;
	bool oldest;
};

/* A span of a place that room_key names: a room, or a private conversation, which is found on disk. */
struct event_part {
	const char *
		room_key; /* NULL: the account's conversations, at most TARGETS_MAX, the latest begun */
	uint64_t account_id;
	struct event_span span;
};

/* How reading ended. */
enum read_end {
	READ_DONE,
	READ_FAILED,
	READ_NO_SUCH_ID, /* a bound names nothing that is stored there, or may be seen */
};

/* Where an event is seen: the slot of a room in memory (see core/room.h). */
struct event_room {
	uint32_t slot;
	bool crowded; /* one of a crowd: protocols for people wait for the EVENT_CROWD */
};

struct event {
	atomic_uint refs;
	enum event_kind kind;

	/* The log's: 0 until it gave them. ids rise over all rooms, seqs in each room without gaps. What
	 * is not stored has no id, and a seq that nothing else has that is not. */
	uint64_t id;
	uint64_t seq;
	int64_t time_ms; /* Unix time */

	/* Where. A stored event has one place, a room or a private conversation. room_number is its
	 * durable name, room_key its folded one, which begins with "#" unless the talk is private;
	 * to_nick is to whom it is said, or who is kicked. */
	uint64_t room_number;
	const char *room_key, *room_name, *to_nick;
	const char *to_key; /* EVENT_RENAME and EVENT_ACCOUNT only; not stored */
	size_t room_count;  /* how many rooms[] see it: none for private talk */
	struct event_room *rooms;

	struct sender from;
	bool from_bot;      /* a program that says so; never stored */
	bool from_operator; /* of the server; never stored */
	const char *text;   /* what was said; a topic; a new nick; a reason */
	size_t text_len;    /* bytes */
	const char *tags;   /* client-only tags as they came: "+reply=x;+typing" */
	/* Where a line of text was divided when it was sent, in bytes of text, rising. Not stored: text is
	 * complete without them. */
	const uint16_t *joints;
	size_t joint_count;
	uint64_t about_id;      /* EVENT_REDACT only */
	uint32_t entered, left; /* EVENT_CROWD only: people */
	bool closed;            /* EVENT_MODE only: it makes or leaves the room +i, +k or +s */

	/* Who asked for it. Of what is stored, the account; or the presence, if he has none. */
	uint64_t user_id;       /* presence, see core/user.h; 0: nobody's */
	uint64_t account_id;    /* see core/account.h; 0: he has none */
	uint64_t to_account_id; /* of who is told, in private; 0: he has none */
	/* Beside the event, never stored: so that he is answered. */
	uint64_t origin; /* conn, see core/ports.h; 0: nobody */
	/* The presences it is about, in the order in which text or to_nick name them. */
	uint64_t *named;
	size_t named_count;

	/* The log's: nobody else reads them. */
	struct event *next;
	struct place *place;
};

/* What event_new() copies in. NULL strings become "". */
struct event_draft {
	enum event_kind kind;
	struct sender from;
	bool from_bot, from_operator;
	uint64_t room_number;
	const char *room_key, *room_name, *to_nick, *to_key;
	const struct event_room *rooms;
	size_t room_count;
	const char *text;
	size_t text_len;
	const char *tags;
	const uint16_t *joints;
	size_t joint_count;
	uint64_t about_id, to_account_id;
	const uint64_t *named;
	size_t named_count;
};

/* A new event with one reference. Never NULL. */
struct event *event_new(const struct event_draft *draft);
/* A copy of e, what was said in a room, after the room got another name. Never NULL. */
struct event *event_in_room(const struct event *e, const char *room_key, const char *room_name);

/* One more reference; returns e. */
struct event *event_ref(struct event *e);
/* Frees e with its last reference; NULL is fine. */
void event_unref(struct event *e);

/* Goes through the log before anyone sees it. */
bool event_is_stored(enum event_kind kind);
/* Something said: what replay and history count. */
bool event_is_message(enum event_kind kind);
/* Something said, in words or not: others need not wait for it, and it can be redacted. */
bool event_is_said(enum event_kind kind);
/* Stored, and more than something said: others wait for it. */
bool event_is_change(enum event_kind kind);
/* Of accounts: it happens in no room and between nobody. */
bool event_is_enrolment(enum event_kind kind);
/* Between two people, or a program and another, and in no room. */
bool event_is_private(const struct event *e);
/* Said in a room, but only to members of a rank and above, whose prefix this is ('@'); 0: to all. The
 * prefix stands before the room's name and key: such messages have a place of their own. */
char event_rank(const struct event *e);
/* Of a kind that is wanted, and between the bounds of span, of whose place it is. span's limit is not
 * asked. */
bool event_is_in(const struct event *e, const struct event_span *span);

#endif
