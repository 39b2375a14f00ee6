/* How many columns of a terminal a code point takes. */
#ifndef LNSCOPE_BASE_COLUMNS_H
#define LNSCOPE_BASE_COLUMNS_H

#include <stdint.h>

/* 1 or 2 columns; 0: it is drawn over what stands before it (accents, vowel points); -1: it is not
 * drawn (names_steers()). The same on every machine, whatever its locale. From Unicode 14: East
 * Asian Width W and F, general categories Mn and Me, and the Hangul vowels and finals that go into
 * a syllable. */
int columns_of(uint32_t code);

#endif
