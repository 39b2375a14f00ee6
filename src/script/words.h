/* The text of a script, word by word: lines, blanks, comments, quotes, and where each word stands.
 *
 * Words are separated by blanks; one that begins with # begins a comment; a text stands in double
 * quotes, in which \" is a quote, \\ a backslash and \n a new line. Knows no commands. */
#ifndef LNSCOPE_SCRIPT_WORDS_H
#define LNSCOPE_SCRIPT_WORDS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct script_word {
    const char *text; /* without quotes and escapes; "" for the end of a line */
    int line, column; /* from 1; columns count characters */
    bool quoted;
    bool end; /* no word: the end of its line */
};

struct script_words {
    const char *file; /* how messages call the text, printable */
    const char *next; /* what is still to be read */
    char *room;       /* where the next word is copied to */
    int line, column; /* of `next` */
    struct error *error;
};

/* Begins to read a text, NUL-terminated; `room` has at least strlen(text) + 2 bytes, and the words
 * lie in it. */
void script_words_open(struct script_words *words, const char *file, const char *text, char *room,
                       struct error *error);

/* Goes on to the next line that has a word; false where there is none. */
bool script_words_line(struct script_words *words);

/* The next word of this line, or its end; false with a reason: a quote that does not end, an escape
 * that is none, what is not UTF-8 or could steer a terminal. */
bool script_words_next(struct script_words *words, struct script_word *word);

/* The same without going on. */
bool script_words_peek(const struct script_words *words, struct script_word *word);

/* Always false: writes "FILE:LINE:COLUMN: 'WORD': what could stand there". */
bool script_words_wrong(const struct script_words *words, const struct script_word *word,
                        const char *could, ...) __attribute__((format(printf, 3, 4)));

/* The same of a message that names the word itself: "FILE:LINE:COLUMN: MESSAGE". */
bool script_words_say(const struct script_words *words, int line, int column, const char *format,
                      ...) __attribute__((format(printf, 4, 5)));

#endif
