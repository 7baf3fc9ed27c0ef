/* totp.h: the second factor of a log-in: six digits that change every 30 seconds.
 * https://www.rfc-editor.org/rfc/rfc6238, with HMAC-SHA-1 as all programs for it have.
 *
 * A code may be early or late by one step, since clocks differ, and is good once: whoever keeps the
 * secret keeps the last step that was used, too (RFC 6238, 5.2). */
#ifndef TEAHOUSE_BASE_TOTP_H
#define TEAHOUSE_BASE_TOTP_H

#include "base/base.h"

#include <stdbool.h>

#define TOTP_SECRET_BYTES 20 /* what RFC 4226, 4 recommends */
#define TOTP_TEXT_SIZE 33    /* of a secret in base32 (RFC 4648), as people type it */
#define TOTP_STEP_S 30

/* bytes are random. */
void totp_text(const unsigned char bytes[TOTP_SECRET_BYTES], char text[TOTP_TEXT_SIZE]);
/* The code of a step, which is the Unix time divided by TOTP_STEP_S. false: text is no secret. */
MUST_USE bool totp_code(const char *text, uint64_t step, char code[7]);

/* Is code, spaces left aside, right at now_s (Unix time)? *last_step is the last one that was used, and
 * becomes this one. */
MUST_USE bool totp_is(const char *text, const char *code, int64_t now_s, uint64_t *last_step);

#endif
