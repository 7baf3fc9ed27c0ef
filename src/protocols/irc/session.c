/* session: what the chat says to one IRC session. */
#include "protocols/irc/irc.h"
#include "protocols/irc/login.h"

#include "protocols/irc/metadata.h"

static unsigned irc_session_variant(const struct session *s, const struct room *r)
{
	const struct dialog *d = CONTAINER_OF(s, const struct dialog, session);
	(void)r;
	return irc_variant_of(CONTAINER_OF(d, const struct irc_dialog, dialog));
}

/* Beside all answers. */
static void tell(struct irc_dialog *irc, struct event *e)
{
	dialog_tell(&irc->dialog, &e, 1, irc_variant_of(irc), irc_event_bytes(e));
}

/* https://ircv3.net/specs/extensions/echo-message; to oneself, both the echo and the message come. */
static void said(struct irc_dialog *irc, struct event *e)
{
	bool to_himself = e->named_count > 0 && e->named[0] == e->user_id;
	if (irc->caps & CAP_ECHO_MESSAGE)
		irc_say_event(irc, e, irc_variant_of(irc));
	if (to_himself)
		tell(irc, e);
}

/* One's own words in private are shown to those who can tell them from the other's: echo-message, or
 * https://wiki.znc.in/Query_buffers, under the name of znc.in/self-message. */
static void irc_said_elsewhere(struct session *s, struct event *e)
{
	struct irc_dialog *irc = irc_of_session(s);
	if ((irc->caps & (CAP_ECHO_MESSAGE | CAP_SELF_MESSAGE)) || e->kind == EVENT_REDACT)
		tell(irc, e);
}

void irc_show_entry(struct irc_dialog *irc, const struct event *e)
{
	const struct room *r = irc_chat(irc)->rooms[e->rooms[0].slot];
	irc_say_event(irc, e, irc_variant_of(irc));
	if (r->topic)
		irc_show_topic(irc, r);
	irc_show_mark(irc, r->name);
	if (!(irc->caps & CAP_NO_IMPLICIT_NAMES))
		irc_show_names(irc, r);
	irc_metadata_entered(irc, r);
	if (!(irc->caps & CAP_CHATHISTORY))
		irc_show_replay(irc, r);
}

/* Beside all answers, or as a part of the welcome. */
static void irc_entered(struct session *s, struct event *e)
{
	irc_show_entry(irc_of_session(s), e);
}

static void irc_renamed(struct session *s, struct event *e)
{
	irc_show_rename(irc_of_session(s), e);
}

/* His own new host. */
static void show_host(struct irc_dialog *irc, const struct event *e)
{
	if (irc->caps & CAP_CHGHOST)
		irc_say_event(irc, e, irc_variant_of(irc));
	else
		irc_numeric(irc, RPL_VISIBLEHOST, e->text);
}

/* An account or an invitation is on disk, or cannot be. */
static void settle_errand(struct irc_dialog *irc, enum refusal why)
{
	/* If not, it is busy with something else, or not at all. */
	bool keeps_busy = irc_has_errand(irc) && irc->extras->errand->keeps_busy;
	bool over = irc_errand_return(irc, why, NULL);
	if (over && keeps_busy)
		dialog_answered(&irc->dialog);
}

static void happened(struct irc_dialog *irc, struct event *e)
{
	switch (e->kind) {
	case EVENT_MESSAGE:
	case EVENT_ACTION:
	case EVENT_NOTICE:
	case EVENT_REACTION:
	case EVENT_TAGS:
	case EVENT_CTCP:
	case EVENT_CTCP_REPLY:
		said(irc, e);
		return;
	case EVENT_JOIN:
		irc_show_entry(irc, e);
		return;
	case EVENT_KICK:
	case EVENT_MODE:
		irc_say_event(irc, e, irc_variant_of(irc));
		if (e->id == 0)
			irc_remark(irc, NOTE_NOT_STORED, irc_verb_of(e->kind), e->room_name,
				   text_of(irc->dialog.all->lang, TEXT_NOT_STORED));
		return;
	case EVENT_REDACT:
	case EVENT_TOPIC:
	case EVENT_PART:
	case EVENT_NICK:
	case EVENT_NAME:
		irc_say_event(irc, e, irc_variant_of(irc));
		return;
	case EVENT_RENAME:
		irc_show_rename(irc, e);
		return;
	case EVENT_LOGIN:
		irc_say_event(irc, e, irc_variant_of(irc));
		return;
	case EVENT_HOST:
		show_host(irc, e);
		return;
	case EVENT_INVITE:
		irc_numeric(irc, RPL_INVITING, e->to_nick, e->room_name);
		return;
	case EVENT_KNOCK:
		irc_numeric(irc, RPL_KNOCKDLVR, e->room_name);
		return;
	case EVENT_AWAY:
		irc_numeric(irc, e->text_len > 0 ? RPL_NOWAWAY : RPL_UNAWAY);
		return;
	case EVENT_MARK:
		irc_show_mark(irc, e->to_nick);
		return;
	case EVENT_METADATA:
	case EVENT_ABOUT:
	case EVENT_ACCOUNT:
	case EVENT_VOUCHER:
		if (irc_is_metadata(e))
			irc_metadata_happened(irc, e);
		else
			settle_errand(irc, REFUSED_NOT);
		return;
	case EVENT_QUIT: /* irc_say_goodbye() says it */
	case EVENT_SEAL:
	case EVENT_CROWD:
	case EVENT_WALLOPS:
	case EVENT_INVITED:
	case EVENT_RETURN:
	case EVENT_SERVER_NOTICE:
	case EVENT_CALLER:
	case EVENT_KILL:
		return;
	}
}

