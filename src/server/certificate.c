#include "server/certificate.h"

#include "base/file.h"
#include "base/log.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VALID_S (10L * 365 * 24 * 60 * 60)
#define SERIAL_BITS 127

/* ---- making one ---- */

static bool set_serial(X509 *cert)
{
	BIGNUM *serial = BN_new();
	bool ok = serial && BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
		  BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert));
	BN_free(serial);
	return ok;
}

/* Subject and issuer, since it signs for itself. */
static bool set_names(X509 *cert, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
					  -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, subject) == 1;
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = extension && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool fill(X509 *cert, EVP_PKEY *key, const char *name)
{
	char names[300];
	snprintf(names, sizeof(names), "DNS:%s", name);
	return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), VALID_S) && set_names(cert, name) &&
	       X509_set_pubkey(cert, key) == 1 &&
	       add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(cert, NID_subject_alt_name, names) &&
	       X509_sign(cert, key, EVP_sha256()) > 0;
}

static bool write_pem(BIO *pem, const char *path, struct err *err)
{
	char *bytes;
	long len = BIO_get_mem_data(pem, &bytes);
	return file_write(path, bytes, (size_t)len, err);
}

static bool write_both(X509 *cert, EVP_PKEY *key, const struct tls_files *files, struct err *err)
{
	BIO *pem_key = BIO_new(BIO_s_secmem()), *pem_cert = BIO_new(BIO_s_mem());
	bool ok = pem_key && pem_cert &&
		  PEM_write_bio_PrivateKey(pem_key, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  PEM_write_bio_X509(pem_cert, cert) == 1;
	if (!ok)
		err_set(err, ERR_IO, "cannot write a certificate: %s", tls_reason());
	ok = ok && write_pem(pem_key, files->key, err) && write_pem(pem_cert, files->cert, err);
	BIO_free(pem_key);
	BIO_free(pem_cert);
	return ok;
}

bool certificate_make(const struct tls_files *files, const char *name, struct err *err)
{
	ERR_clear_error();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	bool ok = (key && cert && fill(cert, key, name)) ||
		  err_set(err, ERR_IO, "cannot make a certificate: %s", tls_reason());
	ok = ok && write_both(cert, key, files, err);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ok;
}

/* ---- which files ---- */

/* The files' paths, and what they point into. */
struct paths {
	char cert[PATH_SIZE + 32], key[PATH_SIZE + 32];
	struct tls_files files[TLS_CERTIFICATES_MAX];
	size_t count;
};

static size_t count_words(const char *text)
{
	size_t count = 0;
	for (; *(text += strspn(text, " ")); text += strcspn(text, " "))
		count++;
	return count;
}

bool certificate_check(const char *cert, const char *key, struct err *err)
{
	size_t certs = count_words(cert), keys = count_words(key);
	if (certs != keys)
		return err_set(err, ERR_INVALID,
			       "tls.cert and tls.key go together: there are %zu certificates and %zu "
			       "keys",
			       certs, keys);
	return certs <= TLS_CERTIFICATES_MAX ||
	       err_set(err, ERR_LIMIT, "tls.cert names %zu files, and may name %d", certs,
		       TLS_CERTIFICATES_MAX);
}

static bool is_self_made(const struct config *config)
{
	return count_words(config->tls_cert) == 0;
}

static void paths_init(struct paths *p, const struct config *config)
{
	char *rest_certs, *rest_keys;
	*p = (struct paths){ .count = 0 };
	if (is_self_made(config)) {
		snprintf(p->cert, sizeof(p->cert), "%s/tls-cert.pem", config->data);
		snprintf(p->key, sizeof(p->key), "%s/tls-key.pem", config->data);
		p->files[p->count++] = (struct tls_files){ p->cert, p->key };
		return;
	}
	snprintf(p->cert, sizeof(p->cert), "%s", config->tls_cert);
	snprintf(p->key, sizeof(p->key), "%s", config->tls_key);
	const char *cert = strtok_r(p->cert, " ", &rest_certs);
	const char *key = strtok_r(p->key, " ", &rest_keys);
	while (cert && key && p->count < TLS_CERTIFICATES_MAX) {
		p->files[p->count++] = (struct tls_files){ cert, key };
		cert = strtok_r(NULL, " ", &rest_certs);
		key = strtok_r(NULL, " ", &rest_keys);
	}
}

/* ---- reading them ---- */

/* Whoever wants to know what his client should see finds it in a file. Written only when it is
 * another, so that a disk that cannot be written does not keep an old one from being used. */
static bool keep_fingerprint(const struct config *config, const struct tls_config *tls,
			     struct err *err)
{
	char path[PATH_SIZE + 32], kept[TLS_FINGERPRINT_SIZE], now[TLS_FINGERPRINT_SIZE];
	size_t len = 0;
	snprintf(path, sizeof(path), "%s/tls-fingerprint", config->data);
	tls_config_fingerprint(tls, 0, now);
	now[TLS_FINGERPRINT_SIZE - 1] = '\n';
	if (file_read(path, kept, sizeof(kept), &len, NULL) == FILE_READ && len == sizeof(now) &&
	    memcmp(kept, now, len) == 0)
		return true;
	return file_write(path, now, sizeof(now), err);
}

static struct tls_config *certificate_read(const struct config *config, const struct paths *p,
					   struct err *err)
{
	struct tls_config *tls = tls_config_server(p->files, p->count, err);
	if (tls && is_self_made(config) && !keep_fingerprint(config, tls, err)) {
		tls_config_unref(tls);
		return NULL;
	}
	for (size_t i = 0; tls && i < p->count; i++)
		if (tls_config_has_expired(tls, i))
			log_warn("certificate-expired", "file=\"%s\"", p->files[i].cert);
	return tls;
}

struct tls_config *certificate_open(const struct config *config, struct err *err)
{
	struct paths p;
	paths_init(&p, config);
	/* The certificate is written last: where there is one, there is its key. */
	bool ok = !is_self_made(config) || access(p.files[0].cert, F_OK) == 0 ||
		  certificate_make(&p.files[0], config->name, err);
	return ok ? certificate_read(config, &p, err) : NULL;
}

bool certificate_reload(const struct config *config, struct tls_config **tls)
{
	char fingerprint[TLS_FINGERPRINT_SIZE];
	struct paths p;
	struct err err;
	paths_init(&p, config);
	struct tls_config *read = certificate_read(config, &p, &err);
	if (!read) {
		log_error("tls-reload-failed", "reason=\"%s\"", err.text);
		return false;
	}
	tls_config_unref(*tls);
	*tls = read;
	tls_config_fingerprint(read, 0, fingerprint);
	log_info("tls-reloaded", "fingerprint=%s", fingerprint);
	return true;
}
