#include "core/monitor.h"

#include "core/chat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A nick that somebody watches. */
struct watched {
	struct monitoring *first, *last;
	char key[]; /* see nick.h */
};

/* Somebody who does. */
struct watcher {
	struct session *session;
	struct monitoring *first, *last;
	size_t count;
};

static const void *key_of_watched(const void *value, size_t *ret_len)
{
	const struct watched *w = value;
	*ret_len = strlen(w->key);
	return w->key;
}

static const void *key_of_watcher(const void *value, size_t *ret_len)
{
	const struct watcher *w = value;
	*ret_len = sizeof(w->session->conn);
	return &w->session->conn;
}

void monitor_init(struct monitor *m, const unsigned char secret[TABLE_SECRET_BYTES])
{
	*m = (struct monitor){ 0 };
	table_init(&m->nicks, secret, key_of_watched);
	table_init(&m->sessions, secret, key_of_watcher);
}

void monitor_done(struct monitor *m)
{
	assert(m->watcher_count == 0);
	table_done(&m->nicks);
	table_done(&m->sessions);
}

static struct watcher *find_watcher(const struct session *s)
{
	const struct monitor *m = &s->chat->monitor;
	return m->watcher_count ? table_find(&m->sessions, &s->conn, sizeof(s->conn)) : NULL;
}

static struct watched *find_watched(const struct chat *chat, const char *key)
{
	return chat->monitor.watcher_count ? table_find(&chat->monitor.nicks, key, strlen(key))
					   : NULL;
}

/* ---- adding ---- */

static struct watcher *need_watcher(struct session *s)
{
	struct watcher *w = find_watcher(s);
	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->session = s;
	table_add(&s->chat->monitor.sessions, w);
	s->chat->monitor.watcher_count++;
	return w;
}

static struct watched *need_watched(struct chat *chat, const char *key)
{
	struct watched *w = find_watched(chat, key);
	if (w)
		return w;
	w = xcalloc(1, sizeof(*w) + strlen(key) + 1);
	memcpy(w->key, key, strlen(key) + 1);
	table_add(&chat->monitor.nicks, w);
	return w;
}

static void monitoring_new(struct watched *of, struct watcher *by, const char *nick)
{
	struct monitoring *w = xcalloc(1, sizeof(*w) + strlen(nick) + 1);
	memcpy(w->nick, nick, strlen(nick) + 1);
	w->of = of;
	w->by = by;
	w->prev = of->last;
	*(of->last ? &of->last->next : &of->first) = w;
	of->last = w;
	w->prev_own = by->last;
	*(by->last ? &by->last->next_own : &by->first) = w;
	by->last = w;
	by->count++;
}

static struct monitoring *find_monitoring(const struct session *s, const char *key)
{
	const struct watcher *by = find_watcher(s);
	struct monitoring *w = by ? by->first : NULL;
	while (w && strcmp(w->of->key, key) != 0)
		w = w->next_own;
	return w;
}

static bool key_of(const struct session *s, const char *nick, char key[NAME_KEY_SIZE])
{
	const struct chat_config *c = &s->chat->config;
	return nick_key(nick, strlen(nick), c->nick_bytes, c->casemapping, key);
}

enum monitor_added monitor_add(struct session *s, const char *nick)
{
	char key[NAME_KEY_SIZE];
	if (!key_of(s, nick, key))
		return MONITOR_INVALID;
	if (find_monitoring(s, key))
		return MONITOR_ADDED;
	const struct watcher *before = find_watcher(s);
	if (before && before->count >= s->chat->config.monitor)
		return MONITOR_FULL;
	struct watcher *by = need_watcher(s); /* first: nothing is found while nobody watches */
	monitoring_new(need_watched(s->chat, key), by, nick);
	return MONITOR_ADDED;
}

/* ---- and no longer ---- */

static void monitoring_free(struct chat *chat, struct monitoring *w)
{
	struct watched *of = w->of;
	struct watcher *by = w->by;
	*(w->prev ? &w->prev->next : &of->first) = w->next;
	*(w->next ? &w->next->prev : &of->last) = w->prev;
	*(w->prev_own ? &w->prev_own->next_own : &by->first) = w->next_own;
	*(w->next_own ? &w->next_own->prev_own : &by->last) = w->prev_own;
	free(w);
	by->count--;
	if (!of->first) {
		table_remove(&chat->monitor.nicks, of);
		free(of);
	}
	if (!by->first) {
		table_remove(&chat->monitor.sessions, by);
		chat->monitor.watcher_count--;
		free(by);
	}
}

void monitor_remove(struct session *s, const char *nick)
{
	char key[NAME_KEY_SIZE];
	struct monitoring *w = key_of(s, nick, key) ? find_monitoring(s, key) : NULL;
	if (w)
		monitoring_free(s->chat, w);
}

void monitor_clear(struct session *s)
{
	struct watcher *by = find_watcher(s);
	for (struct monitoring *w = by ? by->first : NULL, *next; w; w = next) {
		next = w->next_own; /* with its last one the watcher is gone */
		monitoring_free(s->chat, w);
	}
}

const struct monitoring *monitor_first(const struct session *s)
{
	const struct watcher *by = find_watcher(s);
	return by ? by->first : NULL;
}

/* ---- telling ---- */

void monitor_tell(struct chat *chat, const struct user *u, bool here)
{
	const struct watched *of = find_watched(chat, user_key(u));
	for (const struct monitoring *w = of ? of->first : NULL; w; w = w->next) {
		struct session *s = w->by->session;
		if (s->user)
			s->ops->watched(s, u, here);
	}
}

void monitor_tell_of(struct chat *chat, const struct user *u, struct event *e)
{
	const struct watched *of = find_watched(chat, user_key(u));
	for (const struct monitoring *w = of ? of->first : NULL; w; w = w->next) {
		struct session *s = w->by->session;
		if (s->user && s->user != u && !user_shares_room(s->user, u))
			s->ops->observed(s, e);
	}
}
