/* clock.h: the two times there are. The core never asks: it is told. */
#ifndef TEAHOUSE_BASE_CLOCK_H
#define TEAHOUSE_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some start, never going back: for waiting. */
int64_t clock_monotonic_ms(void);

/* Milliseconds since 1970, as people read it: for stamps. It may jump. */
int64_t clock_wall_ms(void);

#endif
