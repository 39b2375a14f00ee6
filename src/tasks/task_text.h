/* The bytes of a file as tokens: a training part, and a held-out tenth at its end. Knows no task.
 */
#ifndef LNSCOPE_TASKS_TASK_TEXT_H
#define LNSCOPE_TASKS_TASK_TEXT_H

#include "base/error.h"
#include "core/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CORPUS_DOUBT = 320 };

struct corpus {
    unsigned char *token;      /* [size], 0..V-1 */
    size_t size;               /* bytes of the file, an end of line "\r\n" counted as "\n" */
    size_t training;           /* those of the training part; the rest is held out */
    int vocab;                 /* V: values that occur in the whole file */
    unsigned char letter[256]; /* the byte of a token, in rising order */
    double unigram_entropy;    /* of the training part, nats per byte */
    double pair_entropy;       /* the same for who sees the byte before */
    char doubt[CORPUS_DOUBT];  /* why it is likely to be the wrong file, a line; "": it is not */
};

/* Reads a file of any bytes; "\r\n" becomes "\n". False with a reason: no name, not readable, a
 * directory, empty, larger than 1 GiB, too short for a window of context + 1 bytes in each part, or
 * nothing to predict. Then there is nothing to close. */
bool corpus_open(struct corpus *corpus, const char *path, int context, struct error *error);
void corpus_close(struct corpus *corpus);

/* Draws a window of context + 1 bytes, each place of the part being equally likely: the first
 * `context` into tokens, the last `context` into targets. */
void corpus_window(const struct corpus *corpus, bool held_out, struct rng *rng, int context,
                   int32_t *tokens, int32_t *targets);

#endif
