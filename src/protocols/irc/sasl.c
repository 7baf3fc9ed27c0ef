/* sasl: AUTHENTICATE. https://ircv3.net/specs/extensions/sasl-3.1 and
 * https://ircv3.net/specs/extensions/sasl-3.2
 *
 *   no exchange ──mechanism──▶ a message, in chunks ──whole──▶ the mechanism's turn
 *        ▲                            ▲                              │      │
 *        │                            └──────────challenge───────────┘      │
 *        └── 903, or 904 to 906 ◀──────────────────────────────────────────┘
 *
 * It may begin whenever it likes, also after registration, and as often. */
#include "protocols/irc/handlers.h"

#include "base/scram.h"
#include "protocols/irc/login.h"
#include "protocols/protocol.h"
#include "protocols/sasl.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NONCE_BYTES 18
#define BASE64 sodium_base64_VARIANT_ORIGINAL

/* An exchange. */
struct irc_sasl {
	const struct mechanism *mechanism; /* NULL: none is under way */
	struct buf message;                /* what came of one; or the last one to him, held back */
	bool passes_over;                  /* what still comes of one that was too long */
	struct scram scram;
	bool proved; /* SCRAM: he has, and is to say that he knows it */
};

/* A message is whole: it goes on, or is over. */
typedef void take_message(struct irc_dialog *irc, struct irc_sasl *s, const struct buf *message);
static take_message take_plain, take_scram, take_external;

static const struct mechanism {
	const char *name;
	bool needs_tls;
	take_message *take;
} mechanisms[] = {
	{ "PLAIN", false, take_plain },
	{ "SCRAM-SHA-256", false, take_scram },
	{ "EXTERNAL", true, take_external },
};

static bool is_offered(const struct irc_dialog *irc, const struct mechanism *m)
{
	return !m->needs_tls || irc->dialog.protocol->is_tls;
}

bool irc_sasl_mechanisms(const struct irc_dialog *irc, struct buf *out)
{
	size_t from = out->len;
	for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++)
		if (is_offered(irc, &mechanisms[i]))
			buf_printf(out, "%s%s", out->len > from ? "," : "", mechanisms[i].name);
	return true;
}

static struct irc_sasl *sasl_of(struct irc_dialog *irc)
{
	if (!irc_extras(irc)->sasl)
		irc_extras(irc)->sasl = xcalloc(1, sizeof(struct irc_sasl));
	return irc_extras(irc)->sasl;
}

static void forget(struct buf *message)
{
	if (message->bytes)
		sodium_memzero(message->bytes, message->size);
	buf_done(message);
}

void irc_sasl_free(struct irc_dialog *irc)
{
	struct irc_sasl *s = irc->extras ? irc->extras->sasl : NULL;
	if (!s)
		return;
	forget(&s->message);
	scram_done(&s->scram);
	free(s);
	irc->extras->sasl = NULL;
	irc_extras_settle(irc);
}

static void finish(struct irc_dialog *irc, enum irc_numeric how)
{
	irc_sasl_free(irc);
	irc_numeric(irc, how);
}

void irc_sasl_abort(struct irc_dialog *irc)
{
	const struct irc_sasl *s = irc->extras ? irc->extras->sasl : NULL;
	if (s && s->mechanism)
		finish(irc, ERR_SASLABORTED);
	else
		irc_sasl_free(irc);
}

static void say_chunk(void *ctx, const char *chunk)
{
	irc_say(ctx, "AUTHENTICATE %s", chunk);
}

/* ---- who it is ---- */

static void succeed(struct irc_dialog *irc, struct account *a)
{
	if (irc_log_in(irc, a))
		finish(irc, RPL_SASLSUCCESS);
	else
		finish(irc, ERR_SASLALREADY);
}

/* Whom he wants to act as, if he says so, must be himself. */
static bool acts_as_himself(const struct irc_dialog *irc, const char *name, const char *acts_as)
{
	const struct account *a = irc_account(irc, name);
	return !acts_as[0] || strcmp(acts_as, name) == 0 || (a && irc_is_account(irc, a, acts_as));
}

static void plain_then(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		       const struct password_answer *answer)
{
	(void)answer;
	if (why == REFUSED_NOT)
		succeed(irc, e->account);
	else
		finish(irc, why == REFUSED_SUSPENDED ? ERR_NICKLOCKED : ERR_SASLFAIL);
}

static void take_plain(struct irc_dialog *irc, struct irc_sasl *s, const struct buf *message)
{
	struct sasl_plain p;
	(void)s;
	if (!sasl_plain_parse(message->bytes, message->len, &p) ||
	    !acts_as_himself(irc, p.account, p.acts_as) ||
	    !irc_check_login(irc, p.account, p.password, plain_then))
		finish(irc, ERR_SASLFAIL);
}

/* The handshake has proved that the key of the certificate is his. */
static void take_external(struct irc_dialog *irc, struct irc_sasl *s, const struct buf *message)
{
	const char *shown = irc->extras->certificate, *acts_as = message->bytes;
	struct account *a = shown ? account_find_cert(irc_chat(irc), shown) : NULL;
	(void)s;
	if (!a || strlen(acts_as) != message->len ||
	    (acts_as[0] && !irc_is_account(irc, a, acts_as)))
		finish(irc, ERR_SASLFAIL);
	else if (a->record.suspended[0])
		finish(irc, ERR_NICKLOCKED);
	else
		succeed(irc, a);
}

/* ---- SCRAM ---- */

/* What he is measured by. Who has no account, or needs more than a password, gets one that nothing
 * satisfies, and cannot tell. */
