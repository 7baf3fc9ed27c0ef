/* passwd: "teahouse passwd", from a password to the hash that the configuration takes. */
#include "server/program.h"

#include "server/password.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char help[] =
	"usage: teahouse passwd\n"
	"\n"
	"Reads a password, at a terminal twice and unseen, otherwise as one line, and prints its hash\n"
	"for password_hash: see docs/configuration.md. A password has 1 to 1000 bytes.\n"
	"\n"
	"  --help, --version\n";

/* One byte more shows that there were too many. */
#define LINE_SIZE (PASSWORD_BYTES_MAX + 1)

/* Reads up to a newline, which is not kept, or to the end. What is beyond LINE_SIZE is passed over. Not
 * with stdio, whose buffers nobody could wipe. */
static bool read_line(char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	char byte = '\0';
	size_t len = 0;
	for (;;) {
		ssize_t n = read(STDIN_FILENO, &byte, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "cannot read the password");
		if (n == 0 || byte == '\n')
			break;
		if (len < LINE_SIZE)
			line[len++] = byte;
	}
	*ret_len = len;
	return true;
}

static bool read_password(char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	return read_line(line, ret_len, err) && password_valid(line, *ret_len, err);
}

/* ---- at a terminal ---- */

static struct termios terminal; /* as it was */

/* What ends the program while it reads: the terminal must show again what is typed. */
static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void on_ending(int sig)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	signal(sig, SIG_DFL);
	kill(getpid(), sig); /* once more, and this time nobody catches it */
}

static bool hide_typing(struct err *err)
{
	struct sigaction restore = { .sa_handler = on_ending };
	struct termios hidden;
	if (tcgetattr(STDIN_FILENO, &terminal) < 0)
		return err_errno(err, "cannot use the terminal");
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		sigaction(ending[i], &restore, NULL);
	signal(SIGTSTP, SIG_IGN); /* a shell would be left without an echo */
	hidden = terminal;
	hidden.c_lflag &= (tcflag_t)~ECHO;
	hidden.c_lflag |= ICANON | ECHONL;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 ||
	       err_errno(err, "cannot use the terminal");
}

static void show_typing(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		signal(ending[i], SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
}

static bool ask_twice(char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	char again[LINE_SIZE];
	size_t again_len = 0;
	fputs("new password: ", stderr);
	bool ok = read_password(line, ret_len, err);
	if (ok) {
		fputs("once more: ", stderr);
		ok = read_line(again, &again_len, err);
	}
	if (ok && (again_len != *ret_len || memcmp(line, again, again_len) != 0))
		ok = err_set(err, ERR_INVALID, "these were two different passwords");
	sodium_memzero(again, sizeof(again));
	return ok;
}

static bool ask_at_terminal(char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	if (!hide_typing(err))
		return false;
	bool ok = ask_twice(line, ret_len, err);
	show_typing();
	return ok;
}

/* ---- the command ---- */

static bool print_hash(struct err *err)
{
	char line[LINE_SIZE + 1], hash[PASSWORD_HASH_SIZE];
	size_t len = 0;
	bool ok = isatty(STDIN_FILENO) ? ask_at_terminal(line, &len, err)
				       : read_password(line, &len, err);
	line[len] = '\0';
	ok = ok && password_hash(line, hash, err);
	sodium_memzero(line, sizeof(line));
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
