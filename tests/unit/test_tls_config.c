/* Which certificate a handshake shows, and files that are none. */
#include "net/tls_config.h"

#include "tests/unit/check.h"
#include "tests/unit/tls.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The common name of the certificate that somebody gets who asks for name (NULL: for none). */
static const char *shown(struct tls_config *config, const char *name)
{
	static char found[64];
	struct net n;
	struct guest g;

	net_open(&n, 1000);
	guest_open(&n, &g, PEER_STREAM, config);
	if (name)
		SSL_set_tlsext_host_name(g.ssl, name);
	CHECK(guest_enters(&n, &g));
	X509 *cert = SSL_get1_peer_certificate(g.ssl);
	X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, found,
				  sizeof(found));
	X509_free(cert);
	guest_close(&g);
	net_close(&n);
	return found;
}

TEST(tls_config_picks_the_certificate_that_has_the_name)
{
	struct certificates c;
	certificates_make(&c);
	struct tls_config *config = certificates_config(&c, 2);

	CHECK_STR(shown(config, NULL), "tea.example");
	CHECK_STR(shown(config, "tea.example"), "tea.example");
	CHECK_STR(shown(config, "pot.example"), "pot.example");
	CHECK_STR(shown(config, "POT.example"), "pot.example");
	CHECK_STR(shown(config, "kettle.example"), "tea.example");
	tls_config_unref(config);
	certificates_remove(&c);
}

TEST(tls_config_of_before_lasts_for_those_who_have_it)
{
	struct certificates c;
	struct net n;
	struct guest before, after;
	char old[TLS_FINGERPRINT_SIZE], new[TLS_FINGERPRINT_SIZE];

	certificates_make(&c);
	net_open(&n, 1000);
	struct tls_config *config = certificates_config(&c, 1);
	tls_config_fingerprint(config, 0, old);
	guest_open(&n, &before, PEER_STREAM, config);
	CHECK(guest_enters(&n, &before));
	tls_config_unref(config);

	CHECK_EQ(rename(c.files[1].cert, c.files[0].cert), 0, "as a tool that renews it does");
	CHECK_EQ(rename(c.files[1].key, c.files[0].key), 0, "and its key");
	config = certificates_config(&c, 1);
	tls_config_fingerprint(config, 0, new);
	CHECK(strcmp(old, new) != 0);
	guest_open(&n, &after, PEER_STREAM, config);
	CHECK(guest_enters(&n, &after));
	tls_config_unref(config);

	guest_says(&before, "still here\n");
	guest_says(&after, "here\n");
	net_turn(&n);
	CHECK_STR(before.peer.said.bytes, "still here\n");
	CHECK_STR(after.peer.said.bytes, "here\n");
	guest_close(&before);
	guest_close(&after);
	net_close(&n);
	certificates_remove(&c);
}

TEST(tls_config_tells_fingerprints_and_what_has_expired)
{
	struct certificates c;
	char text[TLS_FINGERPRINT_SIZE];

	certificates_make(&c);
	struct tls_config *config = certificates_config(&c, 1);
	tls_config_fingerprint(config, 0, text);
	CHECK_EQ(strlen(text), 32 * 3 - 1, "32 bytes and what is between them");
	CHECK_EQ(strspn(text, "0123456789ABCDEF:"), 32 * 3 - 1, "as openssl writes them");
	CHECK_EQ(tls_config_has_expired(config, 0), false, "ten years from now");
	tls_config_unref(config);
	certificates_remove(&c);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	CHECK(file && fputs(text, file) >= 0);
	fclose(file);
}

static void write_locked_key(const char *path)
{
	FILE *file = fopen(path, "w");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	CHECK(PEM_write_PrivateKey(file, key, EVP_aes_128_cbc(), (const unsigned char *)"tea", 3,
				   NULL, NULL) == 1);
	EVP_PKEY_free(key);
	fclose(file);
}

static void append_cut_certificate(const char *path)
{
	FILE *file = fopen(path, "a");
	CHECK(file && fputs("-----BEGIN CERTIFICATE-----\nMIIB\n", file) >= 0);
	fclose(file);
}

TEST(tls_config_refuses_what_it_cannot_use_and_says_why)
{
	struct certificates c;
	static char large[TLS_FILE_BYTES_MAX + 2];
	certificates_make(&c);
	char none[64], text[64], empty[64], locked[64], cut[64], big[64];
	snprintf(none, sizeof(none), "%s/none", c.dir);
	snprintf(text, sizeof(text), "%s/text", c.dir);
	snprintf(empty, sizeof(empty), "%s/empty", c.dir);
	snprintf(locked, sizeof(locked), "%s/locked", c.dir);
	snprintf(cut, sizeof(cut), "%s/cut", c.dir);
	snprintf(big, sizeof(big), "%s/big", c.dir);
	memset(large, 'x', sizeof(large) - 1);
	write_file(text, "a teapot\n");
	write_file(empty, "");
	write_file(big, large);
	write_locked_key(locked);
	CHECK_EQ(link(c.files[1].cert, cut), 0, "a certificate");
	append_cut_certificate(cut);

	const struct {
		const char *cert, *key, *why;
	} cases[] = {
		{ none, c.files[0].key, "/none: No such file" },
		{ c.files[0].cert, none, "/none: No such file" },
		{ c.dir, c.files[0].key, "Is a directory" },
		{ text, c.files[0].key, "/text is not a certificate in PEM form: no start line" },
		{ empty, c.files[0].key, "/empty is not a certificate in PEM form" },
		{ cut, c.files[1].key, "/cut is not a certificate in PEM form" },
		{ big, c.files[0].key, "/big has more than 65536 bytes" },
		{ c.files[0].key, c.files[0].key, "/key0 is not a certificate" },
		{ c.files[0].cert, text, "/text is not a key in PEM form" },
		{ c.files[0].cert, c.files[0].cert, "/cert0 is not a key in PEM form" },
		{ c.files[0].cert, locked, "/locked has a password" },
		{ c.files[0].cert, c.files[1].key, "/key1 does not belong to the certificate" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct tls_files files[] = { { c.files[0].cert, c.files[0].key },
						   { cases[i].cert, cases[i].key } };
		for (size_t good = 0; good <= 1; good++) {
			struct err err = { 0 };
			CHECK_EQ(tls_config_server(&files[1 - good], 1 + good, &err), NULL,
				 cases[i].why);
			if (!strstr(err.text, cases[i].why))
				CHECK_STR(err.text, cases[i].why);
		}
	}
	unlink(text);
	unlink(empty);
	unlink(big);
	unlink(locked);
	unlink(cut);
	certificates_remove(&c);
}

TEST(tls_config_files_are_for_the_server_alone)
{
	struct certificates c;
	struct stat st;

	certificates_make(&c);
	CHECK_EQ(stat(c.files[0].key, &st), 0, "there it is");
	CHECK_EQ(st.st_mode & 0777, 0600, "nobody else reads it");
	certificates_remove(&c);
}
