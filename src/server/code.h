/* code.h: codes that are told to somebody once, and kept as a keyed hash: an operator's one-time code, an
 * invitation to register. 79 bits, and nothing in them that could be read as something else. */
#ifndef TEAHOUSE_SERVER_CODE_H
#define TEAHOUSE_SERVER_CODE_H

#include "base/err.h"
#include "server/secret.h"

#define CODE_GROUPS 4
#define CODE_GROUP_LETTERS 4
#define CODE_SIZE (CODE_GROUPS * (CODE_GROUP_LETTERS + 1)) /* a '-' between two, a NUL behind all */
#define CODE_HASH_BYTES 32

void code_draw(char code[CODE_SIZE]);
/* code need not be one. */
void code_hash(const unsigned char secret[SECRET_BYTES], const char *code,
	       unsigned char hash[CODE_HASH_BYTES]);

/* The one code that is kept in a file of its own, data/oper-code: its hash while it is good, nothing once
 * it was used. */
struct oper_code {
	char path[4200];
	bool is_kept; /* there is a file */
	bool is_good;
	unsigned char hash[CODE_HASH_BYTES];
};

MUST_USE bool oper_code_load(struct oper_code *c, const char *dir, struct err *err);
/* Makes the file for code, which is good from then on. */
MUST_USE bool oper_code_keep(struct oper_code *c, const unsigned char secret[SECRET_BYTES],
			     const char *code, struct err *err);
/* Whether it is the code, which is used up by that. Writes, and waits for the disk. */
bool oper_code_use(struct oper_code *c, const unsigned char secret[SECRET_BYTES], const char *code);

#endif
