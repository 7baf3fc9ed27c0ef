/* certificate.h: what ircs:// shows: the certificates that tls.cert and tls.key name, or, without
 * them, one that the server makes for itself and keeps in its data. Core thread. */
#ifndef TEAHOUSE_SERVER_CERTIFICATE_H
#define TEAHOUSE_SERVER_CERTIFICATE_H

#include "net/tls_config.h"
#include "server/config.h"

/* Reads them, at the start: makes the server's own if there should be one and is none, as
 * tls-cert.pem and tls-key.pem, and keeps its fingerprint in tls-fingerprint. Logs what has expired,
 * which is no failure. NULL: reason in err. The caller unrefs it. */
struct tls_config *certificate_open(const struct config *config, struct err *err);

/* Reads them once more and replaces *tls. false: something is wrong with them, and *tls stays as it
 * is. Both are logged. */
MUST_USE bool certificate_reload(const struct config *config, struct tls_config **tls);

/* Makes a key (ECDSA, P-256) and a certificate signed with it, for the host called name, and writes
 * them to the two files, the key first: valid from now on for ten years. */
MUST_USE bool certificate_make(const struct tls_files *files, const char *name, struct err *err);

/* tls.cert and tls.key go together, one key for each certificate. */
MUST_USE bool certificate_check(const char *cert, const char *key, struct err *err);

#endif
