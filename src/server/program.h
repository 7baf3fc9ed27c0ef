/* program.h: the program's commands. */
#ifndef TEAHOUSE_SERVER_PROGRAM_H
#define TEAHOUSE_SERVER_PROGRAM_H

/* main() of the program, and of those that only tests have. Returns the exit code. */
int teahouse_main(int argc, char **argv);

/* "teahouse serve": argv[0] is "serve", and argv[-1] what main() was called by. */
int serve_main(int argc, char **argv);
/* "teahouse passwd": argv[0] is "passwd". */
int passwd_main(int argc, char **argv);

/* "teahouse account" and "teahouse oper": argv[0] is that word. */
int account_main(int argc, char **argv);
int oper_main(int argc, char **argv);

#endif
