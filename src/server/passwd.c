/* passwd: "teahouse passwd", from a password to the hash that the configuration takes. */
#include "server/program.h"

#include "server/password.h"
#include "server/prompt.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"usage: teahouse passwd\n"
	"\n"
	"Reads a password, at a terminal twice and unseen, otherwise as one line, and prints its hash\n"
	"for password_hash: see docs/configuration.md. A password has 1 to 1000 bytes.\n"
	"\n"
	"  --help, --version\n";

static bool print_hash(struct err *err)
{
	char password[PROMPT_SIZE], hash[PASSWORD_HASH_SIZE];
	bool ok = prompt_password(NULL, password, err) && password_hash(password, hash, err);
	sodium_memzero(password, sizeof(password));
	if (ok)
		puts(hash);
	return ok;
}

int passwd_main(int argc, char **argv)
{
	struct err err = { 0 };
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(help, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("teahouse " TEAHOUSE_VERSION);
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "teahouse: %s: see teahouse passwd --help\n", argv[1]);
		return 2;
	}
	if (sodium_init() < 0) {
		fputs("teahouse: libsodium cannot be used on this machine\n", stderr);
		return 1;
	}
	if (print_hash(&err))
		return 0;
	fprintf(stderr, "teahouse: %s\n", err.text);
	return err.code == ERR_IO ? 1 : 2;
}
