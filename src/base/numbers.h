/* Decimal numbers, typed by a user or read from a file: nothing else is taken for one. */
#ifndef LNSCOPE_BASE_NUMBERS_H
#define LNSCOPE_BASE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number with more characters is none. */
enum { NUMBER_MOST = 127 };

/* Digits with an optional minus in front; false for anything else and beyond int64_t. */
bool number_integer(const char *text, int64_t *value);

/* A finite decimal number, also with an exponent; false for blanks, hexadecimals, "inf", "nan". */
bool number_real(const char *text, double *value);

/* How many characters at the beginning of a text are a decimal number, also with a sign, with an
 * exponent, or without digits on one side of the point; 0: it does not begin with one. */
size_t number_length(const char *text, size_t size);

/* The value of a decimal number of that length, rounded to the nearest double; infinite where it is
 * too large for one. */
double number_value(const char *text, size_t length);

#endif
