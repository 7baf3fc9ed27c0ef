/* irc.h: IRC, as Modern IRC (https://modern.ircdocs.horse) and IRCv3 have it.
 *
 *   I/O thread    input.c  line.c                  lines become requests
 *                 render.c  render_message.c       events become lines
 *                 tags.c  multiline.c  split.c     what stands before them, and where they are cut
 *   core thread   commands.c  handlers.h           the table of commands, and what holds for all of them
 *                 irc.c                            what handlers find by, and read arguments with
 *                 answer.c                         gathers an answer's lines
 *                 say.c  numerics.h  fails.h       and makes them
 *                 refuse.c                         why something cannot be
 *                 register.c  caps.c  webirc.c     getting in
 *                 login.c  sasl.c  enrol.c         logging in, and registering an account
 *                 service.c  nickserv.c  settings.c  the services, which are the server itself
 *                 session.c                        what the chat tells him
 *                 talk.c  batch.c                  saying something, in one line or many
 *                 rooms.c  modes.c  rename.c       rooms
 *                 chathistory.c  question.c  past.c  redact.c  markread.c  what was said
 *                 list.c  who.c  whois.c  users.c  monitor.c     who is here
 *                 user_modes.c  ignore.c  oper.c   what somebody is, hears and may do
 *                 metadata.c  metadata_subs.c      what programs say of somebody
 *                 about.c  isupport.c  help.c  stats.c  links.c  the server
 *
 * What there is of commands, numerics, capabilities, tokens and modes is in tables, and their comments say
 * how we read the specifications: tools/irc-tables makes docs/IRC.md of them.
 *
 * Nothing outside this folder includes more than the three declarations at the end. */
#ifndef TEAHOUSE_PROTOCOLS_IRC_IRC_H
#define TEAHOUSE_PROTOCOLS_IRC_IRC_H

#include "core/permission.h"
#include "protocols/about.h"
#include "protocols/codec.h"
#include "protocols/dialog.h"
#include "protocols/irc/answer.h"
#include "protocols/irc/numerics.h"

#define IRC_LINE_BYTES 512                 /* with its CR LF, without its tags */
#define IRC_ANSWER_BYTES_MAX (1024 * 1024) /* about; of one WHO or LIST */
#define IRC_TARGETS_MAX 4                  /* of one PRIVMSG, NOTICE or TAGMSG */
#define IRC_TAGS_BYTES 4096                /* of a client, with "@" and the space behind */

/* Capabilities: caps.c has their names. More than an enum has room for. */
#define CAP_MESSAGE_TAGS BIT64(0)
#define CAP_SERVER_TIME BIT64(1)
#define CAP_ECHO_MESSAGE BIT64(2)
#define CAP_BATCH BIT64(3)
#define CAP_LABELED_RESPONSE BIT64(4)
#define CAP_MULTI_PREFIX BIT64(5)
#define CAP_EXTENDED_JOIN BIT64(6)
#define CAP_ACCOUNT_TAG BIT64(7)
#define CAP_AWAY_NOTIFY BIT64(8)
#define CAP_CAP_NOTIFY BIT64(9)
#define CAP_USERHOST_IN_NAMES BIT64(10)
#define CAP_SETNAME BIT64(11)
#define CAP_CHATHISTORY BIT64(12)
#define CAP_SELF_MESSAGE BIT64(13)
#define CAP_CHANNEL_RENAME BIT64(14)
#define CAP_OPER_TAG BIT64(15)
#define CAP_CHGHOST BIT64(16)
#define CAP_ACCOUNT_NOTIFY BIT64(17)
#define CAP_INVITE_NOTIFY BIT64(18)
#define CAP_NO_IMPLICIT_NAMES BIT64(19)
#define CAP_STANDARD_REPLIES BIT64(20)
#define CAP_EXTENDED_ISUPPORT BIT64(21)
#define CAP_PRE_AWAY BIT64(22)
#define CAP_MULTILINE BIT64(23)
#define CAP_READ_MARKER BIT64(24)
#define CAP_EXTENDED_MONITOR BIT64(31)
#define CAP_EVENT_PLAYBACK BIT64(32)
#define CAP_METADATA_2 BIT64(25)
#define CAP_METADATA_3 BIT64(26)
#define CAP_MESSAGE_REDACTION BIT64(33)
#define CAP_SASL BIT64(40)
#define CAP_ACCOUNT_REGISTRATION BIT64(41)
#define CAP_302 BIT64(63)    /* CAP LS 302 was asked: values, and NEW and DEL */
#define CAP_NONE UINT64_C(0) /* of one that is told and cannot be asked for */

