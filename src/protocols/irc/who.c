/* who: who is here, by room, nick or mask. https://modern.ircdocs.horse/#who-message
 * With fields of one's choice: https://ircv3.net/specs/extensions/whox */
#include "protocols/irc/handlers.h"

#include "core/mask.h"

#include <stdio.h>
#include <string.h>

/* The fields of WHOX in the order in which they are answered. */
static const char who_fields[] = "tcuihsnfdlaor";

#define WHO_TOKEN_SIZE 4 /* of at most three digits */

/* What is asked besides the mask: "o%tna,42". */
struct who {
	bool operators; /* only these */
	bool extended;
	unsigned fields; /* of who_fields: bit 0 is its first letter */
	char token[WHO_TOKEN_SIZE];
};

static void who_parse(struct who *w, const char *text)
{
	size_t flags = strcspn(text, "%");
	*w = (struct who){ .operators = memchr(text, 'o', flags), .token = "0" };
	if (text[flags] != '%')
		return;
	for (text += flags + 1; *text && *text != ','; text++) {
		const char *field = strchr(who_fields, *text);
		if (field)
			w->fields |= BIT(field - who_fields);
	}
	w->extended = w->fields != 0;
	const char *token = text + (*text == ',');
	size_t len = strspn(token, "0123456789");
	if (len > 0 && len < WHO_TOKEN_SIZE && !token[len])
		memcpy(w->token, token, len + 1);
}

/* ---- one line ---- */

static void who_flags(struct irc_dialog *irc, const struct user *u, const struct member *m,
		      char flags[16])
{
	char prefixes[IRC_PREFIXES_SIZE] = "";
	if (m)
		irc_prefixes(irc, m, prefixes);
	snprintf(flags, 16, "%s%s%s%s", user_away(u) ? "G" : "H",
		 u->flags & USER_OPERATOR ? "*" : "", prefixes, u->flags & USER_BOT ? "B" : "");
}

static void who_add_field(struct irc_dialog *irc, const struct who *w, const struct user *u,
			  const struct member *m, char field, struct buf *line)
{
	char text[IRC_ADDRESS_SIZE] = "";
	switch (field) {
	case 't':
		buf_add_text(line, w->token);
		return;
	case 'c':
		buf_add_text(line, m ? m->room->name : "*");
		return;
	case 'u':
		buf_add_text(line, u->user);
		return;
	case 'i':
		buf_add_text(line, irc_address(irc, u, text));
		return;
	case 'h':
		buf_add_text(line, u->host);
		return;
	case 's':
		buf_add_text(line, irc_about(irc)->name);
		return;
	case 'n':
		buf_add_text(line, u->nick);
		return;
	case 'f':
		who_flags(irc, u, m, text);
		buf_add_text(line, text);
		return;
	case 'd':
		buf_add_text(line, "0");
		return;
	case 'l':
		buf_printf(line, "%lld", irc_idle_seconds(irc, u));
		return;
	case 'a':
		buf_add_text(line, user_account(u)[0] ? user_account(u) : "0");
		return;
	case 'o':
		buf_add_text(line, "n/a");
		return;
	case 'r':
		buf_printf(line, ":%s", u->real);
		return;
	}
}

static void who_extended(struct irc_dialog *irc, const struct who *w, const struct user *u,
			 const struct member *m)
{
	struct buf line = { 0 };
	buf_add_text(&line, "");
	for (size_t i = 0; who_fields[i]; i++) {
		if (!(w->fields & BIT(i)))
			continue;
		buf_add_text(&line, line.len > 0 ? " " : "");
		who_add_field(irc, w, u, m, who_fields[i], &line);
	}
	irc_numeric(irc, RPL_WHOSPCRPL, line.bytes);
	buf_done(&line);
}

/* m: the room he is seen in; NULL: in none. */
static void who_one(struct irc_dialog *irc, const struct who *w, const struct user *u,
		    const struct member *m)
{
	char flags[16];
	if (w->operators && !(u->flags & USER_OPERATOR))
		return;
	if (w->extended) {
		who_extended(irc, w, u, m);
		return;
	}
	who_flags(irc, u, m, flags);
	irc_numeric(irc, RPL_WHOREPLY, m ? m->room->name : "*", u->user, u->host,
		    irc_about(irc)->name, u->nick, flags, u->real);
}

/* ---- whom it is about ---- */

/* A room that both are in, or else one of u's that he may see. */
static const struct member *who_room(struct irc_dialog *irc, const struct user *u)
{
	const struct member *seen = NULL;
	for (const struct member *m = u->first_room; m; m = m->next_room) {
		if (room_member(m->room, irc_user(irc)))
			return m;
		if (!seen && irc_shows_room(irc, m))
			seen = m;
	}
	return seen;
}

static bool who_matches(const struct user *u, const char *mask)
{
	return mask_match(mask, u->nick) || mask_match(mask, u->user) ||
	       mask_match(mask, u->host) || mask_match(mask, u->real);
}

static bool is_hidden(struct irc_dialog *irc, const struct user *u)
{
	return (u->flags & USER_INVISIBLE) && u != irc_user(irc) &&
	       !(irc_user(irc)->flags & USER_OPERATOR) && !user_shares_room(u, irc_user(irc));
}

static void who_mask(struct irc_dialog *irc, const struct who *w, const char *mask)
{
	bool all = !mask[0] || strcmp(mask, "0") == 0 || strcmp(mask, "*") == 0;
	for (const struct user *u = irc_chat(irc)->first_user; u && !irc_answer_is_full(irc);
	     u = u->next)
		if (!is_hidden(irc, u) && (all || who_matches(u, mask)))
			who_one(irc, w, u, who_room(irc, u));
}

static void who_in_room(struct irc_dialog *irc, const struct who *w, const struct room *r)
{
	bool inside = room_member(r, irc_user(irc)) != NULL;
	for (const struct member *m = r->first; m && !irc_answer_is_full(irc); m = m->next)
		if (inside || !is_hidden(irc, m->user))
			who_one(irc, w, m->user, m);
}

/* An exact nick is found even if its user hides from masks. */
void irc_cmd_who(struct irc_dialog *irc, const struct request *r)
{
	const char *mask = irc_arg(r, 0);
	const struct user *u = irc_find(irc, mask);
	struct who w;
	who_parse(&w, irc_arg(r, 1));
	if (mask[0] == '#') {
		const struct room *room = irc_room(irc, mask);
		if (room && irc_sees(irc, room))
			who_in_room(irc, &w, room);
	} else if (u) {
		who_one(irc, &w, u, who_room(irc, u));
	} else {
		who_mask(irc, &w, mask);
	}
	irc_numeric(irc, RPL_ENDOFWHO, irc_word(mask));
}
