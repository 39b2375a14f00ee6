/* UTF-8, one code point at a time. */
#ifndef LNSCOPE_BASE_UTF8_H
#define LNSCOPE_BASE_UTF8_H

#include <stdint.h>

/* What utf8_next() returns for a byte that starts no valid sequence: U+FFFD. */
#define UTF8_BAD 0xFFFDu

/* The code point at *text, which moves behind it; 0 at the end (and then *text stays). A bad byte
 * counts as one code point, UTF8_BAD. */
uint32_t utf8_next(const char **text);

/* Writes the code point and a NUL to `out` (5 bytes); returns the number of bytes before the NUL.
 */
int utf8_put(char *out, uint32_t code);

/* Cuts off what a copy into too little room may have left of a sequence at the end of a text. */
void utf8_trim(char *text);

#endif
