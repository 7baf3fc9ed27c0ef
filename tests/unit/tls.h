/* tls.h: what the tests of TLS share: certificates in a folder of their own, and a guest, which is
 * OpenSSL itself at the other end of a conn. */
#ifndef TEAHOUSE_TESTS_TLS_H
#define TEAHOUSE_TESTS_TLS_H

#include "net/conn.h"
#include "tests/unit/net.h"

#include <openssl/ssl.h>

#define CERTIFICATES 2

/* Certificates for tea.example and pot.example. */
struct certificates {
	char dir[32];
	char paths[CERTIFICATES * 2][64];
	struct tls_files files[CERTIFICATES];
};

void certificates_make(struct certificates *c);
void certificates_remove(struct certificates *c);
/* A server's config of the first count of them. */
struct tls_config *certificates_config(const struct certificates *c, size_t count);

struct guest {
	struct peer peer; /* its conn is the server's */
	SSL_CTX *ctx;
	SSL *ssl;
};

/* A conn that speaks TLS by config (left to the caller), and its guest, who has not begun. */
void guest_open(struct net *n, struct guest *g, enum peer_kind kind, struct tls_config *config);
void guest_close(struct guest *g);

/* Turns until the handshake is over. false: it failed at the guest's end. */
bool guest_enters(struct net *n, struct guest *g);

/* As peer_says() and peer_reads(), encrypted. */
void guest_says(struct guest *g, const char *text);
const char *guest_reads(struct guest *g);
/* Adds all that has come to b. true: that was the end, and close_notify said it. */
bool guest_reads_all(struct guest *g, struct buf *b);

/* Speaks in small turns until the kernel takes no more; adds what was said to all. */
void guest_fill(struct net *n, struct guest *g, struct buf *all);

#endif
