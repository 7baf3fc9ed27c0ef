/* metadata_subs: which keys he hears of, and that he hears of them. */
#include "protocols/irc/metadata.h"

#include <stdlib.h>
#include <string.h>

#define SYNC_MEMBERS_MAX 200 /* of a room whose metadata is told at once to who enters */

static bool hears(const struct irc_dialog *irc)
{
	return (irc->caps & (CAP_METADATA_2 | CAP_METADATA_3)) && irc->extras && irc->extras->subs;
}

void irc_subs_free(struct irc_subs *subs)
{
	for (size_t i = 0; subs && i < subs->count; i++)
		free(subs->keys[i]);
	free(subs);
}

/* The index of key; count if he does not hear of it. */
static size_t subs_index(const struct irc_subs *subs, const char *key, size_t len)
{
	size_t i = 0;
	while (i < subs->count && (strncmp(subs->keys[i], key, len) != 0 || subs->keys[i][len]))
		i++;
	return i;
}

/* Keys, in as many lines as it takes. */
static void say_keys(struct irc_dialog *irc, enum irc_numeric numeric, struct buf *list,
		     const char *key)
{
	size_t room = IRC_LINE_BYTES - strlen(": 770  \r\n") - strlen(irc_about(irc)->name) -
		      strlen(irc_nick(irc));
	if (list->len > 0 && (!key || list->len + 1 + strlen(key) > room)) {
		irc_numeric(irc, numeric, list->bytes);
		list->len = 0;
	}
	if (key)
		buf_printf(list, "%s%s", list->len > 0 ? " " : "", key);
	else
		buf_done(list);
}

/* In rooms where he is already there may be some of what he will hear of. */
static void say_later(struct irc_dialog *irc)
{
	const struct user *u = irc_user(irc);
	for (const struct member *m = u ? u->first_room : NULL; m; m = m->next_room)
		irc_numeric(irc, RPL_METADATASYNCLATER, m->room->name);
}

void irc_metadata_sub(struct irc_dialog *irc, const struct request *r)
{
	struct buf list = { 0 };
	struct irc_metadata_keys keys = irc_metadata_keys(r);
	char key[IRC_LINE_BYTES];
	struct irc_subs *subs = irc_extras(irc)->subs;
	bool is_new = false;
	if (!subs)
		subs = irc->extras->subs = xcalloc(1, sizeof(*subs));
	while (irc_metadata_next_key(&keys, key)) {
		if (subs->count == METADATA_SUBS_MAX) {
			irc_fail(irc, FAIL_METADATA_SUBS, irc_word(key));
			break;
		}
		if (!metadata_key_valid(key)) {
			irc_metadata_fail_key(irc, key);
			continue;
		}
		if (subs_index(subs, key, strlen(key)) == subs->count) {
			subs->keys[subs->count++] = xstrdup(key);
			is_new = true;
		}
		say_keys(irc, RPL_METADATASUBOK, &list, key);
	}
	say_keys(irc, RPL_METADATASUBOK, &list, NULL);
	if (is_new)
		say_later(irc);
}

static void subs_remove(struct irc_subs *subs, const char *key)
{
	size_t i = subs ? subs_index(subs, key, strlen(key)) : 0;
	if (!subs || i == subs->count)
		return;
	free(subs->keys[i]);
	subs->count--;
	memmove(subs->keys + i, subs->keys + i + 1, (subs->count - i) * sizeof(*subs->keys));
}

void irc_metadata_unsub(struct irc_dialog *irc, const struct request *r)
{
	struct buf list = { 0 };
	struct irc_metadata_keys keys = irc_metadata_keys(r);
	char key[IRC_LINE_BYTES];
	while (irc_metadata_next_key(&keys, key)) {
		if (!metadata_key_valid(key)) {
			irc_metadata_fail_key(irc, key);
			continue;
		}
		subs_remove(irc->extras ? irc->extras->subs : NULL, key);
		say_keys(irc, RPL_METADATAUNSUBOK, &list, key);
	}
	say_keys(irc, RPL_METADATAUNSUBOK, &list, NULL);
	if (irc->extras && irc->extras->subs && irc->extras->subs->count == 0) {
		irc_subs_free(irc->extras->subs);
		irc->extras->subs = NULL;
		irc_extras_settle(irc);
	}
}

