/* metadata.h: METADATA, and who hears of what: https://ircv3.net/specs/extensions/metadata
 *
 * There are two drafts, and both are spoken. draft/metadata-2 tells of changes with METADATA, and
 * draft/metadata-3 (https://github.com/ircv3/ircv3-specifications/pull/613) with 761 and 766; it also has
 * other names for two faults. Core thread. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_METADATA_H
#define TEAHOUSE_PROTOCOLS_IRC_METADATA_H

#include "core/annotate.h"
#include "protocols/irc/irc.h"

/* Keys that he hears of. */
struct irc_subs {
	char *keys[METADATA_SUBS_MAX];
	size_t count;
};

/* NULL is fine. */
void irc_subs_free(struct irc_subs *subs);

/* session.c: see session_ops. */
bool irc_follows(const struct session *s, const struct event *e);
void irc_annotated(struct session *s, struct event *e);
/* What he asked for has happened: e is a change of metadata. */
void irc_metadata_happened(struct irc_dialog *irc, const struct event *e);
void irc_metadata_refused(struct irc_dialog *irc, const struct event *e, enum refusal why);
bool irc_is_metadata(const struct event *e);

/* He watches u, who is here. */
void irc_metadata_watched(struct irc_dialog *irc, const struct user *u);
/* He entered r. */
void irc_metadata_entered(struct irc_dialog *irc, const struct room *r);
/* His own, as a part of his welcome. */
void irc_metadata_welcome(struct irc_dialog *irc);
/* whois.c: u's. */
void irc_metadata_whois(struct irc_dialog *irc, const struct user *u);

/* ---- between metadata.c and metadata_subs.c ---- */

struct irc_metadata_target {
	const char *name;
	struct annotated what;           /* neither, if he is not in yet */
	const struct metadata *metadata; /* what there is */
};

/* Finds whom name means, if he may read what there is. false: he is told why not; key: that which he may
 * not. */
bool irc_metadata_find(struct irc_dialog *irc, const char *name, const char *key,
		       struct irc_metadata_target *ret);

/* Keys are arguments; the fifteenth has all that follow. */
struct irc_metadata_keys {
	const struct request *request;
	size_t index;
	const char *at;
};

struct irc_metadata_keys irc_metadata_keys(const struct request *r);
bool irc_metadata_next_key(struct irc_metadata_keys *k, char key[IRC_LINE_BYTES]);

/* An answer; and what he did not ask for. value NULL: it is not set. */
void irc_metadata_say(struct irc_dialog *irc, const char *target, const char *key,
		      const char *value);
void irc_metadata_say_news(struct irc_dialog *irc, const char *target, const char *key,
			   const char *value);
/* That it can be no key. */
void irc_metadata_fail_key(struct irc_dialog *irc, const char *key);

/* Subcommands. */
void irc_metadata_sub(struct irc_dialog *irc, const struct request *r);
void irc_metadata_unsub(struct irc_dialog *irc, const struct request *r);
void irc_metadata_subs(struct irc_dialog *irc, const struct request *r);
void irc_metadata_sync(struct irc_dialog *irc, const struct request *r);

#endif
