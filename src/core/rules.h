/* rules.h: the modes of a room as they are: flags, key, limit, and the lists of masks.
 *
 * Ranks of members are not here but with the members. Core thread. */
#ifndef TEAHOUSE_CORE_RULES_H
#define TEAHOUSE_CORE_RULES_H

#include "base/buf.h"
#include "core/ban.h"
#include "core/mode.h"

struct rule_mask {
	char mask[MASK_SIZE];
	char *by;        /* the nick that set it */
	int64_t time_ms; /* Unix time */
	int64_t ends_ms; /* when it goes by itself; 0: never */
};

struct mask_list {
	struct rule_mask *items; /* in the order of setting */
	size_t count;
};

/* b, e and I of mode.h. */
enum rule_list { RULES_BANS, RULES_EXCEPTIONS, RULES_INVITED, RULES_LISTS };

struct rules {
	unsigned flags; /* of enum room_flag */
	char key[KEY_BYTES_MAX + 1];
	unsigned limit; /* 0: none */
	unsigned slow;  /* seconds between two messages of one member; 0: none */
	char *forward;  /* the room where who is kept out is sent; NULL: none */
	struct mask_list lists[RULES_LISTS];
	int64_t ends_ms; /* when the first of the masks goes by itself; 0: none does */
	uint32_t stamp;  /* of the lists: counts up with each change */
};

/* { 0 } is no rules at all. */
void rules_done(struct rules *r);

/* letter: of a MODE_LIST. */
struct mask_list *rules_list(struct rules *r, char letter);
/* In whatever case; NULL: not there. */
const struct rule_mask *mask_list_find(const struct mask_list *list, const char *mask);
/* One of its masks means p. */
bool mask_list_means(const struct mask_list *list, const struct person *p, enum ban_purpose what);

/* A ban means p and no exception does. */
bool rules_ban(const struct rules *r, const struct person *p, enum ban_purpose what);

/* The room is not open to everybody: +i, +k or +s. */
bool rules_are_closed(const struct rules *r);

/* What would change nothing. The change is not one of a rank. */
bool rules_have(struct rules *r, const struct mode_change *change);
/* Makes a change that is not one of a rank; one that would change nothing, or does not fit, is let
 * go. by and time_ms: for lists. */
void rules_apply(struct rules *r, const struct mode_change *change, const char *by,
		 int64_t time_ms);

/* Adds "+klnt", and the arguments, in the order of their letters, if they may be seen. */
void rules_text(const struct rules *r, bool with_args, struct buf *out);

#endif
