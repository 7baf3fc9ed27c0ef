#include "net/tls_config.h"

#include "base/file.h"
#include "base/limits.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* With forward secrecy; those of TLS 1.3 are all AEAD, and OpenSSL's own choice. */
#define TLS12_SUITES "ECDHE+AESGCM:ECDHE+CHACHA20"

struct tls_certificate {
	X509 *leaf;
	EVP_PKEY *key;
	STACK_OF(X509) * chain;
};

struct tls_config {
	atomic_size_t refs;
	SSL_CTX *ctx;
	bool is_server;
	size_t count;
	struct tls_certificate certificates[TLS_CERTIFICATES_MAX];
};

const char *tls_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	return reason ? reason : "OpenSSL gives no reason";
}

/* ---- reading files ---- */

/* OpenSSL would ask at the terminal. */
static int no_password(char *password, int size, int writing, void *ctx)
{
	(void)password, (void)size, (void)writing, (void)ctx;
	return -1;
}

static bool read_chain(struct tls_certificate *c, BIO *pem)
{
	X509 *more;
	c->leaf = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL);
	c->chain = sk_X509_new_null();
	if (!c->leaf || !c->chain)
		return false;
	while ((more = PEM_read_bio_X509(pem, NULL, no_password, NULL)))
		if (!sk_X509_push(c->chain, more)) {
			X509_free(more);
			return false;
		}
	/* That there is no further one is how a file ends. */
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

static bool read_certificate(struct tls_certificate *c, BIO *pem, const char *path, struct err *err)
{
	if (read_chain(c, pem))
		return true;
	return err_set(err, ERR_INVALID, "%s is not a certificate in PEM form: %s", path,
		       tls_reason());
}

static bool read_key(struct tls_certificate *c, BIO *pem, const char *path, struct err *err)
{
	c->key = PEM_read_bio_PrivateKey(pem, NULL, no_password, NULL);
	if (c->key)
		return true;
	if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_BAD_PASSWORD_READ)
		return err_set(err, ERR_INVALID,
			       "%s has a password: the server needs a key without", path);
	return err_set(err, ERR_INVALID, "%s is not a key in PEM form: %s", path, tls_reason());
}

typedef bool pem_read(struct tls_certificate *c, BIO *pem, const char *path, struct err *err);

/* No memory is told like no file: what cannot be opened here cannot be used. */
static bool read_pem(struct tls_certificate *c, const char *path, pem_read *read, struct err *err)
{
	char *bytes = xcalloc(1, TLS_FILE_BYTES_MAX);
	size_t len = 0;
	bool ok = false;
	ERR_clear_error();
	if (file_read(path, bytes, TLS_FILE_BYTES_MAX, &len, err) == FILE_READ) {
		BIO *pem = BIO_new_mem_buf(bytes, (int)len);
		ok = pem ? read(c, pem, path, err)
			 : err_set(err, ERR_IO, "cannot read %s: %s", path, tls_reason());
		BIO_free(pem);
	}
	OPENSSL_cleanse(bytes, TLS_FILE_BYTES_MAX);
	free(bytes);
	return ok;
}

static bool certificate_read(struct tls_certificate *c, const struct tls_files *files,
			     struct err *err)
{
	if (!read_pem(c, files->cert, read_certificate, err) ||
	    !read_pem(c, files->key, read_key, err))
		return false;
	return X509_check_private_key(c->leaf, c->key) == 1 ||
	       err_set(err, ERR_INVALID, "the key %s does not belong to the certificate %s",
		       files->key, files->cert);
}

static void certificate_done(struct tls_certificate *c)
{
	X509_free(c->leaf);
	EVP_PKEY_free(c->key);
	sk_X509_pop_free(c->chain, X509_free);
}

/* ---- what a handshake asks ---- */

