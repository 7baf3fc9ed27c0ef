/* fuzz_account: any text as the record of an account and as a change of metadata: what is read is written
 * and read back the same, and nothing becomes longer than it may be. */
#include "core/account_record.h"
#include "core/metadata.h"

#include "base/text.h"

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

static bool is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static void check_record(const char *text, size_t len)
{
	struct account_record r, again, copy;
	struct buf written = { 0 }, rewritten = { 0 }, copied = { 0 };
	if (!account_record_read(&r, text, len)) {
		must(!r.name && !r.certs, "nothing is left of what is none");
		return;
	}
	must(r.name[0] && r.cert_count <= ACCOUNT_CERTS_MAX,
	     "it has a name, and so many certificates");
	for (size_t i = 0; i < r.cert_count; i++)
		must(fingerprint_valid(r.certs[i]), "that are some");
	account_record_write(&r, &written);
	must(utf8_valid(written.bytes, written.len), "it is written as UTF-8");
	must(account_record_read(&again, written.bytes, written.len), "what is written is read");
	account_record_write(&again, &rewritten);
	must(is_same(&written, &rewritten), "as the same");
	account_record_copy(&copy, &r);
	account_record_write(&copy, &copied);
	must(is_same(&written, &copied), "a copy is the same");
	account_record_done(&r);
	account_record_done(&again);
	account_record_done(&copy);
	buf_done(&written);
	buf_done(&rewritten);
	buf_done(&copied);
}

static void check_metadata(const char *change)
{
	struct metadata m = { 0 }, again = { 0 };
	struct buf written = { 0 }, rewritten = { 0 }, clear = { 0 };
	metadata_change(&m, change);
	for (size_t i = 0; i < m.count; i++) {
		must(metadata_key_valid(m.items[i].key), "only keys are kept");
		must(metadata_find(&m, m.items[i].key) == m.items[i].value, "each once");
	}
	buf_add_text(&written, "");
	buf_add_text(&rewritten, "");
	metadata_write(&m, &written);
	metadata_change(&again, written.bytes);
	metadata_write(&again, &rewritten);
	must(is_same(&written, &rewritten), "what is written is read as the same");
	buf_add_text(&clear, "");
	metadata_write_clear(&m, &clear);
	metadata_change(&again, clear.bytes);
	must(again.count == 0 && !again.items, "what is cleared is gone");
	metadata_done(&m);
	buf_done(&written);
	buf_done(&rewritten);
	buf_done(&clear);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	memcpy(text, data, size);
	check_record(text, size);
	check_metadata(text);
	free(text);
	return 0;
}