static void choose_verifier(struct irc_dialog *irc, const char *name, struct scram_verifier *v)
{
	const struct chat *chat = irc_chat(irc);
	const struct passwords *passwords = &irc->dialog.all->passwords;
	const struct account *a = irc_account(irc, name);
	char key[NAME_KEY_SIZE], secret[PASSWORD_CODE_HASH_SIZE];
	if (a && !a->record.totp[0] && scram_parse(v, a->record.scram))
		return;
	bool valid = nick_key(name, strlen(name), chat->config.nick_bytes, chat->config.casemapping,
			      key);
	passwords->hash_code(passwords->ctx, "SCRAM-SHA-256", secret);
	scram_pretend(v, (const unsigned char *)secret, valid ? key : name, SCRAM_ITERATIONS);
}

static void draw_nonce(const struct passwords *p, char *text, size_t size)
{
	unsigned char bytes[NONCE_BYTES];
	p->draw(p->ctx, bytes, sizeof(bytes));
	sodium_bin2base64(text, size, bytes, sizeof(bytes), BASE64);
}

static void challenge(struct irc_dialog *irc, struct irc_sasl *s)
{
	char nonce[sodium_base64_ENCODED_LEN(NONCE_BYTES, BASE64)];
	struct scram_verifier v;
	struct buf said = { 0 };
	choose_verifier(irc, s->scram.user, &v);
	draw_nonce(&irc->dialog.all->passwords, nonce, sizeof(nonce));
	scram_challenge(&s->scram, &v, nonce, &said);
	sasl_say(said.bytes, said.len, say_chunk, irc);
	sodium_memzero(&v, sizeof(v));
	buf_done(&said);
}

/* He is answered after as long as with a password, whatever it is: failing counts. */
static void scram_then(struct irc_dialog *irc, struct irc_errand *e, enum refusal why,
		       const struct password_answer *answer)
{
	struct irc_sasl *s = sasl_of(irc);
	(void)e, (void)answer;
	if (why != REFUSED_NOT) {
		finish(irc, ERR_SASLFAIL);
		return;
	}
	s->proved = true;
	sasl_say(s->message.bytes, s->message.len, say_chunk, irc);
	buf_done(&s->message);
}

static void prove(struct irc_dialog *irc, struct irc_sasl *s, const struct buf *message)
{
	const struct account *a = irc_account(irc, s->scram.user);
	const struct password_question question = {
		.job = PASSWORD_PROVED,
		.name = a ? a->name : s->scram.user,
		.password = "",
		.hash = "",
		.ok = scram_take_final(&s->scram, message->bytes, message->len, &s->message),
		.totp = "",
		.code = "",
	};
	irc_errand_begin(irc, scram_then);
	if (dialog_check(&irc->dialog, &question))
		return;
	irc_errand_drop(irc);
	finish(irc, ERR_SASLFAIL);
}

/* The account may have been dropped, or got another password or a second factor, since the challenge. */
static void scram_succeed(struct irc_dialog *irc, struct irc_sasl *s)
{
	struct account *a = irc_account(irc, s->scram.user);
	struct scram_verifier now;
	if (!a || a->record.totp[0] || !scram_parse(&now, a->record.scram) ||
	    sodium_memcmp(&now, &s->scram.verifier, sizeof(now)) != 0)
		finish(irc, ERR_SASLFAIL);
	else if (a->record.suspended[0])
		finish(irc, ERR_NICKLOCKED);
	else
		succeed(irc, a);
}

static void take_scram(struct irc_dialog *irc, struct irc_sasl *s, const struct buf *message)
{
	if (s->proved && message->len == 0)
		scram_succeed(irc, s);
	else if (s->scram.user && !s->proved)
		prove(irc, s, message);
	else if (!s->proved && scram_take_first(&s->scram, message->bytes, message->len) &&
		 acts_as_himself(irc, s->scram.user, s->scram.acts_as))
		challenge(irc, s);
	else
		finish(irc, ERR_SASLFAIL);
}

/* ---- AUTHENTICATE ---- */

static void begin(struct irc_dialog *irc, const char *name)
{
	struct buf list = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++)
		if (strcasecmp(name, mechanisms[i].name) == 0 && is_offered(irc, &mechanisms[i])) {
			sasl_of(irc)->mechanism = &mechanisms[i];
			irc_say(irc, "AUTHENTICATE +");
			return;
		}
	irc_sasl_mechanisms(irc, &list);
	irc_numeric(irc, RPL_SASLMECHS, list.bytes);
	finish(irc, ERR_SASLFAIL);
	buf_done(&list);
}

static void take(struct irc_dialog *irc, struct irc_sasl *s, const char *chunk)
{
	enum sasl_taken taken = sasl_take(&s->message, chunk);
	struct buf message = s->message;
	switch (taken) {
	case SASL_MORE:
		return;
	case SASL_WHOLE:
		s->message = (struct buf){ 0 };
		s->mechanism->take(irc, s, &message);
		forget(&message);
		return;
	case SASL_CHUNK_LONG:
		finish(irc, ERR_SASLTOOLONG);
		return;
	case SASL_BROKEN:
		finish(irc, ERR_SASLFAIL);
		return;
	case SASL_LONG:
		finish(irc, ERR_SASLFAIL);
		sasl_of(irc)->passes_over = true;
		return;
	}
}

void irc_cmd_authenticate(struct irc_dialog *irc, const struct request *r)
{
	const char *word = irc_arg(r, 0);
	struct irc_sasl *s = irc->extras ? irc->extras->sasl : NULL;
	if (irc_has_errand(irc))
		finish(irc, ERR_SASLFAIL);
	else if (strcmp(word, "*") == 0)
		finish(irc, ERR_SASLABORTED);
	else if (s && s->mechanism)
		take(irc, s, word);
	else if (!s || !s->passes_over || strlen(word) != SASL_CHUNK_BYTES)
		begin(irc, word);
}