static void irc_happened(struct session *s, struct event *e)
{
	struct irc_dialog *irc = irc_of_session(s);
	bool returned = irc_answer_return(irc, IRC_RETURN_EVENT);
	happened(irc, e);
	if (returned)
		irc_answer_returned(irc);
}

static void show_knock(struct irc_dialog *irc, const struct event *e)
{
	irc_numeric(irc, RPL_KNOCK, e->room_name, e->from.nick, e->from.user, e->from.host,
		    e->text_len > 0 ? ": " : "", e->text);
}

static void irc_received(struct session *s, struct event *e)
{
	struct irc_dialog *irc = irc_of_session(s);
	if (e->kind == EVENT_CALLER)
		irc_numeric(irc, RPL_UMODEGMSG, e->from.nick, e->from.user, e->from.host);
	else if (e->kind == EVENT_HOST)
		show_host(irc, e);
	else if (e->kind == EVENT_KNOCK)
		show_knock(irc, e);
	else if (e->kind == EVENT_MARK)
		irc_show_mark(irc, e->to_nick);
	else
		tell(irc, e);
}

/* https://ircv3.net/specs/extensions/extended-monitor: as far as he knows the event at all */
static void irc_observed(struct session *s, struct event *e)
{
	struct irc_dialog *irc = irc_of_session(s);
	if (e->kind == EVENT_ABOUT && irc_follows(s, e) && s->conn != e->origin)
		irc_annotated(s, e);
	if (e->kind != EVENT_ABOUT && (irc->caps & CAP_EXTENDED_MONITOR) &&
	    (e->kind != EVENT_HOST || (irc->caps & CAP_CHGHOST)))
		tell(irc, e);
}

static void irc_logged_in(struct session *s, const struct event *e)
{
	irc_say_login(irc_of_session(s), e->text);
}

/* https://modern.ircdocs.horse/#kill-message: he sees his own QUIT, too. */
static void irc_expelled(struct session *s, const struct event *quit)
{
	struct irc_dialog *irc = irc_of_session(s);
	irc_say_event(irc, quit, irc_variant_of(irc));
	irc_say_end(irc, quit->from.host, quit->text);
}

static void irc_refused(struct session *s, const struct event *e, enum refusal why)
{
	struct irc_dialog *irc = irc_of_session(s);
	bool returned = irc_answer_return(irc, IRC_RETURN_EVENT);
	if (why == REFUSED_NOT_THERE && e->kind == EVENT_KICK)
		irc_numeric(irc, ERR_USERNOTINCHANNEL, e->to_nick, e->room_name);
	else if (irc_is_metadata(e))
		irc_metadata_refused(irc, e, why);
	else if (event_is_enrolment(e->kind))
		settle_errand(irc, why);
	else
		irc_refuse(irc, why, irc_verb_of(e->kind),
			   event_is_private(e) ? e->to_nick : e->room_name);
	if (returned)
		irc_answer_returned(irc);
}

static void irc_history(struct session *s, struct event *const *events, size_t count,
			enum read_end end)
{
	struct irc_dialog *irc = irc_of_session(s);
	bool returned = irc_answer_return(irc, IRC_RETURN_SLOW);
	irc_show_past(irc, events, count, end);
	if (returned)
		irc_answer_returned(irc);
	dialog_answered(&irc->dialog);
}

static void irc_targets(struct session *s, const struct chat_target *targets, size_t count,
			enum read_end end)
{
	struct irc_dialog *irc = irc_of_session(s);
	bool returned = irc_answer_return(irc, IRC_RETURN_SLOW);
	irc_show_targets(irc, targets, count, end);
	if (returned)
		irc_answer_returned(irc);
	dialog_answered(&irc->dialog);
}

void irc_taken(struct dialog *d)
{
	irc_answers_flush(irc_of(d));
}

const struct session_ops irc_session_ops = {
	.happened = irc_happened,
	.received = irc_received,
	.said_elsewhere = irc_said_elsewhere,
	.entered = irc_entered,
	.renamed = irc_renamed,
	.logged_in = irc_logged_in,
	.expelled = irc_expelled,
	.watched = irc_watched,
	.observed = irc_observed,
	.refused = irc_refused,
	.history = irc_history,
	.targets = irc_targets,
	.follows = irc_follows,
	.annotated = irc_annotated,
	.variant = irc_session_variant,
};
