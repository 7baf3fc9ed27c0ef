/* whowas.h: who was here: the last ones who left or took another nick, for IRC's WHOWAS.
 *
 * A ring in memory; nothing of it outlives the server. Core thread. */
#ifndef TEAHOUSE_CORE_WHOWAS_H
#define TEAHOUSE_CORE_WHOWAS_H

#include "core/user.h"

struct whowas;

struct whowas_entry {
	char *key; /* see nick.h */
	char *nick, *user, *host, *real;
	int64_t left_ms; /* Unix time */
};

/* Remembers max of them. Never NULL. */
struct whowas *whowas_new(size_t max);
/* NULL is fine. */
void whowas_free(struct whowas *w);

/* u as he is now: he is about to leave or to change his nick. */
void whowas_add(struct whowas *w, const struct user *u, int64_t now_ms);

/* The index-th newest; NULL: there are no more. It lives until something is added. */
const struct whowas_entry *whowas_at(const struct whowas *w, size_t index);

#endif
