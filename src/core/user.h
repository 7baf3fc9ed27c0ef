/* user.h: someone who is here: a nick, the rooms he is in, the session he is seen through.
 *
 * A presence: from entering to leaving, with an id that no other presence ever has, in this run of
 * the server or another. Core thread. */
#ifndef TEAHOUSE_CORE_USER_H
#define TEAHOUSE_CORE_USER_H

#include "core/event.h"
#include "core/nick.h"

struct chat;
struct member;
struct room;
struct session;
struct talk_seat;

struct user {
	uint64_t id;
	char nick[NICK_BYTES_MAX + 1];
	char *key, *skeleton; /* see nick.h */
	const char *name;     /* IRC's user name; lives as long as the program */
	struct session *session;
	/* In the order of joining. */
	struct member *first_room, *last_room;
	size_t room_count;
	struct talk_seat *talks;
	/* His own events on their way to the disk. */
	unsigned messages_in_flight, changes_in_flight;
};

/* Takes nick, which user_nick_refusal() allowed. The user has no rooms yet. */
struct user *user_new(struct chat *chat, struct session *session, const char *nick,
		      const char *name);
/* Out of all rooms by then. */
void user_free(struct chat *chat, struct user *u);

/* As user_new() takes nick. */
void user_rename(struct chat *chat, struct user *u, const char *nick);

/* NULL: nobody. nick need not be valid. */
struct user *user_find(const struct chat *chat, const char *nick, size_t len);
/* NULL: that presence has ended. */
struct user *user_find_id(const struct chat *chat, uint64_t id);

/* May this be a nick, for asker (NULL: a newcomer)? */
enum refusal user_nick_refusal(const struct chat *chat, const struct user *asker, const char *nick,
			       size_t len);

/* As he is now, for an event that event_new() copies. */
struct sender user_sender(const struct user *u);

#endif