/* A rendering's bits of IRC's own: the capabilities that make a difference to events. */
enum irc_variant {
	IRC_TAGS = BIT(VARIANT_OWN_BITS),
	IRC_TIME = BIT(VARIANT_OWN_BITS + 1),
	IRC_ACCOUNT = BIT(VARIANT_OWN_BITS + 2),
	IRC_EXTENDED_JOIN = BIT(VARIANT_OWN_BITS + 3),
	IRC_AWAY = BIT(VARIANT_OWN_BITS + 4),
	IRC_SETNAME = BIT(VARIANT_OWN_BITS + 5),
	IRC_OPERATOR = BIT(VARIANT_OWN_BITS + 6),
	IRC_CHGHOST = BIT(VARIANT_OWN_BITS + 7),
	IRC_LOGIN = BIT(VARIANT_OWN_BITS + 8),
	IRC_INVITED = BIT(VARIANT_OWN_BITS + 9),
	IRC_MULTILINE = BIT(VARIANT_OWN_BITS + 10),
	IRC_REDACTION = BIT(VARIANT_OWN_BITS + 18),
};

/* What a gateway says of somebody: webirc.c. */
struct irc_brought {
	unsigned char ip[16];
	char host[HOST_SIZE]; /* to be shown */
	const char *via;      /* see struct introduction */
	bool checked;         /* the gateway has the right password */
	bool secure;          /* he came to the gateway by TLS */
};

/* What somebody says of himself until he is in. */
struct irc_applicant {
	char nick[NICK_BYTES_MAX + 1]; /* "": not given yet */
	char *user, *real, *password;  /* NULL: the same */
	char *login;                   /* "account:password"; likewise */
	char *away;                    /* likewise; "": he is present */
	struct irc_brought *brought;   /* by a gateway; NULL: he comes by himself */
	unsigned flags;                /* of enum user_flag, as USER asks for them */
	bool negotiating;              /* CAP END is to come before he is in */
	struct metadata metadata;      /* what he says of himself by METADATA */
};

/* History on its way. */
struct irc_reading {
	/* The verb that asked, and its subcommand with a space, or ""; REDACT: the id. */
	char verb[16], context[24];
	char target[ROOM_BYTES_MAX + 1];   /* whose past it is */
	char reason[REASON_BYTES_MAX + 1]; /* REDACT only */
};

struct irc_batch;
struct irc_subs;

/* What he has while he registers, or asks for something that takes its time. */
struct irc_extras {
	struct irc_applicant *applicant; /* NULL once he is in */
	struct irc_reading *reading;     /* NULL: he has asked for no history */
	char *certificate;               /* the fingerprint of his client's; NULL: it showed none */
	struct irc_sasl *sasl;           /* NULL: he is not about to authenticate himself */
	struct irc_errand *errand;       /* see login.h; NULL: nothing is to come back */
	struct irc_enrolling *enrolling; /* NULL: no account of his waits for a code */
	char *totp;                      /* a second factor that he has not shown yet; or NULL */
	struct irc_batch *batch;         /* NULL: he has begun none */
	struct irc_subs *subs;           /* NULL: he hears of no metadata */
	bool clearing;                   /* METADATA CLEAR is on its way to the disk */
};

struct irc_dialog {
	struct dialog dialog;
	uint64_t caps;             /* CAP_*; only caps.c writes it */
	struct irc_extras *extras; /* NULL: he has none of it, see irc_extras() */
	struct irc_answers answers;
};

/* A row of the table of commands. */
struct irc_command {
	struct command command;
	/* What its arguments name, one letter each: 'r' rooms, 't' rooms or nicks, 'n' nicks (all of
	 * them lists with commas), 'j' rooms to be entered, 'b' a batch that it may end, '-' nothing
	 * that could be on its way to the disk. Of operators only: 'u' somebody in whose place they
	 * act, 'e' rooms that he is to enter. NULL: nothing. */
	const char *names;
	enum { IRC_ANYTIME, IRC_BEFORE, IRC_AFTER } when; /* of registration */
	unsigned min_args;
	bool message; /* says something: may follow other messages in flight */
	bool stores;
	bool operators; /* of the server only */
	void (*run)(struct irc_dialog *irc, const struct request *r);
};

/* ---- for all files of this folder that run on the core thread ---- */

