/* terminal.h: the terminal of this process, while keys are read from it one by one.
 *
 * From terminal_open() on it echoes nothing, hands over every byte at once, leaves Ctrl-C and
 * Ctrl-Z to be keys, and marks what is pasted (bracketed paste). However the process ends it is put
 * back as it was: terminal_close(), exit(), abort(), SIGTERM, SIGHUP, SIGINT, SIGQUIT, or a crash;
 * only SIGKILL and _exit() get past that. A deadly signal still kills, at once and by that signal,
 * even while a write to the terminal is stuck; one that was ignored before stays ignored.
 *
 * SIGTSTP puts it back too and stops; SIGCONT takes it again, also after a SIGSTOP. There is one
 * terminal in a process: one thread calls these, and threads started see no signals. */
#ifndef TEAHOUSE_CLIENT_TERMINAL_TERMINAL_H
#define TEAHOUSE_CLIENT_TERMINAL_TERMINAL_H

#include "base/err.h"

enum terminal_events {
	TERMINAL_RESIZED = 1,
	TERMINAL_CONTINUED = 2, /* after being stopped: what was on the screen may be gone */
};

/* Whether in and out are both a terminal that can move its cursor (TERM is set, and not "dumb"). */
bool terminal_usable(int in, int out);

/* Takes the terminal: keys are read from in, by the caller; out shows what is written. Both stay
 * the caller's, and open until terminal_close(). false: it is none, or somebody holds it. */
MUST_USE bool terminal_open(int in, int out, struct err *err);

/* Puts everything back, signals too. Not open: fine. */
void terminal_close(void);

/* For a loop to watch: readable when there are events to take. -1: not open. */
int terminal_fd_signals(void);

/* What happened since the last call, of enum terminal_events. To be asked in every turn of the
 * loop, before anything is printed or drawn: what was drawn before a stop is where no one knows. */
unsigned terminal_take_events(void);

/* In columns and rows, each at least 1; 80 x 24 where the terminal does not say. */
void terminal_size(unsigned *ret_cols, unsigned *ret_rows);

/* Ctrl-Z: stops the whole job, and returns when it goes on, with TERMINAL_CONTINUED to take at
 * once. Without a shell that could make it go on, nothing stops. Take the prompt off before. */
void terminal_suspend(void);

#endif
