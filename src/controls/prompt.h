/* The command line: a line that is edited, its history, the completion of the word at the cursor.
 *
 * A plain value that knows neither commands nor the screen: keys go in, and whoever opened it asks
 * for the text once it is entered. Every code point counts as one column. */
#ifndef LNSCOPE_CONTROLS_PROMPT_H
#define LNSCOPE_CONTROLS_PROMPT_H

#include "controls/completion.h"

#include <stdbool.h>

enum { PROMPT_TEXT = 1200 /* bytes of a line, its NUL included */, PROMPT_LINES = 50 };

/* Fills in the words that could stand at the end of the text. Folders are looked into only with
 * `files`, so that typing never waits for a disk. */
typedef void prompt_complete(const char *text, bool files, struct completion *completion);

struct prompt {
    prompt_complete *complete; /* NULL: nothing is completed */
    char lead;                 /* what stands in front of the line, ':' or '/' */
    char text[PROMPT_TEXT];    /* UTF-8 without control characters */
    int length, cursor;        /* bytes; the cursor stands in front of a whole code point */

    /* The words for the one at the cursor; while Tab goes through them, those for what was typed,
     * of which `chosen` has taken the place. */
    struct completion completion;
    int chosen;              /* -1: none */
    char typed[PROMPT_TEXT]; /* the word as it was typed, its opening quote included */

    /* The lines that were entered, the oldest first. */
    char line[PROMPT_LINES][PROMPT_TEXT];
    int lines;
    int recalled;           /* the line that Up and Down have reached; `lines`: none */
    char stem[PROMPT_TEXT]; /* what was typed before: the lines that begin so are gone through */
};

enum prompt_answer { PROMPT_OPEN, PROMPT_CLOSED, PROMPT_ENTERED };

/* Starts a line with this text, the cursor behind it; the history stays. The first time the prompt
 * must be all zero but for `complete` and `lead`. */
void prompt_open(struct prompt *prompt, const char *text);

/* A key (controls/keys.h): edits the line, completes, recalls; Escape, or Backspace on an empty
 * line, closes it; Enter puts it into the history. Other keys do nothing. */
enum prompt_answer prompt_key(struct prompt *prompt, int code);

/* A character of a text that is pasted: never a command, the end of a line is a blank. */
void prompt_paste(struct prompt *prompt, int code);

#endif
