/* tls_config.h: how connections speak TLS, and with which certificates.
 *
 * TLS 1.2 with AEAD suites and 1.3, no renegotiation, no compression; sessions are resumed by
 * tickets, so the server remembers none. A server asks for a certificate and takes any, or none:
 * what it is worth is for others to say. A client looks at no certificate.
 *
 * A config never changes once it is made, is counted with an atomic, and any thread may use it. A
 * server whose certificates change makes a new one, and connections keep what they began with. */
#ifndef TEAHOUSE_NET_TLS_CONFIG_H
#define TEAHOUSE_NET_TLS_CONFIG_H

#include "base/err.h"

#define TLS_FINGERPRINT_SIZE (32 * 3) /* "AA:BB:...", with its NUL */

struct tls_config;
struct ssl_st; /* OpenSSL's SSL */

/* Two PEM files: a certificate with those that vouch for it behind, and its key, not locked. */
struct tls_files {
	const char *cert, *key;
};

/* A client is shown the first certificate that has the name it asks for (SNI), or the first of all.
 * count: 1 to TLS_CERTIFICATES_MAX. NULL: a file cannot be used, err says which and why. */
struct tls_config *tls_config_server(const struct tls_files *files, size_t count, struct err *err);
struct tls_config *tls_config_client(struct err *err);

struct tls_config *tls_config_ref(struct tls_config *config);
/* NULL is fine. */
void tls_config_unref(struct tls_config *config);

/* Of a server's certificates, in the order of their files: how many, the SHA-256 of one, and whether
 * its time is over. */
size_t tls_config_count(const struct tls_config *config);
void tls_config_fingerprint(const struct tls_config *config, size_t index,
			    char text[TLS_FINGERPRINT_SIZE]);
bool tls_config_has_expired(const struct tls_config *config, size_t index);

/* tls.c's: a connection on fd, which stays the caller's, before its handshake. Free with SSL_free();
 * the config lives longer. NULL: reason in err. */
struct ssl_st *tls_config_open(struct tls_config *config, int fd, struct err *err);

/* Why OpenSSL refused this thread's last call: a few words that last for ever. */
const char *tls_reason(void);

#endif