void irc_metadata_subs(struct irc_dialog *irc, const struct request *r)
{
	struct buf list = { 0 };
	const struct irc_subs *subs = irc->extras ? irc->extras->subs : NULL;
	(void)r;
	irc_batch_begin(irc, "metadata-subs", "");
	for (size_t i = 0; subs && i < subs->count; i++)
		say_keys(irc, RPL_METADATASUBS, &list, subs->keys[i]);
	say_keys(irc, RPL_METADATASUBS, &list, NULL);
	irc_batch_end(irc);
}

/* ---- what he hears of, all at once ---- */

/* begun: the batch is; if not, it begins with the first. */
static void sync_one(struct irc_dialog *irc, const char *batch, bool *begun, const char *target,
		     const struct metadata *m)
{
	const struct irc_subs *subs = irc->extras->subs;
	for (size_t i = 0; i < m->count && !irc_answer_is_full(irc); i++) {
		const struct metadata_item *item = &m->items[i];
		if (subs_index(subs, item->key, strlen(item->key)) == subs->count)
			continue;
		if (!*begun)
			irc_batch_begin(irc, "metadata", batch);
		*begun = true;
		irc_metadata_say_news(irc, target, item->key, item->value);
	}
}

static void sync_room(struct irc_dialog *irc, const struct room *r, bool *begun)
{
	sync_one(irc, r->name, begun, r->name, &r->metadata);
	for (const struct member *m = r->first; m; m = m->next)
		if (m->user != irc_user(irc))
			sync_one(irc, r->name, begun, m->user->nick, user_metadata(m->user));
}

void irc_metadata_sync(struct irc_dialog *irc, const struct request *r)
{
	struct irc_metadata_target t;
	bool begun = true;
	if (!irc_metadata_find(irc, r->argv[0], "*", &t))
		return;
	if (t.what.room && !room_member(t.what.room, irc_user(irc))) {
		irc_fail(irc, FAIL_METADATA_DENIED, t.name, "*");
		return;
	}
	irc_batch_begin(irc, "metadata", t.name);
	if (hears(irc) && t.what.room)
		sync_room(irc, t.what.room, &begun);
	else if (hears(irc))
		sync_one(irc, t.name, &begun, t.name, t.metadata);
	irc_batch_end(irc);
}

void irc_metadata_watched(struct irc_dialog *irc, const struct user *u)
{
	bool begun = true; /* no batch */
	if (hears(irc))
		sync_one(irc, "", &begun, u->nick, user_metadata(u));
}

void irc_metadata_entered(struct irc_dialog *irc, const struct room *r)
{
	bool begun = false;
	if (!hears(irc))
		return;
	if (r->member_count > SYNC_MEMBERS_MAX) {
		irc_numeric(irc, RPL_METADATASYNCLATER, r->name);
		return;
	}
	sync_room(irc, r, &begun);
	if (begun)
		irc_batch_end(irc);
}

bool irc_follows(const struct session *s, const struct event *e)
{
	const struct dialog *d = CONTAINER_OF(s, const struct dialog, session);
	const struct irc_dialog *irc = CONTAINER_OF(d, const struct irc_dialog, dialog);
	if (!hears(irc))
		return false;
	const struct irc_subs *subs = irc->extras->subs;
	for (const char *at = e->text; *at; at += *at == '\n') {
		if (subs_index(subs, at, strcspn(at, " \n")) < subs->count)
			return true;
		at += strcspn(at, "\n");
	}
	return false;
}

void irc_annotated(struct session *s, struct event *e)
{
	struct irc_dialog *irc = irc_of_session(s);
	const struct irc_subs *subs = irc->extras->subs;
	struct irc_answer *answer = irc_answer_aside(irc);
	char *text = xstrdup(e->text), *at = text;
	const char *key, *value;
	while (metadata_next(&at, &key, &value))
		if (subs_index(subs, key, strlen(key)) < subs->count)
			irc_metadata_say_news(irc,
					      e->kind == EVENT_ABOUT ? e->to_nick : e->room_name,
					      key, value);
	free(text);
	irc_answer_resume(irc, answer);
}
