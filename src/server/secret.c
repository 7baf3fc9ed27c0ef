#include "server/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

static bool secret_read(int fd, const char *path, unsigned char secret[SECRET_BYTES],
			struct err *err)
{
	ssize_t n = read(fd, secret, SECRET_BYTES);
	if (n < 0)
		return err_errno(err, "cannot read %s", path);
	if (n != SECRET_BYTES)
		return err_set(
			err, ERR_INVALID,
			"%s is damaged: remove it, and a new one is made (guests get new hosts)",
			path);
	return true;
}

/* Written aside and renamed, so that a crash leaves a whole one or none. */
static bool secret_make(const char *path, unsigned char secret[SECRET_BYTES], struct err *err)
{
	char aside[4200];
	snprintf(aside, sizeof(aside), "%s.new", path);
	randombytes_buf(secret, SECRET_BYTES);
	int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "cannot write %s", aside);
	bool ok = write(fd, secret, SECRET_BYTES) == SECRET_BYTES && fsync(fd) == 0;
	ok = close(fd) == 0 && ok && rename(aside, path) == 0;
	return ok || err_errno(err, "cannot write %s", path);
}

bool secret_load(const char *dir, unsigned char secret[SECRET_BYTES], struct err *err)
{
	char path[4160];
	snprintf(path, sizeof(path), "%s/secret", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? secret_make(path, secret, err)
				       : err_errno(err, "cannot read %s", path);
	bool ok = secret_read(fd, path, secret, err);
	close(fd);
	return ok;
}

void secret_cloak(const unsigned char secret[SECRET_BYTES], const struct address *a,
		  char host[HOST_SIZE])
{
	size_t len = address_is_ipv4(a) ? 16 : 8;
	uint64_t hash;
	static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash's result");
	static_assert(SECRET_BYTES >= crypto_shorthash_KEYBYTES, "SipHash's key");
	crypto_shorthash((unsigned char *)&hash, a->ip, len, secret);
	snprintf(host, HOST_SIZE, "%012" PRIx64 ".guest", hash >> 16);
}
