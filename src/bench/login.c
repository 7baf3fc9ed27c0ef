#include "bench/login.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PART_BYTES_MAX 64 /* of ours */
#define PROOF_BYTES_MAX (2 + 2 * PART_BYTES_MAX)
#define PROOF_TEXT_SIZE sodium_base64_ENCODED_LEN(PROOF_BYTES_MAX, sodium_base64_VARIANT_ORIGINAL)

void login_begin(struct client *c)
{
	crowd_ask(c, "AUTHENTICATE PLAIN");
}

/* Nobody to act as, an account, its password, with a NUL between each: RFC 4616. */
void login_prove(struct client *c, const char *nick)
{
	char proof[PROOF_BYTES_MAX + 1] = "", text[PROOF_TEXT_SIZE];
	char line[sizeof("AUTHENTICATE ") + PROOF_TEXT_SIZE];
	int name_len = snprintf(proof + 1, PART_BYTES_MAX + 1, "%s", nick);
	int len = snprintf(proof + 2 + name_len, PART_BYTES_MAX + 1, "%s", c->password);
	sodium_bin2base64(text, sizeof(text), (const unsigned char *)proof,
			  (size_t)(2 + name_len + len), sodium_base64_VARIANT_ORIGINAL);
	snprintf(line, sizeof(line), "AUTHENTICATE %s", text);
	crowd_ask(c, line);
}
