/* fuzz_plain: whatever comes over a plain connection, in whatever pieces, gives the same requests,
 * and nothing but text reaches the core. */
#include "net/conn.h"
#include "protocols/plain.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What was asked, one line each. */
struct heard {
	struct buf asked;
	bool rejected, quiet;
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

static void on_ask(struct wire *w, struct request *r)
{
	(void)w;
	must(utf8_valid(r->text, r->text_len), "a request is UTF-8");
	must(!memchr(r->text, '\0', r->text_len), "a request has no NUL");
	must(r->text_len <= MESSAGE_BYTES_MAX, "a request is no longer than a message");
	buf_printf(&now->asked, "%s %d %zu %s\n", r->command->verb, r->flag, r->text_len, r->text);
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
	now->quiet = true;
}

static void on_reject(struct wire *w, const char *what)
{
	(void)w;
	(void)what;
	now->rejected = true;
}

static const struct wire_ops ops = { on_ask, on_may_ask, on_wait_quiet, on_reject };

static struct conn *some_conn(void)
{
	static struct conn_set set;
	static struct conn *conn;
	int ends[2];
	if (conn)
		return conn;
	conn_set_init(&set, loop_new(NULL), NULL, OUTPUT_BYTES_MAX);
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "there are sockets");
	conn = conn_new(&set, ends[0], NULL, NULL);
	return conn;
}

/* Takes bytes in pieces of the given size; stubborn: the core has no room every now and then. */
static void listen_to(struct heard *h, const char *bytes, size_t len, size_t piece, bool stubborn)
{
	struct plain_wire *p = calloc(1, sizeof(*p));
	p->wire = (struct wire){ .codec = &plain_codec,
				 .ops = &ops,
				 .conn = some_conn(),
				 .lang = LANG_ZH };
	now = h;
	bool said_no = false;
	for (size_t at = 0; at < len && !h->rejected;) {
		size_t n = len - at < piece ? len - at : piece;
		h->refusals = stubborn && !said_no; /* every other time */
		size_t taken = plain_codec.take(&p->wire, bytes + at, n);
		said_no = !said_no;
		must(taken <= n, "no more is taken than there is");
		must(taken == n || stubborn || h->rejected, "everything is taken that may be");
		at += taken;
	}
	h->refusals = 0;
	if (!h->rejected)
		plain_codec.end(&p->wire);
	plain_codec.done(&p->wire);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, bytewise = { 0 }, stubborn = { 0 };
	const char *bytes = (const char *)data;
	if (size == 0)
		return 0;
	listen_to(&whole, bytes, size, size, false);
	listen_to(&bytewise, bytes, size, 1, false);
	listen_to(&stubborn, bytes, size, size, true);
	must(whole.rejected == bytewise.rejected && whole.rejected == stubborn.rejected,
	     "pieces make no difference to who is turned away");
	must(whole.asked.len == bytewise.asked.len && whole.asked.len == stubborn.asked.len &&
		     (whole.asked.len == 0 ||
		      (memcmp(whole.asked.bytes, bytewise.asked.bytes, whole.asked.len) == 0 &&
		       memcmp(whole.asked.bytes, stubborn.asked.bytes, whole.asked.len) == 0)),
	     "pieces make no difference to what is asked");
	buf_done(&whole.asked);
	buf_done(&bytewise.asked);
	buf_done(&stubborn.asked);
	return 0;
}
