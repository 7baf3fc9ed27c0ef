/* ignore: whom he does not want to hear in private: SILENCE, and ACCEPT for who is +g.
 *
 * There is no specification: SILENCE is as ircu has it (https://github.com/UndernetIRC/ircu2), ACCEPT as
 * ratbox and its descendants do (https://modern.ircdocs.horse/#callerid-parameter). */
#include "protocols/irc/handlers.h"

#include "core/ignore.h"

#include <string.h>

/* ---- SILENCE ---- */

static void silence_list(struct irc_dialog *irc)
{
	const struct user *u = irc_user(irc);
	const struct ignoring *i = u->extras ? u->extras->ignoring : NULL;
	for (size_t n = 0; i && n < i->silenced_count; n++)
		irc_numeric(irc, RPL_SILELIST, u->nick, i->silenced[n]);
	irc_numeric(irc, RPL_ENDOFSILELIST, u->nick);
}

/* "+mask", "-mask", or a mask alone. */
static void silence_one(struct irc_dialog *irc, const char *word)
{
	char mask[MASK_SIZE];
	bool off = word[0] == '-';
	word += off || word[0] == '+';
	if (!mask_complete(word, mask))
		irc_fail(irc, FAIL_MASK, irc_word(word));
	else if (!off && ignore_silence(irc_user(irc), mask) != REFUSED_NOT)
		irc_numeric(irc, ERR_SILELISTFULL, mask);
	else if (!off || ignore_unsilence(irc_user(irc), mask))
		irc_say_of_himself(irc, "SILENCE %c%s", off ? '-' : '+', mask);
}

/* Another's list is nobody's business, but it has an end. */
void irc_cmd_silence(struct irc_dialog *irc, const struct request *r)
{
	char word[IRC_LINE_BYTES];
	const char *words = irc_arg(r, 0);
	const struct user *other = irc_find(irc, words);
	if (!words[0] || other == irc_user(irc))
		silence_list(irc);
	else if (other)
		irc_numeric(irc, RPL_ENDOFSILELIST, other->nick);
	while (words[0] && !other && irc_next_word(&words, word, sizeof(word)))
		silence_one(irc, word);
}

/* ---- ACCEPT ---- */

static void accept_list(struct irc_dialog *irc)
{
	const struct user *who;
	for (size_t i = 0; (who = ignore_accepted(irc_chat(irc), irc_user(irc), i)); i++)
		irc_numeric(irc, RPL_ACCEPTLIST, who->nick);
	irc_numeric(irc, RPL_ENDOFACCEPT);
}

static void accept_one(struct irc_dialog *irc, const char *word)
{
	bool off = word[0] == '-';
	const struct user *who = irc_find(irc, word + off);
	if (!who) {
		irc_refuse(irc, REFUSED_NO_SUCH_NICK, "ACCEPT", word + off);
		return;
	}
	if (off) {
		if (!ignore_unaccept(irc_user(irc), who))
			irc_numeric(irc, ERR_ACCEPTNOT, who->nick);
		return;
	}
	enum refusal why = ignore_accept(irc_chat(irc), irc_user(irc), who);
	if (why == REFUSED_ALREADY_THERE)
		irc_numeric(irc, ERR_ACCEPTEXIST, who->nick);
	else if (why == REFUSED_LIST_FULL)
		irc_numeric(irc, ERR_ACCEPTFULL);
}

void irc_cmd_accept(struct irc_dialog *irc, const struct request *r)
{
	char word[IRC_LINE_BYTES];
	const char *words = irc_arg(r, 0);
	if (!words[0])
		accept_list(irc);
	while (irc_next_word(&words, word, sizeof(word)))
		if (strcmp(word, "*") == 0)
			accept_list(irc);
		else
			accept_one(irc, word);
}
