/* parcel.h: the text of a message that shows on arrival whose it is, which one, and that it is whole.
 *
 * "SSSSSS NNNNNNNN xyz…": the number of its sender, how many-th of his it is, both in hex, and a
 * padding that is the same in all. */
#ifndef TEAHOUSE_BENCH_PARCEL_H
#define TEAHOUSE_BENCH_PARCEL_H

#include "bench/heard.h"

#include <stdint.h>

#define PARCEL_BYTES_MIN 16
#define PARCEL_BYTES_MAX 400

/* Writes len bytes, and no NUL. */
void parcel_write(char text[PARCEL_BYTES_MAX], unsigned len, uint32_t sender, uint32_t number);
/* false: text is not, word for word, what parcel_write() made of anything with this len. */
bool parcel_read(struct piece text, unsigned len, uint32_t *ret_sender, uint32_t *ret_number);

#endif
