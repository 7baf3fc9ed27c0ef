/* annotate.h: who may say what of a room or of somebody (metadata.h), and who hears of it.
 *
 * What is said of a room is stored, and stays with it while it sleeps. Of somebody who is logged in it is
 * kept with his account, and stored; of a guest it lasts as long as he is here. Whoever asks is told by
 * s->ops->happened() of an EVENT_METADATA, an EVENT_ABOUT, or an EVENT_ACCOUNT whose to_key is a change;
 * others by s->ops->annotated(), if s->ops->follows() it. */
#ifndef TEAHOUSE_CORE_ANNOTATE_H
#define TEAHOUSE_CORE_ANNOTATE_H

#include "core/chat.h"
#include "core/metadata.h"

/* One of them. */
struct annotated {
	struct room *room;
	struct user *user;
};

/* What there is; never NULL. */
const struct metadata *user_metadata(const struct user *u);
const struct metadata *annotated_metadata(const struct annotated *what);

/* May s's user read it? REFUSED_NOT, or REFUSED_NOT_IN_ROOM: the room is closed to him; or
 * REFUSED_NO_SUCH_ROOM: he is not to know that there is one. */
enum refusal chat_metadata_refusal(const struct session *s, const struct annotated *what);

/* Sets a valid key; value NULL removes it. REFUSED_NOT_OPERATOR, REFUSED_NOT_IN_ROOM: he may not;
 * REFUSED_NOT_THERE: there is none to be removed; REFUSED_LIST_FULL: METADATA_KEYS_MAX; REFUSED_TOO_LONG:
 * METADATA_VALUE_BYTES_MAX; REFUSED_TOO_OFTEN: see chat_metadata_wait(). */
MUST_USE enum refusal chat_set_metadata(struct session *s, const struct annotated *what,
					const char *key, const char *value);
/* Removes all; REFUSED_NOT_THERE: there is nothing. */
MUST_USE enum refusal chat_clear_metadata(struct session *s, const struct annotated *what);
/* Seconds until s's user may set something again: METADATA_BURST at once, then one a second. */
int chat_metadata_wait(const struct session *s);

/* What s said of himself before he entered, which is just now: added to what is known of him, and nobody
 * is answered. */
void chat_bring_metadata(struct session *s, const struct metadata *m);
/* What of him is known, with what is on its way to the disk. Ends with metadata_done(). */
void user_metadata_latest(const struct user *u, struct metadata *ret);

/* ---- for apply.c, presence.c and enrol.c ---- */

/* An EVENT_METADATA. */
void annotate_apply_room(struct chat *chat, struct room *r, struct event *e);
/* An EVENT_ABOUT. */
void annotate_apply_user(struct chat *chat, struct event *e);
/* An EVENT_ACCOUNT of a, which became what it says. */
void annotate_apply_account(struct chat *chat, const struct account *a, const struct event *e);
/* u came into r: those who are there hear what is known of him. */
void annotate_entered(struct chat *chat, const struct room *r, const struct user *u);

#endif
