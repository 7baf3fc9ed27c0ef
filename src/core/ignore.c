#include "core/ignore.h"

#include "core/decide.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* So often at most is somebody told that others would talk to him. */
#define TOLD_EVERY_MS 60000

static struct ignoring *ignoring_of(struct user *u)
{
	struct user_extras *extras = user_extras(u);
	if (!extras->ignoring)
		extras->ignoring = xcalloc(1, sizeof(*extras->ignoring));
	return extras->ignoring;
}

void ignoring_free(struct ignoring *i)
{
	for (size_t n = 0; i && n < i->silenced_count; n++)
		free(i->silenced[n]);
	free(i);
}

/* ---- who is silenced ---- */

bool ignore_is_silenced(const struct user *by, const struct user *who)
{
	const struct ignoring *i = by->extras ? by->extras->ignoring : NULL;
	char source[USER_SOURCE_SIZE];
	if (!i || i->silenced_count == 0 || by == who)
		return false;
	user_source(who, source);
	for (size_t n = 0; n < i->silenced_count; n++)
		if (mask_match(i->silenced[n], source))
			return true;
	return false;
}

static size_t find_mask(const struct ignoring *i, const char *mask)
{
	size_t n = 0;
	while (n < i->silenced_count && strcmp(i->silenced[n], mask) != 0)
		n++;
	return n;
}

enum refusal ignore_silence(struct user *u, const char mask[MASK_SIZE])
{
	struct ignoring *i = ignoring_of(u);
	if (find_mask(i, mask) < i->silenced_count)
		return REFUSED_NOT;
	if (i->silenced_count == SILENCES_PER_USER_MAX)
		return REFUSED_LIST_FULL;
	i->silenced[i->silenced_count++] = xstrdup(mask);
	return REFUSED_NOT;
}

bool ignore_unsilence(struct user *u, const char mask[MASK_SIZE])
{
	struct ignoring *i = ignoring_of(u);
	size_t at = find_mask(i, mask);
	if (at == i->silenced_count)
		return false;
	free(i->silenced[at]);
	i->silenced_count--;
	memmove(i->silenced + at, i->silenced + at + 1,
		(i->silenced_count - at) * sizeof(*i->silenced));
	return true;
}

/* ---- who is accepted ---- */

static size_t find_accepted(const struct ignoring *i, uint64_t id)
{
	size_t n = 0;
	while (n < i->accepted_count && i->accepted[n] != id)
		n++;
	return n;
}

static bool accepts(const struct user *u, const struct user *who)
{
	const struct ignoring *i = u->extras ? u->extras->ignoring : NULL;
	return i && find_accepted(i, who->id) < i->accepted_count;
}

/* Presences that have ended make room. */
static void forget_gone(const struct chat *chat, struct ignoring *i)
{
	size_t kept = 0;
	for (size_t n = 0; n < i->accepted_count; n++)
		if (user_find_id(chat, i->accepted[n]))
			i->accepted[kept++] = i->accepted[n];
	i->accepted_count = kept;
}

static enum refusal accept_one(const struct chat *chat, struct user *u, const struct user *who)
{
	struct ignoring *i = ignoring_of(u);
	forget_gone(chat, i);
	if (accepts(u, who))
		return REFUSED_ALREADY_THERE;
	if (i->accepted_count == ACCEPTS_PER_USER_MAX)
		return REFUSED_LIST_FULL;
	i->accepted[i->accepted_count++] = who->id;
	return REFUSED_NOT;
}

enum refusal ignore_accept(const struct chat *chat, struct user *u, const struct user *who)
{
	return accept_one(chat, u, who);
}

void ignore_await_answer(const struct chat *chat, struct user *u, const struct user *from)
{
	/* With a full list it just is not so. */
	if (u != from && (u->flags & (USER_ACCOUNTS_ONLY | USER_CALLER_ID)))
		accept_one(chat, u, from);
}

bool ignore_unaccept(struct user *u, const struct user *who)
{
	struct ignoring *i = ignoring_of(u);
	size_t at = find_accepted(i, who->id);
	if (at == i->accepted_count)
		return false;
	i->accepted_count--;
	memmove(i->accepted + at, i->accepted + at + 1,
		(i->accepted_count - at) * sizeof(*i->accepted));
	return true;
}

const struct user *ignore_accepted(const struct chat *chat, struct user *u, size_t index)
{
	struct ignoring *i = ignoring_of(u);
	if (index == 0)
		forget_gone(chat, i);
	return index < i->accepted_count ? user_find_id(chat, i->accepted[index]) : NULL;
}

/* ---- asking ---- */

/* He is told that from would talk to him, unless he was told of somebody just now. */
static bool tell_of_caller(struct session *from, struct user *to)
{
	struct event_draft draft = { .kind = EVENT_CALLER,
				     .to_nick = to->nick,
				     .named = &to->id,
				     .named_count = 1 };
	struct ignoring *i = ignoring_of(to);
	int64_t now_ms = from->chat->now_ms;
	if (i->told_ms > now_ms)
		i->told_ms = 0; /* the clock was set back */
	if (i->told_ms > 0 && now_ms - i->told_ms < TOLD_EVERY_MS)
		return false;
	i->told_ms = now_ms;
	struct event *e = new_event(from, &draft);
	e->time_ms = now_ms;
	user_tell(to, e);
	event_unref(e);
	return true;
}

enum refusal ignore_refusal(struct session *from, struct user *to, enum event_kind kind)
{
	const struct user *who = from->user;
	bool asks = kind == EVENT_MESSAGE || kind == EVENT_ACTION || kind == EVENT_CTCP;
	if (who == to)
		return REFUSED_NOT;
	if (ignore_is_silenced(to, who))
		return REFUSED_SILENCED;
	if (who->flags & USER_OPERATOR)
		return REFUSED_NOT;
	if (accepts(to, who))
		return REFUSED_NOT;
	if ((to->flags & USER_ACCOUNTS_ONLY) && !who->account)
		return asks ? REFUSED_STRANGER : REFUSED_SILENCED;
	if (!(to->flags & USER_CALLER_ID))
		return REFUSED_NOT;
	if (!asks)
		return REFUSED_SILENCED;
	return tell_of_caller(from, to) ? REFUSED_CALLER_TOLD : REFUSED_CALLER;
}
