#include "server/certificate.h"

#include "base/file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

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
