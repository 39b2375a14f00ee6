/* Writing JSON values, one after the other, to a stream; json_read.h reads them. */
#ifndef LNSCOPE_BASE_JSON_H
#define LNSCOPE_BASE_JSON_H

#include <stdio.h>

/* A number with the given significant digits (9 restore a float, 17 a double); null when it is not
 * finite. Independent of the locale. */
void json_number(FILE *out, double value, int digits);

/* A quoted, escaped string; bytes that are not UTF-8 become U+FFFD. */
void json_string(FILE *out, const char *text);

#endif