struct irc_dialog *irc_of(struct dialog *d);
struct irc_dialog *irc_of_session(struct session *s);
struct chat *irc_chat(const struct irc_dialog *irc);
/* Never NULL: made when it was missing. */
struct irc_extras *irc_extras(struct irc_dialog *irc);
/* Frees them if they are empty. */
void irc_extras_settle(struct irc_dialog *irc);
/* NULL once he is in. */
struct irc_applicant *irc_applicant(const struct irc_dialog *irc);
/* NULL until he is in. */
struct user *irc_user(const struct irc_dialog *irc);
const struct about *irc_about(const struct irc_dialog *irc);
/* "*" until he has one. */
const char *irc_nick(const struct irc_dialog *irc);

/* Copies text, cut between two characters if it does not fit. */
void irc_cut(char *copy, size_t size, const char *text);
/* The index-th argument; "" if it is missing. */
const char *irc_arg(const struct request *r, size_t index);
/* text, or "*" if it can be no parameter but the last: it would be read as another, or as several. */
const char *irc_word(const char *text);
/* Walks a list with commas: the next word of *at, which ends where it did; false: no more. */
bool irc_next_word(const char **at, char *word, size_t size);

/* "@#room", the members of a rank and above: returns where the room's name begins, and the prefix of the
 * lowest rank that is named (https://modern.ircdocs.horse/#statusmsg-parameter). NULL: it is not that. */
const char *irc_rank_target(const char *target, char *ret_prefix);

/* Finds a room or somebody. */
struct room *irc_room(const struct irc_dialog *irc, const char *name);
struct user *irc_find(const struct irc_dialog *irc, const char *nick);

/* The reply to a refusal of what he asked with verb of a room or nick (name); nothing for REFUSED_NOT.
 * A NOTICE is answered only if it could not be stored, and then with a standard reply
 * (https://ircv3.net/specs/extensions/standard-replies). */
void irc_refuse(struct irc_dialog *irc, enum refusal why, const char *verb, const char *name);

/* talk.c: says it to a room or to somebody, or why that cannot be. */
void irc_say_to(struct irc_dialog *irc, const char *verb, const char *target, enum event_kind kind,
		const struct words *words);

/* The verb that a stored event was asked with. */
const char *irc_verb_of(enum event_kind kind);

/* caps.c: the rendering he gets, and what CAP and its subcommands do. */
unsigned irc_variant_of(const struct irc_dialog *irc);
/* webirc.c: a gateway's password is being checked; it is right, or not; and whether nobody in between can
 * read what is said. All of them before he is in. */
bool irc_is_brought(const struct irc_dialog *irc);
void irc_brought(struct irc_dialog *irc, bool ok);
bool irc_is_secure(const struct irc_dialog *irc);
/* register.c: if all that is needed has come, he is in. */
void irc_try_to_enter(struct irc_dialog *irc);
void irc_checked(struct dialog *d, const struct password_answer *answer);
/* ERROR and the end of the connection, of one whose user has left; and of any. */
void irc_say_end(struct irc_dialog *irc, const char *host, const char *why);
void irc_say_goodbye(struct irc_dialog *irc, const char *why);

/* rename.c: a room that he is in has another name. Beside all answers, or in his own. */
void irc_show_rename(struct irc_dialog *irc, struct event *e);
/* markread.c: up to where he has read a room or a talk, if he wants to know. */
void irc_show_mark(struct irc_dialog *irc, const char *name);
/* session.c: he is shown that he entered e's room, and what is to be seen there. */
void irc_show_entry(struct irc_dialog *irc, const struct event *e);
/* rooms.c, users.c, about.c, isupport.c and past.c: parts of longer answers. */
void irc_show_topic(struct irc_dialog *irc, const struct room *r);
void irc_show_names(struct irc_dialog *irc, const struct room *r);
void irc_show_replay(struct irc_dialog *irc, const struct room *r);
void irc_show_events(struct irc_dialog *irc, const char *target, struct event *const *events,
		     size_t count);
/* chathistory.c: notes what was asked, for the answer, until which everything waits. */
void irc_note_reading(struct irc_dialog *irc, const char *verb, const char *context,
		      const char *target, const char *reason);
/* redact.c: what is to be redacted was looked for. */
void irc_redact_found(struct irc_dialog *irc, struct event *const *events, size_t count,
		      enum read_end end);
/* The answers to what was asked. */
void irc_show_past(struct irc_dialog *irc, struct event *const *events, size_t count,
		   enum read_end end);
void irc_show_targets(struct irc_dialog *irc, const struct chat_target *targets, size_t count,
		      enum read_end end);
void irc_show_lusers(struct irc_dialog *irc);
void irc_show_motd(struct irc_dialog *irc);
void irc_show_isupport(struct irc_dialog *irc);
/* monitor.c: session_ops' own. */
void irc_watched(struct session *s, const struct user *who, bool here);
/* oper.c: the other operators, who want to know, are told what this one asks. */
void irc_tell_use(struct irc_dialog *irc, const struct request *r);
void irc_became_operator(struct irc_dialog *irc, bool ok, const char *host);

