/* Numbers and names as the views write them. */
#ifndef LNSCOPE_SCREEN_TEXT_H
#define LNSCOPE_SCREEN_TEXT_H

#include "core/placement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_NUMBER = 32, TEXT_TITLE = 48 };

/* Scientific with the given digits behind the point, "4.1e-2", at most 3 of them; "--" for NAN. */
void text_scientific(char out[TEXT_NUMBER], double value, int digits);

/* A loss in five columns, "2.961", "12.34", "1e5"; "--" for NAN. */
void text_loss(char out[TEXT_NUMBER], double loss);

/* A plain number in at most six columns, three of its digits: "1.41", "0.982", "12.3", "3e-5"; "--"
 * for NAN. */
void text_number(char out[TEXT_NUMBER], double value);

/* A factor in at most six columns, "×0.52", "×0.052", "×5e-3", "×12.3"; "--" for NAN. */
void text_factor(char out[TEXT_NUMBER], double factor, bool ascii);

/* A ratio with two digits, as a fraction where it is small: "4.3", "0.43", "1/2300", "1/840,000",
 * "1/2.3e6"; "--" for NAN. In at most nine columns; or with words, "1/2.3 million", in thirteen. */
void text_ratio(char out[TEXT_NUMBER], double ratio);
void text_ratio_words(char out[TEXT_NUMBER], double ratio);

/* A number of things: "812", "303k", "1.2M". */
void text_count(char out[TEXT_NUMBER], int64_t count);

/* The columns of a whole number that is not negative. */
int text_digits(int64_t number);

/* Takes the first line of so many columns off a UTF-8 text, broken between words where it can be;
 * `rest` then points behind the blank that it is broken at. One glyph at least, however narrow. How
 * many bytes the line has, without that blank. */
size_t text_line(const char **rest, int columns);
/* How many such lines the text has; an empty one has one. */
int text_rows(const char *text, int columns);

/* The name of a placement with a norm, "Pre-LN", "Post-RMS", "Pre, no norm", and its formula,
 * "x + f(RMS(x))". */
void text_title(char out[TEXT_TITLE], enum placement placement, enum norm norm);
void text_formula(char out[TEXT_TITLE], enum placement placement, enum norm norm);

#endif
