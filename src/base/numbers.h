/* Decimal numbers that a user types: nothing else is taken for one. */
#ifndef LNSCOPE_BASE_NUMBERS_H
#define LNSCOPE_BASE_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* Digits with an optional minus in front; false for anything else and beyond int64_t. */
bool number_integer(const char *text, int64_t *value);

/* A finite decimal number, also with an exponent; false for blanks, hexadecimals, "inf", "nan". */
bool number_real(const char *text, double *value);

#endif
