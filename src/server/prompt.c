#include "server/prompt.h"

#include "server/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One byte more shows that there were too many. */
#define LINE_SIZE (PASSWORD_BYTES_MAX + 1)

/* Reads up to a newline, which is not kept, or to the end. What is beyond LINE_SIZE is passed over. Not
 * with stdio, whose buffers nobody could wipe. */
static bool read_line(int fd, char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	char byte = '\0';
	size_t len = 0;
	for (;;) {
		ssize_t n = read(fd, &byte, 1);
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

static bool read_password(int fd, char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	return read_line(fd, line, ret_len, err) && password_valid(line, *ret_len, err);
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
	bool ok = read_password(STDIN_FILENO, line, ret_len, err);
	if (ok) {
		fputs("once more: ", stderr);
		ok = read_line(STDIN_FILENO, again, &again_len, err);
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

/* ---- wherever it comes from ---- */

static bool read_file(const char *path, char line[LINE_SIZE], size_t *ret_len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot read %s", path);
	bool ok = read_password(fd, line, ret_len, err);
	close(fd);
	return ok;
}

bool prompt_password(const char *file, char password[PROMPT_SIZE], struct err *err)
{
	size_t len = 0;
	bool ok;
	if (file && strcmp(file, "-") != 0)
		ok = read_file(file, password, &len, err);
	else if (!file && isatty(STDIN_FILENO))
		ok = ask_at_terminal(password, &len, err);
	else
		ok = read_password(STDIN_FILENO, password, &len, err);
	password[len] = '\0';
	return ok;
}
