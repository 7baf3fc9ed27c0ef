/* join.h: "teahouse join". */
#ifndef TEAHOUSE_CLIENT_JOIN_H
#define TEAHOUSE_CLIENT_JOIN_H

/* argv[0] is "join". Returns the exit code: 0 all was said, 1 something failed, 2 wrong usage, 3 unreachable,
 * 5 log-in refused, 6 nick refused. */
int join_main(int argc, char **argv);

#endif
