/* ignore.h: whom somebody does not want to hear in private: everybody without an account (+R) or
 * simply everybody (+g), but for those he has accepted; and whom he has silenced. Rooms know nothing of it. Core thread. */
#ifndef TEAHOUSE_CORE_IGNORE_H
#define TEAHOUSE_CORE_IGNORE_H

#include "core/mask.h"
#include "core/user.h"

/* Of one user, in his extras: NULL until he has any. */
struct ignoring {
	char *silenced[SILENCES_PER_USER_MAX];   /* masks, in the order of adding */
	uint64_t accepted[ACCEPTS_PER_USER_MAX]; /* presences; they may be gone */
	size_t silenced_count, accepted_count;
	int64_t told_ms; /* when he was last told that somebody would talk to him: Unix time */
};

/* NULL is fine. */
void ignoring_free(struct ignoring *i);

/* Why from may not say this to him; told: he is shown that from would have. What no person waits for an
 * answer to (a notice, tags) is passed over like what is silenced: REFUSED_SILENCED. */
enum refusal ignore_refusal(struct session *from, struct user *to, enum event_kind kind);
bool ignore_is_silenced(const struct user *by, const struct user *who);

/* mask is complete. REFUSED_LIST_FULL; twice is once. */
MUST_USE enum refusal ignore_silence(struct user *u, const char mask[MASK_SIZE]);
/* false: it was not there. */
bool ignore_unsilence(struct user *u, const char mask[MASK_SIZE]);

/* REFUSED_ALREADY_THERE or REFUSED_LIST_FULL. */
MUST_USE enum refusal ignore_accept(const struct chat *chat, struct user *u,
				    const struct user *who);
/* u writes to from, who may answer whatever u's modes are: as if u had accepted him. */
void ignore_await_answer(const struct chat *chat, struct user *u, const struct user *from);
/* false: he was not. */
bool ignore_unaccept(struct user *u, const struct user *who);
/* The index-th whom u accepts, and who is here; NULL: there are no more. */
const struct user *ignore_accepted(const struct chat *chat, struct user *u, size_t index);

#endif
