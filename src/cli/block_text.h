/* One or two blocks as text: all tensors forward, all gradients backward, and a table of the
 * gradients' norms. Two blocks stand side by side where `columns` is wide enough. */
#ifndef LNSCOPE_CLI_BLOCK_TEXT_H
#define LNSCOPE_CLI_BLOCK_TEXT_H

#include "train/block.h"

#include <stdio.h>

/* Blocks that are shown together; they have one input and sizes. */
struct block_set {
    int count; /* 1 or 2 */
    struct block block[2];
    const char *input; /* the file's name, to be shown; NULL: the input was drawn */
};

void block_text(const struct block_set *set, int columns, FILE *out);

#endif
