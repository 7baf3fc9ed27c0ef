/* ban.h: whom a ban, an exception or an invitation means: a mask as in mask.h, or an extended one.
 *
 *     ~a:bob  ~account:bob   who is logged in to bob; wildcards may be in it, and "*" is anybody's account
 *     ~r:*bot*               who has such a real name; "_" stands for a space, too
 *     ~m:X                   whom X means may not speak, and that is all
 *     ~t:60:X                like X, and gone after so many minutes
 *
 * X is a mask or again one of these, but ~t stands before all others, and ~m is there once. See
 * https://modern.ircdocs.horse/#extban-parameter and https://ircv3.net/specs/extensions/account-extban */
#ifndef TEAHOUSE_CORE_BAN_H
#define TEAHOUSE_CORE_BAN_H

#include "core/mask.h"
#include "core/user.h"

/* A user as bans look at him. */
struct person {
	char source[USER_SOURCE_SIZE]; /* nick!user@host */
	char real[REAL_BYTES_MAX + 1]; /* with "_" for each space */
	const char *account;           /* "": a guest; lives as long as his account */
};

struct person person_of(const struct user *u);

/* What he wants to do. */
enum ban_purpose { BAN_ENTER, BAN_SPEAK };

/* Brings mask into its one form: ~a for ~account, and as mask_complete() does. false: it is none, or too
 * long; out is untouched then. */
MUST_USE bool ban_complete(const char *mask, char out[MASK_SIZE]);

/* mask is complete. Its time is that of mask_match(). */
bool ban_means(const char *mask, const struct person *p, enum ban_purpose what);

/* After how many minutes a complete mask goes by itself; 0: it stays. */
unsigned ban_minutes(const char *mask);

#endif
