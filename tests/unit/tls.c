#include "tests/unit/tls.h"

#include "server/certificate.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[CERTIFICATES] = { "tea.example", "pot.example" };

void certificates_make(struct certificates *c)
{
	struct err err;
	signal(SIGPIPE, SIG_IGN);
	snprintf(c->dir, sizeof(c->dir), "/tmp/teahouse-XXXXXX");
	CHECK(mkdtemp(c->dir) != NULL);
	for (size_t i = 0; i < CERTIFICATES; i++) {
		char *cert = c->paths[i * 2], *key = c->paths[i * 2 + 1];
		snprintf(cert, sizeof(*c->paths), "%s/cert%zu", c->dir, i);
		snprintf(key, sizeof(*c->paths), "%s/key%zu", c->dir, i);
		c->files[i] = (struct tls_files){ cert, key };
		CHECK(certificate_make(&c->files[i], names[i], &err));
	}
}

void certificates_remove(struct certificates *c)
{
	for (size_t i = 0; i < ARRAY_LEN(c->paths); i++)
		unlink(c->paths[i]);
	rmdir(c->dir);
}

struct tls_config *certificates_config(const struct certificates *c, size_t count)
{
	struct err err;
	struct tls_config *config = tls_config_server(c->files, count, &err);
	CHECK(config != NULL);
	return config;
}

void guest_open(struct net *n, struct guest *g, enum peer_kind kind, struct tls_config *config)
{
	struct err err;
	peer_open(n, &g->peer, kind);
	CHECK(conn_set_tls(g->peer.conn, config, &err));
	CHECK(fcntl(g->peer.fd, F_SETFL, O_NONBLOCK) == 0);
	g->ctx = SSL_CTX_new(TLS_client_method());
	g->ssl = SSL_new(g->ctx);
	SSL_set_fd(g->ssl, g->peer.fd);
	SSL_set_connect_state(g->ssl);
}

void guest_close(struct guest *g)
{
	SSL_free(g->ssl);
	SSL_CTX_free(g->ctx);
	peer_close(&g->peer);
}

bool guest_enters(struct net *n, struct guest *g)
{
	for (int turns = 0; turns < 100; turns++) {
		ERR_clear_error();
		int done = SSL_do_handshake(g->ssl);
		net_turn(n);
		if (done == 1 && (!g->peer.conn->greeting || g->peer.conn->state == CONN_CLOSED))
			return true;
		if (done < 1 && SSL_get_error(g->ssl, done) != SSL_ERROR_WANT_READ)
			return false;
	}
	CHECK(!"the handshake ends");
	return false;
}

void guest_says(struct guest *g, const char *text)
{
	CHECK_EQ(SSL_write(g->ssl, text, (int)strlen(text)), strlen(text), "all of it");
}

const char *guest_reads(struct guest *g)
{
	char *received = g->peer.received;
	ERR_clear_error();
	int n = SSL_read(g->ssl, received, (int)sizeof(g->peer.received) - 1);
	if (n > 0) {
		received[n] = '\0';
		return received;
	}
	switch (SSL_get_error(g->ssl, n)) {
	case SSL_ERROR_ZERO_RETURN:
		return END;
	case SSL_ERROR_WANT_READ:
		return NOTHING;
	default:
		return RESET;
	}
}

bool guest_reads_all(struct guest *g, struct buf *b)
{
	char bytes[4096];
	int n;
	ERR_clear_error();
	while ((n = SSL_read(g->ssl, bytes, (int)sizeof(bytes))) > 0)
		buf_add(b, bytes, (size_t)n);
	return SSL_get_error(g->ssl, n) == SSL_ERROR_ZERO_RETURN;
}

void guest_fill(struct net *n, struct guest *g, struct buf *all)
{
	for (size_t i = 0; !g->peer.conn->want_write; i++) {
		char line[8];
		snprintf(line, sizeof(line), "%06zu\n", i % 1000000);
		buf_add_text(all, line);
		say(&g->peer, line);
		if (i % 10 == 0)
			net_turn(n);
	}
}
