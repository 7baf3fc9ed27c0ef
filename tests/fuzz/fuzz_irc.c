/* fuzz_irc: whatever comes over an IRC connection, in whatever pieces, gives the same requests, and
 * nothing but text reaches the core. */
#include "net/conn.h"
#include "protocols/irc/irc.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What was asked, one line each. */
struct heard {
	struct buf asked;
	bool rejected;
	unsigned refusals; /* how often may_ask() still says no, to stop and go on anywhere */
};

static struct heard *now;

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_part(const struct request *r, const char *part)
{
	size_t len = strlen(part);
	must(len == 0 || (part >= r->text && part + len <= r->text + r->text_len),
	     "a part points into the text");
	must(utf8_valid(part, len), "a part is UTF-8");
	must(!strpbrk(part, "\r\n"), "a part is of one line");
}

static void on_ask(struct wire *w, struct request *r)
{
	(void)w;
	must(r->text_len <= 2 * (IRC_TAGS_BYTES + IRC_LINE_BYTES),
	     "a request is no longer than a line");
	must(r->argc <= REQUEST_ARGS_MAX, "there are 15 arguments at most");
	check_part(r, r->label);
	check_part(r, r->batch);
	check_part(r, r->tags);
	must(strlen(r->tags) <= TAGS_BYTES_MAX, "tags are no longer than a message may have");
	buf_printf(&now->asked, "%s label=%s batch=%s%s tags=%s", r->command->verb, r->label,
		   r->batch, r->flag ? "+" : "", r->tags);
	for (size_t i = 0; i < r->argc; i++) {
		check_part(r, r->argv[i]);
		must(i + 1 == r->argc || (r->argv[i][0] && !strchr(r->argv[i], ' ')),
		     "only the last argument is empty or has spaces");
		buf_printf(&now->asked, " <%s>", r->argv[i]);
	}
	buf_printf(&now->asked, "\n");
	free(r);
}

static bool on_may_ask(const struct wire *w)
{
	(void)w;
	if (now->refusals == 0)
		return true;
	now->refusals--;
	return false;
}

static void on_wait_quiet(struct wire *w)
{
	(void)w;
	must(false, "IRC waits for no pause");
}

static void on_reject(struct wire *w, const char *what)
{
	(void)w;
	(void)what;
	now->rejected = true;
}

static const struct wire_ops ops = { on_ask, on_may_ask, on_wait_quiet, on_reject };

/* Takes bytes in pieces of the given size; stubborn: the core has no room every now and then. */
static void listen_to(struct heard *h, const char *bytes, size_t len, size_t piece, bool stubborn)
{
	struct wire w = { .codec = &irc_codec, .ops = &ops, .lang = LANG_ZH };
	now = h;
	bool said_no = false;
	for (size_t at = 0; at < len && !h->rejected;) {
		size_t n = len - at < piece ? len - at : piece;
		h->refusals = stubborn && !said_no; /* every other time */
		size_t taken = irc_codec.take(&w, bytes + at, n);
		said_no = !said_no;
		must(taken <= n, "no more is taken than there is");
		must(taken == n || stubborn || h->rejected, "everything is taken that may be");
		at += taken;
	}
	h->refusals = 0;
	if (!h->rejected)
		irc_codec.end(&w);
	irc_codec.done(&w);
}

static bool is_same(const struct heard *a, const struct heard *b)
{
	return a->rejected == b->rejected && a->asked.len == b->asked.len &&
	       (a->asked.len == 0 || memcmp(a->asked.bytes, b->asked.bytes, a->asked.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, bytewise = { 0 }, uneven = { 0 }, stubborn = { 0 };
	const char *bytes = (const char *)data;
	if (size == 0)
		return 0;
	listen_to(&whole, bytes, size, size, false);
	listen_to(&bytewise, bytes, size, 1, false);
	listen_to(&uneven, bytes, size, 7, true);
	listen_to(&stubborn, bytes, size, size, true);
	must(is_same(&whole, &bytewise) && is_same(&whole, &uneven) && is_same(&whole, &stubborn),
	     "pieces make no difference");
	buf_done(&whole.asked);
	buf_done(&bytewise.asked);
	buf_done(&uneven.asked);
	buf_done(&stubborn.asked);
	return 0;
}
