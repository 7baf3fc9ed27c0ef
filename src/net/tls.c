#include "net/tls.h"

#include "base/buf.h"
#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	SSL *ssl;
	struct tls_config *config;
	const char *error;
	struct buf kept; /* taken, and not given to the kernel yet */
	bool wants_write;
};

struct tls *tls_new(struct tls_config *config, int fd, struct err *err)
{
	SSL *ssl = tls_config_open(config, fd, err);
	if (!ssl)
		return NULL;
	struct tls *t = xcalloc(1, sizeof(*t));
	t->ssl = ssl;
	t->config = tls_config_ref(config);
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	buf_done(&t->kept);
	SSL_free(t->ssl);
	tls_config_unref(t->config);
	free(t);
}

void tls_fail(struct tls *t, const char *why)
{
	if (!t->error)
		t->error = why;
}

const char *tls_error(const struct tls *t)
{
	return t->error;
}

bool tls_is_client(const struct tls *t)
{
	return !SSL_is_server(t->ssl);
}

bool tls_holds_output(const struct tls *t)
{
	return t->kept.len > 0;
}

bool tls_wants_write(const struct tls *t)
{
	return t->wants_write;
}

bool tls_is_stuck(const struct tls *t)
{
	return t->wants_write && SSL_in_init(t->ssl);
}

/* SSL_get_error() looks into the thread's list of errors; errno stands for what is not in there. */
static bool tls_begin(struct tls *t)
{
	ERR_clear_error();
	t->wants_write = false;
	errno = t->error ? EPROTO : 0;
	return !t->error;
}

static ssize_t tls_result(struct tls *t, int result)
{
	if (result > 0)
		return result;
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_WRITE:
		t->wants_write = true;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_SYSCALL:
		/* The socket's own error, as without TLS: what came before it can still be read. */
		errno = errno == 0 || errno == EAGAIN ? ECONNRESET : errno;
		return -1;
	default:
		tls_fail(t, tls_reason());
		errno = EPROTO;
		return -1;
	}
}

ssize_t tls_handshake(struct tls *t)
{
	if (!tls_begin(t))
		return -1;
	ssize_t n = tls_result(t, SSL_do_handshake(t->ssl));
	if (n > 0 || (n < 0 && errno == EAGAIN))
		return n;
	tls_fail(t, "ended during the handshake");
	errno = EPROTO;
	return -1;
}

bool tls_peer_fingerprint(const struct tls *t, char text[TLS_PEER_FINGERPRINT_SIZE])
{
	const X509 *shown = SSL_get0_peer_certificate(t->ssl);
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!shown || X509_digest(shown, EVP_sha256(), hash, &len) != 1)
		return false;
	for (size_t i = 0; i < len; i++)
		snprintf(text + i * 2, 3, "%02x", hash[i]);
	return true;
}

ssize_t tls_receive(struct tls *t, char *bytes, size_t size)
{
	assert(size >= TLS_RECORD_BYTES);
	if (!tls_begin(t))
		return -1;
	ssize_t n = tls_result(t, SSL_read(t->ssl, bytes, (int)size));
	assert(n <= 0 || SSL_pending(t->ssl) == 0);
	return n;
}

static ssize_t tls_write(struct tls *t, const char *bytes, size_t len)
{
	ssize_t n = tls_result(t, SSL_write(t->ssl, bytes, (int)len));
	if (n == 0) {
		errno = EPIPE; /* to OpenSSL it is over because the peer had ended before */
		return -1;
	}
	return n;
}

/* OpenSSL is asked again with the bytes that it was asked with: a part of them may be in a record that
 * is half sent, and how long a record is depends on the peer (RFC 6066, 4). */
static bool tls_send_kept(struct tls *t)
{
	while (t->kept.len > 0) {
		ssize_t n = tls_write(t, t->kept.bytes, t->kept.len);
		if (n < 0)
			return false;
		buf_drop(&t->kept, (size_t)n);
	}
	buf_done(&t->kept);
	return true;
}

ssize_t tls_transmit(struct tls *t, const char *bytes, size_t len)
{
	size_t sent = 0;
	assert(len <= TLS_RECORD_BYTES);
	if (!tls_begin(t) || !tls_send_kept(t))
		return -1;
	while (sent < len) {
		ssize_t n = tls_write(t, bytes + sent, len - sent);
		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n < 0)
			break;
		sent += (size_t)n;
	}
	if (sent < len)
		buf_add(&t->kept, bytes + sent, len - sent);
	return (ssize_t)len;
}

void tls_say_end(struct tls *t)
{
	if (tls_begin(t) && t->kept.len == 0)
		SSL_shutdown(t->ssl);
}
