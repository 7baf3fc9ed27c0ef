/* tls.h: what lies between a conn and its socket when it speaks TLS: OpenSSL, in the shape of recv()
 * and send(). Server or client, as its config is.
 *
 * Calls return bytes, 0 at the end, or -1 with errno: EAGAIN, to be called again (tls_wants_write()
 * tells when), EPROTO, when TLS itself failed (tls_error() has words for the log, and nothing works
 * any more), or the socket's own. The program ignores SIGPIPE, for OpenSSL has no MSG_NOSIGNAL.
 *
 * What tls_transmit() could not give to the kernel is kept, TLS_RECORD_BYTES at most, and counts as
 * sent: some of it may be in a record already. Everything belongs to the thread of the conn. */
#ifndef TEAHOUSE_NET_TLS_H
#define TEAHOUSE_NET_TLS_H

#include "net/tls_config.h"

#include <sys/types.h>

struct tls;

/* fd stays the caller's, and open until tls_free(). Takes a reference to config of its own. */
struct tls *tls_new(struct tls_config *config, int fd, struct err *err);
/* NULL is fine. Says nothing to the peer. */
void tls_free(struct tls *t);

/* A step of the handshake; 1: it is done. Before that nothing is received or transmitted. */
ssize_t tls_handshake(struct tls *t);
/* Whose word is the first. */
bool tls_is_client(const struct tls *t);

/* size: TLS_RECORD_BYTES at least, so that no data of a record stay behind, unseen by epoll. 0:
 * the peer's end, said with close_notify or without. */
ssize_t tls_receive(struct tls *t, char *bytes, size_t size);

/* Takes all of len, or nothing if what it kept before cannot be sent first. len: at most
 * TLS_RECORD_BYTES; 0 to send only what was kept. */
ssize_t tls_transmit(struct tls *t, const char *bytes, size_t len);
/* Something is kept. */
bool tls_holds_output(const struct tls *t);
/* The last call, or the rest of what it took, waits for room in the kernel. */
bool tls_wants_write(const struct tls *t);
/* It is in the middle of a message of its own (a handshake, new keys) that waits for that: until then
 * nothing can be received either. */
bool tls_is_stuck(const struct tls *t);

/* close_notify, if there is room for it and nothing failed before. */
void tls_say_end(struct tls *t);

/* After the handshake: the SHA-256 of the certificate that the peer has shown, in small hexadecimal
 * digits. It has proved that it has the key; who it is, nobody has vouched for. false: it showed none. */
#define TLS_PEER_FINGERPRINT_SIZE (32 * 2 + 1)
bool tls_peer_fingerprint(const struct tls *t, char text[TLS_PEER_FINGERPRINT_SIZE]);

/* NULL: nothing failed. */
const char *tls_error(const struct tls *t);
/* The caller found out by itself; for tls_error(). why lasts for ever. */
void tls_fail(struct tls *t, const char *why);

#endif
