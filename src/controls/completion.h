/* Completion: the words that could stand where one is being typed. A plain value. */
#ifndef LNSCOPE_CONTROLS_COMPLETION_H
#define LNSCOPE_CONTROLS_COMPLETION_H

#include <stdbool.h>

enum { COMPLETIONS_MAX = 256, COMPLETION_TEXT = 16384 };

struct completion {
    int start;   /* the byte of the text at which the word begins, its opening quote included */
    bool quoted; /* it begins with a quote */
    int count;
    int used;                /* bytes of `text` */
    int at[COMPLETIONS_MAX]; /* where in `text` each one begins */
    char text[COMPLETION_TEXT];
};

/* Starts anew, for a word at that byte of the text. */
void completion_clear(struct completion *completion, int start, bool quoted);

/* Adds a word; one more than there is room for is left out. */
void completion_add(struct completion *completion, const char *word);

/* The words in the order of adding, 0 <= index < count. */
const char *completion_word(const struct completion *completion, int index);

/* The number of bytes, in whole code points, that all words begin with. */
int completion_common(const struct completion *completion);

#endif
