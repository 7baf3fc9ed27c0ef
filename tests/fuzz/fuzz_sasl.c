/* fuzz_sasl: any lines as what a client says while it logs in: chunks are a message or none, a message
 * comes back from its chunks, PLAIN has three whole parts, and no proof is one by chance. */
#include "base/limits.h"
#include "base/scram.h"
#include "base/text.h"
#include "protocols/sasl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void take_again(void *ctx, const char *chunk)
{
	struct buf *text = ctx;
	enum sasl_taken taken = sasl_take(text, chunk);
	must(taken == (strlen(chunk) == SASL_CHUNK_BYTES ? SASL_MORE : SASL_WHOLE),
	     "what was said in chunks is taken");
}

static void check_again(const struct buf *message)
{
	struct buf again = { 0 };
	sasl_say(message->bytes, message->len, take_again, &again);
	must(again.len == message->len && memcmp(again.bytes, message->bytes, again.len) == 0,
	     "and it is the same");
	buf_done(&again);
}

static void check_plain(const struct buf *message)
{
	struct sasl_plain p;
	if (!sasl_plain_parse(message->bytes, message->len, &p))
		return;
	must(strlen(p.acts_as) + strlen(p.account) + strlen(p.password) + 2 == message->len,
	     "the parts are all of it");
	must(p.account[0] && p.password[0], "and none that matters is missing");
}

/* Messages of one exchange, in whatever order they come. */
static void check_scram(struct scram *s, const struct buf *message)
{
	struct scram_verifier v;
	struct buf out = { 0 };
	unsigned char key[SCRAM_HASH_BYTES] = { 0 };
	if (s->user) {
		must(!scram_take_final(s, message->bytes, message->len, &out),
		     "what nobody knows is not proved");
		must(out.len == 0, "and not answered");
		scram_done(s);
	} else if (scram_take_first(s, message->bytes, message->len)) {
		must(s->user[0] && utf8_valid(s->user, strlen(s->user)), "somebody has a name");
		must(utf8_valid(s->acts_as, strlen(s->acts_as)), "or acts as one who has");
		scram_pretend(&v, key, s->user, 1);
		scram_challenge(s, &v, "server", &out);
		must(strncmp(out.bytes, "r=", 2) == 0, "he is asked for more");
	} else {
		scram_done(s);
	}
	buf_done(&out);
}

static void check_verifier(const char *line)
{
	struct scram_verifier v, again;
	char text[SCRAM_TEXT_SIZE];
	if (!scram_parse(&v, line))
		return;
	scram_text(&v, text);
	must(scram_parse(&again, text) && memcmp(&v, &again, sizeof(v)) == 0,
	     "a verifier comes back from its text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };
	struct scram scram = { 0 };
	char *lines = malloc(size + 1);
	must(lines, "there is memory");
	memcpy(lines, data, size);
	lines[size] = '\0';
	for (char *rest = lines, *line; (line = strsep(&rest, "\n")) != NULL;) {
		struct buf bare = { 0 };
		enum sasl_taken taken = sasl_take(&text, line);
		must(text.len <= SASL_BYTES_MAX, "a message has an end");
		if (taken == SASL_WHOLE) {
			check_again(&text);
			check_plain(&text);
			check_scram(&scram, &text);
		}
		if (taken != SASL_MORE)
			buf_done(&text);
		/* What lies in base64 is found sooner without. */
		buf_add_text(&bare, line);
		check_scram(&scram, &bare);
		check_plain(&bare);
		check_verifier(line);
		buf_done(&bare);
	}
	buf_done(&text);
	scram_done(&scram);
	free(lines);
	return 0;
}
