/* user.h: someone who is here: a nick, the rooms he is in, the sessions he is seen through.
 *
 * A presence: from entering to leaving, with an id that no other presence ever has, in this run of
 * the server or another. Core thread. */
#ifndef TEAHOUSE_CORE_USER_H
#define TEAHOUSE_CORE_USER_H

#include "core/event.h"
#include "core/marks.h"
#include "core/metadata.h"
#include "core/nick.h"

struct account;
struct chat;
struct ignoring;
struct invite;
struct member;
struct room;
struct session;
struct talk_seat;

/* What a user is, and says of himself: IRC's user modes. */
enum user_flag {
	USER_INVISIBLE = BIT(0),     /* i: found by name only, unless one shares a room with him */
	USER_OPERATOR = BIT(1),      /* o: of the server */
	USER_WALLOPS = BIT(2),       /* w: wants to hear what operators say to everybody */
	USER_BOT = BIT(3),           /* B: a program */
	USER_NOTICES = BIT(4),       /* s: an operator who wants to hear what the server notices */
	USER_ACCOUNTS_ONLY = BIT(5), /* R: only who is logged in may talk to him in private */
	USER_CALLER_ID = BIT(6),     /* g: only whom he accepts may */
	/* Set by the server: */
	USER_SECURE = BIT(7),  /* Z: connected with TLS */
	USER_CLOAKED = BIT(8), /* x: his address is not shown */
};

/* How somebody comes. The strings are copied; too long ones are cut between two characters. */
struct introduction {
	const char *user; /* IRC's user name */
	const char *real; /* real name; NULL: the nick */
	const char *
		via; /* how he is connected if not by IRC, for WHOIS; lives as long as the program */
	/* Why he comes away; NULL: he says nothing of it. "*" is no reason, and says nothing of somebody
	 * who is here already. */
	const char *away;
	unsigned flags; /* of enum user_flag */
};

/* What few users have. */
struct user_extras {
	char *away;              /* why; NULL: he is not */
	char *skeleton;          /* see nick.h; NULL if it is the key */
	struct talk_seat *talks; /* private conversations, see talk.h */
	struct invite *invites;  /* rooms he may enter though they are closed */
	int64_t knocked_ms;      /* when he last did; 0: never */
	struct marks marks;      /* a guest's, see marks.h */
	struct ignoring
		*ignoring; /* whom he does not hear, see ignore.h; NULL: nobody in particular */
	struct metadata metadata; /* a guest's: see annotate.h */
	int64_t annotated_ms;     /* how far he is ahead with setting metadata */
};

struct user {
	uint64_t id;
	char *nick, *user, *host, *real; /* in one allocation, which begins with nick */
	const char *via;                 /* "" for IRC */
	int64_t since_ms, spoke_ms;
	struct account *account;       /* logged in to; NULL: a guest */
	struct session *first_session; /* one at least */
	struct user_extras *extras;    /* NULL: none, see user_extras() */
	struct user *prev, *next;      /* all users, in the order of entering */
	/* In the order of joining. */
	struct member *first_room, *last_room;
	/* His own events on their way to the disk, and others' that are about him. */
	uint16_t messages_in_flight, changes_in_flight, named_in_flight;
	uint16_t room_count;
	uint16_t key_at; /* see user_key() */
	unsigned flags;  /* only user_set_flags() writes it */
};

/* Takes nick, which user_nick_refusal() allowed, and the session's host and account. The user has no
 * rooms yet. */
struct user *user_new(struct chat *chat, struct session *session, const char *nick,
		      const struct introduction *how);
/* Out of all rooms by then. */
void user_free(struct chat *chat, struct user *u);

/* As user_new() takes nick. */
void user_rename(struct chat *chat, struct user *u, const char *nick);
/* Copy, and cut what is too long. */
void user_set_real(struct user *u, const char *real);
void user_set_away(struct user *u, const char *why);
/* host is shorter than HOST_SIZE. */
void user_set_host(struct user *u, const char *host);
void user_set_flags(struct chat *chat, struct user *u, unsigned flags);
/* NULL: a guest from now on. */
void user_set_account(struct user *u, struct account *account);

/* Never NULL: made when it was missing. */
struct user_extras *user_extras(struct user *u);
/* What he is found by, see nick.h: behind his other names, or the nick itself if that is one. */
const char *user_key(const struct user *u);
/* Why he is away; NULL: he is not. */
const char *user_away(const struct user *u);
/* The name of his account; "": a guest. */
const char *user_account(const struct user *u);
/* u has one more session, or one less: never the last. */
void user_add_session(struct user *u, struct session *s);
void user_remove_session(struct user *u, struct session *s);
/* Each of his sessions receives e, but the one whose connection is e's origin. */
void user_tell(const struct user *u, struct event *e);

/* NULL: nobody. nick need not be valid. */
struct user *user_find(const struct chat *chat, const char *nick, size_t len);
/* NULL: that presence has ended. */
struct user *user_find_id(const struct chat *chat, uint64_t id);

/* May this be a nick, for asker (NULL: a newcomer), who is logged in to account (NULL: none)? */
enum refusal user_nick_refusal(const struct chat *chat, const struct user *asker,
			       const struct account *account, const char *nick, size_t len);

/* As he is now, for an event that event_new() copies. */
struct sender user_sender(const struct user *u);
/* "nick!user@host", as masks match it. */
#define USER_SOURCE_SIZE (NICK_BYTES_MAX + USER_BYTES_MAX + HOST_BYTES_MAX + 3)
void user_source(const struct user *u, char source[USER_SOURCE_SIZE]);

/* They are in one room at least. */
bool user_shares_room(const struct user *a, const struct user *b);

#endif