/* Called by OpenSSL with the name that a client wants to reach. */
static int on_server_name(SSL *ssl, int *alert, void *ctx)
{
	const struct tls_config *config = ctx;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	(void)alert;
	for (size_t i = 0; name && i < config->count; i++) {
		const struct tls_certificate *c = &config->certificates[i];
		if (X509_check_host(c->leaf, name, 0, 0, NULL) != 1)
			continue;
		/* Or the first one, with a key of another kind, would be what some clients get. */
		SSL_certs_clear(ssl);
		return SSL_use_cert_and_key(ssl, c->leaf, c->key, c->chain, 1) == 1
			       ? SSL_TLSEXT_ERR_OK
			       : SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	return SSL_TLSEXT_ERR_NOACK;
}

/* That the other side has the key of its certificate is checked by the handshake itself: with a key of
 * any size that would take a stranger as long as he likes. */
static int take_any_certificate(X509_STORE_CTX *store, void *ctx)
{
	const EVP_PKEY *key = X509_get0_pubkey(X509_STORE_CTX_get0_cert(store));
	(void)ctx;
	return key && EVP_PKEY_get_bits(key) <= TLS_PEER_KEY_BITS;
}

/* ---- making and freeing ---- */

static bool context_init(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 /* Who hangs up has ended, with close_notify or without. */
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* Buffers only while there is something in them. A record without data ends a read, and the
	 * next waits for its turn. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, TLS_PEER_CERTIFICATES_BYTES);
	SSL_CTX_set_cert_verify_callback(ctx, take_any_certificate, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, TLS12_SUITES) == 1;
}

static struct tls_config *config_new(bool is_server, struct err *err)
{
	struct tls_config *config = xcalloc(1, sizeof(*config));
	ERR_clear_error();
	atomic_init(&config->refs, 1);
	config->is_server = is_server;
	config->ctx = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
	if (config->ctx && context_init(config->ctx))
		return config;
	err_set(err, ERR_IO, "TLS cannot be used on this machine: %s", tls_reason());
	tls_config_unref(config);
	return NULL;
}

struct tls_config *tls_config_client(struct err *err)
{
	return config_new(false, err);
}

static bool server_init(struct tls_config *config, const struct tls_files *files, struct err *err)
{
	static const unsigned char id[] = "teahouse";
	const struct tls_certificate *first = &config->certificates[0];
	SSL_CTX *ctx = config->ctx;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_tlsext_servername_callback(ctx, on_server_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, config);
	/* Without an id, a ticket of someone who showed a certificate could not be taken. */
	if (SSL_CTX_set_session_id_context(ctx, id, sizeof(id) - 1) == 1 &&
	    SSL_CTX_set_num_tickets(ctx, 1) == 1 &&
	    SSL_CTX_use_cert_and_key(ctx, first->leaf, first->key, first->chain, 1) == 1)
		return true;
	return err_set(err, ERR_INVALID, "the certificate %s cannot be used: %s", files->cert,
		       tls_reason());
}

struct tls_config *tls_config_server(const struct tls_files *files, size_t count, struct err *err)
{
	assert(count > 0 && count <= TLS_CERTIFICATES_MAX);
	struct tls_config *config = config_new(true, err);
	bool ok = config;
	for (; ok && config->count < count; config->count++)
		ok = certificate_read(&config->certificates[config->count], &files[config->count],
				      err);
	if (ok && server_init(config, files, err))
		return config;
	tls_config_unref(config);
	return NULL;
}

struct tls_config *tls_config_ref(struct tls_config *config)
{
	atomic_fetch_add_explicit(&config->refs, 1, memory_order_relaxed);
	return config;
}

void tls_config_unref(struct tls_config *config)
{
	if (!config || atomic_fetch_sub_explicit(&config->refs, 1, memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < config->count; i++)
		certificate_done(&config->certificates[i]);
	SSL_CTX_free(config->ctx);
	free(config);
}

/* ---- for others ---- */

size_t tls_config_count(const struct tls_config *config)
{
	return config->count;
}

void tls_config_fingerprint(const struct tls_config *config, size_t index,
			    char text[TLS_FINGERPRINT_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE] = { 0 };
	unsigned len = 0;
	X509_digest(config->certificates[index].leaf, EVP_sha256(), hash, &len);
	for (size_t i = 0; i < TLS_FINGERPRINT_SIZE / 3; i++)
		snprintf(text + i * 3, 4, i + 1 < TLS_FINGERPRINT_SIZE / 3 ? "%02X:" : "%02X",
			 hash[i]);
}

bool tls_config_has_expired(const struct tls_config *config, size_t index)
{
	return X509_cmp_current_time(X509_get0_notAfter(config->certificates[index].leaf)) < 0;
}

struct ssl_st *tls_config_open(struct tls_config *config, int fd, struct err *err)
{
	ERR_clear_error();
	SSL *ssl = SSL_new(config->ctx);
	if (!ssl || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		err_set(err, ERR_IO, "cannot begin a TLS connection: %s", tls_reason());
		return NULL;
	}
	if (config->is_server)
		SSL_set_accept_state(ssl);
	else
		SSL_set_connect_state(ssl);
	return ssl;
}
