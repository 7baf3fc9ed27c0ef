#include "bench/parcel.h"

#include <stdio.h>
#include <string.h>

#define SENDER_DIGITS 6
#define NUMBER_DIGITS 8

#define ALPHABET "abcdefghijklmnopqrstuvwxyz"

static const char padding[] = ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET
	ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET ALPHABET;
_Static_assert(sizeof(padding) > PARCEL_BYTES_MAX, "there is enough of it");

void parcel_write(char text[PARCEL_BYTES_MAX], unsigned len, uint32_t sender, uint32_t number)
{
	char head[PARCEL_BYTES_MIN + 1];
	snprintf(head, sizeof(head), "%06x %08x ", sender & 0xffffff, number);
	memcpy(text, head, PARCEL_BYTES_MIN);
	memcpy(text + PARCEL_BYTES_MIN, padding, len - PARCEL_BYTES_MIN);
}

/* Reads digits hex digits. false: others are among them. */
static bool read_hex(const char *text, unsigned digits, uint32_t *ret)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < digits; i++) {
		char c = text[i];
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = value;
	return true;
}

bool parcel_read(struct piece text, unsigned len, uint32_t *ret_sender, uint32_t *ret_number)
{
	const char *number = text.at + SENDER_DIGITS + 1;
	return text.len == len && read_hex(text.at, SENDER_DIGITS, ret_sender) &&
	       text.at[SENDER_DIGITS] == ' ' && read_hex(number, NUMBER_DIGITS, ret_number) &&
	       number[NUMBER_DIGITS] == ' ' &&
	       memcmp(text.at + PARCEL_BYTES_MIN, padding, len - PARCEL_BYTES_MIN) == 0;
}
