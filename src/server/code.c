#include "server/code.h"

#include "base/file.h"
#include "base/log.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

void code_draw(char code[CODE_SIZE])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	for (size_t i = 0; i < CODE_SIZE; i++)
		code[i] = i % (CODE_GROUP_LETTERS + 1) == CODE_GROUP_LETTERS
				  ? '-'
				  : letters[randombytes_uniform(sizeof(letters) - 1)];
	code[CODE_SIZE - 1] = '\0';
}

void code_hash(const unsigned char secret[SECRET_BYTES], const char *code,
	       unsigned char hash[CODE_HASH_BYTES])
{
	crypto_generichash(hash, CODE_HASH_BYTES, (const unsigned char *)code, strlen(code), secret,
			   SECRET_BYTES);
}

bool oper_code_load(struct oper_code *c, const char *dir, struct err *err)
{
	size_t len = 0;
	*c = (struct oper_code){ 0 };
	snprintf(c->path, sizeof(c->path), "%s/oper-code", dir);
	switch (file_read(c->path, c->hash, CODE_HASH_BYTES, &len, err)) {
	case FILE_READ:
		c->is_kept = true;
		c->is_good = len == CODE_HASH_BYTES;
		if (len == 0 || c->is_good)
			return true;
		break;
	case FILE_NONE:
		return true;
	case FILE_FAILED:
		if (err->code != ERR_LIMIT)
			return false;
		break;
	}
	return err_set(err, ERR_INVALID, "%s is damaged: remove it, and a new code is made",
		       c->path);
}

bool oper_code_keep(struct oper_code *c, const unsigned char secret[SECRET_BYTES], const char *code,
		    struct err *err)
{
	code_hash(secret, code, c->hash);
	c->is_kept = c->is_good = file_write(c->path, c->hash, CODE_HASH_BYTES, err);
	return c->is_kept;
}

/* Whoever is told that it was right must not be able to use it twice, so the disk comes first. */
bool oper_code_use(struct oper_code *c, const unsigned char secret[SECRET_BYTES], const char *code)
{
	unsigned char hash[CODE_HASH_BYTES];
	struct err err;
	if (!c->is_good)
		return false;
	code_hash(secret, code, hash);
	if (sodium_memcmp(hash, c->hash, sizeof(hash)) != 0)
		return false;
	if (!file_write(c->path, "", 0, &err)) {
		log_error("oper-code", "reason=\"%s\"", err.text);
		return false;
	}
	c->is_good = false;
	return true;
}