/* The prefixes of a member before his nick: "~@+", or only the highest. */
#define IRC_PREFIXES_SIZE (RANK_COUNT + 1)
const char *irc_prefixes(const struct irc_dialog *irc, const struct member *m,
			 char text[IRC_PREFIXES_SIZE]);
#define IRC_USER_MODES_SIZE 16
/* user_modes.c: his modes, "iw". */
void irc_user_modes(const struct user *u, char text[IRC_USER_MODES_SIZE]);
/* They were before: he is told what is different now. */
void irc_say_user_changes(struct irc_dialog *irc, unsigned before);
/* "MODE nick", and changes. */
void irc_mode_user(struct irc_dialog *irc, const struct user *u, const struct request *r);
/* The index-th argument is this server, or missing; false: he is told that there is none like it. */
bool irc_asks_here(struct irc_dialog *irc, const struct request *r, size_t index);
/* Whether the room and its people are to be seen by him. */
bool irc_sees(const struct irc_dialog *irc, const struct room *r);
/* Whether he may know that m's user is in that room. */
bool irc_shows_room(const struct irc_dialog *irc, const struct member *m);
/* users.c: since when u has said nothing. */
long long irc_idle_seconds(const struct irc_dialog *irc, const struct user *u);
/* The address that a client comes from, in a form that can be any parameter. Not for everybody. */
#define IRC_ADDRESS_SIZE (ADDRESS_TEXT + 1)
const char *irc_session_address(const struct session *s, char text[IRC_ADDRESS_SIZE]);
/* u's, if he may know it: his own, or he is an operator; else 255.255.255.255. */
const char *irc_address(const struct irc_dialog *irc, const struct user *u,
			char text[IRC_ADDRESS_SIZE]);

/* ---- between the codec and the table ---- */

/* NULL: there is none. verb in upper case. */
const struct irc_command *irc_command_find(const char *verb);
/* All of them, in the order of their verbs. */
extern const struct irc_command irc_commands[];
extern const size_t irc_command_count;

/* What the codec asks besides: a verb that is none (its only argument), a line that is too long, one
 * that is not UTF-8 (its verb, if that could be read), and the end of the input. */
extern const struct irc_command irc_unknown, irc_too_long, irc_bad_bytes, irc_end;

/* render.c: adds the lines that e is in a variant. tags, such as "batch=3", go before all others. */
void irc_render_tagged(const struct event *e, unsigned variant, const char *tags, struct buf *out);
/* tags.c: adds the tags of a line of e, and the space behind them; nothing if there are none. first: of several
 * lines of one message. */
void irc_add_tags(struct buf *out, const struct event *e, unsigned variant, const char *tags,
		  bool first);
/* render_message.c: what somebody says, as one line, as several, or as a batch of its own. */
void irc_render_message(const struct event *e, unsigned variant, const char *tags, struct buf *out);
void irc_render_wallops(const struct event *e, unsigned variant, const char *tags, struct buf *out);
void irc_render_server_notice(const struct event *e, unsigned variant, const char *tags,
			      struct buf *out);
bool irc_message_is_batch(const struct event *e, unsigned variant);
/* Where it is said: a room, or a nick. */
const char *irc_event_target(const struct event *e);
/* About how long its lines are. */
size_t irc_event_bytes(const struct event *e);
/* "2026-11-23T14:05:09.123Z", as server-time has it. */
#define IRC_TIME_SIZE 32
void irc_time_text(int64_t time_ms, char text[IRC_TIME_SIZE]);
/* false: text is none. */
bool irc_time_parse(const char *text, int64_t *ret_ms);
/* Ids as messages carry them. */
#define IRC_MSGID_SIZE 24
void irc_msgid_of(uint64_t id, char text[IRC_MSGID_SIZE]);
void irc_msgid_text(const struct event *e, char text[IRC_MSGID_SIZE]);
bool irc_msgid_parse(const char *text, uint64_t *ret_id);

/* ---- for protocol.c ---- */

extern const struct codec irc_codec;
extern const struct session_ops irc_session_ops;
void irc_opened(struct dialog *d);
void irc_showed_certificate(struct dialog *d, const char *fingerprint);
void irc_closed(struct dialog *d);
void irc_taken(struct dialog *d);
/* caps.c: those who want to know are told. */
void irc_about_changed(struct dialog *d, const struct about *before);

#endif
