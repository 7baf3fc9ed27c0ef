/* voucher.h: invitations to register an account, each good for one.
 *
 * Only a keyed hash of each code is known here: whoever makes a code tells it to the one whom it is for.
 * Core thread. */
#ifndef TEAHOUSE_CORE_VOUCHER_H
#define TEAHOUSE_CORE_VOUCHER_H

#include "core/event.h"

struct chat;
struct session;

#define VOUCHER_HASH_SIZE 65 /* 64 digits of hex, in lower case */

struct voucher {
	struct voucher *next;
	int64_t expires_ms; /* Unix time */
	bool taken;         /* an account that is on its way to the disk uses it up */
	bool coming;        /* it is on its way there itself */
	char hash[VOUCHER_HASH_SIZE];
};

/* hash is of a new code. s asked for it: its ops->happened() or refused() tell of EVENT_VOUCHER.
 * REFUSED_LIST_FULL: VOUCHERS_MAX are waiting to be used. */
MUST_USE enum refusal chat_make_voucher(struct session *s, const char *hash, int64_t expires_ms);

/* One that was stored. */
void chat_add_voucher(struct chat *chat, const char *hash, int64_t expires_ms);

/* For enrol.c. NULL: there is none, or it is too old, or somebody is about to use it. */
struct voucher *voucher_find(const struct chat *chat, const char *hash);
void voucher_drop(struct chat *chat, const char *hash);
/* It was not used after all. */
void voucher_release(struct chat *chat, const char *hash);
/* An EVENT_VOUCHER is on disk, or will never be. */
void voucher_apply(struct chat *chat, const struct event *e, bool stored);
void vouchers_done(struct chat *chat);

#endif
