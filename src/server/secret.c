#include "server/secret.h"

#include "base/file.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

bool secret_load(const char *dir, unsigned char secret[SECRET_BYTES], struct err *err)
{
	char path[4160];
	size_t len = 0;
	snprintf(path, sizeof(path), "%s/secret", dir);
	switch (file_read(path, secret, SECRET_BYTES, &len, err)) {
	case FILE_READ:
		if (len == SECRET_BYTES)
			return true;
		break;
	case FILE_NONE:
		randombytes_buf(secret, SECRET_BYTES);
		return file_write(path, secret, SECRET_BYTES, err);
	case FILE_FAILED:
		if (err->code != ERR_LIMIT)
			return false;
		break;
	}
	return err_set(err, ERR_INVALID,
		       "%s is damaged: remove it, and a new one is made (guests get new hosts)",
		       path);
}

static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "SipHash's result");
static_assert(SECRET_BYTES >= crypto_shorthash_KEYBYTES, "SipHash's key");

uint64_t secret_address(const unsigned char secret[SECRET_BYTES], const struct address *a)
{
	size_t len = address_is_ipv4(a) ? 16 : 8;
	uint64_t hash;
	crypto_shorthash((unsigned char *)&hash, a->ip, len, secret);
	return hash ? hash : 1;
}

void secret_cloak(const unsigned char secret[SECRET_BYTES], const struct address *a,
		  char host[HOST_SIZE])
{
	snprintf(host, HOST_SIZE, "%012" PRIx64 ".guest", secret_address(secret, a) >> 16);
}
