#include "core/redact.h"

#include "core/account.h"
#include "core/decide.h"
#include "core/past.h"

#include <string.h>

/* ---- finding ---- */

static enum refusal find_in(struct session *s, const char *key, uint64_t after_seq, uint64_t id)
{
	const struct event_span span = {
		.after = { .by = BOUND_ID, .with_it = true, .id = id },
		.before = { .by = BOUND_ID, .with_it = true, .id = id },
		.kinds = EVENT_WORDS | BIT64(EVENT_REACTION),
		.limit = 1,
	};
	return past_read(s, key, after_seq, &span, 1);
}

/* Who is not in the room is not told what is said there, unless he looks after all of them. */
static bool may_look(const struct session *s, const struct room *r)
{
	return room_member(r, s->user) || (s->user->flags & USER_OPERATOR);
}

enum refusal chat_find(struct session *s, const struct room *r, uint64_t id)
{
	return may_look(s, r) ? find_in(s, r->key, r->sealed_seq, id) : REFUSED_NOT_IN_ROOM;
}

enum refusal chat_find_with(struct session *s, const struct partner *with, uint64_t id)
{
	char key[TALK_KEY_SIZE];
	talk_key(s->user, with, key);
	return find_in(s, key, 0, id);
}

/* ---- redacting ---- */

static bool is_his(const struct session *s, const struct event *said)
{
	const struct account *a = s->user->account;
	return (said->account_id && a && said->account_id == a->id) ||
	       (said->user_id && said->user_id == s->user->id);
}

static struct event_draft draft_of(const struct event *said, const char *why)
{
	return (struct event_draft){ .kind = EVENT_REDACT,
				     .about_id = said->id,
				     .text = why,
				     .text_len = strlen(why) };
}

enum refusal chat_redact(struct session *s, struct room *r, const struct event *said,
			 const char *why)
{
	bool speaks = permission_given(ACTION_SPEAK, room_standing(r, s->user), r->rules.flags);
	struct event_draft draft = draft_of(said, speaks ? why : "");
	if (!may_look(s, r))
		return REFUSED_NOT_IN_ROOM;
	if (strcmp(said->room_key, r->key) != 0)
		return REFUSED_NO_SUCH_MESSAGE;
	if (!is_his(s, said) && may(s, r, ACTION_REDACT) != REFUSED_NOT)
		return REFUSED_NOT_OPERATOR;
	return chat_do(s->chat, new_room_event(s, r, &draft));
}

enum refusal chat_redact_with(struct session *s, const struct partner *with,
			      const struct event *said, const char *why)
{
	char key[TALK_KEY_SIZE];
	struct event_draft draft = draft_of(said, why);
	talk_key(s->user, with, key);
	if (strcmp(said->room_key, key) != 0)
		return REFUSED_NO_SUCH_MESSAGE;
	if (!is_his(s, said))
		return REFUSED_NOT_OPERATOR;
	draft.room_key = key;
	draft.to_nick = partner_name(with);
	draft.to_account_id = with->account ? with->account->id : 0;
	if (with->user) {
		draft.named = &with->user->id;
		draft.named_count = 1;
	}
	return chat_do(s->chat, new_event(s, &draft));
}

/* ---- redacted ---- */

void redactions_note(struct chat *chat, struct room *r, const struct event *e)
{
	struct redactions *all = &chat->redactions;
	all->ids[all->count++ % REDACTIONS_KEPT] = e->about_id;
	if (r)
		room_forget(chat, r, e->about_id);
}

static bool is_redacted(const struct redactions *all, uint64_t since, uint64_t id)
{
	for (uint64_t i = since; i < all->count; i++)
		if (all->ids[i % REDACTIONS_KEPT] == id)
			return true;
	return false;
}

size_t redactions_drop(const struct chat *chat, uint64_t since, struct event **events, size_t count,
		       bool *ret_ok)
{
	size_t kept = 0;
	*ret_ok = chat->redactions.count - since <= REDACTIONS_KEPT;
	for (size_t i = 0; i < count && *ret_ok; i++)
		if (!is_redacted(&chat->redactions, since, events[i]->id))
			events[kept++] = events[i];
	return kept;
}
