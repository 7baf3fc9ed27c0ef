#include "core/voucher.h"

#include "core/decide.h"
#include "core/enrol.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct voucher **voucher_at(struct chat *chat, const char *hash)
{
	struct voucher **at = &chat->vouchers;
	while (*at && strcmp((*at)->hash, hash) != 0)
		at = &(*at)->next;
	return at;
}

static struct voucher *voucher_add(struct chat *chat, const char *hash, int64_t expires_ms)
{
	struct voucher *v = xcalloc(1, sizeof(*v));
	struct voucher **at = voucher_at(chat, hash);
	assert(!*at && strlen(hash) < sizeof(v->hash));
	snprintf(v->hash, sizeof(v->hash), "%s", hash);
	v->expires_ms = expires_ms;
	*at = v;
	chat->voucher_count++;
	return v;
}

static void voucher_remove(struct chat *chat, struct voucher **at)
{
	struct voucher *v = *at;
	*at = v->next;
	free(v);
	chat->voucher_count--;
}

static bool is_over(const struct chat *chat, const struct voucher *v)
{
	return v->expires_ms <= chat->now_ms;
}

/* The store forgets them at the next start. */
static void forget_old(struct chat *chat)
{
	for (struct voucher **at = &chat->vouchers; *at;) {
		if (is_over(chat, *at) && !(*at)->taken && !(*at)->coming)
			voucher_remove(chat, at);
		else
			at = &(*at)->next;
	}
}

struct voucher *voucher_find(const struct chat *chat, const char *hash)
{
	for (struct voucher *v = chat->vouchers; v; v = v->next)
		if (strcmp(v->hash, hash) == 0)
			return is_over(chat, v) || v->taken || v->coming ? NULL : v;
	return NULL;
}

void voucher_drop(struct chat *chat, const char *hash)
{
	struct voucher **at = voucher_at(chat, hash);
	if (*at)
		voucher_remove(chat, at);
}

void voucher_release(struct chat *chat, const char *hash)
{
	struct voucher *v = *voucher_at(chat, hash);
	if (v)
		v->taken = false;
}

enum refusal chat_make_voucher(struct session *s, const char *hash, int64_t expires_ms)
{
	char expires[24];
	struct chat *chat = s->chat;
	forget_old(chat);
	if (chat->voucher_count >= VOUCHERS_MAX)
		return REFUSED_LIST_FULL;
	snprintf(expires, sizeof(expires), "%" PRId64, expires_ms);
	struct event_draft draft = {
		.kind = EVENT_VOUCHER,
		.room_key = ACCOUNTS_PLACE,
		.room_name = ACCOUNTS_PLACE,
		.to_nick = hash,
		.text = expires,
		.text_len = strlen(expires),
	};
	enum refusal why = chat_do(chat, new_event(s, &draft));
	if (why == REFUSED_NOT)
		voucher_add(chat, hash, expires_ms)->coming = true;
	return why;
}

void voucher_apply(struct chat *chat, const struct event *e, bool stored)
{
	struct voucher **at = voucher_at(chat, e->to_nick);
	assert(*at);
	if (stored)
		(*at)->coming = false;
	else
		voucher_remove(chat, at);
}

void chat_add_voucher(struct chat *chat, const char *hash, int64_t expires_ms)
{
	if (strlen(hash) < VOUCHER_HASH_SIZE && !*voucher_at(chat, hash))
		voucher_add(chat, hash, expires_ms);
}

void vouchers_done(struct chat *chat)
{
	while (chat->vouchers)
		voucher_remove(chat, &chat->vouchers);
}
