/* Names that a user types, looked up in a list; a wrong one gets the right ones, nearest first. */
#ifndef LNSCOPE_BASE_NAMES_H
#define LNSCOPE_BASE_NAMES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The index of `name` in `names` (ended by NULL), or -1 with an error such as
 * "placement 'prel': one of pre, post, none". `what` is the word in front. */
int names_find(const char *const *names, const char *what, const char *name, struct error *error);

/* The number of insertions, deletions, replacements and swaps between two strings. */
int names_distance(const char *a, const char *b);

/* Whether a code point is a control character, or one that reorders or hides the text around it. */
bool names_steers(uint32_t code);

/* Whether a text can be shown as it is: whole UTF-8 without such code points. */
bool names_is_printable(const char *text);

/* Copies `text` with everything that is not printable ASCII or whole UTF-8 replaced by '?', so that
 * what came from a file or an argument cannot steer a terminal. */
void names_printable(char *out, size_t size, const char *text);

#endif
