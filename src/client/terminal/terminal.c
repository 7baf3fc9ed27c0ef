#include "client/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Signals that end the process. The faults come on a stack of their own, since what went wrong may
 * be that there is none left. */
static const int deadly[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGABRT,
			      SIGSEGV, SIGBUS, SIGFPE, SIGILL,  SIGSYS };
static const int telling[] = { SIGWINCH, SIGTSTP, SIGCONT };

#define SIGNAL_STACK_BYTES 32768

/* Handlers read it, so there is no more than one, and it is not a struct that somebody owns. */
static struct {
	int in, out, wake;
	struct termios cooked, raw;
	volatile sig_atomic_t is_open, is_raw;
	volatile sig_atomic_t is_tidy; /* the prompt was taken off the screen */
	atomic_uint events;
	struct sigaction old_deadly[ARRAY_LEN(deadly)], old_telling[ARRAY_LEN(telling)];
} terminal = { .in = -1, .out = -1, .wake = -1 };

static const char paste_on[] = "\x1b[?2004h";
/* Also ends what a half-written line may have begun: colours, and no wrapping at the right edge. */
static const char paste_off[] = "\x1b[?2004l\x1b[?7h\x1b[m";
/* When nobody took the prompt off the screen. */
static const char next_line[] = "\r\n\x1b[J";

/* From here to the handlers' end everything is safe in a handler: signal-safety(7). */

/* Few bytes, which are not worth waiting for a terminal that takes none. */
static void say(const char *bytes, size_t len)
{
	struct pollfd out = { .fd = terminal.out, .events = POLLOUT };
	if (poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0) {
		ssize_t n = write(terminal.out, bytes, len);
		(void)n; /* there is nobody left to tell */
	}
}

static void set_modes(const struct termios *modes)
{
	while (tcsetattr(terminal.in, TCSANOW, modes) < 0 && errno == EINTR)
		;
}

/* In the background this stops the job (SIGTTOU), until somebody brings it to the front. */
static void make_raw(void)
{
	terminal.is_raw = 1; /* first: whoever interrupts us has to put it back */
	set_modes(&terminal.raw);
	say(paste_on, sizeof(paste_on) - 1);
}

/* A terminal that has another job in front is that job's, and was put right by the shell. */
static void make_cooked(void)
{
	pid_t front = tcgetpgrp(terminal.in);
	if (terminal.is_raw && (front < 0 || front == getpgrp())) {
		set_modes(&terminal.cooked);
		say(paste_off, sizeof(paste_off) - 1);
	}
	terminal.is_raw = 0;
}

static void leave_in_a_hurry(void)
{
	if (!terminal.is_raw)
		return;
	make_cooked();
	if (!terminal.is_tidy)
		say(next_line, sizeof(next_line) - 1);
}

static void tell(unsigned event)
{
	atomic_fetch_or(&terminal.events, event);
	ssize_t n = write(terminal.wake, &(uint64_t){ 1 }, sizeof(uint64_t));
	(void)n; /* full: it is readable already */
}

/* Whoever had the signal before gets it next, mostly to die of it. A fault comes again by itself
 * when this returns; what was sent has to be sent again, and waits until then. */
static void on_deadly(int number, siginfo_t *info, void *context)
{
	(void)context;
	int saved = errno;
	leave_in_a_hurry();
	for (size_t i = 0; i < ARRAY_LEN(deadly); i++)
		if (deadly[i] == number)
			sigaction(number, &terminal.old_deadly[i], NULL);
	if (info->si_code <= 0 || info->si_code == SI_KERNEL)
		raise(number);
	errno = saved;
}

/* Stops as if nobody had caught the signal. The kernel does not stop a job that nobody could make
 * go on, which is why this is no SIGSTOP. */
static void stop(void)
{
	struct sigaction ours, plain = { .sa_handler = SIG_DFL };
	sigset_t one, mask;
	sigemptyset(&plain.sa_mask);
	sigaction(SIGTSTP, &plain, &ours);
	sigemptyset(&one);
	sigaddset(&one, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &one, &mask); /* here it stops, and here it goes on */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &ours, NULL);
}

