/* irc: what the handlers find by, and how they read their arguments. */
#include "protocols/irc/irc.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct irc_dialog *irc_of(struct dialog *d)
{
	return CONTAINER_OF(d, struct irc_dialog, dialog);
}

struct irc_dialog *irc_of_session(struct session *s)
{
	return irc_of(CONTAINER_OF(s, struct dialog, session));
}

struct chat *irc_chat(const struct irc_dialog *irc)
{
	return irc->dialog.all->chat;
}

struct user *irc_user(const struct irc_dialog *irc)
{
	return irc->dialog.session.user;
}

const struct about *irc_about(const struct irc_dialog *irc)
{
	return irc->dialog.all->about;
}

const char *irc_nick(const struct irc_dialog *irc)
{
	if (irc_user(irc))
		return irc_user(irc)->nick;
	const struct irc_applicant *a = irc_applicant(irc);
	return a && a->nick[0] ? a->nick : "*";
}

struct irc_extras *irc_extras(struct irc_dialog *irc)
{
	if (!irc->extras)
		irc->extras = xcalloc(1, sizeof(*irc->extras));
	return irc->extras;
}

void irc_extras_settle(struct irc_dialog *irc)
{
	static const struct irc_extras empty;
	if (!irc->extras || memcmp(irc->extras, &empty, sizeof(empty)) != 0)
		return;
	free(irc->extras);
	irc->extras = NULL;
}

struct irc_applicant *irc_applicant(const struct irc_dialog *irc)
{
	return irc->extras ? irc->extras->applicant : NULL;
}

const char *irc_arg(const struct request *r, size_t index)
{
	return index < r->argc ? r->argv[index] : "";
}

void irc_cut(char *copy, size_t size, const char *text)
{
	size_t len = utf8_cut(text, strlen(text), size - 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
}

const char *irc_word(const char *text)
{
	return !text[0] || text[0] == ':' || strchr(text, ' ') ? "*" : text;
}

bool irc_next_word(const char **at, char *word, size_t size)
{
	*at += strspn(*at, ",");
	size_t len = strcspn(*at, ",");
	if (len == 0)
		return false;
	size_t kept = len < size ? len : size - 1;
	memcpy(word, *at, kept);
	word[kept] = '\0';
	*at += len;
	return true;
}

struct room *irc_room(const struct irc_dialog *irc, const char *name)
{
	struct room *r = room_find(irc_chat(irc), name, strlen(name));
	/* One that sleeps is nobody's business. */
	return r && r->first ? r : NULL;
}

struct user *irc_find(const struct irc_dialog *irc, const char *nick)
{
	return user_find(irc_chat(irc), nick, strlen(nick));
}
