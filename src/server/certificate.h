/* certificate.h: a certificate that the server makes for itself, when nobody gave it one. */
#ifndef TEAHOUSE_SERVER_CERTIFICATE_H
#define TEAHOUSE_SERVER_CERTIFICATE_H

#include "net/tls_config.h"

/* Makes a key (ECDSA, P-256) and a certificate signed with it, for the host called name, and writes
 * them to the two files, the key first: valid from now on for ten years. */
MUST_USE bool certificate_make(const struct tls_files *files, const char *name, struct err *err);

#endif