static void on_telling(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	int saved = errno;
	switch (number) {
	case SIGWINCH:
		tell(TERMINAL_RESIZED);
		break;
	case SIGCONT:
		/* After a SIGSTOP; after a SIGTSTP the handler below has not returned yet. */
		if (terminal.is_raw) {
			make_raw();
			tell(TERMINAL_CONTINUED | TERMINAL_RESIZED);
		}
		break;
	case SIGTSTP:
		leave_in_a_hurry();
		stop();
		make_raw();
		tell(TERMINAL_CONTINUED | TERMINAL_RESIZED);
		break;
	}
	errno = saved;
}

/* The handlers' end. */

bool terminal_usable(int in, int out)
{
	const char *kind = getenv("TERM");
	return isatty(in) && isatty(out) && kind && *kind && strcmp(kind, "dumb") != 0;
}

/* Gives a signal to handler, unless it is ignored; what had it before goes to old. */
static void catch_signal(int number, void (*handler)(int, siginfo_t *, void *), int flags,
			 struct sigaction *old)
{
	struct sigaction ours = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };
	/* A deadly signal is not interrupted. The others may be, by a deadly one too. */
	if (handler == on_deadly)
		sigfillset(&ours.sa_mask);
	else
		sigemptyset(&ours.sa_mask);
	sigaction(number, NULL, old);
	if (old->sa_handler != SIG_IGN)
		sigaction(number, &ours, NULL);
}

static void catch_signals(void)
{
	static char stack_bytes[SIGNAL_STACK_BYTES];
	stack_t stack;
	if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE) != 0) {
		stack = (stack_t){ .ss_sp = stack_bytes, .ss_size = sizeof(stack_bytes) };
		sigaltstack(&stack, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(deadly); i++)
		catch_signal(deadly[i], on_deadly, SA_ONSTACK, &terminal.old_deadly[i]);
	for (size_t i = 0; i < ARRAY_LEN(telling); i++)
		catch_signal(telling[i], on_telling, SA_RESTART, &terminal.old_telling[i]);
}

static void let_signals_go(void)
{
	for (size_t i = 0; i < ARRAY_LEN(deadly); i++)
		sigaction(deadly[i], &terminal.old_deadly[i], NULL);
	for (size_t i = 0; i < ARRAY_LEN(telling); i++)
		sigaction(telling[i], &terminal.old_telling[i], NULL);
}

static void choose_raw_modes(void)
{
	terminal.raw = terminal.cooked;
	terminal.raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
	terminal.raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	terminal.raw.c_cc[VMIN] = 1;
	terminal.raw.c_cc[VTIME] = 0;
}

bool terminal_open(int in, int out, struct err *err)
{
	static bool is_registered;
	if (terminal.is_open)
		return err_set(err, ERR_DENIED, "the terminal is in use already");
	if (tcgetattr(in, &terminal.cooked) < 0)
		return err_errno(err, "cannot read keys from here");
	int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake < 0)
		return err_errno(err, "cannot hear of signals");
	if (!is_registered && atexit(leave_in_a_hurry) != 0) {
		close(wake);
		return err_set(err, ERR_IO, "cannot promise to put the terminal back");
	}
	is_registered = true;
	terminal.in = in;
	terminal.out = out;
	terminal.wake = wake;
	atomic_store(&terminal.events, 0);
	terminal.is_open = 1;
	choose_raw_modes();
	catch_signals();
	make_raw();
	return true;
}

void terminal_close(void)
{
	if (!terminal.is_open)
		return;
	make_cooked();
	let_signals_go();
	close(terminal.wake);
	terminal.wake = -1;
	terminal.is_open = 0;
}

int terminal_fd_signals(void)
{
	return terminal.wake;
}

unsigned terminal_take_events(void)
{
	uint64_t count;
	ssize_t n = read(terminal.wake, &count, sizeof(count));
	(void)n; /* empty: nothing happened */
	return atomic_exchange(&terminal.events, 0);
}

void terminal_size(unsigned *ret_cols, unsigned *ret_rows)
{
	struct winsize size = { 0 };
	bool known = ioctl(terminal.out, TIOCGWINSZ, &size) == 0;
	*ret_cols = known && size.ws_col > 0 ? size.ws_col : 80;
	*ret_rows = known && size.ws_row > 0 ? size.ws_row : 24;
}

void terminal_suspend(void)
{
	terminal.is_tidy = 1;
	kill(0, SIGTSTP);
	terminal.is_tidy = 0;
}
