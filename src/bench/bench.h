/* bench.h: "teahouse bench". */
#ifndef TEAHOUSE_BENCH_BENCH_H
#define TEAHOUSE_BENCH_BENCH_H

/* argv[0] is "bench". Returns the exit code: 0 measured, 1 something failed or got lost, 2 wrong
 * usage. */
int bench_main(int argc, char **argv);

#endif
