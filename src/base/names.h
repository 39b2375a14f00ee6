/* Names that a user types, looked up in a list; a wrong one gets the right ones, nearest first. */
#ifndef LNSCOPE_BASE_NAMES_H
#define LNSCOPE_BASE_NAMES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row of a table that needs no more than words; others begin alike and go on. */
struct name_row {
    const char *name;
    const char *help;   /* one line */
    const char *source; /* "Kingma 2015"; NULL: none */
};

/* The names in a table, read where they stand: a member of its rows, or an array of words. */
struct names {
    const char *const *first;
    size_t step; /* bytes from one to the next */
    int count;
};

/* Of a table whose rows have a member `name`, and of an array of words; both of known length. */
#define NAMES_OF_ROWS(table_)                                                                      \
    {                                                                                              \
        .first = &(table_)[0].name, .step = sizeof *(table_),                                      \
        .count = (int)(sizeof(table_) / sizeof *(table_))                                          \
    }
#define NAMES_OF_WORDS(words_)                                                                     \
    {                                                                                              \
        .first = (words_), .step = sizeof *(words_),                                               \
        .count = (int)(sizeof(words_) / sizeof *(words_))                                          \
    }

/* The name of a row, from 0; NULL where there is no such row. */
const char *names_at(const struct names *names, int index);

/* The index of `name`, or -1 with an error that has what was meant, where something is near, and
 * what there is: "placement 'prel': did you mean pre? (one of pre, post, none)", "placement 'x':
 * one of pre, post, none". `what` is the word in front. A long list is left out in the first form,
 * and cut short in the second. */
int names_find(const struct names *names, const char *what, const char *name, struct error *error);

/* The same, and a name may be cut short where only one begins so; where several do, the error has
 * them. */
int names_pick(const struct names *names, const char *what, const char *name, struct error *error);

/* What a mistyped name can have meant, among names that are shown to it one by one: those that are
 * a slip or two away from it, whatever the case, and those that begin with it; the nearest first.
 */
enum { NAMES_NEAR = 8, NAMES_NEAR_TEXT = 256 };
struct names_near {
    const char *typed;
    const char *name[NAMES_NEAR];
    int distance[NAMES_NEAR];
    int count;
};
void names_near_add(struct names_near *near, const char *name);

/* "did you mean --left or --layers?", with "--" as the prefix; "" where nothing is near. */
void names_near_text(const struct names_near *near, const char *prefix, char out[NAMES_NEAR_TEXT]);

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
