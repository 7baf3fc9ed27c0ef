/* scram.h: SCRAM-SHA-256 as a server speaks it: a password is proved without being said.
 * https://www.rfc-editor.org/rfc/rfc5802 and https://www.rfc-editor.org/rfc/rfc7677
 *
 *   client-first  n,,n=user,r=abc        scram_take_first()
 *   server-first  r=abcdef,s=…,i=4096    scram_challenge()
 *   client-final  c=biws,r=abcdef,p=…    scram_take_final()
 *   server-final  v=…                    what that adds
 *
 * Messages are the text that SASL carries in base64. Names and passwords are UTF-8 as they are, without
 * SASLprep; there is no channel binding. Pure: randomness and verifiers are handed in. */
#ifndef TEAHOUSE_BASE_SCRAM_H
#define TEAHOUSE_BASE_SCRAM_H

#include "base/buf.h"

#include <stdbool.h>

#define SCRAM_HASH_BYTES 32
#define SCRAM_SALT_BYTES 16
#define SCRAM_ITERATIONS 65536 /* RFC 7677, 4 wants 4096 at least, as of 2015 */

/* What is kept of a password: it tells whether one is right, and cannot be used as one. */
struct scram_verifier {
	unsigned iterations;
	unsigned char salt[SCRAM_SALT_BYTES];
	unsigned char stored_key[SCRAM_HASH_BYTES], server_key[SCRAM_HASH_BYTES];
};

/* Makes the keys for verifier's salt and iterations: about 0.3 ms for every thousand. */
void scram_derive(struct scram_verifier *verifier, const char *password, size_t len);

/* A verifier that nothing satisfies, with a salt that is always the same for one name: so nobody can tell
 * who has no account. key is secret; iterations: as real ones have. */
void scram_pretend(struct scram_verifier *verifier, const unsigned char key[SCRAM_HASH_BYTES],
		   const char *name, unsigned iterations);

/* A verifier as text, "SCRAM-SHA-256$4096:salt$stored:server", much as
 * https://www.rfc-editor.org/rfc/rfc5803 has it. */
#define SCRAM_TEXT_SIZE 160
void scram_text(const struct scram_verifier *verifier, char text[SCRAM_TEXT_SIZE]);
/* false: text is none. */
MUST_USE bool scram_parse(struct scram_verifier *verifier, const char *text);

/* One exchange. { 0 } has not begun; end it with scram_done(). */
struct scram {
	char *user;       /* who he says he is; NULL before scram_take_first() */
	char *acts_as;    /* as whom he wants to act; "": as himself */
	char *header;     /* of client-first, which client-final repeats */
	char *nonce;      /* the client's half; then both */
	struct buf signs; /* what both sign, as far as it was said */
	struct scram_verifier verifier;
};

/* Forgets everything; { 0 } is fine. */
void scram_done(struct scram *s);

/* Takes client-first, before anything else is done with s. false: it is none, or wants what is not
 * there: channel binding, or an extension that has to be known. */
MUST_USE bool scram_take_first(struct scram *s, const char *message, size_t len);

/* Adds server-first to out. nonce: the server's half, printable, without a comma. Copies both. */
void scram_challenge(struct scram *s, const struct scram_verifier *verifier, const char *nonce,
		     struct buf *out);

/* Takes client-final, after the challenge; if the password was right, adds server-final to out. false: it
 * was not, or the message is none. */
MUST_USE bool scram_take_final(struct scram *s, const char *message, size_t len, struct buf *out);

#endif
